//! `sum`, `mean` and what else is read from a sum: exact for integers, decimals and times,
//! compensated for floats.
//!
//! NaN and the infinities are counted apart, so that they can be taken out again, and so is
//! what nears the largest float. Float sums carry two correction terms (Klein, "A
//! generalized Kahan-Babuška-Summation-Algorithm", Computing 76, 2006).

use super::number::{decimal_unit, exact_terms, float_terms, narrow_terms, two_sum};
use super::{Accumulator, Aggregate, Columns, Rows, merge_each};
use crate::scalar::Scalar;
use crate::schema::{DataType, TypeKind};
use crate::table::Column;
use std::fmt::Debug;

/// The type of a sum: 64 bits for integers, 38 digits for decimals, else float.
pub fn result_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Float32 | DataType::Float64 => DataType::Float64,
        DataType::Decimal { scale, .. } => DataType::Decimal { precision: 38, scale: *scale },
        other if other.is_unsigned() => DataType::UInt64,
        _ => DataType::Int64,
    }
}

/// State for the sum of a column of numbers or times, or of their absolute values.
pub fn accumulator(data_type: &DataType, absolute: bool) -> Box<dyn Accumulator> {
    match data_type {
        DataType::Float32 | DataType::Float64 => {
            Box::new(Sums::<FloatSum> { states: Vec::new(), absolute })
        }
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::UInt8
        | DataType::UInt16
        | DataType::Date => Box::new(Sums::<NarrowSum> { states: Vec::new(), absolute }),
        _ => Box::new(Sums::<ExactSum> { states: Vec::new(), absolute }),
    }
}

/// A sum that can be added to and subtracted from.
pub trait Sum: Default + Clone + Debug + 'static {
    /// What is added up.
    type Term: Copy;
    /// Takes a term in.
    fn add(&mut self, term: Self::Term);
    /// Takes in what another sum took in.
    fn merge(&mut self, other: &Self);
    /// Takes a term out.
    fn subtract(&mut self, term: Self::Term);
    /// The term without its sign.
    fn absolute(term: Self::Term) -> Self::Term;
    /// The number of terms.
    fn count(&self) -> u64;
    /// The sum without its sign as a term; none where there is none that is exact.
    fn gross(&self) -> Option<Self::Term>;
    /// `sum`, `abs sum`, `sum not null` or `mean` of a column of `data_type`.
    fn value(&self, aggregate: Aggregate, data_type: &DataType) -> Scalar;
    /// Calls `each` for the rows that have a value.
    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, Self::Term));
}

/// A sum for each slot.
#[derive(Debug)]
struct Sums<S> {
    states: Vec<S>,
    absolute: bool,
}

impl<S: Sum> Sums<S> {
    fn term(&self, term: S::Term) -> S::Term {
        if self.absolute { S::absolute(term) } else { term }
    }
}

impl<S: Sum> Accumulator for Sums<S> {
    fn resize(&mut self, slots: usize) {
        self.states.resize(slots, S::default());
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        S::terms(slots, rows, columns.column, |slot, term| {
            let term = self.term(term);
            self.states[slot as usize].add(term);
        });
    }

    fn add_to_one(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        let Some(&slot) = slots.first() else { return };
        let mut state = std::mem::take(&mut self.states[slot as usize]);
        S::terms(slots, rows, columns.column, |_, term| state.add(self.term(term)));
        self.states[slot as usize] = state;
    }

    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: &[u32], from: &[u32], _: Columns<'_>) {
        merge_each(&mut self.states, into, from, S::merge);
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        S::terms(slots, rows, columns.column, |slot, term| {
            let term = self.term(term);
            self.states[slot as usize].subtract(term);
        });
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = S::default();
    }

    fn value(&self, slot: u32, aggregate: Aggregate, columns: Columns<'_>) -> Scalar {
        self.states[slot as usize].value(aggregate, columns.column.data_type())
    }

    fn memory(&self) -> usize {
        super::bytes(&self.states)
    }
}

/// A sum of integers or unscaled decimals, exact: 128 bits and the number of times that
/// they ran over.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExactSum {
    total: i128,
    overflows: i64,
    count: u64,
}

impl ExactSum {
    /// The sum, unless it is beyond 128 bits.
    fn total(&self) -> Option<i128> {
        (self.count > 0 && self.overflows == 0).then_some(self.total)
    }

    /// The lower 128 bits of the sum, how often they ran over, and the number of terms.
    pub fn parts(&self) -> (i128, i64, u64) {
        (self.total, self.overflows, self.count)
    }
}

