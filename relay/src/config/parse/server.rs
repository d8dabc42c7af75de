//! `[server]` and the tables in it.

use toml::de::DeValue;

use super::not_zero;
use crate::config::reader::{Reader, as_string, describe};
use crate::config::{
    AuthConfig, FeedSelection, JwtConfig, KeySource, Secret, ServerConfig, SharedSecret, secret,
    units,
};

/// The fewest characters of a shared secret. 16 random ones of base64 have 96 bits.
const SHORTEST_SECRET: usize = 16;

/// Reads the table.
pub fn read(reader: &Reader<'_>) -> ServerConfig {
    let mut server = ServerConfig::default();
    if let Some(listen) = reader.parsed("listen", |value| {
        let text = as_string(value)?;
        text.parse().map_err(|_| {
            format!(
                "\"{text}\" is no address: expected an IP address and a port, as \"127.0.0.1:8080\""
            )
        })
    }) {
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
    let auth = reader.table("auth");
    let wants_auth = auth.is_some();
    server.auth = auth.and_then(|table| read_auth(&table));
    // Where the table is there and wrong, that it is wrong is told.
    if !server.listen.ip().is_loopback() && !server.allow_remote && !wants_auth {
        reader.problem(
            reader.at(),
            "listen",
            format!(
                "{} can be reached from other machines, and nobody is asked for a token: listen on \
                 127.0.0.1, add [server.auth], or set allow_remote = true if whoever reaches it \
                 may read all feeds",
                server.listen
            ),
        );
    }
    reader.finish();
    server
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
