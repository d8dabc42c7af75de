//! What to do with each part of a value of one schema, worked out once for all of its records.
//!
//! The writer's schema says what comes in which order, the paths of the feed's columns say what
//! of it is wanted where. A field that the writer has and no column reads is skipped, a column
//! whose field the writer lacks has its default: so evolves a topic under the feed's columns.

use std::fmt::Write;

use super::compile::Compiler;
use super::cursor::Cursor;
use super::schema::{Meaning, Named, Node, Schema};
use crate::decode::builder::Builder;
use crate::decode::columns::Value;
use crate::decode::paths::Fields;
use crate::decode::values::text;

/// Values in values are read so deep.
const DEEPEST: usize = 64;

/// How values of one schema are read.
#[derive(Debug)]
pub(super) struct Program {
    schema: Schema,
    root: Step,
}

/// What to do with the next part of a value.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing of it is wanted.
    Skip(Node),
    /// It goes into a column.
    Put(usize, Node),
    Record(Vec<Step>),
    /// A step for each branch.
    Union(Vec<Step>),
    /// Wanted keys, what becomes of them, and what becomes of all others.
    Map(Vec<(String, Step)>, Box<Step>),
    /// Each element becomes a row.
    Elements(Box<Step>),
    /// There is no list: no element becomes a row.
    NoElements,
    /// All of them, from the same bytes.
    Several(Vec<Step>),
    /// The columns cannot be read from values of this schema.
    Refuse(String),
}

/// Where the rows of a record go.
pub(super) struct Sink<'o> {
    pub(super) out: &'o mut Builder,
    /// The columns that are read of each element.
    pub(super) elements: &'o [usize],
    /// The first row of the record.
    pub(super) row: usize,
    /// Elements found.
    pub(super) count: usize,
}

impl Program {
    /// A program for records of a schema. `whole` is the column of values that are no record.
    pub(super) fn new(schema: Schema, fields: &Fields, whole: Option<usize>) -> Self {
        let compiler = Compiler { schema: &schema };
        let root = match (&schema.root, whole) {
            (Node::Named(index), _) if matches!(schema.named(*index), Named::Record(_)) => {
                compiler.fields(fields, &schema.root)
            }
            (node, Some(column)) => compiler.put(column, node),
            (_, None) => Step::Refuse("its schema is no record".into()),
        };
        Self { schema, root }
    }

    /// Reads the value that `bytes` are, and nothing else.
    pub(super) fn run(&self, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), String> {
        let mut cursor = Cursor::new(bytes);
        self.step(&self.root, &mut cursor, sink, sink.row)?;
        match cursor.left() {
            0 => Ok(()),
            left => Err(format!("not Avro of its schema: {left} bytes are left behind its end")),
        }
    }

    fn step(
        &self,
        step: &Step,
        cursor: &mut Cursor<'_>,
        sink: &mut Sink<'_>,
        row: usize,
    ) -> Result<(), String> {
        match step {
            Step::Put(column, node) => self.put(*column, node, cursor, sink.out, row),
            Step::Skip(node) => self.skip(node, cursor, 0).map_err(not_avro),
            Step::Record(steps) => {
                steps.iter().try_for_each(|step| self.step(step, cursor, sink, row))
            }
            Step::Union(branches) => {
                let branch = cursor.branch(branches.len()).map_err(not_avro)?;
                self.step(&branches[branch], cursor, sink, row)
            }
            Step::Map(keys, other) => {
                let mut left = 0;
                loop {
                    if left == 0 {
                        left = cursor.block().map_err(not_avro)?;
                        if left == 0 {
                            return Ok(());
                        }
                    }
                    left -= 1;
                    let key = cursor.text().map_err(not_avro)?;
                    let known = keys.iter().find(|(name, _)| name == key);
                    self.step(known.map_or(other, |(_, step)| step), cursor, sink, row)?;
                }
            }
            Step::Elements(step) => {
                sink.out.cut(sink.elements, sink.row);
                let (mut row, mut left) = (sink.row, 0);
                loop {
                    if left == 0 {
                        left = cursor.block().map_err(not_avro)?;
                        if left == 0 {
                            sink.count = row - sink.row;
                            return Ok(());
                        }
                    }
                    left -= 1;
                    self.step(step, cursor, sink, row)?;
                    row += 1;
                    sink.out.fill(sink.elements, row);
                }
            }
            Step::NoElements => {
                sink.count = 0;
                Ok(())
            }
            Step::Several(steps) => {
                let begin = *cursor;
                for step in steps {
                    *cursor = begin;
                    self.step(step, cursor, sink, row)?;
                }
                Ok(())
            }
            Step::Refuse(why) => Err(why.clone()),
        }
    }

