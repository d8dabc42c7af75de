//! From the text of `millrace.toml` to [`Config`], with every problem at once. `[server]` is read
//! by `server`.

mod server;

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use super::reader::{Problems, Reader, as_string, describe, nearest};
use super::{
    BatchConfig, Compression, Config, ConfigError, FeedConfig, InferConfig, RetentionConfig,
    SlowClientConfig, SlowPolicy, SourceConfig, bad, kafka, payload, units,
};

/// Reads a configuration. `file` is its name in messages.
///
/// # Errors
/// With all problems, in the order of the file.
pub fn parse(file: &str, text: &str) -> Result<Config, ConfigError> {
    let problems = Problems::new(file, text);
    let (document, syntax) = DeTable::parse_recoverable(text);
    for error in &syntax {
        problems.add(error.span().map_or(0, |s| s.start), "", error.message());
    }
    // What is read behind a syntax error is a guess: only the errors themselves are told.
    if !syntax.is_empty() {
        return Err(ConfigError { problems: problems.into_vec() });
    }
    let config = read_root(&problems, document.get_ref());
    let problems = problems.into_vec();
    if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
}

fn read_root<'t>(problems: &'t Problems<'t>, table: &'t DeTable<'t>) -> Config {
    let root = Reader::new(problems, table, String::new(), 0);
    let server = root.table("server").map(|t| server::read(&t)).unwrap_or_default();
    let mut feeds = Vec::new();
    match root.get("feed").map(|v| (v.span().start, v.get_ref())) {
        None => problems.add(0, "feed", "is missing: expected at least one [[feed]]"),
        Some((_, DeValue::Array(items))) => {
            let mut names = BTreeSet::new();
            for (i, item) in items.iter().enumerate() {
                let path = format!("feed[{i}]");
                let at = item.span().start;
                let DeValue::Table(table) = item.get_ref() else {
                    problems.add(at, path, "expected a table: write [[feed]]");
                    continue;
                };
                let reader = Reader::new(problems, table, path, at);
                if let Some(feed) = read_feed(&reader) {
                    if !names.insert(feed.name.clone()) {
                        reader.problem(at, "name", format!("\"{}\" is taken", feed.name));
                    }
                    feeds.push(feed);
                }
            }
        }
        Some((at, _)) => problems.add(at, "feed", "expected a list of tables: write [[feed]]"),
    }
    root.finish();
    Config { server, feeds }
}

