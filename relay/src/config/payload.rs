//! What of a feed says how its records become rows: formats and columns, and that they go
//! together.

use std::collections::BTreeSet;

use super::columns::{self, ColumnSource, Path, Read};
use super::filter::{Condition, read_filter};
use super::format::read_format;
use super::reader::Reader;
use super::{
    AvroFormat, Column, ColumnType, Format, ProtobufFormat, ProtobufSchema, Rule, Rules,
    SchemaSource,
};
use crate::decode;
use crate::decode::avro::Schema;
use crate::decode::protobuf;

/// The parts of a feed's configuration that concern its records.
pub(super) struct Payload {
    pub(super) format: Format,
    pub(super) key_format: Format,
    pub(super) schema: Option<Vec<Column>>,
    pub(super) meta: Vec<Column>,
    pub(super) rules: Rules,
    pub(super) key: Vec<String>,
    pub(super) filter: Vec<Condition>,
}

pub(super) fn read_payload(reader: &Reader<'_>) -> Payload {
    let format = read_format(reader, "format").unwrap_or_default();
    let key_format = read_format(reader, "key_format").unwrap_or(Format::Text);
    if key_format.explodes() {
        refuse(reader, "key_format", "a key is one row: explode is for values".into());
    }
    let schema = reader.table("schema").map(|t| columns::read_schema(&t));
    let meta = reader.table("meta").map(|t| columns::read_meta(&t, &key_format));
    let schema = schema.or_else(|| fixed(&format));
    let meta = meta.unwrap_or_default();
    if let Some(read) = &schema {
        check_schema(reader, &format, read);
    } else if let Some(why) = not_inferred(&format) {
        reader.problem(reader.at(), "schema", why);
    }
    check_names(reader, schema.as_ref(), &meta);
    let key = read_key(reader, schema.as_ref(), &meta);
    let conditions = read_filter(reader);
    if let Some((_, at)) = conditions.first().filter(|_| !key.is_empty()) {
        // A row that passes no more would have to go; what it was before is not known here.
        reader.problem(*at, "filter", "is for feeds without a key");
    }
    if let Some(read) = &schema {
        let columns: Vec<Column> = read.columns.iter().chain(&meta.columns).cloned().collect();
        for (i, (condition, at)) in conditions.iter().enumerate() {
            if let Err(why) = decode::check_filter(condition, &columns) {
                reader.problem(*at, &format!("filter[{i}]"), why);
            }
        }
    }
    let mut rules = schema.as_ref().map(|read| read.rules.clone()).unwrap_or_default();
    rules.extend(meta.rules);
    Payload {
        format,
        key_format,
        schema: schema.map(|read| read.columns),
        meta: meta.columns,
        rules,
        key,
        filter: conditions.into_iter().map(|(condition, _)| condition).collect(),
    }
}

fn refuse(reader: &Reader<'_>, field: &'static str, why: String) {
    reader.checked(field, Err::<(), _>(why));
}

/// The columns that a format has by itself.
fn fixed(format: &Format) -> Option<Read> {
    let columns = match (format, format.single()) {
        (_, Some(kind)) => vec![Column { name: "value".into(), kind }],
        // What is read from text stays text until a schema says more.
        (Format::Csv(csv), None) => {
            let text = |name: &String| Column { name: name.clone(), kind: ColumnType::String };
            csv.fields.as_ref()?.iter().map(text).collect()
        }
        (Format::Avro(AvroFormat { schema: SchemaSource::Text(text), explode: None }), None) => {
            // It was read before without an error.
            Schema::parse(text, &[]).ok()?.columns()
        }
        (
            Format::Protobuf(ProtobufFormat {
                schema: ProtobufSchema::Descriptors { set, message, framed: false },
                explode: None,
            }),
            None,
        ) => protobuf::columns(&protobuf::find(set, message).ok()?),
        _ => return None,
    };
    Some(Read { columns, rules: Rules::new() })
}

/// Why columns cannot be inferred from records of the format.
fn not_inferred(format: &Format) -> Option<String> {
    match format {
        Format::Csv(csv) if csv.fields.is_none() => Some(
            "is missing: CSV has no names of columns, give them here or as fields of the format"
                .into(),
        ),
        Format::Protobuf(format)
            if matches!(format.schema, ProtobufSchema::Descriptors { .. })
                && format.explode.is_none() =>
        {
            Some("is missing: framed messages may be of any type of their file".into())
        }
        Format::Avro(_) | Format::Protobuf(_) if format.explodes() => {
            Some("is missing: columns of exploded lists are not inferred".into())
        }
        Format::Arrow => Some("is missing: the columns are not inferred from Arrow".into()),
        _ => None,
    }
}

