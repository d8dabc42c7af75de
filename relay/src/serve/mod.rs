//! Serving: one port for the page, the socket, the feeds over HTTP, and what operators ask.
//!
//! [`guard`] decides who may ask, `socket` upgrades, `connection` and `subscription` serve
//! a client, `export` writes a feed's history as one stream, `assets` has the page.

mod assets;
mod connection;
mod export;
pub mod guard;
pub mod protocol;
mod socket;
mod subscription;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::config::ServerConfig;
use crate::feed::Feed;
use crate::metrics::Metrics;
use crate::source::SourceState;

/// Histories that are read over HTTP at the same time.
const EXPORTS: usize = 16;

/// What all requests share.
pub struct App {
    /// The server's part of the configuration.
    pub server: Arc<ServerConfig>,
    /// The feeds in the order of the configuration.
    pub feeds: Vec<Arc<Feed>>,
    /// The counters.
    pub metrics: Arc<Metrics>,
    /// Becomes true when the relay shuts down.
    pub shutdown: watch::Receiver<bool>,
    /// Lives in every connection: when all are dropped, all connections have ended.
    tracker: mpsc::Sender<()>,
    places: Arc<Semaphore>,
    exports: Arc<Semaphore>,
}

impl App {
    /// The state of a server of these feeds, and the receiver that ends when all connections have.
    pub fn new(
        server: ServerConfig,
        feeds: Vec<Arc<Feed>>,
        metrics: Arc<Metrics>,
        shutdown: watch::Receiver<bool>,
    ) -> (Arc<Self>, mpsc::Receiver<()>) {
        let (tracker, connections) = mpsc::channel(1);
        let places = Arc::new(Semaphore::new(server.max_clients));
        let exports = Arc::new(Semaphore::new(EXPORTS));
        let server = Arc::new(server);
        let app = Self { server, feeds, metrics, shutdown, tracker, places, exports };
        (Arc::new(app), connections)
    }
}

/// All routes. `extra` are served under the same rules as the data.
pub fn router(app: &Arc<App>, extra: Router) -> Router {
    let data = Router::new()
        .route("/ws", any(socket::upgrade))
        .route("/feeds", get(feeds))
        .route("/feeds/{file}", get(export::serve))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(app.clone())
        .merge(extra)
        .route_layer(from_fn_with_state(app.server.clone(), guard::origin));
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .merge(data)
        .fallback(assets::serve)
        .layer(from_fn_with_state(app.clone(), socket_at_root))
        .layer(from_fn_with_state(app.server.clone(), guard::host))
}

/// Takes an upgrade on `/` for one on `/ws`.
async fn socket_at_root(
    State(app): State<Arc<App>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    if request.uri().path() != "/" || !socket::is_upgrade(request.headers()) {
        return next.run(request).await;
    }
    match guard::check_origin(&app.server, request.headers()) {
        Ok(_) => socket::upgrade(State(app), request).await,
        Err(refused) => refused.into_response(),
    }
}

async fn feeds(State(app): State<Arc<App>>) -> Json<Value> {
    let feeds: Vec<Value> = app
        .feeds
        .iter()
        .map(|feed| {
            let mut entry = feed.status().json();
            entry["name"] = json!(feed.name());
            entry["kind"] = json!("append");
            if let Some(limit) = feed.config.table_limit {
                entry["limit"] = json!(limit);
            }
            if let Some(log) = feed.log().as_ref() {
                entry["columns"] = protocol::columns(log);
                entry["schema"] = json!(log.epoch.schema.fingerprint);
                entry["epoch"] = json!(log.epoch.id);
                entry["first_seq"] = json!(log.first_seq());
                entry["next_seq"] = json!(log.next_seq());
                entry["token"] = log.epoch.origin.token(log.end());
                entry["log"] = json!({"rows": log.rows(), "bytes": log.bytes()});
            } else {
                entry["columns"] = json!([]);
            }
            entry
        })
        .collect();
    Json(json!({ "feeds": feeds }))
}

async fn readyz(State(app): State<Arc<App>>) -> Response {
    let waiting: Vec<String> = app
        .feeds
        .iter()
        .filter_map(|feed| {
            let state = feed.status().source.clone();
            (state != SourceState::Connected).then(|| format!("{}: {state}\n", feed.name()))
        })
        .collect();
    if waiting.is_empty() {
        (StatusCode::OK, "ready\n".to_string()).into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, waiting.concat()).into_response()
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], app.metrics.text(&app.feeds)).into_response()
}