    fn put(
        &self,
        column: usize,
        node: &Node,
        cursor: &mut Cursor<'_>,
        out: &mut Builder,
        row: usize,
    ) -> Result<(), String> {
        let value = match node {
            Node::Null => Value::Null,
            Node::Boolean => Value::Boolean(cursor.boolean().map_err(not_avro)?),
            Node::Long(meaning) => {
                let n = cursor.long().map_err(not_avro)?;
                match meaning {
                    Meaning::Date => Value::Date(
                        i32::try_from(n)
                            .map_err(|_| not_avro(format!("has the date of day {n}")))?,
                    ),
                    Meaning::Time(unit, _) => Value::Time(n, *unit),
                    _ => Value::whole(n),
                }
            }
            Node::Float => {
                Value::Float(f32::from_le_bytes(cursor.array().map_err(not_avro)?).into())
            }
            Node::Double => Value::Float(f64::from_le_bytes(cursor.array().map_err(not_avro)?)),
            Node::String => Value::Text(cursor.text().map_err(not_avro)?.into()),
            Node::Bytes(meaning) => {
                let bytes = cursor.counted().map_err(not_avro)?;
                return put_bytes(column, *meaning, bytes, out, row);
            }
            Node::Named(index) => match self.schema.named(*index) {
                Named::Fixed(size, meaning) => {
                    let bytes = cursor.take(*size).map_err(not_avro)?;
                    return put_bytes(column, *meaning, bytes, out, row);
                }
                Named::Enum(symbols) => {
                    Value::Text((&*symbols[cursor.branch(symbols.len()).map_err(not_avro)?]).into())
                }
                Named::Record(_) | Named::Open => {
                    return self.put_json(column, node, cursor, out, row);
                }
            },
            // Unions are steps of their own.
            Node::Array(_) | Node::Map(_) | Node::Union(_) => {
                return self.put_json(column, node, cursor, out, row);
            }
        };
        out.put(column, row, &value)
    }

    fn put_json(
        &self,
        column: usize,
        node: &Node,
        cursor: &mut Cursor<'_>,
        out: &mut Builder,
        row: usize,
    ) -> Result<(), String> {
        if !out.column(column).takes_nested() {
            return out.put(column, row, &Value::Nested);
        }
        let mut json = String::new();
        self.json(node, cursor, &mut json, 0).map_err(not_avro)?;
        out.put(column, row, &Value::Raw(&json))
    }

    fn skip(&self, node: &Node, cursor: &mut Cursor<'_>, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("is deeper than {DEEPEST} values in values"));
        }
        match node {
            Node::Null => Ok(()),
            Node::Boolean => cursor.boolean().map(|_| ()),
            Node::Long(_) => cursor.long().map(|_| ()),
            Node::Float => cursor.take(4).map(|_| ()),
            Node::Double => cursor.take(8).map(|_| ()),
            Node::Bytes(_) | Node::String => cursor.counted().map(|_| ()),
            Node::Array(item) => each(cursor, |cursor| self.skip(item, cursor, depth + 1)),
            Node::Map(item) => each(cursor, |cursor| {
                cursor.counted()?;
                self.skip(item, cursor, depth + 1)
            }),
            Node::Union(branches) => {
                let branch = cursor.branch(branches.len())?;
                self.skip(&branches[branch], cursor, depth + 1)
            }
            Node::Named(index) => match self.schema.named(*index) {
                Named::Record(fields) => {
                    fields.iter().try_for_each(|(_, node)| self.skip(node, cursor, depth + 1))
                }
                Named::Enum(symbols) => cursor.branch(symbols.len()).map(|_| ()),
                Named::Fixed(size, _) => cursor.take(*size).map(|_| ()),
                Named::Open => Err("is of a type that was not finished".into()),
            },
        }
    }

    /// A value as JSON. Numbers that JSON has not are null.
    fn json(
        &self,
        node: &Node,
        cursor: &mut Cursor<'_>,
        to: &mut String,
        depth: usize,
    ) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("is deeper than {DEEPEST} values in values"));
        }
        let mut scalar = |value: Value<'_>| put_scalar(to, &value);
        match node {
            Node::Null => scalar(Value::Null),
            Node::Boolean => scalar(Value::Boolean(cursor.boolean()?)),
            Node::Long(meaning) => {
                let n = cursor.long()?;
                scalar(match meaning {
                    Meaning::Date => i32::try_from(n).map_or(Value::whole(n), Value::Date),
                    Meaning::Time(unit, _) => Value::Time(n, *unit),
                    _ => Value::whole(n),
                });
            }
            Node::Float => scalar(Value::Float(f32::from_le_bytes(cursor.array()?).into())),
            Node::Double => scalar(Value::Float(f64::from_le_bytes(cursor.array()?))),
            Node::String => scalar(Value::Text(cursor.text()?.into())),
            Node::Bytes(meaning) => bytes_json(*meaning, cursor.counted()?, to),
            Node::Array(item) => {
                to.push('[');
                let begin = to.len();
                each(cursor, |cursor| {
                    comma(to, begin);
                    self.json(item, cursor, to, depth + 1)
                })?;
                to.push(']');
            }
            Node::Map(item) => {
                to.push('{');
                let begin = to.len();
                each(cursor, |cursor| {
                    comma(to, begin);
                    put_scalar(to, &Value::Text(cursor.text()?.into()));
                    to.push(':');
                    self.json(item, cursor, to, depth + 1)
                })?;
                to.push('}');
            }
            Node::Union(branches) => {
                let branch = cursor.branch(branches.len())?;
                self.json(&branches[branch], cursor, to, depth + 1)?;
            }
            Node::Named(index) => match self.schema.named(*index) {
                Named::Record(fields) => {
                    to.push('{');
                    let begin = to.len();
                    for (name, node) in fields {
                        comma(to, begin);
                        put_scalar(to, &Value::Text(name.as_str().into()));
                        to.push(':');
                        self.json(node, cursor, to, depth + 1)?;
                    }
                    to.push('}');
                }
                Named::Enum(symbols) => {
                    scalar(Value::Text((&*symbols[cursor.branch(symbols.len())?]).into()));
                }
                Named::Fixed(size, meaning) => bytes_json(*meaning, cursor.take(*size)?, to),
                Named::Open => return Err("is of a type that was not finished".into()),
            },
        }
        Ok(())
    }
}

