//! Values of a batch of rows while an expression is evaluated.
//!
//! Column types have fifteen widths; here there are five, so that each kernel is compiled
//! five times at most. Integers, dates and timestamps are `i64`, unsigned 64-bit integers
//! and decimals `i128`, and text is a code into the distinct texts of the batch, so that
//! what is computed of text is computed once for each distinct one.

use crate::schema::DataType;
use crate::table::Nulls;
use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

/// Of what kind the values of a type are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Bool,
    Int,
    Float,
    Decimal,
    Text,
}

impl Class {
    pub fn of(data_type: &DataType) -> Self {
        use DataType::*;
        match data_type {
            Boolean => Class::Bool,
            Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | Date | Timestamp { .. } => {
                Class::Int
            }
            UInt64 | Decimal { .. } => Class::Decimal,
            Float32 | Float64 => Class::Float,
            String => Class::Text,
        }
    }
}

/// One value, of a constant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Decimal(i128),
    Text(Rc<str>),
}

/// Values that several vectors may share: those of a column, or computed ones.
#[derive(Debug)]
pub(super) enum Buffer<'a, T> {
    Column(&'a [T]),
    Owned(Rc<Vec<T>>),
}

impl<T> Clone for Buffer<'_, T> {
    fn clone(&self) -> Self {
        match self {
            Buffer::Column(values) => Buffer::Column(values),
            Buffer::Owned(values) => Buffer::Owned(Rc::clone(values)),
        }
    }
}

impl<T> Deref for Buffer<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Buffer::Column(values) => values,
            Buffer::Owned(values) => values,
        }
    }
}

impl<T> From<Vec<T>> for Buffer<'_, T> {
    fn from(values: Vec<T>) -> Self {
        Buffer::Owned(Rc::new(values))
    }
}

/// Texts: a code a row into texts, which may be equal to one another.
#[derive(Debug, Clone)]
pub(super) struct Texts<'a> {
    /// At null rows any number.
    pub codes: Rc<Vec<u32>>,
    pub pool: Rc<Vec<Cow<'a, str>>>,
}

impl<'a> Texts<'a> {
    pub fn constant(text: impl Into<Cow<'a, str>>) -> Self {
        Texts { codes: Rc::new(vec![0]), pool: Rc::new(vec![text.into()]) }
    }

    /// The text of a row that is not null.
    pub fn get(&self, row: usize) -> &str {
        &self.pool[self.codes[row] as usize]
    }
}

/// The values, by kind.
#[derive(Debug, Clone)]
pub(super) enum Data<'a> {
    Bool(Buffer<'a, bool>),
    Int(Buffer<'a, i64>),
    Float(Buffer<'a, f64>),
    Decimal(Buffer<'a, i128>),
    Text(Texts<'a>),
}

/// Values of a batch, or one value that all its rows have.
#[derive(Debug, Clone)]
pub(super) struct Vector<'a> {
    pub data: Data<'a>,
    /// The rows without a value.
    pub nulls: Mask,
    /// Whether the one value is that of every row.
    pub constant: bool,
}

impl<'a> Vector<'a> {
    pub fn new(data: Data<'a>, nulls: Mask, constant: bool) -> Self {
        Vector { data, nulls, constant }
    }

    pub fn constant(value: &Value, class: Class) -> Self {
        let data = match (value, class) {
            (Value::Bool(x), _) => Data::Bool(vec![*x].into()),
            (Value::Int(x), _) => Data::Int(vec![*x].into()),
            (Value::Float(x), _) => Data::Float(vec![*x].into()),
            (Value::Decimal(x), _) => Data::Decimal(vec![*x].into()),
            (Value::Text(x), _) => Data::Text(Texts::constant(x.to_string())),
            (Value::Null, class) => return Vector::null(class),
        };
        Vector { data, nulls: Mask::default(), constant: true }
    }

    /// Null in every row.
    pub fn null(class: Class) -> Self {
        let data = match class {
            Class::Bool => Data::Bool(vec![false].into()),
            Class::Int => Data::Int(vec![0].into()),
            Class::Float => Data::Float(vec![0.0].into()),
            Class::Decimal => Data::Decimal(vec![0].into()),
            Class::Text => Data::Text(Texts::constant("")),
        };
        let mut nulls = Mask::default();
        nulls.set(0);
        Vector { data, nulls, constant: true }
    }

    /// Whether every row is null because the one value is.
    pub fn is_null(&self) -> bool {
        self.constant && self.nulls.contains(0)
    }

    /// The number of rows of the batch, of vectors computed from vectors of these lengths.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::Bool(v) => v.len(),
            Data::Int(v) => v.len(),
            Data::Float(v) => v.len(),
            Data::Decimal(v) => v.len(),
            Data::Text(v) => v.codes.len(),
        }
    }

    /// The value of `row`.
    pub fn value(&self, row: usize) -> Value {
        let row = if self.constant { 0 } else { row };
        if self.nulls.contains(row) {
            return Value::Null;
        }
        match &self.data {
            Data::Bool(v) => Value::Bool(v[row]),
            Data::Int(v) => Value::Int(v[row]),
            Data::Float(v) => Value::Float(v[row]),
            Data::Decimal(v) => Value::Decimal(v[row]),
            Data::Text(v) => Value::Text(v.get(row).into()),
        }
    }

    pub fn bools(&self) -> &Buffer<'a, bool> {
        let Data::Bool(values) = &self.data else { unreachable!("checked to be boolean") };
        values
    }

    pub fn ints(&self) -> &Buffer<'a, i64> {
        let Data::Int(values) = &self.data else { unreachable!("checked to be an integer") };
        values
    }

    pub fn floats(&self) -> &Buffer<'a, f64> {
        let Data::Float(values) = &self.data else { unreachable!("checked to be a float") };
        values
    }

    pub fn decimals(&self) -> &Buffer<'a, i128> {
        let Data::Decimal(values) = &self.data else { unreachable!("checked to be a decimal") };
        values
    }

    pub fn texts(&self) -> &Texts<'a> {
        let Data::Text(values) = &self.data else { unreachable!("checked to be a text") };
        values
    }
}

