//! Windows of a view: which rows lie in them, and their cells.

use super::window::{CellBuffer, Sample, Window, WindowSpec};
use super::{ReadSpec, View, ViewRows};
use crate::error::{Error, Kind, Result};
use crate::table::{RowId, Table};
use std::ops::Range;

/// The most cells of one window: of more, what they take beside the table would not fit
/// into the 4 GB that WebAssembly can address.
pub(super) const MOST_CELLS: u64 = 1 << 26;

/// Rows of a view, by what they stand for.
#[derive(Debug)]
pub(super) enum Found {
    /// Rows of the table.
    Rows(Vec<RowId>),
    /// Groups, or combinations of values.
    Groups(Vec<u32>),
}

impl View {
    /// Reads what is asked for.
    ///
    /// # Errors
    /// Where that is more than can be handed out at once, or its rows cannot be chosen so.
    pub fn read_spec(&mut self, table: &Table, spec: &ReadSpec) -> Result<Window> {
        if let Some(how) = &spec.downsample {
            return self.downsample(table, spec.window, how);
        }
        let (rows, columns) = spec.window.clamp(self.num_rows(table), self.num_columns(table));
        check_cells(rows.end - rows.start, columns.len())?;
        Ok(self.read(table, spec.window))
    }

    /// Reads the cells of a window, at the cost of the window.
    pub fn read(&mut self, table: &Table, spec: WindowSpec) -> Window {
        let (rows, columns) = spec.clamp(self.num_rows(table), self.num_columns(table));
        let found = self.find(rows.clone(), table);
        self.window(found, (rows, columns), None, table)
    }

    /// What the rows of a range are.
    pub(super) fn find(&mut self, rows: Range<u64>, table: &Table) -> Found {
        // An offset beyond the last row, of any size, is not counted from.
        let offset = if rows.is_empty() { 0 } else { self.config.offset };
        let among_all = rows.start + offset..rows.end + offset;
        match &mut self.rows {
            ViewRows::Flat(view) => Found::Rows(view.rows_in(among_all, table)),
            ViewRows::Distinct(view) => Found::Groups(view.rows_in(among_all, table)),
            ViewRows::Grouped(view) => Found::Groups(view.groups_in(among_all, table)),
        }
    }

    /// The cells of the rows found between the bounds of a window.
    pub(super) fn window(
        &mut self,
        found: Found,
        (rows, columns): (Range<u64>, Range<usize>),
        sample: Option<Sample>,
        table: &Table,
    ) -> Window {
        let width = self.names.len();
        let mut cells = Vec::with_capacity(columns.len());
        for number in columns.clone() {
            let mut out = CellBuffer::new(self.types[number % width].clone(), found.len());
            self.rows.read_column(number, &found, table, &mut out);
            cells.push(out);
        }
        let row_path = match (&self.rows, &found) {
            (ViewRows::Grouped(view), Found::Groups(groups)) => Some(view.row_path(groups, table)),
            _ => None,
        };
        let row_ids = match found {
            Found::Rows(rows) => rows,
            Found::Groups(_) => Vec::new(),
        };
        Window {
            table_rows: table.size(),
            num_rows: self.num_rows(table),
            num_columns: self.num_columns(table),
            row_ids,
            row_path,
            group_by: self.config.group_by.clone(),
            names: columns.clone().map(|number| self.column_name(number, table)).collect(),
            cells,
            rows,
            columns,
            sample,
        }
    }
}

impl ViewRows {
    /// Appends the cells of column `number` in the rows found to `out`.
    pub(super) fn read_column(
        &mut self,
        number: usize,
        found: &Found,
        table: &Table,
        out: &mut CellBuffer,
    ) {
        match (self, found) {
            (ViewRows::Flat(view), Found::Rows(rows)) => {
                view.read_column(number, rows, table, out);
            }
            (ViewRows::Distinct(view), Found::Groups(rows)) => {
                view.read_column(number, rows, table, out);
            }
            (ViewRows::Grouped(view), Found::Groups(groups)) => {
                view.read_column(number, groups, table, out);
            }
            _ => unreachable!("rows are found as what the view has"),
        }
    }
}

impl Found {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Found::Rows(rows) => rows.len(),
            Found::Groups(groups) => groups.len(),
        }
    }

    /// Takes in rows of the same view.
    pub fn append(&mut self, more: Found) {
        match (self, more) {
            (Found::Rows(rows), Found::Rows(more)) => rows.extend(more),
            (Found::Groups(groups), Found::Groups(more)) => groups.extend(more),
            _ => unreachable!("rows of one view are found as the same"),
        }
    }
}

/// Checks that so many cells can be handed out at once.
///
/// # Errors
/// Where they cannot.
pub(super) fn check_cells(rows: u64, columns: usize) -> Result<()> {
    let cells = rows.saturating_mul(columns as u64);
    if cells <= MOST_CELLS {
        return Ok(());
    }
    let error = Error::new(Kind::Unsupported, format!("a window of {cells} cells"));
    Err(error.expected(format!("at most {MOST_CELLS} at once: read it in parts")))
}
