//! Columns under construction: typed vectors that take one value of a row at a time.
//!
//! A value that does not fit its column is refused with a reason, never rounded, truncated or
//! turned into a null. A row that turns out bad is taken back by cutting every column to the
//! length it had.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::timezone::Tz;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Int32Array, PrimitiveArray, StringArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::TimeUnit;

use super::time;
use crate::config::ColumnType;

/// A value as a record holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number below zero.
    Negative(i64),
    /// A whole number from zero on.
    Natural(u64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// The unparsed text of a value, for columns that ask for it ([`Column::wants_raw`]).
    Raw(&'a str),
    /// A list or an object.
    Nested,
}

impl Value<'_> {
    fn describe(&self) -> String {
        match self {
            Value::Null => "null".into(),
            Value::Boolean(b) => b.to_string(),
            Value::Negative(n) => n.to_string(),
            Value::Natural(n) => n.to_string(),
            Value::Float(x) => x.to_string(),
            Value::Text(s) => format!("\"{}\"", shortened(s)),
            Value::Raw(s) => shortened(s),
            Value::Nested => "a list or an object".into(),
        }
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 {
        text.into()
    } else {
        text.chars().take(40).chain(['…']).collect()
    }
}

/// A column under construction.
#[derive(Debug)]
pub struct Column {
    kind: ColumnType,
    store: Store,
    /// Whether each row has a value; its length is the column's.
    valid: Vec<bool>,
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
                let zone = zone.as_deref().and_then(|z| z.parse().ok()).unwrap_or_else(time::utc);
                Store::Timestamp(Vec::new(), zone)
            }
            ColumnType::String | ColumnType::Json => Store::Text(Texts::default()),
        };
        Self { kind: kind.clone(), store, valid: Vec::new() }
    }

    /// Whether the column takes [`Value::Raw`]: where the digits count, or any value is right.
    pub fn wants_raw(&self) -> bool {
        matches!(self.kind, ColumnType::Decimal(..) | ColumnType::Json)
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.valid.len()
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
        let fits = match &mut self.store {
            Store::Boolean(values) => match value {
                Value::Boolean(b) => {
                    values.push(*b);
                    true
                }
                _ => false,
            },
            Store::Int8(values) => push(values, whole::<i8>(value)),
            Store::Int16(values) => push(values, whole::<i16>(value)),
            Store::Int32(values) => push(values, whole::<i32>(value)),
            Store::Int64(values) => push(values, whole::<i64>(value)),
            Store::UInt8(values) => push(values, whole::<u8>(value)),
            Store::UInt16(values) => push(values, whole::<u16>(value)),
            Store::UInt32(values) => push(values, whole::<u32>(value)),
            Store::UInt64(values) => push(values, whole::<u64>(value)),
            Store::Float32(values) => {
                let narrow = float(value).map(|x| (x, x as f32));
                push(values, narrow.filter(|(x, n)| n.is_finite() || !x.is_finite()).map(|p| p.1))
            }
            Store::Float64(values) => push(values, float(value)),
            Store::Decimal(values) => {
                let ColumnType::Decimal(precision, scale) = self.kind else { unreachable!() };
                push(values, decimal(value, precision, scale))
            }
            Store::Date(values) => match value {
                Value::Text(s) => push(values, time::date(s)),
                _ => false,
            },
            Store::Timestamp(values, zone) => {
                let ColumnType::Timestamp(unit, _) = self.kind else { unreachable!() };
                push(values, timestamp(value, unit, zone))
            }
            Store::Text(texts) => match (value, &self.kind) {
                (Value::Text(s), _) => texts.push(s),
                (Value::Raw(raw), ColumnType::Json) => match serde_json::from_str::<String>(raw) {
                    Ok(text) => texts.push(&text),
                    Err(_) => texts.push(raw),
                },
                _ => false,
            },
        };
        if fits {
            self.valid.push(true);
            Ok(())
        } else {
            Err(format!("expected {}, found {}", self.expected(), value.describe()))
        }
    }

    /// Adds a row without a value.
    pub fn push_null(&mut self) {
        with_values!(&mut self.store, values => values.push(Default::default()), texts => texts.push_null());
        self.valid.push(false);
    }

    /// Cuts the column to `rows`.
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