/// A set of rows, a bit each; empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mask(Vec<u64>);

impl Mask {
    /// The rows of `nulls` from `start` on, `count` of them.
    pub fn slice(nulls: &Nulls, start: usize, count: usize) -> Self {
        let from = nulls.words().get(start / 64..).unwrap_or_default();
        let shift = start % 64;
        let words = count.div_ceil(64).min(from.len());
        let mut out: Vec<u64> = (0..words)
            .map(|i| match shift {
                0 => from[i],
                _ => from[i] >> shift | from.get(i + 1).copied().unwrap_or(0) << (64 - shift),
            })
            .collect();
        // Of the last word only as many bits as there are rows; none where it is full.
        if let Some(last) = out.get_mut(count / 64) {
            *last &= (1 << (count % 64)) - 1;
        }
        Mask(out).trimmed()
    }

    /// The rows of which `test` holds.
    pub fn from_fn(rows: usize, mut test: impl FnMut(usize) -> bool) -> Self {
        let word = |first: usize| {
            let bits = first..rows.min(first + 64);
            bits.map(|row| u64::from(test(row)) << (row - first)).fold(0, |a, b| a | b)
        };
        Mask((0..rows).step_by(64).map(word).collect()).trimmed()
    }

    /// The first `rows` rows, all of them.
    pub fn all(rows: usize) -> Self {
        Mask::from_fn(rows, |_| true)
    }

    fn trimmed(self) -> Self {
        if self.0.iter().all(|word| *word == 0) { Mask::default() } else { self }
    }

    pub fn set(&mut self, row: usize) {
        if self.0.len() <= row / 64 {
            self.0.resize(row / 64 + 1, 0);
        }
        self.0[row / 64] |= 1 << (row % 64);
    }

    pub fn contains(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Whether there is no row in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows of either.
    #[must_use]
    pub fn union(mut self, other: &Mask) -> Mask {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
        self
    }
}

/// The null rows of what is null where any of `vectors` is.
pub(super) fn nulls_of(vectors: &[&Vector]) -> Mask {
    let constant = vectors.iter().all(|v| v.constant);
    let rows = rows_of(vectors);
    let mut out = Mask::default();
    for vector in vectors.iter().filter(|v| !v.nulls.is_empty()) {
        if vector.constant && !constant {
            return Mask::all(rows);
        }
        out = out.union(&vector.nulls);
    }
    out
}

/// The number of rows of what is computed of `vectors`.
pub(super) fn rows_of(vectors: &[&Vector]) -> usize {
    vectors.iter().find(|v| !v.constant).map_or(1, |v| v.len())
}

/// One side of an operator: a value a row, or one for all.
pub(super) enum Side<'v, T> {
    Rows(&'v [T]),
    One(T),
}

impl<'v, T: Copy> Side<'v, T> {
    pub fn new(values: &'v [T], constant: bool) -> Self {
        if constant { Side::One(values[0]) } else { Side::Rows(values) }
    }

    fn get(&self, row: usize) -> T {
        match self {
            Side::Rows(values) => values[row],
            Side::One(value) => *value,
        }
    }
}

/// `f` of each two.
#[inline]
pub(super) fn zip<A: Copy, B: Copy, R>(a: &Side<A>, b: &Side<B>, f: impl Fn(A, B) -> R) -> Vec<R> {
    match (a, b) {
        (Side::Rows(a), Side::Rows(b)) => a.iter().zip(*b).map(|(a, b)| f(*a, *b)).collect(),
        (Side::Rows(a), Side::One(b)) => a.iter().map(|a| f(*a, *b)).collect(),
        (Side::One(a), Side::Rows(b)) => b.iter().map(|b| f(*a, *b)).collect(),
        (Side::One(a), Side::One(b)) => vec![f(*a, *b)],
    }
}

/// The same in one loop for all forms of sides: a third of the code, for what is rarely used
/// or costs more than the loop.
#[inline]
pub(super) fn zip_rare<A: Copy, B: Copy, R>(
    a: &Side<A>,
    b: &Side<B>,
    f: impl Fn(A, B) -> R,
) -> Vec<R> {
    let rows = match (a, b) {
        (Side::Rows(a), _) => a.len(),
        (_, Side::Rows(b)) => b.len(),
        _ => 1,
    };
    (0..rows).map(|row| f(a.get(row), b.get(row))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(200))]

        #[test]
        fn a_slice_of_nulls_is_that_part(
            set in proptest::collection::btree_set(0usize..300, 0..20),
            start in 0usize..200,
            count in 0usize..200,
        ) {
            let mut nulls = Nulls::default();
            set.iter().for_each(|place| nulls.set(*place));
            let mask = Mask::slice(&nulls, start, count);
            for row in 0..400 {
                let expected = row < count && set.contains(&(start + row));
                prop_assert_eq!(mask.contains(row), expected, "row {}", row);
            }
        }
    }
}
