//! Reads all partitions of a topic for a feed, on a thread of its own, for as long as it runs.
//!
//! A broker that goes away is survived: librdkafka reconnects by itself and goes on at the next
//! offset; here the state is only noticed and told. What cannot be survived without a loss, an
//! offset that retention took before it was read, is told as [`SourceEvent::Lost`] and reading
//! begins anew.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::RDKafkaErrorCode;

use super::context::Context;
use super::health::health;
use super::{append, client_config};
use crate::config::{KafkaConfig, Start};
use crate::source::{Keep, Records, SourceEvent, SourceState};

/// Records handed over at once, at most.
const CHUNK_RECORDS: usize = 4096;
/// Bytes handed over at once, about.
const CHUNK_BYTES: usize = 1 << 20;
/// How long a poll waits, and so how fast a stop is noticed.
const POLL: Duration = Duration::from_millis(100);
/// How often librdkafka says how it goes, and a little more.
const STATISTICS: Duration = Duration::from_millis(600);
/// How often new partitions are looked for.
const PARTITIONS_EVERY: Duration = Duration::from_secs(15);
/// How long a question to the brokers may take.
const ASK: Duration = Duration::from_secs(5);

/// Starts the thread. It ends when `stop` is set or the receiver is gone.
pub fn spawn(
    feed: &str,
    config: KafkaConfig,
    keep: Keep,
    events: SyncSender<SourceEvent>,
    stop: Arc<AtomicBool>,
) -> std::io::Result<thread::JoinHandle<()>> {
    let feed = feed.to_string();
    thread::Builder::new().name(format!("kafka-{feed}")).spawn(move || {
        let reader = Reader { feed, config, keep, events, stop };
        // The only error is a feed that is gone, which is the end.
        let _ = reader.run();
    })
}

/// The feed is gone, a stop was asked for, or nothing can be read ever.
struct Over;

struct Reader {
    feed: String,
    config: KafkaConfig,
    keep: Keep,
    events: SyncSender<SourceEvent>,
    stop: Arc<AtomicBool>,
}

/// Why one stretch of reading ended: records between were lost.
struct Lost(String);

impl Reader {
    fn run(&self) -> Result<(), Over> {
        let mut client = client_config(&self.config, &self.feed);
        client.set("enable.partition.eof", "false");
        let consumer = match BaseConsumer::from_config_and_context(&client, Context::default()) {
            Ok(consumer) => consumer,
            Err(error) => {
                let why = super::probe::creation_error(&error);
                return self.tell(SourceEvent::State(SourceState::Failed(why)));
            }
        };
        loop {
            let (cluster, mut next) = self.connect(&consumer)?;
            self.tell(SourceEvent::Began {
                topic: self.config.topic.clone(),
                cluster,
                starts: next.iter().map(|(p, o)| (*p, *o)).collect(),
            })?;
            self.tell(SourceEvent::State(SourceState::Connected))?;
            let Lost(reason) = self.read(&consumer, &mut next)?;
            tracing::warn!(feed = self.feed, "{reason}");
            self.tell(SourceEvent::Lost(reason))?;
        }
    }

    fn tell(&self, event: SourceEvent) -> Result<(), Over> {
        self.events.send(event).map_err(|_| Over)
    }

    fn check(&self) -> Result<(), Over> {
        if self.stop.load(Ordering::Relaxed) { Err(Over) } else { Ok(()) }
    }

    /// Waits for the topic and its partitions; gives the cluster's id and where to begin.
    fn connect(
        &self,
        consumer: &BaseConsumer<Context>,
    ) -> Result<(Option<String>, BTreeMap<i32, i64>), Over> {
        let mut told = String::new();
        loop {
            self.check()?;
            let why = match self.starts(consumer, None) {
                Ok(starts) if !starts.is_empty() => {
                    let cluster = consumer.client().fetch_cluster_id(ASK);
                    return Ok((cluster, starts));
                }
                Ok(_) => format!("topic \"{}\" does not exist yet", self.config.topic),
                Err(error) => {
                    let _ = consumer.poll(Duration::ZERO);
                    let signals = consumer.context().take();
                    signals.error().or(signals.down).unwrap_or(error)
                }
            };
            if why != told {
                tracing::info!(feed = self.feed, "connecting: {why}");
                self.tell(SourceEvent::State(SourceState::Connecting(why.clone())))?;
                told = why;
            }
            // Serves callbacks, and paces the attempts.
            for _ in 0..5 {
                self.check()?;
                let _ = consumer.poll(POLL);
            }
        }
    }

    /// The first offset to read of each partition; of those not in `known`, where it is given.
    fn starts(
        &self,
        consumer: &BaseConsumer<Context>,
        known: Option<&BTreeMap<i32, i64>>,
    ) -> Result<BTreeMap<i32, i64>, String> {
        let topic = &self.config.topic;
        let mut starts = BTreeMap::new();
        for partition in super::probe::partitions(consumer, topic, ASK)? {
            if known.is_some_and(|known| known.contains_key(&partition)) {
                continue;
            }
            let (low, high) = consumer
                .fetch_watermarks(topic, partition, ASK)
                .map_err(|e| format!("offsets of partition {partition} cannot be read: {e}"))?;
            // A partition that appears while we read is read from its beginning.
            let from_low = known.is_some() || self.config.start == Start::Earliest;
            starts.insert(partition, if from_low { low } else { high });
        }
        Ok(starts)
    }

