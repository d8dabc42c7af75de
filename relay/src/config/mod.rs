//! The configuration: what a relay serves, from where, and within which bounds.
//!
//! The file is TOML. It is parsed once, at the edge, into the types below; nothing behind this
//! module looks at text again. [`parse`] reads the file and collects every problem with its
//! place; [`units`] reads durations and sizes; `schema` reads column types.
//! `docs/configuration.md` is the same for users.

mod bad;
mod columns;
mod filter;
mod format;
mod kafka;
mod parse;
mod payload;
mod reader;
mod schema;
pub mod secret;
mod server;
pub mod units;

use std::fmt;
use std::path;
use std::time::Duration;

pub use bad::{DeadLetterConfig, OnBad};
pub use columns::{ColumnSource, Literal, Meta, Path, Rule, Rules};
pub use filter::{Condition, Operator};
pub use format::{
    AvroFormat, BytesText, CsvFormat, Format, JsonFormat, Number, ProtobufFormat, ProtobufSchema,
    RegistryConfig, SchemaSource,
};
pub use kafka::{End, KafkaConfig, Start, TopicSelection};
pub use parse::parse;
pub(crate) use reader::nearest;
pub use schema::{Column, ColumnType};
pub use secret::Secret;
pub use server::{
    AuthConfig, FeedSelection, JwtConfig, KeySource, LimitsConfig, ServerConfig, SharedSecret,
    TlsConfig, TlsVersion, is_match,
};

use crate::source::Keep;

/// Everything a relay is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where and to whom it serves.
    pub server: ServerConfig,
    /// The feeds, at least one, with names of their own.
    pub feeds: Vec<FeedConfig>,
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// When the file cannot be read, and with every problem in it at once.
    pub fn from_file(path: &path::Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError {
            problems: vec![Problem {
                file: name.clone(),
                line: 0,
                column: 0,
                path: String::new(),
                message: format!("cannot be read: {e}"),
            }],
        })?;
        parse(&name, &text)
    }
}

/// One live table.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedConfig {
    /// Its name in addresses and messages: letters, digits, `_`, `-` and `.`.
    pub name: String,
    /// Where the records come from.
    pub source: SourceConfig,
    /// How the values of records become rows.
    pub format: Format,
    /// How their keys are read, where columns are read from them.
    pub key_format: Format,
    /// The columns of records' values in order; `None` lets them be inferred from a sample.
    pub schema: Option<Vec<Column>>,
    /// The columns behind them: of the key, the headers and what else Kafka says of a record.
    pub meta: Vec<Column>,
    /// Where columns are read from, and how, that are not the fields of their names.
    pub rules: Rules,
    /// The columns of a row's key: the last row of each key is the feed. None where rows are only
    /// added.
    pub key: Vec<String>,
    /// The tests that rows must pass to be kept, all of them.
    pub filter: Vec<Condition>,
    /// What becomes of records that cannot be read.
    pub on_bad: OnBad,
    /// How large the sample for inference is.
    pub infer: InferConfig,
    /// When a batch is closed.
    pub batch: BatchConfig,
    /// How much history the log keeps.
    pub retention: RetentionConfig,
    /// What happens to a client that cannot keep up.
    pub slow_client: SlowClientConfig,
    /// The compression of frames for the clients that offer it.
    pub compression: Compression,
    /// The rows that the feed suggests a client's table to keep; `None` is unbounded.
    pub table_limit: Option<u64>,
}

impl FeedConfig {
    /// A feed with every default.
    pub fn new(name: impl Into<String>, source: SourceConfig) -> Self {
        Self {
            name: name.into(),
            source,
            format: Format::default(),
            key_format: Format::Text,
            schema: None,
            meta: Vec::new(),
            rules: Rules::new(),
            key: Vec::new(),
            filter: Vec::new(),
            on_bad: OnBad::Skip,
            infer: InferConfig::default(),
            batch: BatchConfig::default(),
            retention: RetentionConfig::default(),
            slow_client: SlowClientConfig::default(),
            compression: Compression::None,
            table_limit: Some(1_000_000),
        }
    }
}

