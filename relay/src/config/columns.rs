//! Where the values of columns come from: the tables `[feed.schema]` and `[feed.meta]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::timezone::Tz;
use arrow_schema::TimeUnit;
use toml::Spanned;
use toml::de::DeValue;

use super::reader::{Reader, as_string, describe, nearest};
use super::{Column, ColumnType, Format};
use crate::decode;

/// The rules of a feed's columns by their names. A column without one reads the field of its name.
pub type Rules = BTreeMap<String, Rule>;

/// How the values of a column are found in a record and read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rule {
    /// What the values are read from.
    pub from: ColumnSource,
    /// The value where a record lacks the field. A field that is there and null stays null.
    pub default: Option<Literal>,
    /// What whole numbers count since 1970, where that is not the unit of the column.
    pub epoch: Option<TimeUnit>,
    /// The zone of times without an offset, where it is not the column's.
    pub zone: Option<Arc<str>>,
    /// Whether a value of another kind is turned into one of the column's where that is plain:
    /// anything into text, 0 and 1 into truth values, fractions into the nearest whole number.
    pub cast: bool,
}

/// What the values of a column are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnSource {
    /// The record's value.
    Value(Path),
    /// The record's key.
    Key(Path),
    /// What Kafka says of the record.
    Meta(Meta),
}

impl Default for ColumnSource {
    fn default() -> Self {
        Self::Value(Path::Name)
    }
}

/// A place in a structured value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// The field of the column's own name. Dots in it are a way through objects where no field
    /// has them in its name.
    Name,
    /// The way from the outermost object, never empty.
    Fields(Vec<String>),
}

/// What Kafka says of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meta {
    /// The topic's name.
    Topic,
    /// The partition's number.
    Partition,
    /// The offset in the partition.
    Offset,
    /// The time that the producer or the broker gave it.
    Timestamp,
    /// The last header of a name, as text.
    Header(String),
}

/// A value in the configuration.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the variants are what they name
pub enum Literal {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

impl Literal {
    /// Reads one.
    ///
    /// # Errors
    /// When it is a list, a table or a date.
    pub(super) fn parse(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Boolean(b) => Ok(Self::Boolean(*b)),
            DeValue::String(s) => Ok(Self::Text(s.to_string())),
            DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix())
                .map(Self::Integer)
                .map_err(|_| format!("{} is beyond the integers of 64 bits", i.as_str())),
            DeValue::Float(x) => x
                .as_str()
                .parse()
                .map(Self::Float)
                .map_err(|_| format!("\"{}\" is no number", x.as_str())),
            other => {
                Err(format!("expected a string, a number or a boolean, found {}", describe(other)))
            }
        }
    }
}

/// Columns as they are read: in the order of the file, and the rules of those that have some.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) columns: Vec<Column>,
    pub(super) rules: Rules,
}

impl Read {
    fn add(&mut self, name: &str, kind: ColumnType, rule: Rule) {
        self.columns.push(Column { name: name.to_string(), kind });
        if rule != Rule::default() {
            self.rules.insert(name.to_string(), rule);
        }
    }
}

/// The columns of the records' values.
pub(super) fn read_schema(reader: &Reader<'_>) -> Read {
    let mut read = Read::default();
    let entries = reader.entries();
    if entries.is_empty() {
        reader.problem(reader.at(), "", "has no columns: leave it out to have them inferred");
    }
    for (name, at, value) in entries {
        if let Some((kind, rule)) = read_column(reader, name, at, value, ColumnSource::Value) {
            read.add(name, kind, rule);
        }
    }
    read
}

/// The columns of what a record has beside its value.
pub(super) fn read_meta(reader: &Reader<'_>, key_format: &Format) -> Read {
    const KNOWN: [&str; 6] = ["topic", "partition", "offset", "timestamp", "key", "headers"];
    let mut read = Read::default();
    let utc = ColumnType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    for (field, at, value) in reader.entries() {
        let (kind, meta) = match field {
            "topic" => (ColumnType::String, Meta::Topic),
            "partition" => (ColumnType::Int32, Meta::Partition),
            "offset" => (ColumnType::Int64, Meta::Offset),
            "timestamp" => (utc.clone(), Meta::Timestamp),
            "key" => {
                read_key(reader, at, value, key_format, &mut read);
                continue;
            }
            "headers" => {
                let Some(headers) = reader.table("headers") else { continue };
                for (column, at, value) in headers.entries() {
                    match as_string(value.get_ref()) {
                        Ok(header) => {
                            let from = ColumnSource::Meta(Meta::Header(header.to_string()));
                            read.add(column, ColumnType::String, Rule { from, ..Rule::default() });
                        }
                        Err(why) => headers.problem(at, column, format!("{why}: a header's name")),
                    }
                }
                continue;
            }
            _ => {
                reader.problem(at, field, format!("is no known field{}", nearest(field, &KNOWN)));
                continue;
            }
        };
        match as_string(value.get_ref()) {
            Ok(name) if !name.is_empty() => {
                read.add(name, kind, Rule { from: ColumnSource::Meta(meta), ..Rule::default() });
            }
            Ok(_) => reader.problem(value.span().start, field, "expected a column's name"),
            Err(why) => {
                reader.problem(value.span().start, field, format!("{why}: a column's name"))
            }
        }
    }
    read
}

