//! Cells as text, for CSV and for JSON.

use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::time::{write_iso, write_milliseconds};
use crate::view::{CellBuffer, CellValues};
use std::fmt::Write;

/// The greatest integer up to which JavaScript's numbers are exact.
const MAX_SAFE_INTEGER: u128 = (1 << 53) - 1;

/// How cells are written.
#[derive(Debug, Clone, Copy)]
pub enum Style {
    /// Fields of CSV.
    Csv,
    /// JSON values.
    Json {
        /// Dates and times as text.
        formatted: bool,
        /// Integers beyond 2⁵³ and decimals as text.
        exact_as_text: bool,
    },
}

impl Style {
    /// A text as it is written.
    pub fn text(self, text: &str) -> String {
        match self {
            Style::Csv => csv_text(text),
            Style::Json { .. } => serde_json::Value::from(text).to_string(),
        }
    }
}

/// A column of cells, ready to be written.
pub struct Texts<'w> {
    style: Style,
    cells: &'w CellBuffer,
    /// The strings of its dictionary as they are written, each once.
    strings: Vec<String>,
}

impl<'w> Texts<'w> {
    /// The cells of `cells` in `style`.
    pub fn new(cells: &'w CellBuffer, style: Style) -> Self {
        let strings = match cells.values() {
            CellValues::Text { dictionary, .. } => {
                dictionary.iter().map(|text| style.text(text)).collect()
            }
            _ => Vec::new(),
        };
        Texts { style, cells, strings }
    }

    /// Appends the cell at `place`.
    pub fn write(&self, place: usize, out: &mut String) {
        if self.cells.is_null(place) {
            if let Style::Json { .. } = self.style {
                out.push_str("null");
            }
            return;
        }
        let data_type = self.cells.data_type();
        // Writing to a String does not fail.
        let _ = match self.cells.values() {
            CellValues::Bool(values) => write!(out, "{}", values[place]),
            CellValues::Int(values) => match data_type {
                DataType::Date | DataType::Timestamp { .. } => {
                    self.write_time(values[place], data_type, out);
                    Ok(())
                }
                _ => {
                    let value = values[place];
                    let is_safe = u128::from(value.unsigned_abs()) <= MAX_SAFE_INTEGER;
                    self.write_exact(is_safe, &value.to_string(), out);
                    Ok(())
                }
            },
            CellValues::UInt(values) => {
                let is_safe = u128::from(values[place]) <= MAX_SAFE_INTEGER;
                self.write_exact(is_safe, &values[place].to_string(), out);
                Ok(())
            }
            CellValues::Float(values) => match (values[place], self.style) {
                // The shortest text is another one for the narrow type.
                (value, _) if value.is_finite() && *data_type == DataType::Float32 => {
                    write!(out, "{:?}", value as f32)
                }
                (value, _) if value.is_finite() => write!(out, "{value:?}"),
                (_, Style::Json { .. }) => out.write_str("null"),
                (value, _) if value.is_nan() => out.write_str("NaN"),
                (value, _) => out.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" }),
            },
            CellValues::Decimal(values) => {
                let text = Scalar::Decimal(values[place]).display(data_type, None);
                self.write_exact(false, &text, out);
                Ok(())
            }
            CellValues::Text { places, .. } => out.write_str(&self.strings[places[place] as usize]),
        };
    }

    fn write_time(&self, value: i64, data_type: &DataType, out: &mut String) {
        match self.style {
            Style::Csv => write_iso(value, data_type, out),
            Style::Json { formatted: true, .. } => {
                out.push('"');
                write_iso(value, data_type, out);
                out.push('"');
            }
            Style::Json { .. } => write_milliseconds(value, data_type, out),
        }
    }

    /// Appends the digits of a number, as text where they should be and it is not `safe` as
    /// one of JavaScript's.
    fn write_exact(&self, safe: bool, digits: &str, out: &mut String) {
        match self.style {
            Style::Json { exact_as_text: true, .. } if !safe => {
                let _ = write!(out, "\"{digits}\"");
            }
            _ => out.push_str(digits),
        }
    }
}

/// A text as a field of CSV: in quotation marks where it must be, or would be null.
fn csv_text(text: &str) -> String {
    let special = |letter| matches!(letter, ',' | '"' | '\n' | '\r');
    match text.is_empty() || text.contains(special) || text.starts_with('\u{feff}') {
        false => text.to_owned(),
        true => format!("\"{}\"", text.replace('"', "\"\"")),
    }
}
