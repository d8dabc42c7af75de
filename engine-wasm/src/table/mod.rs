//! A table: columns of one length, appended at the end and bounded at the front.
//!
//! What is written never changes. Where a keyed table is written to, the row that had the key
//! leaves and another one comes, so that whoever looks at rows knows only coming and leaving,
//! and can read both. Computed columns may have other values as time goes by: then a row
//! leaves with the old ones and comes back with the new ones ([`Table::revise`]). The places of rows that left are given up by giving those that stay new
//! ids ([`Renumbering`]), when there are more of the former.
//!
//! Writes change the columns at once and are gathered into one [`ChangeSet`] until the
//! next tick ([`Table::revise`]), when views take it in and [`Table::reclaim`] gives up what
//! it removed.

mod age;
mod changes;
mod column;
mod derived;
mod following;
mod holes;
mod interner;
mod key_index;
mod options;
mod removed_keys;
mod renumbering;
mod upsert;

#[cfg(test)]
mod tests;

pub use changes::{ChangeSet, for_each_segment};
pub(crate) use column::with_values;
pub use column::{
    Column, Incoming, Nulls, RowId, SEGMENT_ROWS, Segment, Values, by_segment, complete,
    first_row_of, offset_of, segment_of,
};
#[cfg(test)]
pub(crate) use column::{ROW_READS, SEGMENT_READS};
pub use derived::Validated;
pub use interner::Interner;
pub(crate) use options::duration;
pub use renumbering::Renumbering;

use crate::aggregate::Retraction;
use crate::error::{Error, Kind, Result};
use crate::expr::Env;
use crate::scalar::Scalar;
use crate::schema::Schema;
use age::AgeBound;
use derived::{Derived, NO_CLOCK};
use holes::Holes;
use key_index::KeyIndex;
use std::ops::Range;

/// How a table is keyed and bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The most rows it keeps: of more, the oldest go. `None` is unbounded.
    pub limit: Option<u64>,
    /// The most bytes that the values of its rows may take, see [`Table::bytes`]: of more,
    /// the oldest rows go.
    pub bytes: Option<u64>,
    /// The column of the rows' times, and how many milliseconds before now a time may be:
    /// rows of older times go. Rows without a time stay.
    pub age: Option<(String, i64)>,
    /// The columns by whose values rows are told apart: of two that agree in them, the
    /// later one takes the place of the earlier. None: all rows are kept.
    pub index: Vec<String>,
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

/// What was given up with the rows that left.
#[derive(Debug, Default)]
pub struct Reclaimed {
    /// Codes that may come to mean other strings: of each string column that lost some, its
    /// number and its codes.
    pub codes: Vec<(usize, Vec<u32>)>,
    /// New ids of the rows, where they have some.
    pub renumbering: Option<Renumbering>,
}

/// Columns, the rows that live in them, and what changed since the last tick.
#[derive(Debug)]
pub struct Table {
    schema: Schema,
    options: TableOptions,
    /// Those of the schema, and behind them those of `derived`.
    columns: Vec<Column>,
    /// Computed columns; none where a number is free.
    derived: Vec<Option<Derived>>,
    env: Env,
    /// The rows of the table as its readers should see it, but for the holes.
    live: Range<RowId>,
    /// The rows that the views have taken in.
    seen: Range<RowId>,
    /// The rows that left from among others; from `seen.start` on.
    holes: Holes,
    /// The number of holes in `live`.
    dead: u64,
    /// The holes made since the last tick.
    gone: Vec<RowId>,
    keys: Option<KeyIndex>,
    age: Option<AgeBound>,
    /// How rows leave, of a table whose rows are those of a view.
    follows: Option<Retraction>,
    /// What the values of the rows take, where that is bounded.
    bytes: u64,
    cleared: bool,
}

