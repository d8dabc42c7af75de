//! A view whose rows are the table's: filtered, sorted, and with `split_by` laid out so
//! that each row's values stand under the columns of its own group.

mod follow;

use super::changes::RowChanges;
use super::config::Direction;
use super::delta::RowLog;
use super::filter::Filter;
use super::first_rows::FirstRows;
use super::followed_window::FollowedWindow;
use super::min_max::{CHUNK, Ends};
use super::pivot::SplitColumns;
use super::plan::Plan;
use super::row_order::RowOrder;
use super::slots::Measure;
use super::slots::Places;
use super::sorted_rows::SortedRows;
use super::window::{CellBuffer, ColumnNames};
use crate::aggregate::{Retraction, Rows};
use crate::scalar::Scalar;
use crate::table::{Column, Renumbering, RowId, Table, by_segment, for_each_segment};
use std::cmp::Ordering;
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
    /// The rows that tables have which follow the view, where not all.
    followed: Option<FollowedWindow<RowId>>,
    retraction: Retraction,
    offsets: Vec<u32>,
}

impl FlatView {
    /// The view of a plan, without rows.
    pub fn new(plan: Plan, table: &Table, retraction: Retraction) -> Self {
        let column = |measure: &Measure| measure.of().map(|of| of.column);
        let sort = plan.row_sort.iter().filter_map(|(m, direction)| Some((column(m)?, *direction)));
        // Rows that have keys are in the order of those, and stay in their places when they
        // are written to.
        let by_key = table.key_columns().iter().map(|&column| (column, Direction::ASCENDING));
        let sort = RowOrder::new(sort.chain(by_key).collect());
        let first_rows =
            plan.limit_by.map(|limit_by| FirstRows::new(limit_by, sort.clone(), table, retraction));
        // Where rows leave from among others, their places are no plain count.
        let has_holes = retraction == Retraction::AnyOrder;
        let some = !plan.filter.is_empty() || first_rows.is_some();
        let ordered = !sort.is_empty() || some || has_holes;
        let split = !plan.split_by.is_empty();
        FlatView {
            filter: plan.filter,
            columns: plan.measures.iter().filter_map(column).collect(),
            order: ordered.then(|| SortedRows::new(sort)),
            first_rows,
            split: split.then(|| {
                let (columns, sort) = (plan.split_by, plan.column_sort);
                SplitColumns::new(columns, sort, &plan.formulas, table, retraction, true)
                    .with_rollup(plan.split_rollup)
            }),
            log: None,
            followed: None,
            retraction,
            offsets: Vec::new(),
        }
    }

    /// Begins a tick: takes out what leaves, for good or for now. The values of all rows are
    /// still those that they had.
    pub fn take_out(&mut self, table: &Table, changes: &RowChanges<'_>) {
        if changes.cleared {
            self.filter.forget_rows();
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
            return;
        }
        self.remove(table, changes.removed);
        self.remove(table, changes.back);
        self.show_first_rows(table);
        self.log_in_place(table, changes.in_place, |log, rows, columns| {
            log.remove(rows.iter().copied(), columns, table);
        });
    }

    /// Ends a tick: takes in what comes back, and what is new.
    pub fn put_in(&mut self, table: &Table, changes: &RowChanges<'_>) {
        self.filter.set_clock(table);
        // Before others can take their places.
        self.log_in_place(table, changes.in_place, |log, rows, _| log.add(rows.iter().copied()));
        if self.takes_all(table, changes) {
            let order = self.order.as_mut();
            order.into_iter().for_each(|order| order.insert_all(changes.added.clone(), table));
            return;
        }
        let mut fresh = Vec::new();
        for_each_segment(changes.back, &mut Vec::new(), |segment, places| {
            self.add(table, segment, &Places::Back(places), &mut fresh);
        });
        for (segment, places) in by_segment(changes.added.clone()) {
            self.add(table, segment, &Places::New(places), &mut fresh);
        }
        match (&mut self.first_rows, &mut self.order) {
            (Some(first_rows), _) => first_rows.insert(fresh, table),
            (None, Some(order)) => order.insert(fresh, table),
            (None, None) => {}
        }
        self.show_first_rows(table);
        if let Some(first_rows) = &mut self.first_rows {
            first_rows.settle(table.rows().start);
        }
        if let Some(split) = &mut self.split {
            split.settle(table.rows().start);
        }
        self.filter.settle(table);
    }

    /// Whether the view is empty and takes in all rows of its table, without a look at each.
    fn takes_all(&self, table: &Table, changes: &RowChanges<'_>) -> bool {
        self.order.as_ref().is_some_and(|order| order.len() == 0)
            && self.filter.is_empty()
            && self.first_rows.is_none()
            && self.split.is_none()
            && self.log.is_none()
            && changes.back.is_empty()
            && changes.added == table.rows()
            && changes.added.end - changes.added.start == table.size()
    }

