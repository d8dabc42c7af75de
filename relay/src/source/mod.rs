//! Sources: where a feed's records come from.
//!
//! A source runs on a thread of its own and speaks to its feed by [`SourceEvent`]s over a bounded
//! channel: when the feed is busy the source waits, and the broker keeps what was not fetched.
//! What a record means is not its business; that is `decode`'s.

mod headers;
pub mod kafka;

use std::fmt;

pub use headers::Headers;

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

/// A batch of records: their bytes in one buffer, so that a record costs no allocation.
#[derive(Debug, Default)]
pub struct Records {
    keep: Keep,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// What is kept of records beside their values: what nobody asks for is not copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keep {
    /// Their keys.
    pub keys: bool,
    /// Their headers.
    pub headers: bool,
}

#[derive(Debug)]
struct Entry {
    partition: Partition,
    offset: i64,
    timestamp: Option<i64>,
    /// Where in the buffer the value ends, and behind it the key, and behind it the headers.
    payload_end: usize,
    key_end: usize,
    headers_end: usize,
    has_payload: bool,
    has_key: bool,
    unreadable_headers: bool,
}

/// One record of a batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Record<'a> {
    /// The partition it is from.
    pub partition: Partition,
    /// Its offset there.
    pub offset: i64,
    /// Its time in milliseconds since the Unix epoch, where the source has one.
    pub timestamp: Option<i64>,
    /// Its value; `None` where the record has none (a tombstone).
    pub payload: Option<&'a [u8]>,
    /// Its key, where it has one and keys are kept.
    pub key: Option<&'a [u8]>,
    /// Its headers, where they are kept.
    pub headers: Headers<'a>,
}

impl Records {
    /// An empty batch that keeps so much of records.
    pub fn keeping(keep: Keep) -> Self {
        Self { keep, ..Self::default() }
    }

    /// What is kept.
    pub fn keep(&self) -> Keep {
        self.keep
    }

    /// Adds a record.
    pub fn push(&mut self, record: Record<'_>) {
        self.bytes.extend_from_slice(record.payload.unwrap_or_default());
        let payload_end = self.bytes.len();
        let key = record.key.filter(|_| self.keep.keys);
        self.bytes.extend_from_slice(key.unwrap_or_default());
        let key_end = self.bytes.len();
        if self.keep.headers {
            self.bytes.extend_from_slice(record.headers.bytes);
        }
        self.entries.push(Entry {
            partition: record.partition,
            offset: record.offset,
            timestamp: record.timestamp,
            payload_end,
            key_end,
            headers_end: self.bytes.len(),
            has_payload: record.payload.is_some(),
            has_key: key.is_some(),
            unreadable_headers: self.keep.headers && record.headers.unreadable,
        });
    }

    /// Adds a header to the record that was added last.
    pub fn push_header(&mut self, name: &str, value: Option<&[u8]>) {
        let Some(entry) = self.entries.last_mut().filter(|_| self.keep.headers) else { return };
        headers::write(&mut self.bytes, name, value);
        entry.headers_end = self.bytes.len();
    }

    /// Notes that the headers of the last record cannot be read.
    pub fn headers_unreadable(&mut self) {
        if let Some(entry) = self.entries.last_mut() {
            self.bytes.truncate(entry.key_end);
            entry.headers_end = entry.key_end;
            entry.unreadable_headers = true;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of all that is kept.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The records in order.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        let mut begin = 0;
        self.entries.iter().map(move |entry| {
            let payload = &self.bytes[begin..entry.payload_end];
            let key = &self.bytes[entry.payload_end..entry.key_end];
            let headers = &self.bytes[entry.key_end..entry.headers_end];
            begin = entry.headers_end;
            Record {
                partition: entry.partition,
                offset: entry.offset,
                timestamp: entry.timestamp,
                payload: entry.has_payload.then_some(payload),
                key: entry.has_key.then_some(key),
                headers: Headers { bytes: headers, unreadable: entry.unreadable_headers },
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A record of its own.
    type Owned = (Option<Vec<u8>>, Option<Vec<u8>>, Vec<(String, Option<Vec<u8>>)>);

    fn bytes() -> impl Strategy<Value = Option<Vec<u8>>> {
        prop::option::of(prop::collection::vec(any::<u8>(), 0..20))
    }

    proptest! {
        /// What is kept comes back, record by record; what is not asked for is absent.
        #[test]
        fn records_come_back(
            records in prop::collection::vec(
                (bytes(), bytes(), prop::collection::vec((".{0,5}", bytes()), 0..4)), 0..20,
            ),
            keys in any::<bool>(),
            headers in any::<bool>(),
        ) {
            let records: Vec<Owned> = records;
            let mut batch = Records::keeping(Keep { keys, headers });
            for (n, (payload, key, all)) in records.iter().enumerate() {
                batch.push(Record {
                    offset: n as i64,
                    payload: payload.as_deref(),
                    key: key.as_deref(),
                    ..Record::default()
                });
                for (name, value) in all {
                    batch.push_header(name, value.as_deref());
                }
            }
            // A batch of the records of a batch is the same batch.
            let mut copy = Records::keeping(batch.keep());
            batch.iter().for_each(|record| copy.push(record));
            prop_assert_eq!(batch.bytes(), copy.bytes());
            prop_assert_eq!(copy.len(), records.len());
            for (record, (payload, key, all)) in copy.iter().zip(&records) {
                prop_assert_eq!(record.payload, payload.as_deref());
                prop_assert_eq!(record.key, key.as_deref().filter(|_| keys));
                let found: Vec<_> = record.headers.iter().collect();
                let all: Vec<_> = all.iter().map(|(n, v)| (n.as_str(), v.as_deref())).collect();
                prop_assert_eq!(found, if headers { all } else { Vec::new() });
            }
        }
    }

    #[test]
    fn the_last_header_of_a_name_counts() {
        let mut batch = Records::keeping(Keep { keys: false, headers: true });
        batch.push(Record::default());
        batch.push_header("a", Some(b"1"));
        batch.push_header("b", None);
        batch.push_header("a", Some(b"2"));
        let headers = batch.iter().next().unwrap().headers;
        assert_eq!(headers.last("a"), Ok(Some(&b"2"[..])));
        assert_eq!((headers.last("b"), headers.last("c")), (Ok(None), Ok(None)));
        batch.headers_unreadable();
        assert!(batch.iter().next().unwrap().headers.last("a").is_err());
    }
}
