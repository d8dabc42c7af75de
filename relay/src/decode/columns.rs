//! Columns under construction: typed vectors that take one value of a row at a time.
//!
//! A value that does not fit its column is refused with a reason, never rounded, truncated or
//! turned into a null. A row that turns out bad is taken back by cutting every column to the
//! length it had.

use std::sync::Arc;

use arrow_array::timezone::Tz;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, BooleanArray, PrimitiveArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::TimeUnit;

use super::texts::Texts;
use super::time;
pub use super::values::Value;
use super::values::{boolean, date, decimal, float, text, timestamp, whole};
use crate::config::{ColumnType, Rule};

/// A column under construction.
#[derive(Debug)]
pub struct Column {
    kind: ColumnType,
    store: Store,
    /// Whether each row has a value; its length is the column's.
    valid: Vec<bool>,
    /// What whole numbers count since 1970, where it is not the column's unit.
    epoch: Option<TimeUnit>,
    /// Whether values of other kinds are turned into the column's.
    cast: bool,
    /// The value of rows that lack one.
    default: Option<Value<'static>>,
}

/// A value in a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// None.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number, days, ticks of a unit, or the digits of a decimal.
    Whole(i128),
    /// A float.
    Float(f64),
    /// A text, and its number among the distinct ones of the batch.
    Text(usize, &'a str),
}

#[derive(Debug)]
enum Store {
    Boolean(Vec<bool>),
    Int8(Vec<i8>),
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    UInt8(Vec<u8>),
    UInt16(Vec<u16>),
    UInt32(Vec<u32>),
    UInt64(Vec<u64>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    Decimal(Vec<i128>),
    Date(Vec<i32>),
    Timestamp(Vec<i64>, Tz),
    Text(Texts),
}

/// Runs `$body` with `$values` bound to the vector of whichever store it is.
macro_rules! with_values {
    ($store:expr, $values:ident => $body:expr, $texts:ident => $other:expr) => {
        match $store {
            Store::Boolean($values) => $body,
            Store::Int8($values) => $body,
            Store::Int16($values) => $body,
            Store::Int32($values) | Store::Date($values) => $body,
            Store::Int64($values) | Store::Timestamp($values, _) => $body,
            Store::UInt8($values) => $body,
            Store::UInt16($values) => $body,
            Store::UInt32($values) => $body,
            Store::UInt64($values) => $body,
            Store::Float32($values) => $body,
            Store::Float64($values) => $body,
            Store::Decimal($values) => $body,
            Store::Text($texts) => $other,
        }
    };
}

impl Column {
    /// An empty column.
    pub fn new(kind: &ColumnType) -> Self {
        Self::with_rule(kind, &Rule::default())
    }

    /// An empty column whose values are read by a rule.
    pub fn with_rule(kind: &ColumnType, rule: &Rule) -> Self {
        let store = match kind {
            ColumnType::Boolean => Store::Boolean(Vec::new()),
            ColumnType::Int8 => Store::Int8(Vec::new()),
            ColumnType::Int16 => Store::Int16(Vec::new()),
            ColumnType::Int32 => Store::Int32(Vec::new()),
            ColumnType::Int64 => Store::Int64(Vec::new()),
            ColumnType::UInt8 => Store::UInt8(Vec::new()),
            ColumnType::UInt16 => Store::UInt16(Vec::new()),
            ColumnType::UInt32 => Store::UInt32(Vec::new()),
            ColumnType::UInt64 => Store::UInt64(Vec::new()),
            ColumnType::Float32 => Store::Float32(Vec::new()),
            ColumnType::Float64 => Store::Float64(Vec::new()),
            ColumnType::Decimal(..) => Store::Decimal(Vec::new()),
            ColumnType::Date => Store::Date(Vec::new()),
            ColumnType::Timestamp(_, zone) => {
                // A time without a zone is read as UTC; the zone of a column was checked when
                // its type was read.
                let zone = rule.zone.as_deref().or(zone.as_deref());
                let zone = zone.and_then(|z| z.parse().ok()).unwrap_or_else(time::utc);
                Store::Timestamp(Vec::new(), zone)
            }
            ColumnType::String | ColumnType::Json => Store::Text(Texts::default()),
        };
        Self {
            kind: kind.clone(),
            store,
            valid: Vec::new(),
            epoch: rule.epoch,
            cast: rule.cast,
            default: rule.default.as_ref().map(Value::from),
        }
    }

    /// Whether the column takes [`Value::Raw`]: where the digits count, or any value is right.
    #[inline]
    pub fn wants_raw(&self) -> bool {
        match self.kind {
            ColumnType::Decimal(..) | ColumnType::Json => true,
            ColumnType::String => self.cast,
            _ => false,
        }
    }

    /// Whether lists and objects are taken, as their JSON text.
    pub fn takes_nested(&self) -> bool {
        self.kind == ColumnType::Json
    }

