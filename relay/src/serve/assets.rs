//! The page, its script and its wasm: the built `web/dist`, carried in the binary.
//!
//! A debug build reads the files from the source tree when they are asked for. Without a built
//! `web/dist` the page says how to build it, and everything else works.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Millrace</title>\
<style>body{font:16px/1.5 system-ui;margin:4rem auto;max-width:40rem;padding:0 1rem}</style>\
<h1>The relay runs, the page is not built</h1>\
<p>This binary was built without the page. Run <code>cargo xtask build</code>, \
or <code>cargo xtask demo</code>, which builds all of it and starts it.</p>\
<p>The data is there: <a href=\"feeds\">feeds</a>.</p>";

/// Serves a file of the built page.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let index = format!("{path}index.html");
    let path = if path.is_empty() || path.ends_with('/') { &index } else { path };
    let Some(file) = Dist::get(path) else {
        if path == "index.html" {
            return with_common(
                (StatusCode::OK, [(CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT)
                    .into_response(),
            );
        }
        return with_common(
            (StatusCode::NOT_FOUND, format!("There is no /{path} here.\n")).into_response(),
        );
    };
    let (file, encoding) = compressed(path, &headers).unwrap_or((file, None));
    // Of the file that is sent: an encoding is another representation.
    let etag = etag(&file);
    let cache = if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if known.is_some_and(|tags| tags.contains(&etag)) {
        let response = (StatusCode::NOT_MODIFIED, [(ETAG, etag), (CACHE_CONTROL, cache.into())]);
        return with_common(response.into_response());
    }
    let mut response = Response::new(Body::from(match file.data {
        std::borrow::Cow::Borrowed(bytes) => bytes::Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => bytes::Bytes::from(bytes),
    }));
    let out = response.headers_mut();
    out.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    out.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        out.insert(ETAG, etag);
    }
    if let Some(encoding) = encoding {
        out.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    with_common(response)
}

/// Assets may be used by pages of any origin, also of isolated ones.
fn with_common(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    headers.insert(
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}

/// The file as the build compressed it, where it did and the client takes it.
fn compressed(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |name: &str| {
        accepted.split(',').any(|e| e.split(';').next().is_some_and(|e| e.trim() == name))
    };
    [("br", "br"), ("gzip", "gz")].into_iter().filter(|(name, _)| takes(name)).find_map(
        |(name, extension)| Some((Dist::get(&format!("{path}.{extension}"))?, Some(name))),
    )
}

fn etag(file: &EmbeddedFile) -> String {
    let hash: String =
        file.metadata.sha256_hash()[..12].iter().map(|b| format!("{b:02x}")).collect();
    format!("\"{hash}\"")
}

/// Whether the name says what is in the file, as the build names those below `assets/`:
/// `name-XXXXXXXX.ext`.
fn is_hashed(path: &str) -> bool {
    let Some(name) = path.strip_prefix("assets/") else { return false };
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    // The hash itself may contain a dash.
    stem.len() > 9 && stem.as_bytes()[stem.len() - 9] == b'-'
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md" | "ts") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_immutable() {
        assert!(is_hashed("assets/engine-Bx3_-9aZ.wasm"));
        assert!(!is_hashed("assets/x.js"));
        assert!(!is_hashed("millrace.js"));
        assert!(!is_hashed("millrace-settings.js"));
    }

    #[test]
    fn wasm_streams() {
        assert_eq!(content_type("a/b.wasm"), "application/wasm");
    }
}
