//! Reads from librdkafka's statistics whether the topics are being delivered, and the lag.

use rdkafka::statistics::{Partition as Info, Statistics};

use crate::feed::position::{Offsets, Partition, Topics};

/// What the statistics say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Health {
    /// Why a partition cannot be read now, where one cannot.
    pub(super) trouble: Option<String>,
    /// Records in the partitions that were not read yet.
    pub(super) lag: u64,
}

/// `next` is the next offset to read of each assigned partition.
pub(super) fn health(statistics: &Statistics, topics: &Topics, next: &Offsets) -> Health {
    let mut trouble = None;
    let mut lag = 0;
    for (&partition, &next) in next {
        let Some(info) = info(statistics, topics, partition) else { continue };
        // -1001 is librdkafka's "not known yet".
        if info.hi_offset >= 0 {
            lag += u64::try_from(info.hi_offset - next).unwrap_or(0);
        }
        if trouble.is_some() {
            continue;
        }
        if info.leader < 0 {
            trouble = Some(format!("{} has no leader", topics.describe(partition)));
            continue;
        }
        let leader = statistics.brokers.values().find(|b| b.nodeid == info.leader);
        if let Some(leader) = leader
            && !matches!(leader.state.as_str(), "UP" | "UPDATE")
        {
            trouble =
                Some(format!("broker {} is {}", leader.nodename, leader.state.to_lowercase()));
        }
    }
    Health { trouble, lag }
}

/// Whether all records before `end` were handed out, though the last ones may be none that are:
/// markers of transactions have offsets too.
pub(super) fn is_past(
    statistics: &Statistics,
    topics: &Topics,
    partition: Partition,
    end: i64,
) -> bool {
    info(statistics, topics, partition)
        .is_some_and(|info| info.eof_offset >= end && info.fetchq_cnt == 0)
}

fn info<'s>(statistics: &'s Statistics, topics: &Topics, partition: Partition) -> Option<&'s Info> {
    statistics.topics.get(&*topics.name(partition.topic))?.partitions.get(&partition.id)
}
