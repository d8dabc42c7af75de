//! `[server]` and the tables in it.

use std::net::SocketAddr;

use toml::de::DeValue;

use super::{choice, not_zero};
use crate::config::reader::{Reader, as_string, describe};
use crate::config::{
    AuthConfig, FeedSelection, JwtConfig, KeySource, LimitsConfig, Secret, ServerConfig,
    SharedSecret, TlsConfig, TlsVersion, secret, units,
};

/// The fewest characters of a shared secret. 16 random ones of base64 have 96 bits.
const SHORTEST_SECRET: usize = 16;

/// Reads the table.
pub fn read(reader: &Reader<'_>) -> ServerConfig {
    let mut server = ServerConfig::default();
    if let Some(listen) = address(reader, "listen") {
        server.listen = listen;
    }
    server.allow_remote = reader.boolean("allow_remote").unwrap_or(false);
    if let Some(hosts) = reader.strings("allowed_hosts") {
        server.allowed_hosts = hosts.into_iter().map(|h| h.to_ascii_lowercase()).collect();
    }
    if let Some(origins) = list(reader, "allowed_origins", origin) {
        server.allowed_origins = origins;
    }
    if let Some(n) = reader.count("max_clients", 1) {
        server.max_clients = n as usize;
    }
    if let Some(d) = duration(reader, "idle_timeout") {
        server.idle_timeout = d;
    }
    if let Some(d) = duration(reader, "drain_timeout") {
        server.drain_timeout = d;
    }
    let (auth, tls) = (reader.table("auth"), reader.table("tls"));
    // Where a table is there and wrong, that is what is told.
    let open = !server.listen.ip().is_loopback() && !server.allow_remote;
    if open && let Some(danger) = danger(auth.is_some(), tls.is_some()) {
        let listen = server.listen;
        let message = format!("{listen} can be reached from other machines, and {danger}");
        reader.problem(reader.at(), "listen", message);
    }
    server.auth = auth.and_then(|table| read_auth(&table));
    server.tls = tls.and_then(|table| read_tls(&table));
    if let Some(table) = reader.table("limits") {
        server.limits = read_limits(&table, server.max_clients);
    } else {
        server.limits.connections = server.limits.connections.max(2 * server.max_clients);
    }
    if let Some(table) = reader.table("metrics") {
        table.required("listen", "the address of the metrics, as \"127.0.0.1:9090\"");
        server.metrics = address(&table, "listen");
        if server.metrics.is_some_and(|at| at == server.listen && at.port() != 0) {
            let message = "is the address of the relay itself: leave [server.metrics] out to have both at one";
            table.checked("listen", Err::<(), _>(message.to_string()));
        }
        table.finish();
    }
    if let Some(path) = reader.string("base_path") {
        server.base_path = reader.checked("base_path", base_path(path)).unwrap_or_default();
    }
    reader.finish();
    server
}

fn address(reader: &Reader<'_>, field: &'static str) -> Option<SocketAddr> {
    reader.parsed(field, |value| {
        let text = as_string(value)?;
        text.parse().map_err(|_| {
            format!(
                "\"{text}\" is no address: expected an IP address and a port, as \"127.0.0.1:8080\""
            )
        })
    })
}

/// Without the slash at its end; the root is no base.
fn base_path(text: &str) -> Result<String, String> {
    let path = text.trim_end_matches('/');
    // The unreserved characters of RFC 3986, 2.3: proxies leave these as they are.
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    let well_formed = path
        .split('/')
        .skip(1)
        .all(|part| !part.is_empty() && !matches!(part, "." | "..") && part.chars().all(legal));
    if !text.starts_with('/') || !well_formed {
        return Err(format!("\"{text}\" is no base path: expected one as \"/live\""));
    }
    Ok(path.into())
}

/// What is wrong with listening for other machines.
fn danger(auth: bool, tls: bool) -> Option<&'static str> {
    match (auth, tls) {
        (true, true) => None,
        (false, true) => Some(
            "nobody is asked for a token: add [server.auth], listen on 127.0.0.1, or set \
             allow_remote = true if whoever reaches it may read all feeds",
        ),
        (true, false) => Some(
            "tokens and rows would go over the network in the clear: add [server.tls], listen on \
             127.0.0.1, or set allow_remote = true if a proxy in front of it does TLS",
        ),
        (false, false) => Some(
            "there is neither [server.auth] nor [server.tls]: add both, listen on 127.0.0.1, or set \
             allow_remote = true if whoever reaches it may read all feeds, and whoever is between \
             may as well",
        ),
    }
}