fn read_feed(reader: &Reader<'_>) -> Option<FeedConfig> {
    let name = reader.required("name", "the feed's name, as \"stock_values\"");
    if let Some(name) = name
        && (name.is_empty()
            || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
    {
        let message = format!("\"{name}\" is no feed name: expected letters, digits, _, - and .");
        reader.checked("name", Err::<(), _>(message));
    }
    let source = match reader.table("source") {
        Some(table) => read_source(&table),
        None => {
            let message = "is missing: expected a table, as { type = \"kafka\", brokers = \"…\", topic = \"…\" }";
            reader.problem(reader.at(), "source", message);
            None
        }
    };
    let payload = payload::read_payload(reader);
    let on_bad = bad::read_on_bad(reader, source.as_ref());
    let infer = reader.table("infer").map(|t| read_infer(&t)).unwrap_or_default();
    let batch = reader.table("batch").map(|t| read_batch(&t)).unwrap_or_default();
    let retention = reader.table("retention").map(|t| read_retention(&t)).unwrap_or_default();
    let slow_client =
        reader.table("slow_client").map(|t| read_slow_client(&t, batch.bytes)).unwrap_or_default();
    let compression =
        choice(reader, "compression", &[("none", Compression::None), ("lz4", Compression::Lz4)])
            .unwrap_or(Compression::None);
    let table_limit = match reader.table("table") {
        Some(table) => {
            let limit = table.count("limit", 0);
            table.finish();
            limit.map_or(Some(retention.rows), |n| (n > 0).then_some(n))
        }
        None => Some(retention.rows),
    };
    reader.finish();
    Some(FeedConfig {
        name: name?.to_string(),
        source: source?,
        format: payload.format,
        key_format: payload.key_format,
        schema: payload.schema,
        meta: payload.meta,
        rules: payload.rules,
        key: payload.key,
        filter: payload.filter,
        on_bad,
        infer,
        batch,
        retention,
        slow_client,
        compression,
        table_limit,
    })
}

fn read_source(reader: &Reader<'_>) -> Option<SourceConfig> {
    if let Some(kind) = reader.required("type", "expected \"kafka\"")
        && kind != "kafka"
    {
        let message = format!("\"{kind}\" is no source: expected \"kafka\"");
        reader.checked("type", Err::<(), _>(message));
    }
    kafka::read(reader).map(SourceConfig::Kafka)
}

fn read_infer(reader: &Reader<'_>) -> InferConfig {
    let mut infer = InferConfig::default();
    if let Some(rows) = reader.count("rows", 1) {
        infer.rows = rows.min(1_000_000) as usize;
    }
    if let Some(wait) = reader.parsed("wait", |v| as_string(v).and_then(units::duration)) {
        infer.wait = wait;
    }
    reader.finish();
    infer
}

fn read_batch(reader: &Reader<'_>) -> BatchConfig {
    let mut batch = BatchConfig::default();
    if let Some(rows) = reader.parsed("rows", |v| match v {
        DeValue::Integer(i) => i
            .as_str()
            .parse::<usize>()
            .ok()
            .filter(|n| (1..=1_000_000).contains(n))
            .ok_or_else(|| "expected a whole number from 1 to 1000000".to_string()),
        other => Err(format!("expected a whole number, found {}", describe(other))),
    }) {
        batch.rows = rows;
    }
    if let Some(bytes) = reader.parsed("bytes", |v| {
        let bytes = as_string(v).and_then(units::size)?;
        if (1..=64 << 20).contains(&bytes) {
            Ok(bytes)
        } else {
            Err("expected from 1B to 64MiB".into())
        }
    }) {
        batch.bytes = bytes;
    }
    if let Some(interval) = reader.parsed("interval", |v| as_string(v).and_then(units::duration)) {
        batch.interval = interval;
    }
    reader.finish();
    batch
}

fn read_retention(reader: &Reader<'_>) -> RetentionConfig {
    let mut retention = RetentionConfig::default();
    if let Some(rows) = reader.count("rows", 1) {
        retention.rows = rows;
    }
    if let Some(bytes) = reader.parsed("bytes", |v| as_string(v).and_then(units::size)) {
        retention.bytes = bytes;
    }
    retention.age =
        reader.parsed("age", |v| as_string(v).and_then(units::duration).and_then(not_zero));
    reader.finish();
    retention
}

fn read_slow_client(reader: &Reader<'_>, batch: usize) -> SlowClientConfig {
    let mut slow = SlowClientConfig::default();
    if let Some(queue) = reader.parsed("queue", |v| {
        let queue = as_string(v).and_then(units::size)?;
        // Less would be full with every batch.
        if queue >= 4 * batch {
            Ok(queue)
        } else {
            Err(format!("{queue} bytes are less than four batches of batch.bytes = {batch} bytes"))
        }
    }) {
        slow.queue = queue;
    }
    if let Some(policy) = choice(
        reader,
        "policy",
        &[("reset", SlowPolicy::Reset), ("disconnect", SlowPolicy::Disconnect)],
    ) {
        slow.policy = policy;
    }
    reader.finish();
    slow
}

pub(super) fn not_zero(duration: std::time::Duration) -> Result<std::time::Duration, String> {
    if duration.is_zero() { Err("expected more than zero".into()) } else { Ok(duration) }
}

pub(super) fn choice<T: Copy>(
    reader: &Reader<'_>,
    field: &'static str,
    known: &[(&str, T)],
) -> Option<T> {
    reader.parsed(field, |value| {
        let text = as_string(value)?;
        known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            format!("\"{text}\" is not known here{}", nearest(text, &names))
        })
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::Start;

    const GOOD: &str = r#"
[server]
listen = "127.0.0.1:9090"
allowed_origins = ["https://Dash.example.com"]

[[feed]]
name = "trades"
source = { type = "kafka", brokers = "k1:9092,k2:9092", topic = "trades.v1", start = "latest", properties = { "sasl.password" = "hunter2", "fetch.min.bytes" = 1 } }
compression = "lz4"

[feed.schema]
z = "string"
a = "timestamp(ms, UTC)"
"m.n" = "decimal(10, 2)"

[feed.batch]
rows = 100
bytes = "64KiB"
interval = "20ms"

[feed.retention]
rows = 5000
age = "1h"

[feed.slow_client]
queue = "1MiB"
policy = "disconnect"

[[feed]]
name = "other"
source = { type = "kafka", brokers = "k1:9092", topic = "other" }

[feed.table]
limit = 0
"#;

    #[test]
    fn a_good_file_is_read() {
        let config = parse("m.toml", GOOD).unwrap();
        assert_eq!(config.server.listen.port(), 9090);
        assert_eq!(config.server.allowed_origins, ["https://dash.example.com"]);
        let feed = &config.feeds[0];
        let SourceConfig::Kafka(kafka) = &feed.source;
        assert_eq!((&kafka.start, kafka.brokers.as_str()), (&Start::Latest, "k1:9092,k2:9092"));
        assert_eq!(kafka.properties["fetch.min.bytes"], "1");
        let names: Vec<_> = feed.schema.as_ref().unwrap().iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["z", "a", "m.n"]);
        assert_eq!(feed.batch.interval, Duration::from_millis(20));
        assert_eq!((feed.batch.rows, feed.batch.bytes), (100, 64 << 10));
        assert_eq!(feed.retention.age, Some(Duration::from_secs(3600)));
        assert_eq!(feed.slow_client.policy, SlowPolicy::Disconnect);
        assert_eq!(feed.compression, Compression::Lz4);
        assert_eq!(feed.table_limit, Some(5000));
        let other = &config.feeds[1];
        assert_eq!(other.table_limit, None);
        assert!(other.schema.is_none());
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    /// The problems of a file, as they are shown.
    fn problems(text: &str) -> Vec<String> {
        parse("m.toml", text).unwrap_err().problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_problem_is_told_at_once_with_its_place() {
        let text = r#"
[server]
lisen = "127.0.0.1:1"
max_clients = 0

[[feed]]
name = "a b"
source = { type = "kafak", brokers = "x,y:9", topik = "t", properties = { "sasl.usernam" = "hunter2" } }
shcema = {}
[feed.batch]
interval = "fast"
rows = "many"
"#;
        let found = problems(text);
        let expected = [
            "m.toml:3:1: server.lisen: is no known field: did you mean \"listen\"?",
            "m.toml:4:15: server.max_clients: expected a whole number of at least 1",
            "m.toml:7:8: feed[0].name: \"a b\" is no feed name: expected letters, digits, _, - and .",
            "m.toml:8:10: feed[0].source.topic: is missing: the topic's name, or topics = [\"…\"], or topic_pattern = \"…\"",
            "m.toml:8:19: feed[0].source.type: \"kafak\" is no source: expected \"kafka\"",
            "m.toml:8:38: feed[0].source.brokers: \"x\" is no broker: expected host:port, as \"kafka1:9092\", several by commas",
            "m.toml:8:47: feed[0].source.topik: is no known field: did you mean \"topic\"?",
            "m.toml:8:75: feed[0].source.properties.sasl.usernam: is no property of librdkafka: did you mean \"sasl.username\"?",
            "m.toml:9:1: feed[0].shcema: is no known field: did you mean \"schema\"?",
            "m.toml:11:12: feed[0].batch.interval: \"fast\" is no duration: expected a number and ms, s, m, h or d, as \"50ms\"",
            "m.toml:12:8: feed[0].batch.rows: expected a whole number, found a string",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_would_be_unsafe_or_senseless_is_refused() {
        let feed = "[[feed]]\nname = \"f\"\nsource = { type = \"kafka\", brokers = \"b:1\", topic = \"t\" }\n";
        let one = |text: &str| {
            let found = problems(text);
            assert_eq!(found.len(), 1, "{found:?}");
            found[0].clone()
        };
        assert!(
            one(&format!("[server]\nlisten = \"0.0.0.0:80\"\n{feed}"))
                .contains("allow_remote = true")
        );
        assert!(
            parse("m", &format!("[server]\nlisten = \"0.0.0.0:80\"\nallow_remote = true\n{feed}"))
                .is_ok()
        );
        assert!(one(&format!("[server]\nallowed_origins = [\"*\"]\n{feed}")).contains("no origin"));
        assert!(one(&format!("{feed}{feed}")).contains("is taken"));
        assert!(one("").contains("at least one [[feed]]"));
        assert!(one(&format!("{feed}[feed.schema]\na = \"text\"\n")).contains("no column type"));
        assert!(one(&format!("{feed}[feed.schema]\na.b = \"string\"\n")).contains("in quotes"));
        assert!(
            one(&feed.replace(
                "\"t\" }",
                "\"t\", properties = { \"auto.offset.reset\" = \"latest\" } }"
            ))
            .contains("decided by the relay")
        );
        assert!(one(&feed.replace("kafka", "kafak")).contains("is no source"));
        assert!(
            one(&format!("{feed}[feed.slow_client]\nqueue = \"1MiB\"\n")).contains("four batches")
        );
        assert!(one(&format!("{feed}format = \"jsonn\"\n")).contains("did you mean \"json\"?"));
        for brokers in ["", "b", "b:", "b:0", "b:70000", ":9092", "a:1,,b:1", "::1:9092", "[::x]:1"]
        {
            let error = one(&feed.replace("b:1", brokers));
            assert!(error.contains("is no broker"), "{brokers}: {error}");
        }
        for brokers in ["b:1", "SSL://b:1", "a:1, b:2", "[::1]:9092", "10.0.0.1:9092"] {
            assert!(parse("m", &feed.replace("b:1", brokers)).is_ok(), "{brokers}");
        }
        for topic in ["", ".", "..", "a b", "a/b", "ä", &"x".repeat(250)] {
            let error = one(&feed.replace("\"t\"", &format!("\"{topic}\"")));
            assert!(error.contains("is no topic name"), "{topic}: {error}");
        }
    }

    #[test]
    fn syntax_errors_are_all_told() {
        let found = problems("[server]\nlisten = \nmax_clients = ,\n");
        assert!(found.len() >= 2, "{found:?}");
        assert!(found[0].starts_with("m.toml:2:"), "{found:?}");
    }
}
