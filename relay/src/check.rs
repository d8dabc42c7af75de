//! `millrace check`: what is wrong with a configuration, before it is served.
//!
//! First the file itself, all problems at once, and the certificate; then, feed by feed, whether the brokers answer
//! and the topic is there.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::config::{Config, ConfigError, FeedConfig, Problem, SourceConfig};
use crate::feed::position::Topics;
use crate::serve::tls::Tls;
use crate::source::kafka::probe;

/// How long a cluster may take to answer.
const ASK: Duration = Duration::from_secs(5);

/// What was found about one feed.
#[derive(Debug)]
pub struct FeedReport {
    /// The feed.
    pub name: String,
    /// What it reads.
    pub what: String,
    /// How it is, or what is wrong.
    pub result: Result<String, String>,
}

/// What was found.
#[derive(Debug)]
pub enum Report {
    /// The file is wrong.
    Config(ConfigError),
    /// The file is right; this is what its feeds can reach.
    Feeds(Vec<FeedReport>),
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        matches!(self, Report::Feeds(feeds) if feeds.iter().all(|f| f.result.is_ok()))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Report::Config(error) => {
                writeln!(f, "{error}")?;
                write!(f, "{}", problems(error.problems.len()))
            }
            Report::Feeds(feeds) => {
                for feed in feeds {
                    let (mark, text) = match &feed.result {
                        Ok(text) => ("ok", text),
                        Err(text) => ("PROBLEM", text),
                    };
                    writeln!(f, "{mark}: feed \"{}\" ({}): {text}", feed.name, feed.what)?;
                }
                match feeds.iter().filter(|feed| feed.result.is_err()).count() {
                    0 => f.write_str("nothing is wrong"),
                    n => write!(f, "{}", problems(n)),
                }
            }
        }
    }
}

fn problems(n: usize) -> String {
    format!("{n} problem{}", if n == 1 { "" } else { "s" })
}

/// Checks a file and what it points to. Blocks while the clusters answer.
pub fn check(path: &Path) -> Report {
    match Config::from_file(path) {
        Err(error) => Report::Config(error),
        Ok(config) => match config.server.tls.as_ref().map_or(Ok(()), Tls::check) {
            Err(message) => Report::Config(ConfigError {
                problems: vec![Problem {
                    file: path.display().to_string(),
                    line: 0,
                    column: 0,
                    path: "server.tls".into(),
                    message,
                }],
            }),
            Ok(()) => Report::Feeds(config.feeds.iter().map(check_feed).collect()),
        },
    }
}

fn check_feed(feed: &FeedConfig) -> FeedReport {
    let SourceConfig::Kafka(kafka) = &feed.source;
    let result = probe::watermarks(kafka, &Topics::default(), ASK).map(|marks| {
        let records: i64 = marks.values().map(|(low, high)| high - low).sum();
        format!("{} partitions, {records} records", marks.len())
    });
    FeedReport {
        name: feed.name.clone(),
        what: format!("{} at {}", kafka.topics, kafka.brokers),
        result,
    }
}
