//! JSON: rows (an array of objects), columns (an object of arrays), and lines (an object a
//! line).
//!
//! No tree of values is built: `serde_json` finds where each value begins and ends, and a
//! [`Cell`] is made of its text, so that numbers keep all their digits. Objects in a row
//! become columns `a.b`, unless the table has a column for the text of the whole.

use super::cell::Cell;
use super::text::Sink;
use crate::error::{Error, Kind, LONGEST_NAME, Result, shortened};
use crate::table::ListFlatten;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// How deep objects in rows may lie in each other.
const DEEPEST: usize = 64;
/// The longest name that the keys of objects in each other may make: each of them stands for
/// the keys around it again.
const LONGEST: usize = 512;
/// How many keys of the row before may be left out for the next to be found at once.
const NEAR: usize = 16;

/// Reads an array of objects into `sink`; returns how many.
///
/// # Errors
/// Where it is none, with line and column, or the sink refuses something, with the row's
/// index and the key.
pub fn read_rows(text: &str, sink: &mut dyn Sink) -> Result<usize> {
    let mut reader = Reader::new(sink);
    let mut json = serde_json::Deserializer::from_str(text);
    let read = json.deserialize_seq(Rows(&mut reader)).and_then(|()| json.end());
    match read {
        Ok(()) => Ok(reader.row),
        Err(error) => {
            let row = reader.row;
            Err(reader.refusal(error, None, |key| format!("row {row}, key \"{key}\"")))
        }
    }
}

/// Reads an object a line into `sink`; returns how many. Empty lines are passed over.
///
/// # Errors
/// Where a line is none, or the sink refuses something, with the line.
pub fn read_lines(text: &str, sink: &mut dyn Sink) -> Result<usize> {
    let mut reader = Reader::new(sink);
    for (i, line) in text.split('\n').enumerate() {
        if line.bytes().all(|b| b.is_ascii_whitespace()) {
            continue;
        }
        let mut json = serde_json::Deserializer::from_str(line);
        let read = Row(&mut reader).deserialize(&mut json).and_then(|()| json.end());
        if let Err(error) = read {
            let place = |key: &str| format!("line {}, key \"{key}\"", i + 1);
            return Err(reader.refusal(error, Some(i + 1), place));
        }
    }
    Ok(reader.row)
}

/// Reads an object of arrays into `sink`; returns how long they are.
///
/// # Errors
/// Where it is none, with line and column; where the arrays are of different lengths; where
/// the sink refuses something, with the key and the row's index.
pub fn read_columns(text: &str, sink: &mut dyn Sink) -> Result<usize> {
    let mut reader = Reader::new(sink);
    let mut json = serde_json::Deserializer::from_str(text);
    let mut length = None;
    let columns = Columns { reader: &mut reader, length: &mut length };
    let read = json.deserialize_map(columns).and_then(|()| json.end());
    match read {
        Ok(()) => Ok(length.unwrap_or(0)),
        Err(error) => {
            let row = reader.row;
            Err(reader.refusal(error, None, |key| format!("key \"{key}\", row {row}")))
        }
    }
}

/// What is known while a text is read.
struct Reader<'s> {
    sink: &'s mut dyn Sink,
    /// The row at hand.
    row: usize,
    /// The name of the column at hand: the keys on the way to it, joined by dots.
    path: String,
    /// The columns in the order of the row before. Mostly the next row has it too.
    known: Vec<(String, usize)>,
    /// Which of them is likely the next.
    next: usize,
    /// Why the sink refused something; then the parser's own error says nothing.
    refused: Option<Error>,
}

impl<'s> Reader<'s> {
    fn new(sink: &'s mut dyn Sink) -> Self {
        let (path, known) = (String::new(), Vec::new());
        Reader { sink, row: 0, path, known, next: 0, refused: None }
    }

    /// The error to tell: of the sink, in the place that `place` makes of the key, or of the
    /// parser, in `line` if it knew of one line only.
    fn refusal(
        self,
        error: serde_json::Error,
        line: Option<usize>,
        place: impl FnOnce(&str) -> String,
    ) -> Error {
        if let Some(refused) = self.refused {
            return refused.at(place(&shortened(&self.path, LONGEST_NAME)));
        }
        let message = error.to_string();
        let end = message.rfind(" at line ").unwrap_or(message.len());
        let line = line.unwrap_or(error.line());
        Error::new(Kind::InvalidData, format!("not valid JSON: {}", &message[..end]))
            .at(format!("line {line}, column {}", error.column()))
    }

    /// Keeps the sink's error, and gives the parser one to stop at.
    fn keep<T, E: de::Error>(&mut self, result: Result<T>) -> Result<T, E> {
        result.map_err(|error| {
            self.refused = Some(error);
            E::custom("refused")
        })
    }

    /// The number of the column at hand.
    fn column(&mut self) -> Result<usize> {
        if let Some((name, number)) = self.known.get(self.next)
            && *name == self.path
        {
            self.next += 1;
            return Ok(*number);
        }
        let number = self.sink.column(&self.path)?;
        if self.next == self.known.len() {
            self.known.push((self.path.clone(), number));
            self.next += 1;
        }
        // A key that is left out puts the others a place further on.
        let near = self.known.iter().skip(self.next).take(NEAR);
        if let Some(place) = near.map(|known| known.1).position(|known| known == number) {
            self.next += place + 1;
        }
        Ok(number)
    }

