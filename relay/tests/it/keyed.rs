//! Keyed feeds: the last row of each key, for who was there and for who comes later.

use std::collections::BTreeMap;
use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_ipc::reader::StreamReader;
use millrace_relay::config::FeedConfig;
use millrace_relay::feed::Feed;
use serde_json::json;

use crate::client::Client;
use crate::http::get;
use crate::kafka::{Kafka, landed, relay, until};

fn by_id(kafka: &Kafka) -> FeedConfig {
    let mut feed = kafka.feed();
    feed.key = vec!["id".into()];
    feed
}

/// What is expected of a topic, while it is written.
#[derive(Default)]
struct Written {
    rows: BTreeMap<i64, String>,
    records: i64,
}

impl Written {
    fn put(&mut self, kafka: &Kafka, id: i64, name: &str) {
        let payload = format!("{{\"id\":{id},\"name\":\"{name}\"}}");
        kafka.send((id % 2) as i32, payload.as_bytes());
        self.rows.insert(id, name.into());
        self.records += 1;
    }

    fn remove(&mut self, kafka: &Kafka, id: i64) {
        kafka.send_tombstone((id % 2) as i32, id.to_string().as_bytes());
        self.rows.remove(&id);
        self.records += 1;
    }
}

/// Whether the feed has read so many records, of whatever kind.
fn has_read(records: i64) -> impl Fn(&Feed) -> bool {
    move |feed| {
        let log = feed.log();
        log.as_ref().is_some_and(|log| log.end().values().sum::<i64>() >= records)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_replace_those_of_their_key_and_tombstones_remove_them() {
    let kafka = Kafka::start(2);
    let mut written = Written::default();
    let relay = relay(by_id(&kafka)).await;
    let mut early = Client::subscribe(relay.local_addr()).await;
    for round in 0..20 {
        for id in 0..40 {
            written.put(&kafka, id, &format!("n{id} round {round}"));
        }
        written.remove(&kafka, round * 2);
        written.remove(&kafka, 1_000 + round);
    }
    kafka.flush();
    until(&relay, "read", has_read(written.records)).await;
    early.keyed(&written.rows).await;

    // Who comes later gets each row once, then what follows.
    let mut late = Client::subscribe(relay.local_addr()).await;
    late.keyed(&written.rows).await;
    assert!(late.table.frames < early.table.frames, "{} frames", late.table.frames);
    written.put(&kafka, 3, "changed");
    written.remove(&kafka, 5);
    written.put(&kafka, 77, "new");
    kafka.flush();
    early.keyed(&written.rows).await;
    late.keyed(&written.rows).await;
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_gets_what_changed_or_begins_with_a_snapshot() {
    let kafka = Kafka::start(2);
    let mut written = Written::default();
    let mut feed = by_id(&kafka);
    feed.retention.bytes = 64 << 10;
    let relay = relay(feed).await;
    for id in 0..100 {
        written.put(&kafka, id, "first");
    }
    kafka.flush();
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.keyed(&written.rows).await;
    let (table, resume) = (client.table.clone(), client.table.resume());
    let token = client.table.token_only();
    drop(client);

    written.put(&kafka, 7, "second");
    written.remove(&kafka, 8);
    kafka.flush();
    until(&relay, "read", has_read(written.records)).await;
    for resume in [resume, token.clone()] {
        let mut client = Client::come_back(relay.local_addr(), table.clone(), resume).await;
        client.keyed(&written.rows).await;
        assert_eq!((client.table.starts[0].as_str(), client.table.resets.len()), ("resumed", 0));
    }

    // More than the log keeps: which rows are gone since, only a snapshot tells.
    for round in 0..300 {
        for id in 0..20 {
            written.put(&kafka, id, &format!("round {round}"));
        }
    }
    written.remove(&kafka, 50);
    kafka.flush();
    until(&relay, "read", has_read(written.records)).await;
    let mut client = Client::come_back(relay.local_addr(), table, token).await;
    client.keyed(&written.rows).await;
    assert_eq!(client.table.resets.len(), 1);
    assert_eq!(client.table.starts, ["history"]);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_within_a_snapshot_begins_anew() {
    let kafka = Kafka::start(2);
    let mut written = Written::default();
    let relay = relay(by_id(&kafka)).await;
    for id in 0..1_000 {
        written.put(&kafka, id, "row");
    }
    kafka.flush();
    until(&relay, "read", has_read(written.records)).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    // One frame of several: what it has is no position.
    while client.table.frames == 0 {
        client.next().await;
    }
    assert!(client.table.keyed.len() < 1_000);
    assert_eq!(client.table.token["topics"]["numbers"], json!({"0": 0, "1": 0}));
    let (table, resume) = (client.table.clone(), client.table.token_only());
    drop(client);
    let mut client = Client::come_back(relay.local_addr(), table, resume).await;
    client.keyed(&written.rows).await;
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_that_changed_longest_ago_go_where_there_are_too_many() {
    let kafka = Kafka::start(2);
    let mut written = Written::default();
    let mut feed = by_id(&kafka);
    feed.retention.rows = 50;
    let relay = relay(feed).await;
    let mut early = Client::subscribe(relay.local_addr()).await;
    for id in 0..40 {
        written.put(&kafka, id, "first");
    }
    kafka.flush();
    early.keyed(&written.rows).await;
    // In one partition, so that their order is one.
    for id in [0, 2, 4, 100, 102, 104, 106, 108, 110, 112, 114, 116, 118] {
        written.put(&kafka, id, "second");
    }
    kafka.flush();
    until(&relay, "read", has_read(written.records)).await;
    let mut late = Client::subscribe(relay.local_addr()).await;
    while late.table.caught_up == 0 || late.table.keyed.len() != 50 {
        late.next().await;
    }
    early.keyed(&late.table.keyed.clone()).await;
    for id in [0, 2, 4, 118] {
        assert_eq!(late.table.keyed[&id], "second");
    }
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_a_key_are_bad_and_the_others_are_exported() {
    let kafka = Kafka::start(2);
    let mut written = Written::default();
    let relay = relay(by_id(&kafka)).await;
    written.put(&kafka, 1, "one");
    kafka.send(0, b"{\"name\":\"nobody\"}");
    kafka.send(0, b"{\"id\":null,\"name\":\"nobody\"}");
    kafka.send_tombstone(0, b"one");
    kafka.send_tombstone(0, b"");
    written.put(&kafka, 2, "two");
    written.put(&kafka, 1, "last");
    kafka.flush();
    landed(&relay, 2).await;
    until(&relay, "four bad ones", |f| f.status().bad == 4).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.keyed(&written.rows).await;
    let reason =
        relay.feed("numbers").expect("the feed").status().json()["bad"]["last"]["reason"].clone();
    assert!(reason.as_str().expect("a reason").contains("its key is not a row's"), "{reason}");

    let (_, _, body) = get(relay.local_addr(), "/feeds/numbers.arrow", "").await;
    let reader = StreamReader::try_new(Cursor::new(body), None).expect("a stream");
    assert_eq!(reader.schema().metadata()["millrace.kind"], "keyed");
    assert_eq!(reader.schema().fields().len(), 2);
    let mut ids: Vec<i64> = reader
        .flat_map(|batch| {
            batch.expect("rows").column(0).as_primitive::<Int64Type>().values().to_vec()
        })
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2]);
    relay.shutdown().await;
}
