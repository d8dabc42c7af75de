//! A feed's worker: decodes records, closes batches, appends frames to the log.
//!
//! One thread, the only writer. A batch is closed by rows, by bytes or by the age of its first
//! row, whichever comes first. Records that cannot be decoded are counted and skipped, within
//! the frame's range of offsets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Feed;
use super::frame::{Epoch, FeedSchema, Frame, Rows};
use super::log::Log;
use super::position::{Offsets, Origin};
use super::status::Bad;
use crate::config::Column;
use crate::decode;
use crate::decode::infer::Sample;
use crate::decode::json::JsonDecoder;
use crate::metrics::Metrics;
use crate::source::{Record, Records, SourceEvent, SourceState};

/// How often the worker looks around when nothing comes.
const IDLE: Duration = Duration::from_millis(250);
/// How often bad records are logged, at most.
const WARN_EVERY: Duration = Duration::from_secs(10);
/// The longest a sample for inference may grow, whatever the configuration says.
const SAMPLE_BYTES: usize = 64 << 20;

/// Starts the worker. It ends when the source's events end, or `stop` is set.
pub(super) fn spawn(
    feed: Arc<Feed>,
    metrics: Arc<Metrics>,
    events: Receiver<SourceEvent>,
    stop: Arc<AtomicBool>,
) -> std::io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name(format!("feed-{}", feed.name())).spawn(move || {
        let worker = Worker {
            feed,
            metrics,
            stop,
            phase: Phase::Idle,
            ticked: Instant::now(),
            warned: None,
            epochs: 0,
        };
        worker.run(&events);
    })
}

struct Worker {
    feed: Arc<Feed>,
    metrics: Arc<Metrics>,
    stop: Arc<AtomicBool>,
    phase: Phase,
    ticked: Instant,
    /// When a bad record was last logged.
    warned: Option<Instant>,
    epochs: u64,
}

enum Phase {
    /// The source has not begun.
    Idle,
    /// Records are gathered until the columns can be inferred.
    Sampling(Sampling),
    /// Records become rows.
    Live(Box<Batch>),
}

struct Sampling {
    origin: Origin,
    starts: Offsets,
    sample: Sample,
    records: Vec<Records>,
    count: usize,
    bytes: usize,
    since: Option<Instant>,
}

/// The batch that is open, and what all batches of the epoch have in common.
struct Batch {
    epoch: Arc<Epoch>,
    decoder: JsonDecoder,
    /// The next offset to read of each partition.
    next: Offsets,
    rows: Rows,
    bytes: usize,
    since: Option<Instant>,
}

