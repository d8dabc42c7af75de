//! `mul`: a product that factors can be taken out of again.
//!
//! Zeros, infinities, NaN and signs are counted apart. What remains is a number of two
//! floats' digits and an exponent of 64 bits: a division undoes a multiplication but for
//! 2⁻¹⁰⁰ of it, and nothing overflows on the way.

use super::number::{pairs, two_product, two_sum};
use super::{Accumulator, Aggregate, Columns, Rows};
use crate::scalar::Scalar;

/// State for `mul`.
#[derive(Debug, Default)]
pub struct Products {
    states: Vec<Product>,
}

#[derive(Debug, Clone)]
struct Product {
    /// From ½ to 1.
    high: f64,
    low: f64,
    exponent: i64,
    /// The number of factors in `high`.
    finite: u64,
    negative: u64,
    zeros: u64,
    infinite: u64,
    nan: u64,
}

impl Default for Product {
    fn default() -> Self {
        let (finite, negative, zeros, infinite, nan) = (0, 0, 0, 0, 0);
        Product { high: 0.5, low: 0.0, exponent: 1, finite, negative, zeros, infinite, nan }
    }
}

/// A positive finite number as one from ½ to 1, and the power of two that it is multiplied
/// by.
fn split(x: f64) -> (f64, i64) {
    let (x, shift) = if x < f64::MIN_POSITIVE { (x * 2f64.powi(64), 64) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i64 - 1022;
    (f64::from_bits(bits & ((1 << 52) - 1) | 1022 << 52), exponent - shift)
}

impl Product {
    /// The counter of a factor of that sort.
    fn counter(&mut self, x: f64) -> &mut u64 {
        match x {
            x if x.is_nan() => &mut self.nan,
            x if x.is_infinite() => &mut self.infinite,
            0.0 => &mut self.zeros,
            _ => &mut self.finite,
        }
    }

    fn multiply(&mut self, x: f64) {
        *self.counter(x) += 1;
        self.negative += u64::from(x < 0.0);
        if x.is_finite() && x != 0.0 {
            let (factor, exponent) = split(x.abs());
            let (high, low) = two_product(self.high, factor);
            self.set(high, low + self.low * factor, self.exponent + exponent);
        }
    }

    fn divide(&mut self, x: f64) {
        *self.counter(x) -= 1;
        self.negative -= u64::from(x < 0.0);
        if self.finite == 0 {
            (self.high, self.low, self.exponent) = (0.5, 0.0, 1);
        } else if x.is_finite() && x != 0.0 {
            let (divisor, exponent) = split(x.abs());
            let quotient = self.high / divisor;
            let (back, error) = two_product(quotient, divisor);
            let rest = ((self.high - back) - error + self.low) / divisor;
            self.set(quotient, rest, self.exponent - exponent);
        }
    }

    fn set(&mut self, high: f64, low: f64, exponent: i64) {
        let (high, low) = two_sum(high, low);
        let (scale, shift) = match high {
            x if x < 0.5 => (2.0, -1),
            x if x >= 1.0 => (0.5, 1),
            _ => (1.0, 0),
        };
        (self.high, self.low, self.exponent) = (high * scale, low * scale, exponent + shift);
    }

    fn value(&self) -> Scalar {
        let sign = if self.negative % 2 == 1 { -1.0 } else { 1.0 };
        match self {
            Product { finite: 0, zeros: 0, infinite: 0, nan: 0, .. } => return Scalar::Null,
            Product { nan: 1.., .. } | Product { zeros: 1.., infinite: 1.., .. } => {
                return Scalar::Float(f64::NAN);
            }
            Product { zeros: 1.., .. } => return Scalar::Float(0.0),
            Product { infinite: 1.., .. } => return Scalar::Float(sign * f64::INFINITY),
            _ => {}
        }
        // In steps that stay within a float's exponents until the last.
        let mut exponent = self.exponent.clamp(-3000, 3000) as i32;
        let mut value = sign * (self.high + self.low);
        while exponent != 0 {
            let step = exponent.clamp(-1000, 1000);
            value *= 2f64.powi(step);
            exponent -= step;
        }
        Scalar::Float(value)
    }
}

impl Accumulator for Products {
    fn resize(&mut self, slots: usize) {
        self.states.resize(slots, Product::default());
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        pairs(slots, rows, columns, |slot, x, _| self.states[slot as usize].multiply(x));
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        pairs(slots, rows, columns, |slot, x, _| self.states[slot as usize].divide(x));
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = Product::default();
    }

    fn value(&self, slot: u32, _: Aggregate, _: Columns<'_>) -> Scalar {
        self.states[slot as usize].value()
    }

    fn memory(&self) -> usize {
        super::bytes(&self.states)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_gives_its_factors_back() {
        let mut product = Product::default();
        assert_eq!(product.value(), Scalar::Null);
        let factors = [3.0, 1e300, -7.0, 1e300, 5e-324, 0.0, f64::INFINITY];
        factors.into_iter().for_each(|x| product.multiply(x));
        assert!(matches!(product.value(), Scalar::Float(x) if x.is_nan()));
        product.divide(f64::INFINITY);
        assert_eq!(product.value(), Scalar::Float(0.0));
        product.divide(0.0);
        [1e300, 5e-324].into_iter().for_each(|x| product.divide(x));
        assert_eq!(product.value(), Scalar::Float(-21.0 * 1e300));
        product.multiply(1e300);
        assert_eq!(product.value(), Scalar::Float(f64::NEG_INFINITY));
        [1e300, 1e300].into_iter().for_each(|x| product.divide(x));
        assert_eq!(product.value(), Scalar::Float(-21.0));
    }

    #[test]
    fn factors_that_come_and_go_leave_no_trace() {
        let mut product = Product::default();
        product.multiply(0.1);
        for i in 1..100_000 {
            product.multiply(f64::from(i) * 0.37);
            product.divide(f64::from(i) * 0.37);
        }
        assert_eq!(product.value(), Scalar::Float(0.1));
    }
}
