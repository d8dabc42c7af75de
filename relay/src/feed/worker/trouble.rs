//! Records that cannot be read, now or ever.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::super::backoff::Backoff;
use super::super::position::Topics;
use super::super::status::Bad;
use super::{Phase, Worker};
use crate::config::OnBad;
use crate::decode;
use crate::source::{Record, SourceState};

/// How often bad records are logged, at most.
const WARN_EVERY: Duration = Duration::from_secs(10);
/// How soon a stop is noticed in a wait.
const STOP: Duration = Duration::from_millis(50);

/// A wait for what records need to be read.
pub(super) struct Waiting {
    /// The source's state before.
    before: SourceState,
    backoff: Backoff,
}

impl Worker {
    /// Lets go out what is there, tells why nothing more comes, and waits a while; says whether
    /// to try again.
    pub(super) fn wait(&mut self, waiting: &mut Option<Waiting>, why: String) -> bool {
        self.close();
        let waiting = waiting.get_or_insert_with(|| {
            let before = self.feed.status().source.clone();
            Waiting { before, backoff: Backoff::default() }
        });
        let state = SourceState::Disconnected(why);
        if self.feed.status().source != state {
            tracing::warn!(feed = self.feed.name(), "{state}");
            self.set_state(state);
        }
        let until = Instant::now() + waiting.backoff.next();
        while Instant::now() < until {
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
            thread::sleep(STOP.min(until.saturating_duration_since(Instant::now())));
        }
        true
    }

    /// What was waited for is there.
    pub(super) fn waited(&self, waiting: Option<Waiting>) {
        if let Some(waiting) = waiting {
            self.set_state(waiting.before);
        }
    }

    pub(super) fn bad(&mut self, record: Record<'_>, reason: String) {
        let Some(topics) = self.topics() else { return };
        self.note_bad(&record, topics.name(record.partition.topic), &reason);
        match (&self.feed.config.on_bad, &self.dead_letters) {
            (OnBad::Fail, _) => self.fail(format!(
                "the record at offset {} of {} is bad: {reason}",
                record.offset,
                topics.describe(record.partition)
            )),
            (OnBad::DeadLetter(_), Some(letters)) => {
                let topic = topics.name(record.partition.topic);
                letters.send(self.feed.name(), &topic, &record, &reason);
            }
            _ => {}
        }
    }

    /// The topics that are read.
    fn topics(&self) -> Option<Arc<Topics>> {
        match &self.phase {
            Phase::Live(batch) => Some(batch.epoch.origin.topics.clone()),
            Phase::Sampling(sampling) => Some(sampling.origin.topics.clone()),
            Phase::Idle => None,
        }
    }

    fn note_bad(&mut self, record: &Record<'_>, topic: Arc<str>, reason: &str) {
        self.metrics.bad(self.feed.name());
        let mut status = self.feed.status();
        status.bad += 1;
        // A topic may be full of them: one line now and then. The record itself is not logged.
        if self.warned.is_none_or(|at| at.elapsed() >= WARN_EVERY) {
            self.warned = Some(Instant::now());
            tracing::warn!(
                feed = self.feed.name(),
                topic = &*topic,
                partition = record.partition.id,
                offset = record.offset,
                skipped = status.bad,
                "a record is skipped: {reason}"
            );
        }
        status.last_bad = Some(Bad {
            topic,
            partition: record.partition.id,
            offset: record.offset,
            reason: reason.into(),
            sample: decode::sample(record.payload.unwrap_or_default()),
        });
    }
}
