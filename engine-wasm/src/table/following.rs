//! Tables whose rows come and go as those of a view do, and that nobody else writes to.

use super::column::RowId;
use super::{Batch, Table, TableOptions};
use crate::aggregate::Retraction;
use crate::error::Result;
use crate::schema::Schema;
use std::ops::Range;

impl Table {
    /// An empty table whose rows will leave as `retraction` says, and are told apart by the
    /// columns of `index` where there are some.
    ///
    /// # Errors
    /// Where the index names a column that is not there, or twice.
    pub(crate) fn following(
        schema: Schema,
        index: Vec<String>,
        retraction: Retraction,
    ) -> Result<Self> {
        let options = TableOptions { index, ..TableOptions::default() };
        Ok(Table { follows: Some(retraction), ..Table::new(schema, options)? })
    }

    /// Whether its rows are those of a view.
    pub fn follows(&self) -> bool {
        self.follows.is_some()
    }

    /// Takes the oldest rows out, of a table whose rows leave in the order they came.
    pub(crate) fn take_oldest(&mut self, count: u64) {
        self.drop_oldest(count);
    }

    /// Takes out rows, which are there.
    pub(crate) fn take_rows(&mut self, rows: &[RowId]) {
        for &row in rows {
            if let Some(keys) = &mut self.keys {
                keys.remove(row, &self.columns);
            }
            self.take_out(row);
        }
    }

    /// Appends rows, whose keys no row has; returns their ids.
    pub(crate) fn put(&mut self, batch: &Batch) -> Range<RowId> {
        let first = self.live.end;
        self.push(&batch.columns, batch.rows);
        if let Some(keys) = &mut self.keys {
            let parts = keys.keys(&batch.columns, batch.rows);
            for (key, row) in parts.chunks_exact(keys.columns().len()).zip(first..) {
                keys.set(key, None, row);
            }
        }
        first..self.live.end
    }
}
