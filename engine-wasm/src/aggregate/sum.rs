//! `sum` and `mean`: exact for integers and decimals, compensated for floats.
//!
//! NaN and the infinities are counted apart, so that they can be taken out again, and so is
//! what nears the largest float. Float sums carry two correction terms (Klein, "A
//! generalized Kahan-Babuška-Summation-Algorithm", Computing 76, 2006).

use super::{Accumulator, Aggregate, Columns, Rows};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Column, Values};
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

/// State for `sum` over a numeric column.
pub fn sum(data_type: &DataType) -> Box<dyn Accumulator> {
    build(data_type, false)
}

/// State for `mean` over a numeric column.
pub fn mean(data_type: &DataType) -> Box<dyn Accumulator> {
    build(data_type, true)
}

fn build(data_type: &DataType, mean: bool) -> Box<dyn Accumulator> {
    match data_type {
        DataType::Float32 | DataType::Float64 => {
            Box::new(Sums::<FloatSum> { states: Vec::new(), mean })
        }
        _ => Box::new(Sums::<ExactSum> { states: Vec::new(), mean }),
    }
}

/// A sum that can be added to and subtracted from.
trait Sum: Default + Clone + Debug {
    type Term: Copy;
    fn add(&mut self, term: Self::Term);
    fn subtract(&mut self, term: Self::Term);
    fn sum(&self, data_type: &DataType) -> Scalar;
    fn mean(&self, data_type: &DataType) -> Scalar;
    /// Calls `each` for the rows that have a value.
    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, each: impl FnMut(u32, Self::Term));
}

/// A sum for each slot.
#[derive(Debug)]
struct Sums<S> {
    states: Vec<S>,
    mean: bool,
}

impl<S: Sum> Accumulator for Sums<S> {
    fn resize(&mut self, slots: usize) {
        self.states.resize(slots, S::default());
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        S::terms(slots, rows, columns.column, |slot, term| self.states[slot as usize].add(term));
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        S::terms(slots, rows, columns.column, |slot, term| {
            self.states[slot as usize].subtract(term)
        });
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = S::default();
    }

    fn value(&self, slot: u32, _: Aggregate, columns: Columns<'_>) -> Scalar {
        let state = &self.states[slot as usize];
        match self.mean {
            true => state.mean(columns.column.data_type()),
            false => state.sum(columns.column.data_type()),
        }
    }

    fn memory(&self) -> usize {
        super::bytes(&self.states)
    }
}

/// Calls `each` with the slot and the value of every row that has one.
fn present<T: Copy>(
    slots: &[u32],
    rows: Rows<'_>,
    column: &Column,
    values: &[T],
    mut each: impl FnMut(u32, T),
) {
    let nulls = column.segment(rows.segment).nulls();
    let pairs = slots.iter().zip(rows.offsets);
    if nulls.is_empty() {
        pairs.for_each(|(&slot, &offset)| each(slot, values[offset as usize]));
    } else {
        pairs
            .filter(|(_, offset)| !nulls.contains(**offset as usize))
            .for_each(|(&slot, &offset)| each(slot, values[offset as usize]));
    }
}

/// A sum of integers or unscaled decimals, exact: 128 bits and the number of times that
/// they ran over.
#[derive(Debug, Clone, Default)]
struct ExactSum {
    total: i128,
    overflows: i64,
    count: u64,
}

impl ExactSum {
    /// The sum, unless it is beyond 128 bits.
    fn total(&self) -> Option<i128> {
        (self.count > 0 && self.overflows == 0).then_some(self.total)
    }
}

impl Sum for ExactSum {
    type Term = i128;

    fn add(&mut self, term: i128) {
        let (total, over) = self.total.overflowing_add(term);
        self.total = total;
        self.overflows += i64::from(over) * if term < 0 { -1 } else { 1 };
        self.count += 1;
    }

    fn subtract(&mut self, term: i128) {
        let (total, over) = self.total.overflowing_sub(term);
        self.total = total;
        self.overflows += i64::from(over) * if term < 0 { 1 } else { -1 };
        self.count -= 1;
    }

    fn sum(&self, data_type: &DataType) -> Scalar {
        let value = self.total().and_then(|total| match data_type {
            DataType::Decimal { .. } => {
                (total.unsigned_abs() < 10u128.pow(38)).then_some(Scalar::Decimal(total))
            }
            other if other.is_unsigned() => u64::try_from(total).ok().map(Scalar::UInt),
            _ => i64::try_from(total).ok().map(Scalar::Int),
        });
        value.unwrap_or(Scalar::Null)
    }

    fn mean(&self, data_type: &DataType) -> Scalar {
        let Some(total) = self.total() else { return Scalar::Null };
        let mean = total as f64 / self.count as f64;
        Scalar::Float(match data_type {
            DataType::Decimal { scale, .. } => mean / 10f64.powi((*scale).into()),
            _ => mean,
        })
    }

    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, mut each: impl FnMut(u32, i128)) {
        macro_rules! widen {
            ($values:expr) => {
                present(slots, rows, column, $values, |slot, x| each(slot, i128::from(x)))
            };
        }
        match column.segment(rows.segment).values() {
            Values::I8(v) => widen!(v),
            Values::I16(v) => widen!(v),
            Values::I32(v) => widen!(v),
            Values::I64(v) => widen!(v),
            Values::U8(v) => widen!(v),
            Values::U16(v) => widen!(v),
            Values::U32(v) => widen!(v),
            Values::U64(v) => widen!(v),
            Values::I128(v) => widen!(v),
            _ => unreachable!("exact sums are built for integer and decimal columns"),
        }
    }
}

