//! Formats: `format` and `key_format`, a name or a table with a `type`.

use toml::de::DeValue;

use super::ColumnType;
use super::columns::path;
use super::reader::{Reader, as_string, describe, nearest};

/// How the bytes of a value or a key are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// One JSON object.
    Json(JsonFormat),
    /// Lines of fields.
    Csv(CsvFormat),
    /// UTF-8 text, one value.
    Text,
    /// A number in the encoding of Kafka's serializers, one value.
    Number(Number),
    /// Any bytes, one value, kept as text.
    Bytes(BytesText),
    /// A stream of Arrow IPC, any number of rows.
    Arrow,
}

impl Default for Format {
    fn default() -> Self {
        Self::Json(JsonFormat::default())
    }
}

/// JSON, and what of it becomes rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonFormat {
    /// The list whose elements become rows; `None` makes one row of a record.
    pub explode: Option<Vec<String>>,
}

/// Comma-separated values (RFC 4180).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvFormat {
    /// The names of the fields in order; `None` takes them from the columns of the schema.
    pub fields: Option<Vec<String>>,
    /// What is between fields.
    pub delimiter: u8,
    /// The text that stands for null beside the empty one.
    pub null: Option<String>,
}

/// A number of fixed width, big-endian, as Kafka's own serializers write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the variants are the types they name
pub enum Number {
    Int16,
    Int32,
    Int64,
    Float32,
    Float64,
}

/// How bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BytesText {
    /// Base64 with padding (RFC 4648, section 4).
    Base64,
    /// Two lower-case hexadecimal digits a byte.
    Hex,
    /// UTF-8, with U+FFFD for what is none.
    Utf8,
}

const NAMES: [&str; 10] =
    ["json", "csv", "text", "bytes", "arrow", "int16", "int32", "int64", "float32", "float64"];

impl Format {
    /// Its name in the configuration.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Json(_) => "json",
            Self::Csv(_) => "csv",
            Self::Text => "text",
            Self::Number(Number::Int16) => "int16",
            Self::Number(Number::Int32) => "int32",
            Self::Number(Number::Int64) => "int64",
            Self::Number(Number::Float32) => "float32",
            Self::Number(Number::Float64) => "float64",
            Self::Bytes(_) => "bytes",
            Self::Arrow => "arrow",
        }
    }

    /// The type of the one column that a format without fields has.
    pub fn single(&self) -> Option<ColumnType> {
        match self {
            Self::Text | Self::Bytes(_) => Some(ColumnType::String),
            Self::Number(Number::Int16) => Some(ColumnType::Int16),
            Self::Number(Number::Int32) => Some(ColumnType::Int32),
            Self::Number(Number::Int64) => Some(ColumnType::Int64),
            Self::Number(Number::Float32) => Some(ColumnType::Float32),
            Self::Number(Number::Float64) => Some(ColumnType::Float64),
            Self::Json(_) | Self::Csv(_) | Self::Arrow => None,
        }
    }

    /// Whether values of it have objects in objects.
    pub(super) fn is_nested(&self) -> bool {
        matches!(self, Self::Json(_))
    }

    fn plain(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json(JsonFormat::default()),
            "csv" => Self::Csv(CsvFormat { fields: None, delimiter: b',', null: None }),
            "text" => Self::Text,
            "int16" => Self::Number(Number::Int16),
            "int32" => Self::Number(Number::Int32),
            "int64" => Self::Number(Number::Int64),
            "float32" => Self::Number(Number::Float32),
            "float64" => Self::Number(Number::Float64),
            "bytes" => Self::Bytes(BytesText::Base64),
            "arrow" => Self::Arrow,
            _ => return None,
        })
    }
}

fn unknown(name: &str) -> String {
    format!("\"{name}\" is no format{}", nearest(name, &NAMES))
}

/// Reads `format` or `key_format`.
pub(super) fn read_format(reader: &Reader<'_>, field: &'static str) -> Option<Format> {
    match reader.get(field)?.get_ref() {
        DeValue::Table(_) => read_table(&reader.table(field)?),
        _ => reader.parsed(field, |value| match value {
            DeValue::String(name) => Format::plain(name).ok_or_else(|| unknown(name)),
            other => Err(format!(
                "expected a format's name or a table with a type, found {}",
                describe(other)
            )),
        }),
    }
}

fn read_table(reader: &Reader<'_>) -> Option<Format> {
    let name = reader.required("type", "expected a format, as \"json\"");
    let format = match name {
        Some("json") => Some(Format::Json(JsonFormat { explode: reader.parsed("explode", path) })),
        Some("csv") => Some(read_csv(reader)),
        Some("bytes") => {
            let known =
                [("base64", BytesText::Base64), ("hex", BytesText::Hex), ("utf8", BytesText::Utf8)];
            let text = super::parse::choice(reader, "encoding", &known);
            Some(Format::Bytes(text.unwrap_or(BytesText::Base64)))
        }
        Some(name) => {
            let plain = Format::plain(name);
            if plain.is_none() {
                reader.checked("type", Err::<(), _>(unknown(name)));
            }
            plain
        }
        None => None,
    };
    if format.is_some() {
        reader.finish();
    } else {
        // What the fields of an unknown format are nobody knows.
        reader.skip();
    }
    format
}

fn read_csv(reader: &Reader<'_>) -> Format {
    let fields = reader.strings("fields");
    if let Some(fields) = &fields {
        let twice = fields.iter().enumerate().find(|(i, f)| fields[..*i].contains(f));
        if let Some((_, name)) = twice {
            reader.checked("fields", Err::<(), _>(format!("\"{name}\" is there twice")));
        }
    }
    let delimiter = reader.parsed("delimiter", |v| match as_string(v)?.as_bytes() {
        [b'"' | b'\r' | b'\n'] => Err("expected a character that is no quote or line end".into()),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("expected one ASCII character, as \";\"".into()),
    });
    let null = reader.string("null").map(String::from);
    Format::Csv(CsvFormat { fields, delimiter: delimiter.unwrap_or(b','), null })
}