/// The mean of `count` numbers or times that add up to `total`; null of none.
fn exact_mean(total: Option<i128>, count: u64, data_type: &DataType) -> Scalar {
    let Some(total) = total else { return Scalar::Null };
    match data_type.kind() {
        TypeKind::Date | TypeKind::Datetime => {
            let mean = total.div_euclid(count.into());
            i64::try_from(mean).map_or(Scalar::Null, Scalar::Int)
        }
        _ => Scalar::Float(total as f64 / count as f64 / decimal_unit(data_type)),
    }
}

/// `sum`, `abs sum` or `mean` of `count` numbers or times that add up to `total`.
fn exact_value(
    total: Option<i128>,
    count: u64,
    aggregate: Aggregate,
    data_type: &DataType,
) -> Scalar {
    match aggregate {
        Aggregate::Mean => exact_mean(total, count, data_type),
        Aggregate::AbsSum => exact_scalar(total.and_then(i128::checked_abs), data_type),
        _ => exact_scalar(total, data_type),
    }
}

/// An exact sum as a value of the type that sums of a column of `data_type` have; null where
/// it does not fit.
pub fn exact_scalar(total: Option<i128>, data_type: &DataType) -> Scalar {
    let value = total.and_then(|total| match data_type {
        DataType::Decimal { .. } => {
            (total.unsigned_abs() < 10u128.pow(38)).then_some(Scalar::Decimal(total))
        }
        other if other.is_unsigned() => u64::try_from(total).ok().map(Scalar::UInt),
        _ => i64::try_from(total).ok().map(Scalar::Int),
    });
    value.unwrap_or(Scalar::Null)
}

impl Sum for ExactSum {
    type Term = i128;

    fn add(&mut self, term: i128) {
        let (total, over) = self.total.overflowing_add(term);
        self.total = total;
        self.overflows += i64::from(over) * if term < 0 { -1 } else { 1 };
        self.count += 1;
    }

    fn merge(&mut self, other: &Self) {
        let (total, over) = self.total.overflowing_add(other.total);
        self.total = total;
        self.overflows += i64::from(over) * if other.total < 0 { -1 } else { 1 };
        self.overflows += other.overflows;
        self.count += other.count;
    }

    fn subtract(&mut self, term: i128) {
        let (total, over) = self.total.overflowing_sub(term);
        self.total = total;
        self.overflows += i64::from(over) * if term < 0 { 1 } else { -1 };
        self.count -= 1;
    }

    fn absolute(term: i128) -> i128 {
        term.abs()
    }

    fn count(&self) -> u64 {
        self.count
    }

    fn gross(&self) -> Option<i128> {
        self.total().and_then(i128::checked_abs)
    }

    fn value(&self, aggregate: Aggregate, data_type: &DataType) -> Scalar {
        exact_value(self.total(), self.count, aggregate, data_type)
    }

    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, i128)) {
        exact_terms(slots, rows, column, each);
    }
}

/// A sum of integers of at most 32 bits with their sign, exact: a table has fewer than 2³²
/// rows, so that 64 bits hold it.
#[derive(Debug, Clone, Default)]
struct NarrowSum {
    total: i64,
    count: u64,
}

impl NarrowSum {
    fn total(&self) -> Option<i128> {
        (self.count > 0).then_some(self.total.into())
    }
}

impl Sum for NarrowSum {
    type Term = i64;

    fn add(&mut self, term: i64) {
        self.total = self.total.wrapping_add(term);
        self.count += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.total = self.total.wrapping_add(other.total);
        self.count += other.count;
    }

    fn subtract(&mut self, term: i64) {
        self.total = self.total.wrapping_sub(term);
        self.count -= 1;
    }

    fn absolute(term: i64) -> i64 {
        term.abs()
    }

    fn count(&self) -> u64 {
        self.count
    }

    fn gross(&self) -> Option<i64> {
        (self.count > 0).then_some(self.total.abs())
    }

    fn value(&self, aggregate: Aggregate, data_type: &DataType) -> Scalar {
        exact_value(self.total(), self.count, aggregate, data_type)
    }

    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, i64)) {
        narrow_terms(slots, rows, column, each);
    }
}

/// A sum that carries what rounding took from it, and what rounding took from that: values
/// of three far-apart sizes can come and leave without a trace.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Compensated {
    sum: f64,
    correction: f64,
    correction_of_correction: f64,
}

impl Compensated {
    /// Adds a finite term.
    #[inline]
    pub fn accumulate(&mut self, term: f64) {
        let (sum, lost) = two_sum(self.sum, term);
        let (correction, lost) = two_sum(self.correction, lost);
        self.sum = sum;
        self.correction = correction;
        self.correction_of_correction += lost;
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Self) {
        other.parts().into_iter().for_each(|part| self.accumulate(part));
    }

