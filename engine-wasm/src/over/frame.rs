//! What the frames of all kinds share: what is read of rows, what is edited in a partition,
//! and how states take rows in.

use super::order::{Inputs, Ordered};
use super::sequence::{Cursor, Sequence};
use super::smoothed::Fading;
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::RowId;
use std::fmt::Debug;

/// What a frame reads.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The columns.
    pub inputs: &'a dyn Inputs,
    /// The order of rows.
    pub order: Ordered<'a>,
    /// The input that is aggregated, if any.
    pub column: Option<usize>,
    /// Its type.
    pub data_type: &'a DataType,
    /// The type of the column by which rows are ordered, if any.
    pub order_type: Option<&'a DataType>,
}

impl Reading<'_> {
    /// The value that is aggregated of a row.
    pub fn value(&self, row: RowId) -> Scalar {
        self.column.map_or(Scalar::Null, |column| self.inputs.after(column, row))
    }
}

/// What was added up of rows in their order.
pub trait State: Default + Debug {
    /// What is taken of a row.
    type Term: Copy;
    /// The term of a row; none where it has none.
    fn term(reading: &Reading<'_>, row: RowId) -> Option<Self::Term>;
    /// Takes in the term of the row behind all that were taken in.
    fn push(&mut self, term: Option<Self::Term>, window: &Window<'_>);
}

/// The state of a frame whose first rows leave.
pub trait Rolling: State {
    /// Takes out the term of the first of the rows that are in it.
    fn pop(&mut self, term: Option<Self::Term>);
    /// The value of row `row`, the last one of the frame, whose first one is `first`.
    fn value(&self, window: &Window<'_>, first: RowId, row: RowId) -> Scalar;
}

/// The state of a frame that begins where the partition does. It is small.
pub trait Running: State + Clone {
    /// The value of the last row that was taken in.
    fn value(&self, window: &Window<'_>) -> Scalar;
    /// Whether whatever is taken in next makes the same values of both.
    fn agrees(&self, other: &Self) -> bool;
}

/// What a state may ask about.
#[derive(Clone, Copy)]
pub struct Window<'a> {
    /// What is read.
    pub reading: &'a Reading<'a>,
    /// What is computed.
    pub function: super::Function,
    /// How values lose weight, of functions in which they do.
    pub fading: Fading,
}

/// A place in a partition from which on values change.
#[derive(Debug, Clone, Copy)]
pub struct Edit {
    /// Where the row is, or the one behind it where it left.
    pub at: Cursor,
    /// What the row is, or was, ordered by.
    pub key: GroupKey,
}

/// What changed in a partition, all of it ascending.
#[derive(Debug, Default)]
pub struct Edits {
    /// Rows that left, rows that came before others, and rows of which a value changed.
    pub middle: Vec<Edit>,
    /// From where on all rows are new.
    pub appended: Option<Cursor>,
}

/// How the values of a partition's rows are computed.
pub trait Frame: Debug {
    /// What is remembered before each block of rows.
    type Before: Debug;
    /// What is remembered of the last row, so that others can be appended.
    type Tail: Debug;

    /// Computes anew what `edits` change. `tail` is of the last row that is not
    /// [appended](Edits::appended); where that row left, it is none.
    fn renew(
        &self,
        rows: &mut Sequence<Self::Before>,
        tail: &mut Option<Self::Tail>,
        edits: &Edits,
        window: &Window<'_>,
        out: &mut dyn FnMut(RowId, Scalar),
    );
}
