//! Another configuration for a relay that runs, and the end of one that is busy.

use std::io::Cursor;
use std::time::Duration;

use arrow_ipc::reader::StreamReader;
use millrace_relay::config::{AuthConfig, Config, FeedConfig, FeedSelection, Secret, SharedSecret};
use millrace_relay::{Relay, RelayHandle, Reloaded};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;

use crate::client::Client;
use crate::http::{ask, long_history};
use crate::kafka::{Kafka, config, feed};

/// The same feed by another name.
fn named(mut feed: FeedConfig, name: &str) -> FeedConfig {
    feed.name = name.into();
    feed
}

fn of(feeds: Vec<FeedConfig>) -> Config {
    let mut config = config(feeds[0].clone());
    config.feeds = feeds;
    config
}

fn secret(text: &str) -> AuthConfig {
    let value = Secret::new(text);
    AuthConfig { secrets: vec![SharedSecret { value, feeds: FeedSelection::All }], jwt: None }
}

async fn names(relay: &RelayHandle) -> Vec<String> {
    let (_, _, body) = ask("GET", relay.local_addr(), "/feeds", "").await;
    let feeds: Value = serde_json::from_slice(&body).unwrap();
    let feeds = feeds["feeds"].as_array().unwrap();
    feeds.iter().map(|feed| feed["name"].as_str().unwrap().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_come_and_go_and_those_that_are_the_same_go_on() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 100);
    let mut relay = Relay::start(config(kafka.feed())).await.unwrap();
    let before = feed(&relay);
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(100).await;
    let more = of(vec![named(kafka.feed(), "other"), kafka.feed()]);
    let reloaded = relay.reload(more).await.unwrap();
    assert_eq!(reloaded, Reloaded { added: vec!["other".into()], ..Reloaded::default() });
    assert_eq!(names(&relay).await, ["other", "numbers"]);
    assert!(std::sync::Arc::ptr_eq(&before, &feed(&relay)), "it is the same feed");
    client.say(json!({"type": "subscribe", "id": 2, "feed": "other"})).await;
    while client.text("subscribed").await["feed"] != "other" {}
    drop(client);

    let mut client = Client::subscribe_one_of(relay.local_addr(), "numbers").await;
    client.rows(100).await;
    let fewer = of(vec![named(kafka.feed(), "other")]);
    let reloaded = relay.reload(fewer).await.unwrap();
    assert_eq!(reloaded, Reloaded { removed: vec!["numbers".into()], ..Reloaded::default() });
    let error = client.text("error").await;
    assert_eq!((&error["code"], &error["id"]), (&json!("unknown_feed"), &json!(1)));
    assert_eq!(names(&relay).await, ["other"]);
    // What it was at is nothing now; what was counted stays.
    let (_, _, metrics) = ask("GET", relay.local_addr(), "/metrics", "").await;
    let metrics = String::from_utf8(metrics).unwrap();
    assert!(!metrics.contains("millrace_source_up{feed=\"numbers\"}"), "{metrics}");
    assert!(metrics.contains("millrace_rows_total{feed=\"numbers\"} 100"), "{metrics}");
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_changed_begins_anew_and_its_clients_follow() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 100);
    let mut relay = Relay::start(config(kafka.feed())).await.unwrap();
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(100).await;
    let mut changed = kafka.feed();
    changed.schema.as_mut().unwrap().truncate(1);
    let reloaded = relay.reload(config(changed)).await.unwrap();
    assert_eq!(reloaded, Reloaded { changed: vec!["numbers".into()], ..Reloaded::default() });
    client.text("reset").await;
    assert_eq!(client.text("subscribed").await["columns"].as_array().unwrap().len(), 1);
    kafka.rows(0, 50);
    client.rows(150).await;
    client.table.assert_has_each_once(150);
    assert_eq!(client.table.resets, ["the feed was configured anew"]);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_origins_and_limits_are_those_of_now() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let with = |change: &dyn Fn(&mut Config)| {
        let mut config = config(kafka.feed());
        config.server.auth = Some(secret("the-secret-of-the-beginning"));
        change(&mut config);
        config
    };
    let mut relay = Relay::start(with(&|_| {})).await.unwrap();
    let address = relay.local_addr();
    let greet = |token: &'static str| async move {
        let mut client = Client::open(address, TcpSocket::new_v4().unwrap()).await;
        client.say(json!({"type": "hello", "version": 1, "codecs": [], "token": token})).await;
        client
    };
    let mut before = greet("the-secret-of-the-beginning").await;
    before.text("hello").await;
    before.say(json!({"type": "subscribe", "id": 1, "feed": "numbers"})).await;
    before.rows(10).await;
    let origin =
        "Origin: https://dash.example.com\r\nAuthorization: Bearer another-secret-since-then\r\n";
    assert_eq!(ask("GET", address, "/feeds", origin).await.0, 403);

    let reloaded = relay
        .reload(with(&|config| {
            config.server.auth = Some(secret("another-secret-since-then"));
            config.server.allowed_origins = vec!["https://dash.example.com".into()];
            config.server.max_clients = 1;
            config.server.base_path = "/live".into();
        }))
        .await
        .unwrap();
    let unchanged = vec!["server.base_path"];
    assert_eq!(reloaded, Reloaded { unchanged, ..Reloaded::default() });
    // Who is there by a secret that is no more is let go.
    assert_eq!(before.closed().await.unwrap(), (4401, "the token is not accepted".into()));
    assert_eq!(ask("GET", address, "/feeds", origin).await.0, 200);
    drop(before);
    let mut old = greet("the-secret-of-the-beginning").await;
    assert_eq!(old.closed().await.unwrap().0, 4401);
    relay.shutdown().await;
}

/// An answer that is under way when the relay is told to end is given to its end.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_under_way_is_finished() {
    let mut kafka = Kafka::start(1);
    let mut config = config(kafka.feed());
    config.server.drain_timeout = Duration::from_secs(15);
    let relay = Relay::start(config).await.unwrap();
    let address = relay.local_addr();
    let mut stream = long_history(&mut kafka, &relay).await;
    let mut answer = vec![0; 1024];
    stream.read_exact(&mut answer).await.unwrap();
    let mut client = Client::connect(address).await;
    let (done, ended) = oneshot::channel();
    tokio::spawn(async move {
        relay.shutdown().await;
        let _ = done.send(());
    });
    let (code, reason) = client.closed().await.unwrap();
    assert_eq!((code, reason.as_str()), (1001, "the relay shuts down"));
    // Nobody else comes in.
    while TcpStream::connect(address).await.is_ok() {}
    stream.read_to_end(&mut answer).await.unwrap();
    let body = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    let batches = StreamReader::try_new(Cursor::new(&answer[body..]), None).unwrap();
    let rows: usize = batches.map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, 16_000);
    ended.await.unwrap();
}
