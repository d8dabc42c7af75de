//! Frames made anew from the source for one client, up to where the log begins.
//!
//! They have no number, for they are in no log; their positions join those of the log.

use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};

use super::Feed;
use super::backoff::Backoff;
use super::frame::{Epoch, Rows, Variant, encode};
use super::position::{Offsets, Ranges};
use crate::config::{BatchConfig, SourceConfig};
use crate::decode::{Decoder, Trouble};
use crate::source::{Record, kafka};

/// A replayed frame, and the offsets it is made from.
#[derive(Debug)]
pub struct ReplayFrame {
    /// The bytes to send.
    pub bytes: Bytes,
    /// What it holds.
    pub rows: Rows,
}

/// Reads `ranges` from the source on a thread of its own. The channel is short: the source waits
/// for the client, which is woken at every frame and at the end. Ends with an error when the source no longer has all of it.
pub fn start(
    feed: Arc<Feed>,
    epoch: Arc<Epoch>,
    ranges: Ranges,
    variant: Variant,
    wake: Arc<Notify>,
) -> mpsc::Receiver<Result<ReplayFrame, String>> {
    let (frames, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let SourceConfig::Kafka(kafka) = &feed.config.source;
        let decoder = Decoder::new(
            &feed.config,
            &feed.schemas,
            &epoch.schema.columns,
            epoch.origin.topics.clone(),
        );
        let decoder = match decoder {
            Ok(decoder) => decoder,
            Err(why) => {
                let _ = frames.blocking_send(Err(why));
                return wake.notify_one();
            }
        };
        let mut maker = Maker {
            decoder,
            epoch,
            batch: feed.config.batch,
            variant,
            rows: Rows::default(),
            bytes: 0,
            next: ranges.iter().map(|(p, r)| (*p, r.start)).collect(),
            frames,
            wake,
        };
        let topics = maker.epoch.origin.topics.clone();
        let read = kafka::replay::replay(kafka, &topics, &ranges, feed.config.keep(), |records| {
            records.iter().all(|record| {
                let from = maker.next.get(&record.partition).copied().unwrap_or(record.offset);
                maker.next.insert(record.partition, record.offset + 1);
                maker.rows.read(record.partition, record.offset, from);
                maker.bytes += record.payload.unwrap_or_default().len();
                for _ in 0..maker.decode(&record) {
                    maker.rows.row(record.partition, record.offset, record.timestamp);
                }
                let full =
                    maker.decoder.rows() >= maker.batch.rows || maker.bytes >= maker.batch.bytes;
                !full || maker.close()
            })
        });
        match read {
            // What lies between the last record and the log (markers, compacted records) is read.
            Ok(()) => {
                for (partition, range) in &ranges {
                    if maker.next.get(partition).is_some_and(|next| *next < range.end) {
                        let from = maker.next.get(partition).copied().unwrap_or(range.start);
                        maker.rows.read(*partition, range.end - 1, from);
                    }
                }
                maker.close();
            }
            Err(why) => {
                let _ = maker.frames.blocking_send(Err(why));
            }
        }
        // The client is woken when the channel is closed, and sees the end.
        let Maker { frames, wake, .. } = maker;
        drop(frames);
        wake.notify_one();
    });
    receiver
}

struct Maker {
    epoch: Arc<Epoch>,
    batch: BatchConfig,
    variant: Variant,
    decoder: Decoder,
    rows: Rows,
    bytes: usize,
    next: Offsets,
    frames: mpsc::Sender<Result<ReplayFrame, String>>,
    wake: Arc<Notify>,
}

impl Maker {
    /// The rows that a record is.
    fn decode(&mut self, record: &Record<'_>) -> usize {
        let mut wait = Backoff::default();
        loop {
            match self.decoder.push(record) {
                Ok(rows) => return rows,
                // It was counted when it was read for the log of some relay.
                Err(Trouble::Bad(_)) => return 0,
                // The feed's own worker tells of it. A client that leaves ends the wait.
                Err(Trouble::Later(_)) if self.frames.is_closed() => return 0,
                Err(Trouble::Later(_)) => thread::sleep(wait.next()),
            }
        }
    }

    /// Sends what is gathered; says whether the client still wants more.
    fn close(&mut self) -> bool {
        if self.rows.ranges.is_empty() {
            return true;
        }
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        let batch = self.decoder.finish(self.epoch.schema.rows.clone());
        let frame = encode(&self.epoch, None, &rows, &batch, self.variant)
            .map(|bytes| ReplayFrame { bytes, rows })
            .map_err(|e| e.to_string());
        let wanted = self.frames.blocking_send(frame).is_ok();
        self.wake.notify_one();
        wanted
    }
}