/// `key = "name"`, the key as one column, or a table of columns as `[feed.schema]` is.
fn read_key(
    reader: &Reader<'_>,
    at: usize,
    value: &Spanned<DeValue<'_>>,
    format: &Format,
    read: &mut Read,
) {
    match (value.get_ref(), format.single()) {
        (DeValue::String(name), Some(kind)) => {
            let from = ColumnSource::Key(Path::Name);
            read.add(name, kind, Rule { from, ..Rule::default() });
        }
        (DeValue::String(_), None) => reader.problem(
            value.span().start,
            "key",
            format!(
                "a key of format \"{}\" has fields: expected a table of columns, as key = {{ id = \"int64\" }}",
                format.name()
            ),
        ),
        (DeValue::Table(_), single) => {
            let Some(columns) = reader.table("key") else { return };
            let entries = columns.entries();
            if single.is_some() && entries.len() != 1 {
                let message = format!(
                    "a key of format \"{}\" is one value: expected one column",
                    format.name()
                );
                reader.problem(at, "key", message);
            }
            for (name, at, value) in entries {
                if let Some((kind, rule)) = read_column(&columns, name, at, value, ColumnSource::Key) {
                    read.add(name, kind, rule);
                }
            }
        }
        (other, _) => {
            let message =
                format!("expected a column's name or a table of columns, found {}", describe(other));
            reader.problem(value.span().start, "key", message);
        }
    }
}

/// `"type"`, or `{ type = "…", path = "…", … }`.
fn read_column<'t>(
    reader: &Reader<'t>,
    name: &str,
    at: usize,
    value: &'t Spanned<DeValue<'t>>,
    from: fn(Path) -> ColumnSource,
) -> Option<(ColumnType, Rule)> {
    let plain = Rule { from: from(Path::Name), ..Rule::default() };
    match value.get_ref() {
        DeValue::String(text) => match ColumnType::parse(text) {
            Ok(kind) => Some((kind, plain)),
            Err(message) => {
                reader.problem(at, name, message);
                None
            }
        },
        DeValue::Table(table) if table.contains_key("type") => {
            read_rule(&reader.inner(name, table, value.span().start), plain, from)
        }
        DeValue::Table(_) => {
            let message = format!(
                "expected a column type, or a table with a type: put a name with dots in quotes, as \"{name}.…\" = \"…\""
            );
            reader.problem(at, name, message);
            None
        }
        other => {
            let message = format!("expected a column type as a string, found {}", describe(other));
            reader.problem(at, name, message);
            None
        }
    }
}

fn read_rule(
    reader: &Reader<'_>,
    plain: Rule,
    from: fn(Path) -> ColumnSource,
) -> Option<(ColumnType, Rule)> {
    let kind = reader.parsed("type", |v| as_string(v).and_then(ColumnType::parse));
    let mut rule = plain;
    if let Some(path) = reader.parsed("path", path) {
        rule.from = from(Path::Fields(path));
    }
    rule.cast = reader.boolean("cast").unwrap_or(false);
    let is_time = matches!(kind, None | Some(ColumnType::Timestamp(..)));
    rule.epoch = reader.parsed("epoch", |v| {
        let text = as_string(v)?;
        let unit = match text {
            "s" => TimeUnit::Second,
            "ms" => TimeUnit::Millisecond,
            "us" => TimeUnit::Microsecond,
            "ns" => TimeUnit::Nanosecond,
            _ => return Err(format!("\"{text}\" is no unit: expected s, ms, us or ns")),
        };
        if is_time { Ok(unit) } else { Err("is for columns of type timestamp".into()) }
    });
    rule.zone = reader.parsed("zone", |v| {
        let zone = as_string(v)?;
        zone.parse::<Tz>().map_err(|_| {
            format!("\"{zone}\" is no time zone: expected UTC, +02:00 or a name as Europe/Berlin")
        })?;
        if is_time { Ok(zone.into()) } else { Err("is for columns of type timestamp".into()) }
    });
    rule.default = reader.parsed("default", |v| {
        let literal = Literal::parse(v)?;
        if let Some(kind) = &kind {
            decode::check_default(kind, &rule, &literal)?;
        }
        Ok(literal)
    });
    reader.finish();
    Some((kind?, rule))
}

/// `"a.b"`, or `["a", "b"]` where names have dots.
pub(super) fn path(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let fields: Vec<String> = match value {
        DeValue::String(text) => text.split('.').map(String::from).collect(),
        DeValue::Array(items) => items
            .iter()
            .map(|item| as_string(item.get_ref()).map(String::from))
            .collect::<Result<_, _>>()?,
        other => {
            return Err(format!(
                "expected a path as \"a.b\" or [\"a\", \"b\"], found {}",
                describe(other)
            ));
        }
    };
    if fields.is_empty() || fields.iter().any(String::is_empty) {
        return Err("expected names of fields with dots between, as \"a.b\"".into());
    }
    Ok(fields)
}
