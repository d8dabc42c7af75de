//! A window as JSON text: rows, columns, or lines.
//!
//! A grouped view gives each row its path as `__ROW_PATH__`, `[]` for the total. Integers
//! and decimals have all their digits; NaN and infinities are null, as JSON has neither.

use super::cells::{Style, Texts};
use super::options::ExportOptions;
use crate::error::{Error, Kind, Result};
use crate::view::{RowPath, Window};
use std::fmt::Write;

/// The window as an array of objects, one a row.
///
/// # Errors
/// Where `index` is asked for of a grouped view, or that or `id` of a distinct one.
pub fn to_json(window: &Window, options: &ExportOptions) -> Result<String> {
    let columns = columns(window, options)?;
    let mut out = String::from("[");
    for row in 0..window.len() {
        if row > 0 {
            out.push(',');
        }
        write_row(&columns, row, &mut out);
    }
    out.push(']');
    Ok(out)
}

/// The window as objects, one a line and one a row.
///
/// # Errors
/// As [`to_json`].
pub fn to_ndjson(window: &Window, options: &ExportOptions) -> Result<String> {
    let columns = columns(window, options)?;
    let mut out = String::new();
    for row in 0..window.len() {
        write_row(&columns, row, &mut out);
        out.push('\n');
    }
    Ok(out)
}

/// The window as an object of arrays, one a column.
///
/// # Errors
/// As [`to_json`].
pub fn to_columns(window: &Window, options: &ExportOptions) -> Result<String> {
    let mut out = String::from("{");
    for (i, column) in columns(window, options)?.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&column.key);
        out.push('[');
        for row in 0..window.len() {
            if row > 0 {
                out.push(',');
            }
            column.values.write(row, &mut out);
        }
        out.push(']');
    }
    out.push('}');
    Ok(out)
}

fn write_row(columns: &[Column<'_>], row: usize, out: &mut String) {
    out.push('{');
    for (i, column) in columns.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&column.key);
        column.values.write(row, out);
    }
    out.push('}');
}

/// A column of the text.
struct Column<'w> {
    /// Its name, quoted, and a colon.
    key: String,
    values: Values<'w>,
}

enum Values<'w> {
    Cells(Texts<'w>),
    Paths {
        depth: &'w [u8],
        levels: Vec<Texts<'w>>,
    },
    /// The numbers of the table's rows.
    Rows(&'w [u64]),
    /// The same, each in a list.
    RowLists(&'w [u64]),
}

impl Values<'_> {
    fn write(&self, row: usize, out: &mut String) {
        // Writing to a String does not fail.
        let _ = match self {
            Values::Cells(cells) => {
                cells.write(row, out);
                Ok(())
            }
            Values::Paths { depth, levels } => {
                out.push('[');
                for (i, level) in levels.iter().take(depth[row].into()).enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    level.write(row, out);
                }
                out.push(']');
                Ok(())
            }
            Values::Rows(rows) => write!(out, "{}", rows[row]),
            Values::RowLists(rows) => write!(out, "[{}]", rows[row]),
        };
    }
}

fn columns<'w>(window: &'w Window, options: &ExportOptions) -> Result<Vec<Column<'w>>> {
    let style = Style::Json { formatted: options.formatted, exact_as_text: options.exact_as_text };
    let paths = |path: &'w RowPath| Values::Paths {
        depth: &path.depth,
        levels: path.levels.iter().map(|level| Texts::new(level, style)).collect(),
    };
    let column = |name: &str, values| Column { key: format!("{}:", style.text(name)), values };
    let mut columns = Vec::new();
    if let Some(path) = &window.row_path {
        columns.push(column("__ROW_PATH__", paths(path)));
    }
    if options.index {
        if !window.has_row_ids() {
            let message = "a row of a grouped or distinct view stands for many of the table";
            let error = Error::new(Kind::Unsupported, message).at("index");
            return Err(error.expected("a view without group_by and distinct"));
        }
        columns.push(column("__INDEX__", Values::Rows(&window.row_ids)));
    }
    if options.id {
        let ids = match &window.row_path {
            Some(path) => paths(path),
            None if window.has_row_ids() => Values::RowLists(&window.row_ids),
            None => {
                let error = Error::new(Kind::Unsupported, "distinct rows have their values alone");
                return Err(error.expected("a view without distinct").at("id"));
            }
        };
        columns.push(column("__ID__", ids));
    }
    for (name, cells) in window.names.iter().zip(&window.cells) {
        columns.push(column(name, Values::Cells(Texts::new(cells, style))));
    }
    Ok(columns)
}
