//! Rows that were read and checked, not yet in their table.
//!
//! A form of input may leave columns out, and rows of it may leave out single values. That
//! is kept apart from null until the rows are appended.

use super::lists::{Span, spread};
use crate::error::{Error, Kind, Result};
use crate::table::{Batch, Incoming, ListFlatten, Nulls, Table};

/// A column of staged rows.
#[derive(Debug)]
pub struct StagedColumn {
    /// The values; null also where `absent` says that there was none.
    pub incoming: Incoming,
    /// The rows that said nothing of the column.
    pub absent: Nulls,
    /// Where the values of each row lie, if they are not one a row.
    pub spans: Option<Vec<Span>>,
}

impl StagedColumn {
    /// Values of which each row has one.
    pub fn of_values(incoming: Incoming) -> Self {
        StagedColumn { incoming, absent: Nulls::default(), spans: None }
    }
}

/// Rows for a table: its columns in order, none where the input does not have the column.
#[derive(Debug)]
pub struct Staged {
    /// The columns.
    pub columns: Vec<Option<StagedColumn>>,
    /// The number of rows.
    pub rows: usize,
}

impl Staged {
    /// Rows of which no column is known yet.
    pub fn of_rows(table: &Table, rows: usize) -> Self {
        let mut columns = Vec::new();
        columns.resize_with(table.schema().fields().len(), || None);
        Staged { columns, rows }
    }

    /// The rows that the lists in them become. `bytes` is the size of the input, to which
    /// the size of what comes out is bound.
    ///
    /// # Errors
    /// Where that is too much.
    pub fn flatten_lists(self, how: ListFlatten, bytes: usize) -> Result<Self> {
        if self.columns.iter().flatten().all(|column| column.spans.is_none()) {
            return Ok(self);
        }
        spread(self, how, bytes)
    }

    /// The rows as a batch for `table`, with what is absent in them.
    pub fn into_batch(self, table: &Table) -> Batch {
        let rows = self.rows;
        let columns = self.columns.into_iter().zip(table.columns());
        let columns = columns.map(|(staged, column)| match staged {
            Some(staged) => Incoming { absent: staged.absent, ..staged.incoming },
            None => Incoming::absent(column.data_type(), rows),
        });
        Batch { columns: columns.collect(), rows }
    }
}

/// Cells that any input may stand for.
const FREE_CELLS: usize = 1 << 22;
/// Cells that a byte of input may stand for. Rows that leave most of their columns out, and
/// lists that are multiplied, are more cells than bytes.
const CELLS_A_BYTE: usize = 8;

/// Checks that `rows` of `columns` are not out of all proportion to an input of `bytes`.
///
/// # Errors
/// Where they are.
pub fn check_size(rows: usize, columns: usize, bytes: usize) -> Result<()> {
    let most = bytes.saturating_mul(CELLS_A_BYTE).saturating_add(FREE_CELLS);
    match rows.saturating_mul(columns) > most {
        false => Ok(()),
        true => {
            let message =
                format!("{bytes} bytes would become {rows} rows of {columns} columns or more");
            let error = Error::new(Kind::Unsupported, message);
            Err(error.expected("rows that have most of their columns, and shorter lists"))
        }
    }
}
