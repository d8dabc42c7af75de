//! Tokens over HTTP: `Authorization: Bearer` (RFC 6750), and on the upgrade to a WebSocket also
//! the subprotocol, because a browser's page can send no header there.

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, SEC_WEBSOCKET_PROTOCOL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Access, TokenError};
use crate::serve::App;

/// What an offered subprotocol begins with whose rest is a token.
const SUBPROTOCOL: &str = "millrace.bearer.";

/// Lets only requests with a good token through, and tells the handler what it opens.
pub async fn require(
    State(app): State<Arc<App>>,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    match app.live().auth.check(bearer(request.headers())).await {
        Ok(access) => {
            request.extensions_mut().insert(access);
            next.run(request).await
        }
        Err(error) => refuse(&app, &error),
    }
}

/// What the token of a request opens, where there is a good one or none is asked for.
pub async fn access(app: &App, headers: &HeaderMap) -> Option<Access> {
    app.live().auth.check(bearer(headers)).await.ok()
}

/// What the token of an upgrade opens; `None` where it has none, and one may come with `hello`.
///
/// # Errors
/// When there is one and it is not good: the answer to the request.
pub async fn upgrade(app: &App, headers: &HeaderMap) -> Result<Option<Access>, Box<Response>> {
    let Some(token) = bearer(headers).or_else(|| offered(headers)) else { return Ok(None) };
    match app.live().auth.check(Some(token)).await {
        Ok(access) => Ok(Some(access)),
        Err(error) => Err(Box::new(refuse(app, &error))),
    }
}

/// The answer to who may read, but not this.
pub fn forbidden(what: &str) -> Response {
    (StatusCode::FORBIDDEN, format!("This token may not read {what}.\n")).into_response()
}

fn refuse(app: &App, error: &TokenError) -> Response {
    app.metrics.refused(error.code());
    tracing::debug!("a request is refused: {error}");
    let message = error.to_string();
    let first = message.chars().next().map_or(' ', |c| c.to_ascii_uppercase());
    let body = format!("{first}{}.\n", &message[1..]);
    if *error == TokenError::Unavailable {
        return (StatusCode::SERVICE_UNAVAILABLE, body).into_response();
    }
    // Without a token there is nothing to say of one (RFC 6750, 3.1).
    let challenge = match error {
        TokenError::Missing => "Bearer realm=\"millrace\"".to_string(),
        _ => format!(
            "Bearer realm=\"millrace\", error=\"invalid_token\", error_description=\"{}\"",
            message.replace('"', "'")
        ),
    };
    let headers = [(WWW_AUTHENTICATE, challenge), (CACHE_CONTROL, "no-store".into())];
    (StatusCode::UNAUTHORIZED, headers, body).into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn offered(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|v| v.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .find_map(|protocol| protocol.trim().strip_prefix(SUBPROTOCOL))
}

/// Whole seconds that an access is still good for, as clients are told.
pub fn expires_in(access: &Access) -> Option<u64> {
    access.remaining(SystemTime::now()).map(|left| left.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_where_they_are_sent() {
        let mut headers = HeaderMap::new();
        assert_eq!((bearer(&headers), offered(&headers)), (None, None));
        for (value, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("Bearer", None),
        ] {
            headers.insert(AUTHORIZATION, value.parse().unwrap());
            assert_eq!(bearer(&headers), token, "{value}");
        }
        headers.insert(
            SEC_WEBSOCKET_PROTOCOL,
            "millrace.v1, millrace.bearer.a.b-c_d".parse().unwrap(),
        );
        assert_eq!(offered(&headers), Some("a.b-c_d"));
    }
}
