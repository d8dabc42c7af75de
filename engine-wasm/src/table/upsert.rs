//! Writes to a keyed table: rows take the places of those with their keys.

use super::column::{Incoming, RowId};
use super::key_index::Key;
use super::{Batch, KeyIndex, Table};
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use rustc_hash::FxHashMap;

/// Rows of a batch that say something of the same key, one after the other.
struct Chains {
    /// The last row of each key, in the order in which they came.
    last: Vec<usize>,
    /// The row before each row with its key.
    before: Vec<Option<usize>>,
}

impl Chains {
    fn new<'k>(keys: impl ExactSizeIterator<Item = &'k Key>) -> Self {
        let mut before = vec![None; keys.len()];
        let mut newest: FxHashMap<&Key, usize> = FxHashMap::default();
        newest.reserve(keys.len());
        let mut is_last = vec![true; keys.len()];
        for (row, key) in keys.enumerate() {
            if let Some(previous) = newest.insert(key, row) {
                before[row] = Some(previous);
                is_last[previous] = false;
            }
        }
        let last = (0..is_last.len()).filter(|&row| is_last[row]).collect();
        Chains { last, before }
    }

    /// The rows of a chain, the last one first.
    fn back_from(&self, row: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(row), |&row| self.before[row])
    }
}

impl Table {
    /// Appends the rows of `batch`, each in place of the one that has its key now.
    pub(super) fn upsert(&mut self, batch: &Batch) {
        let Some(mut keys) = self.keys.take() else { return };
        let parts = keys.keys(&batch.columns, batch.rows);
        let key_of = |row: usize| &parts[row * keys.columns().len()..][..keys.columns().len()];
        let chains = Chains::new((0..batch.rows).map(key_of));
        let find = |&row: &usize| keys.get(key_of(row), &self.columns, self.live.end);
        let old: Vec<Option<RowId>> = chains.last.iter().map(find).collect();

        let is_partial = batch.columns.iter().any(|column| !column.absent.is_empty());
        let first = self.live.end;
        if is_partial || chains.last.len() < batch.rows {
            let columns: Vec<Incoming> = (0..batch.columns.len())
                .map(|number| self.merge(number, &batch.columns[number], &chains, &old))
                .collect();
            self.push(&columns, chains.last.len());
        } else {
            self.push(&batch.columns, batch.rows);
        }
        let width = keys.columns().len();
        for ((&row, old), new) in chains.last.iter().zip(&old).zip(first..) {
            keys.set(&parts[row * width..][..width], *old, new);
            if let Some(old) = *old {
                self.take_out(old);
            }
        }
        self.keys = Some(keys);
    }

    /// The values of a column after a batch: what the last row says that says something of
    /// it, else what is there, else null.
    fn merge(
        &self,
        number: usize,
        incoming: &Incoming,
        chains: &Chains,
        old: &[Option<RowId>],
    ) -> Incoming {
        let column = &self.columns[number];
        let mut merged = Incoming::empty(column.data_type());
        for (&last, old) in chains.last.iter().zip(old) {
            let mut said = chains.back_from(last).filter(|&row| !incoming.absent.contains(row));
            merged.push(match (said.next(), old) {
                (Some(row), _) => incoming.scalar(row),
                (None, Some(old)) => column.scalar(*old),
                (None, None) => Scalar::Null,
            });
        }
        merged
    }

    /// The row that has the key of `row` now, where one has: `row` may have left, but its
    /// values are still there.
    pub fn successor(&self, row: RowId) -> Option<RowId> {
        let keys = self.keys.as_ref()?;
        let key = keys.key_of(row, &self.columns);
        keys.get(&key, &self.columns, self.live.end)
    }

    /// Takes out the rows with these keys: a value for each key column, key after key.
    /// Returns how many there were.
    pub fn remove(&mut self, parts: &[GroupKey]) -> usize {
        let Some(mut keys) = self.keys.take() else { return 0 };
        let mut count = 0;
        for key in parts.chunks_exact(keys.columns().len()) {
            if let Some(row) = keys.get(key, &self.columns, self.live.end) {
                keys.remove(row, &self.columns);
                self.take_out(row);
                count += 1;
            }
        }
        self.keys = Some(keys);
        count
    }

    /// What [`remove`](Table::remove) takes, of a batch in which only the key columns count.
    pub fn keys_of(&self, batch: &Batch) -> Vec<GroupKey> {
        self.keys
            .as_ref()
            .map_or(Vec::new(), |keys: &KeyIndex| keys.keys(&batch.columns, batch.rows))
    }
}