/// Whether the columns can be read from the format.
fn check_schema(reader: &Reader<'_>, format: &Format, read: &Read) {
    let paths = read.columns.iter().map(|column| {
        let rule = read.rules.get(&column.name);
        (column, rule.map_or(&Path::Name, Rule::value_path))
    });
    if format.single().is_some() && read.columns.len() != 1 {
        let why = format!(
            "a value of format \"{}\" is one column, found {}",
            format.name(),
            read.columns.len()
        );
        refuse(reader, "schema", why);
        return;
    }
    for (column, path) in paths {
        let long = matches!(path, Path::Fields(fields) if fields.len() > 1);
        if long && !format.is_nested() {
            let why = format!(
                "column \"{}\" has a path through objects, and format \"{}\" has none",
                column.name,
                format.name()
            );
            refuse(reader, "schema", why);
        }
        if let Format::Csv(csv) = format
            && let Some(fields) = &csv.fields
        {
            let field = match path {
                Path::Name => &column.name,
                Path::Fields(path) => &path[0],
            };
            if !fields.contains(field) {
                let why = format!("column \"{}\" is none of the format's fields", column.name);
                refuse(reader, "schema", why);
            }
        }
    }
}

/// The columns of a row's key.
fn read_key(reader: &Reader<'_>, schema: Option<&Read>, meta: &Read) -> Vec<String> {
    let Some(key) = reader.strings("key") else { return Vec::new() };
    if key.is_empty() {
        refuse(
            reader,
            "key",
            "expected at least one column: leave it out for rows that are only added".into(),
        );
    }
    for (at, name) in key.iter().enumerate() {
        if key[..at].contains(name) {
            refuse(reader, "key", format!("\"{name}\" is there twice"));
        }
        let mut known = schema.into_iter().flat_map(|read| &read.columns).chain(&meta.columns);
        if schema.is_some() && known.all(|column| column.name != *name) {
            refuse(reader, "key", format!("\"{name}\" is no column of the feed"));
        }
    }
    key
}

/// Whether each column is there once.
fn check_names(reader: &Reader<'_>, schema: Option<&Read>, meta: &Read) {
    let mut names: BTreeSet<&str> = schema
        .map(|read| read.columns.iter().map(|c| c.name.as_str()).collect())
        .unwrap_or_default();
    for column in &meta.columns {
        if !names.insert(&column.name) {
            refuse(reader, "meta", format!("there is a column \"{}\" already", column.name));
        }
    }
}

