//! Topics: writing the demo's rows, and a loop that does nothing but count them.

use std::time::{Duration, Instant};

use millrace_relay::demo::producer::create_topic;
use millrace_relay::demo::stocks::Stocks;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use serde_json::{Value, json};

use crate::Failure;

/// Longer than any answer of a broker takes.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// The share of a topic that is read before the clock starts: connections are made, queues are
/// full, and what is compiled at run time is.
const RUN_UP: f64 = 0.05;

/// How long fetching rests while the consumer's queue is full, in milliseconds.
const FETCH_REST_MS: &str = "10";

/// A producer that keeps each partition's order.
pub fn producer(brokers: &str) -> Result<ThreadedProducer<DefaultProducerContext>, KafkaError> {
    ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("enable.idempotence", "true")
        .set("queue.buffering.max.messages", "200000")
        .create()
}

/// Writes one row, waiting while the producer's queue is full.
pub async fn send(
    producer: &ThreadedProducer<DefaultProducerContext>,
    topic: &str,
    partition: i32,
    row: &str,
) -> Result<(), KafkaError> {
    let mut record = BaseRecord::<(), str>::to(topic).partition(partition).payload(row);
    while let Err((error, back)) = producer.send(record) {
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::QueueFull) {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        record = back;
    }
    Ok(())
}

/// Makes the topic with so many of the demo's rows, over all partitions in turn.
pub async fn fill(
    brokers: &str,
    topic: &str,
    partitions: i32,
    rows: u64,
) -> Result<Value, Failure> {
    create_topic(brokers, topic, partitions).await?;
    let producer = producer(brokers)?;
    let mut stocks = Stocks::new(1);
    let mut row = String::new();
    let mut bytes = 0;
    for (partition, _) in (0..partitions).cycle().zip(0..rows) {
        row.clear();
        stocks.next(&mut row);
        bytes += row.len();
        send(&producer, topic, partition, &row).await?;
    }
    producer.flush(PATIENCE)?;
    Ok(json!({"rows": rows, "bytes": bytes}))
}

/// Reads the topic from its beginning to its end, and only counts.
pub fn count(brokers: &str, topic: &str) -> Result<Value, Failure> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "relay-load")
        .set("enable.auto.commit", "false")
        // A loop that does nothing outruns its queue; librdkafka's own second of rest, once that
        // is full, would be what is timed.
        .set("fetch.queue.backoff.ms", FETCH_REST_MS)
        .create()?;
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let mut assignment = TopicPartitionList::new();
    let mut total = 0;
    for partition in metadata.topics().iter().flat_map(|t| t.partitions()) {
        let (low, high) = consumer.fetch_watermarks(topic, partition.id(), PATIENCE)?;
        total += u64::try_from(high - low)?;
        assignment.add_partition_offset(topic, partition.id(), Offset::Beginning)?;
    }
    let run_up = (total as f64 * RUN_UP) as u64;
    if run_up == 0 {
        return Err(format!("{topic} has {total} records, too few to be timed").into());
    }
    consumer.assign(&assignment)?;
    let (mut messages, mut bytes) = (0, 0);
    let mut start = Instant::now();
    while messages < total {
        let message = consumer.poll(PATIENCE).ok_or("the topic does not go on")??;
        messages += 1;
        bytes += message.payload_len();
        if messages == run_up {
            start = Instant::now();
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let rate = (total - run_up) as f64 / seconds;
    Ok(json!({"messages": messages, "bytes": bytes, "seconds": seconds, "rate": rate}))
}
