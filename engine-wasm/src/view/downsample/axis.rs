//! Places on an axis as numbers of one type, whatever the column's: integers and times by all
//! their digits, floats by the order of theirs.

use crate::scalar::{Scalar, ticks_per_second};
use crate::schema::{DataType, TypeKind};
use crate::view::window::{CellBuffer, CellValues};
use arrow_schema::TimeUnit;
use std::ops::Range;

const SIGN: u64 = 1 << 63;

/// Where a row stands: its place on the axis, and its number among those that stand there.
pub type Place = (u64, u64);

/// A row, and what it has in a line, in the form that a method looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Where it stands.
    pub place: Place,
    /// Its value.
    pub value: u64,
}

impl Point {
    /// A row whatever its values.
    pub fn at(place: Place) -> Self {
        Point { place, value: 0 }
    }
}

/// Whether values of the type lie on a line.
pub fn is_continuous(data_type: &DataType) -> bool {
    !matches!(data_type.kind(), TypeKind::Boolean | TypeKind::String)
}

/// A number that is greater where the value is; none of null, NaN and infinities, which have no
/// place in a picture. −0 is 0. Decimals are the nearest floats.
pub fn key(cells: &CellBuffer, row: usize) -> Option<u64> {
    match cells.values() {
        _ if cells.is_null(row) => None,
        CellValues::Int(v) => Some(v[row] as u64 ^ SIGN),
        CellValues::UInt(v) => Some(v[row]),
        _ => number(cells, row).map(key_of_float),
    }
}

/// The value as a float; none where it has no [`key`].
pub fn number(cells: &CellBuffer, row: usize) -> Option<f64> {
    let value = match cells.values() {
        _ if cells.is_null(row) => return None,
        CellValues::Int(v) => v[row] as f64,
        CellValues::UInt(v) => v[row] as f64,
        CellValues::Float(v) => v[row],
        CellValues::Decimal(v) => match cells.data_type() {
            DataType::Decimal { scale, .. } => v[row] as f64 / 10f64.powi((*scale).into()),
            _ => v[row] as f64,
        },
        CellValues::Bool(_) | CellValues::Text { .. } => return None,
    };
    value.is_finite().then_some(value)
}

fn key_of_float(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn float_of_key(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key ^ SIGN })
}

/// What the keys of a type stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Integers, ticks, days.
    Signed,
    /// Integers without sign, numbers of rows.
    Unsigned,
    /// Floats and decimals.
    Float,
}

impl Form {
    /// The form of the keys of values of that type.
    pub fn of(data_type: &DataType) -> Self {
        match data_type.kind() {
            TypeKind::Float => Form::Float,
            _ if data_type.is_unsigned() => Form::Unsigned,
            _ => Form::Signed,
        }
    }

    /// The value that a key stands for; of a decimal, a float.
    pub fn scalar(self, key: u64) -> Scalar {
        match self {
            Form::Signed => Scalar::Int((key ^ SIGN) as i64),
            Form::Unsigned => Scalar::UInt(key),
            Form::Float => Scalar::Float(float_of_key(key)),
        }
    }

    /// How far it is from one key to a greater one.
    pub fn distance(self, low: u64, high: u64) -> f64 {
        match self {
            Form::Float => float_of_key(high) - float_of_key(low),
            _ => (high - low) as f64,
        }
    }
}

/// The part of an axis that is asked for. Its ends are keys, or lie beyond all of them.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    from: i128,
    to: i128,
}

/// On which side of the bounds a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Less than `from`.
    Before,
    /// Between them.
    Inside,
    /// Greater than `to`.
    After,
}

impl Bounds {
    /// The places from `from` to `to`, both included, on an axis of `data_type`; times are in
    /// milliseconds.
    pub fn new(data_type: &DataType, from: Option<f64>, to: Option<f64>) -> Self {
        let key = |value: f64, floor: &dyn Fn(f64) -> i128| match Form::of(data_type) {
            Form::Float => i128::from(key_of_float(value)),
            Form::Unsigned => floor(value),
            Form::Signed => floor(value) + i128::from(SIGN),
        };
        let (mul, div) = match data_type {
            DataType::Date => (1, 86_400_000),
            DataType::Timestamp { unit: TimeUnit::Second, .. } => (1, 1_000),
            DataType::Timestamp { unit, .. } => (ticks_per_second(*unit) / 1_000, 1),
            _ => (1, 1),
        };
        let floor = |value| floor_in_ticks(value, mul, div);
        let ceil = |value: f64| -floor_in_ticks(-value, mul, div);
        Bounds {
            from: from.map_or(i128::MIN, |from| key(from, &ceil)),
            to: to.map_or(i128::MAX, |to| key(to, &floor)),
        }
    }

    /// Whether there is any place beyond them.
    pub fn are_set(&self) -> bool {
        self.from != i128::MIN || self.to != i128::MAX
    }

    /// On which side a place is.
    pub fn side(&self, key: u64) -> Side {
        match i128::from(key) {
            key if key > self.to => Side::After,
            key if key < self.from => Side::Before,
            _ => Side::Inside,
        }
    }

    /// The rows of a range that are between them, where rows stand at their numbers.
    pub fn rows(&self, rows: &Range<u64>) -> Range<u64> {
        let within = |row: i128, least: u64| row.clamp(least.into(), rows.end.into()) as u64;
        let start = within(self.from, rows.start);
        start..within(self.to.saturating_add(1), start)
    }

    /// They themselves, and those that are not set as the ends of what is there.
    pub fn ends(&self, (low, high): (u64, u64)) -> (i128, i128) {
        let low = if self.from == i128::MIN { low.into() } else { self.from };
        let high = if self.to == i128::MAX { high.into() } else { self.to };
        (low, high.max(low))
    }
}

/// The last tick that is not after `value`, ticks being `mul` to `div` milliseconds.
fn floor_in_ticks(value: f64, mul: i64, div: i64) -> i128 {
    // Beyond all ticks, and still far from the ends of 128 bits.
    let value = value.clamp(-1e27, 1e27);
    let whole = value.floor();
    let ticks = whole as i128 * i128::from(mul) + ((value - whole) * mul as f64).floor() as i128;
    ticks.div_euclid(div.into())
}

/// An axis in so many columns of pixels, all of one width.
#[derive(Debug, Clone, Copy)]
pub struct Pixels {
    form: Form,
    low: i128,
    high: i128,
    count: usize,
}

impl Pixels {
    /// The axis between two ends of bounds.
    pub fn new(form: Form, (low, high): (i128, i128), count: usize) -> Self {
        Pixels { form, low, high, count }
    }

    /// How many columns there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The column of a place between its ends.
    pub fn column(&self, key: u64) -> usize {
        let key = i128::from(key);
        let column = if self.form == Form::Float {
            // By halves, so that no width is infinite.
            let half = |key: i128| float_of_key(key as u64) / 2.0;
            let width = half(self.high) - half(self.low);
            ((half(key) - half(self.low)) / width * self.count as f64) as usize
        } else {
            let (along, width) = ((key - self.low) as u128, (self.high - self.low).max(1) as u128);
            let product = along * self.count as u128;
            // Most often, and much sooner.
            match (u64::try_from(product), u64::try_from(width)) {
                (Ok(product), Ok(width)) => (product / width) as usize,
                _ => (product / width) as usize,
            }
        };
        column.min(self.count - 1)
    }
}
