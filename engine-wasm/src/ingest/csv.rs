//! CSV, as RFC 4180 has it: a header, fields between commas, quotation marks around what
//! holds a comma, a quotation mark (doubled) or a line break.
//!
//! A field without anything is null; one of two quotation marks is the empty text. Lines
//! end by LF, CR LF or CR.

use super::cell::Cell;
use super::text::Sink;
use crate::error::{Error, Kind, LONGEST_NAME, Result, shortened};
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// Reads all of `text` into `sink`; returns how many rows.
///
/// # Errors
/// Where it is no CSV, or the sink refuses something, with the line and the field.
pub fn read(text: &str, sink: &mut dyn Sink) -> Result<usize> {
    let mut reader = Reader { text, at: 0, line: 1 };
    let mut fields = Vec::new();
    if !reader.record(&mut fields)? {
        let error = Error::new(Kind::InvalidData, "the text is empty").at("line 1");
        return Err(error.expected("a header with the names of the columns"));
    }
    let header: Vec<String> = fields.drain(..).map(|field| field.text.into_owned()).collect();
    let mut names = FxHashSet::default();
    let mut columns = Vec::with_capacity(header.len());
    for (i, name) in header.iter().enumerate() {
        let twice = || Error::new(Kind::InvalidData, "the column is there twice");
        let column = if names.insert(name) { sink.column(name) } else { Err(twice()) };
        columns.push(column.map_err(|e| e.at(place(1, i, name)))?);
    }
    let mut row = 0;
    loop {
        let line = reader.line;
        if !reader.record(&mut fields)? {
            return Ok(row);
        }
        if fields.len() != columns.len() {
            if matches!(&fields[..], [only] if only.is_null()) {
                continue;
            }
            let (found, wanted) = (fields.len(), columns.len());
            let error = Error::new(Kind::InvalidData, format!("a line of {found} fields"));
            let error = error.at(format!("line {line}"));
            return Err(error.expected(format!("{wanted}, as in the header")));
        }
        for (i, field) in fields.drain(..).enumerate() {
            let cell = if field.is_null() { Cell::Null } else { Cell::Field(field.text) };
            sink.put(columns[i], row, &cell).map_err(|e| e.at(place(line, i, &header[i])))?;
        }
        row += 1;
    }
}

fn place(line: usize, field: usize, name: &str) -> String {
    format!("line {line}, field {} (\"{}\")", field + 1, shortened(name, LONGEST_NAME))
}

/// A field, and whether it stood in quotation marks.
#[derive(Debug)]
struct Field<'a> {
    text: Cow<'a, str>,
    quoted: bool,
}

impl Field<'_> {
    fn is_null(&self) -> bool {
        self.text.is_empty() && !self.quoted
    }
}

/// A place in the text.
struct Reader<'a> {
    text: &'a str,
    /// The next byte.
    at: usize,
    /// The line that it is in, from 1 on.
    line: usize,
}

impl<'a> Reader<'a> {
    /// Puts the fields of the next record into `fields`; false where there is none.
    fn record(&mut self, fields: &mut Vec<Field<'a>>) -> Result<bool> {
        fields.clear();
        let bytes = self.text.as_bytes();
        if self.at == bytes.len() {
            return Ok(false);
        }
        loop {
            let field = match bytes.get(self.at) {
                Some(b'"') => self.quoted(fields.len())?,
                _ => self.plain(),
            };
            fields.push(field);
            let next = bytes.get(self.at).copied();
            self.at += usize::from(next.is_some());
            match next {
                Some(b',') => {}
                Some(b'\r') if bytes.get(self.at) == Some(&b'\n') => {
                    self.at += 1;
                    self.line += 1;
                    return Ok(true);
                }
                Some(_) => {
                    self.line += 1;
                    return Ok(true);
                }
                None => return Ok(true),
            }
        }
    }

    /// The field up to the next comma, line break or end.
    fn plain(&mut self) -> Field<'a> {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|b| matches!(b, b',' | b'\n' | b'\r'));
        let text = &rest[..end.unwrap_or(rest.len())];
        self.at += text.len();
        Field { text: Cow::Borrowed(text), quoted: false }
    }

    /// The field that begins with the quotation mark at hand.
    fn quoted(&mut self, number: usize) -> Result<Field<'a>> {
        let line = self.line;
        let place = || format!("line {line}, field {}", number + 1);
        let mut text = Cow::Borrowed("");
        loop {
            self.at += 1;
            let rest = &self.text[self.at..];
            let Some(end) = rest.find('"') else {
                let error = Error::new(Kind::InvalidData, "a quotation mark is never closed");
                return Err(error.at(place()).expected("a second one"));
            };
            let part = &rest[..end];
            self.line += line_breaks(part);
            if text.is_empty() {
                text = Cow::Borrowed(part);
            } else {
                text.to_mut().push_str(part);
            }
            self.at += end + 1;
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => text.to_mut().push('"'),
                None | Some(b',' | b'\n' | b'\r') => return Ok(Field { text, quoted: true }),
                Some(_) => {
                    let message = "something follows a closing quotation mark";
                    let error = Error::new(Kind::InvalidData, message).at(place());
                    return Err(error.expected("a comma, the end of the line, or a second mark"));
                }
            }
        }
    }
}

/// How many line breaks there are in a text, CR LF as one.
fn line_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_break = |(i, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(i + 1) != Some(&b'\n'),
        _ => false,
    };
    bytes.iter().enumerate().filter(|entry| is_break(*entry)).count()
}
