//! Rounding, and the buckets of numbers.

use super::math::{decimal, split};
use super::plan::Rounding;
use super::vector::{Data, Side, Vector, nulls_of, zip_rare};

/// `of` rounded to `digits` digits behind the point, none where there is no argument.
/// Decimals have `scale` digits, integers none.
pub(super) fn round<'a>(
    rounding: Rounding,
    scale: i8,
    of: &Vector<'a>,
    digits: Option<&Vector<'a>>,
) -> Vector<'a> {
    let zero = Side::One(0);
    let (digits_side, nulls, constant) = match digits {
        Some(d) => {
            let constant = of.constant && d.constant;
            (Side::new(d.ints(), d.constant), nulls_of(&[of, d]), constant)
        }
        None => (zero, of.nulls.clone(), of.constant),
    };
    let exact = |x: i128, digits: i64| {
        let cut = i64::from(scale).saturating_sub(digits);
        if cut <= 0 { Some(x) } else { decimal(round_exact(rounding, x, cut)) }
    };
    let (data, undefined) = match &of.data {
        Data::Float(x) => {
            let x = Side::new(x, of.constant);
            let values = match digits {
                None => zip_rare(&x, &digits_side, |x, _| round_float(rounding, x)),
                Some(_) => zip_rare(&x, &digits_side, |x, d| round_float_to(rounding, x, d)),
            };
            return Vector::new(Data::Float(values.into()), nulls, constant);
        }
        Data::Int(x) => {
            let x = Side::new(x, of.constant);
            let values = zip_rare(&x, &digits_side, |x, d| {
                exact(x.into(), d).and_then(|x| i64::try_from(x).ok())
            });
            let (values, mask) = split(values);
            (Data::Int(values.into()), mask)
        }
        _ => {
            let x = Side::new(of.decimals(), of.constant);
            let (values, mask) = split(zip_rare(&x, &digits_side, exact));
            (Data::Decimal(values.into()), mask)
        }
    };
    Vector::new(data, undefined.union(&nulls), constant)
}

/// A float without what is behind the point.
fn round_float(rounding: Rounding, x: f64) -> f64 {
    match rounding {
        Rounding::Floor => x.floor(),
        Rounding::Ceil => x.ceil(),
        Rounding::Nearest => x.round(),
        Rounding::TowardsZero => x.trunc(),
    }
}

/// A float rounded to `digits` digits behind the point, or before it where negative.
fn round_float_to(rounding: Rounding, x: f64, digits: i64) -> f64 {
    let digits = digits.clamp(-400, 400) as i32;
    let power = 10f64.powi(digits.abs());
    if digits < 0 {
        let rounded = round_float(rounding, x / power) * power;
        return if rounded.is_nan() && !x.is_nan() { 0.0 } else { rounded };
    }
    let scaled = x * power;
    // A float has no digits so far behind the point that it could lose.
    if scaled.is_finite() { round_float(rounding, scaled) / power } else { x }
}

/// An unscaled number whose last `cut` digits become zeros.
pub(super) fn round_exact(rounding: Rounding, x: i128, cut: i64) -> Option<i128> {
    let quotient = divide_exact(rounding, x, cut);
    match quotient {
        0 => Some(0),
        quotient => quotient.checked_mul(10i128.checked_pow(u32::try_from(cut).ok()?)?),
    }
}

/// `x` divided by ten to the power of `cut`, rounded.
pub(super) fn divide_exact(rounding: Rounding, x: i128, cut: i64) -> i128 {
    let Some(power) = u32::try_from(cut).ok().and_then(|cut| 10i128.checked_pow(cut)) else {
        return match rounding {
            Rounding::Floor => -i128::from(x < 0),
            Rounding::Ceil => i128::from(x > 0),
            _ => 0,
        };
    };
    let (quotient, rest) = (x / power, x % power);
    quotient
        + match rounding {
            Rounding::Floor => -i128::from(rest < 0),
            Rounding::Ceil => i128::from(rest > 0),
            Rounding::TowardsZero => 0,
            Rounding::Nearest if rest.unsigned_abs() >= power.unsigned_abs().div_ceil(2) => {
                rest.signum()
            }
            Rounding::Nearest => 0,
        }
}

/// The greatest multiple of `width` that is not above `of`; null where the width is not
/// above zero.
pub(super) fn bucket<'a>(of: &Vector<'a>, width: &Vector<'a>) -> Vector<'a> {
    let constant = of.constant && width.constant;
    let (data, undefined) = match &of.data {
        Data::Float(x) => {
            let sides = (Side::new(x, of.constant), Side::new(width.floats(), width.constant));
            let (values, mask) = split(zip_rare(&sides.0, &sides.1, bucket_float));
            (Data::Float(values.into()), mask)
        }
        Data::Int(x) => {
            let sides = (Side::new(x, of.constant), Side::new(width.ints(), width.constant));
            let floor = |x: i64, width: i64| x.checked_sub(x.checked_rem_euclid(width)?);
            let values = zip_rare(&sides.0, &sides.1, |x, w| floor(x, w).filter(|_| w > 0));
            let (values, mask) = split(values);
            (Data::Int(values.into()), mask)
        }
        _ => {
            let widths = Side::new(width.decimals(), width.constant);
            let floor = |x: i128, width: i128| x.checked_sub(x.checked_rem_euclid(width)?);
            let values = zip_rare(&Side::new(of.decimals(), of.constant), &widths, |x, w| {
                decimal(floor(x, w)).filter(|_| w > 0)
            });
            let (values, mask) = split(values);
            (Data::Decimal(values.into()), mask)
        }
    };
    Vector::new(data, undefined.union(&nulls_of(&[of, width])), constant)
}

fn bucket_float(x: f64, width: f64) -> Option<f64> {
    // NaN is no width either.
    if !(width > 0.0 && width.is_finite()) {
        return if width.is_nan() { Some(f64::NAN) } else { None };
    }
    if !x.is_finite() {
        return Some(x);
    }
    // 0.1 is meant as a tenth, which no float is: three tenths are a multiple of it.
    let parts = (1.0 / width).round();
    let floor = match width < 1.0 && 1.0 / parts == width {
        true => (x * parts).floor() / parts,
        false => (x / width).floor() * width,
    };
    Some(if floor.is_finite() { floor } else { x })
}
