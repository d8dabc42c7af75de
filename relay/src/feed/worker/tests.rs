//! A worker whose source is the test.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use super::*;
use crate::config::{
    ColumnType, Condition, FeedConfig, KafkaConfig, Literal, Operator, SourceConfig,
};
use crate::feed::testing::{at, offsets, origin};

/// A worker whose source is the test.
struct Fed {
    feed: Arc<Feed>,
    events: SyncSender<SourceEvent>,
    thread: thread::JoinHandle<()>,
}

impl Fed {
    fn new(change: impl FnOnce(&mut FeedConfig)) -> Self {
        let source = SourceConfig::Kafka(KafkaConfig::new("none", "t"));
        let mut config = FeedConfig::new("f", source);
        config.schema = Some(vec![Column { name: "n".into(), kind: ColumnType::Int64 }]);
        config.batch.interval = Duration::from_secs(3600);
        change(&mut config);
        let feed = Arc::new(Feed::new(config));
        let (events, receiver) = sync_channel(16);
        let thread =
            spawn(feed.clone(), Arc::default(), receiver, Arc::default()).expect("a thread");
        Self { feed, events, thread }
    }

    fn began<const N: usize>(&self, starts: [(i32, i64); N]) {
        self.tell(SourceEvent::Began { origin: origin(), starts: offsets(starts) });
    }

    fn tell(&self, event: SourceEvent) {
        self.events.send(event).expect("the worker listens");
    }

    fn records(&self, records: &[(i32, i64, &str)]) {
        let mut all = Records::default();
        for (partition, offset, payload) in records {
            all.push(Record {
                partition: at(*partition),
                offset: *offset,
                timestamp: Some(*offset),
                payload: Some(payload.as_bytes()),
                ..Record::default()
            });
        }
        self.tell(SourceEvent::Records(all));
    }

    /// Ends the source; the worker closes what is open.
    fn end(self) -> Arc<Feed> {
        drop(self.events);
        self.thread.join().expect("the worker ends well");
        self.feed
    }
}

/// A frame's rows, and its ranges by partition.
type Summary = (u64, Vec<(i32, std::ops::Range<i64>)>);

fn frames(feed: &Feed) -> Vec<Summary> {
    let log = feed.log();
    let log = log.as_ref().expect("a log");
    log.from(0)
        .map(|f| (f.rows.len(), f.rows.ranges.iter().map(|(p, r)| (p.id, r.clone())).collect()))
        .collect()
}

#[test]
fn positions_join_over_what_is_not_there() {
    let fed = Fed::new(|config| config.batch.rows = 2);
    fed.began([(0, 3), (1, 0)]);
    // Offsets that are missing were never records: markers, or compacted away.
    fed.records(&[(0, 5, "{\"n\":1}"), (1, 0, "bad"), (0, 6, "{\"n\":2}")]);
    fed.records(&[(1, 4, "{\"n\":3}"), (0, 9, "{\"n\":4}")]);
    let feed = fed.end();
    assert_eq!(frames(&feed), [(2, vec![(0, 3..7), (1, 0..1)]), (2, vec![(0, 7..10), (1, 1..5)])]);
    let status = feed.status();
    assert_eq!((status.rows, status.bad), (4, 1));
}

#[test]
fn rows_that_nobody_wants_are_passed_over() {
    let fed = Fed::new(|config| {
        config.filter = vec![Condition {
            column: "n".into(),
            operator: Operator::Greater,
            values: vec![Literal::Integer(1)],
        }];
        config.batch.bytes = 30;
    });
    fed.began([(0, 0)]);
    // The first ones fill no batch, however many bytes they are.
    let values = [1, 1, 1, 1, 1, 1, 2, 1, 3, 1];
    let records: Vec<String> = values.iter().map(|n| format!("{{\"n\":{n}}}")).collect();
    let records: Vec<_> =
        records.iter().enumerate().map(|(n, r)| (0, n as i64, r.as_str())).collect();
    fed.records(&records);
    let feed = fed.end();
    assert_eq!(frames(&feed), [(2, vec![(0, 0..10)])]);
    let status = feed.status();
    assert_eq!((status.rows, status.filtered, status.bad), (2, 8, 0));
    assert_eq!(status.json()["filtered"], 8);
}

