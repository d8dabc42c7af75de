//! `var`, `stddev` and the same of a sample.
//!
//! Of each slot the sums of the values and of their squares are kept, which rows can be
//! taken out of in any order. The difference n·Σx² − (Σx)² would cancel nearly all digits of
//! a float; here nothing is lost that it needs. Integers and decimals are summed exactly.
//! Sums of floats carry two correction terms each, squares come with the error of their
//! rounding, and the difference is taken by an [`Expansion`]: about 150 bits in all, while
//! floats that share their leading bits differ within 53, and so their squares within 106.
//! Where no row leaves, `growing_moments` takes less.

use super::growing_moments::GrowingMoments;
use super::number::{Expansion, decimal_unit, exact_terms, float_terms, two_product};
use super::sum::{Compensated, ExactSum, Sum};
use super::{Accumulator, Aggregate, Columns, Retraction, Rows, merge_each};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::Column;
use std::fmt::Debug;

/// State for the variance of a numeric column and what is made of it.
pub fn accumulator(data_type: &DataType, retraction: Retraction) -> Box<dyn Accumulator> {
    match data_type {
        DataType::Float32 | DataType::Float64 if retraction == Retraction::Never => {
            Box::new(Moments::<GrowingMoments>::default())
        }
        DataType::Float32 | DataType::Float64 => Box::new(Moments::<FloatMoments>::default()),
        _ => Box::new(Moments::<ExactMoments>::default()),
    }
}

/// Sums of values and of their squares.
pub trait PowerSums: Default + Clone + Debug {
    /// What is added up.
    type Term: Copy;
    /// Takes a term in.
    fn add(&mut self, term: Self::Term);
    /// Takes in what other sums took in.
    fn merge(&mut self, other: &Self);
    /// Takes a term out.
    fn subtract(&mut self, term: Self::Term);
    /// The number of values, the sum of squared distances from the mean times that number,
    /// and what the values are to be multiplied by; none where a value is not finite.
    fn spread(&self) -> (u64, Option<f64>, f64);
    /// Calls `each` for the rows that have a value.
    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, Self::Term));
}

#[derive(Debug, Default)]
struct Moments<S> {
    states: Vec<S>,
}

impl<S: PowerSums> Accumulator for Moments<S> {
    fn resize(&mut self, slots: usize) {
        self.states.resize(slots, S::default());
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        S::terms(slots, rows, columns.column, |slot, x| self.states[slot as usize].add(x));
    }

    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: &[u32], from: &[u32], _: Columns<'_>) {
        merge_each(&mut self.states, into, from, S::merge);
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        S::terms(slots, rows, columns.column, |slot, x| self.states[slot as usize].subtract(x));
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = S::default();
    }

    fn value(&self, slot: u32, aggregate: Aggregate, columns: Columns<'_>) -> Scalar {
        variance(&self.states[slot as usize], aggregate, columns.column.data_type())
    }

    fn memory(&self) -> usize {
        super::bytes(&self.states)
    }
}

/// `var`, `stddev` or the same of a sample, of values of `data_type`.
pub fn variance(sums: &impl PowerSums, aggregate: Aggregate, data_type: &DataType) -> Scalar {
    let (count, spread, unit) = sums.spread();
    if count < 2 {
        return Scalar::Null;
    }
    let Some(spread) = spread else { return Scalar::Float(f64::NAN) };
    let of_sample = matches!(aggregate, Aggregate::VarSample | Aggregate::StdDevSample);
    let variance = spread.max(0.0) / count as f64 / (count - u64::from(of_sample)) as f64;
    let unit = unit / decimal_unit(data_type);
    Scalar::Float(match aggregate {
        Aggregate::StdDev | Aggregate::StdDevSample => variance.sqrt() * unit,
        _ => variance * unit * unit,
    })
}

/// n·Σx² − (Σx)², of sums in parts.
fn spread(count: u64, sum: &[f64], squares: &[f64]) -> f64 {
    let mut spread = Expansion::default();
    for &part in squares {
        spread.add_product(count as f64, part);
    }
    for (i, &a) in sum.iter().enumerate() {
        spread.add_product(-a, a);
        for &b in &sum[i + 1..] {
            spread.add_product(-2.0 * a, b);
        }
    }
    spread.value()
}

/// Of integers or unscaled decimals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExactMoments {
    sum: ExactSum,
    /// The sum of squares by its bits: below 2¹²⁸, below 2²⁵⁶, and the rest.
    squares: (u128, u128, u64),
}

