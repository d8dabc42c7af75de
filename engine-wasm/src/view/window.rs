//! A window of a view: the cells that a reader asked for, column by column.

use super::hierarchy::State;
use crate::error::{Error, Kind, Result};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Interner, RowId};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};
use std::ops::Range;

/// Which cells are asked for. Ends beyond the view are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowSpec {
    /// The first row.
    pub start_row: u64,
    /// Behind the last row.
    pub end_row: u64,
    /// The first column.
    pub start_col: u64,
    /// Behind the last column.
    pub end_col: u64,
}

impl Default for WindowSpec {
    fn default() -> Self {
        WindowSpec { start_row: 0, end_row: u64::MAX, start_col: 0, end_col: u64::MAX }
    }
}

impl WindowSpec {
    /// The fields of a window's JSON text; none where it is empty.
    ///
    /// # Errors
    /// Where it is not an object.
    pub fn fields(text: &str) -> Result<Map<String, Value>> {
        if text.is_empty() {
            return Ok(Map::new());
        }
        let invalid = |message: String| Error::new(Kind::InvalidConfig, message);
        match serde_json::from_str(text).map_err(|e| invalid(format!("not JSON: {e}")))? {
            Value::Object(fields) => Ok(fields),
            _ => {
                let error = invalid("a window is an object".to_owned());
                Err(error.expected("{start_row, end_row, …}"))
            }
        }
    }

    /// Sets the bound called `name`, unless `value` is null; false where there is none.
    ///
    /// # Errors
    /// Where the value is no number from 0 on.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<bool> {
        let bound = match name {
            "start_row" => &mut self.start_row,
            "end_row" => &mut self.end_row,
            "start_col" => &mut self.start_col,
            "end_col" => &mut self.end_col,
            _ => return Ok(false),
        };
        if !value.is_null() {
            let number = value.as_f64().filter(|x| *x >= 0.0).ok_or_else(|| {
                let error = Error::new(Kind::InvalidConfig, format!("found {value}"));
                error.at(name).expected("a number from 0 on")
            })?;
            *bound = number as u64;
        }
        Ok(true)
    }

    /// The rows and columns of it that a view of that size has.
    pub fn clamp(&self, num_rows: u64, num_columns: usize) -> (Range<u64>, Range<usize>) {
        fn cut(start: u64, end: u64, size: u64) -> Range<u64> {
            let end = end.min(size);
            start.min(end)..end
        }
        let rows = cut(self.start_row, self.end_row, num_rows);
        let columns = cut(self.start_col, self.end_col, num_columns as u64);
        (rows, columns.start as usize..columns.end as usize)
    }
}

/// The cells of a window.
#[derive(Debug)]
pub struct Window {
    /// The rows of the view in it.
    pub rows: Range<u64>,
    /// The columns of the view in it.
    pub columns: Range<usize>,
    /// The rows that the table has.
    pub table_rows: u64,
    /// The rows that the view has.
    pub num_rows: u64,
    /// The columns that the view has.
    pub num_columns: usize,
    /// Of a flat view: the numbers of its rows in the table; none where they are distinct,
    /// and so stand for many.
    pub row_ids: Vec<RowId>,
    /// Of a grouped view: what its rows stand for.
    pub row_path: Option<RowPath>,
    /// The names of the group levels, outermost first.
    pub group_by: Vec<String>,
    /// The names of the columns in it.
    pub names: Vec<String>,
    /// Their cells.
    pub cells: Vec<CellBuffer>,
    /// Where rows were chosen among those of `rows`: which they are.
    pub sample: Option<Sample>,
}

/// The rows that were chosen among those of a window, along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Their numbers in the view, in the order of the axis.
    pub rows: Vec<u64>,
    /// Among how many they were chosen: those between the ends that were asked for.
    pub among: u64,
    /// The least and the greatest place on the axis, beyond those ends too: two cells, null
    /// where no row has a place.
    pub ends: CellBuffer,
}

