//! How long a row takes from its producer to a client of the relay.
//!
//! Producer and client are this process, so that one clock times both ends. A row is known again
//! by its partition and offset: the producer keeps the order, and the topic is new.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use millrace_relay::demo::stocks::Stocks;
use rdkafka::producer::Producer;
use serde_json::{Value, json};

use crate::client::{Client, ends};
use crate::topic::{self, PATIENCE};
use crate::{Failure, spread};

const PARTITIONS: usize = 3;
/// How often the rows that are due are written.
const SLICE: Duration = Duration::from_millis(1);
/// The beginning, in seconds, that is not counted: it holds the start of everything.
const RUN_UP: u64 = 2;

/// When each row was handed to the producer, in nanoseconds from `start`, by partition.
struct Sent {
    start: Instant,
    times: [Mutex<Vec<u64>>; PARTITIONS],
}

impl Sent {
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Writes `rate` rows a second for so many seconds into a topic that is there and empty.
pub async fn measure(
    brokers: &str,
    topic: &str,
    address: &str,
    rate: u64,
    seconds: u64,
) -> Result<Value, Failure> {
    let mut client = Client::connect(address).await?;
    client.subscribe(topic).await?;
    let total = rate * (seconds + RUN_UP);
    let sent = Arc::new(Sent { start: Instant::now(), times: Default::default() });
    let writer =
        tokio::spawn(write(brokers.to_owned(), topic.to_owned(), rate, total, sent.clone()));
    let mut seen = [0; PARTITIONS];
    let mut spans = Vec::new();
    let mut frames = 0;
    while seen.iter().sum::<usize>() < usize::try_from(total)? {
        let frame = client.frame().await?;
        let now = sent.now();
        frames += 1;
        for (partition, end) in ends(&frame, topic)? {
            let times = sent.times[partition].lock().unwrap_or_else(PoisonError::into_inner);
            let rows = times.get(seen[partition]..end).ok_or("a row that was not written")?;
            spans
                .extend(rows.iter().filter(|at| **at >= RUN_UP * 1_000_000_000).map(|at| now - at));
            seen[partition] = end;
        }
    }
    let took = writer.await??;
    let mut figures = spread(&mut spans);
    figures["rows"] = json!(spans.len());
    figures["frames"] = json!(frames);
    figures["achieved"] = json!(total as f64 / took);
    Ok(figures)
}

/// Returns the seconds that it took.
async fn write(
    brokers: String,
    topic: String,
    rate: u64,
    total: u64,
    sent: Arc<Sent>,
) -> Result<f64, Failure> {
    let producer = topic::producer(&brokers)?;
    let mut stocks = Stocks::new(1);
    let mut row = String::new();
    let mut done = 0;
    let start = Instant::now();
    while done < total {
        let due = (start.elapsed().as_secs_f64() * rate as f64) as u64;
        while done < due.min(total) {
            let partition = (done % PARTITIONS as u64) as usize;
            row.clear();
            stocks.next(&mut row);
            let now = sent.now();
            sent.times[partition].lock().unwrap_or_else(PoisonError::into_inner).push(now);
            topic::send(&producer, &topic, partition as i32, &row).await?;
            done += 1;
        }
        tokio::time::sleep(SLICE).await;
    }
    let took = start.elapsed().as_secs_f64();
    producer.flush(PATIENCE)?;
    Ok(took)
}
