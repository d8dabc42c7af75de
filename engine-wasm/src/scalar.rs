//! One cell's value outside its column, and the total order of values.

use crate::table::Interner;
use std::cmp::Ordering;

/// A value taken out of a column. Its meaning follows the column's type: dates are days,
/// timestamps are ticks of their unit, strings are codes of their column's interner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// No value.
    Null,
    /// Of a boolean column.
    Bool(bool),
    /// Of a signed integer, date or timestamp column.
    Int(i64),
    /// Of an unsigned integer column.
    UInt(u64),
    /// Of a float column.
    Float(f64),
    /// Of a decimal column, unscaled.
    Decimal(i128),
    /// Of a string column.
    Code(u32),
}

impl Scalar {
    /// Whether there is no value.
    pub fn is_null(self) -> bool {
        matches!(self, Scalar::Null)
    }

    /// The order of two values of one column: null before all, NaN behind all numbers,
    /// strings by their bytes (which is by code point).
    pub fn compare(self, other: Scalar, strings: Option<&Interner>) -> Ordering {
        use Scalar::*;
        match (self, other) {
            (Bool(a), Bool(b)) => a.cmp(&b),
            (Int(a), Int(b)) => a.cmp(&b),
            (UInt(a), UInt(b)) => a.cmp(&b),
            (Float(a), Float(b)) => compare_floats(a, b),
            (Decimal(a), Decimal(b)) => a.cmp(&b),
            (Code(a), Code(b)) => match strings {
                _ if a == b => Ordering::Equal,
                Some(strings) => strings.get(a).cmp(strings.get(b)),
                None => a.cmp(&b),
            },
            (a, b) => (!a.is_null()).cmp(&!b.is_null()),
        }
    }
}

/// The order of floats: as usual, with NaN equal to itself and behind all numbers, and
/// negative zero equal to zero.
pub fn compare_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_comes_first_and_nan_last() {
        let mut values = [1.0, f64::NAN, -0.0, f64::INFINITY, 0.0].map(Scalar::Float).to_vec();
        values.push(Scalar::Null);
        values.sort_by(|a, b| a.compare(*b, None));
        assert_eq!(values[0], Scalar::Null);
        assert_eq!(values[4], Scalar::Float(f64::INFINITY));
        assert!(matches!(values[5], Scalar::Float(x) if x.is_nan()));
        assert_eq!(Scalar::Float(0.0).compare(Scalar::Float(-0.0), None), Ordering::Equal);
    }
}
