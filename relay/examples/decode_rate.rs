//! How many rows a second one core makes from JSON to frames: the demo's rows, from memory.
//!
//! `cargo run --release -p millrace-relay --example decode_rate`

use std::sync::Arc;
use std::time::Instant;

use millrace_relay::config::{ServerConfig, SourceConfig};
use millrace_relay::decode::json::JsonDecoder;
use millrace_relay::demo;
use millrace_relay::demo::stocks::Stocks;
use millrace_relay::feed::frame::{Epoch, FeedSchema, Frame, Rows, Variant};
use millrace_relay::feed::position::Origin;

const ROWS: usize = 2_000_000;
const BATCH: usize = 8192;

fn main() {
    let config = demo::config(ServerConfig::default(), "none");
    let feed = &config.feeds[0];
    let SourceConfig::Kafka(kafka) = &feed.source;
    let columns = feed.schema.clone().unwrap_or_default();
    let epoch = Arc::new(Epoch {
        feed: feed.name.clone(),
        id: "bench".into(),
        schema: FeedSchema::new(columns.clone()),
        origin: Origin { topic: kafka.topic.clone(), cluster: None },
    });
    let mut stocks = Stocks::new(1);
    let records: Vec<String> = (0..100_000)
        .map(|_| {
            let mut row = String::new();
            stocks.next(&mut row);
            row
        })
        .collect();
    let mut decoder = JsonDecoder::new(&columns);
    let mut rows = Rows::default();
    let costs = Arc::default();
    let (mut bytes_in, mut bytes_out, mut bytes_lz4, mut bad) = (0, 0, 0, 0);
    let (mut encoding, mut compressing) = (0.0, 0.0);
    let start = Instant::now();
    for (n, record) in records.iter().cycle().take(ROWS).enumerate() {
        bytes_in += record.len();
        rows.read(0, n as i64, n as i64);
        match decoder.push(record.as_bytes()) {
            Ok(()) => rows.row(0, n as i64, None),
            Err(_) => bad += 1,
        }
        if decoder.rows() == BATCH {
            let begun = Instant::now();
            let batch = decoder.finish(epoch.schema.arrow.clone());
            let rows = std::mem::take(&mut rows);
            let frame = Frame::new(epoch.clone(), 0, 0, rows, &batch, Arc::clone(&costs));
            let Ok(frame) = frame else { return eprintln!("a batch cannot be encoded") };
            encoding += begun.elapsed().as_secs_f64();
            bytes_out += frame.len();
            let begun = Instant::now();
            bytes_lz4 += frame.bytes(Variant::Lz4).map_or(0, |bytes| bytes.len());
            compressing += begun.elapsed().as_secs_f64();
        }
    }
    let seconds = start.elapsed().as_secs_f64() - compressing;
    println!(
        "{:.0} rows/s, {:.0} MB/s of JSON ({:.0} bytes a row); encoding is {:.0} % of it",
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
}
