//! What a write did to a table: the change set from which views are maintained.

use super::column::RowId;
use std::ops::Range;

/// The rows that came and went since the last tick. A row that came and went in between
/// is in neither set.
///
/// Removed rows stay readable until every view has seen the change set. Tables that
/// update rows in place will say so here too, with the old values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// Rows taken out, oldest first; taken out before the others come.
    pub removed: Range<RowId>,
    /// Rows put in, oldest first.
    pub added: Range<RowId>,
    /// Whether the table was emptied on the way, be it for a moment.
    pub cleared: bool,
}

impl ChangeSet {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }
}
