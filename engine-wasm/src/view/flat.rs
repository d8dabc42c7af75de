//! A view whose rows are the table's: filtered, sorted, and with `split_by` laid out so
//! that each row's values stand under the columns of its own group.

use super::config::Direction;
use super::delta::RowLog;
use super::filter::Filter;
use super::first_rows::FirstRows;
use super::pivot::SplitColumns;
use super::plan::Plan;
use super::row_order::RowOrder;
use super::sorted_rows::SortedRows;
use super::window::{CellBuffer, ColumnNames};
use crate::aggregate::{Retraction, Rows};
use crate::scalar::Scalar;
use crate::table::{ChangeSet, Renumbering, RowId, Table, by_segment, for_each_segment};
use std::ops::Range;

/// Rows in an order, kept up from change sets.
#[derive(Debug)]
pub struct FlatView {
    filter: Filter,
    columns: Vec<usize>,
    /// The rows in order; none where they are the table's as they came.
    order: Option<SortedRows>,
    /// Where not all rows are shown that pass the filter: which are. They alone are in `order`.
    first_rows: Option<FirstRows>,
    split: Option<SplitColumns>,
    /// What changed, where somebody asks.
    log: Option<RowLog>,
    offsets: Vec<u32>,
}

impl FlatView {
    /// The view of a plan, without rows.
    pub fn new(plan: Plan, table: &Table) -> Self {
        let sort = plan.row_sort.iter().map(|(m, direction)| (m.column, *direction));
        // Rows that have keys are in the order of those, and stay in their places when they
        // are written to.
        let by_key = table.key_columns().iter().map(|&column| (column, Direction::ASCENDING));
        let sort = RowOrder::new(sort.chain(by_key).collect());
        let retraction = table.retraction();
        let first_rows = plan.limit_by.map(|(limit, columns)| {
            FirstRows::new(limit, columns, sort.clone(), table, retraction)
        });
        // Where rows leave from among others, their places are no plain count.
        let has_holes = retraction == Retraction::AnyOrder;
        let some = !plan.filter.is_empty() || first_rows.is_some();
        let ordered = !sort.is_empty() || some || has_holes;
        let split = !plan.split_by.is_empty();
        FlatView {
            filter: plan.filter,
            columns: plan.measures.iter().map(|m| m.column).collect(),
            order: ordered.then(|| SortedRows::new(sort)),
            first_rows,
            split: split.then(|| {
                SplitColumns::new(plan.split_by, plan.column_sort, table, retraction, true)
                    .with_rollup(plan.split_rollup)
            }),
            log: None,
            offsets: Vec::new(),
        }
    }

    /// Takes a change set in; the rows it removes are still in `table`.
    pub fn apply(&mut self, table: &Table, changes: &ChangeSet) {
        if changes.cleared {
            if let Some(log) = &mut self.log {
                log.clear();
            }
            if let Some(order) = &mut self.order {
                order.clear();
            }
            if let Some(first_rows) = &mut self.first_rows {
                first_rows.clear();
            }
            if let Some(split) = &mut self.split {
                split.forget_rows();
            }
        } else {
            self.remove(table, &changes.removed);
        }
        self.add(table, changes.added.clone());
        self.show_first_rows(table);
        if let Some(split) = &mut self.split {
            split.settle(table.rows().start);
        }
    }

    fn add(&mut self, table: &Table, added: Range<RowId>) {
        let (mut fresh, mut leaves) = (Vec::new(), Vec::new());
        let mut offsets = std::mem::take(&mut self.offsets);
        for (segment, places) in by_segment(added) {
            self.filter.select(table, segment, places.clone(), &mut offsets);
            let rows = Rows { segment, offsets: &offsets };
            if let Some(split) = &mut self.split {
                split.add(table, rows, places.clone(), &mut leaves);
            }
            if let Some(first_rows) = &mut self.first_rows {
                first_rows.assign(table, rows, places);
            } else if let Some(log) = &mut self.log {
                log.added.extend(offsets.iter().map(|&offset| rows.id(offset)));
            }
            if self.order.is_some() {
                fresh.extend(offsets.iter().map(|&offset| rows.id(offset)));
            }
        }
        self.offsets = offsets;
        match (&mut self.first_rows, &mut self.order) {
            (Some(first_rows), _) => first_rows.insert(fresh, table),
            (None, Some(order)) => order.insert(fresh, table),
            (None, None) => {}
        }
    }

