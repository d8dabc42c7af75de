//! The columns that a text's values ask for: the narrowest type that holds all of them
//! exactly.

use super::cell::{Cell, boolean, is_float_word};
use super::text::Sink;
use crate::error::Result;
use crate::schema::{DataType, Field, Schema};
use crate::table::ListFlatten;
use crate::time;
use arrow_schema::TimeUnit;
use rustc_hash::{FxHashMap, FxHashSet};

/// What sorts of values a column has, a bit each.
#[derive(Debug, Clone, Copy, Default)]
struct Evidence(u16);

impl Evidence {
    const BOOLEAN: u16 = 1;
    const NEGATIVE: u16 = 1 << 1;
    const INTEGER: u16 = 1 << 2;
    /// Beyond int64, within uint64.
    const LARGE: u16 = 1 << 3;
    /// Beyond both, of up to 38 digits.
    const HUGE: u16 = 1 << 4;
    const FLOAT: u16 = 1 << 5;
    const DATE: u16 = 1 << 6;
    const TIME: u16 = 1 << 7;
    /// A time with a part below the millisecond.
    const MICROSECONDS: u16 = 1 << 8;
    /// A time with a part below the microsecond.
    const NANOSECONDS: u16 = 1 << 9;
    /// A time that 64 bits of nanoseconds do not reach.
    const FAR: u16 = 1 << 10;
    const TEXT: u16 = 1 << 11;

    fn take(&mut self, cell: &Cell<'_>) {
        if self.0 & Self::TEXT != 0 {
            return;
        }
        self.0 |= match cell {
            Cell::Null => 0,
            Cell::Bool(_) => Self::BOOLEAN,
            Cell::Number(text) => number(text),
            Cell::Nested(_) => Self::TEXT,
            Cell::Text(text) => time_of(text).unwrap_or(Self::TEXT),
            Cell::Field(text) => match text.trim_ascii() {
                "" => 0,
                text => match text.as_bytes()[0] {
                    b'0'..=b'9' | b'-' | b'.' | b'N' | b'I' | b'i' => {
                        time_of(text).unwrap_or_else(|| number(text))
                    }
                    _ if boolean(text).is_some() => Self::BOOLEAN,
                    _ => Self::TEXT,
                },
            },
        };
    }

    fn data_type(self) -> DataType {
        const TIMES: u16 = Evidence::DATE
            | Evidence::TIME
            | Evidence::MICROSECONDS
            | Evidence::NANOSECONDS
            | Evidence::FAR;
        const INTEGERS: u16 =
            Evidence::NEGATIVE | Evidence::INTEGER | Evidence::LARGE | Evidence::HUGE;
        let has = |bits: u16| self.0 & bits != 0;
        let only = |bits: u16| self.0 & !bits == 0;
        match self.0 {
            0 => DataType::String,
            Self::BOOLEAN => DataType::Boolean,
            _ if only(Self::DATE | Self::FAR) => DataType::Date,
            _ if only(TIMES) => {
                let unit = match () {
                    _ if has(Self::NANOSECONDS) && has(Self::FAR) => return DataType::String,
                    _ if has(Self::NANOSECONDS) => TimeUnit::Nanosecond,
                    _ if has(Self::MICROSECONDS) => TimeUnit::Microsecond,
                    _ => TimeUnit::Millisecond,
                };
                DataType::Timestamp { unit, zone: None }
            }
            _ if !only(INTEGERS | Self::FLOAT) => DataType::String,
            _ if has(Self::FLOAT) => DataType::Float64,
            _ if has(Self::HUGE) || has(Self::LARGE) && has(Self::NEGATIVE) => {
                DataType::Decimal { precision: 38, scale: 0 }
            }
            _ if has(Self::LARGE) => DataType::UInt64,
            _ => DataType::Int64,
        }
    }
}

/// What sort of number a text is. One with needless zeros or a plus in front is a text, for
/// it would not come out as it went in.
fn number(text: &str) -> u16 {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let negative = if digits.len() < text.len() { Evidence::NEGATIVE } else { 0 };
    match digits.as_bytes() {
        [b'0', b'0'..=b'9', ..] => Evidence::TEXT,
        [] => Evidence::TEXT,
        all if all.iter().all(u8::is_ascii_digit) => match all.len() {
            ..19 => Evidence::INTEGER | negative,
            19..39 if text.parse::<i64>().is_ok() => Evidence::INTEGER | negative,
            19..39 if text.parse::<u64>().is_ok() => Evidence::LARGE,
            19..39 => Evidence::HUGE | negative,
            _ => Evidence::TEXT,
        },
        [b'0'..=b'9' | b'.', ..] => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Evidence::FLOAT,
            _ => Evidence::TEXT,
        },
        _ if is_float_word(text) => Evidence::FLOAT,
        _ => Evidence::TEXT,
    }
}

/// What sort of time a text is, if it is one.
fn time_of(text: &str) -> Option<u16> {
    let (nanoseconds, is_date) = time::parse(text)?;
    let far = if i64::try_from(nanoseconds).is_err() { Evidence::FAR } else { 0 };
    let sort = match nanoseconds {
        _ if is_date => Evidence::DATE,
        ns if ns % 1_000 != 0 => Evidence::TIME | Evidence::NANOSECONDS,
        ns if ns % 1_000_000 != 0 => Evidence::TIME | Evidence::MICROSECONDS,
        _ => Evidence::TIME,
    };
    Some(sort | far)
}

