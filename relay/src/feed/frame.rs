//! Frames: one batch of a feed as a complete Arrow IPC stream, encoded once for all clients.
//!
//! A frame remembers which record each of its rows is from, as runs of consecutive offsets, so
//! that it can be cut at a position for a client that already has some of its rows.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow_ipc::{CompressionType, MetadataVersion};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use bytes::Bytes;

use super::keyed::DELETED;
use super::position::{Offsets, Origin, Partition, Ranges};
use crate::config::Column;

/// The columns of an epoch and their fingerprint.
#[derive(Debug)]
pub struct FeedSchema {
    /// The columns in order.
    pub columns: Vec<Column>,
    /// Which of them are a row's key; none where rows are only added.
    pub key: Vec<usize>,
    /// The Arrow schema of the columns.
    pub rows: SchemaRef,
    /// The Arrow schema of a frame, without its metadata: the columns, and of a keyed feed the
    /// one that says what is gone.
    pub arrow: SchemaRef,
    /// Equal for equal columns, on any relay.
    pub fingerprint: String,
}

impl FeedSchema {
    /// The schema of these columns, where the ones in `key` are a row's key.
    pub fn new(columns: Vec<Column>, key: Vec<usize>) -> Self {
        let fields: Vec<Field> = columns.iter().map(Column::field).collect();
        let rows = Arc::new(Schema::new(fields.clone()));
        let gone = (!key.is_empty()).then(|| Field::new(DELETED, DataType::Boolean, false));
        let arrow = match &gone {
            None => rows.clone(),
            Some(gone) => Arc::new(Schema::new(
                fields.iter().cloned().chain([gone.clone()]).collect::<Vec<_>>(),
            )),
        };
        // FNV-1a: stable between builds and machines, which std's hashers do not promise.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for (at, column) in columns.iter().enumerate() {
            let key = if key.contains(&at) { "key\0" } else { "" };
            for byte in format!("{}\0{}\0{key}", column.name, column.kind).bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        Self { columns, key, rows, arrow, fingerprint: format!("{hash:016x}") }
    }

    /// How the rows of frames come together: `append` or `keyed`.
    pub fn kind(&self) -> &'static str {
        if self.key.is_empty() { "append" } else { "keyed" }
    }
}

/// What identifies the frames of one epoch of a feed.
#[derive(Debug)]
pub struct Epoch {
    /// The feed's name.
    pub feed: String,
    /// The epoch's name.
    pub id: String,
    /// Its columns.
    pub schema: FeedSchema,
    /// Where its records are from.
    pub origin: Origin,
}

/// Rows that follow each other in a frame and in their partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The partition.
    pub partition: Partition,
    /// The offset of the first row.
    pub first: i64,
    /// How many rows.
    pub rows: u32,
}

/// Which records the rows of a frame are from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// In the order of the rows.
    pub runs: Vec<Run>,
    /// Every record that was read for the frame, skipped ones too.
    pub ranges: Ranges,
    /// The newest time of a record, in milliseconds since the Unix epoch.
    pub source_time: Option<i64>,
}

impl Rows {
    /// Notes that a record was read, after all that are noted of its partition.
    ///
    /// `from` is the offset where the partition's range begins, if this is its first record here.
    pub fn read(&mut self, partition: Partition, offset: i64, from: i64) {
        self.ranges.entry(partition).or_insert(from..from).end = offset + 1;
    }

    /// Notes that the record became the next row.
    pub fn row(&mut self, partition: Partition, offset: i64, time: Option<i64>) {
        match self.runs.last_mut() {
            Some(run)
                if run.partition == partition
                    && run.first + i64::from(run.rows) == offset
                    && run.rows < u32::MAX =>
            {
                run.rows += 1;
            }
            _ => self.runs.push(Run { partition, first: offset, rows: 1 }),
        }
        self.source_time = self.source_time.max(time);
    }

