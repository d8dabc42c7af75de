//! Which types go together, and how a value becomes one of the type that its place wants.

use super::convert::{parse_exact, range_of};
use super::error::Fault;
use super::evaluate::fold;
use super::plan::{Conversion, Literal, Node, Op};
use super::step::Step;
use super::time::{TimeFunction, TimeKind, ticks_of};
use super::vector::{Class, Value};
use super::zone::Zone;
use crate::scalar::ticks_per_second;
use crate::schema::{DataType, TypeKind};
use arrow_schema::TimeUnit;
use std::rc::Rc;

/// The most digits of a decimal.
pub(super) const MOST_DIGITS: u8 = 38;

/// The type as messages name it.
pub(super) fn name_of(node: &Node) -> String {
    node.data_type.as_ref().map_or("null".to_owned(), ToString::to_string)
}

/// A number as it was written.
pub(super) fn number(digits: &str) -> Node {
    let float: f64 = digits.parse().unwrap_or(f64::INFINITY);
    let places = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let literal = match i8::try_from(places) {
        Ok(scale) if !digits.contains(['e', 'E']) && scale <= MOST_DIGITS as i8 => {
            let unscaled = parse_exact(digits, scale, Conversion::Nearest);
            unscaled
                .filter(|x| *x < super::math::DECIMAL_BOUND)
                .map(|unscaled| Literal { unscaled, scale })
        }
        _ => None,
    };
    let whole = literal.filter(|_| !digits.contains('.')).map(|literal| literal.unscaled);
    let mut node = match (whole.map(i64::try_from), whole.map(u64::try_from)) {
        (Some(Ok(x)), _) => Node::constant(Value::Int(x), DataType::Int64),
        (_, Some(Ok(x))) => Node::constant(Value::Decimal(x.into()), DataType::UInt64),
        _ => Node::constant(Value::Float(float), DataType::Float64),
    };
    node.literal = literal;
    node
}

/// The number with the other sign, where it is one as it was written.
pub(super) fn negated(node: &Node) -> Option<Node> {
    let literal = node.literal?;
    let literal = Literal { unscaled: -literal.unscaled, ..literal };
    let mut out = match node.as_constant()? {
        Value::Int(x) => Node::constant(Value::Int(x.checked_neg()?), DataType::Int64),
        Value::Float(x) => Node::constant(Value::Float(-x), DataType::Float64),
        Value::Decimal(x) => match i64::try_from(-x) {
            Ok(x) => Node::constant(Value::Int(x), DataType::Int64),
            Err(_) => Node::constant(Value::Float(-(*x as f64)), DataType::Float64),
        },
        _ => return None,
    };
    out.literal = Some(literal);
    Some(out)
}

/// Whether values are integers or decimals.
pub(super) fn is_exact(data_type: &DataType) -> bool {
    data_type.is_numeric() && !matches!(data_type, DataType::Float32 | DataType::Float64)
}

pub(super) fn is_time(data_type: &DataType) -> bool {
    matches!(data_type.kind(), TypeKind::Date | TypeKind::Datetime)
}

/// Digits behind the point of an exact number.
pub(super) fn scale_of(data_type: &DataType) -> i8 {
    match data_type {
        DataType::Decimal { scale, .. } => *scale,
        _ => 0,
    }
}

/// Whether a number as it was written is one of `data_type`, exactly or as the nearest
/// float.
fn literal_fits(literal: Literal, data_type: &DataType) -> bool {
    match data_type {
        DataType::Float32 | DataType::Float64 => true,
        other if is_exact(other) => literal_as(literal, other).is_some(),
        _ => false,
    }
}

/// The unscaled number of `data_type` that was written.
pub(super) fn literal_as(literal: Literal, data_type: &DataType) -> Option<i128> {
    let shift = i32::from(scale_of(data_type)) - i32::from(literal.scale);
    let value = match shift >= 0 {
        true => literal.unscaled.checked_mul(10i128.checked_pow(shift as u32)?)?,
        false => {
            let power = 10i128.checked_pow(shift.unsigned_abs())?;
            (literal.unscaled % power == 0).then_some(literal.unscaled / power)?
        }
    };
    let (least, greatest) = range_of(data_type);
    (least..=greatest).contains(&value).then_some(value)
}

