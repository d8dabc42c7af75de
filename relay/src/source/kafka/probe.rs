//! Questions to a cluster: which topics of a feed exist, which partitions and offsets they have.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::error::{IsError, KafkaError};
use rdkafka::metadata::MetadataTopic;

use super::client_config;
use super::context::Context;
use crate::config::{KafkaConfig, TopicSelection};
use crate::feed::position::{Partition, Topics};

/// The watermarks of each partition: the oldest offset kept, and the next to be written.
pub type Watermarks = BTreeMap<Partition, (i64, i64)>;

/// Asks for the watermarks of all partitions, and numbers their topics. Blocks.
///
/// # Errors
/// With what could not be reached.
pub fn watermarks(
    config: &KafkaConfig,
    topics: &Topics,
    timeout: Duration,
) -> Result<Watermarks, String> {
    let client = client_config(config, "probe");
    let consumer = BaseConsumer::from_config_and_context(&client, Context::default())
        .map_err(|e| creation_error(&e))?;
    let found = partitions(&consumer, &config.topics, topics, timeout).map_err(|error| {
        // What librdkafka says while it tries tells more than that the time was up.
        let _ = consumer.poll(Duration::ZERO);
        let signals = consumer.context().take();
        signals.error().or(signals.down).unwrap_or(error)
    })?;
    if found.is_empty() {
        return Err(missing(&config.topics));
    }
    marks_of(&consumer, topics, found.into_iter(), timeout)
}

/// Why nothing can be read where no topic is there.
pub(super) fn missing(topics: &TopicSelection) -> String {
    match topics {
        TopicSelection::Names(names) if names.len() == 1 => format!("{topics} does not exist"),
        TopicSelection::Names(_) => format!("none of {topics} exists"),
        TopicSelection::Pattern(_) => format!("no {topics} exist"),
    }
}

/// The partitions of the topics that exist, whose names get numbers.
pub(super) fn partitions(
    consumer: &BaseConsumer<Context>,
    selection: &TopicSelection,
    topics: &Topics,
    timeout: Duration,
) -> Result<Vec<Partition>, String> {
    let mut found = Vec::new();
    let mut take = |topic: &MetadataTopic| -> Result<(), String> {
        if !selection.has(topic.name()) {
            return Ok(());
        }
        if let Some(error) = topic.error()
            && error.is_error()
        {
            let code = RDKafkaErrorCode::from(error);
            return match code {
                RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => {
                    Ok(())
                }
                _ => Err(format!("topic \"{}\": {code}", topic.name())),
            };
        }
        let number = topics.number(topic.name());
        found.extend(topic.partitions().iter().map(|p| Partition { topic: number, id: p.id() }));
        Ok(())
    };
    let mut ask = |topic: Option<&str>| {
        let metadata = consumer
            .fetch_metadata(topic, timeout)
            .map_err(|e| format!("no broker answers: {e}"))?;
        metadata.topics().iter().try_for_each(&mut take)
    };
    match selection.names() {
        Some(names) => names.iter().try_for_each(|name| ask(Some(name)))?,
        None => ask(None)?,
    }
    Ok(found)
}

/// The watermarks of these partitions.
pub(super) fn marks_of(
    consumer: &BaseConsumer<Context>,
    topics: &Topics,
    partitions: impl Iterator<Item = Partition>,
    timeout: Duration,
) -> Result<Watermarks, String> {
    partitions
        .map(|partition| {
            consumer
                .fetch_watermarks(&topics.name(partition.topic), partition.id, timeout)
                .map(|marks| (partition, marks))
                .map_err(|e| {
                    format!("offsets of {} cannot be read: {e}", topics.describe(partition))
                })
        })
        .collect()
}

/// Why a client could not be made, without the values of its settings.
pub(super) fn creation_error(error: &KafkaError) -> String {
    match error {
        // librdkafka quotes the value, which may be a secret.
        KafkaError::ClientConfig(_, reason, name, value) => {
            let reason = reason.replace(&format!("\"{value}\""), "");
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("property \"{name}\" is not accepted: {reason}")
        }
        KafkaError::ClientCreation(reason) => format!("the client cannot be made: {reason}"),
        other => format!("the client cannot be made: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_property_is_named_without_its_value() {
        let mut config = KafkaConfig::new("127.0.0.1:1", "t");
        config.properties.insert("security.protocol".into(), "hunter2".into());
        let error = watermarks(&config, &Topics::default(), Duration::from_millis(10)).unwrap_err();
        assert!(error.contains("security.protocol"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}
