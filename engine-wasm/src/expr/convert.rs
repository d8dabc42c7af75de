//! A value becomes one of another type, or null where it cannot.

use super::civil::DAY;
use super::math::{DECIMAL_BOUND, split};
use super::plan::{Conversion, Rounding};
use super::round::divide_exact;
use super::time::ticks_of;
use super::time_text::parse_time;
use super::types::is_time;
use super::vector::{Class, Data, Mask, Texts, Vector};
use super::zone::Zone;
use crate::scalar::Scalar;
use crate::schema::DataType;
use arrow_schema::TimeUnit;
use std::borrow::Cow;
use std::rc::Rc;

/// Integers or decimals `by` times as large, as decimals; the largest where that does not
/// fit.
pub(super) fn scale<'a>(of: &Vector<'a>, by: i128) -> Vector<'a> {
    let values: Vec<i128> = match &of.data {
        Data::Int(v) => v.iter().map(|x| i128::from(*x).saturating_mul(by)).collect(),
        _ => of.decimals().iter().map(|x| x.saturating_mul(by)).collect(),
    };
    Vector::new(Data::Decimal(values.into()), of.nulls.clone(), of.constant)
}

/// Digits behind the point of an exact number. A time is one of milliseconds.
fn scale_of(data_type: &DataType) -> i8 {
    match data_type {
        DataType::Decimal { scale, .. } => *scale,
        DataType::Timestamp { unit: TimeUnit::Second, .. } => -3,
        DataType::Timestamp { unit: TimeUnit::Microsecond, .. } => 3,
        DataType::Timestamp { unit: TimeUnit::Nanosecond, .. } => 6,
        _ => 0,
    }
}

const DAY_MS: i128 = 86_400_000;

