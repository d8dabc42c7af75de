//! Aggregates: state in columns indexed by slot, kept up as rows come and go.
//!
//! A *slot* is whatever a view aggregates into: a group, or a cell of a pivot. A view hands
//! each [`Accumulator`] the slots and the rows of a chunk, and typed loops do the rest; no
//! aggregate ever reads a row that did not change.
//!
//! | family | file | on append | on retraction |
//! |---|---|---|---|
//! | sum, mean | `sum` | O(1) a row | O(1) a row: sums are invertible |
//! | min, max | `extreme` | O(1) a row, amortised | the same, while rows leave in the order they came; else O(log n) |
//! | first, last | `ends` | O(1) a row | the same |
//!
//! `count` has no state of its own: each slot counts its rows anyway.

mod bag;
mod ends;
mod extreme;
mod key;
mod sum;

use crate::error::{Error, Kind, Result};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Column, Nulls, Renumbering, RowId, first_row_of};
use std::collections::VecDeque;

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

/// The state of one aggregate of one column, for all slots.
///
/// `slots` and `rows.offsets` are of one length and belong together pairwise. Rows are
/// retracted only as the accumulator was built for, see [`Retraction`].
pub trait Accumulator: std::fmt::Debug {
    /// Makes room for `slots` slots; new ones are empty.
    fn resize(&mut self, slots: usize);
    /// Takes rows in.
    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>);
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
    /// Bytes held.
    fn memory(&self) -> usize;
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

/// The name of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// The number of rows, nulls too.
    Count,
    /// The sum of the values.
    Sum,
    /// The mean of the values.
    Mean,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The first value that came.
    First,
    /// The last value that came.
    Last,
}

impl Aggregate {
    const NAMES: [(&'static str, Aggregate); 8] = [
        ("count", Aggregate::Count),
        ("sum", Aggregate::Sum),
        ("mean", Aggregate::Mean),
        ("avg", Aggregate::Mean),
        ("min", Aggregate::Min),
        ("max", Aggregate::Max),
        ("first", Aggregate::First),
        ("last", Aggregate::Last),
    ];

    /// The aggregate of that name.
    ///
    /// # Errors
    /// Where there is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self> {
        match Self::NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, aggregate)) => Ok(*aggregate),
            None => {
                let names = Self::NAMES.iter().map(|(known, _)| *known);
                Err(Error::unknown(Kind::InvalidConfig, "aggregate", name, names))
            }
        }
    }

    /// The name in a view config.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, a)| *a == self).map_or("", |(name, _)| name)
    }

    /// What a column is aggregated by where the config says nothing: `sum` for numbers,
    /// `count` for the rest.
    pub fn default_for(data_type: &DataType) -> Self {
        if data_type.is_numeric() { Aggregate::Sum } else { Aggregate::Count }
    }

    /// The type of the results over a column of `data_type`.
    ///
    /// # Errors
    /// Where the aggregate does not apply to that type.
    pub fn result_type(self, data_type: &DataType) -> Result<DataType> {
        match self {
            Aggregate::Count => Ok(DataType::Int64),
            Aggregate::Min | Aggregate::Max | Aggregate::First | Aggregate::Last => {
                Ok(data_type.clone())
            }
            Aggregate::Sum | Aggregate::Mean if !data_type.is_numeric() => Err(Error::new(
                Kind::TypeMismatch,
                format!(
                    "\"{}\" does not apply to a {} column",
                    self.name(),
                    data_type.kind().name()
                ),
            )
            .expected("one of: count, min, max, first, last")),
            Aggregate::Sum => Ok(sum::result_type(data_type)),
            Aggregate::Mean => Ok(DataType::Float64),
        }
    }

    /// Empty state for this aggregate over a column of `data_type`; none for `count`.
    pub fn accumulator(
        self,
        data_type: &DataType,
        retraction: Retraction,
    ) -> Option<Box<dyn Accumulator>> {
        Some(match self {
            Aggregate::Count => return None,
            Aggregate::Sum => sum::sum(data_type),
            Aggregate::Mean => sum::mean(data_type),
            Aggregate::Min => extreme::of_values(data_type, extreme::End::Least, retraction),
            Aggregate::Max => extreme::of_values(data_type, extreme::End::Greatest, retraction),
            Aggregate::First => ends::first(retraction),
            Aggregate::Last => ends::last(retraction),
        })
    }
}
