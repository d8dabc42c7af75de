//! One cell's value outside its column, and the total order of values.

use crate::schema::DataType;
use crate::table::Interner;
use arrow_schema::TimeUnit;
use chrono::DateTime;
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

    /// The value as text, as it stands in the name of a split column.
    pub fn display(self, data_type: &DataType, strings: Option<&Interner>) -> String {
        match self {
            Scalar::Null => "null".to_owned(),
            Scalar::Bool(x) => x.to_string(),
            Scalar::Int(x) => match data_type {
                DataType::Date => time_text(x.checked_mul(86_400), 0, "%Y-%m-%d"),
                DataType::Timestamp { unit, .. } => {
                    let per_second = ticks_per_second(*unit);
                    let (seconds, ticks) = (x.div_euclid(per_second), x.rem_euclid(per_second));
                    let nanoseconds = (ticks * (1_000_000_000 / per_second)) as u32;
                    time_text(Some(seconds), nanoseconds, "%Y-%m-%dT%H:%M:%S%.fZ")
                }
                _ => x.to_string(),
            },
            Scalar::UInt(x) => x.to_string(),
            // The shortest text is another one for the narrow type.
            Scalar::Float(x) if *data_type == DataType::Float32 => (x as f32).to_string(),
            Scalar::Float(x) => x.to_string(),
            Scalar::Decimal(x) => match data_type {
                DataType::Decimal { scale, .. } => decimal_text(x, *scale),
                _ => x.to_string(),
            },
            Scalar::Code(code) => strings.map_or(String::new(), |s| s.get(code).to_owned()),
        }
    }

    /// The value without its sign; what has none stays as it is.
    #[must_use]
    pub fn absolute(self) -> Scalar {
        match self {
            Scalar::Int(x) => Scalar::UInt(x.unsigned_abs()),
            Scalar::Float(x) => Scalar::Float(x.abs()),
            Scalar::Decimal(x) => Scalar::Decimal(x.saturating_abs()),
            other => other,
        }
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

/// The number of ticks of `unit` in a second.
pub fn ticks_per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A time by `format`; one beyond the calendar, as its number of seconds.
fn time_text(seconds: Option<i64>, nanoseconds: u32, format: &str) -> String {
    match seconds.and_then(|s| DateTime::from_timestamp(s, nanoseconds)) {
        Some(time) => time.format(format).to_string(),
        None => format!("{}s", seconds.unwrap_or(i64::MAX)),
    }
}

/// An unscaled decimal with its point in place.
fn decimal_text(unscaled: i128, scale: i8) -> String {
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = unscaled.unsigned_abs().to_string();
    match usize::try_from(scale) {
        Err(_) if unscaled == 0 => digits,
        Err(_) => format!("{sign}{digits}{}", "0".repeat(scale.unsigned_abs().into())),
        Ok(0) => format!("{sign}{digits}"),
        Ok(scale) => {
            let digits = format!("{digits:0>width$}", width = scale + 1);
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            format!("{sign}{whole}.{fraction}")
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
    fn values_have_a_text() {
        let decimal = DataType::Decimal { precision: 10, scale: 2 };
        assert_eq!(Scalar::Decimal(-5).display(&decimal, None), "-0.05");
        let time = DataType::Timestamp { unit: TimeUnit::Millisecond, zone: None };
        assert_eq!(Scalar::Int(-1).display(&time, None), "1969-12-31T23:59:59.999Z");
        assert_eq!(Scalar::Int(19_000).display(&DataType::Date, None), "2022-01-08");
        assert_eq!(Scalar::Int(i64::MAX).display(&DataType::Date, None), format!("{}s", i64::MAX));
    }

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
