//! The Kafka source: which topics, from where to where, and how they are reached.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use regex::Regex;
use toml::de::DeValue;

use super::parse::{choice, not_zero};
use super::reader::{Reader, as_string, describe, nearest};
use super::{secret, units};
use crate::decode::time;
use crate::source::kafka::check_property;

/// Topics of one Kafka cluster and how to reach them.
#[derive(Clone, PartialEq, Eq)]
pub struct KafkaConfig {
    /// `host:port`, several by commas.
    pub brokers: String,
    /// The topics, all of their partitions.
    pub topics: TopicSelection,
    /// Where a fresh relay begins.
    pub start: Start,
    /// Where it ends; `None` goes on for ever.
    pub end: Option<End>,
    /// More settings for librdkafka, as it names them. May hold secrets: never shown.
    pub properties: BTreeMap<String, String>,
}

impl KafkaConfig {
    /// One topic from its beginning, with every default.
    pub fn new(brokers: impl Into<String>, topic: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            topics: TopicSelection::Names(vec![topic.into()]),
            start: Start::Earliest,
            end: None,
            properties: BTreeMap::new(),
        }
    }
}

impl fmt::Debug for KafkaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values of properties may be passwords and keys; their names are enough.
        f.debug_struct("KafkaConfig")
            .field("brokers", &self.brokers)
            .field("topics", &self.topics)
            .field("start", &self.start)
            .field("end", &self.end)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// Which topics a feed is made of.
#[derive(Debug, Clone)]
pub enum TopicSelection {
    /// These, at least one.
    Names(Vec<String>),
    /// All whose whole name matches, also those that are made later.
    Pattern(Regex),
}

impl PartialEq for TopicSelection {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Names(these), Self::Names(those)) => these == those,
            (Self::Pattern(this), Self::Pattern(that)) => this.as_str() == that.as_str(),
            _ => false,
        }
    }
}

impl Eq for TopicSelection {}

impl TopicSelection {
    /// Whether a topic of the cluster belongs to the feed.
    pub fn has(&self, topic: &str) -> bool {
        match self {
            Self::Names(names) => names.iter().any(|name| name == topic),
            // Kafka's own topics begin with two underscores; no pattern means them by chance.
            Self::Pattern(pattern) => {
                !topic.starts_with("__")
                    && pattern.find(topic).is_some_and(|found| found.len() == topic.len())
            }
        }
    }

    /// The names, where they are given.
    pub fn names(&self) -> Option<&[String]> {
        match self {
            Self::Names(names) => Some(names),
            Self::Pattern(_) => None,
        }
    }
}

impl TopicSelection {
    /// The pattern, as a configuration has it; empty where names are given.
    pub fn pattern(&self) -> String {
        match self {
            Self::Names(_) => String::new(),
            Self::Pattern(pattern) => unanchored(pattern.as_str()).into(),
        }
    }
}

impl fmt::Display for TopicSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Names(names) => {
                f.write_str(if names.len() == 1 { "topic " } else { "topics " })?;
                for (i, name) in names.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}\"{name}\"")?;
                }
                Ok(())
            }
            Self::Pattern(pattern) => {
                write!(f, "topics like \"{}\"", unanchored(pattern.as_str()))
            }
        }
    }
}

/// Where a relay begins that has no reason to begin elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// At the oldest record of each partition.
    Earliest,
    /// Behind the newest record at the time of the start.
    Latest,
    /// At these offsets, by topic and partition; other partitions at their oldest record.
    Offsets(BTreeMap<String, BTreeMap<i32, i64>>),
    /// At the first record that is not older, in milliseconds since the Unix epoch.
    Timestamp(i64),
    /// The same, by its age at the time of the start.
    Ago(Duration),
    /// So that about so many of the newest records are read, shared by the partitions.
    Last(u64),
}

/// Where a relay ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Behind the newest record at the time of the start.
    Latest,
    /// Before the first record that is not older, in milliseconds since the Unix epoch.
    Timestamp(i64),
}

