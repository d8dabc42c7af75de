//! What whoever runs the relay asks it: whether it lives, whether it is ready, and its figures.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::{Map, Value, json};

use super::auth::{self, Access};
use super::{App, Live};
use crate::source::SourceState;

/// The routes of a listener of their own, where nobody is asked who they are.
pub fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(|State(app): State<Arc<App>>| async move { readiness(&app, true) }))
        .route("/metrics", get(|State(app): State<Arc<App>>| async move { text(&app) }))
        .with_state(app.clone())
}

/// That the process lives.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether each feed is served as its source has it. How it goes is for who may read all feeds:
/// names of feeds and brokers are in it.
pub async fn readyz(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let access = auth::http::access(&app, request.headers()).await;
    readiness(&app, access.is_some_and(|access| access.is_for_everything()))
}

/// The figures, for who may read all feeds: they name them.
pub async fn metrics(
    State(app): State<Arc<App>>,
    Extension(access): Extension<Access>,
) -> Response {
    if !access.is_for_everything() {
        return auth::http::forbidden("all feeds, and so not the metrics of all");
    }
    text(&app)
}

fn text(app: &App) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], app.metrics.text(&app.live().feeds)).into_response()
}

fn readiness(app: &App, in_full: bool) -> Response {
    let feeds = feeds(&app.live());
    let ready = feeds.values().all(|feed| feed["ready"] == true);
    let mut body = json!({ "ready": ready });
    if in_full {
        body["feeds"] = feeds.into();
    }
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn feeds(live: &Live) -> Map<String, Value> {
    let state = |feed: &crate::feed::Feed| {
        let status = feed.status();
        let mut state = json!({
            "ready": status.source == SourceState::Connected,
            "source": status.source.name(),
            "rows": status.rows,
            "lag_messages": status.lag,
        });
        if let Some(detail) = status.source.detail() {
            state["detail"] = json!(detail);
        }
        state
    };
    live.feeds.iter().map(|feed| (feed.name().to_string(), state(feed))).collect()
}
