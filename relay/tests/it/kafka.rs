//! A topic of numbered records on a mock cluster, and relays of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use millrace_relay::config::{
    Column, ColumnType, Config, FeedConfig, KafkaConfig, ServerConfig, SourceConfig, Start,
};
use millrace_relay::demo::broker::Broker;
use millrace_relay::feed::Feed;
use millrace_relay::{Relay, RelayHandle};
use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use tokio::sync::Notify;

pub const TOPIC: &str = "numbers";
/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A cluster with one topic, and a producer for it.
pub struct Kafka {
    pub broker: Broker,
    producer: BaseProducer,
    next_id: i64,
}

impl Kafka {
    pub fn start(partitions: i32) -> Self {
        Self::of_brokers(1, partitions)
    }

    /// The same of several brokers, numbered from 1.
    pub fn of_brokers(brokers: i32, partitions: i32) -> Self {
        let broker =
            Broker::start_cluster(brokers, TOPIC, partitions).expect("a mock cluster starts");
        let producer = ClientConfig::new()
            .set("bootstrap.servers", broker.bootstrap())
            .set("linger.ms", "0")
            .create()
            .expect("a producer starts");
        Self { broker, producer, next_id: 0 }
    }

    /// Writes a record and does not wait.
    pub fn send(&self, partition: i32, payload: &[u8]) {
        self.send_to(TOPIC, partition, payload);
    }

    /// The same for another topic.
    pub fn send_to(&self, topic: &str, partition: i32, payload: &[u8]) {
        let mut record = BaseRecord::<(), [u8]>::to(topic).partition(partition).payload(payload);
        while let Err((_, back)) = self.producer.send(record) {
            self.producer.poll(Duration::from_millis(10));
            record = back;
        }
    }

    /// Writes a record without a value and does not wait.
    pub fn send_tombstone(&self, partition: i32, key: &[u8]) {
        let mut record = BaseRecord::<[u8], [u8]>::to(TOPIC).partition(partition).key(key);
        while let Err((_, back)) = self.producer.send(record) {
            self.producer.poll(Duration::from_millis(10));
            record = back;
        }
    }

    /// Writes a record with a key and headers and does not wait.
    pub fn send_with(
        &self,
        partition: i32,
        key: Option<&[u8]>,
        headers: &[(&str, &[u8])],
        payload: &[u8],
    ) {
        let mut all = OwnedHeaders::new();
        for (name, value) in headers {
            all = all.insert(Header { key: name, value: Some(*value) });
        }
        let mut record =
            BaseRecord::<[u8], [u8]>::to(TOPIC).partition(partition).payload(payload).headers(all);
        if let Some(key) = key {
            record = record.key(key);
        }
        while let Err((_, back)) = self.producer.send(record) {
            self.producer.poll(Duration::from_millis(10));
            record = back;
        }
    }

    /// Waits until the broker has acknowledged all.
    pub fn flush(&self) {
        self.producer.flush(PATIENCE).expect("the broker acknowledges");
    }

    /// Writes `count` numbered rows to a partition; gives the number behind the last.
    pub fn rows(&mut self, partition: i32, count: i64) -> i64 {
        self.padded_rows(partition, count, 0)
    }

    /// The same with names of so many more bytes, each one different.
    pub fn padded_rows(&mut self, partition: i32, count: i64, pad: usize) -> i64 {
        for _ in 0..count {
            let n = if pad > 0 { self.next_id } else { self.next_id % 7 };
            let payload = format!("{{\"id\":{},\"name\":\"n{n:0pad$}\"}}", self.next_id);
            self.send(partition, payload.as_bytes());
            self.next_id += 1;
        }
        self.flush();
        self.next_id
    }

    /// Makes a topic.
    pub fn create(&self, topic: &'static str, partitions: i32) {
        self.broker
            .with(move |cluster| cluster.create_topic(topic, partitions, 1))
            .expect("the broker is there")
            .expect("the topic is made");
    }

    /// Writes rows with these numbers to the first partition of another topic.
    pub fn numbers(&self, topic: &str, ids: std::ops::Range<i64>) {
        for id in ids {
            self.send_to(topic, 0, format!("{{\"id\":{id},\"name\":\"{topic}\"}}").as_bytes());
        }
        self.flush();
    }

    /// The feed of the topic, with small batches.
    pub fn feed(&self) -> FeedConfig {
        let source = SourceConfig::Kafka(KafkaConfig {
            properties: BTreeMap::from([("fetch.wait.max.ms".to_string(), "10".to_string())]),
            ..KafkaConfig::new(self.broker.bootstrap(), TOPIC)
        });
        let mut feed = FeedConfig::new(TOPIC, source);
        let column = |name: &str, kind| Column { name: name.into(), kind };
        feed.schema =
            Some(vec![column("id", ColumnType::Int64), column("name", ColumnType::String)]);
        feed.batch.rows = 64;
        feed.batch.interval = Duration::from_millis(10);
        feed
    }
}

/// The same feed, from the end of the topic.
pub fn from_latest(feed: FeedConfig) -> FeedConfig {
    with_source(feed, |source| source.start = Start::Latest)
}

/// The same feed with another source.
pub fn with_source(mut feed: FeedConfig, change: impl FnOnce(&mut KafkaConfig)) -> FeedConfig {
    let SourceConfig::Kafka(kafka) = &mut feed.source;
    change(kafka);
    feed
}

pub fn config(feed: FeedConfig) -> Config {
    let server = ServerConfig { listen: ([127, 0, 0, 1], 0).into(), ..ServerConfig::default() };
    Config { server, feeds: vec![feed] }
}

pub async fn relay(feed: FeedConfig) -> RelayHandle {
    Relay::start(config(feed)).await.expect("the relay starts")
}

pub fn feed(relay: &RelayHandle) -> Arc<Feed> {
    relay.feed(TOPIC).expect("the feed is there").clone()
}

/// Waits until something holds of the feed. Woken by the feed itself.
pub async fn until(relay: &RelayHandle, what: &str, mut holds: impl FnMut(&Feed) -> bool) {
    let feed = feed(relay);
    let wake = Arc::new(Notify::new());
    feed.wake(&wake);
    let waiting = async {
        while !holds(&feed) {
            // The log also moves on by the clock, which wakes nobody.
            let _ = tokio::time::timeout(Duration::from_millis(200), wake.notified()).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| {
        panic!("never {what}: {}", feed.status().json());
    });
}

/// Waits until so many rows have landed.
pub async fn landed(relay: &RelayHandle, rows: u64) {
    until(relay, &format!("{rows} rows"), |feed| feed.status().rows >= rows).await;
}