    /// The parts of the sum, the largest first.
    pub fn parts(self) -> [f64; 3] {
        [self.sum, self.correction, self.correction_of_correction]
    }

    fn total(self) -> f64 {
        // The sum and its correction may nearly cancel: what is left of both comes first.
        let (sum, lost) = two_sum(self.sum, self.correction);
        sum + (lost + self.correction_of_correction)
    }
}

/// A sum of floats.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FloatSum {
    /// Of the terms below [`HUGE`](Self::HUGE), which no number of rows takes to infinity.
    sum: Compensated,
    finite: u32,
    /// Apart, as few sums have such terms and there may be many sums.
    rare: Option<Box<RareTerms>>,
}

/// What is known of terms that a plain sum cannot take.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct RareTerms {
    /// The sum of those from [`HUGE`](FloatSum::HUGE) on, times
    /// [`SMALLER`](FloatSum::SMALLER) for the same reason: a sum that ran over to infinity
    /// would not come back when its terms are taken out.
    huge: Compensated,
    nan: u32,
    positive_infinite: u32,
    negative_infinite: u32,
}

impl FloatSum {
    /// 2⁹⁶⁰
    const HUGE: f64 = f64::from_bits((1023 + 960) << 52);
    /// 2⁻⁶⁴, and so exact.
    const SMALLER: f64 = f64::from_bits((1023 - 64) << 52);

    /// Whether all terms are finite.
    pub fn is_finite(&self) -> bool {
        let RareTerms { nan, positive_infinite, negative_infinite, .. } = self.rare();
        (nan, positive_infinite, negative_infinite) == (0, 0, 0)
    }

    fn rare(&self) -> RareTerms {
        self.rare.as_deref().copied().unwrap_or_default()
    }

    /// The counter for a term that is not finite.
    fn special(&mut self, term: f64) -> &mut u32 {
        let rare = self.rare.get_or_insert_default();
        if term.is_nan() {
            &mut rare.nan
        } else if term > 0.0 {
            &mut rare.positive_infinite
        } else {
            &mut rare.negative_infinite
        }
    }

    /// Takes in a term that is not below [`HUGE`](Self::HUGE).
    #[cold]
    fn add_rare(&mut self, term: f64) {
        if term.is_finite() {
            self.rare.get_or_insert_default().huge.accumulate(term * Self::SMALLER);
            self.finite += 1;
        } else {
            *self.special(term) += 1;
        }
    }

    /// Takes out a term that is not below [`HUGE`](Self::HUGE).
    #[cold]
    fn subtract_rare(&mut self, term: f64) {
        if term.is_finite() {
            self.rare.get_or_insert_default().huge.accumulate(-term * Self::SMALLER);
            self.finite -= 1;
        } else {
            *self.special(term) -= 1;
        }
    }

    /// The sum divided by `by`.
    pub fn quotient(&self, by: f64) -> f64 {
        if self.rare().nan > 0 { f64::NAN } else { self.quotient_of_numbers(by) }
    }

    /// The same of what is not NaN.
    fn quotient_of_numbers(&self, by: f64) -> f64 {
        let rare = self.rare();
        match (rare.positive_infinite > 0, rare.negative_infinite > 0) {
            (true, true) => f64::NAN,
            (true, false) => f64::INFINITY,
            (false, true) => f64::NEG_INFINITY,
            (false, false) => match rare.huge.total() {
                0.0 => self.sum.total() / by,
                huge => (huge + self.sum.total() * Self::SMALLER) / by / Self::SMALLER,
            },
        }
    }
}

impl Sum for FloatSum {
    type Term = f64;

