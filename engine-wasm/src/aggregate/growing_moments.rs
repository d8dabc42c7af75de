//! Sums of floats and their squares for variances, where no row leaves.
//!
//! They are sums of distances from a center near the mean, of which nothing cancels, so that one
//! correction a sum is enough. The center is the first value, and when there are 8, 64, 512, …
//! values it moves to their mean: a first value far from all others takes no digits from them
//! for long. With distance D it takes part in the spread with about D², and what the squares'
//! rounding takes, with 8ᵏ values at distances of D/8ᵏ, adds up to a few units in the last place
//! of that.

use super::Rows;
use super::moments::PowerSums;
use super::number::{float_terms, two_product, two_sum};
use crate::table::Column;

/// A sum, and what rounding took from it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Corrected {
    sum: f64,
    lost: f64,
}

impl Corrected {
    fn add(&mut self, term: f64) {
        let (sum, lost) = two_sum(self.sum, term);
        self.sum = sum;
        self.lost += lost;
    }

    fn add_product(&mut self, a: f64, b: f64) {
        let (product, error) = two_product(a, b);
        self.add(product);
        self.add(error);
    }

    fn scale(&mut self, by: f64) {
        self.sum *= by;
        self.lost *= by;
    }
}

/// Of floats that are finite.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowingMoments {
    /// The number of finite values.
    count: u32,
    /// The number of values that are not finite.
    others: u32,
    /// What values are multiplied by, so that no square is infinite: 1, or from the first value
    /// on that is not below [`HUGE`](Self::HUGE), [`SMALLER`](Self::SMALLER).
    unit: f64,
    center: f64,
    sum: Corrected,
    squares: Corrected,
}

impl Default for GrowingMoments {
    fn default() -> Self {
        let (sum, squares) = Default::default();
        GrowingMoments { count: 0, others: 0, unit: 1.0, center: 0.0, sum, squares }
    }
}

impl GrowingMoments {
    /// 2⁴⁰⁰
    const HUGE: f64 = f64::from_bits((1023 + 400) << 52);
    /// 2⁻⁶⁴⁰
    const SMALLER: f64 = f64::from_bits((1023 - 640) << 52);

    #[cold]
    fn add_rare(&mut self, x: f64) {
        if x.is_finite() {
            self.scale();
            self.add(x);
        } else {
            self.others += 1;
        }
    }

    fn scale(&mut self) {
        self.unit = Self::SMALLER;
        self.center *= Self::SMALLER;
        self.sum.scale(Self::SMALLER);
        self.squares.scale(Self::SMALLER);
        self.squares.scale(Self::SMALLER);
    }

    /// Before the value `x` that makes their number a power of two.
    #[cold]
    fn reach_power(&mut self, x: f64) {
        if self.count == 1 {
            self.center = x;
        } else if self.count.trailing_zeros().is_multiple_of(3) {
            // Of those before this one.
            let mean = (self.sum.sum + self.sum.lost) / f64::from(self.count - 1);
            self.move_center(self.center + mean, f64::from(self.count - 1));
        }
    }

    /// Makes the sums those of distances from another center.
    fn move_center(&mut self, to: f64, count: f64) {
        let (by, rest) = two_sum(self.center, -to);
        // (d + b)² = d² + 2·d·b + b², of all values together.
        let Corrected { sum, lost } = self.sum;
        let (square, error) = two_product(by, by);
        self.squares.add_product(2.0 * by, sum);
        self.squares.add_product(count, square);
        self.squares.add(2.0 * (by * lost + rest * sum) + count * (error + 2.0 * by * rest));
        self.sum.add_product(count, by);
        self.sum.add(count * rest);
        self.center = to;
    }
}

impl PowerSums for GrowingMoments {
    type Term = f64;

    fn add(&mut self, x: f64) {
        let scaled = x * self.unit;
        if scaled.abs() < Self::HUGE {
            self.count += 1;
            if self.count.is_power_of_two() {
                self.reach_power(scaled);
            }
            let distance = scaled - self.center;
            self.sum.add(distance);
            self.squares.add(distance * distance);
        } else {
            self.add_rare(x);
        }
    }

    fn merge(&mut self, other: &Self) {
        let (mut more, mut less) = (self.clone(), other.clone());
        if more.count < less.count {
            std::mem::swap(&mut more, &mut less);
        }
        if more.unit < less.unit {
            less.scale();
        } else if less.unit < more.unit {
            more.scale();
        }
        more.others += less.others;
        if less.count > 0 {
            less.move_center(more.center, f64::from(less.count));
            more.count += less.count;
            for part in [less.sum.sum, less.sum.lost] {
                more.sum.add(part);
            }
            for part in [less.squares.sum, less.squares.lost] {
                more.squares.add(part);
            }
        }
        *self = more;
    }

