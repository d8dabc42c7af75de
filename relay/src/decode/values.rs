//! Values as records hold them, and what they are as values of a column's type.
//!
//! A value that does not fit is refused, never rounded, cut or turned into a null.

use std::borrow::Cow;
use std::str::FromStr;

use arrow_array::timezone::Tz;
use arrow_schema::TimeUnit;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::time;
use crate::config::Literal;

/// A value as a record holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number below zero.
    Negative(i64),
    /// A whole number from zero on.
    Natural(u64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// The unparsed JSON of a value, for columns that ask for it
    /// ([`Column::wants_raw`](super::columns::Column::wants_raw)).
    Raw(&'a str),
    /// Bytes that are no text; they become Base64.
    Bytes(&'a [u8]),
    /// A time, counted from 1970 in a unit.
    Time(i64, TimeUnit),
    /// Days since 1970.
    Date(i32),
    /// A decimal number: its digits as a whole number, and how many of them are behind the point.
    Decimal(&'a i128, i8),
    /// A list or an object.
    Nested,
}

impl Value<'_> {
    /// A whole number.
    pub fn whole(n: i64) -> Self {
        u64::try_from(n).map_or(Value::Negative(n), Value::Natural)
    }

    pub(super) fn describe(&self) -> String {
        match self {
            Value::Null => "null".into(),
            Value::Boolean(b) => b.to_string(),
            Value::Negative(n) => n.to_string(),
            Value::Natural(n) => n.to_string(),
            Value::Float(x) => x.to_string(),
            Value::Text(s) => format!("\"{}\"", shortened(s)),
            Value::Raw(s) => shortened(s),
            Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Value::Time(..) | Value::Date(_) | Value::Decimal(..) => {
                text(self, true).map_or_else(|| "a time out of range".into(), Cow::into_owned)
            }
            Value::Nested => "a list or an object".into(),
        }
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 {
        text.into()
    } else {
        text.chars().take(40).chain(['…']).collect()
    }
}

impl<'a> From<&'a Literal> for Value<'static> {
    fn from(literal: &'a Literal) -> Self {
        match literal {
            Literal::Boolean(b) => Value::Boolean(*b),
            Literal::Integer(n) => Value::whole(*n),
            Literal::Float(x) => Value::Float(*x),
            Literal::Text(text) => Value::Text(text.clone().into()),
        }
    }
}

/// 2^53: up to here a float is the whole number that was written.
const EXACT: f64 = (1u64 << 53) as f64;

pub(super) fn boolean(value: &Value<'_>, cast: bool) -> Option<bool> {
    match value {
        Value::Boolean(b) => Some(*b),
        Value::Natural(n @ (0 | 1)) if cast => Some(*n == 1),
        Value::Text(text) if cast => match &**text {
            "1" => Some(true),
            "0" => Some(false),
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number within the bounds of `T`, also when it is written as `2.0`, `1e3` or `"7"`.
/// With `cast` a fraction is rounded, halves away from zero, and a truth value is 0 or 1.
pub(super) fn whole<T: TryFrom<i64> + TryFrom<u64> + FromStr>(
    value: &Value<'_>,
    cast: bool,
) -> Option<T> {
    let of_float = |x: f64| {
        let x = if cast { x.round() } else { x };
        if x.fract() == 0.0 && x.abs() <= EXACT { T::try_from(x as i64).ok() } else { None }
    };
    match value {
        Value::Natural(n) => T::try_from(*n).ok(),
        Value::Negative(n) | Value::Time(n, _) => T::try_from(*n).ok(),
        Value::Date(days) => T::try_from(i64::from(*days)).ok(),
        Value::Float(x) => of_float(*x),
        Value::Decimal(unscaled, scale) => {
            let whole = scaled(**unscaled, -i64::from(*scale))?;
            T::try_from(i64::try_from(whole).ok()?).ok()
        }
        Value::Text(s) => match s.parse() {
            Ok(n) => Some(n),
            Err(_) if cast => of_float(s.parse().ok()?),
            Err(_) => None,
        },
        Value::Boolean(b) if cast => T::try_from(u64::from(*b)).ok(),
        _ => None,
    }
}

#[inline(always)]
pub(super) fn float(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Natural(n) => Some(*n as f64),
        Value::Negative(n) => Some(*n as f64),
        Value::Float(x) => Some(*x),
        Value::Text(s) => s.parse().ok(),
        Value::Decimal(..) => decimal_float(value),
        _ => None,
    }
}

#[cold]
fn decimal_float(value: &Value<'_>) -> Option<f64> {
    text(value, true)?.parse().ok()
}

/// Days since 1970.
pub(super) fn date(value: &Value<'_>) -> Option<i32> {
    match value {
        Value::Text(text) => time::date(text),
        Value::Date(days) => Some(*days),
        Value::Time(ticks, unit) => {
            i32::try_from(ticks.div_euclid(86_400 * time::per_second(*unit))).ok()
        }
        _ => None,
    }
}

/// A time in `unit`. Numbers count in `epoch`, or else in `unit`.
pub(super) fn timestamp(
    value: &Value<'_>,
    unit: TimeUnit,
    epoch: Option<TimeUnit>,
    zone: &Tz,
) -> Option<i64> {
    match value {
        Value::Text(text) => match time::time(text, zone) {
            Some(time) => match unit {
                TimeUnit::Second => Some(time.timestamp()),
                TimeUnit::Millisecond => Some(time.timestamp_millis()),
                TimeUnit::Microsecond => Some(time.timestamp_micros()),
                TimeUnit::Nanosecond => time.timestamp_nanos_opt(),
            },
            // Where a rule says what numbers count, they may be written as text.
            None => time::rescale(text.parse().ok()?, epoch?, unit),
        },
        Value::Time(ticks, from) => time::rescale(*ticks, *from, unit),
        Value::Date(days) => i64::from(*days).checked_mul(86_400 * time::per_second(unit)),
        Value::Natural(_) | Value::Negative(_) | Value::Float(_) => {
            let from = epoch.unwrap_or(unit);
            match (whole(value, false), value) {
                (Some(ticks), _) => time::rescale(ticks, from, unit),
                // Seconds with a fraction are common; what is finer than the unit is rounded.
                (None, Value::Float(x)) if epoch.is_some() => {
                    let ticks = x * (time::per_second(unit) as f64 / time::per_second(from) as f64);
                    (ticks.abs() <= EXACT * 1024.0).then(|| ticks.round() as i64)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A text; with `any` also of what is none.
#[inline(never)]
pub(super) fn text<'v>(value: &'v Value<'_>, any: bool) -> Option<Cow<'v, str>> {
    let text = match value {
        Value::Text(text) => return Some(Cow::Borrowed(text)),
        Value::Bytes(bytes) => BASE64.encode(bytes),
        Value::Time(ticks, unit) => time::to_text(*ticks, *unit)?,
        Value::Date(days) => time::date_text(*days)?,
        Value::Raw(raw) if any => match serde_json::from_str::<String>(raw) {
            Ok(text) => text,
            Err(_) => return Some(Cow::Borrowed(raw)),
        },
        Value::Boolean(b) if any => b.to_string(),
        Value::Negative(n) if any => n.to_string(),
        Value::Natural(n) if any => n.to_string(),
        Value::Float(x) if any => x.to_string(),
        Value::Decimal(unscaled, scale) if any => decimal_text(**unscaled, *scale),
        _ => return None,
    };
    Some(Cow::Owned(text))
}

/// The digits of a decimal number with its point.
fn decimal_text(unscaled: i128, scale: i8) -> String {
    let places = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let zeros = "0".repeat(usize::try_from(-i16::from(scale)).unwrap_or(0));
    let sign = if unscaled < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{zeros}{point}{fraction}")
}

/// The unscaled value of a number that fits the precision and the scale exactly.
pub(super) fn decimal(value: &Value<'_>, precision: u8, scale: i8) -> Option<i128> {
    let scale = i64::from(scale);
    let unscaled = match value {
        Value::Raw(text) => scaled_text(
            text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text),
            scale,
        ),
        Value::Text(text) => scaled_text(text, scale),
        Value::Natural(n) => scaled(i128::from(*n), scale),
        Value::Negative(n) => scaled(i128::from(*n), scale),
        // The number that people see: the shortest one that is this float.
        Value::Float(x) => scaled_text(&x.to_string(), scale),
        Value::Decimal(unscaled, from) => scaled(**unscaled, scale - i64::from(*from)),
        _ => None,
    }?;
    (unscaled.unsigned_abs() < 10u128.pow(u32::from(precision))).then_some(unscaled)
}

/// The digits of a number written as text, at a scale that holds it exactly.
pub(super) fn scaled_text(text: &str, scale: i64) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut unscaled: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        unscaled = unscaled.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    // 10^shift brings it to the scale.
    let shift = i64::from(exponent) - i64::try_from(fraction.len()).ok()? + scale;
    scaled(if negative { -unscaled } else { unscaled }, shift)
}

/// A number times 10^`shift`, where that is exact.
fn scaled(mut unscaled: i128, mut shift: i64) -> Option<i128> {
    while shift > 0 && unscaled != 0 {
        unscaled = unscaled.checked_mul(10)?;
        shift -= 1;
    }
    while shift < 0 && unscaled != 0 {
        if unscaled % 10 != 0 {
            return None;
        }
        unscaled /= 10;
        shift += 1;
    }
    Some(unscaled)
}
