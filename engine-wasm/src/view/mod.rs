//! A view of a table: filtered, grouped, pivoted, sorted, and kept up from change sets.
//!
//! ```text
//!              ┌ filter ─ group ─ aggregate ─ pivot ─ hierarchy ┐
//!  change set ─┤              (GroupedView)                     ├─ window
//!              └ filter ─ order (FlatView) ─────────────────────┘
//! ```
//!
//! A view remembers the group of each row (where rows can leave) and the aggregates of
//! each group, and applies what a change set adds and removes. It reads no other row. Rows
//! whose values change leave with the old ones and come back with the new ones.

mod changes;
mod config;
mod delta;
mod distinct;
mod downsample;
mod filter;
mod first_rows;
mod flat;
mod follow;
mod followed_window;
mod formula;
mod grouped;
mod grouping;
mod having;
mod hierarchy;
mod limits;
mod min_max;
pub(crate) mod order;
mod outermost;
mod partial_sort;
mod pivot;
mod plan;
mod read;
mod row_order;
mod scope;
mod siblings;
mod slots;
mod small_tuples;
mod sorted_rows;
mod tuple_keys;
mod unsorted_rows;
mod window;

#[cfg(test)]
mod any_config;
#[cfg(test)]
mod any_lookup;
#[cfg(test)]
mod any_order;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod counted_work;
#[cfg(test)]
mod law;
#[cfg(test)]
mod law_of_derived_tables;
#[cfg(test)]
mod law_of_downsampling;
#[cfg(test)]
mod law_of_time;
#[cfg(test)]
mod limits_kept_up;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod plain_aggregates;
#[cfg(test)]
mod replica;
#[cfg(test)]
mod semantics;
#[cfg(test)]
mod semantics_of_aggregates;
#[cfg(test)]
mod semantics_of_downsampling;
#[cfg(test)]
mod semantics_of_formulas;
#[cfg(test)]
mod semantics_of_groups;
#[cfg(test)]
mod semantics_of_lookups;
#[cfg(test)]
mod semantics_of_min_max;
#[cfg(test)]
mod semantics_of_numbered_lookups;
#[cfg(test)]
mod semantics_of_shapes;
#[cfg(test)]
mod semantics_of_time;
#[cfg(test)]
mod semantics_of_windows;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod shapes_in_time;
#[cfg(test)]
pub(crate) mod testing;

pub use config::{
    AggregateTerm, Direction, FilterNode, FilterOp, FilterTerm, GroupRollup, Nulls, SortTerm,
    SplitRollup, ViewConfig,
};
pub use delta::Delta;
pub use downsample::{Downsample, Method, ReadSpec};
pub use follow::{Followable, Followed};
pub use hierarchy::State;
pub use limits::{GroupLimit, LimitBy};
pub use window::{CellBuffer, CellValues, RowPath, Sample, Window, WindowSpec};

use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::{ChangeSet, Reclaimed, RowId, Table};
use changes::{Reads, RowChanges};
use distinct::DistinctView;
use filter::Filter;
use flat::FlatView;
use grouped::GroupedView;
use plan::Plan;
use scope::Scope;
use std::mem::take;
use window::ColumnNames;

/// A view, and how it was asked for.
#[derive(Debug)]
pub struct View {
    config: ViewConfig,
    names: ColumnNames,
    types: Vec<DataType>,
    /// The names and numbers of the columns that its expressions are.
    derived: Vec<(String, usize)>,
    reads: Reads,
    /// In the middle of a tick: the rows that will come back, and those that stay where they
    /// are with other values.
    back: Vec<RowId>,
    in_place: Vec<RowId>,
    rows: ViewRows,
}

#[derive(Debug)]
enum ViewRows {
    Flat(Box<FlatView>),
    Distinct(Box<DistinctView>),
    Grouped(Box<GroupedView>),
}