    /// Adds rows that are of no record of their own, as if they were of the last one.
    pub fn repeat_last(&mut self, rows: usize) {
        if let Some(&Run { partition, first, rows: count }) = self.runs.last() {
            let first = first + i64::from(count) - 1;
            self.runs.extend((0..rows).map(|_| Run { partition, first, rows: 1 }));
        }
    }

    /// The same of some of the rows, which are given by their numbers in any order.
    pub fn select(&self, rows: &[u32]) -> Rows {
        let mut selected =
            Rows { ranges: self.ranges.clone(), source_time: self.source_time, runs: Vec::new() };
        let mut behind = 0;
        let ends: Vec<u32> = self
            .runs
            .iter()
            .map(|run| {
                behind += run.rows;
                behind
            })
            .collect();
        for &row in rows {
            let at = ends.partition_point(|end| *end <= row);
            if let Some(run) = self.runs.get(at) {
                let begin = ends[at] - run.rows;
                selected.row(run.partition, run.first + i64::from(row - begin), None);
            }
        }
        selected
    }

    /// The rows at or behind `from`, as ranges of row numbers, and what they are from.
    pub fn cut(&self, from: &Offsets) -> (Vec<std::ops::Range<usize>>, Rows) {
        let mut kept = Vec::new();
        let mut rows = Rows { source_time: self.source_time, ..Rows::default() };
        let mut at = 0;
        for run in &self.runs {
            let start = from.get(&run.partition).copied().unwrap_or(i64::MIN);
            let skip = start.saturating_sub(run.first).clamp(0, i64::from(run.rows)) as u32;
            if skip < run.rows {
                kept.push(at + skip as usize..at + run.rows as usize);
                rows.runs.push(Run {
                    partition: run.partition,
                    first: run.first + i64::from(skip),
                    rows: run.rows - skip,
                });
            }
            at += run.rows as usize;
        }
        for (partition, range) in &self.ranges {
            let start = from.get(partition).copied().unwrap_or(i64::MIN).max(range.start);
            if start < range.end {
                rows.ranges.insert(*partition, start..range.end);
            }
        }
        (kept, rows)
    }

    /// How many rows.
    pub fn len(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.rows)).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
}

/// Which encoding of a frame a client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// Buffers as they are.
    Plain,
    /// Buffers compressed with LZ4.
    Lz4,
}

impl Variant {
    /// The name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Lz4 => "lz4",
        }
    }
}

/// What all frames of a feed have cost, for its metrics.
#[derive(Debug, Default)]
pub struct Costs {
    /// Bytes of all variants of the frames that are in memory.
    pub memory: AtomicUsize,
    plain: AtomicU64,
    lz4: AtomicU64,
}

impl Costs {
    /// How often a frame was encoded in this variant, since the start: once for each frame,
    /// whoever takes it. Frames that are cut or replayed for one client are not counted.
    pub fn encodings(&self, variant: Variant) -> u64 {
        self.counter(variant).load(Ordering::Relaxed)
    }

    fn counter(&self, variant: Variant) -> &AtomicU64 {
        match variant {
            Variant::Plain => &self.plain,
            Variant::Lz4 => &self.lz4,
        }
    }

