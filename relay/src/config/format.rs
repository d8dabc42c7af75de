//! Formats: `format` and `key_format`, a name or a table with a `type`.

use toml::de::DeValue;

use super::ColumnType;
use super::columns::path;
use super::reader::{Reader, as_string, describe, nearest};
use super::secret::{Secret, read_secret};
use crate::decode::avro::Schema;
use crate::decode::protobuf;

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
    /// Avro's binary encoding.
    Avro(AvroFormat),
    /// Protocol Buffers.
    Protobuf(ProtobufFormat),
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

/// Avro, by which schema, and what of it becomes rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvroFormat {
    /// By which schemas values are written.
    pub schema: SchemaSource,
    /// The list whose elements become rows; `None` makes one row of a record.
    pub explode: Option<Vec<String>>,
}

/// Protocol Buffers: of which messages, and what of them becomes rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtobufFormat {
    /// Where the types of messages are described.
    pub schema: ProtobufSchema,
    /// The list whose elements become rows; `None` makes one row of a record.
    pub explode: Option<Vec<String>>,
}

/// Where the types of messages are described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProtobufSchema {
    /// In a set of descriptors, as `protoc --descriptor_set_out` writes it.
    Descriptors {
        /// The set.
        set: Vec<u8>,
        /// The full name of the message.
        message: String,
        /// Whether values begin with a schema's id and the message's index, as they do where a
        /// registry is used.
        framed: bool,
    },
    /// In a registry, by the ids that values begin with.
    Registry(RegistryConfig),
}

/// By which schemas values are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaSource {
    /// All by the schema of this text.
    Text(String),
    /// Each by the schema whose id it begins with.
    Registry(RegistryConfig),
}

/// A schema registry of Confluent's interface.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistryConfig {
    /// Its address, without a slash at the end.
    pub url: String,
    /// User name and password (RFC 7617).
    pub basic: Option<(String, Secret)>,
    /// The subject whose newest schema gives the columns, where the feed has none; `None` is the
    /// topic's name and `-value`.
    pub subject: Option<String>,
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

const NAMES: [&str; 12] = [
    "json", "avro", "protobuf", "csv", "text", "bytes", "arrow", "int16", "int32", "int64",
    "float32", "float64",
];

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
            Self::Avro(_) => "avro",
            Self::Protobuf(_) => "protobuf",
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
            Self::Json(_) | Self::Csv(_) | Self::Arrow | Self::Avro(_) | Self::Protobuf(_) => None,
        }
    }

    /// The registry that its schemas are in.
    pub fn registry(&self) -> Option<&RegistryConfig> {
        match self {
            Self::Avro(AvroFormat { schema: SchemaSource::Registry(registry), .. }) => {
                Some(registry)
            }
            Self::Protobuf(ProtobufFormat {
                schema: ProtobufSchema::Registry(registry), ..
            }) => Some(registry),
            _ => None,
        }
    }

    /// Whether lists of it become rows.
    pub(super) fn explodes(&self) -> bool {
        match self {
            Self::Json(json) => json.explode.is_some(),
            Self::Avro(avro) => avro.explode.is_some(),
            Self::Protobuf(protobuf) => protobuf.explode.is_some(),
            _ => false,
        }
    }

    /// Whether values of it have objects in objects.
    pub(super) fn is_nested(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Avro(_) | Self::Protobuf(_))
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
            DeValue::String(name) if name == "avro" || name == "protobuf" => Err(format!(
                "expected a table, as {{ type = \"{name}\", registry = {{ url = \"http://registry:8081\" }} }}"
            )),
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
        Some("protobuf") => {
            let explode = reader.parsed("explode", path);
            let schema = read_protobuf(reader);
            reader.finish();
            return Some(Format::Protobuf(ProtobufFormat { schema: schema?, explode }));
        }
        Some("avro") => {
            let explode = reader.parsed("explode", path);
            let schema = read_avro(reader);
            reader.finish();
            return Some(Format::Avro(AvroFormat { schema: schema?, explode }));
        }
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