const START: &str = "expected \"earliest\", \"latest\", or one of { timestamp = \"2024-01-31T12:00:00Z\" }, \
    { ago = \"15m\" }, { last = 100000 } and { offsets = { \"0\" = 1200 } }";

/// Reads the table of a source.
pub(super) fn read(reader: &Reader<'_>) -> Option<KafkaConfig> {
    let brokers = reader
        .required("brokers", "expected host:port, several by commas")
        .and_then(|text| reader.checked("brokers", broker_list(text)));
    let topics = read_topics(reader);
    let start = read_start(reader, topics.as_ref());
    let end = read_end(reader);
    let properties = read_properties(reader);
    reader.finish();
    Some(KafkaConfig {
        brokers: brokers?,
        topics: topics?,
        start: start.unwrap_or(Start::Earliest),
        end,
        properties,
    })
}

fn read_topics(reader: &Reader<'_>) -> Option<TopicSelection> {
    let one = reader.parsed("topic", |v| as_string(v).and_then(topic_name));
    let list = reader.parsed("topics", |value| {
        let DeValue::Array(items) = value else {
            return Err(format!("expected a list of topic names, found {}", describe(value)));
        };
        let mut names = Vec::new();
        for item in items {
            let name = as_string(item.get_ref()).and_then(topic_name)?;
            if names.contains(&name) {
                return Err(format!("\"{name}\" is named twice"));
            }
            names.push(name);
        }
        if names.is_empty() { Err("expected at least one topic".into()) } else { Ok(names) }
    });
    let pattern = reader.parsed("topic_pattern", |v| as_string(v).and_then(topic_pattern));
    let given: Vec<(&str, usize)> = ["topic", "topics", "topic_pattern"]
        .into_iter()
        .filter_map(|field| reader.get(field).map(|value| (field, value.span().start)))
        .collect();
    match given[..] {
        [] => {
            let message =
                "is missing: the topic's name, or topics = [\"…\"], or topic_pattern = \"…\"";
            reader.problem(reader.at(), "topic", message);
            None
        }
        [_] => one
            .map(|name| TopicSelection::Names(vec![name]))
            .or(list.map(TopicSelection::Names))
            .or(pattern.map(TopicSelection::Pattern)),
        [(first, _), (second, at), ..] => {
            reader.problem(at, second, format!("{first} is given already: expected one of them"));
            None
        }
    }
}

fn read_start(reader: &Reader<'_>, topics: Option<&TopicSelection>) -> Option<Start> {
    if let Some(DeValue::Table(_)) = reader.get("start").map(|v| v.get_ref()) {
        let table = reader.table("start")?;
        let timestamp = table.parsed("timestamp", |v| as_string(v).and_then(instant));
        let ago =
            table.parsed("ago", |v| as_string(v).and_then(units::duration).and_then(not_zero));
        let last = table.count("last", 1);
        let offsets = table.table("offsets").and_then(|t| read_offsets(&t, topics));
        table.finish();
        let given = ["timestamp", "ago", "last", "offsets"];
        if given.into_iter().filter(|field| table.get(field).is_some()).count() != 1 {
            table.problem(table.at(), "", START);
            return None;
        }
        return timestamp
            .map(Start::Timestamp)
            .or(ago.map(Start::Ago))
            .or(last.map(Start::Last))
            .or(offsets.map(Start::Offsets));
    }
    reader.parsed("start", |value| match as_string(value) {
        Ok("earliest") => Ok(Start::Earliest),
        Ok("latest") => Ok(Start::Latest),
        Ok(other) => {
            Err(format!("\"{other}\" is not known here{}", nearest(other, &["earliest", "latest"])))
        }
        Err(_) => Err(format!("{START}, found {}", describe(value))),
    })
}