    /// Puts the value of the column at hand, which is no object to be taken apart.
    fn put(&mut self, column: usize, raw: &str) -> Result<()> {
        if raw.starts_with('[') && self.sink.list_flatten() != ListFlatten::Stringify {
            let items: Vec<&RawValue> = serde_json::from_str(raw).map_err(damaged)?;
            let cells = items.iter().map(|item| cell(item.get())).collect::<Result<Vec<_>>>()?;
            return self.sink.put_list(column, self.row, &cells);
        }
        self.sink.put(column, self.row, &cell(raw)?)
    }

    /// Takes the value at the path, `depth` objects deep in its row.
    fn take(&mut self, raw: &str, depth: usize) -> Result<()> {
        if depth > 0 && self.path.len() > LONGEST {
            let error = Error::new(Kind::Unsupported, "the keys of objects make too long a name");
            return Err(error.expected(format!("at most {LONGEST} bytes")));
        }
        if raw == "null" && self.sink.is_null_object(&self.path) {
            return Ok(());
        }
        if raw.starts_with('{') && self.sink.takes_apart(&self.path) {
            if depth == DEEPEST {
                let error = Error::new(Kind::Unsupported, "objects lie too deep in each other");
                return Err(error.expected(format!("at most {DEEPEST} levels")));
            }
            let mut json = serde_json::Deserializer::from_str(raw);
            let keys = Keys { reader: &mut *self, depth: depth + 1 };
            let read = json.deserialize_map(keys);
            return read.map_err(|error| self.refused.take().unwrap_or_else(|| damaged(error)));
        }
        let column = self.column()?;
        self.put(column, raw)
    }
}

fn damaged(error: serde_json::Error) -> Error {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    Error::new(Kind::InvalidData, format!("not valid JSON: {}", &message[..end]))
}

/// What a value's text means.
fn cell(raw: &str) -> Result<Cell<'_>> {
    Ok(match raw.as_bytes().first() {
        Some(b'"') => {
            let inner = &raw[1..raw.len() - 1];
            match inner.contains('\\') {
                false => Cell::Text(Cow::Borrowed(inner)),
                true => Cell::Text(Cow::Owned(serde_json::from_str(raw).map_err(damaged)?)),
            }
        }
        Some(b'n') => Cell::Null,
        Some(b't') => Cell::Bool(true),
        Some(b'f') => Cell::Bool(false),
        Some(b'[' | b'{') => Cell::Nested(compact(raw)),
        _ => Cell::Number(raw),
    })
}

/// A value's text without the white space between its parts.
fn compact(raw: &str) -> Cow<'_, str> {
    if !raw.bytes().any(|b| b.is_ascii_whitespace()) {
        return Cow::Borrowed(raw);
    }
    let (mut out, mut in_text, mut escaped) = (String::with_capacity(raw.len()), false, false);
    for letter in raw.chars() {
        if in_text || !letter.is_ascii_whitespace() {
            out.push(letter);
        }
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_text = !in_text,
            _ => {}
        }
    }
    Cow::Owned(out)
}

/// An array of rows.
struct Rows<'r, 's>(&'r mut Reader<'s>);

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while rows.next_element_seed(Row(self.0))?.is_some() {}
        Ok(())
    }
}

/// A row.
struct Row<'r, 's>(&'r mut Reader<'s>);

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.0.next = 0;
        self.0.path.clear();
        json.deserialize_map(Keys { reader: self.0, depth: 0 })?;
        self.0.row += 1;
        Ok(())
    }
}

/// The keys of a row, or of an object in it.
struct Keys<'r, 's> {
    reader: &'r mut Reader<'s>,
    depth: usize,
}

impl<'de> Visitor<'de> for Keys<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<(), A::Error> {
        let around = self.reader.path.len();
        while keys
            .next_key_seed(Key { path: &mut self.reader.path, nested: self.depth > 0 })?
            .is_some()
        {
            let raw: &RawValue = keys.next_value()?;
            let taken = self.reader.take(raw.get(), self.depth);
            self.reader.keep(taken)?;
            self.reader.path.truncate(around);
        }
        Ok(())
    }
}

/// A key, to be appended to the path.
struct Key<'p> {
    path: &'p mut String,
    nested: bool,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<(), E> {
        if self.nested {
            self.path.push('.');
        }
        self.path.push_str(key);
        Ok(())
    }
}

/// An object of columns.
struct Columns<'r, 's> {
    reader: &'r mut Reader<'s>,
    /// The length of the columns so far.
    length: &'r mut Option<usize>,
}

impl<'de> Visitor<'de> for Columns<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of arrays")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<(), A::Error> {
        let Columns { reader, length } = self;
        loop {
            reader.path.clear();
            if keys.next_key_seed(Key { path: &mut reader.path, nested: false })?.is_none() {
                return Ok(());
            }
            reader.row = 0;
            let column = reader.sink.column(&reader.path);
            let column = reader.keep(column)?;
            keys.next_value_seed(Values { reader: &mut *reader, column })?;
            let (found, wanted) = (reader.row, *length.get_or_insert(reader.row));
            if found != wanted {
                let error = Error::new(Kind::InvalidData, format!("a column of {found} values"));
                let error = error.expected(format!("{wanted}, as in the first column"));
                return reader.keep(Err(error));
            }
        }
    }
}

/// The values of a column.
struct Values<'r, 's> {
    reader: &'r mut Reader<'s>,
    column: usize,
}

impl<'de> DeserializeSeed<'de> for Values<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Values<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        while let Some(raw) = values.next_element::<&RawValue>()? {
            let put = self.reader.put(self.column, raw.get());
            self.reader.keep(put)?;
            self.reader.row += 1;
        }
        Ok(())
    }
}
