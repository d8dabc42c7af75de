//! Text formats: CSV, and JSON as rows, columns or lines.
//!
//! A reader takes a text apart and hands its cells to a [`Sink`]. There are two: one that
//! finds out the columns ([`Inference`](super::infer::Inference)), and one that stages the
//! values for a table. So a table is made by reading twice, and what is inferred is
//! appended by the very rules of any append.

use super::cell::{Cell, ColumnBuilder};
use super::infer::Inference;
use super::staged::{Staged, check_size};
use super::{csv, json};
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::{Batch, Interner, ListFlatten, Table, TableOptions};
use rustc_hash::FxHashMap;

/// A text format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header, as RFC 4180 has them.
    Csv,
    /// A JSON array of objects, one a row.
    Json,
    /// A JSON object of arrays, one a column.
    Columns,
    /// A JSON object a line.
    Ndjson,
}

impl Format {
    /// The format of that name.
    ///
    /// # Errors
    /// Where there is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self> {
        const NAMES: [(&str, Format); 4] = [
            ("csv", Format::Csv),
            ("json", Format::Json),
            ("columns", Format::Columns),
            ("ndjson", Format::Ndjson),
        ];
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, format)| *format).ok_or_else(|| {
            let known = NAMES.iter().map(|(known, _)| *known);
            Error::unknown(Kind::InvalidConfig, "format", name, known).at("format")
        })
    }
}

/// Takes the cells of a text, each row of a column at most once and in order.
pub trait Sink {
    /// The number of the column called `name`.
    ///
    /// # Errors
    /// Where there is no such column and none can be made.
    fn column(&mut self, name: &str) -> Result<usize>;

    /// Whether an object by that name is to be taken apart, into columns `name.key`; else
    /// its text is a value.
    fn takes_apart(&mut self, name: &str) -> bool;

    /// Whether a null by that name stands for an object, and has no column.
    fn is_null_object(&self, name: &str) -> bool;

    /// What becomes of lists.
    fn list_flatten(&self) -> ListFlatten;