    #[inline]
    fn add(&mut self, term: f64) {
        // Which NaN is not.
        if term.abs() < Self::HUGE {
            self.sum.accumulate(term);
            self.finite += 1;
        } else {
            self.add_rare(term);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.sum.merge(&other.sum);
        self.finite += other.finite;
        if let Some(other) = &other.rare {
            let rare = self.rare.get_or_insert_default();
            rare.huge.merge(&other.huge);
            rare.nan += other.nan;
            rare.positive_infinite += other.positive_infinite;
            rare.negative_infinite += other.negative_infinite;
        }
    }

    fn subtract(&mut self, term: f64) {
        if term.abs() < Self::HUGE {
            self.sum.accumulate(-term);
            self.finite -= 1;
        } else {
            self.subtract_rare(term);
        }
        if self.finite == 0 {
            self.sum = Compensated::default();
            self.rare.iter_mut().for_each(|rare| rare.huge = Compensated::default());
        }
    }

    fn absolute(term: f64) -> f64 {
        term.abs()
    }

    fn count(&self) -> u64 {
        let RareTerms { nan, positive_infinite, negative_infinite, .. } = self.rare();
        let counts = [self.finite, nan, positive_infinite, negative_infinite];
        counts.into_iter().map(u64::from).sum()
    }

    fn gross(&self) -> Option<f64> {
        Some(self.quotient(1.0).abs())
    }

    fn value(&self, aggregate: Aggregate, _: &DataType) -> Scalar {
        let count = self.count();
        Scalar::Float(match aggregate {
            _ if count == 0 => return Scalar::Null,
            Aggregate::Mean => self.quotient(count as f64),
            Aggregate::AbsSum => self.quotient(1.0).abs(),
            Aggregate::SumNotNull if count == u64::from(self.rare().nan) => return Scalar::Null,
            Aggregate::SumNotNull => self.quotient_of_numbers(1.0),
            _ => self.quotient(1.0),
        })
    }

    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, f64)) {
        float_terms(slots, rows, column, each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn float_sums_are_compensated_and_give_back_what_is_not_finite() {
        let mut sum = FloatSum::default();
        for term in [1.0, 1e100, 1.0, -1e100, f64::NAN, f64::INFINITY] {
            sum.add(term);
        }
        assert!(sum.quotient(1.0).is_nan());
        sum.subtract(f64::NAN);
        assert_eq!(sum.quotient(1.0), f64::INFINITY);
        sum.subtract(f64::INFINITY);
        assert_eq!(sum.quotient(1.0), 2.0);
    }

    #[test]
    fn what_leaves_takes_nothing_of_other_sizes_with_it() {
        let mut sum = FloatSum::default();
        for term in [1e30, 1e16, 0.1, 0.2, 0.3] {
            sum.add(term);
        }
        sum.subtract(1e30);
        sum.subtract(1e16);
        assert!((sum.quotient(1.0) - 0.6).abs() < 1e-15, "{}", sum.quotient(1.0));
    }

    #[test]
    fn float_sums_come_back_from_beyond_the_largest_float() {
        let mut sum = FloatSum::default();
        for term in [0.1, f64::MAX, 0.2, f64::MAX] {
            sum.add(term);
        }
        assert_eq!(sum.value(Aggregate::Sum, &DataType::Float64), Scalar::Float(f64::INFINITY));
        assert_eq!(sum.value(Aggregate::Mean, &DataType::Float64), Scalar::Float(f64::MAX / 2.0));
        sum.subtract(f64::MAX);
        assert_eq!(sum.value(Aggregate::Sum, &DataType::Float64), Scalar::Float(f64::MAX));
        sum.subtract(f64::MAX);
        assert_eq!(sum.value(Aggregate::Sum, &DataType::Float64), Scalar::Float(0.1 + 0.2));
    }

    #[test]
    fn exact_sums_come_back_from_beyond_their_bits() {
        let mut sum = ExactSum::default();
        sum.add(i128::MAX);
        sum.add(5);
        assert_eq!(sum.total(), None);
        sum.subtract(i128::MAX);
        assert_eq!(sum.total(), Some(5));
        assert_eq!(sum.value(Aggregate::Sum, &DataType::Int64), Scalar::Int(5));
    }

    /// Whether what both parts took in is in one of them, and can leave it.
    fn assert_merges<S: Sum + PartialEq>(parts: [&[S::Term]; 2]) {
        let of = |terms: &[S::Term]| {
            let mut sum = S::default();
            terms.iter().for_each(|&term| sum.add(term));
            sum
        };
        let mut merged = of(parts[0]);
        merged.merge(&of(parts[1]));
        assert_eq!(merged, of(&parts.concat()));
        parts[1].iter().for_each(|&term| merged.subtract(term));
        let value = |sum: S| format!("{:?}", sum.value(Aggregate::Sum, &DataType::Float64));
        assert_eq!(value(merged), value(of(parts[0])));
    }

    #[test]
    fn merged_sums_are_those_of_all_terms() {
        assert_merges::<ExactSum>([&[i128::MAX, 7, i128::MAX], &[i128::MAX, 5]]);
        assert_merges::<ExactSum>([&[i128::MIN, -7], &[i128::MIN, -5, 12]]);
        assert_merges::<FloatSum>([&[0.5, f64::MAX, f64::NAN], &[f64::MAX, f64::INFINITY, 0.25]]);
        assert_merges::<FloatSum>([&[1.0, f64::MAX], &[2.0, 3.0]]);
    }

    #[test]
    fn a_sum_beyond_its_type_is_null() {
        let mut sum = ExactSum::default();
        sum.add(i64::MAX.into());
        sum.add(1);
        assert_eq!(sum.value(Aggregate::Sum, &DataType::Int64), Scalar::Null);
        assert_eq!(sum.value(Aggregate::Sum, &DataType::UInt64), Scalar::UInt(1 << 63));
    }
}
