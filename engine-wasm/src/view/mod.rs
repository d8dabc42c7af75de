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
mod filter;
mod flat;
mod grouped;
mod grouping;
mod hierarchy;
pub(crate) mod keys;
mod order;
mod pivot;
mod plan;
mod row_order;
mod slots;
mod sorted_rows;
mod window;

#[cfg(test)]
mod any_config;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod law;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod semantics;
#[cfg(test)]
pub(crate) mod testing;

pub use config::{Direction, FilterOp, FilterTerm, SortTerm, ViewConfig};
pub use hierarchy::State;
pub use window::{CellBuffer, CellValues, RowPath, Window, WindowSpec};

use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::{ChangeSet, Reclaimed, Table};
use flat::FlatView;
use grouped::GroupedView;
use plan::Plan;
use window::ColumnNames;

/// A view, and how it was asked for.
#[derive(Debug)]
pub struct View {
    config: ViewConfig,
    names: ColumnNames,
    types: Vec<DataType>,
    rows: ViewRows,
}

#[derive(Debug)]
enum ViewRows {
    Flat(Box<FlatView>),
    Grouped(Box<GroupedView>),
}

impl View {
    /// A view of the rows that `table` has now. Its changes so far must have been taken in
    /// by all other views.
    ///
    /// # Errors
    /// Where the config does not fit the table, with the place in it.
    pub fn new(mut config: ViewConfig, table: &Table) -> Result<Self> {
        let plan = Plan::new(&config, table)?;
        let (names, types): (Vec<String>, Vec<DataType>) = plan.shown.iter().cloned().unzip();
        config.columns = Some(names.clone());
        let mut rows = match plan.group_by.is_empty() {
            true => ViewRows::Flat(Box::new(FlatView::new(plan, table))),
            false => ViewRows::Grouped(Box::new(GroupedView::new(plan, table))),
        };
        rows.apply(table, &ChangeSet { added: table.rows(), ..ChangeSet::default() });
        Ok(View { config, names: ColumnNames(names), types, rows })
    }

    /// Takes a change set in. The rows it removes are still in `table`.
    pub fn apply(&mut self, table: &Table, changes: &ChangeSet) {
        self.rows.apply(table, changes);
    }

    /// Forgets what it remembers of codes that now may mean other strings.
    pub fn forget(&mut self, reclaimed: &Reclaimed) {
        for (column, codes) in &reclaimed.codes {
            match &mut self.rows {
                ViewRows::Flat(view) => view.forget_codes(*column, codes),
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
        match &self.rows {
            ViewRows::Flat(view) => view.num_rows(table),
            ViewRows::Grouped(view) => view.num_rows(),
        }
    }

    /// The number of columns, split ones each for itself.
    pub fn num_columns(&mut self, table: &Table) -> usize {
        let width = self.names.len();
        match &mut self.rows {
            ViewRows::Flat(view) => view.num_columns(width, table),
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
            ViewRows::Grouped(view) => view.column_name(number, &self.names, table),
        }
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
        let (row_ids, row_path) = match &mut self.rows {
            ViewRows::Flat(view) => {
                let ids = view.rows_in(rows.clone(), table);
                for (number, out) in columns.clone().zip(&mut cells) {
                    view.read_column(number, &ids, table, out);
                }
                (ids, None)
            }
            ViewRows::Grouped(view) => {
                let groups = view.groups_in(rows.clone());
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

    /// Shows what is in the group in row `row`, or hides it; returns how many rows came or
    /// went.
    ///
    /// # Errors
    /// Where the view is not grouped, or has no such row.
    pub fn set_expanded(&mut self, row: u64, expanded: bool, table: &Table) -> Result<u64> {
        let num_rows = self.num_rows(table);
        self.grouped()?.set_expanded(row, expanded, table).ok_or_else(|| {
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
            ViewRows::Flat(_) => {
                let message = "only a view with group_by has rows to expand";
                Err(Error::new(Kind::InvalidConfig, message))
            }
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        match &self.rows {
            ViewRows::Flat(view) => view.memory(),
            ViewRows::Grouped(view) => view.memory(),
        }
    }
}

impl ViewRows {
    fn apply(&mut self, table: &Table, changes: &ChangeSet) {
        match self {
            ViewRows::Flat(view) => view.apply(table, changes),
            ViewRows::Grouped(view) => view.apply(table, changes),
        }
    }
}
