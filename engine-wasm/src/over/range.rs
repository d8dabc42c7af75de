//! How far back a frame reaches, in the column that its rows are ordered by.

use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::schema::{DataType, TypeKind};
use arrow_schema::TimeUnit;

/// A distance between values of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// Of integers, dates, times and unscaled decimals; `back` says whether it is subtracted.
    Exact {
        /// In the units of the column.
        distance: i128,
        /// Whether rows come in ascending order, so that the frame reaches to lower values.
        ascending: bool,
    },
    /// Of floats.
    Float {
        /// In the units of the column.
        distance: f64,
        /// As above.
        ascending: bool,
    },
}

impl Range {
    /// A range of `distance`, a positive number, in a column of `data_type`: of times in
    /// milliseconds, of dates in days. None where the type has no distances.
    pub fn new(distance: f64, data_type: &DataType, descending: bool) -> Option<Self> {
        let ascending = !descending;
        let exact =
            |distance: f64| Some(Range::Exact { distance: distance.floor() as i128, ascending });
        match data_type {
            DataType::Float32 | DataType::Float64 => Some(Range::Float { distance, ascending }),
            DataType::Decimal { scale, .. } => exact(distance * 10f64.powi((*scale).into())),
            DataType::Timestamp { unit, .. } => exact(match unit {
                TimeUnit::Second => distance / 1e3,
                TimeUnit::Millisecond => distance,
                TimeUnit::Microsecond => distance * 1e3,
                TimeUnit::Nanosecond => distance * 1e6,
            }),
            other => match other.kind() {
                TypeKind::Integer | TypeKind::Date => exact(distance),
                _ => None,
            },
        }
    }

    /// The last value, going back from `key`, that is in its frame: closed on both sides. Of
    /// null and of NaN there are only themselves.
    pub fn bound(&self, key: GroupKey, data_type: &DataType) -> GroupKey {
        let back = |x: i128, distance: i128, ascending: bool| match ascending {
            true => x.saturating_sub(distance),
            false => x.saturating_add(distance),
        };
        match (*self, key.scalar(data_type)) {
            (Range::Exact { distance, ascending }, Scalar::Int(x)) => {
                let x = back(x.into(), distance, ascending);
                GroupKey::of(Scalar::Int(x.clamp(i64::MIN.into(), i64::MAX.into()) as i64))
            }
            (Range::Exact { distance, ascending }, Scalar::UInt(x)) => {
                let x = back(x.into(), distance, ascending);
                GroupKey::of(Scalar::UInt(x.clamp(0, u64::MAX.into()) as u64))
            }
            (Range::Exact { distance, ascending }, Scalar::Decimal(x)) => {
                const MOST: i128 = 10i128.pow(38) - 1;
                let x = back(x, distance, ascending);
                GroupKey::of(Scalar::Decimal(x.clamp(-MOST, MOST)))
            }
            (Range::Float { distance, ascending }, Scalar::Float(x)) => {
                GroupKey::of(Scalar::Float(if ascending { x - distance } else { x + distance }))
            }
            _ => key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(distance: f64, data_type: &DataType, descending: bool, of: Scalar) -> Scalar {
        let range = Range::new(distance, data_type, descending).unwrap();
        range.bound(GroupKey::of(of), data_type).scalar(data_type)
    }

    #[test]
    fn a_range_is_in_the_units_of_its_column() {
        let time = |unit| DataType::Timestamp { unit, zone: None };
        let five_seconds = |unit| bound(5000.0, &time(unit), false, Scalar::Int(60_000));
        assert_eq!(five_seconds(TimeUnit::Second), Scalar::Int(59_995));
        assert_eq!(five_seconds(TimeUnit::Millisecond), Scalar::Int(55_000));
        assert_eq!(five_seconds(TimeUnit::Nanosecond), Scalar::Int(60_000 - 5_000_000_000));
        assert_eq!(bound(2.0, &DataType::Date, true, Scalar::Int(7)), Scalar::Int(9));
        let cents = DataType::Decimal { precision: 20, scale: 2 };
        assert_eq!(bound(0.5, &cents, false, Scalar::Decimal(70)), Scalar::Decimal(20));
        assert_eq!(bound(2.5, &DataType::Int64, false, Scalar::Int(7)), Scalar::Int(5));
        assert_eq!(bound(2.5, &DataType::Float64, true, Scalar::Float(7.0)), Scalar::Float(9.5));
        assert_eq!(Range::new(1.0, &DataType::String, false), None);
    }

    #[test]
    fn a_range_ends_where_its_type_does() {
        assert_eq!(bound(1e300, &DataType::Int64, false, Scalar::Int(0)), Scalar::Int(i64::MIN));
        assert_eq!(bound(9.0, &DataType::UInt8, false, Scalar::UInt(4)), Scalar::UInt(0));
        assert_eq!(bound(1.0, &DataType::Int64, false, Scalar::Null), Scalar::Null);
        let nan = bound(1.0, &DataType::Float64, false, Scalar::Float(f64::NAN));
        assert!(matches!(nan, Scalar::Float(x) if x.is_nan()));
    }
}
