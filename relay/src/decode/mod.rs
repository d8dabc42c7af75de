//! Decoders: from the bytes of records to columns.
//!
//! A [`Decoder`] takes records one by one. A record is as many rows as its format says (one, as a
//! rule), or it is refused with a reason and leaves no trace. [`json`], [`avro`], `protobuf`, `csv`,
//! `single` and `arrow` read the formats; [`registry`] has the schemas of some; `paths` says which field goes where; [`infer`] finds the columns
//! where none are given; [`builder`] and [`columns`] hold the values until a batch is closed.

mod arrow;
pub mod avro;
pub mod builder;
pub mod columns;
mod csv;
mod filter;
pub mod infer;
mod json;
mod paths;
pub(crate) mod protobuf;
pub mod registry;
mod single;
mod texts;
pub mod time;
pub mod values;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use self::builder::Builder;
use self::columns::{Column, Value};
use self::filter::Filter;
use self::registry::{Kind, Registry};
use crate::config::{
    self, ColumnSource, ColumnType, Condition, FeedConfig, Format, Literal, Meta, Path,
    RegistryConfig, Rule, Rules, SchemaSource,
};
use crate::feed::position::Topics;
use crate::source::Record;

/// Decodes the records of one feed into its columns.
#[derive(Debug)]
pub struct Decoder {
    topics: Arc<Topics>,
    value: Reader,
    key: Option<(Reader, Vec<usize>)>,
    /// Columns of what Kafka says of a record.
    meta: Vec<(usize, Meta)>,
    meta_columns: Vec<usize>,
    /// The columns of a row's key, in a keyed feed.
    row_key: Vec<usize>,
    /// Reads those of them that are in a record's key when there is nothing else of it.
    gone: Option<(Reader, Vec<usize>)>,
    builder: Builder,
    filter: Filter,
}

/// Reads the bytes of one format into columns.
#[derive(Debug)]
enum Reader {
    Json(json::JsonReader),
    Csv(Box<csv::CsvReader>),
    Single(single::SingleReader),
    Arrow(arrow::ArrowReader),
    Avro(Box<avro::AvroReader>),
    Protobuf(Box<protobuf::ProtobufReader>),
}

/// Why a record is no rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It is bad, and why.
    Bad(String),
    /// What is needed to read it cannot be had now, and why: it is to be tried again.
    Later(String),
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        Self::Bad(why)
    }
}

/// What all decoders of a feed share: the registries of its formats, with what is known of them.
#[derive(Debug, Default)]
pub struct Schemas {
    value: Option<Arc<Registry>>,
    key: Option<Arc<Registry>>,
}

impl Schemas {
    /// Those of a feed, of which nothing is known yet.
    pub fn new(feed: &FeedConfig) -> Self {
        let of = |format: &Format| {
            let language = match format {
                Format::Protobuf(_) => Kind::Protobuf,
                _ => Kind::Avro,
            };
            let registry = |config: &RegistryConfig| Registry::new(config.clone(), language);
            format.registry().map(|config| Arc::new(registry(config)))
        };
        Self { value: of(&feed.format), key: of(&feed.key_format) }
    }

    /// The columns of records' values by the registry; `None` where no registry says them. Blocks.
    ///
    /// # Errors
    /// When the registry cannot be asked, or has nothing that can be used.
    pub fn columns(&self, topic: &str) -> Result<Option<Vec<config::Column>>, Trouble> {
        let Some(registry) = &self.value else { return Ok(None) };
        let newest = registry.latest(topic)?;
        match newest.kind {
            Kind::Avro => {
                let schema = avro::Schema::parse(&newest.text, &newest.references())?;
                Ok(Some(schema.columns()))
            }
            Kind::Protobuf => Ok(Some(protobuf::registered_columns(&newest)?)),
            Kind::Other => {
                let why = "the registry's newest schema is neither of Avro nor of Protocol Buffers";
                Err(Trouble::Bad(why.into()))
            }
        }
    }
}

