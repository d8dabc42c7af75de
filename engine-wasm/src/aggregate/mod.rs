//! Aggregates: state in columns indexed by slot, kept up as rows come and go.
//!
//! A *slot* is whatever a view aggregates into: a group, or a cell of a pivot. A view hands
//! each [`Accumulator`] the slots and the rows of a chunk, and typed loops do the rest; no
//! aggregate ever reads a row that did not change.
//!
//! | family | file | on append | on retraction |
//! |---|---|---|---|
//! | sums, means, products, variances, weights | `sum`, `product`, `moments`, `growing_moments`, `weighted`, `net` | O(1) a row | O(1) a row: they are invertible |
//! | and, or | `flags` | O(1) a row | O(1) a row |
//! | min, max, and the rows at an end of another column's order | `extreme` | O(1) a row, amortised | the same, while rows leave in the order they came; else O(log n) |
//! | first, last | `ends` | O(1) a row | the same |
//! | high, low | `water_mark` | O(1) a row | nothing |
//! | distinct count, unique, dominant, join | `counted` | O(1) a row | O(1) a row |
//! | median, quantiles | `quantile` | O(1) a row, and O(log n) for it when next looked at | the same |
//! | approximations | `approx_distinct`, `sketch` | O(1) a row; O(log n) of the buckets | exact counts; O(log n) of the buckets |
//!
//! `count` has no state of its own: each slot counts its rows anyway. Which aggregate is
//! read from which state is in `state`; names and types are in `catalog`.

mod approx_distinct;
mod bag;
mod catalog;
mod counted;
mod ends;
mod extreme;
mod flags;
mod growing_moments;
mod key;
mod moments;
mod net;
mod number;
mod product;
mod quantile;
mod sketch;
mod state;
mod sum;
mod water_mark;
mod weighted;

pub use catalog::{Aggregate, Argument, Fraction};
pub(crate) use moments::{ExactMoments, FloatMoments, PowerSums, variance};
pub(crate) use number::decimal_unit;
pub(crate) use state::difference;
pub use state::{State, percentage};
pub(crate) use sum::{ExactSum, FloatSum, Sum, result_type as sum_type};

use crate::scalar::Scalar;
use crate::table::{Column, Nulls, Renumbering, RowId, first_row_of};
use std::collections::VecDeque;
use std::ops::Range;

/// The rows of a chunk: places in one segment, ascending.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The segment's number.
    pub segment: u64,
    /// Places in the segment.
    pub offsets: &'a [u32],
}

impl Rows<'_> {
    /// The id of the row at `offset`.
    pub fn id(&self, offset: u32) -> RowId {
        first_row_of(self.segment) + RowId::from(offset)
    }

    /// The places, where none is left out between the first and the last.
    pub fn dense(&self) -> Option<Range<usize>> {
        let (&first, &last) = (self.offsets.first()?, self.offsets.last()?);
        let places = first as usize..last as usize + 1;
        (places.len() == self.offsets.len()).then_some(places)
    }
}

/// What an aggregate reads.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// The column that is aggregated.
    pub column: &'a Column,
    /// What it is weighted or ordered by, of the aggregates that have such a column.
    pub operand: Option<&'a Column>,
}

impl<'a> Columns<'a> {
    /// The operand as if it were what is aggregated.
    fn operand_alone(self) -> Self {
        Columns { column: self.operand.unwrap_or(self.column), operand: None }
    }

    /// Where there is no value to aggregate, or nothing to weight or order it by.
    fn nulls(self, segment: u64) -> RowNulls<'a> {
        RowNulls {
            column: self.column.segment(segment).nulls(),
            operand: self.operand.map(|operand| operand.segment(segment).nulls()),
        }
    }
}

/// The nulls of a segment of both columns.
#[derive(Debug, Clone, Copy)]
struct RowNulls<'a> {
    column: &'a Nulls,
    operand: Option<&'a Nulls>,
}

impl RowNulls<'_> {
    fn contains(self, offset: u32) -> bool {
        self.column.contains(offset as usize)
            || self.operand.is_some_and(|operand| operand.contains(offset as usize))
    }
}

/// Whether rows leave the table that is aggregated, which decides what must be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retraction {
    /// Rows only come.
    Never,
    /// Rows leave in the order in which they came.
    FirstInFirstOut,
    /// Any row may leave at any time.
    AnyOrder,
}

/// State of one column, or of a column and its operand, for all slots.
///
/// `slots` and `rows.offsets` are of one length and belong together pairwise. Rows are
/// retracted only as the accumulator was built for, see [`Retraction`].
pub trait Accumulator: std::fmt::Debug {
    /// Makes room for `slots` slots; new ones are empty.
    fn resize(&mut self, slots: usize);
    /// Takes rows in.
    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>);
    /// Takes rows in where all slots are one, which is nearer at hand so.
    fn add_to_one(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.add(slots, rows, columns);
    }
    /// Whether slots can [`merge`](Accumulator::merge).
    fn merges(&self) -> bool {
        false
    }
    /// Takes into each slot of `into` what the one beside it in `from` took in, which keeps it.
    /// No slot is beside itself.
    fn merge(&mut self, _into: &[u32], _from: &[u32], _columns: Columns<'_>) {
        unreachable!("slots merge only where they can")
    }
    /// Takes rows out again.
    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>);
    /// Empties a slot that will be used for something else.
    fn reset(&mut self, slot: u32);
    /// Takes over the new ids of rows, where it keeps ids.
    fn renumber(&mut self, _rows: &Renumbering) {}
    /// The value of an aggregate that is read from this state, null where there is none.
    fn value(&self, slot: u32, aggregate: Aggregate, columns: Columns<'_>) -> Scalar;
    /// What the row is ordered by of which [`value`](Accumulator::value) is the value.
    fn ordered_by(&self, _slot: u32, _columns: Columns<'_>) -> Scalar {
        Scalar::Null
    }
    /// The value of an aggregate that makes texts, none where it is null.
    fn text(&self, _slot: u32, _columns: Columns<'_>) -> Option<String> {
        None
    }
    /// Bytes held.
    fn memory(&self) -> usize;
}

/// Calls `merge` for each slot of `into` and the one beside it in `from`.
fn merge_each<S>(states: &mut [S], into: &[u32], from: &[u32], merge: impl Fn(&mut S, &S)) {
    for (&into, &from) in into.iter().zip(from) {
        if let Ok([into, from]) = states.get_disjoint_mut([into as usize, from as usize]) {
            merge(into, from);
        }
    }
}

/// Bytes held by a vector.
fn bytes<T>(v: &Vec<T>) -> usize {
    v.capacity() * size_of::<T>()
}

/// Bytes held by queues.
fn bytes_of_queues<T>(queues: &Vec<VecDeque<T>>) -> usize {
    let within = queues.iter().map(|queue| queue.capacity() * size_of::<T>());
    bytes(queues) + within.sum::<usize>()
}