    /// Turns values of other kinds into the column's from now on, where that is plain.
    pub fn allow_casts(&mut self) {
        self.cast = true;
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.valid.len()
    }

    /// Whether one of these rows has no value.
    pub fn has_null(&self, rows: std::ops::Range<usize>) -> bool {
        self.valid[rows].contains(&false)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.valid.is_empty()
    }

    /// Puts the value of row `row`, which is the next one, or the last one once more.
    ///
    /// # Errors
    /// When the value does not fit: what was expected and what was found.
    pub fn put(&mut self, row: usize, value: &Value<'_>) -> Result<(), String> {
        // A name that comes twice in a record: the last one counts.
        self.truncate(row);
        if matches!(value, Value::Null | Value::Raw("null")) {
            self.push_null();
            return Ok(());
        }
        let cast = self.cast;
        let fits = match &mut self.store {
            Store::Boolean(values) => push(values, boolean(value, cast)),
            Store::Int8(values) => push(values, whole::<i8>(value, cast)),
            Store::Int16(values) => push(values, whole::<i16>(value, cast)),
            Store::Int32(values) => push(values, whole::<i32>(value, cast)),
            Store::Int64(values) => push(values, whole::<i64>(value, cast)),
            Store::UInt8(values) => push(values, whole::<u8>(value, cast)),
            Store::UInt16(values) => push(values, whole::<u16>(value, cast)),
            Store::UInt32(values) => push(values, whole::<u32>(value, cast)),
            Store::UInt64(values) => push(values, whole::<u64>(value, cast)),
            Store::Float32(values) => {
                let narrow = float(value).map(|x| (x, x as f32));
                push(values, narrow.filter(|(x, n)| n.is_finite() || !x.is_finite()).map(|p| p.1))
            }
            Store::Float64(values) => push(values, float(value)),
            Store::Decimal(values) => {
                let ColumnType::Decimal(precision, scale) = self.kind else { unreachable!() };
                push(values, decimal(value, precision, scale))
            }
            Store::Date(values) => push(values, date(value)),
            Store::Timestamp(values, zone) => {
                let ColumnType::Timestamp(unit, _) = self.kind else { unreachable!() };
                push(values, timestamp(value, unit, self.epoch, zone))
            }
            Store::Text(texts) => {
                // Most are text as it is.
                if let Value::Text(text) = value {
                    texts.push(text)
                } else {
                    let any = cast || self.kind == ColumnType::Json;
                    text(value, any).is_some_and(|text| texts.push(&text))
                }
            }
        };
        if fits {
            self.valid.push(true);
            Ok(())
        } else {
            Err(format!("expected {}, found {}", self.expected(), value.describe()))
        }
    }

    /// Brings the column to `rows` with its default, or nulls.
    #[inline]
    pub fn fill(&mut self, rows: usize) {
        while self.valid.len() < rows {
            let row = self.valid.len();
            match self.default.take() {
                None => self.push_null(),
                Some(value) => {
                    // It was checked with the configuration; a null is what is left otherwise.
                    if self.put(row, &value).is_err() {
                        self.push_null();
                    }
                    self.default = Some(value);
                }
            }
        }
    }

    /// Makes `times` rows of row `row`, which is the last one.
    pub fn repeat(&mut self, row: usize, times: usize) {
        if times == 0 {
            return self.truncate(row);
        }
        let rows = row + times;
        with_values!(
            &mut self.store,
            values => { let value = values[row]; values.resize(rows, value); },
            texts => { let code = texts.codes[row]; texts.codes.resize(rows, code); }
        );
        let valid = self.valid[row];
        self.valid.resize(rows, valid);
    }

    /// Leaves of the rows from `row` on those that are to be kept.
    pub fn retain(&mut self, row: usize, kept: &[bool]) {
        with_values!(
            &mut self.store,
            values => sift(values, row, kept),
            texts => texts.retain(row, kept)
        );
        sift(&mut self.valid, row, kept);
    }

