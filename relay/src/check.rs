//! `millrace check`: what is wrong with a configuration, before it is served.
//!
//! First the file itself, all problems at once; then, feed by feed, whether the brokers answer
//! and the topic is there.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::config::{Config, ConfigError, FeedConfig, SourceConfig};
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
                let n = error.problems.len();
                writeln!(f, "{error}")?;
                write!(f, "{n} problem{}", if n == 1 { "" } else { "s" })
            }
            Report::Feeds(feeds) => {
                writeln!(f, "the file is right")?;
                for (i, feed) in feeds.iter().enumerate() {
                    if i > 0 {
                        writeln!(f)?;
                    }
                    let (mark, text) = match &feed.result {
                        Ok(text) => ("ok", text),
                        Err(text) => ("PROBLEM", text),
                    };
                    write!(f, "{mark}: feed \"{}\" ({}): {text}", feed.name, feed.what)?;
                }
                Ok(())
            }
        }
    }
}

/// Checks a file and what it points to. Blocks while the clusters answer.
pub fn check(path: &Path) -> Report {
    match Config::from_file(path) {
        Err(error) => Report::Config(error),
        Ok(config) => Report::Feeds(config.feeds.iter().map(check_feed).collect()),
    }
}

fn check_feed(feed: &FeedConfig) -> FeedReport {
    let SourceConfig::Kafka(kafka) = &feed.source;
    let result = tls(kafka.properties.get("security.protocol").map(String::as_str))
        .and_then(|()| probe::watermarks(kafka, ASK))
        .map(|marks| {
            let records: i64 = marks.values().map(|(low, high)| high - low).sum();
            format!("{} partitions, {records} records", marks.len())
        });
    FeedReport {
        name: feed.name.clone(),
        what: format!("topic \"{}\" at {}", kafka.topic, kafka.brokers),
        result,
    }
}

/// Whether this build can speak what a property asks for.
fn tls(protocol: Option<&str>) -> Result<(), String> {
    let asked = protocol.is_some_and(|p| p.to_ascii_lowercase().contains("ssl"));
    if asked && !cfg!(any(feature = "tls", feature = "tls-vendored")) {
        return Err("this build has no TLS: build it with --features tls (needs the OpenSSL \
                    headers) or --features tls-vendored (builds OpenSSL)"
            .into());
    }
    Ok(())
}
