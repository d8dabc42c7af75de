//! A table: columns of one length, appended at the end and bounded at the front.
//!
//! Writes change the columns at once and are gathered into one [`ChangeSet`] until the
//! next tick, when views take it in and [`Table::reclaim`] gives up what it removed.

mod changes;
mod column;
mod interner;

pub use changes::ChangeSet;
#[cfg(test)]
pub(crate) use column::SEGMENT_READS;
pub(crate) use column::with_values;
pub use column::{
    Column, Incoming, Nulls, RowId, SEGMENT_ROWS, Segment, Values, by_segment, first_row_of,
    offset_of, segment_of,
};
pub use interner::Interner;

use crate::error::{Error, Kind, Result};
use crate::scalar::Scalar;
use crate::schema::Schema;
use std::ops::Range;

/// How a table is bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The most rows it keeps: of more, the oldest go. `None` is unbounded.
    pub limit: Option<u64>,
    /// What becomes of lists in rows that come in.
    pub list_flatten: ListFlatten,
}

/// What becomes of lists in rows that come in. The other values of a row stand in each of
/// the rows that it becomes; an empty list is null.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ListFlatten {
    /// A row for each place in its lists; a shorter list is null behind its end.
    Zip,
    /// A row for each combination of what is in its lists, the last list the fastest.
    Cartesian,
    /// A list is JSON text.
    #[default]
    Stringify,
}

impl ListFlatten {
    /// The way of that name.
    ///
    /// # Errors
    /// Where it is no name, or no known one.
    pub fn parse(name: Option<&str>) -> Result<Self> {
        match name {
            Some("zip") => Ok(ListFlatten::Zip),
            Some("cartesian") => Ok(ListFlatten::Cartesian),
            Some("stringify") => Ok(ListFlatten::Stringify),
            _ => {
                let known = ["zip", "cartesian", "stringify"];
                let name = name.unwrap_or_default();
                let error = Error::unknown(Kind::InvalidConfig, "way", name, known);
                Err(error.at("list_flatten"))
            }
        }
    }
}

/// Rows for a table: a column each, in the order of its schema, all of one length.
#[derive(Debug)]
pub struct Batch {
    /// The values of each column.
    pub columns: Vec<Incoming>,
    /// The number of rows.
    pub rows: usize,
}

/// Codes that may come to mean other strings: of each string column that lost some.
#[derive(Debug, Default)]
pub struct Reclaimed {
    /// The column's number and its codes.
    pub codes: Vec<(usize, Vec<u32>)>,
}

/// Columns, the rows that live in them, and what changed since the last tick.
#[derive(Debug)]
pub struct Table {
    schema: Schema,
    options: TableOptions,
    columns: Vec<Column>,
    /// The rows of the table as its readers should see it.
    live: Range<RowId>,
    /// The rows that the views have taken in.
    seen: Range<RowId>,
    cleared: bool,
}

impl Table {
    /// An empty table.
    ///
    /// # Errors
    /// Where the limit is zero.
    pub fn new(schema: Schema, options: TableOptions) -> Result<Self> {
        if options.limit == Some(0) {
            return Err(Error::new(Kind::InvalidConfig, "a table of no rows")
                .at("limit")
                .expected("a number of rows from 1 on"));
        }
        let columns = schema.fields().iter().map(|f| Column::new(f.data_type.clone())).collect();
        Ok(Table { schema, options, columns, live: 0..0, seen: 0..0, cleared: false })
    }

    /// An empty table whose first row will have that id, the first of a segment: for tests
    /// of ids that are large.
    #[cfg(test)]
    pub(crate) fn starting_at(mut self, first: RowId) -> Self {
        (self.live, self.seen) = (first..first, first..first);
        self
    }

    /// The names and types of the columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// How the table is bounded.
    pub fn options(&self) -> &TableOptions {
        &self.options
    }

    /// The columns, in the order of the schema.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of that number, to intern its strings before an append.
    pub(crate) fn column_mut(&mut self, number: usize) -> &mut Column {
        &mut self.columns[number]
    }