/// Columns that are read from one value: their numbers, names and paths.
type Places<'a> = [(usize, &'a str, &'a Path)];

impl Reader {
    fn new(
        format: &Format,
        registry: Option<&Arc<Registry>>,
        columns: &Places<'_>,
        builder: &mut Builder,
    ) -> Self {
        match format {
            Format::Json(json) => {
                Self::Json(json::JsonReader::new(columns, json.explode.as_deref()))
            }
            Format::Csv(csv) => Self::Csv(Box::new(csv::CsvReader::new(csv, columns, builder))),
            Format::Text => Self::Single(single::SingleReader::text(columns, builder)),
            Format::Number(number) => Self::Single(single::SingleReader::number(*number, columns)),
            Format::Bytes(text) => Self::Single(single::SingleReader::bytes(*text, columns)),
            Format::Arrow => Self::Arrow(arrow::ArrowReader::new(columns)),
            Format::Protobuf(protobuf) => Self::Protobuf(Box::new(protobuf::ProtobufReader::new(
                &protobuf.schema,
                registry,
                columns,
                protobuf.explode.as_deref(),
            ))),
            Format::Avro(avro) => {
                let explode = avro.explode.as_deref();
                Self::Avro(Box::new(match &avro.schema {
                    SchemaSource::Text(text) => avro::AvroReader::of_schema(text, columns, explode),
                    SchemaSource::Registry(_) => {
                        let registry = registry.cloned().unwrap_or_default();
                        avro::AvroReader::registered(registry, columns, explode)
                    }
                }))
            }
        }
    }

    /// Brings the columns of the format to the rows that `bytes` are, and says how many.
    fn read(&mut self, bytes: &[u8], out: &mut Builder) -> Result<usize, Trouble> {
        match self {
            Self::Json(json) => json.read(bytes, out).map_err(Trouble::Bad),
            Self::Csv(csv) => csv.read(bytes, out).map_err(Trouble::Bad),
            Self::Single(single) => single.read(bytes, out).map_err(Trouble::Bad),
            Self::Arrow(arrow) => arrow.read(bytes, out).map_err(Trouble::Bad),
            Self::Avro(avro) => avro.read(bytes, out),
            Self::Protobuf(protobuf) => protobuf.read(bytes, out),
        }
    }
}

impl Decoder {
    /// A decoder of the records of the feed's topics into these columns.
    ///
    /// # Errors
    /// When the feed's filter does not go with the columns.
    pub fn new(
        feed: &FeedConfig,
        schemas: &Schemas,
        columns: &[config::Column],
        topics: Arc<Topics>,
    ) -> Result<Self, String> {
        let filter = Filter::new(&feed.filter, columns).map_err(|why| format!("filter: {why}"))?;
        let is_key =
            |(at, column): (usize, &config::Column)| feed.key.contains(&column.name).then_some(at);
        let key = columns.iter().enumerate().filter_map(is_key).collect();
        let formats = (&feed.format, &feed.key_format);
        Ok(Self { filter, ..Self::with(formats, schemas, columns, &feed.rules, key, topics) })
    }

    /// A decoder of JSON without any rules.
    pub fn json(columns: &[config::Column]) -> Self {
        let json = Format::default();
        let formats = (&json, &json);
        Self::with(formats, &Schemas::default(), columns, &Rules::new(), Vec::new(), Arc::default())
    }

