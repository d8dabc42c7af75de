//! `ema`, the exponential moving average.

use super::frame::{Reading, Running, State, Window};
use super::rate::difference;
use crate::aggregate::decimal_unit;
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::RowId;

/// A number as a float; none of null and of what is no number.
pub fn float(value: Scalar, unit: f64) -> Option<f64> {
    match value {
        Scalar::Int(x) => Some(x as f64),
        Scalar::UInt(x) => Some(x as f64),
        Scalar::Decimal(x) => Some(x as f64 / unit),
        Scalar::Float(x) => Some(x),
        _ => None,
    }
}

/// How values lose weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fading {
    /// With each that comes: the newest one has this part of the mean.
    Newest(f64),
    /// By their distance in the order, at which half of it is left: of datetimes in
    /// milliseconds, of dates in days.
    Halflife(f64),
}

/// The mean of all values so far, each weighted less the longer ago it was.
///
/// Without a distance: the first value, and then α of each value and 1 − α of the mean before
/// it. With one: a value at a distance Δ counts 2^(−Δ / halflife), the newest one 1. Rows that
/// are ordered by null are far from all others.
#[derive(Debug, Clone, Default)]
pub struct Smoothed {
    mean: Option<f64>,
    /// What the values weigh together, and what the newest is ordered by, where they fade by
    /// their distance.
    weight: f64,
    key: Option<GroupKey>,
}

impl State for Smoothed {
    type Term = (f64, GroupKey);

    fn term(reading: &Reading<'_>, row: RowId) -> Option<(f64, GroupKey)> {
        let x = float(reading.value(row), decimal_unit(reading.data_type))?;
        Some((x, reading.order.key(row)))
    }

    fn push(&mut self, term: Option<(f64, GroupKey)>, window: &Window<'_>) {
        let Some((x, key)) = term else { return };
        let alpha = match (window.fading, self.key) {
            (Fading::Newest(alpha), _) => alpha,
            (Fading::Halflife(halflife), before) => {
                let distance = before.map_or(f64::INFINITY, |before| {
                    distance(before, key, window.reading.order_type)
                });
                self.weight = self.weight * (-distance / halflife).exp2() + 1.0;
                self.key = Some(key);
                1.0 / self.weight
            }
        };
        self.mean = Some(match self.mean {
            // An infinite mean times zero would be none.
            Some(mean) if alpha < 1.0 => alpha * x + (1.0 - alpha) * mean,
            _ => x,
        });
    }
}

/// How far two rows are from each other in what they are ordered by.
fn distance(a: GroupKey, b: GroupKey, data_type: Option<&DataType>) -> f64 {
    let between = data_type.and_then(|data_type| {
        difference(a.scalar(data_type), b.scalar(data_type), data_type).map(f64::abs)
    });
    between.unwrap_or(if a == b { 0.0 } else { f64::INFINITY })
}

impl Running for Smoothed {
    fn value(&self, _: &Window<'_>) -> Scalar {
        self.mean.map_or(Scalar::Null, Scalar::Float)
    }

    fn agrees(&self, other: &Self) -> bool {
        self.mean.map(f64::to_bits) == other.mean.map(f64::to_bits)
            && self.weight.to_bits() == other.weight.to_bits()
            && self.key == other.key
    }
}