impl Rule {
    /// The path in the value or the key.
    fn value_path(&self) -> &Path {
        match &self.from {
            ColumnSource::Value(path) | ColumnSource::Key(path) => path,
            ColumnSource::Meta(_) => &Path::Name,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{ColumnType, FeedConfig, parse};

    fn parsed(lines: &str) -> Result<FeedConfig, String> {
        let source = "source = { type = \"kafka\", brokers = \"b:1\", topic = \"t\" }";
        parse("m.toml", &format!("[[feed]]\nname = \"f\"\n{source}\n{lines}"))
            .map(|mut config| config.feeds.remove(0))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn some_formats_have_columns_by_themselves() {
        let columns = |lines: &str| parsed(lines).unwrap().schema.unwrap();
        let value = &columns("format = \"int64\"\n")[0];
        assert_eq!((value.name.as_str(), &value.kind), ("value", &ColumnType::Int64));
        let csv = columns("format = { type = \"csv\", fields = [\"a\", \"b\"] }\n");
        assert!(csv.iter().all(|column| column.kind == ColumnType::String));
        assert_eq!(csv.len(), 2);
        assert!(parsed("").unwrap().schema.is_none());
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let schema = "[feed.schema]\na = \"int64\"\n";
        for (lines, expected) in [
            ("format = \"protobuf\"", "expected a table, as { type = \"protobuf\""),
            (
                "format = { type = \"protobuf\", message = \"M\" }",
                "descriptor_file: expected descriptor_file = \"PATH\" or registry",
            ),
            (
                "format = { type = \"protobuf\", framing = \"x\", registry = { url = \"http://r\" } }",
                "framing: \"x\" is not known here",
            ),
            (
                "format = { type = \"protobuf\", message = \"M\", registry = { url = \"http://r\" } }",
                "message: is for descriptor_file",
            ),
            (
                "format = \"jsonn\"",
                "feed[0].format: \"jsonn\" is no format: did you mean \"json\"?",
            ),
            ("format = 1", "expected a format's name or a table with a type, found an integer"),
            ("format = {}", "format.type: is missing"),
            ("format = { type = \"jsno\", explode = \"a\" }", "did you mean \"json\"?"),
            ("format = { type = \"json\", expldoe = \"a\" }", "did you mean \"explode\"?"),
            ("format = { type = \"json\", explode = \"a..b\" }", "names of fields"),
            ("format = { type = \"csv\", delimiter = \"ab\" }", "one ASCII character"),
            ("format = { type = \"csv\", fields = [\"a\", \"a\"] }", "\"a\" is there twice"),
            ("format = \"csv\"", "CSV has no names of columns"),
            ("format = \"arrow\"", "not inferred from Arrow"),
            ("format = \"avro\"", "expected a table, as { type = \"avro\""),
            (
                "format = { type = \"avro\" }",
                "schema_file: expected schema_file = \"PATH\" or registry",
            ),
            ("format = { type = \"avro\", schema_file = \"/no.avsc\" }", "/no.avsc cannot be read"),
            ("format = { type = \"avro\", schema_file = \"x\", registry = {} }", "not both"),
            ("format = { type = \"avro\", registry = {} }", "registry.url: is missing"),
            ("format = { type = \"avro\", registry = { url = \"r:8081\" } }", "is no address"),
            (
                "format = { type = \"avro\", registry = { url = \"http://u:p@r\" } }",
                "has a user in it",
            ),
            (
                "format = { type = \"avro\", registry = { url = \"http://r\", username = \"u\" } }",
                "a password is missing",
            ),
            (
                "format = { type = \"avro\", registry = { url = \"http://r\", username = \"u\", password = \"p\" } }",
                "password: expected { env = \"NAME\" }",
            ),
            (
                "format = { type = \"avro\", registry = { url = \"http://r\", username = \"u\", password = { env = \"MILLRACE_NO_SUCH\" } } }",
                "the environment has no MILLRACE_NO_SUCH",
            ),
            (
                "format = { type = \"avro\", explode = \"a\", registry = { url = \"http://r\" } }",
                "exploded lists are not inferred",
            ),
            ("format = { type = \"bytes\", encoding = \"base46\" }", "did you mean \"base64\"?"),
            ("key_format = { type = \"json\", explode = \"a\" }", "a key is one row"),
            ("key = []", "expected at least one column"),
            ("key = [\"a\", \"a\"]", "key: \"a\" is there twice"),
            ("key = [\"b\"]\nschema = { a = \"int64\" }", "key: \"b\" is no column of the feed"),
            (
                "format = \"text\"\nschema = { a = \"string\", b = \"string\" }",
                "is one column, found 2",
            ),
            (
                "format = { type = \"csv\", fields = [\"b\"] }\nschema = { a = \"string\" }",
                "none of the format's fields",
            ),
            (
                "format = \"csv\"\nschema = { a = { type = \"string\", path = \"x.y\" } }",
                "has none",
            ),
        ] {
            let found = parsed(&format!("{lines}\n")).expect_err(lines);
            assert!(found.contains(expected), "{lines}: {found}");
        }
        for (lines, expected) in [
            (
                "[[feed.filter]]\ncolumn = \"b\"\nop = \"==\"\nvalue = 1",
                "feed[0].filter[0]: there is no column \"b\"",
            ),
            (
                "[[feed.filter]]\ncolumn = \"a\"\nop = \"=\"\nvalue = 1",
                "filter[0].op: \"=\" is no test",
            ),
            ("[[feed.filter]]\ncolumn = \"a\"\nop = \"==\"", "filter[0].value: is missing"),
            (
                "[[feed.filter]]\ncolumn = \"a\"\nop = \"==\"\nvalue = \"x\"",
                "expected a number that fits int64",
            ),
            (
                "[[feed.filter]]\ncolumn = \"a\"\nop = \"==\"\nvalue = [1, 2]",
                "\"==\" takes 1 values, found 2",
            ),
            (
                "[[feed.filter]]\ncolumn = \"a\"\nop = \"contains\"\nvalue = \"1\"",
                "is for text, found int64",
            ),
            ("[[feed.filter]]\ncolum = \"a\"\nop = \"is null\"", "did you mean \"column\"?"),
            (
                "[[feed.filter]]\ncolumn = \"a\"\nop = \"between\"\nvalue = [1]",
                "takes 2 values, found 1",
            ),
            ("[feed.meta]\npartition = \"a\"", "there is a column \"a\" already"),
            ("[feed.meta]\npartiton = \"p\"", "did you mean \"partition\"?"),
            ("[feed.meta]\noffset = 1", "feed[0].meta.offset: expected a string, found an integer"),
            ("[feed.meta]\nkey = 1", "expected a column's name or a table of columns"),
            ("[feed.meta.key]\na1 = \"int64\"\nb = \"int64\"", "is one value: expected one column"),
            ("[feed.meta]\nheaders = { h = 1 }", "feed[0].meta.headers.h: expected a string"),
            ("b = { typ = \"int64\" }", "put a name with dots in quotes"),
            ("b = { type = \"int46\" }", "is no column type"),
            ("b = { type = \"int64\", epoch = \"ms\" }", "epoch: is for columns of type timestamp"),
            ("b = { type = \"timestamp(ms)\", epoch = \"min\" }", "expected s, ms, us or ns"),
            ("b = { type = \"timestamp(ms)\", zone = \"Mars\" }", "no time zone"),
            (
                "b = { type = \"int8\", default = 300 }",
                "b.default: expected a number that fits int8, found 300",
            ),
            ("b = { type = \"int8\", default = [] }", "found a list"),
            ("b = { type = \"int8\", path = [] }", "names of fields"),
            ("b = { type = \"int8\", defualt = 1 }", "did you mean \"default\"?"),
        ] {
            let found = parsed(&format!("{schema}{lines}\n")).expect_err(lines);
            assert!(found.contains(expected), "{lines}: {found}");
        }
        let key = format!("key_format = \"json\"\n{schema}[feed.meta]\nkey = \"k\"\n");
        assert!(parsed(&key).unwrap_err().contains("has fields"));
    }
}
