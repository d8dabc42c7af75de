//! Ways out: windows of views become bytes.

mod arrow;
mod ipc;

pub use arrow::to_ipc;