/// The least and the greatest unscaled number of an exact type.
pub(super) fn range_of(data_type: &DataType) -> (i128, i128) {
    use DataType::*;
    match data_type {
        Int8 => (i8::MIN.into(), i8::MAX.into()),
        Int16 => (i16::MIN.into(), i16::MAX.into()),
        Int32 | Date => (i32::MIN.into(), i32::MAX.into()),
        UInt8 => (0, u8::MAX.into()),
        UInt16 => (0, u16::MAX.into()),
        UInt32 => (0, u32::MAX.into()),
        UInt64 => (0, u64::MAX.into()),
        Decimal { precision, .. } => {
            let bound = 10i128.pow((*precision).into()) - 1;
            (-bound, bound)
        }
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

impl Conversion {
    fn rounding(self) -> Rounding {
        match self {
            Conversion::Nearest => Rounding::Nearest,
            Conversion::Truncate => Rounding::TowardsZero,
            Conversion::Floor => Rounding::Floor,
        }
    }
}

/// `x` with its digits behind the point brought from `from` to `to`.
fn rescale(x: i128, from: i8, to: i8, how: Conversion) -> Option<i128> {
    let shift = i32::from(to) - i32::from(from);
    match shift >= 0 {
        true => x.checked_mul(10i128.checked_pow(shift as u32)?),
        false => Some(divide_exact(how.rounding(), x, i64::from(-shift))),
    }
}

/// A float as an unscaled number of `scale` digits behind the point.
fn exact_of_float(x: f64, scale: i8, how: Conversion) -> Option<i128> {
    let scaled = x * 10f64.powi(scale.into());
    let rounded = match how {
        Conversion::Nearest => scaled.round(),
        Conversion::Truncate => scaled.trunc(),
        Conversion::Floor => scaled.floor(),
    };
    (rounded.abs() < DECIMAL_BOUND as f64).then_some(rounded as i128)
}

/// An unscaled number as a float.
fn float_of_exact(x: i128, scale: i8) -> f64 {
    match scale {
        0 => x as f64,
        // Divided by a power that a float holds exactly, the result is the nearest.
        1.. => x as f64 / 10f64.powi(scale.into()),
        _ => x as f64 * 10f64.powi(-i32::from(scale)),
    }
}

/// A number in decimal digits, with an optional sign, point and exponent, as an unscaled
/// number of `scale` digits behind the point.
pub(super) fn parse_exact(text: &str, scale: i8, how: Conversion) -> Option<i128> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if all().next().is_none() || !all().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let shift = i64::from(exponent) + i64::from(scale) - fraction.len() as i64;
    // Digits that are cut off beyond the first two can only break a tie upwards.
    let significant = whole.len() + fraction.len();
    let kept = (significant as i64 + shift.min(0) + 2).clamp(0, significant as i64) as usize;
    let mut value: i128 = 0;
    for digit in all().take(kept) {
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    let shift = shift + (significant - kept) as i64;
    let value = if mantissa.starts_with('-') { -value } else { value };
    match shift >= 0 {
        true if value == 0 => Some(0),
        true => value.checked_mul(10i128.checked_pow(u32::try_from(shift).ok()?)?),
        false => Some(divide_exact(how.rounding(), value, -shift)),
    }
}

/// `of`, whose type is `from`, as values of `to`.
pub(super) fn convert<'a>(
    of: &Vector<'a>,
    from: &DataType,
    to: &DataType,
    how: Conversion,
) -> Vector<'a> {
    let how = if is_time(from) || is_time(to) { Conversion::Floor } else { how };
    let (data, undefined) = match &of.data {
        Data::Text(texts) if is_time(to) => parse_times(texts, to),
        Data::Text(texts) => parse_texts(texts, to, how),
        Data::Bool(v) => match Class::of(to) {
            Class::Text => {
                let pool: Vec<Cow<'a, str>> = vec!["false".into(), "true".into()];
                let codes: Vec<u32> = v.iter().map(|x| u32::from(*x)).collect();
                (Data::Text(Texts { codes: Rc::new(codes), pool: Rc::new(pool) }), Mask::default())
            }
            Class::Float => floats(v, to, |x| f64::from(u8::from(x))),
            _ => exact(v, to, |x, scale| rescale(x.into(), 0, scale, how)),
        },
        Data::Float(v) => match Class::of(to) {
            Class::Bool => bools(v, |x| (!x.is_nan()).then_some(x != 0.0)),
            Class::Text => display(v, from, Scalar::Float),
            Class::Float => floats(v, to, |x| x),
            _ => exact(v, to, |x, scale| exact_of_float(x, scale, how)),
        },
        Data::Int(v) => {
            let scale = scale_of(from);
            let ticks = if *from == DataType::Date { DAY_MS } else { 1 };
            match Class::of(to) {
                Class::Bool => bools(v, |x| Some(x != 0)),
                Class::Text => display(v, from, Scalar::Int),
                Class::Float if ticks == 1 && scale == 0 => floats(v, to, |x| x as f64),
                Class::Float => floats(v, to, |x| float_of_exact(i128::from(x) * ticks, scale)),
                _ => exact(v, to, |x, to| rescale(i128::from(x) * ticks, scale, to, how)),
            }
        }
        Data::Decimal(v) => {
            let scale = scale_of(from);
            match Class::of(to) {
                Class::Bool => bools(v, |x| Some(x != 0)),
                Class::Text => display(v, from, Scalar::Decimal),
                Class::Float => floats(v, to, |x| float_of_exact(x, scale)),
                _ => exact(v, to, |x, to| rescale(x, scale, to, how)),
            }
        }
    };
    Vector::new(data, undefined.union(&of.nulls), of.constant)
}

type Converted<'a> = (Data<'a>, Mask);

fn bools<'a, T: Copy>(v: &[T], f: impl Fn(T) -> Option<bool>) -> Converted<'a> {
    let (values, mask) = split(v.iter().map(|x| f(*x)).collect());
    (Data::Bool(values.into()), mask)
}

fn floats<'a, T: Copy>(v: &[T], to: &DataType, f: impl Fn(T) -> f64) -> Converted<'a> {
    let values: Vec<f64> = match to {
        DataType::Float32 => v.iter().map(|x| f64::from(f(*x) as f32)).collect(),
        _ => v.iter().map(|x| f(*x)).collect(),
    };
    (Data::Float(values.into()), Mask::default())
}

