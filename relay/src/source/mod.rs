//! Sources: where a feed's records come from.
//!
//! A source runs on a thread of its own and speaks to its feed by [`SourceEvent`]s over a bounded
//! channel: when the feed is busy the source waits, and the broker keeps what was not fetched.
//! What a record means is not its business; that is `decode`'s.

pub mod kafka;

use std::fmt;

use crate::feed::position::{Offsets, Origin, Partition};

/// What a source tells its feed, in order.
#[derive(Debug)]
pub enum SourceEvent {
    /// Reading begins here; nothing that came before joins what follows.
    Began {
        /// The topics and the cluster.
        origin: Origin,
        /// The first offset of each partition that will be read.
        starts: Offsets,
    },
    /// Partitions that were not there before, and where reading them begins.
    Added(Offsets),
    /// Records, in the order of their offsets within each partition.
    Records(Records),
    /// The source's state changed.
    State(SourceState),
    /// Records in the source that were not read yet.
    Lag(u64),
    /// Records were lost between what was read and what can be read: a `Began` follows.
    Lost(String),
}

/// Whether a source delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceState {
    /// On the way to the first connection, and what it waits for.
    Connecting(String),
    /// Delivering.
    Connected,
    /// It was connected and is not now; it keeps trying.
    Disconnected(String),
    /// It gave up: a person must change something.
    Failed(String),
    /// All that it was to read was read.
    Complete,
}

impl SourceState {
    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connecting(_) => "connecting",
            Self::Connected => "connected",
            Self::Disconnected(_) => "disconnected",
            Self::Failed(_) => "failed",
            Self::Complete => "complete",
        }
    }

    /// Why, where it is not connected.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Connected | Self::Complete => None,
            Self::Connecting(why) | Self::Disconnected(why) | Self::Failed(why) => Some(why),
        }
    }
}

impl fmt::Display for SourceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail() {
            Some(why) => write!(f, "{}: {why}", self.name()),
            None => f.write_str(self.name()),
        }
    }
}

/// A batch of records: their payloads in one buffer, so that a record costs no allocation.
#[derive(Debug, Default)]
pub struct Records {
    payloads: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    partition: Partition,
    offset: i64,
    timestamp: Option<i64>,
    end: usize,
    present: bool,
}

/// One record of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The partition it is from.
    pub partition: Partition,
    /// Its offset there.
    pub offset: i64,
    /// Its time in milliseconds since the Unix epoch, where the source has one.
    pub timestamp: Option<i64>,
    /// Its value; `None` where the record has none (a tombstone).
    pub payload: Option<&'a [u8]>,
}

impl Records {
    /// Adds a record.
    pub fn push(&mut self, record: Record<'_>) {
        self.payloads.extend_from_slice(record.payload.unwrap_or_default());
        self.entries.push(Entry {
            partition: record.partition,
            offset: record.offset,
            timestamp: record.timestamp,
            end: self.payloads.len(),
            present: record.payload.is_some(),
        });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of all payloads.
    pub fn bytes(&self) -> usize {
        self.payloads.len()
    }

    /// The records in order.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        let mut begin = 0;
        self.entries.iter().map(move |entry| {
            let payload = &self.payloads[begin..entry.end];
            begin = entry.end;
            Record {
                partition: entry.partition,
                offset: entry.offset,
                timestamp: entry.timestamp,
                payload: entry.present.then_some(payload),
            }
        })
    }
}
