//! Which partition each row is in, and where in it.
//!
//! None of this depends on what a window computes, so that it is compiled once for all.

use super::order::{Inputs, Ordered, Place};
use super::partitions::{Reads, Rows};
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use rustc_hash::FxHashMap;

/// The numbers of partitions, by their keys.
#[derive(Debug, Default)]
pub struct Directory {
    keys: Vec<Box<[GroupKey]>>,
    /// The numbers of partitions without rows.
    free: Vec<u32>,
    numbers: FxHashMap<Box<[GroupKey]>, u32>,
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It is no longer there, or no longer at this place.
    Left,
    /// It is new, or new at this place.
    Came,
    /// It has another value, and its place.
    Changed,
}

/// A row that is concerned by what a tick changes.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    pub partition: u32,
    pub place: Place,
    pub what: What,
}

impl Directory {
    /// All numbers that were given are below this.
    pub fn end(&self) -> usize {
        self.keys.len()
    }

    /// Gives up all partitions.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.free.clear();
        self.numbers.clear();
    }

    /// Gives up a partition: it has no rows any more.
    pub fn give_up(&mut self, number: u32) {
        let key = std::mem::take(&mut self.keys[number as usize]);
        self.numbers.remove(&key);
        self.free.push(number);
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let within: usize = self.keys.iter().map(|key| key.len() * size_of::<GroupKey>() * 2).sum();
        let entry = size_of::<Box<[GroupKey]>>() * 2 + size_of::<u32>();
        within + self.keys.capacity() * entry + self.free.capacity() * size_of::<u32>()
    }

    /// The partition of a row of which these are the values.
    fn held(&self, key: &[GroupKey]) -> Option<u32> {
        self.numbers.get(key).copied()
    }

    /// The same, made where there is none yet.
    fn number(&mut self, key: &[GroupKey]) -> u32 {
        if let Some(number) = self.held(key) {
            return number;
        }
        let key: Box<[GroupKey]> = key.into();
        let number = match self.free.pop() {
            Some(number) => {
                self.keys[number as usize] = key.clone();
                number
            }
            None => {
                self.keys.push(key.clone());
                (self.keys.len() - 1) as u32
            }
        };
        self.numbers.insert(key, number);
        number
    }

    /// The changes of a tick by their partitions, in the order of each.
    pub fn changes(&mut self, reads: &Reads, rows: Rows<'_>, inputs: &dyn Inputs) -> Vec<Change> {
        let order = Ordered::new(&reads.order, inputs, rows.end);
        let count = rows.removed.len() + rows.changed.len() + rows.added.len();
        let mut changes: Vec<Change> = Vec::with_capacity(count);
        let mut key = Vec::new();
        let read = |key: &mut Vec<GroupKey>, value: &dyn Fn(usize) -> Scalar, by: &[usize]| {
            key.clear();
            key.extend(by.iter().map(|&input| GroupKey::of(value(input))));
        };
        for &row in rows.removed {
            read(&mut key, &|input| inputs.before(input, row), &reads.partition_by);
            let Some(partition) = self.held(&key) else { continue };
            changes.push(Change { partition, place: order.old_place(row), what: What::Left });
        }
        for &row in rows.changed {
            read(&mut key, &|input| inputs.before(input, row), &reads.partition_by);
            let Some(partition) = self.held(&key) else { continue };
            let left = Change { partition, place: order.old_place(row), what: What::Left };
            read(&mut key, &|input| inputs.after(input, row), &reads.partition_by);
            let partition = self.number(&key);
            let came = Change { partition, place: order.place(row), what: What::Came };
            if (left.partition, left.place) == (came.partition, came.place) {
                changes.push(Change { what: What::Changed, ..came });
            } else {
                changes.extend([left, came]);
            }
        }
        for &row in rows.added {
            read(&mut key, &|input| inputs.after(input, row), &reads.partition_by);
            let partition = self.number(&key);
            changes.push(Change { partition, place: order.place(row), what: What::Came });
        }
        changes.sort_by(|a, b| {
            a.partition.cmp(&b.partition).then_with(|| order.compare(a.place, b.place))
        });
        changes
    }
}
