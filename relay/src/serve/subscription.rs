//! One client's subscription to one feed: what it gets next.
//!
//! A subscription holds the frames it still has to send, shared with the log and with all other
//! clients. What only it holds, because the log has dropped it, and what waits for a client that
//! had once caught up, is bounded by the feed's `slow_client.queue`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use arrow_schema::ArrowError;
use bytes::Bytes;
use tokio::sync::{Notify, mpsc, oneshot};

use super::protocol::{self, Subscribed, close};
use crate::config::{Compression, SlowPolicy, SourceConfig};
use crate::feed::Feed;
use crate::feed::frame::{Epoch, Frame, Variant};
use crate::feed::keyed::View;
use crate::feed::log::Log;
use crate::feed::position::{Offsets, Ranges};
use crate::feed::replay::{self, ReplayFrame};
use crate::feed::resume::{Decision, Resume, decide};
use crate::metrics::{Began, Metrics};
use crate::source::kafka::probe::{self, Watermarks};

/// How long the source may take to say what it has.
const ASK: Duration = Duration::from_secs(10);

/// A message to send.
#[derive(Debug)]
pub enum Out {
    /// A control message.
    Text(String),
    /// A frame.
    Frame(Bytes),
}

/// Why the connection must be closed.
#[derive(Debug, PartialEq, Eq)]
pub struct Close {
    /// The close code.
    pub code: u16,
    /// The reason, for a person.
    pub reason: String,
}

/// One subscription.
pub struct Subscription {
    id: u64,
    feed: Arc<Feed>,
    metrics: Arc<Metrics>,
    variant: Variant,
    wake: Arc<Notify>,
    /// Control messages that come before anything else.
    texts: VecDeque<String>,
    phase: Phase,
    /// The source's state that was told, by its count of changes.
    told: u64,
}

enum Phase {
    /// Nothing is decided: the log is not there, or not as far as the client.
    Waiting { resume: Option<Resume>, marks: Option<Watermarks> },
    /// The source is asked what it has.
    Asking { resume: Resume, answer: oneshot::Receiver<Result<Watermarks, String>> },
    /// Frames flow.
    Flowing(Flow),
    /// The queue was full: a reset is due.
    Overflowed { behind: u64 },
}

struct Flow {
    epoch: Arc<Epoch>,
    /// Of a keyed feed, the rows that come first, and how many of their frames were taken.
    view: Option<(Arc<View>, usize)>,
    replay: Option<mpsc::Receiver<Result<ReplayFrame, String>>>,
    held: VecDeque<Arc<Frame>>,
    /// The number of the next frame to take from the log.
    next_seq: u64,
    /// Bytes of the epoch's frames up to the last one taken from the log.
    taken: u64,
    /// Rows before these offsets are left out.
    skip: Offsets,
    /// Frames before it are history.
    live_seq: u64,
    caught_up: bool,
    /// Whether the client has once had everything: from then on its queue counts.
    live: bool,
}

impl Subscription {
    /// A subscription that will begin when the feed is there.
    pub fn new(
        id: u64,
        feed: Arc<Feed>,
        metrics: Arc<Metrics>,
        lz4: bool,
        wake: Arc<Notify>,
        resume: Option<Resume>,
    ) -> Self {
        feed.wake(&wake);
        let variant = match feed.config.compression {
            Compression::Lz4 if lz4 => Variant::Lz4,
            _ => Variant::Plain,
        };
        let phase = Phase::Waiting { resume, marks: None };
        Self { id, feed, metrics, variant, wake, texts: VecDeque::new(), phase, told: u64::MAX }
    }

    /// The client's number for it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The feed.
    pub fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    /// Whether the source's state has changed since the last call.
    pub fn state_changed(&mut self) -> bool {
        let changes = self.feed.status().changes;
        std::mem::replace(&mut self.told, changes) != changes
    }

