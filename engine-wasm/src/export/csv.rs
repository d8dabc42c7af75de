//! A window as CSV, by RFC 4180 with LF behind each line: a header, then the rows. Null is a
//! field without anything, the empty text one of two quotation marks; dates and times are
//! ISO 8601 in UTC.
//!
//! The keys of a grouped view come first, a column a level, named as in
//! `ticker (Group by 1)`.

use super::cells::{Style, Texts};
use super::key_columns;
use crate::view::Window;

/// The window as CSV.
pub fn to_csv(window: &Window) -> String {
    let (mut names, mut columns) = (Vec::new(), Vec::new());
    for (name, keys) in key_columns(window) {
        names.push(Style::Csv.text(&name));
        columns.push(Texts::new(keys, Style::Csv));
    }
    for (name, cells) in window.names.iter().zip(&window.cells) {
        names.push(Style::Csv.text(name));
        columns.push(Texts::new(cells, Style::Csv));
    }
    let mut out = names.join(",");
    out.push('\n');
    for row in 0..window.len() {
        for (i, column) in columns.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            column.write(row, &mut out);
        }
        out.push('\n');
    }
    out
}
