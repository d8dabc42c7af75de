//! Which row of a keyed table has a key.

use super::column::{Column, Incoming, RowId, complete};
use super::renumbering::Renumbering;
use crate::keys::GroupKey;
use hashbrown::HashTable;

/// The rows of a table by the values of its key columns.
///
/// Values are the same as they are one group: null is a value, all NaN are one, −0 is 0.
#[derive(Debug)]
pub(super) struct KeyIndex {
    /// The numbers of the key columns.
    columns: Vec<usize>,
    rows: HashTable<Entry>,
}

/// Half a hash, by which the table of hashes grows without a look at the columns, and the
/// low half of the row's id: no table holds 2³² rows.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u32,
    row: u32,
}

/// A key as it is looked up: a value for each key column.
pub(super) type Key = [GroupKey];

fn hash(key: &Key) -> u32 {
    let mix = |hash: u64, part: &GroupKey| {
        (hash.rotate_left(23) ^ part.folded()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    };
    (key.iter().fold(0, mix) >> 32) as u32
}

/// Half a hash on all the bits that the table of hashes looks at.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl KeyIndex {
    /// No rows, by these columns.
    pub(super) fn new(columns: Vec<usize>) -> Self {
        KeyIndex { columns, rows: HashTable::new() }
    }

    /// The numbers of the key columns.
    pub(super) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The keys of a batch: of each row a value for each key column, row after row.
    pub(super) fn keys(&self, batch: &[Incoming], rows: usize) -> Vec<GroupKey> {
        let width = self.columns.len();
        let mut keys = vec![GroupKey::NULL; rows * width];
        for (place, &number) in self.columns.iter().enumerate() {
            let column = &batch[number];
            for row in 0..rows {
                keys[row * width + place] = GroupKey::of(column.scalar(row));
            }
        }
        keys
    }

    /// The row with that key, in a table whose rows end before `end`.
    pub(super) fn get(&self, key: &Key, columns: &[Column], end: RowId) -> Option<RowId> {
        let hash = hash(key);
        let found = self.rows.find(spread(hash), |entry| {
            entry.hash == hash && self.has_key(complete(entry.row, end), key, columns)
        });
        found.map(|entry| complete(entry.row, end))
    }

    fn has_key(&self, row: RowId, key: &Key, columns: &[Column]) -> bool {
        let parts = self.columns.iter().map(|&number| GroupKey::of(columns[number].scalar(row)));
        parts.eq(key.iter().copied())
    }

    /// Says that a key is `new`'s from now on, `old`'s until now.
    pub(super) fn set(&mut self, key: &Key, old: Option<RowId>, new: RowId) {
        let hash = hash(key);
        if let Some(old) = old {
            let entry = self.rows.find_mut(spread(hash), |entry| entry.row == old as u32);
            if let Some(entry) = entry {
                entry.row = new as u32;
                return;
            }
        }
        let entry = Entry { hash, row: new as u32 };
        self.rows.insert_unique(spread(hash), entry, |entry| spread(entry.hash));
    }

    /// The key of `row`, whose values are still there.
    pub(super) fn key_of(&self, row: RowId, columns: &[Column]) -> Vec<GroupKey> {
        self.columns.iter().map(|&number| GroupKey::of(columns[number].scalar(row))).collect()
    }

    /// Gives up the key of `row`, whose values are still there.
    pub(super) fn remove(&mut self, row: RowId, columns: &[Column]) {
        let hash = hash(&self.key_of(row, columns));
        let entry = self.rows.find_entry(spread(hash), |entry| entry.row == row as u32);
        debug_assert!(entry.is_ok(), "a row that is there has its key in the index");
        if let Ok(entry) = entry {
            entry.remove();
        }
    }

    /// Gives up all keys.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
    }

    /// Takes over the new ids of rows, in a table whose rows ended before `end`.
    pub(super) fn renumber(&mut self, rows: &Renumbering, end: RowId) {
        for entry in &mut self.rows {
            let new = rows.get(complete(entry.row, end));
            debug_assert!(new.is_some(), "a row that has a key is there");
            entry.row = new.unwrap_or_default() as u32;
        }
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.rows.capacity() * (size_of::<Entry>() + 1)
    }
}
