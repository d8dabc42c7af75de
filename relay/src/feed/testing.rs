//! Small logs for tests: frames whose rows say which record they are from.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use bytes::Bytes;

use super::frame::{Epoch, FeedSchema, Frame, Rows, Variant, decode};
use super::log::Log;
use super::position::{Offsets, Origin, Partition, Topics};
use crate::config::{Column, ColumnType, RetentionConfig};
use crate::decode::Decoder;

/// The partition and the offset of a row.
pub type Row = (i32, i64);

/// Where all records here are from.
pub fn origin() -> Origin {
    let topics = Topics::default();
    topics.number("t");
    Origin { topics: Arc::new(topics), cluster: Some("c".into()) }
}

/// A partition of the one topic.
pub fn at(id: i32) -> Partition {
    Partition { topic: 0, id }
}

/// Offsets of partitions of the one topic.
pub fn offsets<const N: usize>(of: [(i32, i64); N]) -> Offsets {
    of.into_iter().map(|(id, offset)| (at(id), offset)).collect()
}

/// The epoch of all frames here.
pub fn epoch() -> Arc<Epoch> {
    let column = |name: &str, kind| Column { name: name.into(), kind };
    Arc::new(Epoch {
        feed: "f".into(),
        id: "e".into(),
        schema: FeedSchema::new(
            vec![
                column("partition", ColumnType::Int32),
                column("offset", ColumnType::Int64),
                column("text", ColumnType::String),
            ],
            Vec::new(),
        ),
        origin: origin(),
    })
}

/// Makes frames of records that come in any order of partitions.
pub struct Source {
    epoch: Arc<Epoch>,
    partitions: i32,
    next: Offsets,
    seq: u64,
    written: u64,
}

impl Source {
    /// Partitions from 0, each at offset 0.
    pub fn new(partitions: i32) -> Self {
        let next = (0..partitions).map(|p| (at(p), 0)).collect();
        Self { epoch: epoch(), partitions, next, seq: 0, written: 0 }
    }

    /// A frame of the next records of these partitions. Numbers beyond the partitions are bad
    /// records: of partition number modulo partitions, and without a row.
    pub fn frame(&mut self, order: &[i32]) -> Arc<Frame> {
        let mut rows = Rows::default();
        let mut decoder = Decoder::json(&self.epoch.schema.columns);
        for &number in order {
            let partition = number % self.partitions;
            let offset = self.next[&at(partition)];
            self.next.insert(at(partition), offset + 1);
            rows.read(at(partition), offset, offset);
            if number < self.partitions {
                let record = format!(
                    "{{\"partition\":{partition},\"offset\":{offset},\"text\":\"{}\"}}",
                    offset % 3
                );
                decoder.push_value(record.as_bytes()).unwrap();
                rows.row(at(partition), offset, Some(offset));
            }
        }
        let batch = decoder.finish(self.epoch.schema.rows.clone());
        let frame =
            Frame::new(self.epoch.clone(), self.seq, self.written, rows, &batch, Arc::default())
                .unwrap();
        self.seq += 1;
        self.written += frame.len() as u64;
        Arc::new(frame)
    }
}

/// A log of these frames that keeps all.
pub fn log_of(frames: Vec<Arc<Frame>>) -> Log {
    let partitions = frames.iter().flat_map(|f| f.rows.ranges.keys().copied());
    let begin: Offsets = partitions.map(|p| (p, 0)).collect();
    let retention = RetentionConfig { rows: u64::MAX, bytes: usize::MAX, age: None };
    let mut log = Log::new(frames[0].epoch.clone(), retention, begin);
    frames.into_iter().for_each(|frame| log.append(frame));
    log
}

/// The same frames in a log that keeps fewer rows.
pub fn log_with(log: &Log, rows: u64) -> Log {
    let retention = RetentionConfig { rows, bytes: usize::MAX, age: None };
    let mut kept = Log::new(log.epoch.clone(), retention, log.begin().clone());
    log.from(0).for_each(|frame| kept.append(frame.clone()));
    kept
}

/// The rows of frames, as their bytes say.
pub fn rows_in<'a>(frames: impl Iterator<Item = &'a Frame>) -> Vec<Row> {
    frames.flat_map(|frame| rows_of(&frame.bytes(Variant::Plain).unwrap())).collect()
}

/// The rows in the bytes of a frame.
pub fn rows_of(bytes: &Bytes) -> Vec<Row> {
    let batch: RecordBatch = decode(bytes).unwrap();
    let partitions = batch.column(0).as_primitive::<Int32Type>();
    let offsets = batch.column(1).as_primitive::<Int64Type>();
    partitions.values().iter().copied().zip(offsets.values().iter().copied()).collect()
}

impl Frame {
    /// The rows of the frame cut at these offsets.
    pub fn cut_rows(&self, from: &Offsets) -> Vec<Row> {
        rows_of(&self.cut(from, Variant::Plain).unwrap())
    }
}