#[test]
fn a_filter_of_a_column_that_is_not_inferred_ends_the_feed() {
    let fed = Fed::new(|config| {
        config.schema = None;
        config.infer.rows = 1;
        config.filter = vec![Condition {
            column: "b".into(),
            operator: Operator::IsNotNull,
            values: Vec::new(),
        }];
    });
    fed.began([(0, 0)]);
    fed.records(&[(0, 0, "{\"a\":1}")]);
    let status = fed.end().status().source.to_string();
    assert!(status.contains("filter: there is no column \"b\""), "{status}");
}

#[test]
fn a_feed_may_end_at_the_first_bad_record() {
    let fed = Fed::new(|config| config.on_bad = OnBad::Fail);
    fed.began([(0, 0)]);
    let (feed, events) = (fed.feed.clone(), fed.events.clone());
    fed.records(&[(0, 0, "{\"n\":1}"), (0, 1, "bad"), (0, 2, "{\"n\":2}"), (0, 3, "bad")]);
    fed.thread.join().expect("the worker ends by itself");
    assert!(events.send(SourceEvent::Lag(0)).is_err());
    assert_eq!(frames(&feed), [(1, vec![(0, 0..1)])]);
    let status = feed.status();
    let SourceState::Failed(why) = &status.source else { panic!("{}", status.source) };
    assert!(why.starts_with("the record at offset 1 of partition 0 is bad: not JSON"), "{why}");
    assert_eq!(status.bad, 1);
}

#[test]
fn a_complete_feed_has_all_of_its_rows() {
    let fed = Fed::new(|config| {
        config.schema = None;
        config.infer.wait = Duration::from_secs(3600);
    });
    fed.began([(0, 0)]);
    fed.records(&[(0, 0, "{\"a\":1}"), (0, 1, "{\"a\":2}")]);
    fed.tell(SourceEvent::State(SourceState::Complete));
    let start = Instant::now();
    while fed.feed.status().source != SourceState::Complete {
        assert!(start.elapsed() < Duration::from_secs(10), "it is never complete");
        thread::yield_now();
    }
    assert_eq!(fed.feed.status().rows, 2);
    fed.end();
}

#[test]
fn batches_are_closed_by_bytes_and_by_time() {
    let row = "{\"n\":1}";
    let fed = Fed::new(|config| config.batch.bytes = row.len() * 3);
    fed.began([(0, 0)]);
    fed.records(&(0..7).map(|n| (0, n, row)).collect::<Vec<_>>());
    assert_eq!(frames(&fed.end()).iter().map(|f| f.0).collect::<Vec<_>>(), [3, 3, 1]);

    let fed = Fed::new(|config| config.batch.interval = Duration::from_millis(1));
    fed.began([(0, 0)]);
    fed.records(&[(0, 0, row)]);
    let start = Instant::now();
    while fed.feed.status().rows == 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "the batch stays open");
        thread::yield_now();
    }
    fed.end();
}

#[test]
fn inferred_columns_stay_through_a_loss() {
    let fed = Fed::new(|config| {
        config.schema = None;
        config.infer.rows = 2;
    });
    fed.began([(0, 0)]);
    fed.records(&[(0, 0, "bad"), (0, 1, "bad")]);
    fed.records(&[(0, 2, "{\"a\":1}"), (0, 3, "{\"a\":2}"), (0, 4, "{\"a\":2.5}")]);
    fed.tell(SourceEvent::Lost("why".into()));
    fed.began([(0, 10)]);
    fed.records(&[(0, 10, "{\"a\":\"text\",\"b\":1}"), (0, 11, "{\"a\":7}")]);
    let feed = fed.end();
    let log = feed.log();
    let log = log.as_ref().expect("a log");
    let columns: Vec<_> =
        log.epoch.schema.columns.iter().map(|c| (c.name.as_str(), c.kind.clone())).collect();
    // All of the second chunk was in the sample.
    assert_eq!(columns, [("a", ColumnType::Float64)]);
    assert_eq!(log.begin(), &offsets([(0, 10)]));
    assert_eq!(log.rows(), 1);
    assert_eq!(feed.status().bad, 3);
}

#[test]
fn new_partitions_are_read_from_where_they_begin() {
    let fed = Fed::new(|_| {});
    fed.began([(0, 0)]);
    fed.records(&[(0, 0, "{\"n\":1}")]);
    fed.tell(SourceEvent::Added(offsets([(1, 0)])));
    fed.records(&[(1, 2, "{\"n\":2}")]);
    let feed = fed.end();
    assert_eq!(frames(&feed), [(2, vec![(0, 0..1), (1, 0..3)])]);
    let log = feed.log();
    assert_eq!(log.as_ref().expect("a log").begin(), &offsets([(0, 0), (1, 0)]));
}