    /// A frame has these bytes in one more variant.
    fn add(&self, variant: Variant, bytes: usize) {
        self.counter(variant).fetch_add(1, Ordering::Relaxed);
        self.memory.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A frame in the log.
#[derive(Debug)]
pub struct Frame {
    /// What it belongs to.
    pub epoch: Arc<Epoch>,
    /// Its number in the epoch.
    pub seq: u64,
    /// Its rows.
    pub rows: Rows,
    /// When it was made.
    pub made: Instant,
    /// Bytes of all frames of the epoch before it.
    pub before: u64,
    plain: Bytes,
    /// The bytes, or why Arrow could not encode them.
    lz4: OnceLock<Result<Bytes, String>>,
    costs: Arc<Costs>,
}

impl Frame {
    /// Encodes a batch. `costs` counts it, and its bytes until it is dropped.
    ///
    /// # Errors
    /// When Arrow cannot encode it.
    pub fn new(
        epoch: Arc<Epoch>,
        seq: u64,
        before: u64,
        rows: Rows,
        batch: &RecordBatch,
        costs: Arc<Costs>,
    ) -> Result<Self, ArrowError> {
        let plain = encode(&epoch, Some(seq), &rows, batch, Variant::Plain)?;
        costs.add(Variant::Plain, plain.len());
        Ok(Self {
            epoch,
            seq,
            rows,
            made: Instant::now(),
            before,
            plain,
            lz4: OnceLock::new(),
            costs,
        })
    }

    /// The bytes of a variant, encoded when first asked for, then shared.
    ///
    /// # Errors
    /// When Arrow cannot encode it.
    pub fn bytes(&self, variant: Variant) -> Result<Bytes, ArrowError> {
        match variant {
            Variant::Plain => Ok(self.plain.clone()),
            // Who asks at the same time waits for the first, and takes what it has made.
            Variant::Lz4 => {
                let encoded = self.lz4.get_or_init(|| self.compress().map_err(|e| e.to_string()));
                encoded.clone().map_err(ArrowError::IpcError)
            }
        }
    }

    fn compress(&self) -> Result<Bytes, ArrowError> {
        let batch = self.batch()?;
        let bytes = encode(&self.epoch, Some(self.seq), &self.rows, &batch, Variant::Lz4)?;
        self.costs.add(Variant::Lz4, bytes.len());
        Ok(bytes)
    }

    /// The size of the plain variant.
    pub fn len(&self) -> usize {
        self.plain.len()
    }

    /// A frame is never empty: it has at least its schema.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The rows, read back from the bytes.
    ///
    /// # Errors
    /// When the bytes cannot be read, which would be a mistake of ours.
    pub fn batch(&self) -> Result<RecordBatch, ArrowError> {
        decode(&self.plain)
    }

    /// The frame without the rows before `from`; with no rows where none are left, so that the
    /// numbers of the frames that a client gets have no gaps.
    ///
    /// # Errors
    /// When Arrow cannot encode it.
    pub fn cut(&self, from: &Offsets, variant: Variant) -> Result<Bytes, ArrowError> {
        let touched = self
            .rows
            .ranges
            .iter()
            .any(|(partition, range)| from.get(partition).is_some_and(|f| *f > range.start));
        if !touched {
            return self.bytes(variant);
        }
        let (kept, rows) = self.rows.cut(from);
        let batch = self.batch()?;
        let slices: Vec<RecordBatch> =
            kept.iter().map(|rows| batch.slice(rows.start, rows.len())).collect();
        let batch = match &slices[..] {
            [one] => one.clone(),
            many => concat_batches(&batch.schema(), many)?,
        };
        encode(&self.epoch, Some(self.seq), &rows, &batch, variant)
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        let lz4 = self.lz4.get().and_then(|encoded| encoded.as_ref().ok()).map_or(0, Bytes::len);
        self.costs.memory.fetch_sub(self.plain.len() + lz4, Ordering::Relaxed);
    }
}

/// A batch of an epoch as one complete Arrow IPC stream.
///
/// # Errors
/// When Arrow cannot encode it.
pub fn encode(
    epoch: &Epoch,
    seq: Option<u64>,
    rows: &Rows,
    batch: &RecordBatch,
    variant: Variant,
) -> Result<Bytes, ArrowError> {
    let mut metadata = std::collections::HashMap::from([
        ("millrace.feed".to_string(), epoch.feed.clone()),
        ("millrace.epoch".to_string(), epoch.id.clone()),
        ("millrace.kind".to_string(), epoch.schema.kind().to_string()),
        ("millrace.position".to_string(), epoch.origin.position(&rows.ranges).to_string()),
    ]);
    if let Some(seq) = seq {
        metadata.insert("millrace.seq".to_string(), seq.to_string());
    }
    if let Some(time) = rows.source_time {
        metadata.insert("millrace.source_time".to_string(), time.to_string());
    }
    let schema = Arc::new(Schema::new_with_metadata(epoch.schema.arrow.fields().clone(), metadata));
    let batch = RecordBatch::try_new(schema.clone(), batch.columns().to_vec())?;
    let compression = match variant {
        Variant::Plain => None,
        Variant::Lz4 => Some(CompressionType::LZ4_FRAME),
    };
    let options = IpcWriteOptions::try_new(64, false, MetadataVersion::V5)?
        .try_with_compression(compression)?;
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options)?;
    writer.write(&batch)?;
    writer.finish()?;
    Ok(writer.into_inner()?.into())
}

/// The one batch of a frame.
pub(super) fn decode(bytes: &Bytes) -> Result<RecordBatch, ArrowError> {
    let mut buffer = Buffer::from(bytes.clone());
    let mut decoder = StreamDecoder::new();
    while !buffer.is_empty() {
        if let Some(batch) = decoder.decode(&mut buffer)? {
            return Ok(batch);
        }
    }
    Err(ArrowError::IpcError("a frame without a batch".into()))
}

/// The offsets behind `ranges`, put over `offsets`.
pub fn advance(offsets: &mut Offsets, ranges: &Ranges) {
    for (partition, range) in ranges {
        let next = offsets.entry(*partition).or_insert(range.end);
        *next = range.end.max(*next);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Int32Type;
    use arrow_ipc::reader::StreamReader;
    use proptest::prelude::*;

    use super::*;
    use crate::feed::testing::{Source, at, offsets, rows_of};

    fn read(bytes: &Bytes) -> (SchemaRef, RecordBatch) {
        let mut reader = StreamReader::try_new(Cursor::new(bytes), None).unwrap();
        let batch = reader.next().unwrap().unwrap();
        assert!(reader.next().is_none());
        (reader.schema(), batch)
    }

    #[test]
    fn a_frame_says_what_it_is() {
        let mut source = Source::new(2);
        source.frame(&[0, 0, 1]);
        let frame = source.frame(&[0, 1, 0, 2]);
        let (schema, batch) = read(&frame.bytes(Variant::Plain).unwrap());
        let metadata = schema.metadata();
        assert_eq!(metadata["millrace.feed"], "f");
        assert_eq!(metadata["millrace.epoch"], "e");
        assert_eq!(metadata["millrace.seq"], "1");
        assert_eq!(metadata["millrace.kind"], "append");
        assert_eq!(metadata["millrace.source_time"], "3");
        let position: serde_json::Value =
            serde_json::from_str(&metadata["millrace.position"]).unwrap();
        assert_eq!(position["topics"]["t"], serde_json::json!({"0": [2, 5], "1": [1, 2]}));
        assert_eq!(batch.num_rows(), 3);
    }

    #[test]
    fn dictionaries_hold_only_their_frames_values() {
        let mut source = Source::new(1);
        source.frame(&[0, 0, 0, 0]);
        let frame = source.frame(&[0]);
        let (_, batch) = read(&frame.bytes(Variant::Plain).unwrap());
        let text = batch.column(2).as_dictionary::<Int32Type>();
        assert_eq!(text.values().len(), 1);
        assert_eq!(text.values().as_string::<i32>().value(0), "1");
    }

    #[test]
    fn compressed_frames_hold_the_same() {
        let frame = Source::new(3).frame(&(0..300).map(|i| i % 3).collect::<Vec<_>>());
        let (plain, lz4) =
            (frame.bytes(Variant::Plain).unwrap(), frame.bytes(Variant::Lz4).unwrap());
        assert_eq!(read(&plain), read(&lz4));
        assert!(lz4.len() < plain.len());
        assert_eq!(frame.costs.memory.load(Ordering::Relaxed), plain.len() + lz4.len());
        let costs = frame.costs.clone();
        drop(frame);
        assert_eq!(costs.memory.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn clients_that_ask_at_the_same_time_share_one_encoding() {
        let mut source = Source::new(1);
        for round in 1..=100 {
            let frame = source.frame(&[0; 500]);
            let together = std::sync::Barrier::new(8);
            let ask = || {
                together.wait();
                frame.bytes(Variant::Lz4).unwrap().as_ptr() as usize
            };
            let places: Vec<usize> = std::thread::scope(|scope| {
                let asking: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
                asking.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(places.iter().all(|place| *place == places[0]));
            assert_eq!(frame.costs.encodings(Variant::Lz4), 1, "of frame {round}");
            assert_eq!(frame.costs.encodings(Variant::Plain), 1, "of frame {round}");
        }
    }

    #[test]
    fn fingerprints_tell_columns_apart() {
        let column = |name: &str, kind: &str| Column {
            name: name.into(),
            kind: crate::config::ColumnType::parse(kind).unwrap(),
        };
        let print = |columns: Vec<Column>| FeedSchema::new(columns, Vec::new()).fingerprint;
        let base = print(vec![column("a", "int64"), column("b", "string")]);
        assert_eq!(base, print(vec![column("a", "int64"), column("b", "string")]));
        assert_ne!(base, print(vec![column("b", "string"), column("a", "int64")]));
        assert_ne!(base, print(vec![column("a", "int32"), column("b", "string")]));
        assert_ne!(base, print(vec![column("a", "int64"), column("b", "json")]));
    }

    proptest! {
        /// Of records that are several rows each, or none, a cut leaves all rows or none.
        #[test]
        fn records_of_many_rows_are_cut_as_one(
            records in prop::collection::vec((0..3i32, 0..4usize), 1..40),
            from in (0..15i64, 0..15i64, 0..15i64),
        ) {
            let from = offsets([(0, from.0), (1, from.1), (2, from.2)]);
            let (mut rows, mut all) = (Rows::default(), Vec::new());
            let mut next = [0; 3];
            for (partition, count) in records {
                let offset = next[partition as usize];
                next[partition as usize] += 1;
                rows.read(at(partition), offset, offset);
                for _ in 0..count {
                    rows.row(at(partition), offset, None);
                    all.push((partition, offset));
                }
            }
            prop_assert_eq!(rows.len(), all.len() as u64);
            let (kept, cut) = rows.cut(&from);
            let kept: Vec<_> = kept.into_iter().flatten().map(|row| all[row]).collect();
            let expected: Vec<_> = all.into_iter().filter(|(p, o)| *o >= from[&at(*p)]).collect();
            prop_assert_eq!(cut.len(), kept.len() as u64);
            prop_assert_eq!(kept, expected);
        }

        /// A cut frame has exactly the rows from the offsets on, in their order, and its
        /// position begins there.
        #[test]
        fn cutting_keeps_the_rest(
            order in prop::collection::vec(0..6i32, 1..60),
            from in (0..30i64, 0..30i64, 0..30i64),
        ) {
            let mut source = Source::new(3);
            let frame = source.frame(&order);
            let from = offsets([(0, from.0), (1, from.1), (2, from.2)]);
            let whole = rows_of(&frame.bytes(Variant::Plain).unwrap());
            let expected: Vec<_> = whole.into_iter().filter(|(p, o)| *o >= from[&at(*p)]).collect();
            let bytes = frame.cut(&from, Variant::Lz4).unwrap();
            prop_assert_eq!(rows_of(&bytes), expected);
            let (schema, _) = read(&bytes);
            let position: serde_json::Value =
                serde_json::from_str(&schema.metadata()["millrace.position"]).unwrap();
            for (partition, range) in &frame.rows.ranges {
                let told = &position["topics"]["t"][partition.id.to_string()];
                let start = from[partition].max(range.start);
                if start < range.end {
                    prop_assert_eq!(told, &serde_json::json!([start, range.end]));
                } else {
                    prop_assert!(told.is_null());
                }
            }
        }
    }
}