impl View {
    /// A view of the rows that `table` has now. Its changes so far must have been taken in
    /// by all other views. What it derives from the table is given back by
    /// [`detach`](View::detach).
    ///
    /// # Errors
    /// Where the config does not fit the table, with the place in it.
    pub fn new(config: ViewConfig, table: &mut Table) -> Result<Self> {
        let derived = table.derive(&config.expressions, &config.windows)?;
        let view = View::build(config, table, &derived);
        view.inspect_err(|_| {
            let numbers: Vec<usize> = derived.iter().map(|(_, number)| *number).collect();
            table.release(&numbers);
        })
    }

    /// As [`new`](View::new), with the columns that were derived for it.
    pub(crate) fn build(
        mut config: ViewConfig,
        table: &Table,
        derived: &[(String, usize)],
    ) -> Result<Self> {
        let plan = Plan::new(&config, &Scope { table, derived })?;
        let (names, types): (Vec<String>, Vec<DataType>) = plan.shown.iter().cloned().unzip();
        config.columns = Some(names.clone());
        let reads = Reads::new(&plan, table);
        let retraction = reads.retraction(table);
        let rows = match plan.is_flat() {
            true if plan.distinct => {
                ViewRows::Distinct(Box::new(DistinctView::new(plan, table, retraction)))
            }
            true => ViewRows::Flat(Box::new(FlatView::new(plan, table, retraction))),
            false => ViewRows::Grouped(Box::new(GroupedView::new(plan, table, retraction))),
        };
        let derived = derived.to_vec();
        let (back, in_place, names) = (Vec::new(), Vec::new(), ColumnNames(names));
        let mut view = View { config, names, types, derived, reads, back, in_place, rows };
        view.put_in(table, &ChangeSet { added: table.rows(), ..ChangeSet::default() });
        Ok(view)
    }

    /// Gives back what the view, which is given up, derived from its table.
    pub fn detach(&self, table: &mut Table) {
        let numbers: Vec<usize> = self.derived.iter().map(|(_, number)| *number).collect();
        table.release(&numbers);
    }

    /// Begins a tick: takes out the rows that leave, and those that will come back with other
    /// values. All old values are still in `table`. Returns whether anything changes; then
    /// [`put_in`](View::put_in) must end the tick.
    pub fn take_out(&mut self, table: &Table, changes: &ChangeSet) -> bool {
        let filter = self.rows.filter_mut();
        let crossing = match self.reads.follow_clock() && !changes.cleared {
            true => filter.crossing(table, table.rows().start..changes.added.start),
            false => Vec::new(),
        };
        (self.back, self.in_place) = self.reads.revised(changes, crossing);
        let changes = RowChanges {
            cleared: changes.cleared,
            removed: &changes.removed,
            back: &self.back,
            in_place: &self.in_place,
            added: changes.added.clone(),
        };
        if changes.is_empty() {
            // No row takes part by one clock and not by the other.
            filter.set_clock(table);
            return false;
        }
        match &mut self.rows {
            ViewRows::Flat(view) => view.take_out(table, &changes),
            ViewRows::Distinct(view) => view.take_out(table, &changes),
            ViewRows::Grouped(view) => view.take_out(table, &changes),
        }
        true
    }

    /// Ends a tick: takes in the rows that come back, and those that are new. The new values
    /// are in `table`.
    pub fn put_in(&mut self, table: &Table, changes: &ChangeSet) {
        let (back, in_place) = (take(&mut self.back), take(&mut self.in_place));
        let changes = RowChanges {
            cleared: changes.cleared,
            removed: &changes.removed,
            back: &back,
            in_place: &in_place,
            added: changes.added.clone(),
        };
        match &mut self.rows {
            ViewRows::Flat(view) => view.put_in(table, &changes),
            ViewRows::Distinct(view) => view.put_in(table, &changes),
            ViewRows::Grouped(view) => view.put_in(table, &changes),
        }
    }