impl Window {
    /// Columns that are of no view, all of one length.
    pub(crate) fn of_columns(names: Vec<String>, cells: Vec<CellBuffer>) -> Self {
        let rows = cells.first().map_or(0, CellBuffer::len) as u64;
        Window {
            rows: 0..rows,
            columns: 0..names.len(),
            table_rows: rows,
            num_rows: rows,
            num_columns: names.len(),
            row_ids: Vec::new(),
            row_path: None,
            group_by: Vec::new(),
            names,
            cells,
            sample: None,
        }
    }

    /// The number of rows in it.
    pub fn len(&self) -> usize {
        match &self.sample {
            Some(sample) => sample.rows.len(),
            None => (self.rows.end - self.rows.start) as usize,
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether each of its rows is one of the table.
    pub fn has_row_ids(&self) -> bool {
        self.row_path.is_none() && self.row_ids.len() == self.len()
    }
}

/// What the rows of a grouped view stand for.
#[derive(Debug)]
pub struct RowPath {
    /// How deep each row is, 0 for the total.
    pub depth: Vec<u8>,
    /// What is shown below it.
    pub state: Vec<State>,
    /// For each level the key of each row's group there, null below its own depth.
    pub levels: Vec<CellBuffer>,
}

/// The names of a view's columns before they are split.
#[derive(Debug, Clone)]
pub struct ColumnNames(pub Vec<String>);

impl ColumnNames {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The name of a column that is not split.
    pub fn plain(&self, number: usize) -> String {
        self.0[number].clone()
    }

    /// The name of a column under the column group `group`.
    pub fn split(&self, number: usize, group: &str) -> String {
        format!("{group}|{}", self.0[number])
    }
}

/// Typed values of cells.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the names are the types")]
pub enum CellValues {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    UInt(Vec<u64>),
    Float(Vec<f64>),
    Decimal(Vec<i128>),
    /// Places in a dictionary of the strings that occur.
    Text {
        places: Vec<u32>,
        dictionary: Vec<String>,
    },
}

/// A column of cells, with its exact type and its nulls.
#[derive(Debug, Clone, PartialEq)]
pub struct CellBuffer {
    data_type: DataType,
    values: CellValues,
    /// Which cells are null; empty until one is.
    nulls: Vec<bool>,
    dictionary_of: FxHashMap<u32, u32>,
}

impl CellBuffer {
    /// Room for `capacity` cells of `data_type`.
    pub fn new(data_type: DataType, capacity: usize) -> Self {
        use DataType::*;
        let values = match &data_type {
            Boolean => CellValues::Bool(Vec::with_capacity(capacity)),
            UInt8 | UInt16 | UInt32 | UInt64 => CellValues::UInt(Vec::with_capacity(capacity)),
            Float32 | Float64 => CellValues::Float(Vec::with_capacity(capacity)),
            Decimal { .. } => CellValues::Decimal(Vec::with_capacity(capacity)),
            String => {
                CellValues::Text { places: Vec::with_capacity(capacity), dictionary: Vec::new() }
            }
            _ => CellValues::Int(Vec::with_capacity(capacity)),
        };
        CellBuffer { data_type, values, nulls: Vec::new(), dictionary_of: FxHashMap::default() }
    }

    /// Appends a cell; of a string, `strings` knows the code.
    pub fn push(&mut self, value: Scalar, strings: Option<&Interner>) {
        let place = self.len();
        let null = match (&mut self.values, value) {
            (CellValues::Bool(v), Scalar::Bool(x)) => push(v, x),
            (CellValues::Int(v), Scalar::Int(x)) => push(v, x),
            (CellValues::UInt(v), Scalar::UInt(x)) => push(v, x),
            (CellValues::Float(v), Scalar::Float(x)) => push(v, x),
            (CellValues::Decimal(v), Scalar::Decimal(x)) => push(v, x),
            (CellValues::Text { places, dictionary }, Scalar::Code(code)) => {
                let place = *self.dictionary_of.entry(code).or_insert_with(|| {
                    dictionary.push(strings.map_or(String::new(), |s| s.get(code).to_owned()));
                    (dictionary.len() - 1) as u32
                });
                push(places, place)
            }
            (values, found) => {
                debug_assert!(found.is_null(), "{found:?} in a column of {}", self.data_type);
                match values {
                    CellValues::Bool(v) => v.push(false),
                    CellValues::Int(v) => v.push(0),
                    CellValues::UInt(v) => v.push(0),
                    CellValues::Float(v) => v.push(0.0),
                    CellValues::Decimal(v) => v.push(0),
                    CellValues::Text { places, .. } => places.push(0),
                }
                true
            }
        };
        if null {
            self.nulls.resize(place, false);
            self.nulls.push(true);
        }
    }

    /// Forgets which codes its strings had, as they may come to mean others.
    pub(crate) fn forget_codes(&mut self) {
        self.dictionary_of.clear();
    }

    /// The cells but for those at `places`.
    pub(super) fn without(self, places: &FxHashSet<usize>) -> Self {
        fn keep<T>(values: Vec<T>, places: &FxHashSet<usize>) -> Vec<T> {
            let kept = values.into_iter().enumerate().filter(|(i, _)| !places.contains(i));
            kept.map(|(_, value)| value).collect()
        }
        let len = if self.nulls.is_empty() { 0 } else { self.len() };
        let mut nulls = self.nulls;
        nulls.resize(len, false);
        let values = match self.values {
            CellValues::Bool(v) => CellValues::Bool(keep(v, places)),
            CellValues::Int(v) => CellValues::Int(keep(v, places)),
            CellValues::UInt(v) => CellValues::UInt(keep(v, places)),
            CellValues::Float(v) => CellValues::Float(keep(v, places)),
            CellValues::Decimal(v) => CellValues::Decimal(keep(v, places)),
            CellValues::Text { places: codes, dictionary } => {
                CellValues::Text { places: keep(codes, places), dictionary }
            }
        };
        CellBuffer { values, nulls: keep(nulls, places), ..self }
    }

    /// Appends a cell with a text that no column has.
    pub fn push_text(&mut self, text: Option<String>) {
        match (&mut self.values, text) {
            (CellValues::Text { places, dictionary }, Some(text)) => {
                places.push(dictionary.len() as u32);
                dictionary.push(text);
            }
            _ => self.push(Scalar::Null, None),
        }
    }

    /// The exact type.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// The values; at null cells any value of the type.
    pub fn values(&self) -> &CellValues {
        &self.values
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        match &self.values {
            CellValues::Bool(v) => v.len(),
            CellValues::Int(v) => v.len(),
            CellValues::UInt(v) => v.len(),
            CellValues::Float(v) => v.len(),
            CellValues::Decimal(v) => v.len(),
            CellValues::Text { places, .. } => places.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether any cell is null.
    pub fn has_nulls(&self) -> bool {
        !self.nulls.is_empty()
    }

    /// Whether the cell at `place` is null.
    pub fn is_null(&self, place: usize) -> bool {
        self.nulls.get(place).copied().unwrap_or(false)
    }
}

/// Appends a value that is not null.
fn push<T>(values: &mut Vec<T>, value: T) -> bool {
    values.push(value);
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ReadSpec;

    #[test]
    fn a_window_is_cut_to_the_view() {
        let window = ReadSpec::parse(r#"{"start_row": 90, "end_row": 200, "end_col": null}"#);
        assert_eq!(window.unwrap().window.clamp(100, 3), (90..100, 0..3));
        let window = WindowSpec { start_row: 300, ..WindowSpec::default() };
        assert_eq!(window.clamp(100, 3).0, 100..100);
        let window = WindowSpec { start_row: 9, end_row: 5, ..WindowSpec::default() };
        assert_eq!(window.clamp(100, 3).0, 5..5);
    }

    #[test]
    fn a_wrong_window_says_what_is_wrong() {
        let e = ReadSpec::parse(r#"{"start_roww": 1}"#).unwrap_err();
        assert!(e.message.contains("start_row"), "{e}");
        assert!(ReadSpec::parse(r#"{"start_row": -1}"#).is_err());
    }

    #[test]
    fn cells_keep_their_nulls() {
        let mut cells = CellBuffer::new(DataType::Int64, 3);
        for value in [Scalar::Int(1), Scalar::Null, Scalar::Int(3)] {
            cells.push(value, None);
        }
        assert_eq!([0, 1, 2].map(|i| cells.is_null(i)), [false, true, false]);
        assert_eq!(cells.values(), &CellValues::Int(vec![1, 0, 3]));
    }
}
