//! A feed's worker: decodes records, closes batches, appends frames to the log.
//!
//! One thread, the only writer. A batch is closed by rows, by bytes or by the age of its first
//! row, whichever comes first (`batch`). Records that cannot be decoded are counted and skipped,
//! within the frame's range of offsets (`trouble`).

#[cfg(test)]
mod tests;
mod trouble;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Feed;
use super::batch::Batch;
use super::frame::{Epoch, FeedSchema, Rows};
use super::keyed::Keys;
use super::log::Log;
use super::position::{Offsets, Origin};
use crate::config::{Column, OnBad, SourceConfig};
use crate::decode::infer::Sample;
use crate::decode::{Decoder, Trouble};
use crate::metrics::Metrics;
use crate::source::kafka::dead_letters::{DeadLetterCounts, DeadLetters};
use crate::source::{Record, Records, SourceEvent, SourceState};

/// How often the worker looks around when nothing comes.
const IDLE: Duration = Duration::from_millis(250);
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
        let (dead_letters, wrong) = match dead_letters(&feed) {
            Ok(dead_letters) => (dead_letters, None),
            Err(why) => (None, Some(why)),
        };
        let worker = Worker {
            feed,
            dead_letters,
            metrics,
            stop,
            phase: Phase::Idle,
            ticked: Instant::now(),
            warned: None,
            epochs: 0,
        };
        match wrong {
            None => worker.run(&events),
            Some(why) => worker.fail(format!("dead letters cannot be written: {why}")),
        }
    })
}

/// Where bad records go, if anywhere.
fn dead_letters(feed: &Feed) -> Result<Option<DeadLetters>, String> {
    let OnBad::DeadLetter(config) = &feed.config.on_bad else { return Ok(None) };
    let SourceConfig::Kafka(source) = &feed.config.source;
    let counts = Arc::new(DeadLetterCounts::default());
    feed.status().dead_letters = Some(counts.clone());
    DeadLetters::new(source, config, counts).map(Some)
}