    /// What to send next; `None` when there is nothing until the next wake-up.
    ///
    /// # Errors
    /// When the connection must be closed.
    pub fn next(&mut self) -> Result<Option<Out>, Close> {
        self.check_queue()?;
        loop {
            if let Some(text) = self.texts.pop_front() {
                return Ok(Some(Out::Text(text)));
            }
            let feed = self.feed.clone();
            let guard = feed.log();
            let Some(log) = guard.as_ref() else { return Ok(None) };
            match &mut self.phase {
                Phase::Waiting { .. } => {
                    if !self.begin(log) {
                        return Ok(None);
                    }
                }
                Phase::Asking { resume, answer } => match answer.try_recv() {
                    Err(oneshot::error::TryRecvError::Empty) => return Ok(None),
                    Ok(Ok(marks)) => {
                        let resume = Some(resume.clone());
                        self.phase = Phase::Waiting { resume, marks: Some(marks) };
                    }
                    Ok(Err(why)) => self.reset(
                        log,
                        &format!("the source cannot be asked for what was missed: {why}"),
                    ),
                    Err(oneshot::error::TryRecvError::Closed) => {
                        self.reset(log, "the source cannot be asked for what was missed");
                    }
                },
                Phase::Overflowed { behind } => {
                    let reason = format!(
                        "this client was {behind} bytes behind, more than its queue of {} bytes; what waited was dropped",
                        self.feed.config.slow_client.queue
                    );
                    let first = log.newest(self.feed.config.slow_client.queue / 2);
                    self.reset_from(log, &reason, first);
                }
                Phase::Flowing(flow) if !Arc::ptr_eq(&flow.epoch, &log.epoch) => {
                    self.reset(log, "the source could not be continued, the feed began anew");
                }
                Phase::Flowing(flow) => {
                    if let Some((view, sent)) = &mut flow.view
                        && *sent < view.len()
                    {
                        let (view, part, epoch) = (view.clone(), *sent, flow.epoch.clone());
                        *sent += 1;
                        drop(guard);
                        return self.frame(view.frame(part, &epoch, self.variant));
                    }
                    if let Some(replay) = &mut flow.replay {
                        match replay.try_recv() {
                            Ok(Ok(frame)) => {
                                return Ok(Some(Out::Frame(frame.bytes)));
                            }
                            Ok(Err(why)) => {
                                self.reset(
                                    log,
                                    &format!("what was missed cannot be replayed: {why}"),
                                );
                                continue;
                            }
                            Err(mpsc::error::TryRecvError::Empty) => return Ok(None),
                            Err(mpsc::error::TryRecvError::Disconnected) => flow.replay = None,
                        }
                    }
                    flow.take(log);
                    let Some(frame) = flow.held.pop_front() else {
                        if !flow.caught_up {
                            flow.caught_up = true;
                            return Ok(Some(Out::Text(protocol::caught_up(self.id))));
                        }
                        flow.live = true;
                        return Ok(None);
                    };
                    if frame.seq >= flow.live_seq && !flow.caught_up {
                        flow.caught_up = true;
                        flow.held.push_front(frame);
                        return Ok(Some(Out::Text(protocol::caught_up(self.id))));
                    }
                    // Encoding needs no lock.
                    drop(guard);
                    let (skip, variant) = (flow.skip.clone(), self.variant);
                    let bytes = if skip.is_empty() {
                        frame.bytes(variant)
                    } else {
                        flow.forget_passed(&frame);
                        frame.cut(&skip, variant)
                    };
                    return self.frame(bytes);
                }
            }
        }
    }

    fn frame(&self, bytes: Result<Bytes, ArrowError>) -> Result<Option<Out>, Close> {
        match bytes {
            Ok(bytes) => {
                self.metrics.sent(self.feed.name(), bytes.len());
                Ok(Some(Out::Frame(bytes)))
            }
            Err(error) => {
                tracing::error!(feed = self.feed.name(), "a frame cannot be encoded: {error}");
                let reason = "a frame cannot be encoded".into();
                Err(Close { code: close::INTERNAL, reason })
            }
        }
    }

    /// Lets go of what waits when it is too much. To be called also while a send is blocked.
    ///
    /// # Errors
    /// When the connection must be closed.
    pub fn check_queue(&mut self) -> Result<(), Close> {
        let Phase::Flowing(flow) = &self.phase else { return Ok(()) };
        let slow = self.feed.config.slow_client;
        let behind = match self.feed.log().as_ref() {
            Some(log) if Arc::ptr_eq(&log.epoch, &flow.epoch) => flow.behind(log),
            _ => return Ok(()),
        };
        if behind <= slow.queue as u64 {
            return Ok(());
        }
        self.metrics.slow(self.feed.name(), slow.policy);
        self.phase = Phase::Overflowed { behind };
        match slow.policy {
            SlowPolicy::Reset => Ok(()),
            SlowPolicy::Disconnect => Err(Close {
                code: close::TOO_SLOW,
                reason: format!("{behind} bytes behind on feed {}", self.feed.name()),
            }),
        }
    }

    /// Decides where to begin; says whether anything came of it.
    fn begin(&mut self, log: &Log) -> bool {
        let Phase::Waiting { resume, marks } = &self.phase else { return false };
        let Some(resume) = resume else {
            self.history(log, log.first_seq(), Began::History);
            return true;
        };
        let decision = decide(log, resume);
        let (ranges, seq, skip) = match &decision {
            Decision::Reset(why) => {
                self.reset(log, why);
                return true;
            }
            Decision::Log { seq, skip } => (BTreeMap::new(), *seq, skip),
            // A topic that is compacted may have forgotten which rows are gone.
            Decision::Replay { .. } if !log.epoch.schema.key.is_empty() => {
                self.reset(log, "the log no longer has what was missed");
                return true;
            }
            Decision::Replay { ranges, seq, skip } => (ranges.clone(), *seq, skip),
        };
        let ahead = skip.iter().any(|(p, offset)| log.end().get(p).is_none_or(|end| offset > end));
        if ranges.is_empty() && !ahead {
            let skip = skip.clone();
            self.resume(log, ranges, seq, skip);
            return true;
        }
        let Some(marks) = marks else {
            let resume = resume.clone();
            self.ask(resume);
            return true;
        };
        for (partition, range) in &ranges {
            let Some((low, _)) = marks.get(partition) else {
                let gone = log.epoch.origin.topics.describe(*partition);
                self.reset(log, &format!("{gone} is gone"));
                return true;
            };
            if range.start < *low {
                self.reset(
                    log,
                    "neither the log nor the topic has all of what was missed any more",
                );
                return true;
            }
        }
        if ahead {
            let beyond = skip.iter().any(|(p, o)| marks.get(p).is_none_or(|(_, high)| o > high));
            if beyond {
                self.reset(log, "the topic ends before what this client has: it was made anew");
                return true;
            }
            // This relay is still reading its way to where the client is.
            return false;
        }
        let skip = skip.clone();
        self.resume(log, ranges, seq, skip);
        true
    }