    /// Puts a value into row `row` of a column.
    ///
    /// # Errors
    /// Where it does not fit, or the row has a value there.
    fn put(&mut self, column: usize, row: usize, cell: &Cell<'_>) -> Result<()>;

    /// Puts a list into row `row` of a column.
    ///
    /// # Errors
    /// As [`put`](Sink::put).
    fn put_list(&mut self, column: usize, row: usize, cells: &[Cell<'_>]) -> Result<()>;
}

/// A table with the columns and the rows of a text.
///
/// # Errors
/// Where `bytes` are not of that format, with the place.
pub fn table_from_text(bytes: &[u8], format: Format, options: TableOptions) -> Result<Table> {
    let text = decode(bytes)?;
    let mut inference = Inference::new(options.list_flatten);
    read(text, format, &mut inference)?;
    let mut table = Table::new(inference.schema()?, options)?;
    append(&mut table, text, format)?;
    Ok(table)
}

/// Appends the rows of a text to `table`; returns how many. Columns go by name; what is
/// absent is null.
///
/// # Errors
/// Where `bytes` are not of that format, hold a column that the table does not have, or a
/// value that does not fit its column, with the place. The table then is as it was.
pub fn append_text(table: &mut Table, bytes: &[u8], format: Format) -> Result<usize> {
    append(table, decode(bytes)?, format)
}

fn append(table: &mut Table, text: &str, format: Format) -> Result<usize> {
    let staged = stage(table, text, format);
    let rows = staged.map(|batch| {
        table.append(&batch);
        batch.rows
    });
    table.drop_unused_strings();
    rows
}

/// Takes the rows out of a keyed `table` whose keys are in a text, of which only the key
/// columns count; returns how many there were.
///
/// # Errors
/// Where the table has no keys, or the text is wrong or lacks a key column. The table then
/// is as it was.
pub fn remove_text(table: &mut Table, bytes: &[u8], format: Format) -> Result<usize> {
    needs_keys(table)?;
    let staged = decode(bytes).and_then(|text| stage(table, text, format));
    let removed = staged.map(|batch| {
        let keys = table.keys_of(&batch);
        table.remove(&keys)
    });
    table.drop_unused_strings();
    removed
}

/// Checks that rows of `table` can be named.
///
/// # Errors
/// Where they have no keys.
pub(super) fn needs_keys(table: &Table) -> Result<()> {
    if table.key_columns().is_empty() {
        let message = "rows of a table without an index have no keys";
        let error = Error::new(Kind::InvalidConfig, message);
        return Err(error.expected("a table made with the option index"));
    }
    Ok(())
}

fn stage(table: &mut Table, text: &str, format: Format) -> Result<Batch> {
    let list_flatten = table.options().list_flatten;
    let mut stage = Stage::new(table, text.len());
    let rows = read(text, format, &mut stage)?;
    let staged = stage.finish(rows)?.flatten_lists(list_flatten, text.len())?;
    let batch = staged.into_batch(table);
    table.check(&batch).map(|()| batch)
}

fn read(text: &str, format: Format, sink: &mut dyn Sink) -> Result<usize> {
    match format {
        Format::Csv => csv::read(text, sink),
        Format::Json => json::read_rows(text, sink),
        Format::Columns => json::read_columns(text, sink),
        Format::Ndjson => json::read_lines(text, sink),
    }
}

/// The text of `bytes`, which is UTF-8, without a byte order mark.
fn decode(bytes: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = 1 + bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count();
        let error = Error::new(Kind::InvalidData, "the text is not UTF-8");
        error.at(format!("line {line}")).expected("text in UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Stages values for a table.
struct Stage<'t> {
    table: &'t mut Table,
    numbers: FxHashMap<String, usize>,
    /// The names of columns with a dot in them, in order.
    dotted: Vec<String>,
    builders: Vec<Option<ColumnBuilder>>,
    /// Cells so far that no row said anything of.
    padded: usize,
    /// The size of the text.
    bytes: usize,
}

impl<'t> Stage<'t> {
    fn new(table: &'t mut Table, bytes: usize) -> Self {
        let names = || table.schema().fields().iter().map(|field| field.name.clone());
        let numbers = names().zip(0..).collect();
        let mut dotted: Vec<String> = names().filter(|name| name.contains('.')).collect();
        dotted.sort_unstable();
        let mut builders = Vec::new();
        builders.resize_with(table.schema().fields().len(), || None);
        Stage { table, numbers, dotted, builders, padded: 0, bytes }
    }

    fn finish(self, rows: usize) -> Result<Staged> {
        check_size(rows, self.builders.iter().flatten().count(), self.bytes)?;
        let mut staged = Staged::of_rows(self.table, rows);
        for (column, builder) in staged.columns.iter_mut().zip(self.builders) {
            *column = builder.map(|builder| builder.finish(rows));
        }
        Ok(staged)
    }

    /// Whether there are columns `name.key`.
    fn is_object(&self, name: &str) -> bool {
        let before = || name.bytes().chain(std::iter::once(b'.'));
        let place = self.dotted.partition_point(|dotted| dotted.bytes().lt(before()));
        let inner = self.dotted.get(place).and_then(|dotted| dotted.strip_prefix(name));
        inner.is_some_and(|inner| inner.starts_with('.'))
    }

    /// The builder of a column, at the beginning of `row`, and the column's strings.
    fn builder(
        &mut self,
        column: usize,
        row: usize,
    ) -> Result<(&mut ColumnBuilder, Option<&mut Interner>)> {
        let builder = &mut self.builders[column];
        let column = self.table.column_mut(column);
        let builder = builder.get_or_insert_with(|| ColumnBuilder::new(column.data_type().clone()));
        if builder.rows() > row {
            let error = Error::new(Kind::InvalidData, "the column is there twice");
            return Err(error.expected("each column once a row"));
        }
        if builder.rows() < row {
            self.padded += row - builder.rows();
            check_size(self.padded, 1, self.bytes)?;
            builder.pad(row);
        }
        Ok((builder, column.strings_mut()))
    }
}

impl Sink for Stage<'_> {
    fn column(&mut self, name: &str) -> Result<usize> {
        match self.numbers.get(name) {
            Some(&number) => Ok(number),
            None => self.table.schema().column(name),
        }
    }

    fn takes_apart(&mut self, name: &str) -> bool {
        let is_text =
            |number: &usize| self.table.columns()[*number].data_type() == &DataType::String;
        self.is_object(name) || !self.numbers.get(name).is_some_and(is_text)
    }

    fn is_null_object(&self, name: &str) -> bool {
        self.is_object(name) && !self.numbers.contains_key(name)
    }

    fn list_flatten(&self) -> ListFlatten {
        self.table.options().list_flatten
    }

    fn put(&mut self, column: usize, row: usize, cell: &Cell<'_>) -> Result<()> {
        let (builder, strings) = self.builder(column, row)?;
        builder.push(cell, strings)
    }

    fn put_list(&mut self, column: usize, row: usize, cells: &[Cell<'_>]) -> Result<()> {
        let (builder, strings) = self.builder(column, row)?;
        builder.push_list(cells, strings)
    }
}