/// The type that takes the values of both, where there is one.
pub(super) fn common(a: &Node, b: &Node) -> Option<DataType> {
    let (Some(x), Some(y)) = (&a.data_type, &b.data_type) else {
        return a.data_type.clone().or_else(|| b.data_type.clone());
    };
    if x == y {
        return Some(x.clone());
    }
    match (a.literal, b.literal) {
        (Some(literal), None) if literal_fits(literal, y) => return Some(y.clone()),
        (None, Some(literal)) if literal_fits(literal, x) => return Some(x.clone()),
        _ => {}
    }
    let constant_text = |n: &Node| n.class() == Class::Text && n.as_constant().is_some();
    match () {
        () if is_time(x) && constant_text(b) => return Some(x.clone()),
        () if is_time(y) && constant_text(a) => return Some(y.clone()),
        () if is_time(x) && is_time(y) => return Some(common_time(x, y)),
        () if !(x.is_numeric() && y.is_numeric()) => return None,
        () if !(is_exact(x) && is_exact(y)) => return Some(DataType::Float64),
        () => {}
    }
    // The type of a literal that did not fit is that of its digits.
    let scale = |n: &Node, t: &DataType| n.literal.map_or(scale_of(t), |l| l.scale);
    let scale = scale(a, x).max(scale(b, y));
    let is_decimal = |t: &DataType| matches!(t, DataType::Decimal { .. });
    Some(if is_decimal(x) || is_decimal(y) || scale > 0 {
        DataType::Decimal { precision: MOST_DIGITS, scale: scale.max(0) }
    } else if Class::of(x) == Class::Int && Class::of(y) == Class::Int {
        DataType::Int64
    } else if x.is_unsigned() && y.is_unsigned() {
        DataType::UInt64
    } else {
        DataType::Decimal { precision: MOST_DIGITS, scale: 0 }
    })
}

/// The finer of two times, in the zone of the first that has one.
fn common_time(x: &DataType, y: &DataType) -> DataType {
    let finer = |a: TimeUnit, b: TimeUnit| {
        if ticks_per_second(a) >= ticks_per_second(b) { a } else { b }
    };
    match (x, y) {
        (DataType::Timestamp { unit: a, zone }, DataType::Timestamp { unit: b, zone: other }) => {
            let zone = zone.clone().or_else(|| other.clone());
            DataType::Timestamp { unit: finer(*a, *b), zone }
        }
        (DataType::Timestamp { .. }, _) => x.clone(),
        _ => y.clone(),
    }
}

/// `node` as a value of `to`, which [`common`] or a function's place asked for.
pub(super) fn coerce(node: Node, to: &DataType, at: usize) -> Result<Node, Fault> {
    let Some(from) = node.data_type.clone() else {
        return Ok(Node::constant(Value::Null, to.clone()));
    };
    if from == *to {
        return Ok(node);
    }
    if let Some(literal) = node.literal {
        let value = match Class::of(to) {
            Class::Int => literal_as(literal, to).map(|x| Value::Int(x as i64)),
            Class::Decimal => literal_as(literal, to).map(Value::Decimal),
            _ => None,
        };
        if let Some(value) = value {
            return Ok(Node { exact: node.exact, ..Node::constant(value, to.clone()) });
        }
    }
    let is_text = node.class() == Class::Text;
    let exact = node.exact;
    let converted = convert(node, to.clone(), Conversion::Nearest);
    if is_text && matches!(converted.as_constant(), Some(Value::Null)) {
        let message = format!("this text is no {}", to.kind().name());
        return Err(Fault::mismatch(at, message).expected(
            "a text such as '2026-01-31', '2026-01-31T09:30:00' or '2026-01-31T09:30:00+01:00'",
        ));
    }
    Ok(converted.exact_if(exact))
}

/// `node` converted; computed at once where it is constant.
pub(super) fn convert(node: Node, to: DataType, how: Conversion) -> Node {
    match &node.data_type {
        None => Node::constant(Value::Null, to),
        Some(from) if *from == to => Node { literal: None, ..node },
        Some(from) => {
            let op = match (from, &to) {
                (DataType::Date, DataType::Timestamp { unit, .. }) => {
                    time(TimeKind::Midnight(ticks_per_second(*unit)), from, Zone::of(&to))
                }
                (DataType::Timestamp { .. }, DataType::Date) => {
                    time(TimeKind::FloorToDate(Step::Days(1)), from, Zone::of(from))
                }
                (DataType::Timestamp { zone: Some(_), .. }, DataType::String) => {
                    time(TimeKind::Text, from, Zone::of(from))
                }
                _ => Op::Convert(from.clone(), how),
            };
            folded(Node::new(op, vec![node], to))
        }
    }
}

/// A function of values of type `of`.
pub(super) fn time(kind: TimeKind, of: &DataType, zone: Zone) -> Op {
    Op::Time(Rc::new(TimeFunction { kind, ticks: ticks_of(of), zone }))
}

/// The node's value in its place, where all it is made of is constant.
pub(super) fn folded(node: Node) -> Node {
    let constant = |arg: &Node| matches!(arg.op, Op::Constant(_));
    if matches!(node.op, Op::Constant(_)) || !node.is_pure() || !node.args.iter().all(constant) {
        return node;
    }
    let op = Op::Constant(fold(&node));
    Node { op, args: Vec::new(), ..node }
}
