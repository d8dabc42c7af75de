//! Reads all partitions of a feed's topics, on a thread of its own, for as long as the feed runs or
//! up to the end that it has.
//!
//! A broker that goes away is survived: librdkafka reconnects by itself and goes on at the next
//! offset; here the state is only noticed and told. What cannot be survived without a loss, an
//! offset that retention took before it was read, is told as [`SourceEvent::Lost`] and reading
//! begins anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::types::RDKafkaErrorCode;

use super::context::Context;
use super::health::{health, is_past};
use super::probe::{self, Watermarks};
use super::{REFRESH_MILLIS, append, bounds, client_config, partition_list};
use crate::config::KafkaConfig;
use crate::feed::position::{Offsets, Origin, Partition, Topics};
use crate::source::{Keep, Records, SourceEvent, SourceState};

/// Records handed over at once, at most.
const CHUNK_RECORDS: usize = 4096;
/// Bytes handed over at once, about.
const CHUNK_BYTES: usize = 1 << 20;
/// How long a poll waits, and so how fast a stop is noticed.
const POLL: Duration = Duration::from_millis(100);
/// How often librdkafka says how it goes, and a little more.
const STATISTICS: Duration = Duration::from_millis(600);
/// The property that says how often new topics and partitions are looked for, in milliseconds.
const REFRESH: &str = "topic.metadata.refresh.interval.ms";
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
        let topics = Arc::default();
        let reader = Reader { feed, config, keep, topics, events, stop };
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
    /// Numbers stay what they are through losses, as clients' positions may.
    topics: Arc<Topics>,
    events: SyncSender<SourceEvent>,
    stop: Arc<AtomicBool>,
}

/// Why one stretch of reading ended.
enum Ended {
    /// Records between what was read and what can be read were lost.
    Lost(String),
    /// All up to the end was read.
    Complete,
}

/// What a stretch of reading begins with.
struct Beginning {
    cluster: Option<String>,
    /// The next offset to read of each partition.
    next: Offsets,
    /// Where each partition ends, where the feed does.
    ends: Option<Offsets>,
}

impl Reader {
    fn run(&self) -> Result<(), Over> {
        let mut client = client_config(&self.config, &self.feed);
        // At an end there may be offsets that are of no record.
        let eof = if self.config.end.is_some() { "true" } else { "false" };
        client.set("enable.partition.eof", eof);
        let consumer = match BaseConsumer::from_config_and_context(&client, Context::default()) {
            Ok(consumer) => consumer,
            Err(error) => {
                let why = probe::creation_error(&error);
                return self.tell(SourceEvent::State(SourceState::Failed(why)));
            }
        };
        let mut began = None;
        loop {
            let Beginning { cluster, mut next, ends } = self.connect(&consumer, began.as_ref())?;
            self.tell(SourceEvent::Began {
                origin: Origin { topics: self.topics.clone(), cluster },
                starts: next.clone(),
            })?;
            self.tell(SourceEvent::State(SourceState::Connected))?;
            began.get_or_insert_with(|| next.clone());
            match self.read(&consumer, &mut next, ends.as_ref())? {
                Ended::Lost(reason) => {
                    tracing::warn!(feed = self.feed, "{reason}");
                    self.tell(SourceEvent::Lost(reason))?;
                }
                Ended::Complete => {
                    tracing::info!(feed = self.feed, "all up to the end was read");
                    return self.tell(SourceEvent::State(SourceState::Complete));
                }
            }
        }
    }

    fn tell(&self, event: SourceEvent) -> Result<(), Over> {
        self.events.send(event).map_err(|_| Over)
    }

    fn check(&self) -> Result<(), Over> {
        if self.stop.load(Ordering::Relaxed) { Err(Over) } else { Ok(()) }
    }