    fn assign(
        &self,
        consumer: &BaseConsumer<Context>,
        next: &BTreeMap<i32, i64>,
    ) -> Result<(), KafkaError> {
        let mut list = TopicPartitionList::with_capacity(next.len());
        for (&partition, &offset) in next {
            list.add_partition_offset(&self.config.topic, partition, Offset::Offset(offset))?;
        }
        consumer.assign(&list)
    }

    fn read(
        &self,
        consumer: &BaseConsumer<Context>,
        next: &mut BTreeMap<i32, i64>,
    ) -> Result<Lost, Over> {
        if let Err(error) = self.assign(consumer, next) {
            let why = format!("partitions cannot be assigned: {error}");
            self.tell(SourceEvent::State(SourceState::Failed(why)))?;
            return Err(Over);
        }
        let mut state = SourceState::Connected;
        let mut lag = u64::MAX;
        let mut looked = Instant::now();
        let mut down: Option<Instant> = None;
        loop {
            self.check()?;
            let mut chunk = Records::keeping(self.keep);
            let mut now = state.clone();
            let mut wait = POLL;
            while let Some(result) = consumer.poll(wait) {
                wait = Duration::ZERO;
                match result {
                    Ok(message) => {
                        next.insert(message.partition(), message.offset() + 1);
                        append(&mut chunk, &message);
                        if chunk.len() >= CHUNK_RECORDS || chunk.bytes() >= CHUNK_BYTES {
                            break;
                        }
                    }
                    Err(error) => match error.rdkafka_error_code() {
                        Some(
                            RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange,
                        ) => {
                            if !chunk.is_empty() {
                                self.tell(SourceEvent::Records(chunk))?;
                            }
                            let reason = "the topic no longer has the next record to read: \
                                          retention took it, or the topic was made anew";
                            return Ok(Lost(reason.into()));
                        }
                        Some(
                            RDKafkaErrorCode::UnknownTopicOrPartition
                            | RDKafkaErrorCode::UnknownTopic
                            | RDKafkaErrorCode::UnknownPartition,
                        ) => {
                            if !chunk.is_empty() {
                                self.tell(SourceEvent::Records(chunk))?;
                            }
                            return Ok(Lost("the topic or one of its partitions is gone".into()));
                        }
                        Some(RDKafkaErrorCode::AllBrokersDown) => {}
                        _ => tracing::debug!(feed = self.feed, "{error}"),
                    },
                }
            }
            let signals = consumer.context().take();
            // The first reason is told as long as the trouble lasts.
            if let Some(why) = signals.down {
                down = Some(Instant::now());
                if !matches!(now, SourceState::Disconnected(_)) {
                    now = SourceState::Disconnected(why);
                }
            }
            // Statistics may be older than an error that came before them.
            let fresh = down.is_none_or(|at| at.elapsed() > STATISTICS);
            if let Some(statistics) = signals.statistics.as_ref().filter(|_| fresh) {
                let health = health(statistics, &self.config.topic, next);
                now = match health.trouble {
                    None => SourceState::Connected,
                    Some(_) if matches!(now, SourceState::Disconnected(_)) => now,
                    Some(why) => SourceState::Disconnected(why),
                };
                if health.lag != lag {
                    lag = health.lag;
                    self.tell(SourceEvent::Lag(lag))?;
                }
            }
            if !chunk.is_empty() {
                self.tell(SourceEvent::Records(chunk))?;
            }
            if now != state {
                tracing::info!(feed = self.feed, "{now}");
                self.tell(SourceEvent::State(now.clone()))?;
                state = now;
            }
            if looked.elapsed() >= PARTITIONS_EVERY && state == SourceState::Connected {
                looked = Instant::now();
                self.look_for_partitions(consumer, next)?;
            }
        }
    }

    fn look_for_partitions(
        &self,
        consumer: &BaseConsumer<Context>,
        next: &mut BTreeMap<i32, i64>,
    ) -> Result<(), Over> {
        let added = match self.starts(consumer, Some(next)) {
            Ok(added) if added.is_empty() => return Ok(()),
            Ok(added) => added,
            Err(why) => {
                tracing::debug!(feed = self.feed, "partitions cannot be listed: {why}");
                return Ok(());
            }
        };
        let mut list = TopicPartitionList::new();
        for (&partition, &offset) in &added {
            if list
                .add_partition_offset(&self.config.topic, partition, Offset::Offset(offset))
                .is_err()
            {
                return Ok(());
            }
        }
        if let Err(error) = consumer.incremental_assign(&list) {
            tracing::warn!(feed = self.feed, "new partitions cannot be read: {error}");
            return Ok(());
        }
        tracing::info!(feed = self.feed, partitions = ?added.keys(), "new partitions");
        self.tell(SourceEvent::Added(added.iter().map(|(p, o)| (*p, *o)).collect()))?;
        next.extend(added);
        Ok(())
    }
}