impl Worker {
    fn run(mut self, events: &Receiver<SourceEvent>) {
        loop {
            match events.recv_timeout(self.patience()) {
                Ok(event) => self.handle(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            self.look_at_the_clock();
        }
        self.close();
    }

    /// How long to wait for the next event.
    fn patience(&self) -> Duration {
        let config = &self.feed.config;
        let until = |since: Option<Instant>, span: Duration| {
            since.map_or(IDLE, |s| span.saturating_sub(s.elapsed()).min(IDLE))
        };
        match &self.phase {
            Phase::Idle => IDLE,
            Phase::Sampling(sampling) => until(sampling.since, config.infer.wait),
            Phase::Live(batch) => until(batch.since, config.batch.interval),
        }
    }

    fn look_at_the_clock(&mut self) {
        let config = &self.feed.config;
        match &self.phase {
            Phase::Sampling(s) if s.since.is_some_and(|t| t.elapsed() >= config.infer.wait) => {
                self.infer();
            }
            Phase::Live(b) if b.since.is_some_and(|t| t.elapsed() >= config.batch.interval) => {
                self.close();
            }
            _ => {}
        }
        if self.ticked.elapsed() >= Duration::from_secs(1) {
            self.ticked = Instant::now();
            self.feed.status().tick(self.ticked);
            if let Some(log) = self.feed.log_mut().as_mut() {
                log.evict();
            }
        }
    }

    fn handle(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Began { topic, cluster, starts } => {
                let origin = Origin { topic, cluster };
                let starts: Offsets = starts.into_iter().collect();
                // The columns stay what they were: only a new start looks for them again.
                let known = self.feed.log().as_ref().map(|log| log.epoch.schema.columns.clone());
                match self.feed.config.schema.clone().or(known) {
                    Some(columns) => self.begin(origin, starts, columns),
                    None => {
                        self.phase = Phase::Sampling(Sampling {
                            origin,
                            starts,
                            sample: Sample::default(),
                            records: Vec::new(),
                            count: 0,
                            bytes: 0,
                            since: None,
                        });
                    }
                }
            }
            SourceEvent::Added(partitions) => match &mut self.phase {
                Phase::Idle => {}
                Phase::Sampling(sampling) => sampling.starts.extend(partitions),
                Phase::Live(batch) => {
                    batch.next.extend(partitions.iter().copied());
                    if let Some(log) = self.feed.log_mut().as_mut() {
                        for (partition, offset) in partitions {
                            log.add_partition(partition, offset);
                        }
                    }
                }
            },
            SourceEvent::Records(records) => self.take(records),
            SourceEvent::State(state) => self.set_state(state),
            SourceEvent::Lag(lag) => self.feed.status().lag = lag,
            SourceEvent::Lost(reason) => {
                self.close();
                self.metrics.lost(self.feed.name());
                self.set_state(SourceState::Connecting(reason));
                // The log stays to be read until the source begins anew.
            }
        }
    }

    fn set_state(&self, state: SourceState) {
        {
            let mut status = self.feed.status();
            if let SourceState::Failed(why) = &state {
                tracing::error!(feed = self.feed.name(), "the source failed: {why}");
            }
            status.source = state;
            status.changes += 1;
        }
        self.feed.wake_all();
    }

    /// A new epoch: an empty log that begins at `starts`.
    fn begin(&mut self, origin: Origin, starts: Offsets, columns: Vec<Column>) {
        let epoch = Arc::new(Epoch {
            feed: self.feed.name().to_string(),
            id: self.epoch_id(),
            schema: FeedSchema::new(columns),
            origin,
        });
        tracing::info!(
            feed = self.feed.name(),
            epoch = epoch.id,
            schema = epoch.schema.fingerprint,
            partitions = starts.len(),
            "a new epoch begins"
        );
        let decoder = JsonDecoder::new(&epoch.schema.columns);
        let log = Log::new(epoch.clone(), self.feed.config.retention, starts.clone());
        *self.feed.log_mut() = Some(log);
        self.phase = Phase::Live(Box::new(Batch {
            epoch,
            decoder,
            next: starts,
            rows: Rows::default(),
            bytes: 0,
            since: None,
        }));
        self.feed.wake_all();
    }

    /// Different for every run of every relay: the time, the process, and a count.
    fn epoch_id(&mut self) -> String {
        self.epochs += 1;
        let micros =
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
        format!("{micros:x}-{:x}-{:x}", std::process::id(), self.epochs)
    }

    fn take(&mut self, records: Records) {
        if let Phase::Sampling(sampling) = &mut self.phase {
            for record in records.iter() {
                sampling.sample.add(record.payload.unwrap_or_default());
            }
            sampling.count += records.len();
            sampling.bytes += records.bytes();
            sampling.since.get_or_insert_with(Instant::now);
            sampling.records.push(records);
            if sampling.count >= self.feed.config.infer.rows || sampling.bytes >= SAMPLE_BYTES {
                self.infer();
            }
            return;
        }
        for record in records.iter() {
            self.decode(record);
        }
    }

    /// Fixes the columns and lets the gathered records through.
    fn infer(&mut self) {
        let Phase::Sampling(sampling) = &mut self.phase else { return };
        let columns = sampling.sample.columns();
        if columns.is_empty() {
            // Nothing but bad records: count them, and look on. What is counted is not kept.
            let gathered = std::mem::take(&mut sampling.records);
            for record in gathered.iter().flat_map(|r| r.iter()) {
                sampling.starts.insert(record.partition, record.offset + 1);
            }
            sampling.count = 0;
            sampling.bytes = 0;
            sampling.since = None;
            for record in gathered.iter().flat_map(|r| r.iter()) {
                self.bad(record, "not a JSON object, and no columns are known yet".into());
            }
            return;
        }
        let Phase::Sampling(sampling) = std::mem::replace(&mut self.phase, Phase::Idle) else {
            return;
        };
        self.begin(sampling.origin, sampling.starts, columns);
        for record in sampling.records.iter().flat_map(|r| r.iter()) {
            self.decode(record);
        }
    }

    fn decode(&mut self, record: Record<'_>) {
        let Phase::Live(batch) = &mut self.phase else { return };
        let from = batch.next.get(&record.partition).copied().unwrap_or(record.offset);
        batch.next.insert(record.partition, record.offset + 1);
        batch.rows.read(record.partition, record.offset, from);
        let result = match record.payload {
            Some(payload) => {
                batch.bytes += payload.len();
                batch.decoder.push(payload)
            }
            None => Err("the record has no value (a tombstone)".into()),
        };
        if let Err(reason) = result {
            self.bad(record, reason);
            return;
        }
        batch.rows.row(record.partition, record.offset, record.timestamp);
        batch.since.get_or_insert_with(Instant::now);
        let limits = &self.feed.config.batch;
        if batch.decoder.rows() >= limits.rows || batch.bytes >= limits.bytes {
            self.close();
        }
    }

    fn bad(&mut self, record: Record<'_>, reason: String) {
        self.metrics.bad(self.feed.name());
        let mut status = self.feed.status();
        status.bad += 1;
        // A topic may be full of them: one line now and then. The record itself is not logged.
        if self.warned.is_none_or(|at| at.elapsed() >= WARN_EVERY) {
            self.warned = Some(Instant::now());
            tracing::warn!(
                feed = self.feed.name(),
                partition = record.partition,
                offset = record.offset,
                skipped = status.bad,
                "a record is skipped: {reason}"
            );
        }
        status.last_bad = Some(Bad {
            partition: record.partition,
            offset: record.offset,
            reason,
            sample: decode::sample(record.payload.unwrap_or_default()),
        });
    }

    /// Closes the open batch, if it has rows, and appends it to the log.
    fn close(&mut self) {
        let Phase::Live(batch) = &mut self.phase else { return };
        if batch.decoder.rows() == 0 {
            return;
        }
        let rows = std::mem::take(&mut batch.rows);
        batch.bytes = 0;
        batch.since = None;
        let columns = batch.decoder.finish(batch.epoch.schema.arrow.clone());
        let count = rows.len();
        let Some((seq, before)) = self.feed.log().as_ref().map(|l| (l.next_seq(), l.written()))
        else {
            return;
        };
        // Encoding takes time: clients may read the log meanwhile. Nobody else appends.
        let costs = self.feed.costs.clone();
        match Frame::new(batch.epoch.clone(), seq, before, rows, &columns, costs) {
            Ok(frame) => {
                let bytes = frame.len();
                if let Some(log) = self.feed.log_mut().as_mut() {
                    log.append(Arc::new(frame));
                }
                self.feed.status().rows += count;
                self.metrics.frame(self.feed.name(), count, bytes);
                self.feed.wake_all();
            }
            // The columns were made for the schema; an encoder that refuses them is a mistake of
            // ours, and the rows must not be lost silently.
            Err(error) => {
                tracing::error!(feed = self.feed.name(), "a batch cannot be encoded: {error}");
                self.set_state(SourceState::Failed(format!("a batch cannot be encoded: {error}")));
                self.stop.store(true, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{SyncSender, sync_channel};
    use std::time::Duration;

    use super::*;
    use crate::config::{ColumnType, FeedConfig, KafkaConfig, SourceConfig, Start};

    /// A worker whose source is the test.
    struct Fed {
        feed: Arc<Feed>,
        events: SyncSender<SourceEvent>,
        thread: thread::JoinHandle<()>,
    }

    impl Fed {
        fn new(change: impl FnOnce(&mut FeedConfig)) -> Self {
            let source = SourceConfig::Kafka(KafkaConfig {
                brokers: "none".into(),
                topic: "t".into(),
                start: Start::Earliest,
                properties: Default::default(),
            });
            let mut config = FeedConfig::new("f", source);
            config.schema = Some(vec![Column { name: "n".into(), kind: ColumnType::Int64 }]);
            config.batch.interval = Duration::from_secs(3600);
            change(&mut config);
            let feed = Arc::new(Feed::new(config));
            let (events, receiver) = sync_channel(16);
            let thread =
                spawn(feed.clone(), Arc::default(), receiver, Arc::default()).expect("a thread");
            Self { feed, events, thread }
        }

        fn began(&self, starts: &[(i32, i64)]) {
            self.tell(SourceEvent::Began {
                topic: "t".into(),
                cluster: None,
                starts: starts.to_vec(),
            });
        }

        fn tell(&self, event: SourceEvent) {
            self.events.send(event).expect("the worker listens");
        }

        fn records(&self, records: &[(i32, i64, &str)]) {
            let mut all = Records::default();
            for (partition, offset, payload) in records {
                all.push(Record {
                    partition: *partition,
                    offset: *offset,
                    timestamp: Some(*offset),
                    payload: Some(payload.as_bytes()),
                });
            }
            self.tell(SourceEvent::Records(all));
        }

        /// Ends the source; the worker closes what is open.
        fn end(self) -> Arc<Feed> {
            drop(self.events);
            self.thread.join().expect("the worker ends well");
            self.feed
        }
    }

    /// A frame's rows, and its ranges by partition.
    type Summary = (u64, Vec<(i32, std::ops::Range<i64>)>);

    fn frames(feed: &Feed) -> Vec<Summary> {
        let log = feed.log();
        let log = log.as_ref().expect("a log");
        log.from(0).map(|f| (f.rows.len(), f.rows.ranges.clone().into_iter().collect())).collect()
    }

    #[test]
    fn positions_join_over_what_is_not_there() {
        let fed = Fed::new(|config| config.batch.rows = 2);
        fed.began(&[(0, 3), (1, 0)]);
        // Offsets that are missing were never records: markers, or compacted away.
        fed.records(&[(0, 5, "{\"n\":1}"), (1, 0, "bad"), (0, 6, "{\"n\":2}")]);
        fed.records(&[(1, 4, "{\"n\":3}"), (0, 9, "{\"n\":4}")]);
        let feed = fed.end();
        assert_eq!(
            frames(&feed),
            [(2, vec![(0, 3..7), (1, 0..1)]), (2, vec![(0, 7..10), (1, 1..5)])]
        );
        let status = feed.status();
        assert_eq!((status.rows, status.bad), (4, 1));
    }

    #[test]
    fn batches_are_closed_by_bytes_and_by_time() {
        let row = "{\"n\":1}";
        let fed = Fed::new(|config| config.batch.bytes = row.len() * 3);
        fed.began(&[(0, 0)]);
        fed.records(&(0..7).map(|n| (0, n, row)).collect::<Vec<_>>());
        assert_eq!(frames(&fed.end()).iter().map(|f| f.0).collect::<Vec<_>>(), [3, 3, 1]);

        let fed = Fed::new(|config| config.batch.interval = Duration::from_millis(1));
        fed.began(&[(0, 0)]);
        fed.records(&[(0, 0, row)]);
        let start = Instant::now();
        while fed.feed.status().rows == 0 {
            assert!(start.elapsed() < Duration::from_secs(10), "the batch stays open");
            thread::yield_now();
        }
        fed.end();
    }

    #[test]
    fn inferred_columns_stay_through_a_loss() {
        let fed = Fed::new(|config| {
            config.schema = None;
            config.infer.rows = 2;
        });
        fed.began(&[(0, 0)]);
        fed.records(&[(0, 0, "bad"), (0, 1, "bad")]);
        fed.records(&[(0, 2, "{\"a\":1}"), (0, 3, "{\"a\":2}"), (0, 4, "{\"a\":2.5}")]);
        fed.tell(SourceEvent::Lost("why".into()));
        fed.began(&[(0, 10)]);
        fed.records(&[(0, 10, "{\"a\":\"text\",\"b\":1}"), (0, 11, "{\"a\":7}")]);
        let feed = fed.end();
        let log = feed.log();
        let log = log.as_ref().expect("a log");
        let columns: Vec<_> =
            log.epoch.schema.columns.iter().map(|c| (c.name.as_str(), c.kind.clone())).collect();
        // All of the second chunk was in the sample.
        assert_eq!(columns, [("a", ColumnType::Float64)]);
        assert_eq!(log.begin(), &Offsets::from([(0, 10)]));
        assert_eq!(log.rows(), 1);
        assert_eq!(feed.status().bad, 3);
    }

    #[test]
    fn new_partitions_are_read_from_where_they_begin() {
        let fed = Fed::new(|_| {});
        fed.began(&[(0, 0)]);
        fed.records(&[(0, 0, "{\"n\":1}")]);
        fed.tell(SourceEvent::Added(vec![(1, 0)]));
        fed.records(&[(1, 2, "{\"n\":2}")]);
        let feed = fed.end();
        assert_eq!(frames(&feed), [(2, vec![(0, 0..1), (1, 0..3)])]);
        let log = feed.log();
        assert_eq!(log.as_ref().expect("a log").begin(), &Offsets::from([(0, 0), (1, 0)]));
    }
}