/// Offsets by partition, where there is one topic, or by topic and partition.
fn read_offsets(
    reader: &Reader<'_>,
    topics: Option<&TopicSelection>,
) -> Option<BTreeMap<String, BTreeMap<i32, i64>>> {
    let mut offsets: BTreeMap<String, BTreeMap<i32, i64>> = BTreeMap::new();
    let mut good = true;
    for (key, at, value) in reader.entries() {
        let mut put = |topic: &str, partition: &str, value: &DeValue<'_>| {
            let number = match value {
                DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).ok(),
                _ => None,
            };
            match (partition.parse().ok().filter(|p: &i32| *p >= 0), number.filter(|n| *n >= 0)) {
                (Some(partition), Some(offset)) => {
                    offsets.entry(topic.to_string()).or_default().insert(partition, offset);
                    Ok(())
                }
                _ => Err("expected a partition's number and an offset, as \"0\" = 1200"),
            }
        };
        let result = match (value.get_ref(), topics) {
            (DeValue::Table(partitions), Some(topics)) if topics.has(key) => partitions
                .iter()
                .try_for_each(|(partition, value)| put(key, partition.get_ref(), value.get_ref()))
                .map_err(String::from),
            (DeValue::Table(_), Some(_)) => Err("is no topic of this feed".into()),
            (value, Some(TopicSelection::Names(names))) if names.len() == 1 => {
                put(&names[0], key, value).map_err(String::from)
            }
            (_, Some(_)) => {
                Err("expected a topic and its offsets, as trades = { \"0\" = 1200 }".into())
            }
            // What is wrong with the topics was told.
            (_, None) => Ok(()),
        };
        if let Err(message) = result {
            reader.problem(at, key, message);
            good = false;
        }
    }
    good.then_some(offsets)
}

fn read_end(reader: &Reader<'_>) -> Option<End> {
    if let Some(DeValue::Table(_)) = reader.get("end").map(|v| v.get_ref()) {
        let table = reader.table("end")?;
        let timestamp = match table.get("timestamp") {
            Some(_) => table.parsed("timestamp", |v| as_string(v).and_then(instant)),
            None => {
                table.problem(table.at(), "timestamp", "is missing: as \"2024-01-31T12:00:00Z\"");
                None
            }
        };
        table.finish();
        return timestamp.map(End::Timestamp);
    }
    choice(reader, "end", &[("latest", End::Latest)])
}

/// Milliseconds since the Unix epoch of a time; one without a zone is in UTC.
fn instant(text: &str) -> Result<i64, String> {
    time::time(text, &time::utc())
        .map(|time| time.timestamp_millis())
        .ok_or_else(|| format!("\"{text}\" is no time: expected one as \"2024-01-31T12:00:00Z\""))
}

/// Settings of librdkafka, checked one by one.
pub(super) fn read_properties(reader: &Reader<'_>) -> BTreeMap<String, String> {
    let mut properties = BTreeMap::new();
    let Some(table) = reader.table("properties") else { return properties };
    for (key, at, value) in table.entries() {
        let text = match value.get_ref() {
            DeValue::String(s) => Ok(s.to_string()),
            DeValue::Integer(i) if i.radix() == 10 => Ok(i.as_str().to_string()),
            DeValue::Boolean(b) => Ok(b.to_string()),
            DeValue::Table(from) => match secret::read(&table, from) {
                Some(read) => read.map(|secret| secret.reveal().to_string()),
                None => Err(format!(
                    "expected a string, {}: put a name with dots in quotes, as \"{key}.…\" = \"…\"",
                    secret::EXPECTED
                )),
            },
            other => Err(format!("expected a string, found {}", describe(other))),
        };
        match text.and_then(|text| check_property(key, &text).map(|()| text)) {
            Ok(text) => {
                properties.insert(key.to_string(), text);
            }
            Err(why) => table.problem(at, key, why),
        }
    }
    properties
}

/// Brokers as librdkafka takes them: `host:port` by commas, IPv6 addresses in brackets.
fn broker_list(text: &str) -> Result<String, String> {
    let brokers: Vec<&str> = text.split(',').map(str::trim).collect();
    for broker in &brokers {
        let address = broker.split_once("://").map_or(*broker, |(_, address)| address);
        let well_formed = address.rsplit_once(':').is_some_and(|(host, port)| {
            let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
            let host_is_one = match bare {
                Some(ipv6) => ipv6.parse::<std::net::Ipv6Addr>().is_ok(),
                None => !host.is_empty() && !host.contains([':', '/', ' ', '[', ']']),
            };
            host_is_one && port.parse::<u16>().is_ok_and(|port| port > 0)
        });
        if !well_formed {
            return Err(format!(
                "\"{broker}\" is no broker: expected host:port, as \"kafka1:9092\", several by commas"
            ));
        }
    }
    Ok(brokers.join(","))
}