    fn ask(&mut self, resume: Resume) {
        let SourceConfig::Kafka(kafka) = self.feed.config.source.clone();
        let topics = self.feed.log().as_ref().map(|log| log.epoch.origin.topics.clone());
        let (sender, answer) = oneshot::channel();
        let wake = self.wake.clone();
        tokio::task::spawn_blocking(move || {
            let _ = sender.send(probe::watermarks(&kafka, &topics.unwrap_or_default(), ASK));
            wake.notify_one();
        });
        self.phase = Phase::Asking { resume, answer };
    }

    fn resume(&mut self, log: &Log, ranges: Ranges, seq: u64, skip: Offsets) {
        let mut token = log.position_before(seq).unwrap_or_default();
        token.extend(skip.iter().map(|(p, o)| (*p, *o)));
        token.extend(ranges.iter().map(|(p, r)| (*p, r.start)));
        let replay_rows = ranges.values().map(|r| r.end - r.start).sum();
        let replay = (!ranges.is_empty()).then(|| {
            replay::start(
                self.feed.clone(),
                log.epoch.clone(),
                ranges,
                self.variant,
                self.wake.clone(),
            )
        });
        let began = if replay.is_some() { Began::Replay } else { Began::Log };
        let what = Subscribed {
            start: "resumed",
            first_seq: seq,
            replay_rows,
            token: log.epoch.origin.token(&token),
        };
        self.flow(log, &what, skip, replay, None, began);
    }

    fn history(&mut self, log: &Log, first_seq: u64, began: Began) {
        if !log.epoch.schema.key.is_empty() {
            let view = log.view(self.feed.costs());
            let before = if view.is_empty() { log.position_before(view.seq) } else { None };
            let what = Subscribed {
                start: "history",
                first_seq: view.seq,
                replay_rows: view.rows as i64,
                token: log.epoch.origin.token(before.as_ref().unwrap_or(log.start())),
            };
            return self.flow(log, &what, Offsets::new(), None, Some(view), began);
        }
        let before = log.position_before(first_seq).unwrap_or_default();
        let token = log.epoch.origin.token(&before);
        let what = Subscribed { start: "history", first_seq, replay_rows: 0, token };
        self.flow(log, &what, Offsets::new(), None, None, began);
    }

    fn reset(&mut self, log: &Log, reason: &str) {
        self.reset_from(log, reason, log.first_seq());
    }

    fn reset_from(&mut self, log: &Log, reason: &str, first_seq: u64) {
        tracing::info!(feed = self.feed.name(), "a client is reset: {reason}");
        self.texts.push_back(protocol::reset(self.id, self.feed.name(), reason));
        self.history(log, first_seq, Began::Reset);
    }

    fn flow(
        &mut self,
        log: &Log,
        what: &Subscribed,
        skip: Offsets,
        replay: Option<mpsc::Receiver<Result<ReplayFrame, String>>>,
        view: Option<Arc<View>>,
        began: Began,
    ) {
        self.metrics.subscription(self.feed.name(), began);
        self.texts.push_back(protocol::subscribed(self.id, &self.feed, log, what));
        let mut flow = Flow {
            epoch: log.epoch.clone(),
            view: view.map(|view| (view, 0)),
            replay,
            held: VecDeque::new(),
            next_seq: what.first_seq,
            taken: 0,
            skip,
            live_seq: log.next_seq(),
            caught_up: false,
            live: false,
        };
        flow.take(log);
        self.phase = Phase::Flowing(flow);
    }
}

impl Flow {
    /// Takes what the log has more.
    fn take(&mut self, log: &Log) {
        self.held.extend(log.from(self.next_seq).cloned());
        self.next_seq = log.next_seq();
        self.taken = log.written();
    }

    /// Bytes that wait for the client and count.
    fn behind(&self, log: &Log) -> u64 {
        let at = self.held.front().map_or(self.taken, |frame| frame.before);
        // On its way to the present a client may be as far back as the log goes; what the log
        // has dropped, only this client keeps in memory.
        let from = if self.live { log.written() } else { log.dropped() };
        from.saturating_sub(at)
    }

    /// Forgets the skips that end within or before `frame`: nothing behind it is cut by them.
    fn forget_passed(&mut self, frame: &Frame) {
        let ranges = &frame.rows.ranges;
        self.skip.retain(|p, offset| ranges.get(p).is_none_or(|range| *offset > range.end));
    }
}
