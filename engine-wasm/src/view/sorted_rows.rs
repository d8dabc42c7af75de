//! The rows of a flat view that is sorted or filtered, found by their place.
//!
//! A tree holds the rows, as the low halves of their ids: no table has 2³² rows. Where
//! they are sorted, each has its key beside it, so that a search reads the tree alone. The
//! rows that a view begins with go into a tree only when one of them leaves, another comes,
//! or many are asked for at once: until then the windows that were asked for are in order.

use super::order::RankTree;
use super::row_order::{Key, RowOrder};
use super::unsorted_rows::UnsortedRows;
use crate::table::{Renumbering, RowId, Table, complete};
use std::cmp::Ordering;
use std::ops::Range;

/// Rows in an order.
#[derive(Debug)]
pub struct SortedRows {
    order: RowOrder,
    rows: Rows,
}

#[derive(Debug)]
enum Rows {
    /// As they came.
    Arrived(RankTree<u32>),
    /// By the order, of which only some windows were looked at.
    Pending(UnsortedRows),
    /// By the order.
    Sorted(RankTree<Item>),
}

/// A row and its key, in 12 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    key: [u32; 2],
    row: u32,
}

impl Item {
    /// A row whose key is `key`.
    pub fn new(key: Key, row: RowId) -> Self {
        Item { key: [(key >> 32) as u32, key as u32], row: row as u32 }
    }

    /// The key.
    pub fn key(self) -> Key {
        Key::from(self.key[0]) << 32 | Key::from(self.key[1])
    }

    /// The row, in a table whose rows end before `end`.
    pub fn row(self, end: RowId) -> RowId {
        complete(self.row, end)
    }

    /// Takes over the new id of the row.
    pub fn renumber(&mut self, rows: &Renumbering) {
        let new = rows.get(self.row(rows.end()));
        debug_assert!(new.is_some(), "a row that takes part is there");
        self.row = new.unwrap_or_default() as u32;
    }
}

/// How another row compares to the sought one.
pub fn side(
    other: Item,
    sought: (Key, RowId),
    end: RowId,
    order: &RowOrder,
    table: &Table,
) -> Ordering {
    other
        .key()
        .cmp(&sought.0)
        .then_with(|| order.break_tie(sought.0, other.row(end), sought.1, table))
}

impl SortedRows {
    /// No rows yet, to be kept in `order`.
    pub fn new(order: RowOrder) -> Self {
        let rows = match order.is_empty() {
            true => Rows::Arrived(RankTree::default()),
            false => Rows::Sorted(RankTree::default()),
        };
        SortedRows { order, rows }
    }

    /// The number of rows.
    pub fn len(&self) -> u64 {
        match &self.rows {
            Rows::Arrived(tree) => tree.weight(),
            Rows::Pending(rows) => rows.len() as u64,
            Rows::Sorted(tree) => tree.weight(),
        }
    }

    /// Takes all rows out.
    pub fn clear(&mut self) {
        match &mut self.rows {
            Rows::Arrived(tree) => *tree = RankTree::default(),
            sorted => *sorted = Rows::Sorted(RankTree::default()),
        }
    }

    /// Takes all rows of a range in, none of which has left, before any other.
    pub fn insert_all(&mut self, rows: Range<RowId>, table: &Table) {
        match &mut self.rows {
            Rows::Sorted(tree) if tree.is_empty() && !rows.is_empty() => {
                self.rows = Rows::Pending(UnsortedRows::all(rows, &self.order, table));
            }
            _ => self.insert(rows.collect(), table),
        }
    }

    /// Takes rows in, each once.
    pub fn insert(&mut self, mut rows: Vec<RowId>, table: &Table) {
        if rows.is_empty() {
            return;
        }
        self.complete(table);
        let end = table.rows().end;
        let order = &self.order;
        match &mut self.rows {
            Rows::Arrived(tree) if tree.is_empty() => {
                let rows: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
                *tree = RankTree::from_sorted(&rows, |_| 1);
            }
            Rows::Arrived(tree) => {
                for row in rows {
                    tree.insert(row as u32, |_| 1, |other| complete(other, end).cmp(&row));
                }
            }
            Rows::Sorted(tree) if tree.is_empty() => {
                self.rows = Rows::Pending(UnsortedRows::some(rows, order, table));
            }
            Rows::Sorted(tree) => {
                // In order, so that an insertion finds in the cache what the one before it
                // read.
                order.sort(&mut rows, table);
                for row in rows {
                    let sought = (order.key(row, table), row);
                    let item = Item::new(sought.0, row);
                    tree.insert(item, |_| 1, |other| side(other, sought, end, order, table));
                }
            }
            Rows::Pending(..) => unreachable!("completed above"),
        }
    }

    /// Puts all rows in order, where that was not necessary yet.
    pub fn complete(&mut self, table: &Table) {
        if let Rows::Pending(rows) = &self.rows {
            let items = rows.sorted(&self.order, table);
            self.rows = Rows::Sorted(RankTree::from_sorted(&items, |_| 1));
        }
    }

    /// Takes a row out, whose values are still in `table`.
    pub fn remove(&mut self, row: RowId, table: &Table) {
        self.complete(table);
        let end = table.rows().end;
        let order = &self.order;
        let found = match &mut self.rows {
            Rows::Arrived(tree) => tree.remove(|_| 1, |other| complete(other, end).cmp(&row)),
            Rows::Sorted(tree) => {
                let sought = (order.key(row, table), row);
                tree.remove(|_| 1, |other| side(other, sought, end, order, table))
            }
            Rows::Pending(..) => unreachable!("completed above"),
        };
        debug_assert!(found, "a row that takes part is in the order");
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        let end = rows.end();
        let new = |low: u32| {
            let new = rows.get(complete(low, end));
            debug_assert!(new.is_some(), "a row that takes part is there");
            new.unwrap_or_default() as u32
        };
        match &mut self.rows {
            Rows::Arrived(tree) => tree.for_each_mut(|low| *low = new(*low)),
            Rows::Pending(held) => held.renumber(rows),
            Rows::Sorted(tree) => tree.for_each_mut(|item| item.renumber(rows)),
        }
    }

    /// The rows in the places of `range`.
    pub fn get(&mut self, range: Range<u64>, table: &Table) -> Vec<RowId> {
        let end = table.rows().end;
        if let Rows::Pending(rows) = &mut self.rows {
            let window = range.start as usize..range.end as usize;
            if let Some(window) = rows.window(window, &self.order, table) {
                return window;
            }
            self.complete(table);
        }
        let wanted = range.end.saturating_sub(range.start) as usize;
        let mut rows = Vec::with_capacity(wanted);
        if wanted > 0 {
            let mut visit = |low: u32| {
                rows.push(complete(low, end));
                rows.len() < wanted
            };
            match &self.rows {
                Rows::Arrived(tree) => tree.visit_from(range.start, |_| 1, |row, _| visit(row)),
                Rows::Sorted(tree) => {
                    tree.visit_from(range.start, |_| 1, |item, _| visit(item.row));
                }
                Rows::Pending(..) => unreachable!("completed above"),
            }
        }
        rows
    }

    /// Which of two rows comes first.
    pub fn compare(&self, a: RowId, b: RowId, table: &Table) -> Ordering {
        self.order.compare(0, a, b, table)
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        match &self.rows {
            Rows::Arrived(tree) => tree.memory(),
            Rows::Pending(rows) => rows.memory(),
            Rows::Sorted(tree) => tree.memory(),
        }
    }
}
