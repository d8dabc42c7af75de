//! Records that a feed could not read, written to a topic of their own for a person to look at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::{FromClientConfigAndContext, RDKafkaLogLevel};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;

use super::probe::creation_error;
use crate::config::{DeadLetterConfig, KafkaConfig};
use crate::source::Record;

/// How long a record may wait for room in the producer's queue, as long as any are delivered.
const ROOM: Duration = Duration::from_millis(500);
/// How long is waited at the end for what is under way.
const FLUSH: Duration = Duration::from_secs(2);

/// What became of them.
#[derive(Debug, Default)]
pub struct DeadLetterCounts {
    delivered: AtomicU64,
    failed: AtomicU64,
    /// The last attempt went well.
    well: AtomicBool,
}

impl DeadLetterCounts {
    /// Records that the topic has.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// Records that could not be delivered.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    fn note(&self, error: Option<String>) {
        match error {
            None => {
                self.delivered.fetch_add(1, Ordering::Relaxed);
                self.well.store(true, Ordering::Relaxed);
            }
            Some(why) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                // Where one fails all do: one line for each stretch of them.
                if self.well.swap(false, Ordering::Relaxed) {
                    tracing::warn!("dead letters cannot be delivered: {why}");
                }
            }
        }
    }
}

/// Writes records to the topic of dead letters.
pub struct DeadLetters {
    producer: ThreadedProducer<Deliveries>,
    topic: String,
    counts: Arc<DeadLetterCounts>,
}

/// Hears what becomes of each record.
struct Deliveries(Arc<DeadLetterCounts>);

impl ClientContext for Deliveries {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, message: &str) {
        tracing::debug!(target: "librdkafka", facility, "{message}");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, "{reason}");
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        self.0.note(result.as_ref().err().map(|(error, _)| error.to_string()));
    }
}

impl DeadLetters {
    /// A producer for the topic, to the brokers that the feed reads from.
    ///
    /// # Errors
    /// When librdkafka does not take the settings.
    pub fn new(
        source: &KafkaConfig,
        config: &DeadLetterConfig,
        counts: Arc<DeadLetterCounts>,
    ) -> Result<Self, String> {
        let mut client = ClientConfig::new();
        client
            .set("client.id", "millrace")
            .set("linger.ms", "20")
            .set("message.timeout.ms", "30000")
            .set("reconnect.backoff.max.ms", "2000")
            // Bounds what waits while brokers are away.
            .set("queue.buffering.max.kbytes", "16384");
        for (name, value) in source.properties.iter().chain(&config.properties) {
            client.set(name, value);
        }
        client.set("bootstrap.servers", &source.brokers).set_log_level(RDKafkaLogLevel::Warning);
        let context = Deliveries(counts.clone());
        let producer = ThreadedProducer::from_config_and_context(&client, context)
            .map_err(|error| creation_error(&error))?;
        counts.well.store(true, Ordering::Relaxed);
        Ok(Self { producer, topic: config.topic.clone(), counts })
    }

    /// Hands a record over, with all that it was and why it is here. What becomes of it is
    /// counted; it holds nobody up for long.
    pub fn send(&self, feed: &str, topic: &str, record: &Record<'_>, reason: &str) {
        let partition = record.partition.id.to_string();
        let offset = record.offset.to_string();
        let timestamp = record.timestamp.map(|millis| millis.to_string());
        let mut headers = OwnedHeaders::new();
        for (key, value) in record.headers.iter() {
            headers = headers.insert(Header { key, value });
        }
        for (key, value) in [
            ("millrace.reason", Some(reason)),
            ("millrace.feed", Some(feed)),
            ("millrace.topic", Some(topic)),
            ("millrace.partition", Some(&partition)),
            ("millrace.offset", Some(&offset)),
            ("millrace.timestamp", timestamp.as_deref()),
        ] {
            headers = headers.insert(Header { key, value });
        }
        let mut message = BaseRecord::<[u8], [u8]>::to(&self.topic).headers(headers);
        message.key = record.key;
        message.payload = record.payload;
        let begun = Instant::now();
        loop {
            match self.producer.send(message) {
                Ok(()) => return,
                Err((error, back)) => {
                    let full = error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull);
                    let patient = self.counts.well.load(Ordering::Relaxed);
                    if !full || !patient || begun.elapsed() > ROOM {
                        return self.counts.note(Some(error.to_string()));
                    }
                    message = back;
                    thread::sleep(Duration::from_millis(5));
                }
            }
        }
    }
}

impl Drop for DeadLetters {
    fn drop(&mut self) {
        // What is not delivered by then was counted neither way: it is read again at a new start.
        let _ = self.producer.flush(FLUSH);
    }
}