    fn with(
        (format, key_format): (&Format, &Format),
        schemas: &Schemas,
        columns: &[config::Column],
        rules: &Rules,
        row_key: Vec<usize>,
        topics: Arc<Topics>,
    ) -> Self {
        let mut builder = Builder::new(columns, rules);
        let (mut of_value, mut of_key, mut meta) = (Vec::new(), Vec::new(), Vec::new());
        for (index, column) in columns.iter().enumerate() {
            match rules.get(&column.name).map(|rule| &rule.from) {
                None => of_value.push((index, column.name.as_str(), &Path::Name)),
                Some(ColumnSource::Value(path)) => of_value.push((index, &column.name, path)),
                Some(ColumnSource::Key(path)) => of_key.push((index, column.name.as_str(), path)),
                Some(ColumnSource::Meta(what)) => meta.push((index, what.clone())),
            }
        }
        let value = Reader::new(format, schemas.value.as_ref(), &of_value, &mut builder);
        let key = (!of_key.is_empty()).then(|| {
            let columns = of_key.iter().map(|(index, ..)| *index).collect();
            (Reader::new(key_format, schemas.key.as_ref(), &of_key, &mut builder), columns)
        });
        let meta_columns = meta.iter().map(|(index, _)| *index).collect();
        let in_key: Vec<_> = row_key
            .iter()
            .filter_map(|&index| {
                let name = columns[index].name.as_str();
                match rules.get(name).map(|rule| &rule.from) {
                    None | Some(ColumnSource::Value(_)) => Some((index, name, &Path::Name)),
                    Some(ColumnSource::Key(path)) => Some((index, name, path)),
                    Some(ColumnSource::Meta(_)) => None,
                }
            })
            .collect();
        let gone = (!in_key.is_empty()).then(|| {
            let columns = in_key.iter().map(|(index, ..)| *index).collect();
            (Reader::new(key_format, schemas.key.as_ref(), &in_key, &mut builder), columns)
        });
        let filter = Filter::default();
        Self { topics, row_key, gone, value, key, meta, meta_columns, builder, filter }
    }

    /// Rows since the last [`finish`](Self::finish).
    pub fn rows(&self) -> usize {
        self.builder.rows()
    }

    /// Adds the rows of a record, all of them or none; says how many.
    ///
    /// # Errors
    /// When the record cannot be read, now or ever, or does not fit the columns; then nothing was
    /// added.
    pub fn push(&mut self, record: &Record<'_>) -> Result<usize, Trouble> {
        let result = match record.payload {
            Some(payload) => self.read(payload, record),
            None => Err(Trouble::Bad("the record has no value (a tombstone)".into())),
        };
        match &result {
            Ok(count) => self.builder.complete(*count),
            Err(_) => self.builder.take_back(),
        }
        result
    }

