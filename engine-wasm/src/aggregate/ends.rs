//! `first` and `last`: the first and the last value that came, nulls passed over.

use super::{Accumulator, Retraction, Rows};
use crate::scalar::Scalar;
use crate::table::{Column, RowId};
use std::collections::VecDeque;

/// The rows that have a value, with their slots.
fn present<'a>(
    slots: &'a [u32],
    rows: Rows<'a>,
    column: &'a Column,
) -> impl Iterator<Item = (usize, RowId)> + 'a {
    let nulls = column.segment(rows.segment).nulls();
    let pairs = slots.iter().zip(rows.offsets);
    let pairs = pairs.filter(|(_, offset)| !nulls.contains(**offset as usize));
    pairs.map(move |(&slot, &offset)| (slot as usize, rows.id(offset)))
}

/// The first row with a value.
#[derive(Debug)]
pub enum First {
    /// Rows only come, and the first stays the first.
    Fixed(Vec<Option<RowId>>),
    /// All rows with a value wait for their turn, by the low halves of their ids, which
    /// tell rows apart since no table holds 2³² of them.
    Queue {
        /// Of each slot, oldest first.
        queues: Vec<VecDeque<u32>>,
        /// A row not before any of those, to complete their ids.
        newest: RowId,
    },
}

impl First {
    /// No rows.
    pub fn new(retraction: Retraction) -> Self {
        match retraction {
            Retraction::Never => First::Fixed(Vec::new()),
            Retraction::FirstInFirstOut | Retraction::AnyOrder => {
                First::Queue { queues: Vec::new(), newest: 0 }
            }
        }
    }
}

impl Accumulator for First {
    fn resize(&mut self, slots: usize) {
        match self {
            First::Fixed(rows) => rows.resize(slots, None),
            First::Queue { queues, .. } => queues.resize_with(slots, VecDeque::new),
        }
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, column: &Column) {
        for (slot, row) in present(slots, rows, column) {
            match self {
                First::Fixed(first) => {
                    first[slot].get_or_insert(row);
                }
                First::Queue { queues, newest } => {
                    queues[slot].push_back(row as u32);
                    *newest = row;
                }
            }
        }
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, column: &Column) {
        let First::Queue { queues, .. } = self else {
            unreachable!("rows are retracted only where they can be")
        };
        for (slot, row) in present(slots, rows, column) {
            let front = queues[slot].pop_front();
            debug_assert_eq!(front, Some(row as u32), "rows leave in the order they came");
        }
    }

    fn reset(&mut self, slot: u32) {
        match self {
            First::Fixed(rows) => rows[slot as usize] = None,
            First::Queue { queues, .. } => queues[slot as usize] = VecDeque::new(),
        }
    }

    fn value(&self, slot: u32, column: &Column) -> Scalar {
        let row = match self {
            First::Fixed(rows) => rows[slot as usize],
            First::Queue { queues, newest } => queues[slot as usize]
                .front()
                .map(|&low| newest - RowId::from((*newest as u32).wrapping_sub(low))),
        };
        row.map_or(Scalar::Null, |row| column.scalar(row))
    }

    fn memory(&self) -> usize {
        match self {
            First::Fixed(rows) => super::bytes(rows),
            First::Queue { queues, .. } => super::bytes_of_queues(queues),
        }
    }
}

/// The last row with a value. When it leaves in its turn, all before it have left.
#[derive(Debug, Default)]
pub struct Last {
    rows: Vec<Option<RowId>>,
}

impl Accumulator for Last {
    fn resize(&mut self, slots: usize) {
        self.rows.resize(slots, None);
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, column: &Column) {
        for (slot, row) in present(slots, rows, column) {
            self.rows[slot] = Some(row);
        }
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, column: &Column) {
        for (slot, row) in present(slots, rows, column) {
            if self.rows[slot] == Some(row) {
                self.rows[slot] = None;
            }
        }
    }

    fn reset(&mut self, slot: u32) {
        self.rows[slot as usize] = None;
    }

    fn value(&self, slot: u32, column: &Column) -> Scalar {
        self.rows[slot as usize].map_or(Scalar::Null, |row| column.scalar(row))
    }

    fn memory(&self) -> usize {
        super::bytes(&self.rows)
    }
}
