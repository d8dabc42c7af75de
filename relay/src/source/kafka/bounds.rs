//! Where reading a partition begins, and where it ends if it does.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::topic_partition_list::Offset;

use super::context::Context;
use super::partition_list;
use super::probe::Watermarks;
use crate::config::{End, Start};
use crate::feed::position::{Offsets, Topics};

/// The first offset to read of each partition.
pub(super) fn begin(
    consumer: &BaseConsumer<Context>,
    start: &Start,
    topics: &Topics,
    marks: &Watermarks,
    timeout: Duration,
) -> Result<Offsets, String> {
    Ok(match start {
        Start::Earliest => marks.iter().map(|(p, (low, _))| (*p, *low)).collect(),
        Start::Latest => marks.iter().map(|(p, (_, high))| (*p, *high)).collect(),
        Start::Offsets(given) => marks
            .iter()
            .map(|(partition, (low, high))| {
                let name = topics.name(partition.topic);
                let wanted = given.get(&*name).and_then(|of| of.get(&partition.id));
                let from = wanted.map_or(*low, |wanted| (*wanted).clamp(*low, *high));
                if let Some(wanted) = wanted.filter(|wanted| **wanted != from) {
                    let what = topics.describe(*partition);
                    tracing::warn!("{what} has {low} to {high}: begins at {from}, not at {wanted}");
                }
                (*partition, from)
            })
            .collect(),
        Start::Timestamp(time) => at_time(consumer, *time, topics, marks, timeout)?,
        Start::Ago(age) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let time = now.saturating_sub(*age).as_millis();
            at_time(consumer, i64::try_from(time).unwrap_or(i64::MAX), topics, marks, timeout)?
        }
        Start::Last(records) => last(*records, marks),
    })
}

/// The offset that each partition is read up to.
pub(super) fn end(
    consumer: &BaseConsumer<Context>,
    end: End,
    topics: &Topics,
    marks: &Watermarks,
    timeout: Duration,
) -> Result<Offsets, String> {
    match end {
        End::Latest => Ok(marks.iter().map(|(p, (_, high))| (*p, *high)).collect()),
        End::Timestamp(time) => at_time(consumer, time, topics, marks, timeout),
    }
}

/// Where reading begins again after a loss: where it began, as far as that is still there.
pub(super) fn again(marks: &Watermarks, began: &Offsets) -> Offsets {
    marks
        .iter()
        .map(|(partition, (low, high))| {
            // Beyond the end it is a topic that was made anew.
            let from = began.get(partition).filter(|from| *from <= high).unwrap_or(low);
            (*partition, *from.max(low))
        })
        .collect()
}

/// The first offset of each partition whose record is not older than `time`, in milliseconds.
fn at_time(
    consumer: &BaseConsumer<Context>,
    time: i64,
    topics: &Topics,
    marks: &Watermarks,
    timeout: Duration,
) -> Result<Offsets, String> {
    let failed = |error: &dyn std::fmt::Display| format!("offsets by time cannot be read: {error}");
    let times = marks.keys().map(|partition| (*partition, time)).collect();
    let asked = partition_list(topics, &times).map_err(|e| failed(&e))?;
    let found = consumer.offsets_for_times(asked, timeout).map_err(|e| failed(&e))?;
    marks
        .iter()
        .map(|(partition, (_, high))| {
            let name = topics.name(partition.topic);
            let element = found
                .find_partition(&name, partition.id)
                .ok_or_else(|| failed(&"an answer is missing"))?;
            element.error().map_err(|e| failed(&e))?;
            // No record is so new: reading begins with the next one.
            let offset = match element.offset() {
                Offset::Offset(offset) => offset,
                _ => *high,
            };
            Ok((*partition, offset))
        })
        .collect()
}

/// The newest `records` of all partitions, shared so that each gives as many as any other,
/// where it has them.
pub(super) fn last(records: u64, marks: &Watermarks) -> Offsets {
    let mut left = i64::try_from(records).unwrap_or(i64::MAX);
    let mut by_size: Vec<_> = marks.iter().collect();
    by_size.sort_by_key(|(_, (low, high))| high - low);
    let mut partitions = by_size.len() as i64;
    let mut starts = Offsets::new();
    // From the smallest: what it cannot give, the larger ones give.
    for (partition, (low, high)) in by_size {
        let share = (left / partitions).min(high - low);
        starts.insert(*partition, high - share);
        left -= share;
        partitions -= 1;
    }
    starts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::feed::testing::{at, offsets};

    #[test]
    fn after_a_loss_reading_begins_where_it_began() {
        let marks = Watermarks::from([
            (at(0), (100, 200)),
            (at(1), (0, 50)),
            (at(2), (0, 3)),
            (at(3), (7, 9)),
        ]);
        // Retention has taken some of 0; 1 is as it was; 2 was made anew; 3 is new.
        let began = offsets([(0, 20), (1, 40), (2, 10)]);
        assert_eq!(again(&marks, &began), offsets([(0, 100), (1, 40), (2, 0), (3, 7)]));
    }

    proptest! {
        /// As many as there are, up to the number asked for; no partition gives more than
        /// another but where the other has no more.
        #[test]
        fn the_last_records_are_shared(
            sizes in prop::collection::vec((0..50i64, 0..100i64), 1..8),
            records in 1..400u64,
        ) {
            let marks: Watermarks = sizes
                .iter()
                .enumerate()
                .map(|(id, (low, size))| (at(id as i32), (*low, low + size)))
                .collect();
            let starts = last(records, &marks);
            let given = |id: i32| marks[&at(id)].1 - starts[&at(id)];
            let all: i64 = (0..sizes.len() as i32).map(given).sum();
            let there: i64 = sizes.iter().map(|(_, size)| size).sum();
            prop_assert_eq!(all, there.min(records as i64));
            let most = (0..sizes.len() as i32).map(given).max().unwrap_or(0);
            for (id, (low, size)) in sizes.iter().enumerate() {
                prop_assert!(starts[&at(id as i32)] >= *low);
                let given = given(id as i32);
                prop_assert!(given == *size || given + 1 >= most, "{} of {}", given, most);
            }
        }
    }
}
