//! What a write did to a table: the change set from which views are maintained.

use super::column::{RowId, offset_of, segment_of};
use std::ops::Range;

/// The rows that came and went since the last tick. A row that came and went in between
/// is in neither set.
///
/// Removed rows stay readable until every view has seen the change set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// Rows taken out, oldest first; taken out before the others come.
    pub removed: Vec<RowId>,
    /// Rows put in, oldest first; of a keyed table, without those that
    /// [are gone again](super::Table::places).
    pub added: Range<RowId>,
    /// Whether the table was emptied on the way, be it for a moment.
    pub cleared: bool,
    /// Of each column in which rows that stay have other values than before, its number and
    /// these rows, oldest first. Where it matters they are taken out with their old values
    /// and put in again with the new ones, behind those removed and before those added.
    pub revised: Vec<(usize, Vec<RowId>)>,
}

impl ChangeSet {
    /// Whether no rows came or went.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }
}

/// The rows of each segment among `rows`, which are ascending: the segment's number, and
/// their places in it into `offsets`.
pub fn for_each_segment(rows: &[RowId], offsets: &mut Vec<u32>, mut each: impl FnMut(u64, &[u32])) {
    for part in rows.chunk_by(|&a, &b| segment_of(a) == segment_of(b)) {
        offsets.clear();
        offsets.extend(part.iter().map(|&row| offset_of(row) as u32));
        #[cfg(test)]
        super::ROW_READS.with(|reads| reads.set(reads.get() + part.len() as u64));
        each(segment_of(part[0]), offsets);
    }
}
