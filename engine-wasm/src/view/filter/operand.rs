//! What terms compare with: lists, numbers and times, by all their digits.

use crate::error::{Error, Kind, Result};
use crate::exact::{self, Bound};
use crate::scalar::ticks_per_second;
use crate::schema::DataType;
use crate::time;
use serde_json::Value;

/// The error of an operand that does not fit.
pub(super) fn wrong_operand(found: &Value, expected: impl Into<String>) -> Error {
    let found: String = found.to_string().chars().take(60).collect();
    Error::new(Kind::TypeMismatch, format!("the operand {found} does not fit")).expected(expected)
}

/// The operand as a list: of `in`, or a pair of `between`.
pub(super) fn operands(operand: &Value) -> Result<&[Value]> {
    operand.as_array().map(Vec::as_slice).ok_or_else(|| wrong_operand(operand, "an array"))
}

/// The operand as two values.
pub(super) fn pair(operand: &Value) -> Result<(&Value, &Value)> {
    match operands(operand)? {
        [from, to] => Ok((from, to)),
        _ => Err(wrong_operand(operand, "an array of two")),
    }
}

/// An operand for a column of booleans, integers, decimals, dates or times.
pub(super) fn bound(operand: &Value, data_type: &DataType) -> Result<Bound> {
    match data_type {
        DataType::Boolean => {
            let value = operand.as_bool();
            let value = value.ok_or_else(|| wrong_operand(operand, "true or false"))?;
            Ok(Bound { floor: value.into(), exact: true })
        }
        DataType::Decimal { scale, .. } => scaled(operand, (*scale).into()),
        DataType::Date => time(operand, 86_400_000_000_000),
        DataType::Timestamp { unit, .. } => {
            time(operand, 1_000_000_000 / i128::from(ticks_per_second(*unit)))
        }
        _ => scaled(operand, 0),
    }
}

/// A number times 10 to the power of `scale`.
fn scaled(operand: &Value, scale: i32) -> Result<Bound> {
    let number = operand.as_number().and_then(|number| exact::scaled(&number.to_string(), scale));
    number.ok_or_else(|| wrong_operand(operand, "a number"))
}

/// A time, as a number of milliseconds since the Unix epoch or as ISO 8601 text (UTC where
/// it names no offset), in ticks of `tick` nanoseconds.
fn time(operand: &Value, tick: i128) -> Result<Bound> {
    let in_nanoseconds = match operand {
        Value::Number(_) => scaled(operand, 6)?,
        Value::String(text) => {
            let (floor, _) =
                time::parse(text).ok_or_else(|| wrong_operand(operand, time::FORMS))?;
            Bound { floor, exact: true }
        }
        _ => return Err(wrong_operand(operand, time::FORMS)),
    };
    Ok(Bound {
        floor: in_nanoseconds.floor.div_euclid(tick),
        exact: in_nanoseconds.exact && in_nanoseconds.floor.rem_euclid(tick) == 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bounds(operand: Value, scale: i32) -> (i128, i128) {
        let bound = scaled(&operand, scale).unwrap();
        (bound.floor, bound.ceiling())
    }

    #[test]
    fn operands_keep_every_digit() {
        assert_eq!(bounds(json!(9007199254740993u64), 0), (9007199254740993, 9007199254740993));
        assert_eq!(bounds(json!(u64::MAX), 0), (u64::MAX.into(), u64::MAX.into()));
        assert_eq!(bounds(json!(2.5), 0), (2, 3));
        assert_eq!(bounds(json!(-2.5), 0), (-3, -2));
        assert_eq!(bounds(json!(0.1), 2), (10, 10));
        assert_eq!(bounds(json!(1.005), 2), (100, 101));
        assert_eq!(bounds(json!(1e-7), 2), (0, 1));
        assert_eq!(bounds(json!(-0.0), 0), (0, 0));
        assert_eq!(bounds(json!(1e300), 0), (i128::MAX, i128::MAX));
        assert_eq!(bounds(json!(1500), -2), (15, 15));
    }

    #[test]
    fn times_fall_between_ticks() {
        let day = 86_400_000_000_000;
        let bound = time(&json!("1970-01-02T12:00:00Z"), day).unwrap();
        assert_eq!((bound.floor, bound.ceiling()), (1, 2));
        let bound = time(&json!(-1), day).unwrap();
        assert_eq!((bound.floor, bound.ceiling()), (-1, 0));
        let bound = time(&json!("2026-01-31T09:30:00.250+01:00"), 1_000_000).unwrap();
        assert_eq!(bound.floor, 1_769_848_200_250);
        assert!(time(&json!("tomorrow"), 1).is_err());
        assert!(time(&json!(true), 1).is_err());
    }
}
