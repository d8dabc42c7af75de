//! Terms that compare a column with another one: `["bid", ">", {"column": "ask"}]`.

use super::Operator;
use super::operand::wrong_operand;
use crate::error::{Error, Kind, Result};
use crate::keys::SortKey;
use crate::scalar::{Scalar, ticks_per_second};
use crate::schema::{DataType, TypeKind};
use crate::table::{Column, Table};
use crate::view::scope::Scope;
use serde_json::Value;
use std::cmp::Ordering;

/// How a value compares to that of another column.
#[derive(Debug)]
pub(in crate::view) struct Comparison {
    other: usize,
    operator: Operator,
    by: By,
}

/// As what two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Of one sort: booleans.
    Flag,
    Text,
    /// Integers and decimals, by all their digits.
    Digits,
    /// Numbers of which one is a float: as floats of 64 bits.
    Floats,
    /// Times and dates, as nanoseconds; a date is its midnight in UTC.
    Time,
}

impl Comparison {
    /// The comparison of a column of `data_type` with the one that `operand` names.
    ///
    /// # Errors
    /// For an unknown column, one that does not compare, and operators that compare with
    /// values only.
    pub(super) fn new(
        operator: Operator,
        operand: &Value,
        data_type: &DataType,
        scope: &Scope<'_>,
    ) -> Result<Self> {
        let fields = operand.as_object().into_iter().flatten().collect::<Vec<_>>();
        let name = match fields[..] {
            [(field, Value::String(name))] if field == "column" => name,
            _ => {
                return Err(wrong_operand(operand, "a value, or {\"column\": name}").at("[2]"));
            }
        };
        let other = scope.column(name).map_err(|e| e.at("[2].column"))?;
        let other_type = scope.table.columns()[other].data_type();
        if !matches!(
            operator,
            Operator::Equal
                | Operator::NotEqual
                | Operator::Less
                | Operator::LessOrEqual
                | Operator::Greater
                | Operator::GreaterOrEqual
        ) {
            let error = Error::new(Kind::InvalidConfig, "this operator does not compare columns");
            return Err(error.expected("one of: ==, !=, <, <=, >, >=").at("[1]"));
        }
        let by = By::of(data_type, other_type).ok_or_else(|| {
            let (a, b) = (data_type.kind().name(), other_type.kind().name());
            let message = format!("a {a} column does not compare with the {b} column \"{name}\"");
            Error::new(Kind::TypeMismatch, message).at("[2].column")
        })?;
        Ok(Comparison { other, operator, by })
    }

    /// The column that is compared with.
    pub(super) fn other(&self) -> usize {
        self.other
    }

    /// Marks the rows at `places` that pass.
    pub(super) fn evaluate(
        &self,
        table: &Table,
        column: usize,
        segment: u64,
        places: &[u32],
        keep: &mut [bool],
    ) {
        let (left, right) = (&table.columns()[column], &table.columns()[self.other]);
        let (a, b) = (left.segment(segment), right.segment(segment));
        for (keep, &place) in keep.iter_mut().zip(places) {
            let (a, b) = (a.scalar(place as usize), b.scalar(place as usize));
            let order = (!a.is_null() && !b.is_null()).then(|| self.by.compare(a, left, b, right));
            *keep = match self.operator {
                Operator::Equal => order.is_some_and(Ordering::is_eq),
                Operator::NotEqual => !order.is_some_and(Ordering::is_eq),
                Operator::Less => order.is_some_and(Ordering::is_lt),
                Operator::LessOrEqual => order.is_some_and(Ordering::is_le),
                Operator::Greater => order.is_some_and(Ordering::is_gt),
                _ => order.is_some_and(Ordering::is_ge),
            };
        }
    }
}

impl By {
    fn of(a: &DataType, b: &DataType) -> Option<By> {
        use TypeKind::*;
        let is_float = |t: &DataType| matches!(t, DataType::Float32 | DataType::Float64);
        match (a.kind(), b.kind()) {
            (Boolean, Boolean) => Some(By::Flag),
            (String, String) => Some(By::Text),
            (Integer | Float, Integer | Float) if is_float(a) || is_float(b) => Some(By::Floats),
            (Integer | Float, Integer | Float) => Some(By::Digits),
            (Date | Datetime, Date | Datetime) => Some(By::Time),
            _ => None,
        }
    }

