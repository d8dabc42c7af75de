//! What the relay counts, as Prometheus reads it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::config::SlowPolicy;
use crate::feed::Feed;
use crate::feed::frame::Variant;
use crate::source::SourceState;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByFeed {
    feed: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByFeedAndPolicy {
    feed: String,
    policy: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByFeedAndStart {
    feed: String,
    start: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByResult {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByFeedAndResult {
    feed: String,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByFeedAndVariant {
    feed: String,
    variant: &'static str,
}

/// How a subscription began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Began {
    /// With all history.
    History,
    /// Resumed from the log.
    Log,
    /// Resumed by a replay from the source.
    Replay,
    /// With a reset, and history.
    Reset,
}

/// The counters and gauges of one relay.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    rows: Family<ByFeed, Counter>,
    frames: Family<ByFeed, Counter>,
    frame_bytes: Family<ByFeed, Counter>,
    encodings: Family<ByFeedAndVariant, Counter>,
    bad: Family<ByFeed, Counter>,
    dead_letters: Family<ByFeedAndResult, Counter>,
    lost: Family<ByFeed, Counter>,
    up: Family<ByFeed, Gauge>,
    lag: Family<ByFeed, Gauge>,
    rate: Family<ByFeed, Gauge<f64, AtomicU64>>,
    log_rows: Family<ByFeed, Gauge>,
    log_bytes: Family<ByFeed, Gauge>,
    memory: Family<ByFeed, Gauge>,
    subscriptions: Family<ByFeedAndStart, Counter>,
    slow: Family<ByFeedAndPolicy, Counter>,
    sent_frames: Family<ByFeed, Counter>,
    sent_bytes: Family<ByFeed, Counter>,
    refused: Family<ByReason, Counter>,
    reloads: Family<ByResult, Counter>,
    reloaded: Gauge,
    /// WebSocket clients connected now.
    pub clients: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("millrace"),
            rows: Family::default(),
            frames: Family::default(),
            frame_bytes: Family::default(),
            encodings: Family::default(),
            bad: Family::default(),
            dead_letters: Family::default(),
            lost: Family::default(),
            up: Family::default(),
            lag: Family::default(),
            rate: Family::default(),
            log_rows: Family::default(),
            log_bytes: Family::default(),
            memory: Family::default(),
            subscriptions: Family::default(),
            slow: Family::default(),
            sent_frames: Family::default(),
            sent_bytes: Family::default(),
            refused: Family::default(),
            reloads: Family::default(),
            reloaded: Gauge::default(),
            clients: Gauge::default(),
        };
        let r = &mut metrics.registry;
        r.register("rows", "Rows decoded", metrics.rows.clone());
        r.register("frames", "Frames appended to the log", metrics.frames.clone());
        r.register_with_unit(
            "frame",
            "Bytes of the frames appended to the log",
            Unit::Bytes,
            metrics.frame_bytes.clone(),
        );
        r.register(
            "frame_encodings",
            "Times that a frame was encoded, by variant: once for each frame, however many clients take it",
            metrics.encodings.clone(),
        );
        r.register(
            "bad_messages",
            "Records skipped because they could not be decoded",
            metrics.bad.clone(),
        );
        r.register(
            "dead_letters",
            "Bad records written to the topic of dead letters, and those that could not be",
            metrics.dead_letters.clone(),
        );
        r.register(
            "source_losses",
            "Times that records were lost between what was read and what could be read",
            metrics.lost.clone(),
        );
        r.register("source_up", "1 while the source delivers", metrics.up.clone());
        r.register(
            "source_lag_messages",
            "Records in the source not read yet",
            metrics.lag.clone(),
        );
        r.register("rows_per_second", "Rows a second over the last seconds", metrics.rate.clone());
        r.register("log_rows", "Rows in the retained log", metrics.log_rows.clone());
        r.register_with_unit(
            "log",
            "Bytes of frames in the retained log",
            Unit::Bytes,
            metrics.log_bytes.clone(),
        );
        r.register_with_unit(
            "frames_memory",
            "Bytes of all frames in memory: the log's, in every variant, and those only clients still hold",
            Unit::Bytes,
            metrics.memory.clone(),
        );
        r.register(
            "subscriptions",
            "Subscriptions by how they began",
            metrics.subscriptions.clone(),
        );
        r.register("slow_clients", "Times that a client's queue was full", metrics.slow.clone());
        r.register("sent_frames", "Frames sent to clients", metrics.sent_frames.clone());
        r.register_with_unit(
            "sent",
            "Bytes of frames sent to clients",
            Unit::Bytes,
            metrics.sent_bytes.clone(),
        );
        r.register("refused", "Clients and requests that were refused", metrics.refused.clone());
        r.register("config_reloads", "Configurations read anew", metrics.reloads.clone());
        r.register(
            "config_last_reload_successful",
            "1 while the last configuration that was read counts",
            metrics.reloaded.clone(),
        );
        metrics.reloaded.set(1);
        r.register("clients", "WebSocket clients connected", metrics.clients.clone());
        metrics
    }
}

fn by(feed: &str) -> ByFeed {
    ByFeed { feed: feed.to_string() }
}

impl Metrics {
    /// A frame was appended.
    pub fn frame(&self, feed: &str, rows: u64, bytes: usize) {
        self.rows.get_or_create(&by(feed)).inc_by(rows);
        self.frames.get_or_create(&by(feed)).inc();
        self.frame_bytes.get_or_create(&by(feed)).inc_by(bytes as u64);
    }

    /// A record was skipped.
    pub fn bad(&self, feed: &str) {
        self.bad.get_or_create(&by(feed)).inc();
    }

    /// The source lost records.
    pub fn lost(&self, feed: &str) {
        self.lost.get_or_create(&by(feed)).inc();
    }

    /// A subscription began.
    pub fn subscription(&self, feed: &str, began: Began) {
        let start = match began {
            Began::History => "history",
            Began::Log => "log",
            Began::Replay => "replay",
            Began::Reset => "reset",
        };
        self.subscriptions.get_or_create(&ByFeedAndStart { feed: feed.into(), start }).inc();
    }

    /// A client's queue was full.
    pub fn slow(&self, feed: &str, policy: SlowPolicy) {
        self.slow
            .get_or_create(&ByFeedAndPolicy { feed: feed.into(), policy: policy.name() })
            .inc();
    }

    /// A frame was sent to a client.
    pub fn sent(&self, feed: &str, bytes: usize) {
        self.sent_frames.get_or_create(&by(feed)).inc();
        self.sent_bytes.get_or_create(&by(feed)).inc_by(bytes as u64);
    }

    /// A client or a request was refused.
    pub fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&ByReason { reason }).inc();
    }

    /// A configuration was read anew, and taken or not.
    pub fn reload(&self, taken: bool) {
        let result = if taken { "taken" } else { "refused" };
        self.reloads.get_or_create(&ByResult { result }).inc();
        self.reloaded.set(i64::from(taken));
    }

    /// A feed is no longer served: what it is at now is nothing, not 0.
    pub fn forget(&self, feed: &str) {
        let by = by(feed);
        for gauge in [&self.up, &self.lag, &self.log_rows, &self.log_bytes, &self.memory] {
            gauge.remove(&by);
        }
        self.rate.remove(&by);
    }

    /// All of it as text, with what the feeds are at now.
    pub fn text(&self, feeds: &[Arc<Feed>]) -> String {
        for feed in feeds {
            let by = by(feed.name());
            // So that a count of nothing is seen as 0.
            drop(self.bad.get_or_create(&by));
            drop(self.rows.get_or_create(&by));
            {
                let status = feed.status();
                if let Some(counts) = &status.dead_letters {
                    let results = [("delivered", counts.delivered()), ("failed", counts.failed())];
                    for (result, count) in results {
                        let by = ByFeedAndResult { feed: feed.name().into(), result };
                        self.dead_letters
                            .get_or_create(&by)
                            .inner()
                            .store(count, Ordering::Relaxed);
                    }
                }
                let up = i64::from(status.source == SourceState::Connected);
                self.up.get_or_create(&by).set(up);
                self.lag.get_or_create(&by).set(status.lag as i64);
                self.rate.get_or_create(&by).set(status.rate(Instant::now()));
            }
            self.memory.get_or_create(&by).set(feed.memory() as i64);
            for variant in [Variant::Plain, Variant::Lz4] {
                let by = ByFeedAndVariant { feed: feed.name().into(), variant: variant.name() };
                let count = feed.costs().encodings(variant);
                self.encodings.get_or_create(&by).inner().store(count, Ordering::Relaxed);
            }
            if let Some(log) = feed.log().as_ref() {
                self.log_rows.get_or_create(&by).set(log.rows() as i64);
                self.log_bytes.get_or_create(&by).set(log.bytes() as i64);
            }
        }
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
