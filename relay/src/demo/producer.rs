//! Writes rows into a topic at a steady rate, on a thread of its own, and can be paused.
//!
//! The rate is kept in slices of 10 ms. Partitions take turns. What was *produced* is what the
//! broker has acknowledged: after a pause the counts are those of the topic.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::ClientContext;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::producer::{
    BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer,
};

use super::stocks::Stocks;

const SLICE: Duration = Duration::from_millis(10);

/// What the producer is told.
#[derive(Debug, Clone)]
pub struct ProducerConfig {
    /// The broker.
    pub brokers: String,
    /// The topic.
    pub topic: String,
    /// Its partitions.
    pub partitions: i32,
    /// Rows a second.
    pub rate: u64,
    /// The seed of the prices.
    pub seed: u64,
    /// Whether it waits for the first `resume`.
    pub paused: bool,
}

/// A producer that runs.
#[derive(Debug)]
pub struct Producer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the producer and those who watch it share.
#[derive(Debug)]
pub struct Shared {
    /// What it was told.
    pub config: ProducerConfig,
    wanted: Mutex<Wanted>,
    changed: Condvar,
    /// Acknowledged records of each partition.
    delivered: Vec<AtomicU64>,
    failed: AtomicU64,
}

#[derive(Debug)]
struct Wanted {
    paused: bool,
    /// The producer has stopped writing and all it wrote is acknowledged.
    quiet: bool,
    stop: bool,
}

impl Shared {
    /// Pauses, and returns when all that was written is acknowledged. Blocks. Says whether it
    /// came to that within 30 s.
    pub fn pause(&self) -> bool {
        let mut wanted = self.lock();
        wanted.paused = true;
        self.changed.notify_all();
        let (wanted, _) = self
            .changed
            .wait_timeout_while(wanted, Duration::from_secs(30), |w| !w.quiet && !w.stop)
            .unwrap_or_else(PoisonError::into_inner);
        wanted.quiet
    }

    /// Goes on.
    pub fn resume(&self) {
        self.lock().paused = false;
        self.changed.notify_all();
    }

    /// Whether it is paused and quiet.
    pub fn is_paused(&self) -> bool {
        self.lock().paused
    }

    /// Acknowledged records of each partition.
    pub fn delivered(&self) -> BTreeMap<usize, u64> {
        self.delivered.iter().map(|n| n.load(Ordering::SeqCst)).enumerate().collect()
    }

    /// Records that could not be delivered.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::SeqCst)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts what the broker acknowledges.
struct Deliveries(Arc<Shared>);

impl ClientContext for Deliveries {
    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!("producer: {error}: {reason}");
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(message) => {
                let partition = usize::try_from(message.partition()).ok();
                if let Some(count) = partition.and_then(|p| self.0.delivered.get(p)) {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            }
            Err((error, _)) => {
                self.0.failed.fetch_add(1, Ordering::SeqCst);
                tracing::warn!("a row could not be delivered: {error}");
            }
        }
    }
}

/// Makes the topic where it is not there. For brokers that are not our own.
///
/// # Errors
/// When the broker cannot be reached or refuses.
pub async fn create_topic(brokers: &str, topic: &str, partitions: i32) -> Result<(), String> {
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .create()
        .map_err(|e: KafkaError| e.to_string())?;
    let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    let options = AdminOptions::new().request_timeout(Some(Duration::from_secs(15)));
    let results = admin
        .create_topics([&new], &options)
        .await
        .map_err(|e| format!("topic \"{topic}\" cannot be made at {brokers}: {e}"))?;
    match results.into_iter().next() {
        Some(Err((_, code))) if code != RDKafkaErrorCode::TopicAlreadyExists => {
            Err(format!("topic \"{topic}\" cannot be made at {brokers}: {code}"))
        }
        _ => Ok(()),
    }
}

impl Producer {
    /// Starts writing.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn start(config: ProducerConfig) -> Result<Self, String> {
        let mut client = ClientConfig::new();
        client
            .set("bootstrap.servers", &config.brokers)
            .set("client.id", "millrace-demo")
            .set("linger.ms", "2")
            .set("enable.idempotence", "true")
            .set("queue.buffering.max.messages", "1000000")
            .set("message.timeout.ms", "60000");
        let shared = Arc::new(Shared {
            wanted: Mutex::new(Wanted { paused: config.paused, quiet: config.paused, stop: false }),
            changed: Condvar::new(),
            delivered: (0..config.partitions).map(|_| AtomicU64::new(0)).collect(),
            failed: AtomicU64::new(0),
            config,
        });
        let producer =
            ThreadedProducer::from_config_and_context(&client, Deliveries(shared.clone()))
                .map_err(|e| format!("the producer cannot be made: {e}"))?;
        let thread = std::thread::Builder::new()
            .name("producer".into())
            .spawn({
                let shared = shared.clone();
                move || write(&shared, &producer)
            })
            .map_err(|e| e.to_string())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// What can be watched and told.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write(shared: &Shared, producer: &ThreadedProducer<Deliveries>) {
    let config = &shared.config;
    let mut stocks = Stocks::new(config.seed);
    let mut row = String::new();
    let mut written: u64 = 0;
    loop {
        // From a start or a pause on, rows are due by the clock.
        let start = Instant::now();
        let mut done: u64 = 0;
        loop {
            {
                let wanted = shared.lock();
                if wanted.stop || wanted.paused {
                    break;
                }
            }
            let due = (start.elapsed().as_secs_f64() * config.rate as f64) as u64;
            // After a hiccup not all at once: at most a tenth of a second's rows in a slice.
            let behind = due.saturating_sub(done);
            let most = (config.rate / 10).max(1);
            if behind > config.rate {
                done = due - config.rate;
            }
            for _ in 0..behind.min(most) {
                row.clear();
                stocks.next(&mut row);
                let partition = (written % config.partitions.max(1) as u64) as i32;
                let mut record =
                    BaseRecord::<(), str>::to(&config.topic).partition(partition).payload(&row);
                while let Err((error, back)) = producer.send(record) {
                    if error.rdkafka_error_code() != Some(RDKafkaErrorCode::QueueFull) {
                        tracing::warn!("a row could not be written: {error}");
                        break;
                    }
                    std::thread::sleep(SLICE);
                    record = back;
                }
                written += 1;
                done += 1;
            }
            std::thread::sleep(SLICE);
        }
        // Paused or ended: until all is acknowledged nothing is said to be quiet.
        while producer.in_flight_count() > 0 {
            std::thread::sleep(SLICE);
            if shared.lock().stop {
                break;
            }
        }
        let mut wanted = shared.lock();
        wanted.quiet = wanted.paused;
        shared.changed.notify_all();
        let mut wanted = shared
            .changed
            .wait_while(wanted, |w| w.paused && !w.stop)
            .unwrap_or_else(PoisonError::into_inner);
        wanted.quiet = false;
        if wanted.stop {
            shared.changed.notify_all();
            return;
        }
    }
}
