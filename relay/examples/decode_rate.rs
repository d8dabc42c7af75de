//! How many rows a second one core makes from records to frames, from memory: the demo's rows as
//! JSON, and as Avro.
//!
//! `cargo run --release -p millrace-relay --example decode_rate [json|avro]`

use std::sync::Arc;
use std::time::Instant;

use millrace_relay::config::{AvroFormat, Column, FeedConfig, Format, SchemaSource, ServerConfig};
use millrace_relay::decode::{Decoder, Schemas};
use millrace_relay::demo;
use millrace_relay::demo::stocks::Stocks;
use millrace_relay::feed::frame::{Epoch, FeedSchema, Frame, Rows, Variant};
use millrace_relay::feed::position::{Origin, Partition, Topics};
use serde_json::Value;

const ROWS: usize = 2_000_000;
const BATCH: usize = 8192;

/// The columns of the demo as fields of Avro.
const SCHEMA: &str = r#"{"type":"record","name":"Stock","fields":[
    {"name":"timestamp","type":{"type":"long","logicalType":"timestamp-millis"}},
    {"name":"ticker","type":"string"},{"name":"client","type":"string"},
    {"name":"open","type":"double"},{"name":"high","type":"double"},{"name":"low","type":"double"},
    {"name":"close","type":"double"},{"name":"volume","type":"long"},
    {"name":"date","type":{"type":"int","logicalType":"date"}}]}"#;

fn main() -> Result<(), String> {
    let config = demo::config(ServerConfig::default(), "none");
    let mut feed = config.feeds[0].clone();
    let columns = feed.schema.clone().unwrap_or_default();
    let mut stocks = Stocks::new(1);
    let records: Vec<String> = (0..100_000)
        .map(|_| {
            let mut row = String::new();
            stocks.next(&mut row);
            row
        })
        .collect();
    let only = std::env::args().nth(1);
    if only.as_deref().is_none_or(|only| only == "json") {
        measure("JSON", &feed, &columns, records.iter().map(|r| r.as_bytes().to_vec()).collect())?;
    }
    if only.as_deref().is_none_or(|only| only == "avro") {
        let schema = SchemaSource::Text(SCHEMA.into());
        feed.format = Format::Avro(AvroFormat { schema, explode: None });
        let records = records.iter().map(|r| avro(r)).collect::<Option<_>>();
        measure("Avro", &feed, &columns, records.ok_or("a row is not as the schema says")?)?;
    }
    Ok(())
}

/// A row of the demo in Avro's encoding.
fn avro(row: &str) -> Option<Vec<u8>> {
    let row: Value = serde_json::from_str(row).ok()?;
    let mut bytes = Vec::new();
    let long = |bytes: &mut Vec<u8>, n: i64| {
        let mut zigzag = ((n << 1) ^ (n >> 63)) as u64;
        while zigzag >= 0x80 {
            bytes.push(zigzag as u8 | 0x80);
            zigzag >>= 7;
        }
        bytes.push(zigzag as u8);
    };
    let days = |text: &str| millrace_relay::decode::time::date(text).map(i64::from);
    // The walk's times all lie in one day or a few: their sizes are what counts here.
    long(&mut bytes, days(row["date"].as_str()?)? * 86_400_000 + 43_200_123);
    for name in ["ticker", "client"] {
        let text = row[name].as_str()?;
        long(&mut bytes, text.len() as i64);
        bytes.extend_from_slice(text.as_bytes());
    }
    for name in ["open", "high", "low", "close"] {
        bytes.extend_from_slice(&row[name].as_f64()?.to_le_bytes());
    }
    long(&mut bytes, row["volume"].as_i64()?);
    long(&mut bytes, days(row["date"].as_str()?)?);
    Some(bytes)
}

fn measure(
    name: &str,
    feed: &FeedConfig,
    columns: &[Column],
    records: Vec<Vec<u8>>,
) -> Result<(), String> {
    let topics = Arc::new(Topics::default());
    let partition = Partition { topic: topics.number(&feed.name), id: 0 };
    let epoch = Arc::new(Epoch {
        feed: feed.name.clone(),
        id: "bench".into(),
        schema: FeedSchema::new(columns.to_vec(), Vec::new()),
        origin: Origin { topics: topics.clone(), cluster: None },
    });
    let mut decoder = Decoder::new(feed, &Schemas::new(feed), columns, topics)?;
    let mut rows = Rows::default();
    let costs = Arc::default();
    let (mut bytes_in, mut bytes_out, mut bytes_lz4, mut bad) = (0, 0, 0, 0);
    let (mut encoding, mut compressing) = (0.0, 0.0);
    let start = Instant::now();
    for (n, record) in records.iter().cycle().take(ROWS).enumerate() {
        bytes_in += record.len();
        rows.read(partition, n as i64, n as i64);
        match decoder.push_value(record) {
            Ok(_) => rows.row(partition, n as i64, None),
            Err(_) => bad += 1,
        }
        if decoder.rows() == BATCH {
            let begun = Instant::now();
            let batch = decoder.finish(epoch.schema.rows.clone());
            let rows = std::mem::take(&mut rows);
            let frame = Frame::new(epoch.clone(), 0, 0, rows, &batch, Arc::clone(&costs));
            let frame = frame.map_err(|e| format!("a batch cannot be encoded: {e}"))?;
            encoding += begun.elapsed().as_secs_f64();
            bytes_out += frame.len();
            let begun = Instant::now();
            bytes_lz4 += frame.bytes(Variant::Lz4).map_or(0, |bytes| bytes.len());
            compressing += begun.elapsed().as_secs_f64();
        }
    }
    let seconds = start.elapsed().as_secs_f64() - compressing;
    println!(
        "{name}: {:.0} rows/s, {:.0} MB/s ({:.0} bytes a row); encoding is {:.0} % of it",
        ROWS as f64 / seconds,
        bytes_in as f64 / seconds / 1e6,
        bytes_in as f64 / ROWS as f64,
        encoding / seconds * 100.0,
    );
    println!(
        "{:.1} bytes a row in a frame, {:.1} with LZ4 ({:.0} MB/s of frames); {bad} bad",
        bytes_out as f64 / ROWS as f64,
        bytes_lz4 as f64 / ROWS as f64,
        bytes_out as f64 / compressing / 1e6,
    );
    Ok(())
}