/// Finds the columns of a text. They come in the order in which their names first appear.
#[derive(Debug, Default)]
pub struct Inference {
    columns: Vec<(String, Evidence)>,
    numbers: FxHashMap<String, usize>,
    /// The names of objects that were taken apart.
    objects: FxHashSet<String>,
    list_flatten: ListFlatten,
}

impl Inference {
    /// No columns yet.
    pub fn new(list_flatten: ListFlatten) -> Self {
        Inference { list_flatten, ..Inference::default() }
    }

    /// The columns that were found.
    ///
    /// # Errors
    /// Where there is none.
    pub fn schema(self) -> Result<Schema> {
        let objects = self.objects;
        let columns = self.columns.into_iter();
        // What was an object in some rows, and null in the others, is one in all.
        let columns = columns.filter(|(name, evidence)| evidence.0 != 0 || !objects.contains(name));
        let fields =
            columns.map(|(name, evidence)| Field { name, data_type: evidence.data_type() });
        Schema::new(fields.collect())
    }
}

impl Sink for Inference {
    fn column(&mut self, name: &str) -> Result<usize> {
        if let Some(&number) = self.numbers.get(name) {
            return Ok(number);
        }
        let number = self.columns.len();
        self.columns.push((name.to_owned(), Evidence::default()));
        self.numbers.insert(name.to_owned(), number);
        Ok(number)
    }

    fn takes_apart(&mut self, name: &str) -> bool {
        if !self.objects.contains(name) {
            self.objects.insert(name.to_owned());
        }
        true
    }

    fn is_null_object(&self, _: &str) -> bool {
        false
    }

    fn list_flatten(&self) -> ListFlatten {
        self.list_flatten
    }

    fn put(&mut self, column: usize, _: usize, cell: &Cell<'_>) -> Result<()> {
        self.columns[column].1.take(cell);
        Ok(())
    }

    fn put_list(&mut self, column: usize, _: usize, cells: &[Cell<'_>]) -> Result<()> {
        cells.iter().for_each(|cell| self.columns[column].1.take(cell));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn infer<'a>(cells: impl IntoIterator<Item = Cell<'a>>) -> String {
        let mut evidence = Evidence::default();
        cells.into_iter().for_each(|cell| evidence.take(&cell));
        evidence.data_type().to_string()
    }

    fn fields(texts: &[&'static str]) -> String {
        infer(texts.iter().map(|text| Cell::Field((*text).into())))
    }

    fn json(values: &[&'static str]) -> String {
        infer(values.iter().map(|text| match text.strip_prefix('"') {
            Some(text) => Cell::Text(text.trim_end_matches('"').into()),
            None => Cell::Number(text),
        }))
    }

    #[test]
    fn the_narrowest_type_that_holds_all_values() {
        assert_eq!(fields(&["1", "-2", ""]), "int64");
        assert_eq!(fields(&["1", "2.5"]), "float64");
        assert_eq!(fields(&["1e3", "NaN", "-Infinity", ".5"]), "float64");
        assert_eq!(fields(&["true", "FALSE", ""]), "boolean");
        assert_eq!(fields(&["2026-01-31", ""]), "date32");
        assert_eq!(fields(&["2026-01-31", "2026-01-31T09:30:00Z"]), "timestamp(ms)");
        assert_eq!(fields(&["2026-01-31T09:30:00.0001Z"]), "timestamp(us)");
        assert_eq!(fields(&["2026-01-31 09:30:00.0000001"]), "timestamp(ns)");
        assert_eq!(fields(&["", ""]), "string");
        assert_eq!(json(&["\"12\""]), "string");
        assert_eq!(json(&["\"2026-01-31\""]), "date32");
    }

    #[test]
    fn integers_stay_exact() {
        assert_eq!(json(&["9007199254740993", "9223372036854775807"]), "int64");
        assert_eq!(json(&["9223372036854775808", "0"]), "uint64");
        assert_eq!(json(&["-9223372036854775808"]), "int64");
        assert_eq!(json(&["-1", "9223372036854775808"]), "decimal(38, 0)");
        assert_eq!(json(&["-9223372036854775809"]), "decimal(38, 0)");
        assert_eq!(json(&["18446744073709551616"]), "decimal(38, 0)");
        assert_eq!(json(&["100000000000000000000000000000000000000"]), "string");
    }

    #[test]
    fn what_is_mixed_is_text() {
        assert_eq!(fields(&["1", "x"]), "string");
        assert_eq!(fields(&["true", "1"]), "string");
        assert_eq!(fields(&["2026-01-31", "1"]), "string");
        assert_eq!(json(&["1", "\"2026-01-31\""]), "string");
        assert_eq!(fields(&["3000-01-01", "2026-01-31T00:00:00.000000001Z"]), "string");
    }

    #[test]
    fn what_would_not_come_out_as_it_went_in_is_text() {
        for text in
            ["007", "+49123", "1_000", "nan", "0x10", "-", "1e999", "infinity", "2026-02-30"]
        {
            assert_eq!(fields(&[text]), "string", "{text}");
        }
    }
}
