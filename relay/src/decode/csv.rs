//! Comma-separated values: each line of a record is a row.
//!
//! `csv-core` finds the fields; it takes what RFC 4180 leaves open as leniently as its dialects
//! do. That the number of fields is right, and each one of the type of its column, is checked here.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::Places;
use super::builder::Builder;
use super::columns::Value;
use crate::config::{CsvFormat, Path};

/// Reads lines of fields into columns.
#[derive(Debug)]
pub(super) struct CsvReader {
    core: Reader,
    /// The columns of each field, by its place in the line.
    fields: Vec<Vec<usize>>,
    columns: Vec<usize>,
    null: Option<String>,
    /// The text of a line's fields, one behind the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl CsvReader {
    pub(super) fn new(format: &CsvFormat, columns: &Places<'_>, builder: &mut Builder) -> Self {
        // All values are text: what is written decides.
        columns.iter().for_each(|(index, ..)| builder.allow_casts(*index));
        let named = |field: &String| {
            let here = columns.iter().filter(|(_, name, path)| match path {
                Path::Name => name == field,
                Path::Fields(path) => path.len() == 1 && &path[0] == field,
            });
            here.map(|(index, ..)| *index).collect()
        };
        let fields = match &format.fields {
            Some(fields) => fields.iter().map(named).collect(),
            None => columns.iter().map(|(index, ..)| vec![*index]).collect(),
        };
        Self {
            core: ReaderBuilder::new().delimiter(format.delimiter).build(),
            fields,
            columns: columns.iter().map(|(index, ..)| *index).collect(),
            null: format.null.clone(),
            text: vec![0; 1024],
            ends: vec![0; 64],
        }
    }

    pub(super) fn read(&mut self, bytes: &[u8], out: &mut Builder) -> Result<usize, String> {
        self.core.reset();
        let (mut input, mut row) = (bytes, out.rows());
        let (mut length, mut count) = (0, 0);
        loop {
            // No more input, after some was told to be all, is the end.
            let (result, read, written, ended) =
                self.core.read_record(input, &mut self.text[length..], &mut self.ends[count..]);
            input = &input[read..];
            length += written;
            count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.put(row, &self.ends[..count], out)?;
                    row += 1;
                    out.fill(&self.columns, row);
                    (length, count) = (0, 0);
                }
                ReadRecordResult::End => break,
            }
        }
        match row - out.rows() {
            0 => Err("expected a line of fields, found none".into()),
            rows => Ok(rows),
        }
    }

    fn put(&self, row: usize, ends: &[usize], out: &mut Builder) -> Result<(), String> {
        if ends.len() != self.fields.len() {
            return Err(format!("expected {} fields, found {}", self.fields.len(), ends.len()));
        }
        let mut begin = 0;
        for (columns, &end) in self.fields.iter().zip(ends) {
            let field = &self.text[begin..end];
            begin = end;
            if columns.is_empty() {
                continue;
            }
            let text =
                std::str::from_utf8(field).map_err(|e| format!("expected UTF-8 text: {e}"))?;
            let value = match text {
                "" => Value::Null,
                text if self.null.as_deref() == Some(text) => Value::Null,
                text => Value::Text(text.into()),
            };
            for &column in columns {
                out.put(column, row, &value)?;
            }
        }
        Ok(())
    }
}
