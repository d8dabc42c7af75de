//! The retained log: the newest frames of one epoch, within bounds of rows, bytes and age.
//!
//! It knows where in the source it begins and ends, so that a client's position can be found in
//! it. It does not know of clients: those hold the frames they still have to send.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::frame::{Costs, Epoch, Frame, advance};
use super::keyed::{Snapshot, View};
use super::position::{Offsets, Partition};
use crate::config::RetentionConfig;

/// The frames of an epoch, oldest first.
#[derive(Debug)]
pub struct Log {
    /// What the frames belong to.
    pub epoch: Arc<Epoch>,
    retention: RetentionConfig,
    frames: VecDeque<Arc<Frame>>,
    first_seq: u64,
    rows: u64,
    /// Plain bytes of the frames here; the bounds count these.
    bytes: usize,
    /// Plain bytes of all frames that ever were here.
    written: u64,
    begin: Offsets,
    end: Offsets,
    /// Where reading began.
    start: Offsets,
    /// Of a keyed feed, the rows behind the newest frame.
    snapshot: Snapshot,
    /// The view that was made last, while it serves.
    view: Mutex<Option<Arc<View>>>,
}

impl Log {
    /// An empty log, whose first frame will begin at `begin`.
    pub fn new(epoch: Arc<Epoch>, retention: RetentionConfig, begin: Offsets) -> Self {
        Self {
            epoch,
            retention,
            frames: VecDeque::new(),
            first_seq: 0,
            rows: 0,
            bytes: 0,
            written: 0,
            end: begin.clone(),
            start: begin.clone(),
            begin,
            snapshot: Snapshot::default(),
            view: Mutex::default(),
        }
    }

    /// The number of the oldest frame, or of the next one where the log is empty.
    pub fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// The number that the next frame will have.
    pub fn next_seq(&self) -> u64 {
        self.first_seq + self.frames.len() as u64
    }

    /// Rows in the log.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of the frames in the log, in their plain variant.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of all frames that were ever appended.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Bytes of the frames that were dropped.
    pub fn dropped(&self) -> u64 {
        self.written - self.bytes as u64
    }

    /// The position before the oldest frame.
    pub fn begin(&self) -> &Offsets {
        &self.begin
    }

    /// The position behind the newest frame.
    pub fn end(&self) -> &Offsets {
        &self.end
    }

    /// A partition that was not there before, from its first offset.
    pub fn add_partition(&mut self, partition: Partition, offset: i64) {
        self.start.entry(partition).or_insert(offset);
        self.begin.entry(partition).or_insert(offset);
        self.end.entry(partition).or_insert(offset);
    }

    /// The position where reading began.
    pub fn start(&self) -> &Offsets {
        &self.start
    }

    /// Of a keyed feed, the rows behind the newest frame.
    pub fn snapshot_mut(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }

    /// The rows of a keyed feed for who comes anew: those of now, or of a while ago where the
    /// frames since then are here and are fewer rows.
    pub fn view(&self, costs: &Arc<Costs>) -> Arc<View> {
        let mut kept = self.view.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = kept.as_ref().filter(|view| view.seq >= self.first_seq) {
            let since: u64 = self.from(view.seq).map(|frame| frame.rows.len()).sum();
            if since <= view.rows as u64 {
                return view.clone();
            }
        }
        let view = self.snapshot.view(self.next_seq(), &self.start, &self.end, costs.clone());
        let view = Arc::new(view);
        *kept = Some(view.clone());
        view
    }

    /// Appends the frame that has [`next_seq`](Self::next_seq), then drops what is too much.
    pub fn append(&mut self, frame: Arc<Frame>) {
        debug_assert_eq!(frame.seq, self.next_seq());
        advance(&mut self.end, &frame.rows.ranges);
        self.rows += frame.rows.len();
        self.bytes += frame.len();
        self.written += frame.len() as u64;
        self.frames.push_back(frame);
        self.evict();
    }

    /// Drops the oldest frames while a bound is exceeded. The newest always stays, but for age.
    pub fn evict(&mut self) {
        while let Some(oldest) = self.frames.front() {
            let old = self.retention.age.is_some_and(|age| oldest.made.elapsed() > age);
            let many = self.frames.len() > 1
                && (self.rows > self.retention.rows || self.bytes > self.retention.bytes);
            if !old && !many {
                break;
            }
            advance(&mut self.begin, &oldest.rows.ranges);
            self.rows -= oldest.rows.len();
            self.bytes -= oldest.len();
            self.first_seq += 1;
            self.frames.pop_front();
        }
    }

