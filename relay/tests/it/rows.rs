//! Rows: each comes once, in the order of its partition, with what describes it.

use std::time::Duration;

use millrace_relay::config::SourceConfig;
use millrace_relay::feed::frame::Variant;
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Event};
use crate::kafka::{Kafka, feed, landed, relay, until};

#[tokio::test(flavor = "multi_thread")]
async fn history_and_live_rows_come_once_and_in_order() {
    let mut kafka = Kafka::start(3);
    for partition in 0..3 {
        kafka.rows(partition, 500);
    }
    let relay = relay(kafka.feed()).await;
    landed(&relay, 1500).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    let subscribed = client.text("subscribed").await;
    assert_eq!(subscribed["kind"], "append");
    assert_eq!(subscribed["first_seq"], 0);
    assert_eq!(subscribed["replay_rows"], 0);
    assert_eq!(subscribed["limit"], 1_000_000);
    assert_eq!(
        subscribed["columns"],
        json!([{"name": "id", "type": "int64", "nullable": true}, {"name": "name", "type": "utf8", "nullable": true}])
    );
    client.caught_up().await;
    client.rows(1500).await;
    for partition in 0..3 {
        kafka.rows(partition, 100);
    }
    client.rows(1800).await;
    client.table.assert_has_each_once(1800);
    assert_eq!((client.table.caught_up, client.table.resets.len()), (1, 0));
    // Within a partition the order is the topic's.
    for ids in [0..500, 500..1000, 1000..1500] {
        let of_partition: Vec<i64> =
            client.table.ids.iter().copied().filter(|id| ids.contains(id)).collect();
        assert!(of_partition.is_sorted());
    }
    relay.shutdown().await;
}