    /// Takes in what the table gave up: forgets what it remembers of codes that now may mean
    /// other strings, and takes over new ids of rows.
    pub fn forget(&mut self, reclaimed: &Reclaimed) {
        if let Some(rows) = &reclaimed.renumbering {
            match &mut self.rows {
                ViewRows::Flat(view) => view.renumber(rows),
                ViewRows::Distinct(view) => view.renumber(rows),
                ViewRows::Grouped(view) => view.renumber(rows),
            }
        }
        for (column, codes) in &reclaimed.codes {
            match &mut self.rows {
                ViewRows::Flat(view) => view.forget_codes(*column, codes),
                ViewRows::Distinct(view) => view.forget_codes(*column, codes),
                ViewRows::Grouped(view) => view.forget_codes(*column, codes),
            }
        }
    }

    /// Whether rows come and go with the clock, beside what changes in the table.
    pub fn follows_clock(&self) -> bool {
        self.reads.follow_clock()
    }

    /// The config, with the columns filled in.
    pub fn config(&self) -> &ViewConfig {
        &self.config
    }

    /// The names of the columns before they are split, and their types.
    pub fn schema(&self) -> impl Iterator<Item = (&str, &DataType)> {
        self.names.0.iter().map(String::as_str).zip(&self.types)
    }

    /// The number of visible rows.
    pub fn num_rows(&self, table: &Table) -> u64 {
        let all = match &self.rows {
            ViewRows::Flat(view) => view.num_rows(table),
            ViewRows::Distinct(view) => view.num_rows(),
            ViewRows::Grouped(view) => view.num_rows(),
        };
        all.saturating_sub(self.config.offset).min(self.config.limit.unwrap_or(u64::MAX))
    }

    /// The number of columns, split ones each for itself.
    pub fn num_columns(&mut self, table: &Table) -> usize {
        let width = self.names.len();
        match &mut self.rows {
            ViewRows::Flat(view) => view.num_columns(width, table),
            ViewRows::Distinct(_) => width,
            ViewRows::Grouped(view) => view.num_columns(width, table),
        }
    }

    /// The names of all columns; of split ones, `group|column`.
    pub fn column_paths(&mut self, table: &Table) -> Vec<String> {
        (0..self.num_columns(table)).map(|number| self.column_name(number, table)).collect()
    }

    fn column_name(&mut self, number: usize, table: &Table) -> String {
        match &mut self.rows {
            ViewRows::Flat(view) => view.column_name(number, &self.names, table),
            ViewRows::Distinct(_) => self.names.plain(number),
            ViewRows::Grouped(view) => view.column_name(number, &self.names, table),
        }
    }