fn not_avro(why: String) -> String {
    format!("not Avro of its schema: it {why}")
}

/// Runs over the items of a list or a map.
fn each(
    cursor: &mut Cursor<'_>,
    mut item: impl FnMut(&mut Cursor<'_>) -> Result<(), String>,
) -> Result<(), String> {
    loop {
        let count = cursor.block()?;
        if count == 0 {
            return Ok(());
        }
        for _ in 0..count {
            item(cursor)?;
        }
    }
}

fn comma(to: &mut String, begin: usize) {
    if to.len() > begin {
        to.push(',');
    }
}

/// A value without parts as JSON.
fn put_scalar(to: &mut String, value: &Value<'_>) {
    let quoted = |to: &mut String, text: &str| {
        let _ = write!(to, "{}", serde_json::Value::from(text));
    };
    match value {
        Value::Text(text) => quoted(to, text),
        Value::Boolean(b) => to.push_str(if *b { "true" } else { "false" }),
        Value::Natural(n) => {
            let _ = write!(to, "{n}");
        }
        Value::Negative(n) => {
            let _ = write!(to, "{n}");
        }
        Value::Float(x) => {
            let _ = write!(to, "{}", serde_json::Value::from(*x));
        }
        Value::Decimal(..) => to.push_str(&value.describe()),
        Value::Time(..) | Value::Date(_) => quoted(to, &value.describe()),
        _ => to.push_str("null"),
    }
}

fn bytes_json(meaning: Meaning, bytes: &[u8], to: &mut String) {
    match (meaning, decimal(bytes)) {
        (Meaning::Decimal(_, scale), Some(unscaled)) => {
            put_scalar(to, &Value::Decimal(&unscaled, scale));
        }
        _ => {
            let value = Value::Bytes(bytes);
            put_scalar(to, &text(&value, true).map_or(Value::Null, Value::Text));
        }
    }
}

fn put_bytes(
    column: usize,
    meaning: Meaning,
    bytes: &[u8],
    out: &mut Builder,
    row: usize,
) -> Result<(), String> {
    match meaning {
        Meaning::Decimal(_, scale) => match decimal(bytes) {
            Some(unscaled) => out.put(column, row, &Value::Decimal(&unscaled, scale)),
            None => Err(not_avro(format!("has a decimal of {} bytes", bytes.len()))),
        },
        Meaning::Uuid if bytes.len() == 16 => {
            let mut text = String::with_capacity(36);
            for (at, byte) in bytes.iter().enumerate() {
                if matches!(at, 4 | 6 | 8 | 10) {
                    text.push('-');
                }
                let _ = write!(text, "{byte:02x}");
            }
            out.put(column, row, &Value::Text(text.into()))
        }
        _ => out.put(column, row, &Value::Bytes(bytes)),
    }
}

/// A two's-complement number, big-endian, of any length that 128 bits hold.
fn decimal(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let sign: u8 = if negative { 0xFF } else { 0 };
    let spare = bytes.len().saturating_sub(16);
    if bytes[..spare].iter().any(|byte| *byte != sign)
        || (spare > 0 && (bytes[spare] & 0x80 != 0) != negative)
    {
        return None;
    }
    let mut all = [sign; 16];
    let kept = &bytes[spare..];
    all[16 - kept.len()..].copy_from_slice(kept);
    Some(i128::from_be_bytes(all))
}