    /// Takes over which of the rows are shown, where not all are.
    fn show_first_rows(&mut self, table: &Table) {
        let Some(first_rows) = &mut self.first_rows else { return };
        let [left, entered] = first_rows.take_changes();
        first_rows.settle(table.rows().start);
        if let Some(log) = &mut self.log {
            log.remove(left.iter().copied(), &self.columns, table);
            log.added.extend(&entered);
        }
        if let Some(order) = &mut self.order {
            left.iter().for_each(|&row| order.remove(row, table));
            order.insert(entered, table);
        }
    }

    fn remove(&mut self, table: &Table, removed: &[RowId]) {
        let mut leaves = Vec::new();
        let mut offsets = std::mem::take(&mut self.offsets);
        for_each_segment(removed, &mut Vec::new(), |segment, places| {
            self.filter.select_of(table, segment, places, &mut offsets);
            let rows = Rows { segment, offsets: &offsets };
            if let Some(split) = &mut self.split {
                split.retract(table, rows, &mut leaves);
            }
            if let Some(first_rows) = &mut self.first_rows {
                first_rows.remove(table, rows);
                return;
            }
            if let Some(log) = &mut self.log {
                let rows = offsets.iter().map(|&offset| rows.id(offset));
                log.remove(rows, &self.columns, table);
            }
            if let Some(order) = &mut self.order {
                offsets.iter().for_each(|&offset| order.remove(rows.id(offset), table));
            }
        });
        self.offsets = offsets;
    }

    /// Forgets what it remembers of codes that now may mean other strings.
    pub fn forget_codes(&mut self, column: usize, codes: &[u32]) {
        self.filter.forget_codes(column, codes);
    }

    /// Says whether [`take_changes`](FlatView::take_changes) will be asked for.
    pub fn watch(&mut self, on: bool) {
        self.log = on.then(RowLog::default);
    }

    /// What changed since it was last asked: whether all rows went, those that came, and
    /// the values of those that went.
    pub fn take_changes(&mut self, table: &Table) -> (bool, Vec<RowId>, Vec<CellBuffer>) {
        let log = self.log.replace(RowLog::default()).unwrap_or_default();
        let mut added: Vec<RowId> = log.added.iter().copied().collect();
        added.sort_unstable();
        (log.cleared, added, log.removed(&self.columns, table))
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        if let Some(log) = &mut self.log {
            log.renumber(rows);
        }
        if let Some(order) = &mut self.order {
            order.renumber(rows);
        }
        if let Some(first_rows) = &mut self.first_rows {
            first_rows.renumber(rows);
        }
        if let Some(split) = &mut self.split {
            split.renumber(rows);
        }
    }

    /// The number of rows.
    pub fn num_rows(&self, table: &Table) -> u64 {
        self.order.as_ref().map_or(table.size(), SortedRows::len)
    }

    /// The number of columns for `width` shown ones.
    pub fn num_columns(&mut self, width: usize, table: &Table) -> usize {
        match &mut self.split {
            Some(split) => split.shown(table).len() * width,
            None => width,
        }
    }

    /// The name of column `number`, by the names of the shown ones.
    pub fn column_name(&mut self, number: usize, names: &ColumnNames, table: &Table) -> String {
        match &mut self.split {
            Some(split) => split.column_name(number, names, table),
            None => names.plain(number),
        }
    }

    /// The table's rows in the rows of `rows`.
    pub fn rows_in(&self, rows: Range<u64>, table: &Table) -> Vec<RowId> {
        match &self.order {
            Some(order) => order.get(rows, table),
            None => {
                let first = table.rows().start;
                (first + rows.start..first + rows.end).collect()
            }
        }
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
        let group = self.split.as_mut().map(|split| split.shown(table)[number / width]);
        for &row in rows {
            let shown = match (&self.split, group) {
                (Some(split), Some(group)) => split.holds(group, row),
                _ => true,
            };
            out.push(if shown { column.scalar(row) } else { Scalar::Null }, column.strings());
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.split.as_ref().map_or(0, SplitColumns::memory)
            + self.order.as_ref().map_or(0, SortedRows::memory)
            + self.first_rows.as_ref().map_or(0, FirstRows::memory)
            + self.filter.memory()
    }
}
