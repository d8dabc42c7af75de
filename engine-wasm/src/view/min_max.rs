//! The least and the greatest value of a column of a view, for the ends of an axis or of a
//! scale of colours.

use super::window::{CellBuffer, CellValues};
use super::{View, ViewRows};
use crate::error::{Error, Kind, Result};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::Table;
use std::cmp::Ordering;

/// How many cells are looked at at a time; in tests few, so that views have several chunks.
pub(super) const CHUNK: usize = if cfg!(test) { 16 } else { 8192 };

impl View {
    /// The least and the greatest value of the column called `name`, two cells: of the rows of
    /// a flat view, which may have it unseen, or of the innermost groups of a grouped one, be
    /// they open or not. A column that is split is taken whole by its name before that, and
    /// each part by its own (`group|column`). Nulls and NaN are passed over; where there is
    /// nothing else both cells are null. `limit` and `offset` are not heeded.
    ///
    /// Costs a look at all cells of the column.
    ///
    /// # Errors
    /// Where there is no such column.
    pub fn min_max(&mut self, name: &str, table: &Table) -> Result<CellBuffer> {
        let width = self.names.len();
        let shown = self.names.0.iter().position(|shown| shown == name);
        let of_table = self.table_column(name, table);
        if let (ViewRows::Flat(view), Some(number)) = (&mut self.rows, of_table) {
            return Ok(view.min_max(&table.columns()[number], table));
        }
        let count = self.num_columns(table);
        let numbers: Vec<usize> = match shown {
            Some(shown) => (shown..count).step_by(width).collect(),
            None => (0..count).filter(|&number| self.column_name(number, table) == name).collect(),
        };
        if shown.is_none() && numbers.is_empty() {
            let paths = self.column_paths(table);
            let known = self.names.0.iter().chain(&paths).map(String::as_str);
            return Err(Error::unknown(Kind::UnknownColumn, "column", name, known).at("column"));
        }
        let data_type = match (shown, numbers.first()) {
            (Some(shown), _) => &self.types[shown],
            (None, number) => &self.types[number.map_or(0, |number| number % width)],
        };
        let mut ends = Ends::new(data_type.clone());
        for number in numbers {
            match &mut self.rows {
                ViewRows::Flat(view) => view.ends_of(number, table, &mut ends),
                ViewRows::Distinct(view) => view.ends_of(number, table, &mut ends),
                ViewRows::Grouped(view) => view.ends_of(number, table, &mut ends),
            }
        }
        Ok(ends.cells())
    }
}

/// The ends of the values seen so far; nulls and NaN have no place among them.
#[derive(Debug)]
pub(super) struct Ends {
    data_type: DataType,
    ends: Option<[End; 2]>,
}

#[derive(Debug, Clone, PartialEq)]
enum End {
    Value(Scalar),
    Text(String),
}

impl End {
    fn compare(&self, other: &End) -> Ordering {
        match (self, other) {
            (End::Value(a), End::Value(b)) => a.compare(*b, None),
            (End::Text(a), End::Text(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

impl Ends {
    /// Of no values yet, of `data_type`.
    pub fn new(data_type: DataType) -> Self {
        Ends { data_type, ends: None }
    }

    /// An empty buffer for the next cells.
    pub fn buffer(&self) -> CellBuffer {
        CellBuffer::new(self.data_type.clone(), CHUNK)
    }

    /// Takes cells in.
    pub fn take(&mut self, cells: &CellBuffer) {
        let rows = (0..cells.len()).filter(|&row| !cells.is_null(row));
        match cells.values() {
            CellValues::Bool(v) => self.take_each(rows.map(|row| Scalar::Bool(v[row]))),
            CellValues::Int(v) => self.take_each(rows.map(|row| Scalar::Int(v[row]))),
            CellValues::UInt(v) => self.take_each(rows.map(|row| Scalar::UInt(v[row]))),
            CellValues::Decimal(v) => self.take_each(rows.map(|row| Scalar::Decimal(v[row]))),
            CellValues::Float(v) => {
                let numbers = rows.filter(|&row| !v[row].is_nan());
                self.take_each(numbers.map(|row| Scalar::Float(v[row])));
            }
            CellValues::Text { places, dictionary } => {
                let texts = rows.map(|row| &*dictionary[places[row] as usize]);
                let ends = texts.fold(None, |ends: Option<(&str, &str)>, text| match ends {
                    None => Some((text, text)),
                    Some((least, greatest)) => Some((least.min(text), greatest.max(text))),
                });
                if let Some((least, greatest)) = ends {
                    self.widen([least, greatest].map(|text| End::Text(text.to_owned())));
                }
            }
        }
    }

    fn take_each(&mut self, mut values: impl Iterator<Item = Scalar>) {
        let Some(first) = values.next() else { return };
        let (mut least, mut greatest) = (first, first);
        for value in values {
            if value.compare(least, None).is_lt() {
                least = value;
            } else if value.compare(greatest, None).is_gt() {
                greatest = value;
            }
        }
        self.widen([End::Value(least), End::Value(greatest)]);
    }

    fn widen(&mut self, [least, greatest]: [End; 2]) {
        self.ends = Some(match self.ends.take() {
            None => [least, greatest],
            Some([low, high]) => [
                if least.compare(&low).is_lt() { least } else { low },
                if greatest.compare(&high).is_gt() { greatest } else { high },
            ],
        });
    }

    /// Both ends, null where there was no value.
    pub fn cells(self) -> CellBuffer {
        let mut cells = CellBuffer::new(self.data_type, 2);
        for place in 0..2 {
            match self.ends.as_ref().map(|ends| &ends[place]) {
                Some(End::Value(value)) => cells.push(*value, None),
                Some(End::Text(text)) => cells.push_text(Some(text.clone())),
                None => cells.push(Scalar::Null, None),
            }
        }
        cells
    }
}
