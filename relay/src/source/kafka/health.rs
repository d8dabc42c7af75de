//! Reads from librdkafka's statistics whether a topic is being delivered, and the lag.

use std::collections::BTreeMap;

use rdkafka::statistics::Statistics;

/// What the statistics say of one topic.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Health {
    /// Why a partition cannot be read now, where one cannot.
    pub(super) trouble: Option<String>,
    /// Records in the partitions that were not read yet.
    pub(super) lag: u64,
}

/// `next` is the next offset to read of each assigned partition.
pub(super) fn health(statistics: &Statistics, topic: &str, next: &BTreeMap<i32, i64>) -> Health {
    let mut trouble = None;
    let mut lag = 0;
    let partitions = statistics.topics.get(topic).map(|t| &t.partitions);
    for (&partition, &next) in next {
        let Some(info) = partitions.and_then(|all| all.get(&partition)) else { continue };
        // -1001 is librdkafka's "not known yet".
        if info.hi_offset >= 0 {
            lag += u64::try_from(info.hi_offset - next).unwrap_or(0);
        }
        if trouble.is_some() {
            continue;
        }
        if info.leader < 0 {
            trouble = Some(format!("partition {partition} has no leader"));
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
