//! Ways out: windows of views become bytes.

mod arrow;

pub use arrow::{to_ipc, to_record_batch};
