//! The relay as a whole: a mock Kafka cluster on one side, a raw WebSocket on the other.
//!
//! Frames are read with arrow-ipc's own reader, and a test's table is kept by the rules of
//! `docs/protocol.md` alone, so that what passes here is what any client can rely on.

mod auth;
mod bad;
mod client;
mod faults;
mod http;
mod kafka;
mod keyed;
mod limits;
mod operations;
mod payloads;
mod processes;
mod registry;
mod reload;
mod resume;
mod rows;
mod slow;
mod tls;
mod topics;
