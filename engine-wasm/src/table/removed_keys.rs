//! The keys that are not in a keyed table any more.

use super::column::RowId;
use super::{ChangeSet, Table};

impl Table {
    /// The rows of `changes`, the table's own, whose keys no row has now. Their values are
    /// there until the changes are [reclaimed](Table::reclaim). None in a table without keys.
    pub fn without_successor(&self, changes: &ChangeSet) -> Vec<RowId> {
        let Some(keys) = &self.keys else { return Vec::new() };
        let has_successor = |row: RowId| {
            let key = keys.key_of(row, &self.columns);
            keys.get(&key, &self.columns, self.live.end).is_some()
        };
        let mut left = changes.removed.clone();
        if changes.cleared {
            // All that there were, those too that left before the rest did.
            left.extend(self.seen.clone().filter(|&row| !self.holes.contains(row)));
            left.extend(self.gone.iter().copied().filter(|&row| row < self.seen.end));
            left.sort_unstable();
        }
        left.retain(|&row| !has_successor(row));
        left
    }
}