    /// The rows it holds.
    pub fn rows(&self) -> Range<RowId> {
        self.live.clone()
    }

    /// The number of rows it holds.
    pub fn size(&self) -> u64 {
        self.live.end - self.live.start
    }

    /// Whether rows ever leave: then views keep what they need to take them back.
    pub fn is_bounded(&self) -> bool {
        self.options.limit.is_some()
    }

    /// Appends `batch`; of more than the limit the oldest rows go.
    pub fn append(&mut self, batch: &Batch) {
        debug_assert!(batch.columns.iter().all(|c| c.values.len() == batch.rows));
        for (column, incoming) in self.columns.iter_mut().zip(&batch.columns) {
            column.append(self.live.end, incoming);
        }
        self.live.end += batch.rows as u64;
        if let Some(limit) = self.options.limit {
            self.live.start = self.live.start.max(self.live.end.saturating_sub(limit));
        }
    }

    /// Gives up strings that were interned for an append and then not used. Views know of
    /// none of them: what they know is given up in [`reclaim`](Table::reclaim) only.
    pub(crate) fn drop_unused_strings(&mut self) {
        for column in &mut self.columns {
            column.sweep();
        }
    }

    /// Takes all rows out.
    pub fn clear(&mut self) {
        self.live.start = self.live.end;
        self.cleared = true;
    }

    /// What changed since the last [`reclaim`](Table::reclaim).
    pub fn changes(&self) -> ChangeSet {
        ChangeSet {
            removed: self.seen.start..self.live.start.clamp(self.seen.start, self.seen.end),
            added: self.live.start.max(self.seen.end)..self.live.end,
            cleared: self.cleared,
        }
    }

    /// Ends a tick: what was removed is given up, once all views have taken it in.
    pub fn reclaim(&mut self) -> Reclaimed {
        let mut reclaimed = Reclaimed::default();
        let gone = self.seen.start..self.live.start;
        for (number, column) in self.columns.iter_mut().enumerate() {
            column.drop_front(gone.clone(), self.live.start);
            let codes = column.sweep();
            if !codes.is_empty() {
                reclaimed.codes.push((number, codes));
            }
        }
        self.seen = self.live.clone();
        self.cleared = false;
        reclaimed
    }

    /// Appends the rows of `source`, whose schema is the same.
    ///
    /// # Errors
    /// Where the schemas differ.
    pub fn append_table(&mut self, source: &Table) -> Result<()> {
        if source.schema != self.schema {
            return Err(Error::new(Kind::TypeMismatch, "the tables have different columns"));
        }
        for (segment, places) in by_segment(source.rows()) {
            let rows = places.len();
            let columns = (self.columns.iter_mut().zip(&source.columns))
                .map(|(to, from)| copy(to, from, segment, places.clone()))
                .collect();
            self.append(&Batch { columns, rows });
        }
        Ok(())
    }

    /// Bytes held by the columns.
    pub fn memory(&self) -> usize {
        self.columns.iter().map(Column::memory).sum()
    }
}

/// The values of `from` at `places` of `segment`, ready to be appended to `to`.
fn copy(to: &mut Column, from: &Column, segment: u64, places: Range<usize>) -> Incoming {
    let source = from.segment(segment);
    let mut nulls = Nulls::default();
    for (i, place) in places.clone().enumerate() {
        if source.nulls().contains(place) {
            nulls.set(i);
        }
    }
    let values = match (to.strings_mut(), from.strings()) {
        (Some(to), Some(strings)) => {
            let mut codes = vec![None; strings.code_bound()];
            let translated = places.map(|place| match source.scalar(place) {
                Scalar::Code(code) => {
                    *codes[code as usize].get_or_insert_with(|| to.intern(strings.get(code)))
                }
                _ => 0,
            });
            Values::C32(translated.collect())
        }
        _ => {
            let mut values = Values::new(from.data_type());
            values.extend(source.values(), places);
            values
        }
    };
    Incoming { values, nulls }
}
