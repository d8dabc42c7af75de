//! Avro behind the ids of a schema registry: schemas that change, ids that are not there, and a
//! registry that goes away and comes back.

use std::net::SocketAddr;

use millrace_relay::RelayHandle;
use millrace_relay::demo::registry::Registry;
use serde_json::json;

use crate::client::Client;
use crate::kafka::{Kafka, feed, landed, relay, until};
use crate::payloads::feed_with;

const FIRST: &str = r#"{"type":"record","name":"Sale","fields":[{"name":"id","type":"long"}]}"#;
/// With a field before the one that was there.
const SECOND: &str = r#"{"type":"record","name":"Sale","fields":[
    {"name":"store","type":"string"},{"name":"id","type":"long"}]}"#;
const USING: &str = r#"{"type":"record","name":"Sale","fields":[
    {"name":"id","type":"long"},{"name":"at","type":"Place"}]}"#;
const PLACE: &str =
    r#"{"type":"record","name":"Place","fields":[{"name":"city","type":"string"}]}"#;

fn any_port() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

/// A record of schema `id` with small numbers and short texts.
fn record(schema: u32, text: Option<&str>, id: u8) -> Vec<u8> {
    assert!(id < 64, "a number of one byte");
    let mut bytes = vec![0];
    bytes.extend(schema.to_be_bytes());
    if let Some(text) = text {
        bytes.push(text.len() as u8 * 2);
        bytes.extend(text.bytes());
    }
    bytes.push(id * 2);
    bytes
}

/// Waits until so many records are rows or bad.
async fn decoded(relay: &RelayHandle, rows: u64, bad: u64) {
    until(relay, &format!("{rows} rows and {bad} bad"), |feed| {
        let status = feed.status();
        (status.rows, status.bad) == (rows, bad)
    })
    .await;
}

async fn state(relay: &RelayHandle, name: &str, detail: &str) {
    until(relay, &format!("{name}: {detail}"), |feed| {
        let source = feed.status().source.clone();
        source.name() == name && source.detail().unwrap_or_default().contains(detail)
    })
    .await;
}