    /// Adds the rows of a record that has nothing but a value.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_value(&mut self, payload: &[u8]) -> Result<usize, String> {
        let record = Record { payload: Some(payload), ..Record::default() };
        self.push(&record).map_err(|trouble| match trouble {
            Trouble::Bad(why) | Trouble::Later(why) => why,
        })
    }

    fn read(&mut self, payload: &[u8], record: &Record<'_>) -> Result<usize, Trouble> {
        let count = self.value.read(payload, &mut self.builder)?;
        self.read_beside(count, record)?;
        self.check_key(count)?;
        Ok(self.filter.apply(&mut self.builder, count))
    }

    /// What columns take from elsewhere than the value.
    fn read_beside(&mut self, count: usize, record: &Record<'_>) -> Result<(), Trouble> {
        if let Some((key, columns)) = &mut self.key {
            let rows = self.builder.rows();
            match record.key {
                Some(bytes) => {
                    let found =
                        key.read(bytes, &mut self.builder).map_err(|trouble| match trouble {
                            Trouble::Bad(why) => Trouble::Bad(format!("the record's key: {why}")),
                            later => later,
                        })?;
                    if found != 1 {
                        let why = format!("the record's key: expected one row, found {found}");
                        return Err(Trouble::Bad(why));
                    }
                }
                None => self.builder.fill(columns, rows + 1),
            }
            self.builder.repeat(columns, count);
        }
        if !self.meta.is_empty() {
            self.read_meta(record)?;
            self.builder.repeat(&self.meta_columns, count);
        }
        Ok(())
    }

    /// Adds a row of which nothing is known but its key, from a record without a value.
    ///
    /// # Errors
    /// When the record's key is not that of a row; then nothing was added.
    pub fn push_gone(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let result = self.read_gone(record);
        match result {
            Ok(()) => self.builder.complete(1),
            Err(_) => self.builder.take_back(),
        }
        result
    }

    fn read_gone(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let no_row = |why| {
            Trouble::Bad(format!("the record has no value, and its key is not a row's: {why}"))
        };
        if let Some((reader, _)) = &mut self.gone {
            let bytes = record.key.ok_or_else(|| no_row("it has none".to_string()))?;
            match reader.read(bytes, &mut self.builder) {
                Ok(1) => {}
                Ok(found) => return Err(no_row(format!("expected one row, found {found}"))),
                Err(Trouble::Bad(why)) => return Err(no_row(why)),
                Err(later) => return Err(later),
            }
        }
        if !self.meta.is_empty() {
            self.read_meta(record)?;
        }
        self.builder.pad(1);
        Ok(self.check_key(1)?)
    }

    /// A row without a key could never be replaced.
    fn check_key(&self, count: usize) -> Result<(), String> {
        let rows = self.builder.rows();
        match self.row_key.iter().find(|&&at| self.builder.column(at).has_null(rows..rows + count))
        {
            Some(&at) => Err(format!(
                "column \"{}\": expected the row's key, found null",
                self.builder.name(at)
            )),
            None => Ok(()),
        }
    }

    /// One row of what Kafka says of the record.
    fn read_meta(&mut self, record: &Record<'_>) -> Result<(), String> {
        let row = self.builder.rows();
        for (column, meta) in &self.meta {
            let value = match meta {
                Meta::Topic => {
                    Value::Text(self.topics.name(record.partition.topic).to_string().into())
                }
                Meta::Partition => Value::whole(i64::from(record.partition.id)),
                Meta::Offset => Value::whole(record.offset),
                Meta::Timestamp => record.timestamp.map_or(Value::Null, |millis| {
                    Value::Time(millis, arrow_schema::TimeUnit::Millisecond)
                }),
                Meta::Header(name) => match record.headers.last(name)? {
                    Some(bytes) => Value::Text(
                        std::str::from_utf8(bytes)
                            .map_err(|e| format!("header \"{name}\": expected UTF-8 text: {e}"))?
                            .into(),
                    ),
                    None => Value::Null,
                },
            };
            self.builder.put(*column, row, &value)?;
        }
        Ok(())
    }

    /// The rows so far as a batch of this schema, whose fields are the columns. Leaves none.
    pub fn finish(&mut self, schema: SchemaRef) -> RecordBatch {
        self.filter.forget();
        self.builder.finish(schema)
    }

    /// Gives up the memory that records without rows have left behind, where there are no rows.
    pub fn clear(&mut self) {
        if self.rows() == 0 {
            self.filter.forget();
            self.builder.clear();
        }
    }

    /// Rows that the filter did not let through since the last call.
    pub fn take_dropped(&mut self) -> u64 {
        self.filter.take_dropped()
    }
}

/// Whether a condition goes with the columns.
///
/// # Errors
/// When its column is not there, or its test or its value does not go with it.
pub fn check_filter(condition: &Condition, columns: &[config::Column]) -> Result<(), String> {
    Filter::new(std::slice::from_ref(condition), columns).map(|_| ())
}

/// Whether a default is a value of the column that it is for.
///
/// # Errors
/// When it is not: what was expected and what was found.
pub fn check_default(kind: &ColumnType, rule: &Rule, default: &Literal) -> Result<(), String> {
    Column::with_rule(kind, rule).put(0, &Value::from(default))
}

/// The text of a record for a person to look at: its first 200 bytes, lossily as UTF-8.
pub fn sample(payload: &[u8]) -> String {
    const LONGEST: usize = 200;
    if payload.len() <= LONGEST {
        return String::from_utf8_lossy(payload).into_owned();
    }
    let mut end = LONGEST;
    // Not in the middle of a character: continuation bytes are 10xxxxxx.
    while end > LONGEST - 4 && payload[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    format!("{}…", String::from_utf8_lossy(&payload[..end]))
}

#[cfg(test)]
mod tests;
