//! `ema`, the exponential moving average.

use super::frame::{Reading, Running, State, Window};
use crate::aggregate::decimal_unit;
use crate::scalar::Scalar;
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

/// The mean of all values so far, each weighted less the longer ago it was: the first value,
/// and then α of each value and 1 − α of the mean before it.
#[derive(Debug, Clone, Default)]
pub struct Smoothed(Option<f64>);

impl State for Smoothed {
    type Term = f64;

    fn term(reading: &Reading<'_>, row: RowId) -> Option<f64> {
        float(reading.value(row), decimal_unit(reading.data_type))
    }

    fn push(&mut self, term: Option<f64>, window: &Window<'_>) {
        let Some(x) = term else { return };
        self.0 = Some(match self.0 {
            // An infinite mean times zero would be none.
            Some(mean) if window.alpha < 1.0 => window.alpha * x + (1.0 - window.alpha) * mean,
            _ => x,
        });
    }
}

impl Running for Smoothed {
    fn value(&self, _: &Window<'_>) -> Scalar {
        self.0.map_or(Scalar::Null, Scalar::Float)
    }

    fn agrees(&self, other: &Self) -> bool {
        self.0.map(f64::to_bits) == other.0.map(f64::to_bits)
    }
}