fn avro(registry: &str, more: &str) -> String {
    format!("[feed.format]\ntype = \"avro\"\nregistry = {{ url = \"{registry}\" }}\n{more}")
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_of_one_topic_may_differ() {
    let registry = Registry::start(any_port()).await.expect("a registry");
    registry.register(7, "numbers-value", FIRST, json!({}));
    registry.register(300, "numbers-value", SECOND, json!({}));
    let kafka = Kafka::start(1);
    let records = [
        record(7, None, 1),
        record(300, Some("x"), 2),
        record(7, None, 3),
        b"{\"id\":1}".to_vec(),
        record(300, Some("y"), 4),
        record(9, None, 5),
        record(9, None, 5),
        vec![0, 0, 0, 0, 7],
    ];
    for record in &records {
        kafka.send(0, record);
    }
    kafka.flush();
    let relay = relay(feed_with(&kafka, &avro(&registry.url(), ""))).await;
    decoded(&relay, 4, 4).await;
    {
        let feed = feed(&relay);
        let log = feed.log();
        let columns = &log.as_ref().expect("a log").epoch.schema.columns;
        let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["store", "id"], "the newest schema gives the columns");
    }
    // Each schema was fetched once, the missing one too, and the subject.
    assert_eq!(registry.asked(), 4);
    kafka.send(0, &record(9, None, 6));
    kafka.flush();
    decoded(&relay, 4, 5).await;
    let last = feed(&relay).status().last_bad.clone().expect("a bad record");
    assert_eq!(last.reason, "schema 9 is not in the registry");
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_is_away_is_waited_for() {
    // An address where nobody listens yet.
    let address = Registry::start(any_port()).await.expect("a registry").address();
    let kafka = Kafka::start(1);
    for id in 0..10 {
        kafka.send(0, &record(1, None, id));
    }
    kafka.flush();
    let lines = avro(&format!("http://{address}"), "[feed.schema]\nid = \"int64\"\n");
    let relay = relay(feed_with(&kafka, &lines)).await;
    state(&relay, "disconnected", "the schema registry at http://127.0.0.1").await;
    let registry = loop {
        // Its port is free once the system has seen the first one end.
        match Registry::start(address).await {
            Ok(registry) => break registry,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    registry.register(1, "numbers-value", FIRST, json!({}));
    landed(&relay, 10).await;
    state(&relay, "connected", "").await;
    // What is known is enough while the registry is down; what is new waits, in its order.
    registry.set_down(true);
    kafka.send(0, &record(1, None, 10));
    kafka.flush();
    landed(&relay, 11).await;
    registry.register(2, "numbers-value", SECOND, json!({}));
    kafka.send(0, &record(2, Some("x"), 11));
    kafka.send(0, &record(1, None, 12));
    kafka.flush();
    state(&relay, "disconnected", "answers with status 503").await;
    assert_eq!(feed(&relay).status().rows, 11);
    registry.set_down(false);
    landed(&relay, 13).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(13).await;
    assert_eq!(client.table.ids, (0..13).collect::<Vec<i64>>());
    assert_eq!(feed(&relay).status().bad, 0);
    // A relay that waits can be ended.
    registry.set_down(true);
    kafka.send(0, &record(3, None, 1));
    kafka.flush();
    state(&relay, "disconnected", "503").await;
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_may_want_a_password() {
    let registry = Registry::start(any_port()).await.expect("a registry");
    // RFC 7617's own example: Aladdin, open sesame.
    registry.require("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    registry.register(1, "places", PLACE, json!({}));
    let references = json!([{"name": "Place", "subject": "places", "version": 1}]);
    registry.register(2, "other", USING, json!({"references": references}));
    let kafka = Kafka::start(1);
    kafka.send(0, &[0, 0, 0, 0, 2, 10, 2, b'B']);
    kafka.flush();
    let secret = tempfile::NamedTempFile::new().expect("a file");
    let with_password = |password: &str| {
        std::fs::write(secret.path(), password).expect("it is written");
        format!(
            "[feed.format]\ntype = \"avro\"\n[feed.format.registry]\nurl = \"{}\"\nsubject = \"other\"\n\
             username = \"Aladdin\"\npassword = {{ file = \"{}\" }}\n",
            registry.url(),
            secret.path().display()
        )
    };
    let config = feed_with(&kafka, &with_password("wrong sesame"));
    assert!(!format!("{config:?}").contains("sesame"));
    let wrong = relay(config).await;
    state(&wrong, "disconnected", "refuses the username and password: status 401").await;
    wrong.shutdown().await;
    let right = relay(feed_with(&kafka, &with_password("open sesame\n"))).await;
    decoded(&right, 1, 0).await;
    {
        let feed = feed(&right);
        let log = feed.log();
        let columns = &log.as_ref().expect("a log").epoch.schema.columns;
        let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["id", "at.city"]);
    }
    right.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_have_their_types_from_the_registry() {
    /// The descriptor of a file with `message Sale { int64 id = 1; }`.
    const FILE: &str = "IhIKBFNhbGUSCgoCaWQYASABKANiBnByb3RvMw==";
    let registry = Registry::start(any_port()).await.expect("a registry");
    let source = "syntax = \"proto3\"; message Sale { int64 id = 1; }";
    let more = json!({"schemaType": "PROTOBUF", "serialized": FILE});
    registry.register(5, "numbers-value", source, more);
    registry.register(6, "avro", FIRST, json!({}));
    let kafka = Kafka::start(1);
    kafka.send(0, &[0, 0, 0, 0, 5, 0, 8, 1]);
    kafka.send(0, &[0, 0, 0, 0, 5, 2, 0, 8, 2]);
    kafka.send(0, &[0, 0, 0, 0, 5, 2, 2, 8, 3]);
    kafka.send(0, &[0, 0, 0, 0, 6, 0, 8, 4]);
    kafka.flush();
    let lines = avro(&registry.url(), "").replace("avro", "protobuf");
    let relay = relay(feed_with(&kafka, &lines)).await;
    decoded(&relay, 2, 2).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(2).await;
    assert_eq!(client.table.ids, [1, 2]);
    relay.shutdown().await;
}
