//! Feeds of several topics, of topics that come later, and of a part of a topic.

use millrace_relay::config::{End, FeedConfig, Start, TopicSelection};
use serde_json::json;

use crate::client::Client;
use crate::kafka::{Kafka, landed, relay, until, with_source};

fn of_topics(kafka: &Kafka, names: &[&str]) -> FeedConfig {
    with_source(kafka.feed(), |source| {
        source.topics = TopicSelection::Names(names.iter().map(ToString::to_string).collect());
    })
}

/// The numbers that a feed has read once it has as many rows.
async fn read(feed: FeedConfig, rows: usize) -> Vec<i64> {
    let relay = relay(feed).await;
    landed(&relay, rows as u64).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(rows).await;
    relay.shutdown().await;
    let mut ids = client.table.ids;
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn two_topics_are_one_table_and_a_client_resumes_in_both() {
    let mut kafka = Kafka::start(2);
    kafka.create("others", 1);
    kafka.numbers("others", 1_000..1_100);
    kafka.rows(0, 50);
    kafka.rows(1, 50);
    let first = relay(of_topics(&kafka, &["numbers", "others"])).await;
    landed(&first, 200).await;
    let mut client = Client::subscribe(first.local_addr()).await;
    client.rows(200).await;
    assert_eq!(
        client.table.token["topics"],
        json!({"numbers": {"0": 50, "1": 50}, "others": {"0": 100}})
    );
    let table = client.table.clone();
    drop(client);
    first.shutdown().await;

    // Another relay numbers the topics in another order, and begins where more has come to both.
    kafka.rows(1, 10);
    kafka.numbers("others", 1_100..1_120);
    let latest = of_topics(&kafka, &["others", "numbers"]);
    let second = relay(with_source(latest, |source| source.start = Start::Latest)).await;
    until(&second, "begun", |f| f.log().is_some()).await;
    kafka.rows(0, 5);
    kafka.numbers("others", 1_120..1_125);
    let resume = table.token_only();
    let mut client = Client::come_back(second.local_addr(), table, resume).await;
    client.rows(240).await;
    assert_eq!((client.table.starts[0].as_str(), client.table.resets.len()), ("resumed", 0));
    assert!(client.table.replayed > 0);
    let mut ids = client.table.ids;
    ids.sort_unstable();
    assert_eq!(ids, (0..115).chain(1_000..1_125).collect::<Vec<i64>>());
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_comes_later_joins_where_a_pattern_matches() {
    let mut kafka = Kafka::start(1);
    kafka.create("unnumbered", 1);
    kafka.numbers("unnumbered", 1_000..1_010);
    kafka.rows(0, 20);
    let feed = with_source(kafka.feed(), |source| {
        let pattern = regex::Regex::new("^(?:numbers.*)$").expect("a pattern");
        source.topics = TopicSelection::Pattern(pattern);
        source.properties.insert("topic.metadata.refresh.interval.ms".into(), "100".into());
    });
    let relay = relay(feed).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(20).await;
    // What it had before it was found belongs to the feed as well.
    kafka.create("numbers_of_friday", 1);
    kafka.numbers("numbers_of_friday", 20..30);
    client.rows(30).await;
    kafka.rows(0, 0);
    kafka.numbers("numbers_of_friday", 30..40);
    client.rows(40).await;
    client.table.assert_has_each_once(40);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_begins_where_it_is_told_to() {
    let mut kafka = Kafka::start(2);
    kafka.rows(0, 100);
    kafka.rows(1, 10);
    let from = |start: Start| with_source(kafka.feed(), |source| source.start = start);
    // A partition that has fewer than its share leaves the rest to the other.
    let last = read(from(Start::Last(60)), 60).await;
    assert_eq!(last, (50..110).collect::<Vec<i64>>());
    let of = |offsets: &[(i32, i64)]| {
        Start::Offsets([("numbers".to_string(), offsets.iter().copied().collect())].into())
    };
    assert_eq!(read(from(of(&[(0, 98), (1, 5)])), 7).await, [98, 99, 105, 106, 107, 108, 109]);
    // A partition that is not named is read from its beginning.
    assert_eq!(read(from(of(&[(0, 100)])), 10).await, (100..110).collect::<Vec<i64>>());
    // Beyond the end there is nothing to wait for: the next record is read.
    let relay = relay(from(of(&[(0, 1_000), (1, 10)]))).await;
    until(&relay, "begun", |f| f.log().is_some()).await;
    let rows = kafka.rows(0, 1);
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(1).await;
    assert_eq!(client.table.ids, [rows - 1]);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_with_an_end_says_when_it_is_complete() {
    let mut kafka = Kafka::start(2);
    kafka.create("others", 1);
    kafka.rows(0, 300);
    kafka.send(1, b"bad");
    kafka.numbers("others", 300..310);
    let feed = with_source(of_topics(&kafka, &["numbers", "others"]), |source| {
        source.end = Some(End::Latest);
    });
    let relay = relay(feed).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(310).await;
    until(&relay, "complete", |f| f.status().source.name() == "complete").await;
    // What comes later is not of this feed.
    let rows = kafka.rows(0, 50) - 50;
    let mut late = Client::subscribe(relay.local_addr()).await;
    late.caught_up().await;
    assert_eq!((late.table.ids.len(), rows), (310, 300));
    assert_eq!(relay.feed("numbers").expect("the feed").status().json()["source"], "complete");
    relay.shutdown().await;
}