fn read_tls(reader: &Reader<'_>) -> Option<TlsConfig> {
    let path = |field, what: &str| reader.required(field, what).map(|path| reader.beside(path));
    let cert = path("cert", "the file of the certificate chain, in PEM");
    let key = path("key", "the file of the private key, in PEM");
    let versions = [("1.2", TlsVersion::Tls12), ("1.3", TlsVersion::Tls13)];
    let min_version = choice(reader, "min_version", &versions).unwrap_or(TlsVersion::Tls12);
    let reload = duration(reader, "reload").unwrap_or(std::time::Duration::from_secs(10));
    reader.finish();
    Some(TlsConfig { cert: cert?, key: key?, min_version, reload })
}

fn read_limits(reader: &Reader<'_>, max_clients: usize) -> LimitsConfig {
    let mut limits = LimitsConfig::default();
    let connections = reader.count("connections", 1).map(|n| n as usize);
    limits.connections = connections.unwrap_or(limits.connections.max(2 * max_clients));
    if limits.connections < max_clients {
        let message = format!("{} are fewer than max_clients = {max_clients}", limits.connections);
        reader.checked("connections", Err::<(), _>(message));
    }
    limits.connections_per_address = reader.count("connections_per_address", 1).map(|n| n as usize);
    if let Some(n) = reader.count("connections_per_second", 1) {
        limits.connections_per_second = n.min(1_000_000) as u32;
    }
    if let Some(d) = duration(reader, "handshake_timeout") {
        limits.handshake_timeout = d;
    }
    if let Some(bytes) = bytes(reader, "header_bytes", 8 << 10, 1 << 20) {
        limits.header_bytes = bytes;
    }
    // A resume of a topic with many partitions is the longest message there is.
    if let Some(bytes) = bytes(reader, "message_bytes", 16 << 10, 16 << 20) {
        limits.message_bytes = bytes;
    }
    reader.finish();
    limits
}

/// A size between two others, in bytes.
fn bytes(reader: &Reader<'_>, field: &'static str, least: usize, most: usize) -> Option<usize> {
    reader.parsed(field, |value| {
        let bytes = as_string(value).and_then(units::size)?;
        if (least..=most).contains(&bytes) {
            Ok(bytes)
        } else {
            Err(format!("expected from {}KiB to {}KiB", least >> 10, most >> 10))
        }
    })
}

fn read_auth(reader: &Reader<'_>) -> Option<AuthConfig> {
    let mut secrets = Vec::new();
    for table in reader.tables(
        "secrets",
        "a secret does not belong in this file: write { env = \"NAME\" } or { file = \"PATH\" }",
    ) {
        secrets.extend(read_secret(&table));
    }
    let jwt = reader.table("jwt");
    if reader.get("secrets").is_none() && jwt.is_none() {
        reader.problem(reader.at(), "", "lets nobody in: expected secrets, or a table jwt");
    }
    let wants_jwt = jwt.is_some();
    let jwt = jwt.and_then(|table| read_jwt(&table));
    reader.finish();
    (!wants_jwt || jwt.is_some()).then_some(AuthConfig { secrets, jwt })
}

fn read_secret(reader: &Reader<'_>) -> Vec<SharedSecret> {
    let (env, file) = (reader.string("env"), reader.string("file"));
    let found = match (env, file) {
        (Some(name), None) => {
            reader.checked("env", secret::from_env(name)).map(|secret| ("env", vec![secret]))
        }
        (None, Some(path)) => reader
            .checked("file", secret::from_file(&reader.beside(path)))
            .map(|secrets| ("file", secrets)),
        _ => {
            reader.problem(reader.at(), "", "expected one of env = \"NAME\" and file = \"PATH\"");
            None
        }
    };
    let feeds = list(reader, "feeds", |name| Ok(name.into()))
        .map_or(FeedSelection::All, FeedSelection::Listed);
    reader.finish();
    let Some((field, secrets)) = found else { return Vec::new() };
    let good = secrets.iter().try_for_each(check_secret);
    if reader.checked(field, good).is_none() {
        return Vec::new();
    }
    secrets.into_iter().map(|value| SharedSecret { value, feeds: feeds.clone() }).collect()
}

