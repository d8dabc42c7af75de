//! Millrace's table engine: live tables, and views of them that are maintained from what
//! changes.
//!
//! A [`Table`](table::Table) holds columns. A [`View`](view::View) filters, groups, pivots
//! and sorts its rows, and takes in only what a batch changes: its cost does not grow with
//! the table. A [`Graph`](graph::Graph) holds both and brings views up to date once a tick.
//!
//! The engine knows no network and no clock. All of it runs natively as well as in
//! WebAssembly; only `bindings` knows that there is a browser.

#![deny(unsafe_code)]

pub mod aggregate;
#[cfg(target_arch = "wasm32")]
pub mod bindings;
pub mod error;
pub mod exact;
pub mod export;
pub mod expr;
pub mod graph;
pub mod ingest;
mod keys;
pub mod over;
pub mod scalar;
pub mod schema;
pub mod table;
#[cfg(test)]
mod testing;
pub mod time;
pub mod view;
