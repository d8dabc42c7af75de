//! The control messages of `docs/protocol.md`, as types.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::Secret;
use crate::feed::Feed;
use crate::feed::log::Log;
use crate::feed::resume::Resume;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "millrace.v1";
/// The version in `hello`.
pub const VERSION: u32 = 1;

/// Why a connection is closed.
pub mod close {
    /// The relay shuts down.
    pub const GOING_AWAY: u16 = 1001;
    /// A mistake of the relay's.
    pub const INTERNAL: u16 = 1011;
    /// Something that the relay needs is not there for a moment.
    pub const TRY_AGAIN_LATER: u16 = 1013;
    /// A message that is not understood.
    pub const NOT_UNDERSTOOD: u16 = 4400;
    /// No token, or none that is accepted.
    pub const UNAUTHORIZED: u16 = 4401;
    /// The client's queue overflowed.
    pub const TOO_SLOW: u16 = 4408;
}

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message.
    Hello {
        /// The protocol's version.
        version: u32,
        /// Compressions that the client reads.
        #[serde(default)]
        codecs: Vec<String>,
        /// Who is asking, where that was not told with the upgrade.
        #[serde(default)]
        token: Option<Secret>,
    },
    /// Another token, before the last one expires or after it has.
    Token {
        /// The token.
        token: Secret,
    },
    /// Asks for a feed.
    Subscribe {
        /// The client's number for it.
        id: u64,
        /// The feed's name.
        feed: String,
        /// What the client has of it.
        #[serde(default)]
        resume: Option<Resume>,
    },
    /// Ends a subscription.
    Unsubscribe {
        /// The client's number for it.
        id: u64,
    },
    /// Asks for a pong.
    Ping {
        /// Comes back in the pong.
        #[serde(default)]
        n: Value,
    },
}

/// The relay's first message. `expires_in` is for how many seconds the token is good.
pub fn hello(feeds: &[&str], expires_in: Option<u64>) -> String {
    let server = concat!("millrace/", env!("CARGO_PKG_VERSION"));
    let mut message =
        json!({"type": "hello", "version": VERSION, "server": server, "feeds": feeds});
    if let Some(seconds) = expires_in {
        message["expires_in"] = json!(seconds);
    }
    message.to_string()
}

/// A token that came later is accepted.
pub fn authorized(feeds: &[&str], expires_in: Option<u64>) -> String {
    let mut message = json!({"type": "authorized", "feeds": feeds});
    if let Some(seconds) = expires_in {
        message["expires_in"] = json!(seconds);
    }
    message.to_string()
}

/// Something about the connection is wrong, and it goes on.
pub fn connection_error(code: &str, message: &str, place: &str, expected: &str) -> String {
    json!({"type": "error", "code": code, "message": message, "where": place, "expected": expected})
        .to_string()
}

/// What a subscription begins with.
pub struct Subscribed {
    /// `history` or `resumed`.
    pub start: &'static str,
    /// The first numbered frame that will come.
    pub first_seq: u64,
    /// Records that are replayed before it.
    pub replay_rows: i64,
    /// The position before the first frame that will come.
    pub token: Value,
}

/// Tells a client what comes.
pub fn subscribed(id: u64, feed: &Feed, log: &Log, what: &Subscribed) -> String {
    let mut message = json!({
        "type": "subscribed",
        "id": id,
        "feed": feed.name(),
        "kind": log.epoch.schema.kind(),
        "start": what.start,
        "epoch": log.epoch.id,
        "schema": log.epoch.schema.fingerprint,
        "columns": columns(log),
        "first_seq": what.first_seq,
        "live_seq": log.next_seq().max(what.first_seq),
        "replay_rows": what.replay_rows,
        "token": what.token,
    });
    let schema = &log.epoch.schema;
    if !schema.key.is_empty() {
        let names: Vec<&str> =
            schema.key.iter().map(|&at| schema.columns[at].name.as_str()).collect();
        message["key"] = json!(names);
    } else if let Some(limit) = feed.config.table_limit {
        message["limit"] = json!(limit);
    }
    message.to_string()
}

/// The columns of a log's epoch.
pub fn columns(log: &Log) -> Value {
    log.epoch
        .schema
        .columns
        .iter()
        .map(|c| json!({"name": c.name, "type": c.kind.wire_name(), "nullable": true}))
        .collect()
}

/// The history is sent.
pub fn caught_up(id: u64) -> String {
    json!({"type": "caught_up", "id": id}).to_string()
}

/// What the client holds is void.
pub fn reset(id: u64, feed: &str, reason: &str) -> String {
    json!({"type": "reset", "id": id, "feed": feed, "reason": reason}).to_string()
}

/// Something about one subscription is wrong.
pub fn error(id: u64, code: &str, message: &str, place: &str, expected: &str) -> String {
    json!({"type": "error", "id": id, "code": code, "message": message, "where": place, "expected": expected})
        .to_string()
}

/// Answers a ping.
pub fn pong(n: &Value) -> String {
    json!({"type": "pong", "n": n}).to_string()
}

/// How feeds go.
pub fn status<'a>(feeds: impl Iterator<Item = &'a Feed>) -> String {
    let feeds: serde_json::Map<String, Value> =
        feeds.map(|feed| (feed.name().to_string(), feed.status().json())).collect();
    json!({"type": "status", "feeds": feeds}).to_string()
}
