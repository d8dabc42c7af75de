//! Decides what a client gets that comes back: the rules of `docs/protocol.md`, section "How a
//! resume is decided", as a pure function.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::log::Log;
use super::position::{Offsets, Token};

/// What a client says it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The fingerprint of the columns of its table.
    pub schema: String,
    /// The epoch of its last numbered frame.
    #[serde(default)]
    pub epoch: Option<String>,
    /// The number of that frame.
    #[serde(default)]
    pub seq: Option<u64>,
    /// The position behind all it has.
    #[serde(default)]
    pub token: Option<Token>,
}

/// What a client gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// From the log: the frames from `seq` on, without the rows before `skip`.
    Log {
        /// The first frame.
        seq: u64,
        /// Where the client is further than that frame's beginning.
        skip: Offsets,
    },
    /// First these offsets, from the source, if it still has them; then the log as above.
    Replay {
        /// What lies between the client and the log.
        ranges: BTreeMap<i32, Range<i64>>,
        /// The first frame.
        seq: u64,
        /// Where the client is further than the log's beginning.
        skip: Offsets,
    },
    /// Nothing of what it has can be continued: everything anew, and why.
    Reset(String),
}

/// Decides by the log alone. Of a [`Decision::Replay`] it is left to see whether the source
/// still has the ranges, and of skips beyond the log's end whether the source has come so far.
pub fn decide(log: &Log, resume: &Resume) -> Decision {
    if resume.schema != log.epoch.schema.fingerprint {
        return Decision::Reset("the feed's columns have changed".into());
    }
    let token = match &resume.token {
        Some(token) => match token.offsets(&log.epoch.origin) {
            Ok(offsets) => Some(offsets),
            Err(why) => return Decision::Reset(why),
        },
        None => None,
    };
    // All frames up to `seq` of this epoch are with the client, and so are all records before
    // the token: it has whichever is further. The token is further where an earlier resume
    // cut frames.
    if resume.epoch.as_deref() == Some(log.epoch.id.as_str())
        && let Some(after) = resume.seq.and_then(|seq| log.position_after(seq))
    {
        let seq = resume.seq.unwrap_or(0) + 1;
        let skip = further(token, &after);
        return Decision::Log { seq, skip };
    }
    let Some(token) = token else {
        return Decision::Reset("the log no longer has what was missed".into());
    };
    let mut ranges = BTreeMap::new();
    for (&partition, &begin) in log.begin() {
        // A partition that the client never heard of did not exist when it left.
        let have = token.get(&partition).copied().unwrap_or(0);
        if have < begin {
            ranges.insert(partition, have..begin);
        }
    }
    if let Some(gone) = token.keys().find(|p| !log.begin().contains_key(p)) {
        return Decision::Reset(format!("partition {gone} is gone"));
    }
    if ranges.is_empty() {
        let seq = first_after(log, token);
        // The log reaches back to `seq`, which it just gave.
        let before = log.position_before(seq).unwrap_or_default();
        Decision::Log { seq, skip: further(Some(token), &before) }
    } else {
        Decision::Replay { ranges, seq: log.first_seq(), skip: further(Some(token), log.begin()) }
    }
}

/// The offsets of `token` that are behind those of `position`.
fn further(token: Option<&Offsets>, position: &Offsets) -> Offsets {
    let Some(token) = token else { return Offsets::new() };
    token
        .iter()
        .filter(|(p, offset)| position.get(p).is_none_or(|at| *offset > at))
        .map(|(p, offset)| (*p, *offset))
        .collect()
}

/// The first frame that has a record at or behind the token.
fn first_after(log: &Log, token: &Offsets) -> u64 {
    log.from(log.first_seq())
        .find(|frame| {
            frame
                .rows
                .ranges
                .iter()
                .any(|(p, range)| range.end > token.get(p).copied().unwrap_or(i64::MIN))
        })
        .map_or(log.next_seq(), |frame| frame.seq)
}
