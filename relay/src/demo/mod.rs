//! The demo: a broker in our own process, a producer of stock prices, and the configuration of
//! a relay that reads them as it would any topic.
//!
//! [`stocks`] makes the rows, [`producer`] writes them at a steady rate, [`broker`] is
//! librdkafka's mock cluster, [`registry`] a schema registry, [`control`] lets tests pause the
//! producer over HTTP.

pub mod broker;
pub mod control;
pub mod producer;
pub mod registry;
pub mod stocks;

use crate::config::{
    Column, ColumnType, Config, FeedConfig, KafkaConfig, ServerConfig, SourceConfig,
};

/// The topic of the demo, and the name of its feed.
pub const TOPIC: &str = "stock_values";
/// Its partitions.
pub const PARTITIONS: i32 = 3;

/// The configuration of a relay that serves the demo's topic of this broker.
pub fn config(server: ServerConfig, brokers: &str) -> Config {
    let kafka = KafkaConfig {
        // The mock cluster answers a fetch that finds nothing only when its wait is over.
        properties: [("fetch.wait.max.ms".to_string(), "10".to_string())].into(),
        ..KafkaConfig::new(brokers, TOPIC)
    };
    let mut feed = FeedConfig::new(TOPIC, SourceConfig::Kafka(kafka));
    feed.schema = Some(columns());
    Config { server, feeds: vec![feed] }
}

fn columns() -> Vec<Column> {
    let column = |name: &str, kind| Column { name: name.into(), kind };
    vec![
        column("timestamp", ColumnType::Timestamp(arrow_schema::TimeUnit::Millisecond, None)),
        column("ticker", ColumnType::String),
        column("client", ColumnType::String),
        column("open", ColumnType::Float64),
        column("high", ColumnType::Float64),
        column("low", ColumnType::Float64),
        column("close", ColumnType::Float64),
        column("volume", ColumnType::Int64),
        column("date", ColumnType::Date),
    ]
}
