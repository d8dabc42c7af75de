//! A view whose rows are the table's: filtered, sorted, and with `split_by` laid out so
//! that each row's values stand under the columns of its own group.

use super::config::Direction;
use super::filter::Filter;
use super::order::RankTree;
use super::pivot::SplitColumns;
use super::plan::Plan;
use super::window::{CellBuffer, ColumnNames};
use crate::aggregate::{Retraction, Rows};
use crate::scalar::Scalar;
use crate::table::{ChangeSet, RowId, Table, by_segment};
use std::cmp::Ordering;
use std::ops::Range;

/// Rows in an order, kept up from change sets.
#[derive(Debug)]
pub struct FlatView {
    filter: Filter,
    columns: Vec<usize>,
    sort: Vec<(usize, Direction)>,
    /// The rows in order; none where they are the table's as they came.
    order: Option<RankTree<RowId>>,
    split: Option<SplitColumns>,
    offsets: Vec<u32>,
}

impl FlatView {
    /// The view of a plan, without rows.
    pub fn new(plan: Plan, table: &Table) -> Self {
        let sort: Vec<_> = plan.row_sort.iter().map(|(m, direction)| (m.column, *direction)).collect();
        let retraction = match table.is_bounded() {
            true => Retraction::FirstInFirstOut,
            false => Retraction::Never,
        };
        let ordered = !sort.is_empty() || !plan.filter.is_empty();
        let split = !plan.split_by.is_empty();
        FlatView {
            filter: plan.filter,
            columns: plan.measures.iter().map(|m| m.column).collect(),
            sort,
            order: ordered.then(RankTree::default),
            split: split.then(|| {
                SplitColumns::new(plan.split_by, plan.column_sort, table, retraction, true)
            }),
            offsets: Vec::new(),
        }
    }

    /// Takes a change set in; the rows it removes are still in `table`.
    pub fn apply(&mut self, table: &Table, changes: &ChangeSet) {
        if changes.cleared {
            self.order = self.order.as_ref().map(|_| RankTree::default());
            if let Some(split) = &mut self.split {
                split.forget_rows();
            }
        } else {
            self.remove(table, changes.removed.clone());
        }
        self.add(table, changes.added.clone());
        if let Some(split) = &mut self.split {
            split.settle(table.rows().start);
        }
    }

    fn add(&mut self, table: &Table, added: Range<RowId>) {
        let mut fresh = Vec::new();
        let mut leaves = Vec::new();
        let mut offsets = std::mem::take(&mut self.offsets);
        let bulk = self.order.as_ref().is_some_and(RankTree::is_empty);
        for (segment, places) in by_segment(added) {
            self.filter.select(table, segment, places.clone(), &mut offsets);
            let rows = Rows { segment, offsets: &offsets };
            if let Some(split) = &mut self.split {
                split.add(table, rows, places, &mut leaves);
            }
            if let Some(mut order) = self.order.take() {
                let ids = offsets.iter().map(|&offset| rows.id(offset));
                if bulk {
                    fresh.extend(ids);
                } else {
                    for row in ids {
                        order.insert(row, |_| 1, |other| self.compare(other, row, table));
                    }
                }
                self.order = Some(order);
            }
        }
        if bulk {
            fresh.sort_by(|&a, &b| self.compare(a, b, table));
            self.order = Some(RankTree::from_sorted(&fresh, |_| 1));
        }
        self.offsets = offsets;
    }

    fn remove(&mut self, table: &Table, removed: Range<RowId>) {
        let mut leaves = Vec::new();
        let mut offsets = std::mem::take(&mut self.offsets);
        for (segment, places) in by_segment(removed) {
            self.filter.select(table, segment, places, &mut offsets);
            let rows = Rows { segment, offsets: &offsets };
            if let Some(split) = &mut self.split {
                split.retract(table, rows, &mut leaves);
            }
            if let Some(mut order) = self.order.take() {
                for row in offsets.iter().map(|&offset| rows.id(offset)) {
                    let found = order.remove(|_| 1, |other| self.compare(other, row, table));
                    debug_assert!(found, "a row that takes part is in the order");
                }
                self.order = Some(order);
            }
        }
        self.offsets = offsets;
    }

    /// The order of two rows: by the sort, then as they came.
    fn compare(&self, a: RowId, b: RowId, table: &Table) -> Ordering {
        for &(number, direction) in &self.sort {
            let column = &table.columns()[number];
            let value = |row| {
                let value = column.scalar(row);
                if direction.absolute { value.absolute() } else { value }
            };
            let order = value(a).compare(value(b), column.strings());
            let order = if direction.descending { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        a.cmp(&b)
    }

    /// Forgets what it remembers of codes that now may mean other strings.
    pub fn forget_codes(&mut self, column: usize, codes: &[u32]) {
        self.filter.forget_codes(column, codes);
    }

    /// The number of rows.
    pub fn num_rows(&self, table: &Table) -> u64 {
        self.order.as_ref().map_or(table.size(), RankTree::weight)
    }

    /// The number of columns for `width` shown ones.
    pub fn num_columns(&mut self, width: usize, table: &Table) -> usize {
        match &mut self.split {
            Some(split) => split.leaves(table).len() * width,
            None => width,
        }
    }

    /// The name of column `number`, by the names of the shown ones.
    pub fn column_name(&mut self, number: usize, names: &ColumnNames, table: &Table) -> String {
        match &mut self.split {
            Some(split) => {
                let leaf = split.leaves(table)[number / names.len()];
                names.split(number % names.len(), &split.name(leaf, table))
            }
            None => names.plain(number),
        }
    }

    /// The table's rows in the rows of `rows`.
    pub fn rows_in(&self, rows: Range<u64>, table: &Table) -> Vec<RowId> {
        let Some(order) = &self.order else {
            let first = table.rows().start;
            return (first + rows.start..first + rows.end).collect();
        };
        let wanted = (rows.end - rows.start) as usize;
        let mut ids = Vec::with_capacity(wanted);
        if wanted > 0 {
            order.visit_from(rows.start, |_| 1, |row, _| {
                ids.push(row);
                ids.len() < wanted
            });
        }
        ids
    }

    /// Appends the cells of column `number` in the table's `rows` to `out`.
    pub fn read_column(
        &mut self,
        number: usize,
        rows: &[RowId],
        table: &Table,
        out: &mut CellBuffer,
    ) {
        let width = self.columns.len();
        let column = &table.columns()[self.columns[number % width]];
        let leaf = self.split.as_mut().map(|split| split.leaves(table)[number / width]);
        for &row in rows {
            let shown = match (&self.split, leaf) {
                (Some(split), Some(leaf)) => split.leaf_of(row) == leaf,
                _ => true,
            };
            out.push(if shown { column.scalar(row) } else { Scalar::Null }, column.strings());
        }
    }

    /// Bytes held, but for the order itself.
    pub fn memory(&self) -> usize {
        self.split.as_ref().map_or(0, SplitColumns::memory)
            + self.order.as_ref().map_or(0, |order| order.weight() as usize * size_of::<RowId>())
    }
}