impl Table {
    /// An empty table.
    ///
    /// # Errors
    /// Where the limit is zero, or the index names a column that is not there, or twice.
    pub fn new(schema: Schema, options: TableOptions) -> Result<Self> {
        if options.limit == Some(0) {
            return Err(Error::new(Kind::InvalidConfig, "a table of no rows")
                .at("limit")
                .expected("a number of rows from 1 on"));
        }
        let age = options.age.as_ref().map(|(name, most_ms)| {
            let column = schema.column(name)?;
            AgeBound::new(column, &schema.fields()[column].data_type, *most_ms)
        });
        let age = age.transpose().map_err(|e| e.at("limit.age"))?;
        let mut index: Vec<usize> = Vec::new();
        for name in &options.index {
            let column = schema.column(name).map_err(|e| e.at("index"))?;
            if index.contains(&column) {
                let message = format!("column \"{name}\" is there twice");
                return Err(Error::new(Kind::InvalidConfig, message).at("index"));
            }
            index.push(column);
        }
        let columns = schema.fields().iter().map(|f| Column::new(f.data_type.clone())).collect();
        Ok(Table {
            schema,
            options,
            columns,
            derived: Vec::new(),
            env: NO_CLOCK,
            live: 0..0,
            seen: 0..0,
            holes: Holes::default(),
            dead: 0,
            gone: Vec::new(),
            keys: (!index.is_empty()).then(|| KeyIndex::new(index)),
            age,
            follows: None,
            bytes: 0,
            cleared: false,
        })
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

    /// The columns, in the order of the schema, and behind them those that views have
    /// [derived](Table::derive).
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of that number, to intern its strings before an append.
    pub(crate) fn column_mut(&mut self, number: usize) -> &mut Column {
        &mut self.columns[number]
    }

    /// The rows it holds, and in a keyed table others among them that left: see
    /// [`places`](Table::places).
    pub fn rows(&self) -> Range<RowId> {
        self.live.clone()
    }

    /// Whether `row` is held.
    pub fn holds(&self, row: RowId) -> bool {
        self.live.contains(&row) && !self.holes.contains(row)
    }

    /// The time that was handed in last, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        self.env.now_ms
    }

    /// Those of `places` in a segment whose rows are held, into `out`.
    pub fn places(&self, segment: u64, places: Range<usize>, out: &mut Vec<u32>) {
        out.clear();
        self.holes.others(segment, places, out);
        #[cfg(test)]
        ROW_READS.with(|reads| reads.set(reads.get() + out.len() as u64));
    }

    /// The number of rows it holds.
    pub fn size(&self) -> u64 {
        self.live.end - self.live.start - self.dead
    }

    /// The numbers of the columns that rows are told apart by; none where all are kept.
    pub fn key_columns(&self) -> &[usize] {
        self.keys.as_ref().map_or(&[], KeyIndex::columns)
    }

    /// Whether and how rows leave: then views keep what they need to take them back.
    pub fn retraction(&self) -> Retraction {
        let TableOptions { limit, bytes, .. } = self.options;
        if self.keys.is_some() || self.age.is_some() {
            Retraction::AnyOrder
        } else if limit.is_some() || bytes.is_some() {
            Retraction::FirstInFirstOut
        } else {
            self.follows.unwrap_or(Retraction::Never)
        }
    }

    /// Whether `batch` can be appended.
    ///
    /// # Errors
    /// Where a row lacks a column that rows are told apart by.
    pub fn check(&self, batch: &Batch) -> Result<()> {
        for &number in self.key_columns() {
            let absent = &batch.columns[number].absent;
            if let Some(row) = (0..batch.rows).find(|&row| absent.contains(row)) {
                let name = &self.schema.fields()[number].name;
                let message = format!("row {row} has no \"{name}\", by which rows are told apart");
                let error = Error::new(Kind::InvalidData, message);
                return Err(error
                    .at(format!("column \"{name}\""))
                    .expected("a value in each row, if only null"));
            }
        }
        Ok(())
    }

    /// Appends `batch`, which [`check`](Table::check) lets pass; of more than the limit the
    /// oldest rows go. In a keyed table a row takes the place of the one with its key, and
    /// the values that it says nothing of.
    pub fn append(&mut self, batch: &Batch) {
        debug_assert!(batch.columns.iter().all(|c| c.values.len() == batch.rows));
        if self.keys.is_some() {
            self.upsert(batch);
        } else {
            self.push(&batch.columns, batch.rows);
        }
        self.keep_bounds();
    }