    fn add(&mut self, table: &Table, segment: u64, places: &Places<'_>, fresh: &mut Vec<RowId>) {
        let mut offsets = std::mem::take(&mut self.offsets);
        self.filter.select(table, segment, places, &mut offsets);
        let rows = Rows { segment, offsets: &offsets };
        if let Some(split) = &mut self.split {
            split.add(table, rows, places, &mut Vec::new());
        }
        if let Some(first_rows) = &mut self.first_rows {
            first_rows.assign(table, rows, places);
        } else if let Some(log) = &mut self.log {
            log.add(offsets.iter().map(|&offset| rows.id(offset)));
        }
        if self.order.is_some() {
            fresh.extend(offsets.iter().map(|&offset| rows.id(offset)));
        }
        self.offsets = offsets;
    }

    /// Takes over which of the rows are shown, where not all are. The values of those that
    /// are not any more are still what they were shown with.
    fn show_first_rows(&mut self, table: &Table) {
        let Some(first_rows) = &mut self.first_rows else { return };
        let [left, entered] = first_rows.take_changes();
        if let Some(log) = &mut self.log {
            log.remove(left.iter().copied(), &self.columns, table);
            log.add(entered.iter().copied());
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

    /// Tells the log of rows that have other values and stay where they are, all that are
    /// shown of `rows`.
    fn log_in_place(
        &mut self,
        table: &Table,
        rows: &[RowId],
        tell: impl Fn(&mut RowLog, &[RowId], &[usize]),
    ) {
        let Some(log) = &mut self.log else { return };
        let mut shown: Vec<RowId> = Vec::new();
        for_each_segment(rows, &mut Vec::new(), |segment, places| {
            self.filter.select_of(table, segment, places, &mut self.offsets);
            let rows = Rows { segment, offsets: &self.offsets };
            shown.extend(self.offsets.iter().map(|&offset| rows.id(offset)));
        });
        if let Some(first_rows) = &self.first_rows {
            shown.retain(|&row| first_rows.shows(row, table));
        }
        tell(log, &shown, &self.columns);
    }

    /// Which rows take part.
    pub fn filter_mut(&mut self) -> &mut Filter {
        &mut self.filter
    }

    /// Forgets what it remembers of codes that now may mean other strings.
    pub fn forget_codes(&mut self, column: usize, codes: &[u32]) {
        self.filter.forget_codes(column, codes);
    }

    /// Says whether [`take_changes`](FlatView::take_changes) will be asked for.
    pub fn watch(&mut self, on: bool) {
        self.log = RowLog::new(on, self.log.take().and_then(|log| log.feed));
    }

    /// How rows leave the view.
    pub fn retraction(&self) -> Retraction {
        match &self.first_rows {
            Some(_) => Retraction::AnyOrder,
            None => self.retraction,
        }
    }

    /// What changed since it was last asked: whether all rows went, those that came, and
    /// the values of those that went.
    pub fn take_changes(&mut self, table: &Table) -> (bool, Vec<RowId>, Vec<CellBuffer>) {
        let log = self.log.as_mut().map(RowLog::take).unwrap_or_default();
        (log.cleared, log.added(), log.removed(&self.columns, table))
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        self.filter.renumber(rows);
        if let Some(log) = &mut self.log {
            log.renumber(rows);
        }
        if let Some(window) = &mut self.followed {
            window.held = window.held.iter().filter_map(|&row| rows.get(row)).collect();
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

    /// Puts all rows in order, where that was not necessary yet.
    pub fn complete_order(&mut self, table: &Table) {
        if let Some(order) = &mut self.order {
            order.complete(table);
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
    pub fn rows_in(&mut self, rows: Range<u64>, table: &Table) -> Vec<RowId> {
        match &mut self.order {
            Some(order) => order.get(rows, table),
            None => {
                let first = table.rows().start;
                (first + rows.start..first + rows.end).collect()
            }
        }
    }

    /// The order of two rows of the table in the view.
    fn compare(&self, a: RowId, b: RowId, table: &Table) -> Ordering {
        self.order.as_ref().map_or_else(|| a.cmp(&b), |order| order.compare(a, b, table))
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

    /// The table's columns that are shown.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The ends of the values of `column`, which may be one that is not shown.
    pub fn min_max(&mut self, column: &Column, table: &Table) -> CellBuffer {
        let mut ends = Ends::new(column.data_type().clone());
        self.each_chunk(table, |rows| {
            let mut cells = ends.buffer();
            rows.iter().for_each(|&row| cells.push(column.scalar(row), column.strings()));
            ends.take(&cells);
        });
        ends.cells()
    }

    /// Takes the cells of column `number` into `ends`.
    pub fn ends_of(&mut self, number: usize, table: &Table, ends: &mut Ends) {
        let mut chunks = Vec::new();
        self.each_chunk(table, |rows| chunks.push(rows));
        for rows in chunks {
            let mut cells = ends.buffer();
            self.read_column(number, &rows, table, &mut cells);
            ends.take(&cells);
        }
    }

    fn each_chunk(&mut self, table: &Table, mut each: impl FnMut(Vec<RowId>)) {
        let count = self.num_rows(table);
        for start in (0..count).step_by(CHUNK) {
            each(self.rows_in(start..count.min(start + CHUNK as u64), table));
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.split.as_ref().map_or(0, SplitColumns::memory)
            + self.order.as_ref().map_or(0, SortedRows::memory)
            + self.first_rows.as_ref().map_or(0, FirstRows::memory)
            + self.followed.as_ref().map_or(0, FollowedWindow::memory)
            + self.filter.memory()
    }
}