/// Values of an exact type: what `f` makes of each, for the type's digits behind the point.
fn exact<'a, T: Copy>(v: &[T], to: &DataType, f: impl Fn(T, i8) -> Option<i128>) -> Converted<'a> {
    let scale = scale_of(to);
    let (least, greatest) = range_of(to);
    let ticks = if *to == DataType::Date { DAY_MS } else { 1 };
    let fit = |x: T| {
        let value = f(x, scale)?.div_euclid(ticks);
        (least..=greatest).contains(&value).then_some(value)
    };
    if Class::of(to) == Class::Decimal {
        let (values, mask) = split(v.iter().map(|x| fit(*x)).collect());
        return (Data::Decimal(values.into()), mask);
    }
    let (values, mask) = split(v.iter().map(|x| fit(*x).map(|x| x as i64)).collect());
    (Data::Int(values.into()), mask)
}

/// Each value as text.
fn display<'a, T: Copy>(v: &[T], from: &DataType, scalar: impl Fn(T) -> Scalar) -> Converted<'a> {
    let text = |x: &T| Cow::from(scalar(*x).display(from, None));
    let pool: Vec<Cow<'a, str>> = v.iter().map(text).collect();
    let codes = (0..pool.len() as u32).collect();
    (Data::Text(Texts { codes: Rc::new(codes), pool: Rc::new(pool) }), Mask::default())
}

/// Texts as values of `to`, each distinct one read once.
fn parse_texts<'a>(texts: &Texts<'a>, to: &DataType, how: Conversion) -> Converted<'a> {
    let each = texts.pool.iter().map(|text| text.trim());
    let codes = &texts.codes;
    let nulls = |missing: Vec<bool>| Mask::from_fn(codes.len(), |row| missing[codes[row] as usize]);
    match Class::of(to) {
        Class::Text => (Data::Text(texts.clone()), Mask::default()),
        Class::Bool => {
            let parsed: Vec<Option<bool>> = each.map(parse_bool).collect();
            let values: Vec<bool> =
                codes.iter().map(|code| parsed[*code as usize].unwrap_or_default()).collect();
            (Data::Bool(values.into()), nulls(parsed.iter().map(Option::is_none).collect()))
        }
        Class::Float => {
            let parsed: Vec<Option<f64>> = each.map(|text| text.parse().ok()).collect();
            let narrow = |x: f64| if *to == DataType::Float32 { f64::from(x as f32) } else { x };
            let value = |code: &u32| narrow(parsed[*code as usize].unwrap_or_default());
            let values: Vec<f64> = codes.iter().map(value).collect();
            (Data::Float(values.into()), nulls(parsed.iter().map(Option::is_none).collect()))
        }
        _ => {
            let parsed: Vec<Option<i128>> =
                each.map(|text| parse_exact(text, scale_of(to), how)).collect();
            exact(codes, to, |code, _| parsed[code as usize])
        }
    }
}

/// Texts in ISO 8601 as dates or times. What names no offset is in the zone of the type.
fn parse_times<'a>(texts: &Texts<'a>, to: &DataType) -> Converted<'a> {
    let zone = Zone::of(to);
    let read = |text: &Cow<'_, str>| {
        let written = parse_time(text)?;
        let Some(per_second) = ticks_of(to) else {
            return i32::try_from(written.local.div_euclid(DAY)).ok().map(i64::from);
        };
        let instant = match written.offset {
            Some(offset) => written.local - offset,
            None => zone.instant(written.local, None),
        };
        let ticks = written.nanoseconds / (1_000_000_000 / per_second);
        instant.checked_mul(per_second)?.checked_add(ticks)
    };
    let parsed: Vec<Option<i64>> = texts.pool.iter().map(read).collect();
    let (values, mask) = split(texts.codes.iter().map(|code| parsed[*code as usize]).collect());
    (Data::Int(values.into()), mask)
}

fn parse_bool(text: &str) -> Option<bool> {
    let is = |names: [&str; 5]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    if is(["true", "t", "yes", "on", "1"]) {
        return Some(true);
    }
    is(["false", "f", "no", "off", "0"]).then_some(false)
}
