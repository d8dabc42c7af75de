//! One feed to many clients: how long a frame takes to all of them, and whether all get it.
//!
//! Producer and clients are this process, so that one clock times both ends. Every frame is made
//! of as many rows as close a batch, written at once.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use millrace_relay::demo::stocks::Stocks;
use rdkafka::producer::Producer;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::{Client, ends};
use crate::topic::{self, PATIENCE};
use crate::{Failure, spread};

/// Between two frames.
const EVERY: Duration = Duration::from_millis(100);
/// Frames at the beginning whose times do not count: the producer is still connecting.
const RUN_UP: usize = 20;
/// Clients that connect at the same time.
const AT_ONCE: usize = 64;

/// What is asked of the relay.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Clients.
    pub clients: usize,
    /// Frames to each whose times count.
    pub frames: usize,
    /// Rows of a frame: the feed's `batch.rows`.
    pub rows: usize,
}

/// A frame as the first client got it, with which all others compare theirs.
type Frames = Mutex<Vec<Bytes>>;

/// Sends a frame each 100 ms to so many clients, from a topic of one partition that is there
/// and empty.
pub async fn measure(
    brokers: &str,
    topic: &str,
    address: &str,
    load: Load,
) -> Result<Value, Failure> {
    let mut clients = Vec::with_capacity(load.clients);
    while clients.len() < load.clients {
        let mut connecting = JoinSet::new();
        for _ in 0..AT_ONCE.min(load.clients - clients.len()) {
            let (address, topic) = (address.to_owned(), topic.to_owned());
            connecting.spawn(async move {
                let mut client = Client::connect(&address).await?;
                client.subscribe(&topic).await?;
                Ok::<_, Failure>(client)
            });
        }
        while let Some(client) = connecting.join_next().await {
            clients.push(client??);
        }
    }
    let start = Instant::now();
    let load = Load { frames: load.frames + RUN_UP, ..load };
    let frames = Arc::new(Frames::default());
    let mut reading = JoinSet::new();
    for client in clients {
        reading.spawn(read(client, load.frames, start, frames.clone()));
    }
    let sent = write(brokers, topic, load, start).await?;
    let mut spans = Vec::with_capacity(load.clients * load.frames);
    let mut delivered = 0;
    while let Some(arrivals) = reading.join_next().await {
        let arrivals = arrivals??;
        delivered += arrivals.len();
        spans.extend(arrivals.iter().zip(&sent).skip(RUN_UP).map(|(at, sent)| at - sent));
    }
    let frames = frames.lock().unwrap_or_else(PoisonError::into_inner);
    for (at, frame) in frames.iter().enumerate() {
        let end = ends(frame, topic)?.get(&0).copied().unwrap_or_default();
        if end != (at + 1) * load.rows {
            return Err(format!("frame {at} ends at row {end}: it is not one of a burst").into());
        }
    }
    let bytes: usize = frames.iter().map(Bytes::len).sum();
    let mut figures = spread(&mut spans);
    figures["frame_bytes"] = json!(bytes / frames.len());
    figures["frames"] = json!(frames.len());
    figures["delivered"] = json!(delivered);
    Ok(figures)
}

/// Takes frames until all have come; when they came, in nanoseconds from `start`. That one was
/// left out, came twice or had other bytes is an error.
async fn read(
    mut client: Client,
    count: usize,
    start: Instant,
    frames: Arc<Frames>,
) -> Result<Vec<u64>, Failure> {
    let mut arrivals = Vec::with_capacity(count);
    while arrivals.len() < count {
        let frame = client.frame().await?;
        let now = u64::try_from(start.elapsed().as_nanos())?;
        let at = arrivals.len();
        arrivals.push(now);
        let mut frames = frames.lock().unwrap_or_else(PoisonError::into_inner);
        match frames.get(at) {
            Some(first) if *first == frame => {}
            Some(_) => return Err(format!("frame {at} is not the same for all clients").into()),
            None if frames.len() == at => frames.push(frame),
            None => return Err("frames were left out".into()),
        }
    }
    Ok(arrivals)
}

/// Writes a burst each 100 ms; when the last row of each was handed over, in nanoseconds.
async fn write(
    brokers: &str,
    topic: &str,
    load: Load,
    start: Instant,
) -> Result<Vec<u64>, Failure> {
    let producer = topic::producer(brokers)?;
    let mut stocks = Stocks::new(1);
    let mut row = String::new();
    let mut sent = Vec::with_capacity(load.frames);
    let mut clock = interval(EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..load.frames {
        clock.tick().await;
        for _ in 0..load.rows {
            row.clear();
            stocks.next(&mut row);
            topic::send(&producer, topic, 0, &row).await?;
        }
        sent.push(u64::try_from(start.elapsed().as_nanos())?);
    }
    producer.flush(PATIENCE)?;
    Ok(sent)
}