struct Worker {
    feed: Arc<Feed>,
    dead_letters: Option<DeadLetters>,
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

/// The worker is to end.
struct Over;

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
        self.note_filtered();
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
            self.note_filtered();
            self.feed.status().tick(self.ticked);
            if let Some(log) = self.feed.log_mut().as_mut() {
                log.evict();
            }
        }
    }

    fn handle(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Began { origin, starts } => {
                // The columns stay what they were: only a new start looks for them again.
                let known = self.feed.log().as_ref().map(|log| log.epoch.schema.columns.clone());
                let config = &self.feed.config;
                // Of several topics the first one that is there says the columns of all.
                let first = starts.keys().next().map_or(0, |partition| partition.topic);
                let topic = origin.topics.name(first);
                let given = config.schema.clone().map(|columns| config.with_meta(columns));
                let Ok(columns) = given
                    .or(known)
                    .map_or_else(|| self.registered_columns(&topic), |columns| Ok(Some(columns)))
                else {
                    return;
                };
                match columns {
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
            SourceEvent::Added(added) => match &mut self.phase {
                Phase::Idle => {}
                Phase::Sampling(sampling) => sampling.starts.extend(added),
                Phase::Live(batch) => {
                    batch
                        .next
                        .extend(added.iter().map(|(partition, offset)| (*partition, *offset)));
                    if let Some(log) = self.feed.log_mut().as_mut() {
                        for (partition, offset) in added {
                            log.add_partition(partition, offset);
                        }
                    }
                }
            },
            SourceEvent::Records(records) => self.take(records),
            SourceEvent::State(state) => {
                // Nothing more comes that could fill a sample or a batch.
                if state == SourceState::Complete {
                    self.infer();
                    self.close();
                }
                self.set_state(state);
            }
            SourceEvent::Lag(lag) => self.feed.status().lag = lag,
            SourceEvent::Lost(reason) => {
                self.close();
                self.metrics.lost(self.feed.name());
                self.set_state(SourceState::Connecting(reason));
                // The log stays to be read until the source begins anew.
            }
        }
    }

    /// The columns that a registry says, waiting for it; `None` where there is none.
    fn registered_columns(&mut self, topic: &str) -> Result<Option<Vec<Column>>, Over> {
        let mut wait = None;
        loop {
            match self.feed.schemas.columns(topic) {
                Ok(columns) => {
                    self.waited(wait);
                    return Ok(columns.map(|columns| self.feed.config.with_meta(columns)));
                }
                Err(Trouble::Later(why)) => {
                    if !self.wait(&mut wait, why) {
                        return Err(Over);
                    }
                }
                Err(Trouble::Bad(why)) => {
                    self.fail(format!("the columns cannot be known: {why}"));
                    return Err(Over);
                }
            }
        }
    }

    /// Gives up: a person must change something.
    fn fail(&self, why: String) {
        self.set_state(SourceState::Failed(why));
        self.stop.store(true, Ordering::Relaxed);
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
        let schema = match self.schema_of(columns) {
            Ok(schema) => schema,
            Err(why) => return self.fail(why),
        };
        let keys = match Keys::new(&schema.rows, schema.key.clone()) {
            Ok(keys) => (!schema.key.is_empty()).then_some(keys),
            Err(error) => return self.fail(format!("the key cannot be compared: {error}")),
        };
        let epoch = Arc::new(Epoch {
            feed: self.feed.name().to_string(),
            id: self.epoch_id(),
            schema,
            origin,
        });
        tracing::info!(
            feed = self.feed.name(),
            epoch = epoch.id,
            schema = epoch.schema.fingerprint,
            partitions = starts.len(),
            "a new epoch begins"
        );
        let config = &self.feed.config;
        let (schemas, topics) = (&self.feed.schemas, epoch.origin.topics.clone());
        let decoder = match Decoder::new(config, schemas, &epoch.schema.columns, topics) {
            Ok(decoder) => decoder,
            Err(why) => return self.fail(why),
        };
        let log = Log::new(epoch.clone(), self.feed.config.retention, starts.clone());
        *self.feed.log_mut() = Some(log);
        self.phase = Phase::Live(Box::new(Batch {
            epoch,
            decoder,
            next: starts,
            rows: Rows::default(),
            gone: Vec::new(),
            keys,
            bytes: 0,
            since: None,
        }));
        self.feed.wake_all();
    }

    /// The feed's schema, with the columns of its key.
    fn schema_of(&self, columns: Vec<Column>) -> Result<FeedSchema, String> {
        let place = |name: &String| {
            columns.iter().position(|column| column.name == *name).ok_or_else(|| {
                format!("the records have no \"{name}\", which is said to be a row's key")
            })
        };
        let key = self.feed.config.key.iter().map(place).collect::<Result<_, _>>()?;
        Ok(FeedSchema::new(columns, key))
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
                if self.stop.load(Ordering::Relaxed) {
                    return;
                }
                self.bad(record, "not a JSON object, and no columns are known yet".into());
            }
            return;
        }
        let Phase::Sampling(sampling) = std::mem::replace(&mut self.phase, Phase::Idle) else {
            return;
        };
        let columns = self.feed.config.with_meta(columns);
        self.begin(sampling.origin, sampling.starts, columns);
        for record in sampling.records.iter().flat_map(|r| r.iter()) {
            self.decode(record);
        }
    }

    fn decode(&mut self, record: Record<'_>) {
        let mut wait = None;
        let mut is_gone;
        let result = loop {
            let Phase::Live(batch) = &mut self.phase else { return };
            is_gone = batch.keys.is_some() && record.payload.is_none();
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let pushed = match is_gone {
                true => batch.decoder.push_gone(&record).map(|()| 1),
                false => batch.decoder.push(&record),
            };
            match pushed {
                Ok(rows) => break Ok(rows),
                Err(Trouble::Bad(why)) => break Err(why),
                Err(Trouble::Later(why)) => {
                    if !self.wait(&mut wait, why) {
                        return;
                    }
                }
            }
        };
        self.waited(wait);
        if let Err(reason) = &result
            && self.feed.config.on_bad == OnBad::Fail
        {
            // What is good and before it goes out; positions end before it.
            self.close();
            return self.bad(record, reason.clone());
        }
        let Phase::Live(batch) = &mut self.phase else { return };
        let from = batch.next.get(&record.partition).copied().unwrap_or(record.offset);
        batch.next.insert(record.partition, record.offset + 1);
        batch.rows.read(record.partition, record.offset, from);
        batch.bytes += record.payload.unwrap_or_default().len();
        match result {
            Ok(rows) => {
                for _ in 0..rows {
                    batch.rows.row(record.partition, record.offset, record.timestamp);
                    if batch.keys.is_some() {
                        batch.gone.push(is_gone);
                    }
                }
                if rows > 0 {
                    batch.since.get_or_insert_with(Instant::now);
                }
            }
            Err(reason) => self.bad(record, reason),
        }
        let Phase::Live(batch) = &mut self.phase else { return };
        let limits = &self.feed.config.batch;
        if batch.decoder.rows() >= limits.rows || batch.bytes >= limits.bytes {
            self.close();
        }
    }

    /// Counts the rows that the filter did not let through.
    fn note_filtered(&mut self) {
        if let Phase::Live(batch) = &mut self.phase {
            self.feed.status().filtered += batch.decoder.take_dropped();
        }
    }

    /// Closes the open batch, if it has rows, and appends it to the log.
    fn close(&mut self) {
        let Phase::Live(batch) = &mut self.phase else { return };
        if batch.decoder.rows() == 0 {
            // Records that are no rows make no batch full.
            batch.decoder.clear();
            batch.bytes = 0;
            return;
        }
        match self.feed.append(batch) {
            Ok(Some((rows, bytes))) => {
                self.feed.status().rows += rows;
                self.metrics.frame(self.feed.name(), rows, bytes);
                self.feed.wake_all();
            }
            Ok(None) => {}
            // The columns were made for the schema; an encoder that refuses them is a mistake of
            // ours, and the rows must not be lost silently.
            Err(error) => {
                self.fail(format!("a batch cannot be encoded: {error}"));
            }
        }
    }
}