    /// The frame with this number, where it is here.
    pub fn get(&self, seq: u64) -> Option<&Arc<Frame>> {
        self.frames.get(usize::try_from(seq.checked_sub(self.first_seq)?).ok()?)
    }

    /// The frames from this number on.
    pub fn from(&self, seq: u64) -> impl Iterator<Item = &Arc<Frame>> {
        let skip = seq.saturating_sub(self.first_seq);
        self.frames.iter().skip(usize::try_from(skip).unwrap_or(usize::MAX))
    }

    /// The number of the oldest of the newest frames that together have at most `bytes`.
    pub fn newest(&self, bytes: usize) -> u64 {
        let mut seq = self.next_seq();
        let mut sum = 0;
        for frame in self.frames.iter().rev() {
            sum += frame.len();
            if sum > bytes {
                break;
            }
            seq = frame.seq;
        }
        seq
    }

    /// The position behind frame `seq`, where the log still reaches back to it.
    pub fn position_after(&self, seq: u64) -> Option<Offsets> {
        self.position_before(seq.checked_add(1)?)
    }

    /// The position before frame `seq`, where the log still reaches back to it.
    pub fn position_before(&self, seq: u64) -> Option<Offsets> {
        if seq < self.first_seq || seq > self.next_seq() {
            return None;
        }
        if seq == self.next_seq() {
            return Some(self.end.clone());
        }
        let mut position = self.begin.clone();
        for frame in self.frames.iter().take_while(|f| f.seq < seq) {
            advance(&mut position, &frame.rows.ranges);
        }
        Some(position)
    }

    /// How long ago the oldest frame was made.
    pub fn oldest(&self) -> Option<Instant> {
        self.frames.front().map(|f| f.made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::testing::{Source, log_of, log_with, offsets};

    #[test]
    fn the_log_knows_where_it_begins_and_ends() {
        let mut source = Source::new(2);
        let log = log_of((0..5).map(|_| source.frame(&[0, 1, 1])).collect());
        assert_eq!(log.end(), &offsets([(0, 5), (1, 10)]));
        let kept = log_with(&log, 6);
        assert_eq!((kept.first_seq(), kept.next_seq(), kept.rows()), (3, 5, 6));
        assert_eq!(kept.begin(), &offsets([(0, 3), (1, 6)]));
        assert_eq!(kept.position_after(3), Some(offsets([(0, 4), (1, 8)])));
        assert_eq!(kept.position_before(3).as_ref(), Some(kept.begin()));
        assert_eq!(kept.position_before(2), None);
        assert_eq!(kept.position_after(4).as_ref(), Some(kept.end()));
        assert_eq!(kept.position_after(5), None);
        assert_eq!(kept.from(0).count(), 2);
        assert_eq!(kept.written() - kept.dropped(), kept.bytes() as u64);
    }

    #[test]
    fn bytes_bound_the_log_but_the_newest_frame_stays() {
        let mut source = Source::new(1);
        let frames: Vec<_> = (0..4).map(|_| source.frame(&[0])).collect();
        let size = frames[0].len();
        let retention = RetentionConfig { rows: 100, bytes: size * 2, age: None };
        let mut log = Log::new(frames[0].epoch.clone(), retention, Offsets::new());
        frames.into_iter().for_each(|frame| log.append(frame));
        assert_eq!(log.first_seq(), 2);
        assert_eq!(log.newest(0), 4);
        assert_eq!(log.newest(size), 3);
        assert_eq!(log.newest(usize::MAX), 2);
        let tiny = RetentionConfig { rows: 1, bytes: 1, age: None };
        let mut small = Log::new(log.epoch.clone(), tiny, Offsets::new());
        small.append(Source::new(1).frame(&[0, 0, 0]));
        assert_eq!((small.first_seq(), small.next_seq()), (0, 1));
    }

    #[test]
    fn old_frames_go() {
        let mut source = Source::new(1);
        let retention =
            RetentionConfig { rows: 100, bytes: usize::MAX, age: Some(std::time::Duration::ZERO) };
        let frame = source.frame(&[0]);
        let mut log = Log::new(frame.epoch.clone(), retention, offsets([(0, 0)]));
        log.append(frame);
        assert_eq!((log.first_seq(), log.next_seq(), log.rows()), (1, 1, 0));
        assert_eq!(log.begin(), log.end());
    }
}
