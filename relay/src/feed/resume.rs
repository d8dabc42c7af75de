//! Decides what a client gets that comes back: the rules of `docs/protocol.md`, section "How a
//! resume is decided", as a pure function.

use serde::{Deserialize, Serialize};

use super::log::Log;
use super::position::{Offsets, Ranges, Token};

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
        ranges: Ranges,
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
        let skip = further(token.as_ref(), &after);
        return Decision::Log { seq, skip };
    }
    let Some(token) = token else {
        return Decision::Reset("the log no longer has what was missed".into());
    };
    let mut ranges = Ranges::new();
    for (&partition, &begin) in log.begin() {
        // A partition that the client never heard of did not exist when it left.
        let have = token.get(&partition).copied().unwrap_or(0);
        if have < begin {
            ranges.insert(partition, have..begin);
        }
    }
    if let Some(gone) = token.keys().find(|p| !log.begin().contains_key(p)) {
        let gone = log.epoch.origin.topics.describe(*gone);
        return Decision::Reset(format!("{gone} is gone"));
    }
    if ranges.is_empty() {
        let seq = first_after(log, &token);
        // The log reaches back to `seq`, which it just gave.
        let before = log.position_before(seq).unwrap_or_default();
        Decision::Log { seq, skip: further(Some(&token), &before) }
    } else {
        Decision::Replay { ranges, seq: log.first_seq(), skip: further(Some(&token), log.begin()) }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::feed::testing::{Source, at, log_of, log_with, offsets, rows_in};

    fn resume(log: &Log, epoch: Option<(&str, u64)>, token: Option<&Offsets>) -> Resume {
        Resume {
            schema: log.epoch.schema.fingerprint.clone(),
            epoch: epoch.map(|(epoch, _)| epoch.to_string()),
            seq: epoch.map(|(_, seq)| seq),
            token: token.map(|offsets| Token {
                kind: "kafka".into(),
                cluster: log.epoch.origin.cluster.clone(),
                topics: [(
                    "t".to_string(),
                    offsets.iter().map(|(p, o)| (p.id.to_string(), *o)).collect(),
                )]
                .into(),
            }),
        }
    }

    /// Two partitions, four frames of ten records each, in turns: frame k has the offsets
    /// 5k to 5k+5 of both.
    fn log() -> Log {
        let mut source = Source::new(2);
        let frames = (0..4).map(|_| source.frame(&[0, 1, 0, 1, 0, 1, 0, 1, 0, 1])).collect();
        log_of(frames)
    }

    #[test]
    fn another_schema_or_cluster_is_a_reset() {
        let log = log();
        let mut other = resume(&log, Some(("e", 1)), None);
        other.schema = "other".into();
        assert!(matches!(decide(&log, &other), Decision::Reset(_)));
        let mut other = resume(&log, Some(("e", 1)), Some(&offsets([(0, 10), (1, 10)])));
        other.token.as_mut().unwrap().cluster = Some("other".into());
        assert!(matches!(decide(&log, &other), Decision::Reset(_)));
    }

    #[test]
    fn the_epochs_number_is_enough_while_the_log_has_the_next() {
        let mut log = log();
        let from = |seq| Decision::Log { seq, skip: Offsets::new() };
        assert_eq!(decide(&log, &resume(&log, Some(("e", 1)), None)), from(2));
        assert_eq!(decide(&log, &resume(&log, Some(("e", 3)), None)), from(4));
        assert!(matches!(decide(&log, &resume(&log, Some(("e", 4)), None)), Decision::Reset(_)));
        assert!(matches!(
            decide(&log, &resume(&log, Some(("e", u64::MAX)), None)),
            Decision::Reset(_)
        ));
        assert!(matches!(
            decide(&log, &resume(&log, Some(("other", 1)), None)),
            Decision::Reset(_)
        ));
        log = log_with(&log, 20);
        assert_eq!(log.first_seq(), 2);
        assert_eq!(decide(&log, &resume(&log, Some(("e", 1)), None)), from(2));
        assert!(matches!(decide(&log, &resume(&log, Some(("e", 0)), None)), Decision::Reset(_)));
    }

    #[test]
    fn a_token_ahead_of_the_number_is_heeded() {
        let log = log();
        let token = offsets([(0, 17), (1, 5)]);
        assert_eq!(
            decide(&log, &resume(&log, Some(("e", 1)), Some(&token))),
            Decision::Log { seq: 2, skip: offsets([(0, 17)]) }
        );
        let stale = offsets([(0, 0), (1, 0)]);
        assert_eq!(
            decide(&log, &resume(&log, Some(("e", 1)), Some(&stale))),
            Decision::Log { seq: 2, skip: Offsets::new() }
        );
    }

    #[test]
    fn a_token_within_the_log_cuts() {
        let log = log();
        let token = offsets([(0, 10), (1, 12)]);
        assert_eq!(
            decide(&log, &resume(&log, None, Some(&token))),
            Decision::Log { seq: 2, skip: offsets([(1, 12)]) }
        );
        let whole = offsets([(0, 20), (1, 20)]);
        assert_eq!(
            decide(&log, &resume(&log, None, Some(&whole))),
            Decision::Log { seq: 4, skip: Offsets::new() }
        );
    }

    #[test]
    fn a_token_before_the_log_is_replayed_up_to_it() {
        let log = log_with(&log(), 20);
        let token = offsets([(0, 3), (1, 14)]);
        assert_eq!(
            decide(&log, &resume(&log, None, Some(&token))),
            Decision::Replay { ranges: [(at(0), 3..10)].into(), seq: 2, skip: offsets([(1, 14)]) }
        );
        // A partition that the token does not name is wanted from its beginning.
        let token = offsets([(0, 10)]);
        assert_eq!(
            decide(&log, &resume(&log, None, Some(&token))),
            Decision::Replay { ranges: [(at(1), 0..10)].into(), seq: 2, skip: Offsets::new() }
        );
        let gone = offsets([(0, 10), (1, 10), (7, 1)]);
        assert!(matches!(decide(&log, &resume(&log, None, Some(&gone))), Decision::Reset(_)));
    }

    proptest! {
        /// What a client has, what is replayed and what the log sends are together each row
        /// once, wherever the token is and whatever the log has dropped.
        #[test]
        fn nothing_is_lost_or_doubled(
            frames in prop::collection::vec(prop::collection::vec(0..6i32, 1..30), 1..8),
            keep in 1..60u64,
            token in (0..40i64, 0..40i64, 0..40i64),
            epoch in prop::option::of(0..8u64),
        ) {
            let mut source = Source::new(3);
            let frames: Vec<_> = frames.iter().map(|order| source.frame(order)).collect();
            let mut full = log_of(frames);
            for partition in 0..3 {
                full.add_partition(at(partition), 0);
            }
            let log = log_with(&full, keep);
            let all = rows_in(full.from(0).map(Arc::as_ref));
            // The client has all before its token, and all of the frames up to its number.
            let mut have = offsets([(0, token.0), (1, token.1), (2, token.2)]);
            for (p, offset) in &mut have {
                *offset = full.end().get(p).copied().unwrap_or(0).min(*offset);
            }
            let known = epoch.filter(|seq| *seq < full.next_seq());
            let mut token = have.clone();
            if let Some(after) = known.and_then(|seq| full.position_after(seq)) {
                for (p, offset) in after {
                    let entry = have.entry(p).or_insert(offset);
                    *entry = offset.max(*entry);
                }
            }
            // A token behind the number does no harm while the log knows the number.
            if known.and_then(|seq| log.position_after(seq)).is_none() {
                token = have.clone();
            }
            let request = resume(&log, known.map(|seq| ("e", seq)), Some(&token));
            let (ranges, seq, skip) = match decide(&log, &request) {
                Decision::Log { seq, skip } => (Ranges::new(), seq, skip),
                Decision::Replay { ranges, seq, skip } => (ranges, seq, skip),
                Decision::Reset(why) => return Err(TestCaseError::fail(why)),
            };
            let mut got: Vec<(i32, i64)> =
                all.iter().copied().filter(|(p, o)| *o < have[&at(*p)]).collect();
            got.extend(all.iter().copied().filter(|(p, o)| ranges.get(&at(*p)).is_some_and(|r| r.contains(o))));
            for frame in log.from(seq) {
                got.extend(frame.cut_rows(&skip));
            }
            got.sort_unstable();
            let mut expected = all;
            expected.sort_unstable();
            prop_assert_eq!(got, expected);
        }
    }
}
