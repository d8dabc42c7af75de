//! What becomes of records that cannot be read: `on_bad` and `[feed.dead_letter]`.

use std::collections::BTreeMap;
use std::fmt;

use super::reader::Reader;
use super::{KafkaConfig, SourceConfig};

/// What becomes of a record that cannot be read. It is counted and shown in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnBad {
    /// It is left out.
    Skip,
    /// It is left out, and written to a topic.
    DeadLetter(DeadLetterConfig),
    /// The feed ends before it.
    Fail,
}

/// The topic of the records that cannot be read.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadLetterConfig {
    /// The topic, of the same cluster.
    pub topic: String,
    /// Settings of the producer beside those of the source. May hold secrets: never shown.
    pub properties: BTreeMap<String, String>,
}

impl fmt::Debug for DeadLetterConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetterConfig")
            .field("topic", &self.topic)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .finish()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Choice {
    Skip,
    DeadLetter,
    Fail,
}

/// Reads both fields. `source` is what the feed reads, where that is known.
pub(super) fn read_on_bad(reader: &Reader<'_>, source: Option<&SourceConfig>) -> OnBad {
    let known =
        [("skip", Choice::Skip), ("dead-letter", Choice::DeadLetter), ("fail", Choice::Fail)];
    let choice = super::parse::choice(reader, "on_bad", &known).unwrap_or(Choice::Skip);
    let table = reader.table("dead_letter");
    let config = table.map(|table| {
        let topic = table
            .required("topic", "the topic's name")
            .and_then(|text| table.checked("topic", super::kafka::topic_name(text)));
        let properties = super::kafka::read_properties(&table);
        table.finish();
        let SourceConfig::Kafka(KafkaConfig { topics, .. }) = source?;
        if topic.as_ref().is_some_and(|topic| topics.has(topic)) {
            let why = "is a topic that the feed reads: it would read its own dead letters";
            table.checked("topic", Err::<(), _>(why.into()));
        }
        Some(DeadLetterConfig { topic: topic?, properties })
    });
    match (choice, config) {
        (Choice::DeadLetter, Some(Some(config))) => return OnBad::DeadLetter(config),
        (Choice::DeadLetter, None) => {
            let why = "lacks the topic: write dead_letter = { topic = \"…\" } beside it";
            reader.checked("on_bad", Err::<(), _>(why.into()));
        }
        (Choice::Skip | Choice::Fail, Some(_)) => {
            let why = "is for on_bad = \"dead-letter\"";
            reader.checked("dead_letter", Err::<(), _>(why.into()));
        }
        _ => {}
    }
    if choice == Choice::Fail { OnBad::Fail } else { OnBad::Skip }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{FeedConfig, parse};

    fn parsed(lines: &str) -> Result<FeedConfig, String> {
        let source = "source = { type = \"kafka\", brokers = \"b:1\", topic = \"t\" }";
        parse("m.toml", &format!("[[feed]]\nname = \"f\"\n{source}\n{lines}\n"))
            .map(|mut config| config.feeds.remove(0))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_becomes_of_bad_records_is_read() {
        assert_eq!(parsed("").unwrap().on_bad, OnBad::Skip);
        assert_eq!(parsed("on_bad = \"fail\"").unwrap().on_bad, OnBad::Fail);
        let feed = parsed(
            "on_bad = \"dead-letter\"\ndead_letter = { topic = \"d\", properties = { \"sasl.password\" = \"hunter2\" } }",
        )
        .unwrap();
        assert!(feed.keep().keys && feed.keep().headers, "dead letters are whole");
        assert!(!format!("{feed:?}").contains("hunter2"));
        let OnBad::DeadLetter(config) = feed.on_bad else { panic!("no dead letters") };
        assert_eq!((config.topic.as_str(), config.properties.len()), ("d", 1));
        for (lines, expected) in [
            ("on_bad = \"skpi\"", "did you mean \"skip\"?"),
            ("on_bad = \"dead-letter\"", "lacks the topic"),
            ("on_bad = \"dead-letter\"\ndead_letter = { topic = \"t\" }", "its own dead letters"),
            ("on_bad = \"dead-letter\"\ndead_letter = { topic = \"a b\" }", "is no topic name"),
            ("on_bad = \"dead-letter\"\ndead_letter = {}", "dead_letter.topic: is missing"),
            ("dead_letter = { topic = \"d\" }", "is for on_bad = \"dead-letter\""),
            (
                "on_bad = \"dead-letter\"\ndead_letter = { topic = \"d\", properties = { \"linger\" = 1 } }",
                "is no property of librdkafka",
            ),
        ] {
            let found = parsed(lines).expect_err(lines);
            assert!(found.contains(expected), "{lines}: {found}");
        }
    }
}
