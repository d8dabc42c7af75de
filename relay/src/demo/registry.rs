//! A small schema registry, by the part of Confluent's REST interface that readers use.
//!
//! Schemas are registered by the program it runs in; over HTTP they can only be read.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A registry that serves until it is dropped.
#[derive(Debug)]
pub struct Registry {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    schemas: Mutex<Vec<Entry>>,
    down: AtomicBool,
    asked: AtomicU64,
    authorization: Mutex<Option<String>>,
}

#[derive(Debug, Clone)]
struct Entry {
    id: u32,
    subject: String,
    version: u32,
    answer: Value,
}

impl Registry {
    /// Starts one without schemas at an address; port 0 lets the system choose.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let routes = Router::new()
            .route("/schemas/ids/{id}", get(by_id))
            .route("/subjects/{subject}/versions/{version}", get(by_version))
            .with_state(shared.clone());
        let server = tokio::spawn(async move {
            // It ends with its task.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, shared, server })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Registers the next version of a subject under an id. `more` are further fields of the
    /// answer, as `schemaType` and `references`; `serialized` is the schema where that form is
    /// asked for.
    pub fn register(&self, id: u32, subject: &str, schema: &str, more: Value) {
        let mut schemas = self.shared.schemas();
        let versions = schemas.iter().filter(|entry| entry.subject == subject).count();
        let version = versions as u32 + 1;
        let mut answer =
            json!({"id": id, "subject": subject, "version": version, "schema": schema});
        if let (Value::Object(answer), Value::Object(more)) = (&mut answer, more) {
            answer.extend(more);
        }
        schemas.push(Entry { id, subject: subject.into(), version, answer });
    }

    /// Answers with 503 from now on, or no longer.
    pub fn set_down(&self, down: bool) {
        self.shared.down.store(down, Ordering::Relaxed);
    }

    /// Wants this `Authorization` from now on.
    pub fn require(&self, authorization: &str) {
        *self.shared.authorization() = Some(authorization.into());
    }

    /// How often it was asked.
    pub fn asked(&self) -> u64 {
        self.shared.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn schemas(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.schemas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn authorization(&self) -> MutexGuard<'_, Option<String>> {
        self.authorization.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest schema of which `is` holds.
    fn answer(
        &self,
        (headers, query): (&HeaderMap, Option<&str>),
        code: u32,
        is: impl Fn(&Entry) -> bool,
    ) -> Response {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.down.load(Ordering::Relaxed) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let found = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if self.authorization().as_deref().is_some_and(|wanted| found != Some(wanted)) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        match self.schemas().iter().rfind(|entry| is(entry)) {
            Some(entry) => {
                let mut answer = entry.answer.clone();
                let serialized = answer.as_object_mut().and_then(|all| all.remove("serialized"));
                if let Some(form) = serialized.filter(|_| query == Some("format=serialized")) {
                    answer["schema"] = form;
                }
                Json(answer).into_response()
            }
            None => {
                let answer = json!({"error_code": code, "message": "not found"});
                (StatusCode::NOT_FOUND, Json(answer)).into_response()
            }
        }
    }
}

async fn by_id(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u32>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    shared.answer((&headers, query.as_deref()), 40403, |entry| entry.id == id)
}

async fn by_version(
    State(shared): State<Arc<Shared>>,
    Path((subject, version)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    shared.answer((&headers, query.as_deref()), 40401, |entry| {
        entry.subject == subject && (version == "latest" || version == entry.version.to_string())
    })
}
