//! How a feed goes: its source's state, its rates, its bad records. For clients and people.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::source::SourceState;
use crate::source::kafka::dead_letters::DeadLetterCounts;

/// The window over which a rate is taken.
const WINDOW: Duration = Duration::from_secs(5);

/// The last bad record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// Its topic.
    pub topic: Arc<str>,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Why it was skipped.
    pub reason: String,
    /// Its beginning, as text.
    pub sample: String,
}

/// How a feed goes.
#[derive(Debug)]
pub struct Status {
    /// The source's state.
    pub source: SourceState,
    /// Counts the changes of `source`.
    pub changes: u64,
    /// Rows since the start.
    pub rows: u64,
    /// Rows that the feed's filter did not let through.
    pub filtered: u64,
    /// Records in the source that were not read yet.
    pub lag: u64,
    /// Records that were skipped.
    pub bad: u64,
    /// The last of them.
    pub last_bad: Option<Bad>,
    /// What became of those that were written to a topic, where they are.
    pub dead_letters: Option<Arc<DeadLetterCounts>>,
    samples: VecDeque<(Instant, u64)>,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            source: SourceState::Connecting("starting".into()),
            changes: 0,
            rows: 0,
            filtered: 0,
            lag: 0,
            bad: 0,
            last_bad: None,
            dead_letters: None,
            samples: VecDeque::new(),
        }
    }
}

impl Status {
    /// Notes the number of rows at this time; to be called about once a second.
    pub fn tick(&mut self, now: Instant) {
        self.samples.push_back((now, self.rows));
        while self.samples.len() > 2
            && self.samples.front().is_some_and(|(then, _)| now.duration_since(*then) > WINDOW)
        {
            self.samples.pop_front();
        }
    }

    /// Rows a second over the last few seconds.
    pub fn rate(&self, now: Instant) -> f64 {
        let Some((then, rows)) = self.samples.front() else { return 0.0 };
        let seconds = now.duration_since(*then).as_secs_f64();
        if seconds < 0.1 { 0.0 } else { (self.rows - rows) as f64 / seconds }
    }

    /// As `status` and `/feeds` say it.
    pub fn json(&self) -> Value {
        let mut status = json!({
            "source": self.source.name(),
            "rows": self.rows,
            "rows_per_second": self.rate(Instant::now()).round() as u64,
            "lag_messages": self.lag,
            "bad": {"count": self.bad},
        });
        if self.filtered > 0 {
            status["filtered"] = json!(self.filtered);
        }
        if let Some(detail) = self.source.detail() {
            status["detail"] = json!(detail);
        }
        if let Some(bad) = &self.last_bad {
            status["bad"]["last"] = json!({
                "topic": &*bad.topic,
                "partition": bad.partition,
                "offset": bad.offset,
                "reason": bad.reason,
                "sample": bad.sample,
            });
        }
        if let Some(counts) = &self.dead_letters {
            status["bad"]["dead_letters"] =
                json!({"delivered": counts.delivered(), "failed": counts.failed()});
        }
        status
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_of_the_last_seconds() {
        let mut status = Status::default();
        let start = Instant::now();
        for second in 0..20 {
            status.rows = if second < 10 { second * 100 } else { 1000 };
            status.tick(start + Duration::from_secs(second));
            if second == 9 {
                let rate = status.rate(start + Duration::from_secs(9));
                assert!((99.0..=101.0).contains(&rate), "{rate}");
            }
        }
        assert_eq!(status.rate(start + Duration::from_secs(19)), 0.0);
    }
}
