//! A base path: where the relay is, when a proxy hands it one part of a site.
//!
//! Everything is served below it, and routes know nothing of it. Only the probes of whatever
//! runs the relay are answered without it as well.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tower_service::Service;

use super::socket;

/// Answers a request by the routes, without the base path that it has. An empty one is none.
pub async fn answer(base: &str, mut routes: Router, mut request: Request<Body>) -> Response {
    if !base.is_empty() {
        let path = request.uri().path();
        if path == base && !socket::is_upgrade(request.headers()) {
            // What the page names is beside its own address.
            let location = format!("{base}/");
            return (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response();
        }
        let Some(uri) = below(base, request.uri()) else {
            let why = format!("There is no {path} here: this relay is at {base}/.\n");
            return (StatusCode::NOT_FOUND, why).into_response();
        };
        *request.uri_mut() = uri;
    }
    match routes.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The address as the routes know it.
fn below(base: &str, uri: &Uri) -> Option<Uri> {
    if matches!(uri.path(), "/healthz" | "/readyz") {
        return Some(uri.clone());
    }
    let rest = uri.path().strip_prefix(base)?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    let path = if rest.is_empty() { "/" } else { rest };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_base() {
        for (given, expected) in [
            ("/live/", Some("/")),
            ("/live", Some("/")),
            ("/live/feeds/a.arrow?x=%20&y", Some("/feeds/a.arrow?x=%20&y")),
            ("/live?q", Some("/?q")),
            ("/live//x", Some("//x")),
            ("/live/healthz", Some("/healthz")),
            ("/healthz", Some("/healthz")),
            ("/lively/feeds", None),
            ("/Live/feeds", None),
            ("/feeds", None),
            ("/", None),
        ] {
            let found = below("/live", &given.parse().unwrap());
            assert_eq!(found.map(|uri| uri.to_string()).as_deref(), expected, "{given}");
        }
    }
}
