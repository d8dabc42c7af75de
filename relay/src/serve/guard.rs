//! Who may ask: checks of `Host` and `Origin`.
//!
//! `Host` keeps other names that resolve to this machine (DNS rebinding) from reaching a relay
//! on loopback; `Origin` keeps pages of other sites from reading data through a visitor's
//! browser. Assets carry no data and may be fetched from anywhere.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_METHOD, HOST, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::config::ServerConfig;

/// Why a request was refused, as the answer to it.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// 421 for the host, 403 for the origin.
    pub status: StatusCode,
    /// What to change.
    pub message: String,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        // The page may read why: it is about the page itself.
        (self.status, [(ACCESS_CONTROL_ALLOW_ORIGIN, "*")], self.message).into_response()
    }
}

/// Lets only requests with an allowed `Host` through.
pub async fn host(config: &ServerConfig, request: Request<Body>, next: Next) -> Response {
    match check_host(config, request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// Lets only requests of allowed origins through, and tells the browser that they are.
pub async fn origin(config: &ServerConfig, request: Request<Body>, next: Next) -> Response {
    match check_origin(config, request.headers()) {
        Ok(allowed) => {
            // The browser asks whether a page may send a token with its request; that asking
            // has no token itself.
            let asks = request.method() == Method::OPTIONS
                && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
            let mut response = if asks {
                let allowed = [
                    (ACCESS_CONTROL_ALLOW_METHODS, "GET"),
                    (ACCESS_CONTROL_ALLOW_HEADERS, "authorization"),
                ];
                (StatusCode::NO_CONTENT, allowed).into_response()
            } else {
                next.run(request).await
            };
            let headers = response.headers_mut();
            headers.insert(VARY, HeaderValue::from_static("Origin"));
            if let Some(allowed) = allowed {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            }
            response
        }
        Err(refused) => refused.into_response(),
    }
}

fn check_host(config: &ServerConfig, headers: &HeaderMap, uri: &Uri) -> Result<(), Refused> {
    let host =
        headers.get(HOST).map_or_else(|| uri.authority().map(|a| a.as_str()), |h| h.to_str().ok());
    let name = host.map(|h| without_port(h).to_ascii_lowercase());
    if name.as_ref().is_some_and(|name| config.allowed_hosts.contains(name)) {
        return Ok(());
    }
    let name = name.unwrap_or_default();
    Err(Refused {
        status: StatusCode::MISDIRECTED_REQUEST,
        message: format!(
            "This relay does not answer to the host \"{name}\".\n\nIf it should, add to millrace.toml:\n\n\
             [server]\nallowed_hosts = [{}]\n",
            list(&config.allowed_hosts, &name)
        ),
    })
}

/// The origin to allow, where the request is of another one than the relay's own.
///
/// # Errors
/// When the origin is not allowed.
pub fn check_origin(
    config: &ServerConfig,
    headers: &HeaderMap,
) -> Result<Option<HeaderValue>, Refused> {
    let Some(value) = headers.get(ORIGIN) else { return Ok(None) };
    let origin = value.to_str().unwrap_or("(not text)").to_ascii_lowercase();
    let own = origin.split_once("://").is_some_and(|(scheme, authority)| {
        matches!(scheme, "http" | "https")
            && headers
                .get(HOST)
                .is_some_and(|h| h.as_bytes().eq_ignore_ascii_case(authority.as_bytes()))
    });
    if own {
        return Ok(None);
    }
    if config.allowed_origins.contains(&origin) {
        return Ok(Some(value.clone()));
    }
    Err(Refused {
        status: StatusCode::FORBIDDEN,
        message: format!(
            "Pages of the origin \"{origin}\" may not read this relay's data.\n\nIf they should, add to millrace.toml:\n\n\
             [server]\nallowed_origins = [{}]\n",
            list(&config.allowed_origins, &origin)
        ),
    })
}

fn list(known: &[String], new: &str) -> String {
    let all: Vec<String> =
        known.iter().map(String::as_str).chain([new]).map(|s| format!("{s:?}")).collect();
    all.join(", ")
}

fn without_port(host: &str) -> &str {
    match host.rfind(':') {
        // In [::1] the colons are inside the brackets.
        Some(colon) if !host[colon..].contains(']') => &host[..colon],
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_known_hosts_are_answered() {
        let config = ServerConfig::default();
        for good in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
            assert!(check_host(&config, &headers(good, None), &Uri::default()).is_ok(), "{good}");
        }
        for bad in ["evil.example", "localhost.evil.example:8080", "", "127.0.0.1.evil.example"] {
            let refused = check_host(&config, &headers(bad, None), &Uri::default()).unwrap_err();
            assert_eq!(refused.status, StatusCode::MISDIRECTED_REQUEST, "{bad}");
        }
        assert!(check_host(&config, &HeaderMap::new(), &Uri::default()).is_err());
    }

    #[test]
    fn only_the_own_and_listed_origins_are_allowed() {
        let config = ServerConfig {
            allowed_origins: vec!["https://dash.example.com".into()],
            ..ServerConfig::default()
        };
        let check = |host: &str, origin: &str| check_origin(&config, &headers(host, Some(origin)));
        assert_eq!(check("127.0.0.1:8080", "http://127.0.0.1:8080"), Ok(None));
        assert!(check("127.0.0.1:8080", "https://dash.example.com").unwrap().is_some());
        for bad in [
            "http://127.0.0.1:9000",
            "http://localhost:8080",
            "null",
            "https://evil.example",
            "file://127.0.0.1:8080",
        ] {
            let refused = check("127.0.0.1:8080", bad).unwrap_err();
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
            assert!(refused.message.contains(&format!("{bad:?}]")), "{}", refused.message);
        }
        assert_eq!(check_origin(&config, &headers("localhost", None)), Ok(None));
    }
}
