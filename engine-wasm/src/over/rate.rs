//! `rate`: how fast a value changes from the first row of a frame to the last.

use super::frame::{Reading, Rolling, State, Window};
use super::smoothed::float;
use crate::aggregate::decimal_unit;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::RowId;
use arrow_schema::TimeUnit;

/// Nothing is kept: the first row and the last are enough.
#[derive(Debug, Clone, Default)]
pub struct Rate;

impl State for Rate {
    type Term = ();

    fn term(_: &Reading<'_>, _: RowId) -> Option<()> {
        None
    }

    fn push(&mut self, _: Option<()>, _: &Window<'_>) {}
}

impl Rolling for Rate {
    fn pop(&mut self, _: Option<()>) {}

    fn value(&self, window: &Window<'_>, first: RowId, row: RowId) -> Scalar {
        let reading = window.reading;
        let change = difference(reading.value(row), reading.value(first), reading.data_type);
        let Some(data_type) = reading.order_type else { return Scalar::Null };
        let [from, to] = [first, row].map(|row| reading.order.key(row));
        let distance = difference(to.scalar(data_type), from.scalar(data_type), data_type);
        match (change, distance) {
            (Some(change), Some(distance)) if from != to => Scalar::Float(change / distance),
            _ => Scalar::Null,
        }
    }
}

/// `a` less `b` as a float, of times in milliseconds; none where one is null.
pub(super) fn difference(a: Scalar, b: Scalar, data_type: &DataType) -> Option<f64> {
    let unit = match data_type {
        DataType::Timestamp { unit: TimeUnit::Second, .. } => 1e-3,
        DataType::Timestamp { unit: TimeUnit::Microsecond, .. } => 1e3,
        DataType::Timestamp { unit: TimeUnit::Nanosecond, .. } => 1e6,
        other => decimal_unit(other),
    };
    // Large integers that are near each other differ exactly.
    match (a, b) {
        (Scalar::Int(a), Scalar::Int(b)) => Some((i128::from(a) - i128::from(b)) as f64 / unit),
        (Scalar::UInt(a), Scalar::UInt(b)) => Some((i128::from(a) - i128::from(b)) as f64 / unit),
        (Scalar::Decimal(a), Scalar::Decimal(b)) => {
            let exact = a.checked_sub(b).map_or(a as f64 - b as f64, |x| x as f64);
            Some(exact / unit)
        }
        (a, b) => Some(float(a, unit)? - float(b, unit)?),
    }
}
