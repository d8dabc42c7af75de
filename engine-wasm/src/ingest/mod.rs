//! Ways in: bytes become batches of a table's columns, all or nothing.
//!
//! What arrives is decoded and checked as a whole before the first row is appended, so
//! that a bad input leaves the table as it was.

mod arrow;
mod check;
mod convert;
mod dictionary;
mod flatten;
mod ipc;
mod json_text;

#[cfg(test)]
mod tests;

pub use arrow::{FrameHeader, append_ipc, frame_header, remove_ipc, table_from_ipc};
