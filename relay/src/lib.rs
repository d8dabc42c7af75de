//! The relay of Millrace: brings a Kafka topic to the browser as Arrow batches.
//!
//! ```text
//! source ──▶ decode ──▶ feed (batch, encode, retained log) ──▶ serve (WebSocket, HTTP)
//! ```
//!
//! A row is decoded once, encoded once, and sent to every client from the same bytes. The way
//! of the data is the order of the modules; [`Relay`] starts all of it from a [`config::Config`].
//! What a client and a relay say to each other is in `docs/protocol.md`, the configuration in
//! `docs/configuration.md`.

#![forbid(unsafe_code)]

pub mod check;
pub mod config;
pub mod decode;
pub mod demo;
pub mod feed;
pub mod inspect;
pub mod metrics;
mod outgoing;
mod relay;
pub mod serve;
pub mod source;

pub use relay::{Relay, RelayHandle, Reloaded, StartError, listen};