    /// The order of two values, neither of which is null.
    fn compare(self, a: Scalar, left: &Column, b: Scalar, right: &Column) -> Ordering {
        match self {
            By::Flag => a.compare(b, None),
            By::Text => text(a, left).cmp(text(b, right)),
            By::Floats => {
                let key = |value, column: &Column| SortKey::float(float(value, column.data_type()));
                key(a, left).cmp(&key(b, right))
            }
            By::Digits => {
                let (a, b) = (digits(a, left.data_type()), digits(b, right.data_type()));
                compare_digits(a, b)
            }
            By::Time => nanoseconds(a, left.data_type()).cmp(&nanoseconds(b, right.data_type())),
        }
    }
}

fn text(value: Scalar, column: &Column) -> &str {
    match (value, column.strings()) {
        (Scalar::Code(code), Some(strings)) => strings.get(code),
        _ => "",
    }
}

fn float(value: Scalar, data_type: &DataType) -> f64 {
    match (value, data_type) {
        (Scalar::Float(x), _) => x,
        (Scalar::Int(x), _) => x as f64,
        (Scalar::UInt(x), _) => x as f64,
        // From the digits, which is the float nearest to the decimal.
        (Scalar::Decimal(x), DataType::Decimal { scale, .. }) => {
            format!("{x}e{}", -i32::from(*scale)).parse().unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// An integer, and by what power of ten it is divided.
fn digits(value: Scalar, data_type: &DataType) -> (i128, i32) {
    match (value, data_type) {
        (Scalar::Int(x), _) => (x.into(), 0),
        (Scalar::UInt(x), _) => (x.into(), 0),
        (Scalar::Decimal(x), DataType::Decimal { scale, .. }) => (x, (*scale).into()),
        _ => (0, 0),
    }
}

/// The order of two decimals. Digits before the point are compared apart from those behind
/// it, so that no product is beyond 128 bits; scales are 38 at most.
fn compare_digits((a, a_scale): (i128, i32), (b, b_scale): (i128, i32)) -> Ordering {
    let scale = a_scale.max(b_scale);
    let parts = |value: i128, own: i32| {
        let one = 10i128.pow(own.max(0) as u32);
        let fraction = value.rem_euclid(one) * 10i128.pow((scale - own.max(0)).max(0) as u32);
        (value.div_euclid(one), fraction, (-own).max(0) as u32)
    };
    let ((a, a_fraction, a_zeros), (b, b_fraction, b_zeros)) =
        (parts(a, a_scale), parts(b, b_scale));
    // A negative scale stands for zeros at the end: the fewer ones are divided away.
    let fewer = a_zeros.min(b_zeros);
    let scaled = |value: i128, zeros: u32| value.checked_mul(10i128.pow(zeros - fewer));
    match (scaled(a, a_zeros), scaled(b, b_zeros)) {
        (Some(a), Some(b)) => a.cmp(&b).then(a_fraction.cmp(&b_fraction)),
        // The one that is beyond 128 bits is the greater, without its sign.
        (None, _) => a.cmp(&0),
        (_, None) => 0.cmp(&b),
    }
}

fn nanoseconds(value: Scalar, data_type: &DataType) -> i128 {
    let Scalar::Int(ticks) = value else { return 0 };
    match data_type {
        DataType::Timestamp { unit, .. } => {
            i128::from(ticks) * i128::from(1_000_000_000 / ticks_per_second(*unit))
        }
        _ => i128::from(ticks) * 86_400_000_000_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_compare_by_all_their_digits() {
        let large = 10i128.pow(38) - 1;
        for (a, b, order) in [
            ((150, 2), (15, 1), Ordering::Equal),
            ((-150, 2), (-2, 0), Ordering::Greater),
            ((large, 0), (large, 38), Ordering::Greater),
            ((-large, 38), (-1, 0), Ordering::Greater),
            ((-large, 0), (1, 38), Ordering::Less),
            ((3, -2), (300, 0), Ordering::Equal),
            ((3, -38), (large, 0), Ordering::Greater),
            ((-3, -38), (large, 38), Ordering::Less),
            ((3, -2), (30001, 2), Ordering::Less),
        ] {
            assert_eq!(compare_digits(a, b), order, "{a:?} {b:?}");
            assert_eq!(compare_digits(b, a), order.reverse(), "{b:?} {a:?}");
        }
    }

    #[test]
    fn decimals_and_floats_meet_at_the_nearest_float() {
        let decimal = DataType::Decimal { precision: 20, scale: 2 };
        assert_eq!(float(Scalar::Decimal(110), &decimal), 1.1);
        assert_eq!(float(Scalar::Decimal(-7), &decimal), -0.07);
    }
}