/// A sum that carries what rounding took from it, and what rounding took from that: values
/// of three far-apart sizes can come and leave without a trace.
#[derive(Debug, Clone, Copy, Default)]
struct Compensated {
    sum: f64,
    correction: f64,
    correction_of_correction: f64,
}

impl Compensated {
    fn accumulate(&mut self, term: f64) {
        let (sum, lost) = two_sum(self.sum, term);
        let (correction, lost) = two_sum(self.correction, lost);
        self.sum = sum;
        self.correction = correction;
        self.correction_of_correction += lost;
    }

    fn total(self) -> f64 {
        // The sum and its correction may nearly cancel: what is left of both comes first.
        let (sum, lost) = two_sum(self.sum, self.correction);
        sum + (lost + self.correction_of_correction)
    }
}

/// A sum and the error of its rounding, which is itself a float (Knuth, The Art of Computer
/// Programming, volume 2, 4.2.2, theorem B).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// A sum of floats.
#[derive(Debug, Clone, Default)]
struct FloatSum {
    /// Of the terms below [`HUGE`](Self::HUGE), which no number of rows takes to infinity.
    sum: Compensated,
    /// Of the others, times [`SMALLER`](Self::SMALLER) for the same reason: a sum that ran
    /// over to infinity would not come back when its terms are taken out.
    huge: Compensated,
    finite: u32,
    nan: u32,
    positive_infinite: u32,
    negative_infinite: u32,
}

impl FloatSum {
    /// 2⁹⁶⁰
    const HUGE: f64 = f64::from_bits((1023 + 960) << 52);
    /// 2⁻⁶⁴, and so exact.
    const SMALLER: f64 = f64::from_bits((1023 - 64) << 52);

    fn count(&self) -> u64 {
        [self.finite, self.nan, self.positive_infinite, self.negative_infinite]
            .map(u64::from)
            .iter()
            .sum()
    }

    /// The counter for a term that is not finite.
    fn special(&mut self, term: f64) -> &mut u32 {
        if term.is_nan() {
            &mut self.nan
        } else if term > 0.0 {
            &mut self.positive_infinite
        } else {
            &mut self.negative_infinite
        }
    }

    fn accumulate(&mut self, term: f64) {
        if term.abs() < Self::HUGE {
            self.sum.accumulate(term);
        } else {
            self.huge.accumulate(term * Self::SMALLER);
        }
    }

    /// The sum divided by `by`.
    fn quotient(&self, by: f64) -> f64 {
        let infinities = (self.positive_infinite > 0, self.negative_infinite > 0);
        match infinities {
            _ if self.nan > 0 => f64::NAN,
            (true, true) => f64::NAN,
            (true, false) => f64::INFINITY,
            (false, true) => f64::NEG_INFINITY,
            (false, false) => match self.huge.total() {
                0.0 => self.sum.total() / by,
                huge => (huge + self.sum.total() * Self::SMALLER) / by / Self::SMALLER,
            },
        }
    }
}

impl Sum for FloatSum {
    type Term = f64;

    fn add(&mut self, term: f64) {
        if term.is_finite() {
            self.accumulate(term);
            self.finite += 1;
        } else {
            *self.special(term) += 1;
        }
    }

    fn subtract(&mut self, term: f64) {
        if term.is_finite() {
            self.accumulate(-term);
            self.finite -= 1;
            if self.finite == 0 {
                (self.sum, self.huge) = Default::default();
            }
        } else {
            *self.special(term) -= 1;
        }
    }

    fn sum(&self, _: &DataType) -> Scalar {
        if self.count() == 0 { Scalar::Null } else { Scalar::Float(self.quotient(1.0)) }
    }

    fn mean(&self, _: &DataType) -> Scalar {
        match self.count() {
            0 => Scalar::Null,
            count => Scalar::Float(self.quotient(count as f64)),
        }
    }

    fn terms(slots: &[u32], rows: Rows<'_>, column: &Column, mut each: impl FnMut(u32, f64)) {
        match column.segment(rows.segment).values() {
            Values::F64(v) => present(slots, rows, column, v, each),
            Values::F32(v) => present(slots, rows, column, v, |slot, x| each(slot, x.into())),
            _ => unreachable!("float sums are built for float columns"),
        }
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
        assert_eq!(sum.sum(&DataType::Float64), Scalar::Float(f64::INFINITY));
        assert_eq!(sum.mean(&DataType::Float64), Scalar::Float(f64::MAX / 2.0));
        sum.subtract(f64::MAX);
        assert_eq!(sum.sum(&DataType::Float64), Scalar::Float(f64::MAX));
        sum.subtract(f64::MAX);
        assert_eq!(sum.sum(&DataType::Float64), Scalar::Float(0.1 + 0.2));
    }

    #[test]
    fn exact_sums_come_back_from_beyond_their_bits() {
        let mut sum = ExactSum::default();
        sum.add(i128::MAX);
        sum.add(5);
        assert_eq!(sum.total(), None);
        sum.subtract(i128::MAX);
        assert_eq!(sum.total(), Some(5));
        assert_eq!(sum.sum(&DataType::Int64), Scalar::Int(5));
    }

    #[test]
    fn a_sum_beyond_its_type_is_null() {
        let mut sum = ExactSum::default();
        sum.add(i64::MAX.into());
        sum.add(1);
        assert_eq!(sum.sum(&DataType::Int64), Scalar::Null);
        assert_eq!(sum.sum(&DataType::UInt64), Scalar::UInt(1 << 63));
    }
}
