//! Ways out: windows of views become bytes or text.

mod arrow;
mod cells;
mod csv;
mod ipc;
mod json;
mod options;

#[cfg(test)]
mod tests;

pub use arrow::to_ipc;
pub use csv::to_csv;
pub use ipc::Compression;
pub use json::{to_columns, to_json, to_ndjson};
pub use options::ExportOptions;

use crate::view::{CellBuffer, Window};

/// The keys of a grouped view, a column a level, with their names: `ticker (Group by 1)`;
/// null where a row lies above that level.
fn key_columns(window: &Window) -> impl Iterator<Item = (String, &CellBuffer)> {
    let levels = window.row_path.iter().flat_map(|path| &path.levels);
    let levels = window.group_by.iter().zip(levels).zip(1..);
    levels.map(|((name, keys), level)| (format!("{name} (Group by {level})"), keys))
}