    /// The value of a row, for a look.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        if !self.valid[row] {
            return Cell::Null;
        }
        match &self.store {
            Store::Boolean(values) => Cell::Boolean(values[row]),
            Store::Int8(values) => Cell::Whole(values[row].into()),
            Store::Int16(values) => Cell::Whole(values[row].into()),
            Store::Int32(values) | Store::Date(values) => Cell::Whole(values[row].into()),
            Store::Int64(values) | Store::Timestamp(values, _) => Cell::Whole(values[row].into()),
            Store::UInt8(values) => Cell::Whole(values[row].into()),
            Store::UInt16(values) => Cell::Whole(values[row].into()),
            Store::UInt32(values) => Cell::Whole(values[row].into()),
            Store::UInt64(values) => Cell::Whole(values[row].into()),
            Store::Decimal(values) => Cell::Whole(values[row]),
            Store::Float32(values) => Cell::Float(values[row].into()),
            Store::Float64(values) => Cell::Float(values[row]),
            Store::Text(texts) => {
                let code = texts.codes[row] as usize;
                Cell::Text(code, texts.text(code))
            }
        }
    }

    /// Adds a row without a value.
    #[inline]
    pub fn push_null(&mut self) {
        with_values!(&mut self.store, values => values.push(Default::default()), texts => texts.push_null());
        self.valid.push(false);
    }

    /// Forgets what rows that were taken back have left behind; there are no others.
    pub fn clear(&mut self) {
        self.truncate(0);
        if let Store::Text(texts) = &mut self.store {
            *texts = Texts::default();
        }
    }

    /// Cuts the column to `rows`.
    #[inline]
    pub fn truncate(&mut self, rows: usize) {
        if self.valid.len() > rows {
            with_values!(&mut self.store, values => values.truncate(rows), texts => texts.truncate(rows));
            self.valid.truncate(rows);
        }
    }

    /// The column as an Arrow array, of the type its kind has; leaves it empty.
    pub fn finish(&mut self) -> ArrayRef {
        let valid = std::mem::take(&mut self.valid);
        let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
        macro_rules! primitive {
            ($values:expr, $type:ty) => {
                primitive::<$type>($values, nulls)
            };
        }
        match &mut self.store {
            Store::Boolean(values) => {
                Arc::new(BooleanArray::new(std::mem::take(values).into(), nulls))
            }
            Store::Int8(values) => primitive!(values, Int8Type),
            Store::Int16(values) => primitive!(values, Int16Type),
            Store::Int32(values) => primitive!(values, Int32Type),
            Store::Int64(values) => primitive!(values, Int64Type),
            Store::UInt8(values) => primitive!(values, UInt8Type),
            Store::UInt16(values) => primitive!(values, UInt16Type),
            Store::UInt32(values) => primitive!(values, UInt32Type),
            Store::UInt64(values) => primitive!(values, UInt64Type),
            Store::Float32(values) => primitive!(values, Float32Type),
            Store::Float64(values) => primitive!(values, Float64Type),
            Store::Date(values) => primitive!(values, Date32Type),
            Store::Decimal(values) => {
                let values = ScalarBuffer::from(std::mem::take(values));
                let array = PrimitiveArray::<Decimal128Type>::new(values, nulls);
                Arc::new(array.with_data_type(self.kind.data_type()))
            }
            Store::Timestamp(values, _) => {
                let ColumnType::Timestamp(unit, zone) = &self.kind else { unreachable!() };
                let values = ScalarBuffer::from(std::mem::take(values));
                match unit {
                    TimeUnit::Second => Arc::new(
                        PrimitiveArray::<TimestampSecondType>::new(values, nulls)
                            .with_timezone_opt(zone.clone()),
                    ),
                    TimeUnit::Millisecond => Arc::new(
                        PrimitiveArray::<TimestampMillisecondType>::new(values, nulls)
                            .with_timezone_opt(zone.clone()),
                    ),
                    TimeUnit::Microsecond => Arc::new(
                        PrimitiveArray::<TimestampMicrosecondType>::new(values, nulls)
                            .with_timezone_opt(zone.clone()),
                    ),
                    TimeUnit::Nanosecond => Arc::new(
                        PrimitiveArray::<TimestampNanosecondType>::new(values, nulls)
                            .with_timezone_opt(zone.clone()),
                    ),
                }
            }
            Store::Text(texts) => std::mem::take(texts).finish(nulls),
        }
    }

    fn expected(&self) -> String {
        match &self.kind {
            ColumnType::Boolean => "true or false".into(),
            ColumnType::Date => "a date as \"2024-01-31\"".into(),
            ColumnType::Timestamp(unit, _) => {
                let unit = match unit {
                    TimeUnit::Second => "seconds",
                    TimeUnit::Millisecond => "milliseconds",
                    TimeUnit::Microsecond => "microseconds",
                    TimeUnit::Nanosecond => "nanoseconds",
                };
                format!("a time as \"2024-01-31T12:00:00Z\" or {unit} since 1970")
            }
            ColumnType::String => "a string".into(),
            other => format!("a number that fits {other}"),
        }
    }
}

/// Leaves of the values from `row` on those that are to be kept.
pub(super) fn sift<T: Copy>(values: &mut Vec<T>, row: usize, kept: &[bool]) {
    let mut to = row;
    for (at, _) in kept.iter().enumerate().filter(|(_, kept)| **kept) {
        values[to] = values[row + at];
        to += 1;
    }
    values.truncate(to);
}

fn push<T>(values: &mut Vec<T>, value: Option<T>) -> bool {
    match value {
        Some(value) => {
            values.push(value);
            true
        }
        None => false,
    }
}

fn primitive<T: ArrowPrimitiveType>(
    values: &mut Vec<T::Native>,
    nulls: Option<NullBuffer>,
) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(std::mem::take(values)), nulls))
}