    fn subtract(&mut self, _: f64) {
        unreachable!("rows leave only where they can");
    }

    fn spread(&self) -> (u64, Option<f64>, f64) {
        let count = u64::from(self.count);
        if self.others > 0 {
            return (count + u64::from(self.others), None, 1.0);
        }
        // Where both nearly cancel, their difference is exact.
        let Corrected { sum, lost } = self.sum;
        let number = f64::from(self.count);
        let (squares, squares_error) = two_product(number, self.squares.sum);
        let (square, square_error) = two_product(sum, sum);
        let rest = number * self.squares.lost - 2.0 * sum * lost;
        let spread = (squares - square) + ((squares_error - square_error) + rest);
        (count, Some(spread), 1.0 / self.unit)
    }

    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, f64)) {
        float_terms(slots, rows, column, each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[f64]) -> GrowingMoments {
        let mut state = GrowingMoments::default();
        values.iter().for_each(|&x| state.add(x));
        state
    }

    fn variance<S: PowerSums>(state: &S) -> f64 {
        let (count, spread, unit) = state.spread();
        spread.unwrap() / (count * count) as f64 * unit * unit
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-14 * b.abs()
    }

    #[test]
    fn no_offset_takes_digits_away() {
        for offset in [0.0, 1e9, 1e12, 4.5e15] {
            let state = of(&[offset, offset + 1.0].repeat(40));
            assert_eq!(variance(&state), 0.25, "{offset}");
        }
        assert_eq!(variance(&of(&[1e9 + 0.1; 30])), 0.0);
    }

    #[test]
    fn a_first_value_far_away_takes_no_digits_from_the_others() {
        // Far away, one of n values takes part with about D²/n.
        let n = 100_000;
        let small = |i: usize| (i % 1000) as f64 / 1000.0;
        let values: Vec<f64> = (0..n).map(|i| if i == 0 { 1e5 / 3.0 } else { small(i) }).collect();
        let mut exact = super::super::FloatMoments::default();
        values.iter().for_each(|&x| exact.add(x));
        let (found, expected) = (variance(&of(&values)), variance(&exact));
        assert!(near(found, expected), "{found} {expected}");
    }

    #[test]
    fn squares_beyond_the_largest_float_have_a_root() {
        let state = of(&[2.0, 1e200, 3e200]);
        let (count, spread, unit) = state.spread();
        let deviation = (spread.unwrap() / (count * count) as f64).sqrt() * unit;
        let expected = (((1f64 / 9.0) + (25.0 / 9.0) + (16.0 / 9.0)) / 3.0).sqrt() * 1e200;
        assert!(near(deviation, expected), "{deviation} {expected}");
        assert_eq!(of(&[1.0, f64::NAN, 2.0]).spread().1, None);
    }

    fn values() -> impl Strategy<Value = Vec<f64>> {
        let scale = prop_oneof![Just(1.0), Just(1e-3), Just(1e6), Just(1e250)];
        let offset = prop_oneof![Just(0.0), Just(1e3), Just(1e12)];
        let value = prop_oneof![9 => -1.0..1.0f64, 1 => -1e6..1e6f64];
        (scale, offset, proptest::collection::vec(value, 2..300)).prop_map(
            |(scale, offset, values)| values.iter().map(|x| (x + offset) * scale).collect(),
        )
    }

    proptest! {
        #![proptest_config(crate::testing::cases(300))]

        #[test]
        fn what_grows_is_what_can_leave(parts in proptest::collection::vec(values(), 1..5)) {
            let mut exact = super::super::FloatMoments::default();
            parts.iter().flatten().for_each(|&x| exact.add(x));
            let root = |state: &dyn Fn() -> (u64, Option<f64>, f64)| {
                let (count, spread, unit) = state();
                (count, (spread.unwrap().max(0.0)).sqrt() * unit)
            };
            let (count, expected) = root(&|| exact.spread());
            let whole = of(&parts.concat());
            let mut merged = GrowingMoments::default();
            parts.iter().for_each(|part| merged.merge(&of(part)));
            for state in [whole, merged] {
                let (found_count, found) = root(&|| state.spread());
                prop_assert_eq!(found_count, count);
                prop_assert!((found - expected).abs() <= 1e-13 * expected, "{} {}", found, expected);
            }
        }
    }
}
