//! `first` and `last`: the first and the last value that came, nulls passed over.
//!
//! Here while rows only come, or leave in the order in which they came; else they are the
//! ends of an order like others, see `extreme`.

use super::extreme::{self, End};
use super::{Accumulator, Aggregate, Columns, Retraction, Rows, merge_each};
use crate::scalar::Scalar;
use crate::table::RowId;
use std::collections::VecDeque;

/// State for `first`.
pub fn first(retraction: Retraction) -> Box<dyn Accumulator> {
    match retraction {
        Retraction::Never => Box::new(First::Fixed(Vec::new())),
        Retraction::FirstInFirstOut => Box::new(First::Queue { queues: Vec::new(), newest: 0 }),
        Retraction::AnyOrder => extreme::of_arrival(End::Least, retraction),
    }
}

/// State for `last`.
pub fn last(retraction: Retraction) -> Box<dyn Accumulator> {
    match retraction {
        Retraction::AnyOrder => extreme::of_arrival(End::Greatest, retraction),
        _ => Box::new(Last::default()),
    }
}

/// The rows that have a value, with their slots.
fn present<'a>(
    slots: &'a [u32],
    rows: Rows<'a>,
    columns: Columns<'a>,
) -> impl Iterator<Item = (usize, RowId)> + 'a {
    let nulls = columns.nulls(rows.segment);
    let pairs = slots.iter().zip(rows.offsets);
    let pairs = pairs.filter(move |(_, offset)| !nulls.contains(**offset));
    pairs.map(move |(&slot, &offset)| (slot as usize, rows.id(offset)))
}

/// The first row with a value.
#[derive(Debug)]
enum First {
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

impl Accumulator for First {
    fn resize(&mut self, slots: usize) {
        match self {
            First::Fixed(rows) => rows.resize(slots, None),
            First::Queue { queues, .. } => queues.resize_with(slots, VecDeque::new),
        }
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        for (slot, row) in present(slots, rows, columns) {
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

    fn merges(&self) -> bool {
        matches!(self, First::Fixed(_))
    }

    fn merge(&mut self, into: &[u32], from: &[u32], _: Columns<'_>) {
        if let First::Fixed(rows) = self {
            merge_each(rows, into, from, |into, from| {
                *into = into.iter().chain(from).min().copied();
            });
        }
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        let First::Queue { queues, .. } = self else {
            unreachable!("rows are retracted only where they can be")
        };
        for (slot, row) in present(slots, rows, columns) {
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

    fn value(&self, slot: u32, _: Aggregate, columns: Columns<'_>) -> Scalar {
        let row = match self {
            First::Fixed(rows) => rows[slot as usize],
            First::Queue { queues, newest } => queues[slot as usize]
                .front()
                .map(|&low| newest - RowId::from((*newest as u32).wrapping_sub(low))),
        };
        row.map_or(Scalar::Null, |row| columns.column.scalar(row))
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
struct Last {
    rows: Vec<Option<RowId>>,
}

impl Accumulator for Last {
    fn resize(&mut self, slots: usize) {
        self.rows.resize(slots, None);
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        for (slot, row) in present(slots, rows, columns) {
            self.rows[slot] = Some(row);
        }
    }

    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: &[u32], from: &[u32], _: Columns<'_>) {
        merge_each(&mut self.rows, into, from, |into, from| *into = (*into).max(*from));
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        for (slot, row) in present(slots, rows, columns) {
            if self.rows[slot] == Some(row) {
                self.rows[slot] = None;
            }
        }
    }

    fn reset(&mut self, slot: u32) {
        self.rows[slot as usize] = None;
    }

    fn value(&self, slot: u32, _: Aggregate, columns: Columns<'_>) -> Scalar {
        self.rows[slot as usize].map_or(Scalar::Null, |row| columns.column.scalar(row))
    }

    fn memory(&self) -> usize {
        super::bytes(&self.rows)
    }
}