    /// Waits for a topic and its partitions. Reading begins where it `began`, where it did.
    fn connect(
        &self,
        consumer: &BaseConsumer<Context>,
        began: Option<&Offsets>,
    ) -> Result<Beginning, Over> {
        let mut told = String::new();
        loop {
            self.check()?;
            let why = match self.beginning(consumer, began) {
                Ok(beginning) if !beginning.next.is_empty() => return Ok(beginning),
                Ok(_) => format!("{} yet", probe::missing(&self.config.topics)),
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

    fn beginning(
        &self,
        consumer: &BaseConsumer<Context>,
        began: Option<&Offsets>,
    ) -> Result<Beginning, String> {
        let KafkaConfig { start, end, .. } = &self.config;
        let marks = self.marks(consumer, |_| true)?;
        let next = match began {
            None => bounds::begin(consumer, start, &self.topics, &marks, ASK)?,
            Some(began) => bounds::again(&marks, began),
        };
        let ends = end.map(|end| bounds::end(consumer, end, &self.topics, &marks, ASK));
        let ends = ends.transpose()?;
        Ok(Beginning { cluster: consumer.client().fetch_cluster_id(ASK), next, ends })
    }

    /// The watermarks of the partitions that are `wanted`.
    fn marks(
        &self,
        consumer: &BaseConsumer<Context>,
        wanted: impl Fn(&Partition) -> bool,
    ) -> Result<Watermarks, String> {
        let found = probe::partitions(consumer, &self.config.topics, &self.topics, ASK)?;
        probe::marks_of(consumer, &self.topics, found.into_iter().filter(wanted), ASK)
    }

    fn assign(&self, consumer: &BaseConsumer<Context>, next: &Offsets) -> Result<(), KafkaError> {
        consumer.assign(&partition_list(&self.topics, next)?)
    }

    fn read(
        &self,
        consumer: &BaseConsumer<Context>,
        next: &mut Offsets,
        ends: Option<&Offsets>,
    ) -> Result<Ended, Over> {
        if let Err(error) = self.assign(consumer, next) {
            let why = format!("partitions cannot be assigned: {error}");
            self.tell(SourceEvent::State(SourceState::Failed(why)))?;
            return Err(Over);
        }
        let mut state = SourceState::Connected;
        let mut lag = u64::MAX;
        let mut looked = Instant::now();
        let refresh = self.refresh();
        let mut down: Option<Instant> = None;
        // Messages come topic by topic: the number of the last one's topic is kept at hand.
        let mut topic = (String::new(), 0);
        loop {
            self.check()?;
            if let Some(ends) = ends
                && ends.iter().all(|(p, end)| next.get(p).is_some_and(|next| next >= end))
            {
                return Ok(Ended::Complete);
            }
            let mut chunk = Records::keeping(self.keep);
            let mut now = state.clone();
            let mut wait = POLL;
            while let Some(result) = consumer.poll(wait) {
                wait = Duration::ZERO;
                match result {
                    Ok(message) => {
                        if topic.0 != message.topic() {
                            topic = (message.topic().into(), self.topics.number(message.topic()));
                        }
                        let partition = Partition { topic: topic.1, id: message.partition() };
                        next.insert(partition, message.offset() + 1);
                        let over = ends
                            .and_then(|ends| ends.get(&partition))
                            .is_some_and(|end| message.offset() >= *end);
                        if !over {
                            append(&mut chunk, &message, partition);
                        }
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
                            return Ok(Ended::Lost(reason.into()));
                        }
                        Some(
                            RDKafkaErrorCode::UnknownTopicOrPartition
                            | RDKafkaErrorCode::UnknownTopic
                            | RDKafkaErrorCode::UnknownPartition,
                        ) => {
                            if !chunk.is_empty() {
                                self.tell(SourceEvent::Records(chunk))?;
                            }
                            let reason = "a topic or one of its partitions is gone";
                            return Ok(Ended::Lost(reason.into()));
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
                let health = health(statistics, &self.topics, next);
                now = match health.trouble {
                    None => SourceState::Connected,
                    Some(_) if matches!(now, SourceState::Disconnected(_)) => now,
                    Some(why) => SourceState::Disconnected(why),
                };
                for (partition, end) in ends.into_iter().flatten() {
                    if chunk.is_empty() && is_past(statistics, &self.topics, *partition, *end) {
                        let next = next.entry(*partition).or_insert(*end);
                        *next = *end.max(next);
                    }
                }
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
            let due = ends.is_none() && refresh.is_some_and(|every| looked.elapsed() >= every);
            if due && state == SourceState::Connected {
                looked = Instant::now();
                self.look_for_partitions(consumer, next)?;
            }
        }
    }

    /// How often new topics and partitions are looked for; librdkafka's -1 is never.
    fn refresh(&self) -> Option<Duration> {
        let millis = match self.config.properties.get(REFRESH) {
            Some(text) => text.parse().unwrap_or(-1),
            None => REFRESH_MILLIS,
        };
        u64::try_from(millis).ok().map(Duration::from_millis)
    }

    fn look_for_partitions(
        &self,
        consumer: &BaseConsumer<Context>,
        next: &mut Offsets,
    ) -> Result<(), Over> {
        // What appears while we read is read from its beginning.
        let added: Offsets = match self.marks(consumer, |partition| !next.contains_key(partition)) {
            Ok(marks) if marks.is_empty() => return Ok(()),
            Ok(marks) => marks.into_iter().map(|(partition, (low, _))| (partition, low)).collect(),
            Err(why) => {
                tracing::debug!(feed = self.feed, "partitions cannot be listed: {why}");
                return Ok(());
            }
        };
        let assigned = partition_list(&self.topics, &added)
            .and_then(|list| consumer.incremental_assign(&list));
        if let Err(error) = assigned {
            tracing::warn!(feed = self.feed, "new partitions cannot be read: {error}");
            return Ok(());
        }
        let names: Vec<_> =
            added.keys().map(|partition| self.topics.describe(*partition)).collect();
        tracing::info!(feed = self.feed, "new: {}", names.join(", "));
        next.extend(added.iter().map(|(partition, offset)| (*partition, *offset)));
        self.tell(SourceEvent::Added(added))
    }
}