    /// The names and types of the columns that its expressions are.
    pub fn expression_schema<'t>(
        &'t self,
        table: &'t Table,
    ) -> impl Iterator<Item = (&'t str, &'t DataType)> {
        let type_of = |number: usize| table.columns()[number].data_type();
        self.derived.iter().map(move |(name, number)| (name.as_str(), type_of(*number)))
    }

    /// Puts all rows in order. Of a new view only the windows that were asked for are in order, so
    /// that they come soon; the rest is done here, in time for the first change, or with
    /// that, once.
    pub fn complete_order(&mut self, table: &Table) {
        match &mut self.rows {
            ViewRows::Flat(view) => view.complete_order(table),
            ViewRows::Distinct(view) => view.complete_order(table),
            ViewRows::Grouped(view) => view.complete_order(table),
        }
    }

    /// Says whether [`take_delta`](View::take_delta) will be asked for: from now on what
    /// changes is remembered, or not any more.
    pub fn watch(&mut self, on: bool) {
        match &mut self.rows {
            ViewRows::Flat(view) => view.watch(on),
            ViewRows::Distinct(view) => view.watch(on),
            ViewRows::Grouped(view) => view.watch(on),
        }
    }

    /// What changed since this was last asked, of a view that is [watched](View::watch).
    pub fn take_delta(&mut self, table: &Table) -> Delta {
        let num_columns = self.num_columns(table);
        let buffers = |rows: usize| -> Vec<CellBuffer> {
            let types = (0..num_columns).map(|number| &self.types[number % self.types.len()]);
            types.map(|data_type| CellBuffer::new(data_type.clone(), rows)).collect()
        };
        let plain = |names: Vec<String>, cells, row_path: Option<RowPath>, count: usize| Window {
            rows: 0..count as u64,
            columns: 0..names.len(),
            table_rows: table.size(),
            num_rows: count as u64,
            num_columns: names.len(),
            group_by: row_path.as_ref().map_or(Vec::new(), |_| self.config.group_by.clone()),
            row_path,
            row_ids: Vec::new(),
            names,
            cells,
            sample: None,
        };
        let (cleared, rows, removed) = match &mut self.rows {
            ViewRows::Flat(view) => {
                let (cleared, added, removed) = view.take_changes(table);
                let mut cells = buffers(added.len());
                for (number, out) in cells.iter_mut().enumerate() {
                    view.read_column(number, &added, table, out);
                }
                let gone = removed.first().map_or(0, CellBuffer::len);
                let removed = plain(self.names.0.clone(), removed, None, gone);
                (cleared, (cells, None, added.len()), removed)
            }
            ViewRows::Distinct(view) => {
                let (cleared, added, removed) = view.take_changes(table);
                let mut cells = buffers(added.len());
                for (number, out) in cells.iter_mut().enumerate() {
                    view.read_column(number, &added, table, out);
                }
                let gone = removed.first().map_or(0, CellBuffer::len);
                let removed = plain(self.names.0.clone(), removed, None, gone);
                (cleared, (cells, None, added.len()), removed)
            }
            ViewRows::Grouped(view) => {
                let (cleared, groups, removed) = view.take_changes(table);
                let mut cells = buffers(groups.len());
                for (number, out) in cells.iter_mut().enumerate() {
                    view.read_column(number, &groups, table, out);
                }
                let path = view.row_path(&groups, table);
                let gone = removed.depth.len();
                let removed = plain(Vec::new(), Vec::new(), Some(removed), gone);
                (cleared, (cells, Some(path), groups.len()), removed)
            }
        };
        let (cells, path, count) = rows;
        let rows = plain(Vec::new(), cells, path, count);
        let names = self.column_paths(table);
        Delta {
            cleared,
            rows: Window { columns: 0..num_columns, num_columns, names, ..rows },
            removed,
        }
    }

    /// Shows what is in the group in row `row`, or hides it; returns how many rows came or
    /// went.
    ///
    /// # Errors
    /// Where the view is not grouped, or has no such row.
    pub fn set_expanded(&mut self, row: u64, expanded: bool, table: &Table) -> Result<u64> {
        let num_rows = self.num_rows(table);
        let offset = self.config.offset;
        let grouped = self.grouped()?;
        let found = (row < num_rows).then(|| grouped.set_expanded(row + offset, expanded, table));
        found.flatten().ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is no row {row}"))
                .expected(format!("a row below {num_rows}"))
        })
    }

    /// Shows groups down to level `depth`, and hides deeper ones.
    ///
    /// # Errors
    /// Where the view is not grouped.
    pub fn set_depth(&mut self, depth: usize, table: &Table) -> Result<()> {
        self.grouped()?.set_depth(depth, table);
        Ok(())
    }

    fn grouped(&mut self) -> Result<&mut GroupedView> {
        match &mut self.rows {
            ViewRows::Grouped(view) => Ok(view),
            ViewRows::Flat(_) | ViewRows::Distinct(_) => {
                let message = "only a view with group_by has rows to expand";
                Err(Error::new(Kind::InvalidConfig, message))
            }
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        match &self.rows {
            ViewRows::Flat(view) => view.memory(),
            ViewRows::Distinct(view) => view.memory(),
            ViewRows::Grouped(view) => view.memory(),
        }
    }
}

impl ViewRows {
    fn filter_mut(&mut self) -> &mut Filter {
        match self {
            ViewRows::Flat(view) => view.filter_mut(),
            ViewRows::Distinct(view) => view.filter_mut(),
            ViewRows::Grouped(view) => view.filter_mut(),
        }
    }
}
