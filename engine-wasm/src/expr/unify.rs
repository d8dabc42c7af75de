//! Several values are brought to one type: to be compared, or to be chosen from.

use super::check::Checked;
use super::error::Fault;
use super::plan::{Node, Op};
use super::types::{
    MOST_DIGITS, coerce, common, folded, is_exact, is_time, literal_as, name_of, scale_of,
};
use super::vector::{Class, Value};
use crate::scalar::ticks_per_second;
use crate::schema::DataType;

/// Values brought to the one type that takes them all, which is none where all are null.
pub(super) fn unified(values: Vec<(Node, usize)>) -> Checked<(Vec<Node>, Option<DataType>, bool)> {
    let mut all: Option<Node> = None;
    for (value, at) in &values {
        let Some(so_far) = all else {
            all = Some(value.clone());
            continue;
        };
        let Some(data_type) = common_of(&so_far, value) else {
            let message = format!("a value of type {}", name_of(value));
            let expected = format!("one of type {}, as before", name_of(&so_far));
            return Err(Fault::mismatch(*at, message).expected(expected));
        };
        // A literal gives way to a type, but two literals are numbers of their own types.
        let literal =
            so_far.literal.filter(|_| value.literal.is_some() && data_type == so_far.data_type);
        all = Some(Node { data_type, literal, ..Node::null() });
    }
    let data_type = all.and_then(|node| node.data_type);
    let exact = values.iter().any(|(value, _)| value.exact);
    let coerced = values.into_iter().map(|(value, at)| match &data_type {
        Some(to) => coerce(value, to, at),
        None => Ok(value),
    });
    Ok((coerced.collect::<Checked<_>>()?, data_type, exact))
}

/// The common type of two; the outer `None` where there is none.
#[allow(clippy::option_option, reason = "the type of a bare null is none")]
fn common_of(a: &Node, b: &Node) -> Option<Option<DataType>> {
    match (&a.data_type, &b.data_type) {
        (None, None) => Some(None),
        _ => common(a, b).map(Some),
    }
}

/// Two values as two of one class whose order is that of the values.
pub(super) fn comparable(left: Node, right: Node, at: usize) -> Checked<(Node, Node)> {
    let (Some(x), Some(y)) = (left.data_type.clone(), right.data_type.clone()) else {
        let data_type = left.data_type.clone().or_else(|| right.data_type.clone());
        let data_type = data_type.unwrap_or(DataType::Boolean);
        return Ok((coerce(left, &data_type, at)?, coerce(right, &data_type, at)?));
    };
    let mismatch = || {
        let message = format!("{x} and {y} do not compare");
        Fault::mismatch(at, message).expected("two of one type; cast(… as …) converts")
    };
    // A float32 of 0.1 equals the literal 0.1, although no float is exactly that.
    if x == DataType::Float32 && right.literal.is_some() {
        return Ok((left, coerce(right, &x, at)?));
    }
    if y == DataType::Float32 && left.literal.is_some() {
        return Ok((coerce(left, &y, at)?, right));
    }
    // A literal that is of the other's type is compared in that.
    match (left.literal, right.literal) {
        (None, Some(literal)) if is_exact(&x) && literal_as(literal, &x).is_some() => {
            return Ok((left, coerce(right, &x, at)?));
        }
        (Some(literal), None) if is_exact(&y) && literal_as(literal, &y).is_some() => {
            return Ok((coerce(left, &y, at)?, right));
        }
        _ => {}
    }
    if x.is_numeric() && y.is_numeric() {
        let digits = |n: &Node, t: &DataType| match n.literal {
            Some(literal) => Some(literal.scale),
            None => is_exact(t).then(|| scale_of(t)),
        };
        let (Some(a), Some(b)) = (digits(&left, &x), digits(&right, &y)) else {
            return Ok((
                coerce(left, &DataType::Float64, at)?,
                coerce(right, &DataType::Float64, at)?,
            ));
        };
        let both_floats = !is_exact(&x) && !is_exact(&y);
        if both_floats {
            return Ok((left, right));
        }
        if Class::of(&x) == Class::Int && Class::of(&y) == Class::Int {
            return Ok((left, right));
        }
        let scale = a.max(b);
        return Ok((scaled(left, a, scale, at)?, scaled(right, b, scale, at)?));
    }
    if is_time(&x) && is_time(&y) {
        let plain = |t: &DataType| match t {
            DataType::Timestamp { unit, .. } => Some(*unit),
            _ => None,
        };
        if plain(&x) == plain(&y) {
            return Ok((left, right));
        }
        let nanoseconds = |node: Node, t: &DataType| {
            let factor = match plain(t) {
                Some(unit) => 1_000_000_000 / i128::from(ticks_per_second(unit)),
                None => 86_400_000_000_000,
            };
            scale_by(node, factor, 0)
        };
        return Ok((nanoseconds(left, &x), nanoseconds(right, &y)));
    }
    match common(&left, &right) {
        Some(data_type) => Ok((coerce(left, &data_type, at)?, coerce(right, &data_type, at)?)),
        None => Err(mismatch()),
    }
}

/// An exact number, or one as it was written, with `to` digits behind the point.
fn scaled(node: Node, from: i8, to: i8, at: usize) -> Checked {
    if let Some(literal) = node.literal {
        let factor = 10i128.checked_pow(u32::from((to - literal.scale).unsigned_abs()));
        let value = factor.and_then(|factor| literal.unscaled.checked_mul(factor));
        let value = value.unwrap_or(i128::MAX * literal.unscaled.signum());
        let data_type = DataType::Decimal { precision: MOST_DIGITS, scale: to };
        return Ok(Node::constant(Value::Decimal(value), data_type));
    }
    if node.as_constant() == Some(&Value::Null) {
        return coerce(node, &DataType::Decimal { precision: MOST_DIGITS, scale: to }, at);
    }
    let factor = 10i128.checked_pow(u32::from((to - from).unsigned_abs())).unwrap_or(i128::MAX);
    Ok(scale_by(node, factor, to))
}

fn scale_by(node: Node, factor: i128, scale: i8) -> Node {
    let data_type = DataType::Decimal { precision: MOST_DIGITS, scale };
    if factor == 1 && node.class() == Class::Decimal {
        return node;
    }
    folded(Node::new(Op::Scale(factor), vec![node], data_type))
}