impl FeedConfig {
    /// The columns of the feed, where those of its records' values are these. A name that is
    /// one of `meta` too is of `meta`.
    pub fn with_meta(&self, values: Vec<Column>) -> Vec<Column> {
        let is_free = |column: &Column| self.meta.iter().all(|meta| meta.name != column.name);
        values.into_iter().filter(is_free).chain(self.meta.iter().cloned()).collect()
    }

    /// What of records is read beside their values.
    pub fn keep(&self) -> Keep {
        let any = |wanted: fn(&ColumnSource) -> bool| self.rules.values().any(|r| wanted(&r.from));
        // A dead letter is the whole record.
        let whole = matches!(self.on_bad, OnBad::DeadLetter(_));
        Keep {
            // A record without a value says by its key which row is gone.
            keys: whole || !self.key.is_empty() || any(|from| matches!(from, ColumnSource::Key(_))),
            headers: whole || any(|from| matches!(from, ColumnSource::Meta(Meta::Header(_)))),
        }
    }
}

/// Where a feed's records come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceConfig {
    /// Topics of a Kafka cluster.
    Kafka(KafkaConfig),
}

/// The sample that a schema is inferred from where none is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InferConfig {
    /// Records that are enough. More see more columns, and delay the first row.
    pub rows: usize,
    /// How long to wait for them after the first record.
    pub wait: Duration,
}

impl Default for InferConfig {
    fn default() -> Self {
        Self { rows: 1000, wait: Duration::from_millis(500) }
    }
}

/// When a batch is closed: by whichever bound is reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchConfig {
    /// Rows of a batch. More make fewer, larger frames: better throughput, coarser updates.
    pub rows: usize,
    /// Bytes of the records that make a batch.
    pub bytes: usize,
    /// Age of the oldest row in the batch: the latency that batching may add.
    pub interval: Duration,
}

impl Default for BatchConfig {
    fn default() -> Self {
        Self { rows: 8192, bytes: 1 << 20, interval: Duration::from_millis(50) }
    }
}

/// How much history a feed's log keeps: the oldest frame goes when any bound is exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionConfig {
    /// Rows that a new client gets.
    pub rows: u64,
    /// Bytes of encoded frames: the memory of the log.
    pub bytes: usize,
    /// Age of a frame; `None` is no bound.
    pub age: Option<Duration>,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self { rows: 1_000_000, bytes: 256 << 20, age: None }
    }
}

/// What a client may fall behind, and what then happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlowClientConfig {
    /// Bytes of frames that may wait for one client.
    pub queue: usize,
    /// What happens when more would wait.
    pub policy: SlowPolicy,
}

impl Default for SlowClientConfig {
    fn default() -> Self {
        Self { queue: 32 << 20, policy: SlowPolicy::Reset }
    }
}

/// What happens to a client whose queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlowPolicy {
    /// The oldest waiting frames are dropped: a `reset`, then the newest history that fits.
    Reset,
    /// The connection is closed with 4408; the client comes back and resumes when it can.
    Disconnect,
}

impl SlowPolicy {
    /// The name in the configuration and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            SlowPolicy::Reset => "reset",
            SlowPolicy::Disconnect => "disconnect",
        }
    }
}

/// The compression of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Frames as they are: right where the network is faster than the decompressor (loopback).
    None,
    /// LZ4 for the clients that offer it: right for anything farther.
    Lz4,
}

/// Why a configuration was refused: every problem found, in the order of the file.
#[derive(Debug, Clone, thiserror::Error)]
pub struct ConfigError {
    /// The problems, at least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// One problem of a configuration and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// Line from 1; 0 where there is no line.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// The path of the key, as `feed[0].batch.rows`; empty for the file as a whole.
    pub path: String,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.path.is_empty() {
            write!(f, ": {}", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}
