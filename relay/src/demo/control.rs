//! `GET /demo`, `POST /demo/pause`, `POST /demo/resume`: watch the producer, and hold it still so
//! that what a page shows can be compared with what the topic has.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::producer::Shared;

/// The routes.
pub fn router(producer: Arc<Shared>) -> Router {
    Router::new()
        .route("/demo", get(state))
        .route("/demo/pause", post(pause))
        .route("/demo/resume", post(resume))
        .with_state(producer)
}

async fn state(State(producer): State<Arc<Shared>>) -> Json<Value> {
    Json(describe(&producer))
}

/// Answers when all that was written is acknowledged.
async fn pause(State(producer): State<Arc<Shared>>) -> Json<Value> {
    let waiting = producer.clone();
    let _ = tokio::task::spawn_blocking(move || waiting.pause()).await;
    Json(describe(&producer))
}

async fn resume(State(producer): State<Arc<Shared>>) -> Json<Value> {
    producer.resume();
    Json(describe(&producer))
}

fn describe(producer: &Shared) -> Value {
    let produced = producer.delivered();
    json!({
        "brokers": producer.config.brokers,
        "topic": producer.config.topic,
        "rate": producer.config.rate,
        "seed": producer.config.seed,
        "paused": producer.is_paused(),
        "produced": produced,
        "total": produced.values().sum::<u64>(),
        "failed": producer.failed(),
    })
}