/// `schema_file = "PATH"`, or `registry = { url = "…" }`.
fn read_avro(reader: &Reader<'_>) -> Option<SchemaSource> {
    let read = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).map_err(|_| "is no text".to_string())?;
        Schema::parse(&text, &[]).map(|_| SchemaSource::Text(text))
    };
    file_or_registry(reader, "schema_file", read, SchemaSource::Registry)
}

/// `descriptor_file = "PATH"` with a `message`, or `registry = { url = "…" }`.
fn read_protobuf(reader: &Reader<'_>) -> Option<ProtobufSchema> {
    let message = reader.string("message");
    let framing = [("none", false), ("registry", true)];
    let framed = super::parse::choice(reader, "framing", &framing);
    let read = |set: Vec<u8>| {
        let message = message.ok_or("lacks a message = \"…\" beside it".to_string())?.to_string();
        protobuf::find(&set, &message)?;
        Ok(ProtobufSchema::Descriptors { set, message, framed: framed.unwrap_or(false) })
    };
    let schema = file_or_registry(reader, "descriptor_file", read, ProtobufSchema::Registry)?;
    if matches!(schema, ProtobufSchema::Registry(_)) {
        for (field, is_there) in [("message", message.is_some()), ("framing", framed.is_some())] {
            if is_there {
                reader.checked(field, Err::<(), _>("is for descriptor_file".into()));
            }
        }
    }
    Some(schema)
}

fn file_or_registry<T>(
    reader: &Reader<'_>,
    field: &'static str,
    read: impl FnOnce(Vec<u8>) -> Result<T, String>,
    registered: fn(RegistryConfig) -> T,
) -> Option<T> {
    match (reader.string(field), reader.table("registry")) {
        (Some(file), None) => {
            let bytes = reader.read_file(file);
            reader.checked(field, bytes.and_then(|b| read(b).map_err(|e| format!("{file}: {e}"))))
        }
        (None, Some(table)) => read_registry(&table).map(registered),
        (None, None) => {
            let message = format!("expected {field} = \"PATH\" or registry = {{ url = \"…\" }}");
            reader.problem(reader.at(), field, message);
            None
        }
        (Some(_), Some(table)) => {
            table.skip();
            reader.checked("registry", Err(format!("expected {field} or registry, not both")))
        }
    }
}

fn read_registry(reader: &Reader<'_>) -> Option<RegistryConfig> {
    let url = reader.required("url", "the registry's address, as \"http://registry:8081\"");
    let url = url.and_then(|text| reader.checked("url", address(text)));
    let username = reader.string("username").map(String::from);
    let password = read_secret(reader, "password");
    let basic = match (username, password) {
        (Some(name), Some(_)) if name.contains(':') => {
            reader.checked("username", Err("has a colon, which a user name cannot have".into()))
        }
        (Some(name), Some(password)) => Some((name, password)),
        (Some(_), None) if reader.get("password").is_none() => {
            reader.checked("username", Err("a password is missing".into()))
        }
        (None, Some(_)) => reader.checked("password", Err("a username is missing".into())),
        _ => None,
    };
    let subject = reader.string("subject").map(String::from);
    reader.finish();
    Some(RegistryConfig { url: url?, basic, subject })
}

fn address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let host = rest.map(|rest| rest.split('/').next().unwrap_or_default());
    match host {
        // What is in an address is shown in messages.
        Some(host) if host.contains('@') => {
            Err("has a user in it: say username and password beside it".into())
        }
        Some(host) if !host.is_empty() && !text.contains([' ', '?', '#']) => {
            Ok(text.trim_end_matches('/').to_string())
        }
        _ => Err(format!(
            "\"{text}\" is no address: expected http:// or https:// and a host, as \"http://registry:8081\""
        )),
    }
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
