//! Serving: one port for the page, the socket, the feeds over HTTP, and what operators ask.
//!
//! [`guard`] decides which pages may ask and [`auth`] who, `socket` upgrades, `connection` and `subscription` serve
//! a client, `listener` takes connections within `limits` and makes them secure by `tls`, `operators` answers who runs the relay, `export` writes a feed's history as one stream, `assets` has the page.

mod admission;
mod assets;
pub mod auth;
mod base;
mod connection;
mod export;
pub mod guard;
pub mod limits;
pub mod listener;
pub mod operators;
pub mod protocol;
mod socket;
mod subscription;
pub mod tls;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Json, Router};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc, watch};

use self::auth::{Access, Auth};
use self::limits::Places;
use crate::config::ServerConfig;
use crate::feed::Feed;
use crate::metrics::Metrics;

/// Histories that are read over HTTP at the same time.
const EXPORTS: usize = 16;

/// What a configuration says, as requests need it.
pub struct Live {
    /// The server's part of the configuration.
    pub server: ServerConfig,
    /// The feeds in the order of the configuration.
    pub feeds: Vec<Arc<Feed>>,
    /// Who is let in.
    pub auth: Arc<Auth>,
}

impl Live {
    /// A feed by its name.
    pub fn feed(&self, name: &str) -> Option<&Arc<Feed>> {
        self.feeds.iter().find(|feed| feed.name() == name)
    }

    /// The feeds of which an access opens something.
    pub fn feeds_for(&self, access: &Access) -> impl Iterator<Item = &Arc<Feed>> {
        self.feeds.iter().filter(|feed| access.feed(feed.name()).is_some())
    }
}

/// What all requests share.
pub struct App {
    /// Replaced as a whole when the configuration changes.
    live: watch::Sender<Arc<Live>>,
    /// The counters.
    pub metrics: Arc<Metrics>,
    /// Becomes true when the relay shuts down.
    pub shutdown: watch::Receiver<bool>,
    /// Lives in every connection: when all are dropped, all connections have ended.
    tracker: mpsc::Sender<()>,
    /// Of WebSocket clients.
    clients: Arc<Places>,
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
        let exports = Arc::new(Semaphore::new(EXPORTS));
        let auth = Arc::new(Auth::new(server.auth.as_ref()));
        let live = watch::Sender::new(Arc::new(Live { server, feeds, auth }));
        let app = Self { live, metrics, shutdown, tracker, clients: Arc::default(), exports };
        (Arc::new(app), connections)
    }

    /// What the configuration says now.
    pub fn live(&self) -> Arc<Live> {
        self.live.borrow().clone()
    }

    /// Does what another configuration says from now on.
    pub fn replace(&self, server: ServerConfig, feeds: Vec<Arc<Feed>>) {
        let old = self.live();
        // An issuer's keys are not asked for anew without a reason.
        let auth = if old.server.auth == server.auth {
            old.auth.clone()
        } else {
            Arc::new(Auth::new(server.auth.as_ref()))
        };
        self.live.send_replace(Arc::new(Live { server, feeds, auth }));
    }

    /// Tells when another configuration counts.
    pub fn changes(&self) -> watch::Receiver<Arc<Live>> {
        self.live.subscribe()
    }
}

/// All routes. `extra` are served under the same rules as the data.
pub fn router(app: &Arc<App>, extra: Router) -> Router {
    let data = Router::new()
        .route("/feeds", get(feeds))
        .route("/feeds/{file}", get(export::serve))
        .merge(if app.live().server.metrics.is_none() {
            Router::new().route("/metrics", get(operators::metrics))
        } else {
            Router::new()
        })
        .with_state(app.clone())
        .merge(extra)
        .route_layer(from_fn_with_state(app.clone(), auth::http::require));
    let guarded = Router::new()
        // Its token may come with the first message.
        .route("/ws", any(socket::upgrade))
        .route("/readyz", get(operators::readyz))
        .with_state(app.clone())
        .merge(data)
        .route_layer(from_fn_with_state(app.clone(), check_origin));
    Router::new()
        .route("/healthz", get(operators::healthz))
        .merge(guarded)
        .fallback(assets::serve)
        .layer(from_fn_with_state(app.clone(), socket_at_root))
        .layer(from_fn_with_state(app.clone(), check_host))
}

async fn check_host(State(app): State<Arc<App>>, request: Request<Body>, next: Next) -> Response {
    guard::host(&app.live().server, request, next).await
}

async fn check_origin(State(app): State<Arc<App>>, request: Request<Body>, next: Next) -> Response {
    guard::origin(&app.live().server, request, next).await
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
    match guard::check_origin(&app.live().server, request.headers()) {
        Ok(_) => socket::upgrade(State(app), request).await,
        Err(refused) => refused.into_response(),
    }
}

async fn feeds(State(app): State<Arc<App>>, Extension(access): Extension<Access>) -> Json<Value> {
    let live = app.live();
    let feeds: Vec<Value> = live
        .feeds_for(&access)
        .map(|feed| {
            let mut entry = feed.status().json();
            entry["name"] = json!(feed.name());
            let key = &feed.config.key;
            entry["kind"] = json!(if key.is_empty() { "append" } else { "keyed" });
            if !key.is_empty() {
                entry["key"] = json!(key);
            } else if let Some(limit) = feed.config.table_limit {
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
