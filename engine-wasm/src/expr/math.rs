//! Arithmetic and the functions of numbers, as loops over slices.
//!
//! Floats follow IEEE 754, but what is not defined is null: a division by zero, the
//! logarithm of nothing. NaN comes of NaN, and of infinities that cancel. Exact numbers
//! that leave their type are null.

use super::plan::{Arithmetic, Math, Math2};
use super::vector::{Data, Mask, Side, Vector, nulls_of, zip, zip_rare};

/// The digits of a decimal are 38 at most.
pub(super) const DECIMAL_BOUND: i128 = 10i128.pow(38);

fn floats<'v>(v: &'v Vector<'_>) -> Side<'v, f64> {
    Side::new(v.floats(), v.constant)
}

pub(super) fn arithmetic<'a>(
    operator: Arithmetic,
    left: &Vector<'a>,
    right: &Vector<'a>,
) -> Vector<'a> {
    let nulls = nulls_of(&[left, right]);
    let constant = left.constant && right.constant;
    match &left.data {
        Data::Float(_) => {
            let (a, b) = (floats(left), floats(right));
            let values = match operator {
                Arithmetic::Add => zip(&a, &b, |a, b| a + b),
                Arithmetic::Subtract => zip(&a, &b, |a, b| a - b),
                Arithmetic::Multiply => zip(&a, &b, |a, b| a * b),
                Arithmetic::Divide => zip(&a, &b, |a, b| a / b),
                Arithmetic::Remainder => zip(&a, &b, |a, b| a % b),
            };
            let divides = matches!(operator, Arithmetic::Divide | Arithmetic::Remainder);
            let undefined = match b {
                _ if !divides => Mask::default(),
                Side::One(0.0) => Mask::all(values.len()),
                Side::One(_) => Mask::default(),
                Side::Rows(b) => Mask::from_fn(values.len(), |row| b[row] == 0.0),
            };
            Vector::new(Data::Float(values.into()), nulls.union(&undefined), constant)
        }
        Data::Int(_) => {
            let a = Side::new(left.ints(), left.constant);
            let b = Side::new(right.ints(), right.constant);
            let values = match operator {
                Arithmetic::Add => zip_rare(&a, &b, i64::checked_add),
                Arithmetic::Subtract => zip_rare(&a, &b, i64::checked_sub),
                Arithmetic::Multiply => zip_rare(&a, &b, i64::checked_mul),
                Arithmetic::Divide => zip_rare(&a, &b, i64::checked_div),
                Arithmetic::Remainder => zip_rare(&a, &b, |a, b| match b {
                    // The quotient would not fit; the remainder does.
                    -1 => Some(0),
                    b => a.checked_rem(b),
                }),
            };
            let (values, undefined) = split(values);
            Vector::new(Data::Int(values.into()), nulls.union(&undefined), constant)
        }
        _ => {
            let a = Side::new(left.decimals(), left.constant);
            let b = Side::new(right.decimals(), right.constant);
            let values = match operator {
                Arithmetic::Add => zip_rare(&a, &b, |a, b| decimal(a.checked_add(b))),
                Arithmetic::Subtract => zip_rare(&a, &b, |a, b| decimal(a.checked_sub(b))),
                Arithmetic::Multiply => zip_rare(&a, &b, |a, b| decimal(a.checked_mul(b))),
                Arithmetic::Divide => zip_rare(&a, &b, |a, b| decimal(a.checked_div(b))),
                Arithmetic::Remainder => zip_rare(&a, &b, |a, b| decimal(a.checked_rem(b))),
            };
            let (values, undefined) = split(values);
            Vector::new(Data::Decimal(values.into()), nulls.union(&undefined), constant)
        }
    }
}

/// A decimal, if it has no more digits than one can have.
pub(super) fn decimal(x: Option<i128>) -> Option<i128> {
    x.filter(|x| -DECIMAL_BOUND < *x && *x < DECIMAL_BOUND)
}

/// Values, and the rows that have none.
#[inline(never)]
pub(super) fn split<T: Copy + Default>(values: Vec<Option<T>>) -> (Vec<T>, Mask) {
    let mask = Mask::from_fn(values.len(), |row| values[row].is_none());
    (values.into_iter().map(Option::unwrap_or_default).collect(), mask)
}

pub(super) fn negate<'a>(of: &Vector<'a>) -> Vector<'a> {
    same_class(of, |x| -x, i64::checked_neg, |x| Some(-x))
}

pub(super) fn absolute<'a>(of: &Vector<'a>) -> Vector<'a> {
    same_class(of, f64::abs, i64::checked_abs, |x| Some(x.abs()))
}

