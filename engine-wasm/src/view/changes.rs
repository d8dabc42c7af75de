//! What a tick does to the rows of one view.
//!
//! A change set says in which columns rows have other values. What that means to a view hangs
//! on what it reads: nothing, or the rows leave with their old values and come back with the
//! new ones, or only what is shown of them changes.

use super::plan::Plan;
use crate::aggregate::Retraction;
use crate::table::{ChangeSet, RowId, Table};
use std::ops::Range;

/// The mutable columns that a view reads.
#[derive(Debug)]
pub struct Reads {
    /// By their values rows have their places in the view.
    placed_by: Vec<usize>,
    /// Their values are shown, and no more.
    only_shown: Vec<usize>,
    /// Whether rows come and go with the clock.
    clock: bool,
}

impl Reads {
    /// What the view of a plan reads.
    pub fn new(plan: &Plan, table: &Table) -> Self {
        let mutable = |mut columns: Vec<usize>| {
            columns.retain(|&column| table.is_mutable(column));
            columns
        };
        Reads {
            placed_by: mutable(plan.placed_by()),
            only_shown: mutable(plan.only_shown()),
            clock: plan.filter.follows_clock(),
        }
    }

    /// Whether rows come and go with the clock, beside what changes in the table.
    pub fn follow_clock(&self) -> bool {
        self.clock
    }

    /// How rows leave the view.
    pub fn retraction(&self, table: &Table) -> Retraction {
        match self.placed_by.is_empty() && !self.clock {
            true => table.retraction(),
            false => Retraction::AnyOrder,
        }
    }

    /// Whether rows get other values and keep their places.
    pub fn change_in_place(&self) -> bool {
        !self.only_shown.is_empty()
    }

    /// The rows that leave with old values and come back with new ones, `crossing` a line
    /// among them; and those that have new values and keep their places. All are ascending.
    pub fn revised(&self, changes: &ChangeSet, crossing: Vec<RowId>) -> (Vec<RowId>, Vec<RowId>) {
        let rows_of = |columns: &[usize]| {
            let revised = changes.revised.iter().filter(|(column, _)| columns.contains(column));
            union(revised.map(|(_, rows)| rows.as_slice()))
        };
        let mut back = rows_of(&self.placed_by);
        if !crossing.is_empty() {
            back = union([back.as_slice(), &crossing].into_iter());
        }
        let mut in_place = rows_of(&self.only_shown);
        if !back.is_empty() {
            in_place.retain(|row| back.binary_search(row).is_err());
        }
        (back, in_place)
    }
}

/// All rows of several lists that are ascending.
fn union<'a>(mut lists: impl Iterator<Item = &'a [RowId]>) -> Vec<RowId> {
    let mut rows = lists.next().map_or(Vec::new(), <[RowId]>::to_vec);
    let first = rows.len();
    lists.for_each(|list| rows.extend_from_slice(list));
    if rows.len() > first {
        rows.sort_unstable();
        rows.dedup();
    }
    rows
}

/// What changes in a view. A row is in one of the lists at most; all are ascending.
#[derive(Debug)]
pub struct RowChanges<'a> {
    /// Whether all rows left before any other came; then only `added` are there.
    pub cleared: bool,
    /// Rows that left.
    pub removed: &'a [RowId],
    /// Rows that leave as they were and come back as they are now.
    pub back: &'a [RowId],
    /// Rows of which only what is shown is another.
    pub in_place: &'a [RowId],
    /// Rows that came, behind all others.
    pub added: Range<RowId>,
}

impl RowChanges<'_> {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        let gone = self.removed.is_empty() && self.back.is_empty() && self.in_place.is_empty();
        gone && self.added.is_empty() && !self.cleared
    }
}
