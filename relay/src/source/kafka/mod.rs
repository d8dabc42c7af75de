//! Kafka by librdkafka.
//!
//! [`consumer`] reads a topic for a feed, [`replay`] reads a bounded range of it for one client
//! that comes back, [`probe`] asks whether all of it can be reached. Partitions are assigned
//! explicitly: a relay joins no consumer group and commits nothing, so any number of relays
//! read the same topic without knowing of each other.

pub mod consumer;
mod context;
mod health;
pub mod probe;
mod properties;
pub mod replay;

pub use properties::check_property;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::message::Message;

use super::Record;
use crate::config::KafkaConfig;

/// How long a partition is not fetched when the queue of records is full, in milliseconds. The
/// queue holds about a tenth of a second of what one processor decodes.
const FETCH_REST_MS: &str = "10";

/// The settings of every consumer of ours, with the user's on top.
fn client_config(config: &KafkaConfig, purpose: &str) -> ClientConfig {
    let mut client = ClientConfig::new();
    client
        // Needed by librdkafka to hand out a consumer queue; no group is joined.
        .set("group.id", format!("millrace-{purpose}"))
        .set("client.id", "millrace")
        .set("reconnect.backoff.ms", "100")
        .set("reconnect.backoff.max.ms", "2000")
        .set("topic.metadata.refresh.interval.ms", "10000")
        .set("socket.keepalive.enable", "true")
        // Bounds what is fetched ahead, for a consumer, all partitions together.
        .set("queued.max.messages.kbytes", "16384")
        // How long fetching rests once so much is there. librdkafka's own second is several times
        // what the feed takes to empty the queue, and it would then wait for nothing.
        .set("fetch.queue.backoff.ms", FETCH_REST_MS)
        .set("fetch.wait.max.ms", "100")
        .set("fetch.error.backoff.ms", "100");
    for (name, value) in &config.properties {
        client.set(name, value);
    }
    client
        .set("bootstrap.servers", &config.brokers)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        // Out of range is told to us, not papered over.
        .set("auto.offset.reset", "error")
        .set("statistics.interval.ms", "500")
        .set("allow.auto.create.topics", "false")
        .set_log_level(RDKafkaLogLevel::Warning);
    client
}

fn record_of<M: Message>(message: &M) -> Record<'_> {
    Record {
        partition: message.partition(),
        offset: message.offset(),
        timestamp: message.timestamp().to_millis(),
        payload: message.payload(),
    }
}
