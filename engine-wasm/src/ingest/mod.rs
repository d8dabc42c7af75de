//! Ways in: bytes become batches of a table's columns, all or nothing.
//!
//! What arrives is decoded and checked as a whole before the first row is appended, so
//! that a bad input leaves the table as it was.

mod arrow;
mod convert;
mod flatten;
mod json_text;

pub use arrow::{FrameHeader, append_ipc, frame_header, table_from_ipc};
