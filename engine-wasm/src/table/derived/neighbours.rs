//! Columns whose values hang on other rows than their own, such as window functions.

use super::super::column::{Column, Incoming, RowId};
use super::super::holes::Holes;
use super::super::key_index::KeyIndex;
use super::super::renumbering::Renumbering;
use super::Derived;
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::table::Interner;
use std::fmt::Debug;
use std::ops::Range;

/// Computes the values of a column from those of several rows.
///
/// It keeps what it needs of the rows, is told once in a tick what changed, and answers with
/// the rows that have other values now. Its first tick, when it is made, has all rows as
/// added.
pub(crate) trait Neighbours: Debug {
    /// Takes in what changed. `strings` takes the texts of a column of type string, interned
    /// without a reference.
    fn revise(&mut self, tick: &Tick<'_>, strings: Option<&mut Interner>) -> Revision;
    /// Takes over the new ids of rows, after a tick.
    fn renumber(&mut self, rows: &Renumbering);
    /// Codes of an input, by its place among the inputs, may come to mean other strings:
    /// no row that is left has them.
    fn forget_codes(&mut self, _input: usize, _codes: &[u32]) {}
    /// Bytes held.
    fn memory(&self) -> usize;
}

/// Other values of rows.
#[derive(Debug)]
pub(crate) struct Revision {
    /// Rows that were there before, ascending: all that may have other values now.
    pub rows: Vec<RowId>,
    /// A value for each of `rows`.
    pub values: Incoming,
    /// A value for each of the [added](Tick::added) rows.
    pub added: Incoming,
}

/// What happened to the rows of a table since the last tick, and the columns that are read.
#[derive(Clone, Copy)]
pub(crate) struct Tick<'a> {
    /// Whether all rows left, before any of `added` came; then the two others are empty.
    pub cleared: bool,
    /// Rows that left, ascending.
    pub removed: &'a [RowId],
    /// Rows that stay, ascending, of which an input has another value.
    pub changed: &'a [RowId],
    /// Rows that came, ascending, behind all others.
    pub added: &'a [RowId],
    /// The number of each input.
    pub(super) inputs: &'a [usize],
    /// How many columns are the table's own.
    pub(super) own: usize,
    /// The rows of a keyed table by their keys, as they are now.
    pub(super) keys: Option<&'a KeyIndex>,
    /// The rows that are there now, but for the holes.
    pub(super) live: &'a Range<RowId>,
    pub(super) holes: &'a Holes,
    /// The columns before this one.
    pub(super) columns: &'a [Column],
    /// Those of them that are computed, with the values that will be written over theirs.
    pub(super) derived: &'a [Option<Derived>],
}

impl Tick<'_> {
    /// The value of an input, by its place among them, before the tick: of a row that left,
    /// or was there.
    pub fn old_value(&self, input: usize, row: RowId) -> Scalar {
        self.columns[self.inputs[input]].scalar(row)
    }

    /// The value of an input in a row that is there now.
    pub fn value(&self, input: usize, row: RowId) -> Scalar {
        let number = self.inputs[input];
        let derived = number.checked_sub(self.own).and_then(|place| self.derived[place].as_ref());
        let staged = derived.and_then(|derived| derived.staged.get(row));
        staged.unwrap_or_else(|| self.columns[number].scalar(row))
    }

    /// The row that has a key now: a value for each key column, as these have them.
    pub fn row_of(&self, key: &[GroupKey]) -> Option<RowId> {
        self.keys?.get(key, self.columns, self.live.end)
    }

    /// Whether rows have keys.
    pub fn is_keyed(&self) -> bool {
        self.keys.is_some()
    }

    /// The row that has that number in an input whose values are integers that ascend with the
    /// rows and never change.
    pub fn row_numbered(&self, number: i64, input: usize) -> Option<RowId> {
        let value = |row: RowId| match self.old_value(input, row) {
            Scalar::Int(number) => number,
            _ => unreachable!("each row has a number"),
        };
        let (first, last) = (self.live.start, self.live.end.checked_sub(1)?);
        if first > last || !(value(first)..=value(last)).contains(&number) {
            return None;
        }
        // Mostly numbers ascend by one, and both bounds are the row.
        let mut low = first.max(last.saturating_sub(value(last).abs_diff(number)));
        let mut high = last.min(first + value(first).abs_diff(number));
        while low < high {
            let middle = low + (high - low) / 2;
            match value(middle) < number {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        (value(low) == number && !self.holes.contains(low)).then_some(low)
    }

    /// An input's column: its type, and the strings behind its codes. Its values are those
    /// from before the tick.
    pub fn column(&self, input: usize) -> &Column {
        &self.columns[self.inputs[input]]
    }
}