/// −1, 0 or 1; NaN of NaN.
pub(super) fn sign<'a>(of: &Vector<'a>) -> Vector<'a> {
    let float = |x: f64| if x == 0.0 || x.is_nan() { x.abs() } else { x.signum() };
    same_class(of, float, |x| Some(x.signum()), |x| Some(x.signum()))
}

/// A function of a number whose result is of the same class.
fn same_class<'a>(
    of: &Vector<'a>,
    float: impl Fn(f64) -> f64,
    int: impl Fn(i64) -> Option<i64>,
    exact: impl Fn(i128) -> Option<i128>,
) -> Vector<'a> {
    let (data, undefined) = match &of.data {
        Data::Float(v) => {
            let values: Vec<f64> = v.iter().map(|x| float(*x)).collect();
            (Data::Float(values.into()), Mask::default())
        }
        Data::Int(v) => {
            let (values, mask) = split(v.iter().map(|x| int(*x)).collect());
            (Data::Int(values.into()), mask)
        }
        _ => {
            let (values, mask) = split(of.decimals().iter().map(|x| exact(*x)).collect());
            (Data::Decimal(values.into()), mask)
        }
    };
    Vector::new(data, undefined.union(&of.nulls), of.constant)
}

pub(super) fn apply<'a>(function: Math, of: &Vector<'a>) -> Vector<'a> {
    let x = of.floats();
    let each = |f: fn(f64) -> f64| -> Vec<f64> { x.iter().map(|x| f(*x)).collect() };
    let values = each(match function {
        Math::Sqrt => f64::sqrt,
        Math::Cbrt => f64::cbrt,
        Math::Exp => f64::exp,
        Math::Expm1 => f64::exp_m1,
        Math::Ln => f64::ln,
        Math::Log10 => f64::log10,
        Math::Log2 => f64::log2,
        Math::Log1p => f64::ln_1p,
        Math::Sin => f64::sin,
        Math::Cos => f64::cos,
        Math::Tan => f64::tan,
        Math::Asin => f64::asin,
        Math::Acos => f64::acos,
        Math::Atan => f64::atan,
        Math::Sinh => f64::sinh,
        Math::Cosh => f64::cosh,
        Math::Tanh => f64::tanh,
        Math::Radians => f64::to_radians,
        Math::Degrees => f64::to_degrees,
    });
    let pole = match function {
        Math::Ln | Math::Log10 | Math::Log2 => 0.0,
        Math::Log1p => -1.0,
        _ => f64::NAN,
    };
    let undefined =
        Mask::from_fn(x.len(), |row| values[row].is_nan() && !x[row].is_nan() || x[row] == pole);
    Vector::new(Data::Float(values.into()), undefined.union(&of.nulls), of.constant)
}

pub(super) fn apply2<'a>(function: Math2, left: &Vector<'a>, right: &Vector<'a>) -> Vector<'a> {
    let (a, b) = (floats(left), floats(right));
    let some = |x: f64| Some(x);
    let numbers = |x: f64, a: f64, b: f64| (!x.is_nan() || a.is_nan() || b.is_nan()).then_some(x);
    let values = match function {
        Math2::Power => zip_rare(&a, &b, |a, b| match a == 0.0 && b < 0.0 {
            true => None,
            false => numbers(a.powf(b), a, b),
        }),
        Math2::Atan2 => zip_rare(&a, &b, |a, b| some(a.atan2(b))),
        Math2::Hypot => zip_rare(&a, &b, |a, b| some(a.hypot(b))),
        Math2::Log => zip_rare(&a, &b, |a, b| match a == 0.0 || b == 0.0 || b == 1.0 {
            true => None,
            false => numbers(a.ln() / b.ln(), a, b),
        }),
        Math2::PercentOf => zip_rare(&a, &b, |a, b| (b != 0.0).then(|| a / b * 100.0)),
    };
    let (values, undefined) = split(values);
    let nulls = undefined.union(&nulls_of(&[left, right]));
    Vector::new(Data::Float(values.into()), nulls, left.constant && right.constant)
}

/// A number from 0 up to 1 that is fixed for the row, the call and the seed.
pub(super) fn random(row: u64, call: u64, seed: u64) -> f64 {
    /// The finaliser of SplitMix64.
    fn mix(x: u64) -> u64 {
        let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let stream = mix(seed.wrapping_add(GOLDEN).wrapping_add(call.wrapping_mul(GOLDEN)));
    let bits = mix(stream.wrapping_add(row.wrapping_mul(GOLDEN)));
    // The 53 digits that a float holds.
    (bits >> 11) as f64 / (1u64 << 53) as f64
}
