//! Coming back: from the log, cut, replayed from the topic, or anew with a reset.

use serde_json::json;

use crate::client::Client;
use crate::kafka::{Kafka, from_latest, landed, relay, until};

#[tokio::test(flavor = "multi_thread")]
async fn by_number_from_the_same_log() {
    let mut kafka = Kafka::start(2);
    kafka.rows(0, 300);
    let relay = relay(kafka.feed()).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(300).await;
    let table = client.table.clone();
    drop(client);
    kafka.rows(1, 300);
    kafka.rows(0, 300);
    landed(&relay, 900).await;
    let resume = table.resume();
    let mut client = Client::come_back(relay.local_addr(), table, resume).await;
    client.rows(900).await;
    assert_eq!(client.table.starts, ["resumed"]);
    assert_eq!(client.table.replayed, 0);
    client.caught_up().await;
    let rows = kafka.rows(0, 10);
    client.rows(910).await;
    client.table.assert_has_each_once(rows);
    // With nothing missed, nothing comes again.
    let (table, resume) = (client.table.clone(), client.table.resume());
    let mut client = Client::come_back(relay.local_addr(), table, resume).await;
    client.caught_up().await;
    client.table.assert_has_each_once(rows);
    relay.shutdown().await;
}

/// Another relay has cut the topic into other frames: those that straddle the token are cut.
#[tokio::test(flavor = "multi_thread")]
async fn by_token_on_a_fresh_relay_that_has_read_it_all() {
    let mut kafka = Kafka::start(3);
    let mut small = kafka.feed();
    small.batch.rows = 7;
    let first = relay(small).await;
    let mut client = Client::subscribe(first.local_addr()).await;
    for partition in 0..3 {
        kafka.rows(partition, 101);
    }
    client.rows(303).await;
    let table = client.table.clone();
    drop(client);
    first.shutdown().await;
    for partition in 0..3 {
        kafka.rows(partition, 50);
    }
    let second = relay(kafka.feed()).await;
    landed(&second, 453).await;
    let resume = table.resume();
    let mut client = Client::come_back(second.local_addr(), table, resume).await;
    client.rows(453).await;
    assert_eq!((client.table.starts[0].as_str(), client.table.replayed), ("resumed", 0));
    let rows = kafka.rows(2, 20);
    client.rows(473).await;
    client.table.assert_has_each_once(rows);
    // After a cut, the number alone would say too little: the token counts as well.
    let (table, resume) = (client.table.clone(), client.table.resume());
    let mut client = Client::come_back(second.local_addr(), table, resume).await;
    client.caught_up().await;
    client.table.assert_has_each_once(rows);
    second.shutdown().await;
}

/// A relay that starts anew while a client is ahead of it: the client waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn by_token_at_every_moment_of_a_fresh_relays_start() {
    let mut kafka = Kafka::start(3);
    for partition in 0..3 {
        kafka.rows(partition, 5000);
    }
    let first = relay(kafka.feed()).await;
    let mut client = Client::subscribe(first.local_addr()).await;
    client.rows(15_000).await;
    let table = client.table.clone();
    first.shutdown().await;
    let rows = kafka.rows(1, 100);
    let second = relay(kafka.feed()).await;
    let resume = table.token_only();
    // At once: the relay has hardly begun to read.
    let mut client = Client::come_back(second.local_addr(), table, resume).await;
    client.rows(15_100).await;
    assert_eq!((client.table.starts[0].as_str(), client.table.replayed), ("resumed", 0));
    client.table.assert_has_each_once(rows);
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_replay_from_the_topic_joined_to_the_log() {
    let mut kafka = Kafka::start(3);
    kafka.rows(0, 200);
    let first = relay(kafka.feed()).await;
    let mut client = Client::subscribe(first.local_addr()).await;
    client.rows(200).await;
    let table = client.table.clone();
    first.shutdown().await;
    // Missed, and not in the log of the next relay, which begins at the end.
    for partition in 0..3 {
        kafka.rows(partition, 300);
        kafka.send(partition, b"bad");
    }
    kafka.flush();
    let second = relay(from_latest(kafka.feed())).await;
    until(&second, "begun", |f| f.log().is_some()).await;
    for partition in 0..3 {
        kafka.rows(partition, 50);
    }
    let resume = table.resume();
    let mut client = Client::come_back(second.local_addr(), table, resume).await;
    client.rows(1250).await;
    assert_eq!(client.table.starts, ["resumed"]);
    assert!(client.table.replayed > 0 && client.table.resets.is_empty());
    client.caught_up().await;
    let rows = kafka.rows(1, 30);
    client.rows(1280).await;
    client.table.assert_has_each_once(rows);
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_reset_when_the_topic_has_lost_it() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let first = relay(kafka.feed()).await;
    let mut client = Client::subscribe(first.local_addr()).await;
    client.rows(10).await;
    let table = client.table.clone();
    first.shutdown().await;
    // The mock cluster keeps 5 MiB of a partition.
    let pad = "x".repeat(10_000);
    for n in 0..800 {
        kafka.send(0, format!("{{\"id\":{n},\"name\":\"a\",\"pad\":\"{pad}\"}}").as_bytes());
    }
    kafka.flush();
    let second = relay(from_latest(kafka.feed())).await;
    until(&second, "begun", |f| f.log().is_some()).await;
    let resume = table.resume();
    let mut client = Client::come_back(second.local_addr(), table, resume).await;
    client.caught_up().await;
    assert_eq!(client.table.starts, ["history"]);
    assert!(
        client.table.resets[0].contains("neither the log nor the topic"),
        "{:?}",
        client.table.resets
    );
    assert!(client.table.ids.is_empty());
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_reset_when_it_cannot_be_the_same_table() {
    let mut kafka = Kafka::start(1);
    let rows = kafka.rows(0, 10);
    let relay = relay(kafka.feed()).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(10).await;
    let good = client.table.clone();
    drop(client);
    let mut schema = good.resume();
    schema["schema"] = json!("0000000000000000");
    let mut cluster = good.resume();
    cluster["token"]["cluster"] = json!("other");
    let mut ahead = good.token_only();
    ahead["token"]["topics"]["numbers"]["0"] = json!(1_000_000);
    for (resume, why) in
        [(schema, "columns have changed"), (cluster, "another cluster"), (ahead, "made anew")]
    {
        let mut table = good.clone();
        table.ids.push(-1);
        let mut client = Client::come_back(relay.local_addr(), table, resume).await;
        client.caught_up().await;
        assert!(client.table.resets[0].contains(why), "{:?}", client.table.resets);
        client.table.assert_has_each_once(rows);
    }
    relay.shutdown().await;
}