/// The queue is full again and again on the way. At librdkafka's own rest of a second each time
/// this takes 19 s, and half a second without.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_topic_is_read_without_rests() {
    let mut kafka = Kafka::start(1);
    let rows = kafka.padded_rows(0, 4000, 700);
    let mut feed = kafka.feed();
    let SourceConfig::Kafka(source) = &mut feed.source;
    for (name, value) in [("queued.max.messages.kbytes", "8"), ("fetch.message.max.bytes", "8192")]
    {
        source.properties.insert(name.into(), value.into());
    }
    let relay = relay(feed).await;
    let read = timeout(Duration::from_secs(8), landed(&relay, rows as u64));
    read.await.expect("the topic is read in a fraction of that");
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_come_before_the_topic_has_anything() {
    let mut kafka = Kafka::start(1);
    let relay = relay(kafka.feed()).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.caught_up().await;
    assert!(client.table.ids.is_empty());
    let rows = kafka.rows(0, 10);
    client.rows(10).await;
    client.table.assert_has_each_once(rows);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_records_are_skipped_counted_and_shown() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 50);
    let long = format!("not json {}", "ü".repeat(300));
    for bad in [
        long.as_str(),
        "{\"id\":\"x\",\"name\":\"a\"}",
        "{\"id\":1.5}",
        "[{\"id\":1}]",
        "{\"id\":1}{\"id\":2}",
        "",
    ] {
        kafka.send(0, bad.as_bytes());
    }
    let rows = kafka.rows(0, 50);
    let relay = relay(kafka.feed()).await;
    until(&relay, "6 bad records", |f| f.status().bad == 6 && f.status().rows == 100).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(100).await;
    // Positions join over the bad records: the client checks that of every frame.
    client.table.assert_has_each_once(rows);
    assert_eq!(client.table.token["topics"]["numbers"]["0"], 106);
    let status = client.text("status").await;
    let bad = &status["feeds"]["numbers"]["bad"];
    assert_eq!(bad["count"], 6);
    assert_eq!((&bad["last"]["partition"], &bad["last"]["offset"]), (&json!(0), &json!(55)));
    kafka.send(0, long.as_bytes());
    kafka.flush();
    until(&relay, "7 bad records", |f| f.status().bad == 7).await;
    let last = feed(&relay).status().last_bad.clone().unwrap();
    assert!(last.reason.starts_with("not JSON"), "{}", last.reason);
    assert!(last.sample.len() <= 204 && last.sample.starts_with("not json ü"), "{}", last.sample);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_inferred_from_a_sample_and_then_fixed() {
    let kafka = Kafka::start(1);
    for n in 0..20 {
        let record =
            format!("{{\"when\":\"2024-01-31T10:00:{n:02}Z\",\"id\":{n},\"deep\":{{\"a\":1}}}}");
        kafka.send(0, record.as_bytes());
    }
    kafka.send(0, b"{\"id\":2.5}");
    kafka.send(0, b"{\"id\":20,\"new\":true}");
    kafka.flush();
    let mut config = kafka.feed();
    config.schema = None;
    config.infer.rows = 20;
    let relay = relay(config).await;
    // Whether the fraction is in the sample depends on how the broker hands records out; either
    // way the columns are of the sample and every record is a row or bad.
    until(&relay, "22 records", |f| {
        let status = f.status();
        status.rows + status.bad == 22
    })
    .await;
    let mut client = Client::connect(relay.local_addr()).await;
    client.say(json!({"type": "subscribe", "id": 1, "feed": "numbers"})).await;
    let subscribed = loop {
        if let Event::Text(message) = client.next().await
            && message["type"] == "subscribed"
        {
            break message;
        }
    };
    let columns = subscribed["columns"].as_array().unwrap();
    assert_eq!(columns[0], json!({"name": "when", "type": "timestamp(ms)", "nullable": true}));
    assert_eq!(columns[2], json!({"name": "deep", "type": "utf8", "nullable": true}));
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_frames_are_for_those_who_read_them() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 400);
    let mut config = kafka.feed();
    config.compression = millrace_relay::config::Compression::Lz4;
    let relay = relay(config).await;
    landed(&relay, 400).await;
    let plain = feed(&relay).memory();
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(400).await;
    assert_eq!(feed(&relay).memory(), plain, "nobody asked for LZ4 yet");
    for _ in 0..2 {
        let mut client =
            Client::open(relay.local_addr(), tokio::net::TcpSocket::new_v4().unwrap()).await;
        client.hello(&["lz4"]).await;
        client.say(json!({"type": "subscribe", "id": 1, "feed": "numbers"})).await;
        client.rows(400).await;
        client.table.assert_has_each_once(400);
    }
    let both = feed(&relay).memory();
    assert!(both > plain && both < plain * 2, "each frame is compressed once: {plain}, {both}");
    let feed = feed(&relay);
    let frames = feed.log().as_ref().unwrap().next_seq();
    for variant in [Variant::Plain, Variant::Lz4] {
        assert_eq!(feed.costs().encodings(variant), frames, "for three clients, {variant:?}");
    }
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_closes_and_what_is_wrong_answers() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 5);
    let relay = relay(kafka.feed()).await;
    let address = relay.local_addr();
    let mut client = Client::subscribe(address).await;
    client.rows(5).await;
    client.say(json!({"type": "ping", "n": 7})).await;
    assert_eq!(client.text("pong").await["n"], 7);
    client.say(json!({"type": "subscribe", "id": 2, "feed": "nubmers"})).await;
    let error = client.text("error").await;
    assert_eq!((&error["id"], &error["code"]), (&json!(2), &json!("unknown_feed")));
    assert_eq!(error["expected"], "one of: numbers");
    client.say(json!({"type": "subscribe", "id": 2, "feed": "numbers"})).await;
    assert_eq!(client.text("error").await["code"], "already_subscribed");
    client.say(json!({"type": "unsubscribe", "id": 1})).await;
    client.say(json!({"type": "ping", "n": 8})).await;
    assert_eq!(client.text("pong").await["n"], 8);
    client.say(json!({"type": "subscribe", "id": 2, "feed": "numbers"})).await;
    client.rows(5).await;
    let wrong = [
        Message::text("{"),
        Message::text("{\"type\":\"dance\"}"),
        Message::text("{\"type\":\"hello\",\"version\":2}"),
        Message::binary(vec![1, 2, 3]),
        Message::text("x".repeat(70_000)),
    ];
    for message in wrong {
        let mut client = Client::connect(address).await;
        client.raw(message.clone()).await;
        let (code, reason) = client.closed().await.expect("a close frame");
        assert_eq!(code, 4400, "{message:?}: {reason}");
    }
    let mut client = Client::open(address, tokio::net::TcpSocket::new_v4().unwrap()).await;
    client.say(json!({"type": "subscribe", "id": 1, "feed": "numbers"})).await;
    assert_eq!(client.closed().await.expect("a close frame").0, 4400);
    relay.shutdown().await;
}