/// The square in two halves of 128 bits.
fn square(x: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (high, low) = (x >> 64, x & LOW);
    let middle = high * low;
    let (sum, carry) = (low * low).overflowing_add(middle << 65);
    (sum, high * high + (middle >> 63) + u128::from(carry))
}

/// An integer as a sum of floats.
fn parts(x: u128, unit: f64) -> [f64; 3] {
    const PART: u128 = (1 << 48) - 1;
    let step = (1u64 << 48) as f64;
    let part = |shift: u32| ((x >> shift) & PART) as f64 * unit;
    [part(0), part(48) * step, part(96) * step * step]
}

impl ExactMoments {
    fn add_squares(&mut self, (low, high, rest): (u128, u128, u64)) {
        let (low, carry) = self.squares.0.overflowing_add(low);
        let (high, over) = self.squares.1.overflowing_add(high);
        let (high, carried) = high.overflowing_add(carry.into());
        let rest = self.squares.2 + rest + u64::from(over) + u64::from(carried);
        self.squares = (low, high, rest);
    }
}

impl PowerSums for ExactMoments {
    type Term = i128;

    fn add(&mut self, term: i128) {
        self.sum.add(term);
        let (low, high) = square(term.unsigned_abs());
        self.add_squares((low, high, 0));
    }

    fn merge(&mut self, other: &Self) {
        self.sum.merge(&other.sum);
        self.add_squares(other.squares);
    }

    fn subtract(&mut self, term: i128) {
        self.sum.subtract(term);
        let (low, high) = square(term.unsigned_abs());
        let (low, borrow) = self.squares.0.overflowing_sub(low);
        let (high, under) = self.squares.1.overflowing_sub(high);
        let (high, borrowed) = high.overflowing_sub(borrow.into());
        self.squares = (low, high, self.squares.2 - u64::from(under) - u64::from(borrowed));
    }

    fn spread(&self) -> (u64, Option<f64>, f64) {
        let word = 2f64.powi(128);
        let (total, overflows, count) = self.sum.parts();
        let sign = if total < 0 { -1.0 } else { 1.0 };
        let [a, b, c] = parts(total.unsigned_abs(), sign);
        let sum = [a, b, c, overflows as f64 * word];
        let (low, high, rest) = self.squares;
        let [a, b, c] = parts(low, 1.0);
        let [d, e, f] = parts(high, word);
        let squares = [a, b, c, d, e, f, rest as f64 * word * word];
        (count, Some(spread(count, &sum, &squares)), 1.0)
    }

    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, i128)) {
        exact_terms(slots, rows, column, each);
    }
}

/// Of floats that are finite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FloatMoments {
    sums: FloatSums,
    /// Of values from [`HUGE`](Self::HUGE) on, times [`SMALLER`](Self::SMALLER), so that no
    /// square is infinite.
    huge: Option<Box<FloatSums>>,
    /// The number of values that are not finite.
    others: u64,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct FloatSums {
    count: u64,
    sum: Compensated,
    squares: Compensated,
    /// The errors of the squares' rounding, apart: they are of other sizes than the squares,
    /// and a compensated sum tells three far-apart sizes from each other.
    errors: Compensated,
}

impl FloatSums {
    fn add(&mut self, x: f64) {
        self.count += 1;
        self.accumulate(x, 1.0);
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
        self.errors.merge(&other.errors);
    }

    fn subtract(&mut self, x: f64) {
        self.count -= 1;
        match self.count {
            0 => *self = FloatSums::default(),
            _ => self.accumulate(x, -1.0),
        }
    }

    fn accumulate(&mut self, x: f64, sign: f64) {
        let (square, error) = two_product(x, x);
        self.sum.accumulate(x * sign);
        self.squares.accumulate(square * sign);
        self.errors.accumulate(error * sign);
    }

    /// The parts of the sum, and of the sum of squares.
    fn parts(&self) -> ([f64; 3], [f64; 6]) {
        let ([a, b, c], [d, e, f]) = (self.squares.parts(), self.errors.parts());
        (self.sum.parts(), [a, b, c, d, e, f])
    }
}

impl FloatMoments {
    /// 2⁴⁰⁰
    const HUGE: f64 = f64::from_bits((1023 + 400) << 52);
    /// 2⁻⁶⁰⁰
    const SMALLER: f64 = f64::from_bits((1023 - 600) << 52);
    /// 2⁶⁰⁰
    const LARGER: f64 = f64::from_bits((1023 + 600) << 52);
}

impl PowerSums for FloatMoments {
    type Term = f64;

