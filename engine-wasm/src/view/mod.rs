//! A view of a table: filtered, grouped, pivoted, sorted, and kept up from change sets.
//!
//! ```text
//!              ┌ filter ─ group ─ aggregate ─ pivot ─ hierarchy ┐
//!  change set ─┤              (GroupedView)                     ├─ window
//!              └ filter ─ order (FlatView) ─────────────────────┘
//! ```
//!
//! A view remembers the group of each row (where rows can leave) and the aggregates of
//! each group, and applies what a change set adds and removes. It reads no other row.

mod config;
mod delta;
mod distinct;
mod filter;
mod first_rows;
mod flat;
mod grouped;
mod grouping;
mod having;
mod hierarchy;
mod limits;
pub(crate) mod order;
mod pivot;
mod plan;
mod row_order;
mod scope;
mod siblings;
mod slots;
mod sorted_rows;
mod window;

#[cfg(test)]
mod any_config;
#[cfg(test)]
mod any_order;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod law;
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
mod semantics_of_groups;
#[cfg(test)]
mod semantics_of_shapes;
#[cfg(test)]
mod shapes;
#[cfg(test)]
pub(crate) mod testing;

pub use config::{
    AggregateTerm, Direction, FilterNode, FilterOp, FilterTerm, GroupRollup, Nulls, SortTerm,
    SplitRollup, ViewConfig,
};
pub use delta::Delta;
pub use hierarchy::State;
pub use limits::{GroupLimit, LimitBy};
pub use window::{CellBuffer, CellValues, RowPath, Window, WindowSpec};

use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::{ChangeSet, Reclaimed, Table};
use distinct::DistinctView;
use flat::FlatView;
use grouped::GroupedView;
use plan::Plan;
use scope::Scope;
use window::ColumnNames;

/// The most cells of one window: of more, what they take beside the table would not fit
/// into the 4 GB that WebAssembly can address.
const MOST_CELLS: u64 = 1 << 26;

/// A view, and how it was asked for.
#[derive(Debug)]
pub struct View {
    config: ViewConfig,
    names: ColumnNames,
    types: Vec<DataType>,
    /// The numbers of the columns that its expressions are.
    derived: Vec<usize>,
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
        let derived = table.derive(&config.expressions)?;
        let view = View::build(config, table, &derived);
        view.inspect_err(|_| {
            let numbers: Vec<usize> = derived.iter().map(|(_, number)| *number).collect();
            table.release(&numbers);
        })
    }

    /// As [`new`](View::new), with the columns that were derived for it.
    fn build(mut config: ViewConfig, table: &Table, derived: &[(String, usize)]) -> Result<Self> {
        let plan = Plan::new(&config, &Scope { table, derived })?;
        let (names, types): (Vec<String>, Vec<DataType>) = plan.shown.iter().cloned().unzip();
        config.columns = Some(names.clone());
        let mut rows = match plan.is_flat() {
            true if plan.distinct => ViewRows::Distinct(Box::new(DistinctView::new(plan, table))),
            true => ViewRows::Flat(Box::new(FlatView::new(plan, table))),
            false => ViewRows::Grouped(Box::new(GroupedView::new(plan, table))),
        };
        rows.apply(table, &ChangeSet { added: table.rows(), ..ChangeSet::default() });
        let derived = derived.iter().map(|(_, number)| *number).collect();
        Ok(View { config, names: ColumnNames(names), types, derived, rows })
    }

    /// Gives back what the view, which is given up, derived from its table.
    pub fn detach(&self, table: &mut Table) {
        table.release(&self.derived);
    }

    /// Takes a change set in. The rows it removes are still in `table`.
    pub fn apply(&mut self, table: &Table, changes: &ChangeSet) {
        self.rows.apply(table, changes);
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

    /// Checks that a window is not more than can be handed out at once.
    ///
    /// # Errors
    /// Where it is.
    pub fn check_window(&mut self, table: &Table, spec: WindowSpec) -> Result<()> {
        let (rows, columns) = spec.clamp(self.num_rows(table), self.num_columns(table));
        let cells = (rows.end - rows.start).saturating_mul(columns.len() as u64);
        if cells <= MOST_CELLS {
            return Ok(());
        }
        let error = Error::new(Kind::Unsupported, format!("a window of {cells} cells"));
        Err(error.expected(format!("at most {MOST_CELLS} at once: read it in parts")))
    }

    /// Reads the cells of a window, at the cost of the window.
    pub fn read(&mut self, table: &Table, spec: WindowSpec) -> Window {
        let (num_rows, num_columns) = (self.num_rows(table), self.num_columns(table));
        let (rows, columns) = spec.clamp(num_rows, num_columns);
        let width = self.names.len();
        let mut cells: Vec<CellBuffer> = columns
            .clone()
            .map(|number| {
                CellBuffer::new(
                    self.types[number % width].clone(),
                    (rows.end - rows.start) as usize,
                )
            })
            .collect();
        let among_all = rows.start + self.config.offset..rows.end + self.config.offset;
        let (row_ids, row_path) = match &mut self.rows {
            ViewRows::Flat(view) => {
                let ids = view.rows_in(among_all, table);
                for (number, out) in columns.clone().zip(&mut cells) {
                    view.read_column(number, &ids, table, out);
                }
                (ids, None)
            }
            ViewRows::Distinct(view) => {
                let rows = view.rows_in(among_all);
                for (number, out) in columns.clone().zip(&mut cells) {
                    view.read_column(number, &rows, table, out);
                }
                (Vec::new(), None)
            }
            ViewRows::Grouped(view) => {
                let groups = view.groups_in(among_all);
                for (number, out) in columns.clone().zip(&mut cells) {
                    view.read_column(number, &groups, table, out);
                }
                (Vec::new(), Some(view.row_path(&groups, table)))
            }
        };
        let names = columns.clone().map(|number| self.column_name(number, table)).collect();
        let group_by = self.config.group_by.clone();
        Window {
            rows,
            columns,
            table_rows: table.size(),
            num_rows,
            num_columns,
            row_ids,
            row_path,
            group_by,
            names,
            cells,
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
    fn apply(&mut self, table: &Table, changes: &ChangeSet) {
        match self {
            ViewRows::Flat(view) => view.apply(table, changes),
            ViewRows::Distinct(view) => view.apply(table, changes),
            ViewRows::Grouped(view) => view.apply(table, changes),
        }
    }
}
