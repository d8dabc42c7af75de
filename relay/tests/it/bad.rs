//! What becomes of records that cannot be read.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message, OwnedMessage};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use serde_json::json;

use crate::client::Client;
use crate::kafka::{Kafka, PATIENCE, feed, landed, relay, until};
use crate::payloads::feed_with;

/// So many records of the topic of dead letters.
fn dead_letters(kafka: &Kafka, count: usize) -> Vec<OwnedMessage> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", kafka.broker.bootstrap())
        .set("group.id", "test")
        .set("fetch.wait.max.ms", "10")
        .create()
        .expect("a consumer");
    let mut list = TopicPartitionList::new();
    list.add_partition_offset("dead", 0, Offset::Beginning).expect("an offset");
    consumer.assign(&list).expect("it is assigned");
    let begun = Instant::now();
    let mut found = Vec::new();
    while found.len() < count {
        assert!(begun.elapsed() < PATIENCE, "{} of {count} dead letters", found.len());
        if let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) {
            found.push(message.detach());
        }
    }
    found
}

fn header<'m>(message: &'m OwnedMessage, name: &str) -> Vec<&'m str> {
    let headers = message.headers().expect("headers");
    let same = headers.iter().filter(|header| header.key == name);
    same.map(|header| std::str::from_utf8(header.value.unwrap()).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_records_may_go_to_a_topic() {
    let mut kafka = Kafka::start(1);
    kafka.broker.with(|cluster| cluster.create_topic("dead", 1, 1).unwrap());
    kafka.rows(0, 3);
    kafka.send_with(0, Some(b"k\xff"), &[("trace", b"t1")], b"not json");
    kafka.send(0, b"{\"id\":\"x\"}");
    kafka.rows(0, 3);
    let lines = "on_bad = \"dead-letter\"\ndead_letter = { topic = \"dead\" }\n[feed.schema]\nid = \"int64\"\n";
    let relay = relay(feed_with(&kafka, lines)).await;
    landed(&relay, 6).await;
    let found = dead_letters(&kafka, 2);
    let first = &found[0];
    assert_eq!((first.key(), first.payload()), (Some(&b"k\xff"[..]), Some(&b"not json"[..])));
    assert_eq!(header(first, "trace"), ["t1"]);
    assert!(header(first, "millrace.reason")[0].starts_with("not JSON"));
    assert_eq!(header(first, "millrace.feed"), ["numbers"]);
    assert_eq!(header(first, "millrace.topic"), ["numbers"]);
    assert_eq!(
        (header(first, "millrace.partition"), header(first, "millrace.offset")),
        (vec!["0"], vec!["3"])
    );
    assert_eq!((found[1].key(), header(&found[1], "millrace.offset")), (None, vec!["4"]));
    until(&relay, "two delivered", |f| {
        f.status().json()["bad"]["dead_letters"] == json!({"delivered": 2, "failed": 0})
    })
    .await;
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_that_cannot_be_delivered_stop_nothing() {
    let mut kafka = Kafka::start(1);
    kafka.broker.with(|cluster| cluster.create_topic("dead", 1, 1).unwrap());
    kafka.rows(0, 3);
    kafka.send(0, "x".repeat(2000).as_bytes());
    kafka.send(0, b"short");
    kafka.rows(0, 3);
    let lines = "on_bad = \"dead-letter\"\n[feed.dead_letter]\ntopic = \"dead\"\n\
                 properties = { \"message.max.bytes\" = 1000 }\n[feed.schema]\nid = \"int64\"\n";
    let relay = relay(feed_with(&kafka, lines)).await;
    until(&relay, "one delivered and one not", |f| {
        f.status().json()["bad"]["dead_letters"] == json!({"delivered": 1, "failed": 1})
    })
    .await;
    landed(&relay, 6).await;
    assert_eq!(feed(&relay).status().bad, 2);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_fails_shows_what_came_before() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 3);
    kafka.send(0, b"not json");
    kafka.rows(0, 3);
    let relay =
        relay(feed_with(&kafka, "on_bad = \"fail\"\n[feed.schema]\nid = \"int64\"\n")).await;
    until(&relay, "failed", |f| f.status().source.name() == "failed").await;
    let detail = feed(&relay).status().source.to_string();
    assert!(detail.contains("the record at offset 3 of partition 0 is bad: not JSON"), "{detail}");
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(3).await;
    assert_eq!(client.table.token["topics"]["numbers"]["0"], 3, "the bad record is not passed");
    relay.shutdown().await;
}