/// Whether a secret can be sent as a token (the characters of a header), and is hard to guess.
fn check_secret(secret: &Secret) -> Result<(), String> {
    let text = secret.reveal();
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("has a secret of other characters than visible ASCII".into());
    }
    if text.len() < SHORTEST_SECRET {
        return Err(format!(
            "has a secret of {} characters: expected at least {SHORTEST_SECRET} random ones, as of \
             \"openssl rand -base64 32\"",
            text.len()
        ));
    }
    Ok(())
}

fn read_jwt(reader: &Reader<'_>) -> Option<JwtConfig> {
    let url = reader.string("jwks_url").map(str::to_string);
    let url = url.and_then(|url| reader.checked("jwks_url", jwks_url(&url)));
    let file = reader.string("jwks_file").map(|path| reader.beside(path));
    let keys = match (reader.get("jwks_url").is_some(), reader.get("jwks_file").is_some()) {
        (true, false) => url.map(KeySource::Url),
        (false, true) => file.map(KeySource::File),
        _ => {
            let message = "expected one of jwks_url and jwks_file: where the issuer's keys are";
            reader.problem(reader.at(), "", message);
            None
        }
    };
    let audience = one_or_more(reader, "audience");
    if reader.get("audience").is_none() {
        let message = "is missing: what this relay is called in a token's aud claim; without it \
                       any token of the issuer would do, whatever it is for";
        reader.problem(reader.at(), "audience", message);
    }
    let issuer = one_or_more(reader, "issuer").unwrap_or_default();
    let leeway = reader.parsed("leeway", |v| as_string(v).and_then(units::duration));
    let refresh = duration(reader, "refresh");
    let refetch = duration(reader, "refetch");
    reader.finish();
    Some(JwtConfig {
        keys: keys?,
        audience: audience?,
        issuer,
        leeway: leeway.unwrap_or(std::time::Duration::from_secs(30)),
        refresh: refresh.unwrap_or(std::time::Duration::from_secs(600)),
        refetch: refetch.unwrap_or(std::time::Duration::from_secs(10)),
    })
}

/// Keys that came over a network in the clear could be anybody's.
fn jwks_url(text: &str) -> Result<String, String> {
    let uri: axum::http::Uri = text.parse().map_err(|_| {
        format!("\"{text}\" is no address: expected one as \"https://id.example.com/jwks.json\"")
    })?;
    let local = uri.host().is_some_and(|host| {
        host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    });
    match uri.scheme_str() {
        Some("https") => Ok(text.into()),
        Some("http") if local => Ok(text.into()),
        Some("http") => Err("keys may be forged on their way by http: expected https".into()),
        _ => Err(format!("\"{text}\" is no address of the web: expected https://…")),
    }
}

/// A string, or a list of at least one.
fn one_or_more(reader: &Reader<'_>, field: &'static str) -> Option<Vec<String>> {
    let texts = reader.parsed(field, |value| match value {
        DeValue::String(text) => Ok(vec![text.to_string()]),
        DeValue::Array(items) => {
            items.iter().map(|item| as_string(item.get_ref()).map(String::from)).collect()
        }
        other => Err(format!("expected a string or a list of strings, found {}", describe(other))),
    })?;
    let none = texts.iter().all(String::is_empty);
    reader.checked(field, if none { Err("expected at least one".into()) } else { Ok(texts) })
}

fn duration(reader: &Reader<'_>, field: &'static str) -> Option<std::time::Duration> {
    reader.parsed(field, |v| as_string(v).and_then(units::duration).and_then(not_zero))
}

/// A list of strings, each read by `read`.
fn list(
    reader: &Reader<'_>,
    field: &'static str,
    read: impl Fn(&str) -> Result<String, String>,
) -> Option<Vec<String>> {
    reader.parsed(field, |value| match value {
        DeValue::Array(items) => {
            items.iter().map(|item| as_string(item.get_ref()).and_then(&read)).collect()
        }
        other => Err(format!("expected a list of strings, found {}", describe(other))),
    })
}

/// An origin as browsers send it: scheme, host, port where it is not the scheme's, or `null`.
fn origin(text: &str) -> Result<String, String> {
    let well_formed = text == "null"
        || text.split_once("://").is_some_and(|(s, rest)| {
            !s.is_empty() && !rest.is_empty() && !rest.contains(['/', '*', ' '])
        });
    if !well_formed {
        return Err(format!(
            "\"{text}\" is no origin: expected scheme and host without a path, as \"https://dash.example.com\", or \"null\""
        ));
    }
    Ok(text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
