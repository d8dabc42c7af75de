//! Ways in: bytes become batches of a table's columns, all or nothing.
//!
//! What arrives is decoded and checked as a whole before the first row is appended, so
//! that a bad input leaves the table as it was.

mod arrow;
mod cell;
mod check;
mod convert;
mod csv;
mod dictionary;
mod flatten;
mod infer;
mod ipc;
mod json;
mod json_text;
mod lists;
mod memo;
mod staged;
mod text;

#[cfg(test)]
mod tests;

pub use arrow::{FrameHeader, append_ipc, follow_ipc, frame_header, remove_ipc, table_from_ipc};
pub use text::{Format, append_text, remove_text, table_from_text};
