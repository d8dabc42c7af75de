//! The upgrade of a request to a WebSocket.
//!
//! By hand over hyper, so that the subprotocol and the sizes of the buffers are ours: a client
//! costs a small read buffer, and what is written is not gathered twice.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::listener::Held;
use super::protocol::SUBPROTOCOL;
use super::{App, auth, connection};

/// What is read of a socket at once. Control messages are small.
const READ_BUFFER: usize = 4 << 10;

/// Whether a request asks for a WebSocket.
pub fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Answers 101 and serves the connection, or says what the request lacks.
pub async fn upgrade(State(app): State<Arc<App>>, mut request: Request<Body>) -> Response {
    let accept = match check(&request) {
        Ok(accept) => accept,
        Err(why) => return (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
    };
    let access = match auth::http::upgrade(&app, request.headers()).await {
        Ok(access) => access,
        Err(refused) => return *refused,
    };
    let (most, inbound) = {
        let server = &app.live().server;
        (server.max_clients, server.limits.message_bytes)
    };
    let Ok(place) = app.clients.take(most) else {
        app.metrics.refused("max_clients");
        let why = format!("There are {most} clients already; server.max_clients allows more.\n");
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    };
    let offered = offers(request.headers());
    // The place of the connection is this client's until it leaves.
    let held = request.extensions_mut().remove::<Held>();
    let upgrade = hyper::upgrade::on(&mut request);
    let tracker = app.tracker.clone();
    tokio::spawn(async move {
        let _tracked = tracker;
        let _places = (place, held);
        let upgraded = match upgrade.await {
            Ok(upgraded) => upgraded,
            Err(error) => {
                tracing::debug!("an upgrade failed: {error}");
                return;
            }
        };
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(inbound))
            .max_frame_size(Some(inbound));
        let socket =
            WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config))
                .await;
        connection::serve(app, socket, access).await;
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if offered {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    response
}

/// The value of `Sec-WebSocket-Accept`.
fn check(request: &Request<Body>) -> Result<HeaderValue, String> {
    let headers = request.headers();
    if request.method() != Method::GET || !is_upgrade(headers) {
        return Err("This is the address of the WebSocket: expected an upgrade to it.".into());
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|v| v != "13") {
        return Err("Expected Sec-WebSocket-Version: 13.".into());
    }
    // A client that offers no subprotocol takes this one; one that offers others means others.
    if headers.contains_key(SEC_WEBSOCKET_PROTOCOL) && !offers(headers) {
        return Err(format!("Expected the subprotocol {SUBPROTOCOL} among those offered."));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).ok_or("Expected a Sec-WebSocket-Key.")?;
    HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|e| e.to_string())
}

fn offers(headers: &HeaderMap) -> bool {
    let name: HeaderName = SEC_WEBSOCKET_PROTOCOL;
    headers
        .get_all(name)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .any(|v| v.split(',').any(|p| p.trim() == SUBPROTOCOL))
}
