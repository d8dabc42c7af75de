//! The numbers of a chunk's rows, and arithmetic that loses nothing.

use super::{Columns, Rows};
use crate::schema::DataType;
use crate::table::{Column, Values};

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
    if !nulls.is_empty() {
        pairs
            .filter(|(_, offset)| !nulls.contains(**offset as usize))
            .for_each(|(&slot, &offset)| each(slot, values[offset as usize]));
    } else if let Some(places) = rows.dense() {
        slots.iter().zip(&values[places]).for_each(|(&slot, &value)| each(slot, value));
    } else {
        pairs.for_each(|(&slot, &offset)| each(slot, values[offset as usize]));
    }
}

/// Calls `each` with the slot and the value of every row that has one, of a column of
/// integers or dates of at most 32 bits with their sign.
pub fn narrow_terms(
    slots: &[u32],
    rows: Rows<'_>,
    column: &Column,
    mut each: impl FnMut(u32, i64),
) {
    macro_rules! widen {
        ($values:expr) => {
            present(slots, rows, column, $values, |slot, x| each(slot, i64::from(x)))
        };
    }
    match column.segment(rows.segment).values() {
        Values::I8(v) => widen!(v),
        Values::I16(v) => widen!(v),
        Values::I32(v) => widen!(v),
        Values::U8(v) => widen!(v),
        Values::U16(v) => widen!(v),
        _ => unreachable!("narrow terms are of integers of at most 32 bits"),
    }
}

/// Calls `each` with the slot and the value of every row that has one, of a column of
/// integers, times or decimals, whose values are unscaled.
pub fn exact_terms(
    slots: &[u32],
    rows: Rows<'_>,
    column: &Column,
    mut each: impl FnMut(u32, i128),
) {
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
        _ => unreachable!("exact terms are of integer and decimal columns"),
    }
}

/// Calls `each` with the slot and the value of every row that has one, of a float column.
pub fn float_terms(slots: &[u32], rows: Rows<'_>, column: &Column, mut each: impl FnMut(u32, f64)) {
    match column.segment(rows.segment).values() {
        Values::F64(v) => present(slots, rows, column, v, each),
        Values::F32(v) => present(slots, rows, column, v, |slot, x| each(slot, x.into())),
        _ => unreachable!("float terms are of float columns"),
    }
}

/// Calls `each` with the slot, the value and the operand's value of every row that has both,
/// as floats; without an operand, with the value twice.
pub fn pairs(
    slots: &[u32],
    rows: Rows<'_>,
    columns: Columns<'_>,
    mut each: impl FnMut(u32, f64, f64),
) {
    let values = nearest_floats(rows, columns.column);
    let operands = columns.operand.map(|operand| nearest_floats(rows, operand));
    let operands = operands.as_ref().unwrap_or(&values);
    let nulls = columns.nulls(rows.segment);
    for (i, (&slot, &offset)) in slots.iter().zip(rows.offsets).enumerate() {
        if !nulls.contains(offset) {
            each(slot, values[i], operands[i]);
        }
    }
}

/// The rows' values as the nearest floats; at null rows any.
fn nearest_floats(rows: Rows<'_>, column: &Column) -> Vec<f64> {
    macro_rules! convert {
        ($values:expr, $convert:expr) => {
            rows.offsets.iter().map(|&offset| $convert($values[offset as usize])).collect()
        };
    }
    match column.segment(rows.segment).values() {
        Values::I8(v) => convert!(v, f64::from),
        Values::I16(v) => convert!(v, f64::from),
        Values::I32(v) => convert!(v, f64::from),
        Values::I64(v) => convert!(v, |x| x as f64),
        Values::U8(v) => convert!(v, f64::from),
        Values::U16(v) => convert!(v, f64::from),
        Values::U32(v) => convert!(v, f64::from),
        Values::U64(v) => convert!(v, |x| x as f64),
        Values::F32(v) => convert!(v, f64::from),
        Values::F64(v) => convert!(v, |x| x),
        Values::I128(v) => {
            let unit = decimal_unit(column.data_type());
            convert!(v, |x| x as f64 / unit)
        }
        _ => unreachable!("numbers are of numeric columns"),
    }
}

/// What an unscaled decimal is divided by; of other types, 1.
pub fn decimal_unit(data_type: &DataType) -> f64 {
    match data_type {
        DataType::Decimal { scale, .. } => 10f64.powi((*scale).into()),
        _ => 1.0,
    }
}

/// A sum and the error of its rounding, which is itself a float (Knuth, The Art of Computer
/// Programming, volume 2, 4.2.2, theorem B).
#[inline]
pub fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// A product and the error of its rounding, for factors below 2⁹⁹⁰ whose product is not
/// tiny (Dekker, "A floating-point technique for extending the available precision",
/// Numerische Mathematik 18, 1971).
#[inline]
pub fn two_product(a: f64, b: f64) -> (f64, f64) {
    fn halves(x: f64) -> (f64, f64) {
        const SPLITTER: f64 = 134_217_729.0; // 2²⁷ + 1
        let scaled = SPLITTER * x;
        let high = scaled - (scaled - x);
        (high, x - high)
    }
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    let error = a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low);
    (product, error)
}

/// The sum of finite terms, rounded once at the end (Shewchuk, "Adaptive Precision
/// Floating-Point Arithmetic", Discrete & Computational Geometry 18, 1997).
#[derive(Debug, Default)]
pub struct Expansion(Vec<f64>);

impl Expansion {
    /// Adds a term.
    pub fn add(&mut self, term: f64) {
        let (mut rest, mut kept) = (term, 0);
        for i in 0..self.0.len() {
            let (sum, error) = two_sum(rest, self.0[i]);
            if error != 0.0 {
                self.0[kept] = error;
                kept += 1;
            }
            rest = sum;
        }
        self.0.truncate(kept);
        self.0.push(rest);
    }

    /// Adds a product.
    pub fn add_product(&mut self, a: f64, b: f64) {
        if a != 0.0 && b != 0.0 {
            let (product, error) = two_product(a, b);
            self.add(error);
            self.add(product);
        }
    }

    /// The sum.
    pub fn value(&self) -> f64 {
        self.0.iter().rev().sum::<f64>() + 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expansion_rounds_once() {
        let mut sum = Expansion::default();
        [1e100, 1.0, -1e100, 1e-30, 1e50, -1e50].into_iter().for_each(|x| sum.add(x));
        assert_eq!(sum.value(), 1.0);
        sum.add(-1.0);
        assert_eq!(sum.value(), 1e-30);
        let mut square = Expansion::default();
        square.add_product(1e9 + 1.0, 1e9 + 1.0);
        square.add(-1e18);
        assert_eq!(square.value(), 2e9 + 1.0);
    }
}
