//! Reads a bounded range of a feed's topics once, for a client that missed it.

use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::types::RDKafkaErrorCode;

use super::context::Context;
use super::probe::Watermarks;
use super::{append, bounds, client_config, partition_list, probe};
use crate::config::KafkaConfig;
use crate::feed::position::{Offsets, Partition, Ranges, Topics};
use crate::source::{Keep, Records};

/// Nothing came for so long: the range cannot be read now.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hands the records of `ranges` to `each`, in chunks, every one once, topic by topic. Blocks.
///
/// `each` says whether to go on.
///
/// # Errors
/// When a record of the ranges is not there any more, or the brokers cannot be reached.
pub fn replay(
    config: &KafkaConfig,
    topics: &Topics,
    ranges: &Ranges,
    keep: Keep,
    mut each: impl FnMut(&Records) -> bool,
) -> Result<(), String> {
    let mut left: Ranges =
        ranges.iter().filter(|(_, r)| !r.is_empty()).map(|(p, r)| (*p, r.clone())).collect();
    if left.is_empty() {
        return Ok(());
    }
    let mut client = client_config(config, "replay");
    client.set("enable.partition.eof", "true");
    let consumer = BaseConsumer::from_config_and_context(&client, Context::default())
        .map_err(|e| probe::creation_error(&e))?;
    // The end of a partition is told without its topic: one topic at a time.
    while let Some((&Partition { topic, .. }, _)) = left.first_key_value() {
        let others = left.split_off(&Partition { topic: topic + 1, id: i32::MIN });
        let starts: Offsets = left.iter().map(|(p, range)| (*p, range.start)).collect();
        let list = partition_list(topics, &starts).map_err(|e| e.to_string())?;
        consumer.assign(&list).map_err(|e| e.to_string())?;
        if !read(&consumer, topic, left, keep, &mut each)? {
            return Ok(());
        }
        left = others;
    }
    Ok(())
}

/// The newest `records` of all partitions together.
pub fn newest(records: u64, marks: &Watermarks) -> Ranges {
    let starts = bounds::last(records, marks);
    marks.iter().map(|(partition, (_, high))| (*partition, starts[partition]..*high)).collect()
}

/// The ranges of one topic, which is assigned; says whether `each` wants more.
fn read(
    consumer: &BaseConsumer<Context>,
    topic: u32,
    mut left: Ranges,
    keep: Keep,
    each: &mut impl FnMut(&Records) -> bool,
) -> Result<bool, String> {
    let mut heard = Instant::now();
    while !left.is_empty() {
        let mut chunk = Records::keeping(keep);
        let mut wait = Duration::from_millis(100);
        while let Some(result) = consumer.poll(wait) {
            wait = Duration::ZERO;
            let partition = match result {
                Ok(message) => {
                    heard = Instant::now();
                    let partition = Partition { topic, id: message.partition() };
                    let offset = message.offset();
                    let Some(range) = left.get(&partition) else { continue };
                    if offset < range.end {
                        append(&mut chunk, &message, partition);
                    }
                    if offset + 1 < range.end {
                        if chunk.len() >= 4096 {
                            break;
                        }
                        continue;
                    }
                    partition
                }
                // The end of the partition is behind the range: what is missing at the end of
                // the range are not records (markers of transactions, compacted ones).
                Err(KafkaError::PartitionEOF(id)) => Partition { topic, id },
                Err(error) => match error.rdkafka_error_code() {
                    Some(
                        RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange,
                    ) => {
                        return Err("the topic no longer has the records between".into());
                    }
                    _ => {
                        tracing::debug!("replay: {error}");
                        continue;
                    }
                },
            };
            left.remove(&partition);
            if left.is_empty() {
                break;
            }
        }
        if !chunk.is_empty() && !each(&chunk) {
            return Ok(false);
        }
        if heard.elapsed() > PATIENCE {
            return Err("the brokers do not answer".into());
        }
    }
    Ok(true)
}
