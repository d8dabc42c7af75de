//! The first rows of each combination of values: those that a flat view with `limit_by` shows.
//!
//! Each combination has its rows in the order of the view: the first ones in one tree and,
//! where rows can leave, the others in a second one, from which the next row comes up when
//! one of the first leaves. A change costs O(log n), whatever a combination holds.

use super::formula::Formulas;
use super::order::RankTree;
use super::pivot::SplitColumns;
use super::row_order::RowOrder;
use super::slots::{Places, RowMap};
use super::sorted_rows::{Item, side};
use crate::aggregate::{Retraction, Rows};
use crate::table::{Renumbering, RowId, Table};
use rustc_hash::FxHashSet;

/// Rows by what they are limited by.
#[derive(Debug)]
pub struct FirstRows {
    limit: u64,
    order: RowOrder,
    /// The combinations, which are groups like those of columns.
    groups: SplitColumns,
    /// Their rows, by the numbers of the groups.
    held: Vec<Held>,
    /// Whether a row that is not shown may come to be: where none leaves, none will.
    rows_leave: bool,
    /// The rows that came to be shown since this was last asked, and those that did not stay.
    entered: FxHashSet<RowId>,
    left: FxHashSet<RowId>,
    scratch: Vec<u32>,
}

/// The rows of a combination.
#[derive(Debug, Default)]
struct Held {
    first: RankTree<Item>,
    rest: RankTree<Item>,
}

impl FirstRows {
    /// No rows yet, of which up to `limit` of each combination of the values of `columns` are
    /// to be shown, the first ones in `order`.
    pub fn new(
        (limit, columns): (u64, Vec<usize>),
        order: RowOrder,
        table: &Table,
        retraction: Retraction,
    ) -> Self {
        let formulas = Formulas::from([]);
        FirstRows {
            limit,
            order,
            groups: SplitColumns::new(columns, Vec::new(), &formulas, table, retraction, true),
            held: Vec::new(),
            rows_leave: retraction != Retraction::Never,
            entered: FxHashSet::default(),
            left: FxHashSet::default(),
            scratch: Vec::new(),
        }
    }

    /// Finds the combinations of rows that come; [`insert`](FirstRows::insert) puts them in.
    pub fn assign(&mut self, table: &Table, rows: Rows<'_>, places: &Places<'_>) {
        self.groups.add(table, rows, places, &mut self.scratch);
    }

    /// Puts rows in, whose combinations are known.
    pub fn insert(&mut self, mut rows: Vec<RowId>, table: &Table) {
        // In order, so that few of them come in only to be moved out by the next one.
        self.order.sort(&mut rows, table);
        for row in rows {
            let group = self.groups.leaf_of(row) as usize;
            if self.held.len() <= group {
                self.held.resize_with(group + 1, Held::default);
            }
            let held = &mut self.held[group];
            let end = table.rows().end;
            let order = &self.order;
            let put = |tree: &mut RankTree<Item>, item: Item| {
                let sought = (item.key(), item.row(end));
                tree.insert(item, |_| 1, |other| side(other, sought, end, order, table));
            };
            let item = Item::new(order.key(row, table), row);
            if held.first.weight() >= self.limit
                && let Some(last) = held.first.last()
            {
                let sought = (last.key(), last.row(end));
                if side(item, sought, end, order, table).is_gt() {
                    if self.rows_leave {
                        put(&mut held.rest, item);
                    }
                    continue;
                }
                held.first.remove(|_| 1, |other| side(other, sought, end, order, table));
                if self.rows_leave {
                    put(&mut held.rest, last);
                }
                leave(sought.1, &mut self.entered, &mut self.left);
            }
            put(&mut held.first, item);
            enter(row, &mut self.entered, &mut self.left);
        }
    }

    /// Takes rows out, which are held and whose values are still in `table`.
    pub fn remove(&mut self, table: &Table, rows: Rows<'_>) {
        let end = table.rows().end;
        self.groups.retract(table, rows, &mut self.scratch);
        for (&offset, &group) in rows.offsets.iter().zip(&self.scratch) {
            let row = rows.id(offset);
            let (held, order) = (&mut self.held[group as usize], &self.order);
            let take = |tree: &mut RankTree<Item>, sought: (u64, RowId)| {
                tree.remove(|_| 1, |other| side(other, sought, end, order, table))
            };
            let sought = (order.key(row, table), row);
            if !take(&mut held.first, sought) {
                let found = take(&mut held.rest, sought);
                debug_assert!(found, "a row that takes part is held");
                continue;
            }
            leave(row, &mut self.entered, &mut self.left);
            if let Some(next) = held.rest.first() {
                let sought = (next.key(), next.row(end));
                take(&mut held.rest, sought);
                held.first.insert(next, |_| 1, |other| side(other, sought, end, order, table));
                enter(sought.1, &mut self.entered, &mut self.left);
            } else if held.first.is_empty() {
                *held = Held::default();
            }
        }
    }

    /// Whether a row, whose values are those that it was put in with, is shown.
    pub fn shows(&self, row: RowId, table: &Table) -> bool {
        let group = self.groups.leaf_of(row);
        let held = self.held.get(group as usize).filter(|_| group != RowMap::NONE);
        held.and_then(|held| held.first.last()).is_some_and(|last| {
            let end = table.rows().end;
            let item = Item::new(self.order.key(row, table), row);
            side(item, (last.key(), last.row(end)), end, &self.order, table).is_le()
        })
    }

    /// The rows that are not shown any more and those that came to be, since this was last
    /// asked; each ascending.
    pub fn take_changes(&mut self) -> [Vec<RowId>; 2] {
        [&mut self.left, &mut self.entered].map(|rows| {
            let mut rows: Vec<RowId> = std::mem::take(rows).into_iter().collect();
            rows.sort_unstable();
            rows
        })
    }

    /// Ends a tick: gives up combinations without rows. `oldest` is the oldest row held.
    pub fn settle(&mut self, oldest: RowId) {
        self.groups.settle(oldest);
    }

    /// Takes all rows out.
    pub fn clear(&mut self) {
        self.groups.forget_rows();
        self.held.clear();
        self.entered.clear();
        self.left.clear();
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        self.groups.renumber(rows);
        for held in &mut self.held {
            held.first.for_each_mut(|item| item.renumber(rows));
            held.rest.for_each_mut(|item| item.renumber(rows));
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let trees = self.held.iter().map(|held| held.first.memory() + held.rest.memory());
        self.groups.memory() + self.held.capacity() * size_of::<Held>() + trees.sum::<usize>()
    }
}

/// Notes that a row came to be shown; nothing, if it had been before.
fn enter(row: RowId, entered: &mut FxHashSet<RowId>, left: &mut FxHashSet<RowId>) {
    if !left.remove(&row) {
        entered.insert(row);
    }
}

/// Notes that a row is shown no more.
fn leave(row: RowId, entered: &mut FxHashSet<RowId>, left: &mut FxHashSet<RowId>) {
    if !entered.remove(&row) {
        left.insert(row);
    }
}