    fn add(&mut self, x: f64) {
        if x.abs() < Self::HUGE {
            self.sums.add(x);
        } else if x.is_finite() {
            self.huge.get_or_insert_default().add(x * Self::SMALLER);
        } else {
            self.others += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        self.others += other.others;
        if let Some(huge) = &other.huge {
            self.huge.get_or_insert_default().merge(huge);
        }
    }

    fn subtract(&mut self, x: f64) {
        if x.abs() < Self::HUGE {
            self.sums.subtract(x);
        } else if !x.is_finite() {
            self.others -= 1;
        } else if let Some(huge) = &mut self.huge {
            huge.subtract(x * Self::SMALLER);
            if huge.count == 0 {
                self.huge = None;
            }
        }
    }

    fn spread(&self) -> (u64, Option<f64>, f64) {
        let count = self.sums.count + self.huge.as_ref().map_or(0, |huge| huge.count);
        if self.others > 0 {
            return (count + self.others, None, 1.0);
        }
        let (sum, squares) = self.sums.parts();
        match &self.huge {
            None => (count, Some(spread(count, &sum, &squares)), 1.0),
            Some(huge) => {
                let sum = sum.map(|part| part * Self::SMALLER);
                let squares = squares.map(|part| part * Self::SMALLER * Self::SMALLER);
                let (huge_sum, huge_squares) = huge.parts();
                let (sum, squares) = ([huge_sum, sum].concat(), [huge_squares, squares].concat());
                (count, Some(spread(count, &sum, &squares)), Self::LARGER)
            }
        }
    }

    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, f64)) {
        float_terms(slots, rows, column, each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variance<S: PowerSums>(state: &S) -> f64 {
        let (count, spread, unit) = state.spread();
        spread.unwrap() / (count * count) as f64 * unit * unit
    }

    fn of(values: &[f64]) -> FloatMoments {
        let mut state = FloatMoments::default();
        values.iter().for_each(|&x| state.add(x));
        state
    }

    #[test]
    fn no_offset_takes_digits_away() {
        for offset in [0.0, 1e9, 1e12, 4.5e15] {
            let state = of(&[offset, offset + 1.0, offset, offset + 1.0]);
            assert_eq!(variance(&state), 0.25, "{offset}");
        }
        let third = of(&[1e9 + 0.1, 1e9 + 0.1, 1e9 + 0.1]);
        assert_eq!(variance(&third), 0.0);
    }

    #[test]
    fn what_leaves_takes_nothing_with_it() {
        let mut state = of(&[1e100, 1.0, 1e30, 2.0, 1e200, f64::NAN]);
        for x in [1e30, f64::NAN, 1e200, 1e100] {
            state.subtract(x);
        }
        assert_eq!(variance(&state), 0.25);
        assert!(state.huge.is_none());
    }

    #[test]
    fn merged_moments_are_those_of_all_values_and_give_them_back() {
        let (some, others) = ([1.0, 1e30, f64::NAN], [1e100, 2.0, 1e200]);
        let mut state = of(&some);
        state.merge(&of(&others));
        for x in [1e30, f64::NAN, 1e200, 1e100] {
            state.subtract(x);
        }
        assert_eq!(variance(&state), 0.25);
        let mut exact = ExactMoments::default();
        let mut both = [ExactMoments::default(), ExactMoments::default()];
        for (i, x) in [10i128.pow(38) - 1, -7, 1 - 10i128.pow(38), 12].into_iter().enumerate() {
            exact.add(x);
            both[i % 2].add(x);
        }
        let [mut merged, other] = both;
        merged.merge(&other);
        assert_eq!(merged, exact);
    }

    #[test]
    fn squares_beyond_the_largest_float_have_a_root() {
        let state = of(&[1e200, 3e200, 2.0]);
        let (count, spread, unit) = state.spread();
        let deviation = (spread.unwrap() / (count * count) as f64).sqrt() * unit;
        // The mean is 4/3·10²⁰⁰.
        let expected = (((1f64 / 9.0) + (25.0 / 9.0) + (16.0 / 9.0)) / 3.0).sqrt() * 1e200;
        assert!((deviation / expected - 1.0).abs() < 1e-14, "{deviation} {expected}");
    }

    #[test]
    fn integers_of_any_size_are_exact() {
        let largest = 10i128.pow(38) - 1;
        let mut state = ExactMoments::default();
        for x in [largest, largest - 2, -largest] {
            state.add(x);
        }
        state.subtract(-largest);
        assert_eq!(variance(&state), 1.0);
        for _ in 0..40 {
            state.add(largest);
            state.add(-largest);
        }
        for _ in 0..40 {
            state.subtract(largest);
            state.subtract(-largest);
        }
        assert_eq!(variance(&state), 1.0);
        assert_eq!(square(u128::MAX), (1, u128::MAX - 1));
    }
}