/// A topic's name by the rules of Kafka (`org.apache.kafka.common.internals.Topic`).
pub(super) fn topic_name(text: &str) -> Result<String, String> {
    const LONGEST: usize = 249;
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.is_empty()
        || text.len() > LONGEST
        || matches!(text, "." | "..")
        || !text.chars().all(legal)
    {
        return Err(format!(
            "\"{text}\" is no topic name: expected 1 to {LONGEST} letters, digits, ., _ and -"
        ));
    }
    Ok(text.to_string())
}

/// A pattern for whole names: `trades` is not `trades_old`.
fn topic_pattern(text: &str) -> Result<Regex, String> {
    // By itself first, so that parentheses cannot close those that are put around it.
    Regex::new(text)
        .and_then(|_| Regex::new(&format!("^(?:{text})$")))
        .map_err(|error| format!("\"{text}\" is no regular expression: {error}"))
}

/// The text that a pattern was made of.
fn unanchored(pattern: &str) -> &str {
    pattern.strip_prefix("^(?:").and_then(|p| p.strip_suffix(")$")).unwrap_or(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SourceConfig, parse};

    /// The source of a feed that is written so, or its problems.
    fn source(fields: &str) -> Result<KafkaConfig, String> {
        let text = format!(
            "[[feed]]\nname = \"f\"\nsource = {{ type = \"kafka\", brokers = \"b:1\", {fields} }}\n"
        );
        match parse("m", &text) {
            Ok(config) => {
                let SourceConfig::Kafka(kafka) = config.feeds[0].source.clone();
                Ok(kafka)
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn problem(fields: &str) -> String {
        source(fields).expect_err(fields)
    }

    #[test]
    fn topics_are_named_listed_or_matched() {
        let one = source("topic = \"a\"").unwrap().topics;
        assert_eq!(
            (one.to_string().as_str(), one.has("a"), one.has("b")),
            ("topic \"a\"", true, false)
        );
        let list = source("topics = [\"a\", \"b\"]").unwrap().topics;
        assert_eq!((list.to_string().as_str(), list.has("b")), ("topics \"a\", \"b\"", true));
        let pattern = source(r#"topic_pattern = 'trades\.(eu|us)|quotes'"#).unwrap().topics;
        assert_eq!(pattern.to_string(), r#"topics like "trades\.(eu|us)|quotes""#);
        for (topic, has) in [
            ("trades.eu", true),
            ("quotes", true),
            ("trades.eu.old", false),
            ("old.quotes", false),
            ("tradesxeu", false),
        ] {
            assert_eq!(pattern.has(topic), has, "{topic}");
        }
        // The shorter of two that match is not all of the name.
        let prefix = source("topic_pattern = 'a|ab'").unwrap().topics;
        assert!(prefix.has("a") && prefix.has("ab") && !prefix.has("abc"));
        let all = source("topic_pattern = '.*'").unwrap().topics;
        assert!(all.has("a") && !all.has("__consumer_offsets"));

        assert!(problem("start = \"latest\"").contains("topic: is missing"));
        assert!(problem("topics = []").contains("at least one topic"));
        assert!(problem("topics = [\"a\", \"a\"]").contains("\"a\" is named twice"));
        assert!(problem("topics = [\"a b\"]").contains("is no topic name"));
        assert!(problem("topics = \"a\"").contains("expected a list of topic names"));
        assert!(problem("topic = \"a\", topic_pattern = \"b\"").contains("topic is given already"));
        for pattern in ["(", "a)(b", "[", "a)|(?:b"] {
            let error = problem(&format!("topic_pattern = '{pattern}'"));
            assert!(error.contains("is no regular expression"), "{error}");
        }
    }

    #[test]
    fn starts_are_read() {
        let start = |text: &str| source(&format!("topic = \"t\", start = {text}")).map(|s| s.start);
        assert_eq!(start("\"latest\""), Ok(Start::Latest));
        assert_eq!(start("{ last = 1000 }"), Ok(Start::Last(1000)));
        assert_eq!(start("{ ago = \"15m\" }"), Ok(Start::Ago(Duration::from_secs(900))));
        assert_eq!(
            start("{ timestamp = \"1970-01-01T01:00:01+01:00\" }"),
            Ok(Start::Timestamp(1000))
        );
        let offsets = Start::Offsets([("t".to_string(), [(0, 5), (12, 7)].into())].into());
        assert_eq!(start("{ offsets = { 0 = 5, \"12\" = 7 } }"), Ok(offsets.clone()));
        assert_eq!(start("{ offsets = { t = { 0 = 5, 12 = 7 } } }"), Ok(offsets));
        for (text, expected) in [
            ("\"newest\"", "is not known here: did you mean \"latest\"?"),
            ("5", "expected \"earliest\""),
            ("{}", "expected \"earliest\""),
            ("{ last = 5, ago = \"5m\" }", "expected \"earliest\""),
            ("{ last = 0 }", "at least 1"),
            ("{ ago = \"0s\" }", "more than zero"),
            ("{ ago = \"soon\" }", "no duration"),
            ("{ timestamp = \"noon\" }", "no time"),
            ("{ latest = 1 }", "no known field: did you mean \"last\"?"),
            ("{ offsets = { x = 5 } }", "a partition's number and an offset"),
            ("{ offsets = { 0 = -5 } }", "a partition's number and an offset"),
            ("{ offsets = { \"-1\" = 5 } }", "a partition's number and an offset"),
            ("{ offsets = { u = { 0 = 5 } } }", "no topic of this feed"),
        ] {
            let error = start(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let several = problem("topics = [\"a\", \"b\"], start = { offsets = { 0 = 5 } }");
        assert!(several.contains("expected a topic and its offsets"), "{several}");
    }

    #[test]
    fn ends_are_read() {
        let end = |text: &str| source(&format!("topic = \"t\", end = {text}")).map(|s| s.end);
        assert_eq!(source("topic = \"t\"").unwrap().end, None);
        assert_eq!(end("\"latest\""), Ok(Some(End::Latest)));
        assert_eq!(end("{ timestamp = \"1970-01-01T00:00:02Z\" }"), Ok(Some(End::Timestamp(2000))));
        assert!(end("\"earliest\"").unwrap_err().contains("is not known here"));
        assert!(end("{ ago = \"5m\" }").unwrap_err().contains("timestamp: is missing"));
    }

    #[test]
    fn secrets_come_from_the_environment_or_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("password");
        std::fs::write(&file, "hunter2\r\n").unwrap();
        let property = |value: &str| {
            source(&format!("topic = \"t\", properties = {{ \"sasl.password\" = {value} }}"))
        };
        let read = property(&format!("{{ file = '{}' }}", file.display())).unwrap();
        assert_eq!(read.properties["sasl.password"], "hunter2");
        assert!(!format!("{read:?}").contains("hunter2"));
        // Cargo sets this one for every test.
        let read = property("{ env = \"CARGO_PKG_NAME\" }").unwrap();
        assert_eq!(read.properties["sasl.password"], "millrace-relay");
        let absent = property("{ env = \"MILLRACE_NO_SUCH_VARIABLE\" }").unwrap_err();
        assert!(absent.contains("the environment has no MILLRACE_NO_SUCH_VARIABLE"), "{absent}");
        let absent = property("{ file = \"/no/such/file\" }").unwrap_err();
        assert!(absent.contains("/no/such/file cannot be read"), "{absent}");
        for value in ["{}", "{ env = 5 }", "{ env = \"A\", file = \"b\" }", "{ mechanism = \"x\" }"]
        {
            let error = property(value).unwrap_err();
            assert!(
                error.contains("{ env = \"NAME\" } or { file = \"PATH\" }"),
                "{value}: {error}"
            );
        }
    }
}
