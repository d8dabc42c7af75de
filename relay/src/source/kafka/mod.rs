//! Kafka by librdkafka.
//!
//! [`consumer`] reads topics for a feed, [`replay`] reads a bounded range of them for one client
//! that comes back, [`dead_letters`] writes what cannot be read to a topic, [`probe`] asks what is
//! there, `bounds` where reading begins and ends. Partitions are assigned
//! explicitly: a relay joins no consumer group and commits nothing, so any number of relays
//! read the same topics without knowing of each other.

mod bounds;
pub mod consumer;
mod context;
pub mod dead_letters;
mod health;
pub mod probe;
mod properties;
pub mod replay;

pub use properties::check_property;

use std::panic::{AssertUnwindSafe, catch_unwind};

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers as _, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::{Headers, Record, Records};
use crate::config::KafkaConfig;
use crate::feed::position::{Offsets, Partition, Topics};

/// How often new topics and partitions are looked for where nothing else is said, in milliseconds.
const REFRESH_MILLIS: i64 = 10_000;

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
        .set("topic.metadata.refresh.interval.ms", REFRESH_MILLIS.to_string())
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

/// Adds a message to a batch, with as much of it as the batch keeps.
fn append(batch: &mut Records, message: &BorrowedMessage<'_>, partition: Partition) {
    let keep = batch.keep();
    batch.push(Record {
        partition,
        offset: message.offset(),
        timestamp: message.timestamp().to_millis(),
        payload: message.payload(),
        key: if keep.keys { message.key() } else { None },
        headers: Headers::default(),
    });
    if !keep.headers {
        return;
    }
    let Some(headers) = message.headers() else { return };
    // rdkafka panics at a name that is not UTF-8, which any producer can write. What unwinds
    // has changed nothing but the batch, which is put right.
    let copy = AssertUnwindSafe(|| {
        for header in headers.iter() {
            batch.push_header(header.key, header.value);
        }
    });
    if catch_unwind(copy).is_err() {
        batch.headers_unreadable();
    }
}

/// The offsets as librdkafka takes them.
fn partition_list(topics: &Topics, offsets: &Offsets) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::with_capacity(offsets.len());
    for (partition, &offset) in offsets {
        let topic = topics.name(partition.topic);
        list.add_partition_offset(&topic, partition.id, Offset::Offset(offset))?;
    }
    Ok(list)
}
