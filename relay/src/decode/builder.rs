//! The open batch of a feed: its columns, and how many rows of them are complete.

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::SchemaRef;

use super::columns::{Column, Value};
use crate::config::{self, Rule, Rules};

/// Columns that decoders write rows into.
///
/// While a record is read its columns have different lengths: a decoder brings those that are
/// its own to the new length, or the record is taken back by [`take_back`](Self::take_back).
#[derive(Debug)]
pub struct Builder {
    names: Vec<String>,
    columns: Vec<Column>,
    rows: usize,
}

impl Builder {
    /// Empty columns.
    pub fn new(columns: &[config::Column], rules: &Rules) -> Self {
        let plain = Rule::default();
        let column =
            |c: &config::Column| Column::with_rule(&c.kind, rules.get(&c.name).unwrap_or(&plain));
        Self {
            names: columns.iter().map(|c| c.name.clone()).collect(),
            columns: columns.iter().map(column).collect(),
            rows: 0,
        }
    }

    /// Rows that are complete.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A column.
    #[inline]
    pub fn column(&self, index: usize) -> &Column {
        &self.columns[index]
    }

    /// Turns values of other kinds into those of the column from now on, where that is plain.
    pub fn allow_casts(&mut self, column: usize) {
        self.columns[column].allow_casts();
    }

    /// Puts a value into row `row` of a column, which is its next one or its last one.
    ///
    /// # Errors
    /// When it does not fit: which column, what was expected and what was found.
    #[inline(always)]
    pub fn put(&mut self, column: usize, row: usize, value: &Value<'_>) -> Result<(), String> {
        match self.columns[column].put(row, value) {
            Ok(()) => Ok(()),
            Err(why) => Err(self.in_column(column, &why)),
        }
    }

    #[cold]
    fn in_column(&self, column: usize, why: &str) -> String {
        format!("column \"{}\": {why}", self.names[column])
    }

    /// Fills up these columns to `rows` with their defaults.
    #[inline]
    pub fn fill(&mut self, columns: &[usize], rows: usize) {
        for &column in columns {
            self.columns[column].fill(rows);
        }
    }

    /// A column's name.
    pub fn name(&self, index: usize) -> &str {
        &self.names[index]
    }

    /// Makes nulls of what columns lack of `count` more rows.
    pub fn pad(&mut self, count: usize) {
        for column in &mut self.columns {
            while column.len() < self.rows + count {
                column.push_null();
            }
        }
    }

    /// Cuts these columns to `rows`.
    pub fn cut(&mut self, columns: &[usize], rows: usize) {
        for &column in columns {
            self.columns[column].truncate(rows);
        }
    }

    /// Makes `times` rows of the value that these columns have for the row being read: none, or
    /// the value again and again.
    pub fn repeat(&mut self, columns: &[usize], times: usize) {
        for &column in columns {
            self.columns[column].repeat(self.rows, times);
        }
    }

    /// Declares `count` more rows complete; all columns have them.
    pub fn complete(&mut self, count: usize) {
        self.rows += count;
        debug_assert!(self.columns.iter().all(|c| c.len() == self.rows), "a column lacks rows");
    }

    /// Leaves of the rows behind the complete ones those that are to be kept.
    pub fn retain(&mut self, kept: &[bool]) {
        for column in &mut self.columns {
            column.retain(self.rows, kept);
        }
    }

    /// Forgets what is left behind of rows that were taken back, where there are no others.
    pub fn clear(&mut self) {
        if self.rows == 0 {
            self.columns.iter_mut().for_each(Column::clear);
        }
    }

    /// Takes back what lies behind the complete rows.
    pub fn take_back(&mut self) {
        for column in &mut self.columns {
            column.truncate(self.rows);
        }
    }

    /// The rows so far as a batch of this schema, whose fields are the columns. Leaves none.
    pub fn finish(&mut self, schema: SchemaRef) -> RecordBatch {
        let arrays: Vec<ArrayRef> = self.columns.iter_mut().map(Column::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        self.rows = 0;
        RecordBatch::try_new_with_options(schema, arrays, &options)
            .expect("the columns have the types of the schema and one length")
    }
}
