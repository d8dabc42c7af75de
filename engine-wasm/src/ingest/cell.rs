//! A value as a text format writes it, and the column of such values.
//!
//! As with Arrow a value is never bent to fit: it goes into its column exactly, or the
//! whole input is refused. Only a float takes the nearest float to the digits that are
//! written.

use super::lists::Span;
use super::staged::StagedColumn;
use crate::error::{Error, Kind, LONGEST_NAME, Result, shortened};
use crate::exact;
use crate::scalar::ticks_per_second;
use crate::schema::DataType;
use crate::table::{Incoming, Interner, Nulls, Values};
use crate::time;
use std::borrow::Cow;
use std::str::FromStr;

/// A value as it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// JSON's `true` and `false`.
    Bool(bool),
    /// A JSON number, by its digits.
    Number(&'a str),
    /// A JSON string.
    Text(Cow<'a, str>),
    /// A list or an object, as JSON text.
    Nested(Cow<'a, str>),
    /// A field of CSV, whatever it means.
    Field(Cow<'a, str>),
}

/// A word for a number that has no digits.
pub fn is_float_word(text: &str) -> bool {
    let word = text.strip_prefix('-').unwrap_or(text);
    matches!(word, "NaN" | "inf" | "Infinity")
}

/// The boolean that a field of CSV means, in capitals or not.
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Values for a column of a table, row by row.
#[derive(Debug)]
pub struct ColumnBuilder {
    data_type: DataType,
    values: Values,
    nulls: Nulls,
    absent: Nulls,
    /// Where the values of each row lie, once a row had a list.
    spans: Option<Vec<Span>>,
    rows: usize,
}

impl ColumnBuilder {
    /// An empty column for values of `data_type`.
    pub fn new(data_type: DataType) -> Self {
        let values = match &data_type {
            DataType::String => Values::C32(Vec::new()),
            other => Values::new(other),
        };
        let (nulls, absent) = (Nulls::default(), Nulls::default());
        ColumnBuilder { data_type, values, nulls, absent, spans: None, rows: 0 }
    }

    /// The number of rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Makes the column `rows` long, by rows that say nothing of it.
    pub fn pad(&mut self, rows: usize) {
        while self.rows < rows {
            self.absent.set(self.rows);
            self.begin_row(None);
            self.push_null();
        }
    }

    /// Appends a row with one value. `strings` are the column's, of a string column.
    ///
    /// # Errors
    /// Where the value does not fit the column.
    pub fn push(&mut self, cell: &Cell<'_>, strings: Option<&mut Interner>) -> Result<()> {
        self.begin_row(None);
        self.push_value(cell, strings)
    }

    /// Appends a row with a list.
    ///
    /// # Errors
    /// Where a value of it does not fit the column.
    pub fn push_list(
        &mut self,
        cells: &[Cell<'_>],
        mut strings: Option<&mut Interner>,
    ) -> Result<()> {
        if self.spans.is_none() {
            let before = (0..self.rows).map(|start| Span { start, length: None });
            self.spans = Some(before.collect());
        }
        self.begin_row(Some(cells.len()));
        cells.iter().try_for_each(|cell| self.push_value(cell, strings.as_deref_mut()))
    }

    /// The column, `rows` long.
    pub fn finish(mut self, rows: usize) -> StagedColumn {
        self.pad(rows);
        let incoming = Incoming::new(self.values, self.nulls);
        StagedColumn { incoming, absent: self.absent, spans: self.spans }
    }

    fn begin_row(&mut self, length: Option<usize>) {
        if let Some(spans) = &mut self.spans {
            spans.push(Span { start: self.values.len(), length });
        }
        self.rows += 1;
    }

    fn push_null(&mut self) {
        let place = self.values.len();
        self.nulls.set(place);
        self.values.resize(place + 1);
    }

    fn push_value(&mut self, cell: &Cell<'_>, strings: Option<&mut Interner>) -> Result<()> {
        let text = match cell {
            Cell::Null => None,
            Cell::Bool(value) => Some(if *value { "true" } else { "false" }),
            Cell::Number(text) => Some(*text),
            Cell::Text(text) | Cell::Nested(text) => Some(text.as_ref()),
            Cell::Field(text) if strings.is_some() => Some(text.as_ref()),
            Cell::Field(text) => Some(text.trim_ascii()).filter(|text| !text.is_empty()),
        };
        let Some(text) = text else {
            self.push_null();
            return Ok(());
        };
        if let (Some(strings), Values::C32(codes)) = (strings, &mut self.values) {
            codes.push(strings.intern(text));
            return Ok(());
        }
        let is_text = !matches!(cell, Cell::Number(_));
        let fits = match (&mut self.values, &self.data_type) {
            (Values::Bool(values), _) => {
                let value = match cell {
                    Cell::Bool(value) => Some(*value),
                    Cell::Field(_) => boolean(text),
                    _ => None,
                };
                value.map(|value| values.push(value))
            }
            (Values::I32(values), DataType::Date) => day(text, is_text).map(|day| values.push(day)),
            (Values::I64(values), DataType::Timestamp { unit, .. }) => {
                ticks(text, is_text, ticks_per_second(*unit)).map(|ticks| values.push(ticks))
            }
            (Values::I8(values), _) => integer(text).map(|x| values.push(x)),
            (Values::I16(values), _) => integer(text).map(|x| values.push(x)),
            (Values::I32(values), _) => integer(text).map(|x| values.push(x)),
            (Values::I64(values), _) => integer(text).map(|x| values.push(x)),
            (Values::U8(values), _) => integer(text).map(|x| values.push(x)),
            (Values::U16(values), _) => integer(text).map(|x| values.push(x)),
            (Values::U32(values), _) => integer(text).map(|x| values.push(x)),
            (Values::U64(values), _) => integer(text).map(|x| values.push(x)),
            (Values::F32(values), _) => float(text, f32::is_finite).map(|x| values.push(x)),
            (Values::F64(values), _) => float(text, f64::is_finite).map(|x| values.push(x)),
            (Values::I128(values), DataType::Decimal { precision, scale }) => {
                decimal(text, *precision, *scale).map(|x| values.push(x))
            }
            _ => None,
        };
        fits.ok_or_else(|| does_not_fit(text, &self.data_type))
    }
}

fn does_not_fit(text: &str, data_type: &DataType) -> Error {
    let expected = match data_type {
        DataType::Date | DataType::Timestamp { .. } => format!("{data_type}: {}", time::FORMS),
        other => other.to_string(),
    };
    Error::new(Kind::TypeMismatch, format!("{} does not fit", shortened(text, LONGEST_NAME)))
        .expected(expected)
}

/// An integer, also one that is written with a fraction of zero or an exponent.
fn integer<T: FromStr + TryFrom<i128>>(text: &str) -> Option<T> {
    let exact = || T::try_from(exact::scaled(text, 0)?.integer()?).ok();
    text.parse().ok().or_else(exact)
}

/// The nearest float; none where that would be infinite though the digits are not.
fn float<T: FromStr + Copy>(text: &str, is_finite: fn(T) -> bool) -> Option<T> {
    let value: T = text.parse().ok()?;
    let is_word = || text.bytes().all(|b| !b.is_ascii_digit());
    (is_finite(value) || is_word()).then_some(value)
}

/// An unscaled decimal.
fn decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    let value = exact::scaled(text, scale.into())?.integer()?;
    let bound = 10i128.pow(precision.into());
    (-bound < value && value < bound).then_some(value)
}

/// A day; of a time, the day that it lies in.
fn day(text: &str, is_text: bool) -> Option<i32> {
    let nanoseconds = instant(text, is_text)?.floor;
    i32::try_from(nanoseconds.div_euclid(i128::from(time::DAY) * time::MILLISECOND)).ok()
}

/// A time in ticks, of which a second has so many; one between two ticks does not fit.
fn ticks(text: &str, is_text: bool, per_second: i64) -> Option<i64> {
    if per_second == 1_000
        && let Ok(milliseconds) = text.parse()
    {
        return Some(milliseconds);
    }
    let nanoseconds = instant(text, is_text)?.integer()?;
    let tick = i128::from(1_000_000_000 / per_second);
    let fits = nanoseconds.rem_euclid(tick) == 0;
    fits.then(|| i64::try_from(nanoseconds.div_euclid(tick)).ok()).flatten()
}

/// Nanoseconds since the Unix epoch, of a time as text or as a number of milliseconds.
fn instant(text: &str, is_text: bool) -> Option<exact::Bound> {
    let parsed = if is_text { time::parse(text) } else { None };
    match parsed {
        Some((floor, _)) => Some(exact::Bound { floor, exact: true }),
        None => exact::scaled(text, 6),
    }
}
