//! Questions to a cluster: does a topic exist, which partitions and offsets does it have.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::error::{IsError, KafkaError};

use super::client_config;
use super::context::Context;
use crate::config::KafkaConfig;

/// The watermarks of each partition: the oldest offset kept, and the next to be written.
pub type Watermarks = BTreeMap<i32, (i64, i64)>;

/// Asks for the watermarks of all partitions. Blocks.
///
/// # Errors
/// With what could not be reached.
pub fn watermarks(config: &KafkaConfig, timeout: Duration) -> Result<Watermarks, String> {
    let client = client_config(config, "probe");
    let consumer = BaseConsumer::from_config_and_context(&client, Context::default())
        .map_err(|e| creation_error(&e))?;
    let found = partitions(&consumer, &config.topic, timeout).map_err(|error| {
        // What librdkafka says while it tries tells more than that the time was up.
        let _ = consumer.poll(Duration::ZERO);
        let signals = consumer.context().take();
        signals.error().or(signals.down).unwrap_or(error)
    })?;
    if found.is_empty() {
        return Err(format!("topic \"{}\" does not exist", config.topic));
    }
    found
        .into_iter()
        .map(|partition| {
            consumer
                .fetch_watermarks(&config.topic, partition, timeout)
                .map(|marks| (partition, marks))
                .map_err(|e| format!("offsets of partition {partition} cannot be read: {e}"))
        })
        .collect()
}

/// The partitions of a topic; none where it does not exist.
pub(super) fn partitions<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topic: &str,
    timeout: Duration,
) -> Result<Vec<i32>, String> {
    let metadata = consumer
        .fetch_metadata(Some(topic), timeout)
        .map_err(|e| format!("no broker answers: {e}"))?;
    let Some(found) = metadata.topics().iter().find(|t| t.name() == topic) else {
        return Ok(Vec::new());
    };
    if let Some(error) = found.error()
        && error.is_error()
    {
        let code = RDKafkaErrorCode::from(error);
        return match code {
            RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => {
                Ok(Vec::new())
            }
            _ => Err(format!("topic \"{topic}\": {code}")),
        };
    }
    Ok(found.partitions().iter().map(|p| p.id()).collect())
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
        let mut config = KafkaConfig {
            brokers: "127.0.0.1:1".into(),
            topic: "t".into(),
            start: crate::config::Start::Earliest,
            properties: BTreeMap::new(),
        };
        config.properties.insert("security.protocol".into(), "hunter2".into());
        let error = watermarks(&config, Duration::from_millis(10)).unwrap_err();
        assert!(error.contains("security.protocol"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}