    /// Takes out the rows that are beyond a bound.
    fn keep_bounds(&mut self) {
        self.drop_aged();
        if let Some(limit) = self.options.limit {
            self.drop_oldest(self.size().saturating_sub(limit));
        }
        if let Some(most) = self.options.bytes {
            while self.bytes > most && self.size() > 0 {
                self.drop_oldest(1);
            }
        }
        let held = self.size();
        if let Some(age) = &mut self.age {
            age.prune(held, |row| self.live.contains(&row) && !self.holes.contains(row));
        }
    }

    /// Takes out the rows that are too old at the time that was handed in.
    fn drop_aged(&mut self) {
        let Some(mut age) = self.age.take() else { return };
        while let Some(row) = age.next(self.env.now_ms) {
            if self.live.contains(&row) && !self.holes.contains(row) {
                if let Some(keys) = &mut self.keys {
                    keys.remove(row, &self.columns);
                }
                self.take_out(row);
            }
        }
        self.age = Some(age);
    }

    /// Hands in the time, in milliseconds since the Unix epoch, by which rows leave that are
    /// too old.
    pub fn set_clock(&mut self, now_ms: i64) {
        self.env.now_ms = now_ms;
        self.drop_aged();
    }

    /// What the values of the rows take, in a table that is bounded by it: of each value the
    /// width of its type (of a text, its length in UTF-8), null or not.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn bytes_of(&self, row: RowId) -> u64 {
        let own = &self.columns[..self.schema.fields().len()];
        own.iter().map(|column| column.bytes_of(row)).sum()
    }

    /// Counts the bytes of rows in, where they are bounded.
    fn count_bytes(&mut self, rows: Range<RowId>) {
        if self.options.bytes.is_some() {
            self.bytes += rows.map(|row| self.bytes_of(row)).sum::<u64>();
        }
    }

    /// Counts the bytes of a row out again.
    fn discount_bytes(&mut self, row: RowId) {
        if self.options.bytes.is_some() {
            self.bytes -= self.bytes_of(row);
        }
    }

    /// Appends rows to the columns.
    fn push(&mut self, columns: &[Incoming], rows: usize) {
        for (column, incoming) in self.columns.iter_mut().zip(columns) {
            column.append(self.live.end, incoming);
        }
        let first = self.live.end;
        self.live.end += rows as u64;
        self.compute_all(first..self.live.end);
        self.count_bytes(first..self.live.end);
        if let Some(age) = &mut self.age {
            (first..self.live.end).for_each(|row| age.insert(row, &self.columns));
        }
    }

    /// Takes the oldest rows out, that many.
    fn drop_oldest(&mut self, count: u64) {
        if self.holes.len() == 0 && self.keys.is_none() && self.options.bytes.is_none() {
            self.live.start += count;
            return;
        }
        let mut left = count;
        while left > 0 && self.live.start < self.live.end {
            let row = self.live.start;
            if self.holes.contains(row) {
                self.dead -= 1;
            } else {
                left -= 1;
                self.discount_bytes(row);
                if let Some(keys) = &mut self.keys {
                    keys.remove(row, &self.columns);
                }
            }
            self.live.start += 1;
        }
    }

    /// Makes a hole where `row` is, which is held.
    fn take_out(&mut self, row: RowId) {
        self.discount_bytes(row);
        self.holes.insert(row);
        self.dead += 1;
        self.gone.push(row);
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
        self.dead = 0;
        if let Some(keys) = &mut self.keys {
            keys.clear();
        }
        if let Some(age) = &mut self.age {
            age.clear();
        }
        self.bytes = 0;
        self.cleared = true;
    }

    /// The rows that came and went since the last [`reclaim`](Table::reclaim).
    pub fn changes(&self) -> ChangeSet {
        let mut removed = Vec::new();
        if !self.cleared {
            let front = self.seen.start..self.live.start.clamp(self.seen.start, self.seen.end);
            removed.extend(front.filter(|&row| !self.holes.contains(row)));
            let fell_out = self.gone.iter().copied().filter(|&row| row < self.seen.end);
            removed.extend(fell_out);
            removed.sort_unstable();
        }
        ChangeSet {
            removed,
            added: self.live.start.max(self.seen.end)..self.live.end,
            cleared: self.cleared,
            revised: Vec::new(),
        }
    }

    /// Ends a tick: what was removed is given up, once all views have taken it in.
    pub fn reclaim(&mut self) -> Reclaimed {
        self.overwrite();
        if self.is_behind() {
            self.revise();
            self.overwrite();
        }
        let mut reclaimed = Reclaimed::default();
        let gone = std::mem::take(&mut self.gone);
        let front = self.seen.start..self.live.start;
        for (number, column) in self.columns.iter_mut().enumerate() {
            if column.strings().is_some() {
                let front = front.clone().filter(|&row| !self.holes.contains(row));
                column.release(front.chain(gone.iter().copied()));
            }
            column.drop_before(self.live.start);
            let codes = column.sweep();
            if !codes.is_empty() {
                reclaimed.codes.push((number, codes));
            }
        }
        self.holes.forget(front);
        // Giving up places costs as much as there are rows left: so many must have gone.
        if self.dead > self.size() + SEGMENT_ROWS as u64 {
            reclaimed.renumbering = Some(self.renumber());
        }
        self.seen = self.live.clone();
        self.cleared = false;
        self.forget(&reclaimed);
        reclaimed
    }

    /// Gives the rows ids without holes between them, behind all that there were.
    fn renumber(&mut self) -> Renumbering {
        let mut rows = Renumbering::new(segment_of(self.live.start));
        let first = first_row_of(segment_of(self.live.end) + 1);
        let mut next = first;
        for (segment, places) in
            by_segment(first_row_of(segment_of(self.live.start))..self.live.end)
        {
            let is_left = |place: usize| {
                let row = first_row_of(segment) + place as RowId;
                places.contains(&place) && self.live.contains(&row) && !self.holes.contains(row)
            };
            next += rows.push(next, is_left);
        }
        for number in 0..self.columns.len() {
            if self.is_held(number) {
                self.columns[number].renumber(&rows);
            }
        }
        if let Some(keys) = &mut self.keys {
            keys.renumber(&rows, self.live.end);
        }
        if let Some(age) = &mut self.age {
            age.renumber(&rows);
        }
        self.live = first..next;
        self.holes.clear();
        self.dead = 0;
        rows
    }

    /// Appends the rows of `source`, whose schema is the same.
    ///
    /// # Errors
    /// Where the schemas differ.
    pub fn append_table(&mut self, source: &Table) -> Result<()> {
        if source.schema != self.schema {
            return Err(Error::new(Kind::TypeMismatch, "the tables have different columns"));
        }
        let mut offsets = Vec::new();
        for (segment, places) in by_segment(source.rows()) {
            source.places(segment, places, &mut offsets);
            let own = self.schema.fields().len();
            let columns = (self.columns[..own].iter_mut().zip(&source.columns))
                .map(|(to, from)| copy(to, from, segment, &offsets))
                .collect();
            self.append(&Batch { columns, rows: offsets.len() });
        }
        Ok(())
    }

    /// Bytes held by the columns and the index.
    pub fn memory(&self) -> usize {
        self.columns.iter().map(Column::memory).sum::<usize>()
            + self.holes.memory()
            + self.keys.as_ref().map_or(0, KeyIndex::memory)
            + self.age.as_ref().map_or(0, AgeBound::memory)
            + self.memory_of_derived()
    }
}

/// The values of `from` at the places `offsets` of `segment`, ready to be appended to `to`.
fn copy(to: &mut Column, from: &Column, segment: u64, offsets: &[u32]) -> Incoming {
    let source = from.segment(segment);
    let mut nulls = Nulls::default();
    for (i, &place) in offsets.iter().enumerate() {
        if source.nulls().contains(place as usize) {
            nulls.set(i);
        }
    }
    let values = match (to.strings_mut(), from.strings()) {
        (Some(to), Some(strings)) => {
            let mut codes = vec![None; strings.code_bound()];
            let translated = offsets.iter().map(|&place| match source.scalar(place as usize) {
                Scalar::Code(code) => {
                    *codes[code as usize].get_or_insert_with(|| to.intern(strings.get(code)))
                }
                _ => 0,
            });
            Values::C32(translated.collect())
        }
        _ => {
            let mut values = Values::new(from.data_type());
            for run in offsets.chunk_by(|a, b| a + 1 == *b) {
                values.extend(source.values(), run[0] as usize..run[0] as usize + run.len());
            }
            values
        }
    };
    Incoming::new(values, nulls)
}