/// A whole number within the bounds of `T`, also when it is written as `2.0`, `1e3` or `"7"`.
fn whole<T: TryFrom<i64> + TryFrom<u64> + std::str::FromStr>(value: &Value<'_>) -> Option<T> {
    match value {
        Value::Natural(n) => T::try_from(*n).ok(),
        Value::Negative(n) => T::try_from(*n).ok(),
        // Up to 2^53 a float is the number that was written.
        Value::Float(x) if x.fract() == 0.0 && x.abs() <= (1u64 << 53) as f64 => {
            T::try_from(*x as i64).ok()
        }
        Value::Text(s) => s.parse().ok(),
        _ => None,
    }
}

fn float(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Natural(n) => Some(*n as f64),
        Value::Negative(n) => Some(*n as f64),
        Value::Float(x) => Some(*x),
        Value::Text(s) => s.parse().ok(),
        _ => None,
    }
}

fn timestamp(value: &Value<'_>, unit: TimeUnit, zone: &Tz) -> Option<i64> {
    match value {
        Value::Text(s) => {
            let time = time::time(s, zone)?;
            match unit {
                TimeUnit::Second => Some(time.timestamp()),
                TimeUnit::Millisecond => Some(time.timestamp_millis()),
                TimeUnit::Microsecond => Some(time.timestamp_micros()),
                TimeUnit::Nanosecond => time.timestamp_nanos_opt(),
            }
        }
        Value::Natural(_) | Value::Negative(_) | Value::Float(_) => whole(value),
        _ => None,
    }
}

/// The unscaled value of a number that fits the precision and the scale exactly.
fn decimal(value: &Value<'_>, precision: u8, scale: i8) -> Option<i128> {
    let (Value::Raw(text) | Value::Text(Cow::Borrowed(text))) = value else { return None };
    let text = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut unscaled: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        unscaled = unscaled.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    // 10^shift brings it to the column's scale.
    let mut shift = i64::from(exponent) - i64::try_from(fraction.len()).ok()? + i64::from(scale);
    while shift > 0 && unscaled != 0 {
        unscaled = unscaled.checked_mul(10)?;
        shift -= 1;
    }
    while shift < 0 && unscaled != 0 {
        if unscaled % 10 != 0 {
            return None;
        }
        unscaled /= 10;
        shift += 1;
    }
    if unscaled >= 10i128.pow(u32::from(precision)) {
        return None;
    }
    Some(if negative { -unscaled } else { unscaled })
}

/// A column of strings: each value once, and a code for each row.
#[derive(Debug, Default)]
struct Texts {
    codes: Vec<i32>,
    known: HashMap<Box<str>, i32>,
    bytes: Vec<u8>,
    offsets: Vec<i32>,
}

impl Texts {
    fn push(&mut self, text: &str) -> bool {
        if let Some(code) = self.known.get(text) {
            self.codes.push(*code);
            return true;
        }
        // 2 GiB of distinct text: a batch is closed long before, by its bytes.
        let Ok(end) = i32::try_from(self.bytes.len() + text.len()) else { return false };
        let code = self.offsets.len() as i32;
        self.bytes.extend_from_slice(text.as_bytes());
        self.offsets.push(end);
        self.known.insert(text.into(), code);
        self.codes.push(code);
        true
    }

    fn push_null(&mut self) {
        self.codes.push(0);
    }

    /// Values that only the cut rows used stay in the dictionary: taking back is rare.
    fn truncate(&mut self, rows: usize) {
        self.codes.truncate(rows);
    }

    fn finish(self, nulls: Option<NullBuffer>) -> ArrayRef {
        let mut offsets = Vec::with_capacity(self.offsets.len() + 1);
        offsets.push(0);
        offsets.extend(self.offsets);
        let values = StringArray::new(
            OffsetBuffer::new(ScalarBuffer::from(offsets)),
            self.bytes.into(),
            None,
        );
        let codes = Int32Array::new(ScalarBuffer::from(self.codes), nulls);
        debug_assert!(codes.iter().flatten().all(|c| (c as usize) < values.len()));
        Arc::new(
            DictionaryArray::try_new(codes, Arc::new(values))
                .expect("every code was given out with its value"),
        )
    }
}
