//! Brokers that go away, topics that lose records, relays that are stopped.

use millrace_relay::config::{SourceConfig, TopicSelection};
use millrace_relay::source::SourceState;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use crate::client::{Client, Event};
use crate::kafka::{Kafka, PATIENCE, TOPIC, config, feed, landed, relay, until};

async fn status(client: &mut Client, source: &str) -> serde_json::Value {
    let waiting = async {
        loop {
            let status = client.text("status").await;
            let status = &status["feeds"]["numbers"];
            if status["source"] == source {
                return status.clone();
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("never {source}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_goes_away_and_comes_back_is_survived() {
    let mut kafka = Kafka::start(2);
    kafka.rows(0, 100);
    let relay = relay(kafka.feed()).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(100).await;
    assert_eq!(status(&mut client, "connected").await.get("detail"), None);
    for round in 1..3 {
        kafka.broker.down();
        let down = status(&mut client, "disconnected").await;
        assert!(!down["detail"].as_str().unwrap().is_empty());
        // It stays so, whatever librdkafka counts meanwhile.
        for _ in 0..2 {
            let status = client.text("status").await;
            assert_eq!(status["feeds"]["numbers"]["source"], "disconnected");
        }
        kafka.broker.up();
        let rows = kafka.rows(1, 100);
        client.rows(100 + round * 100).await;
        status(&mut client, "connected").await;
        client.table.assert_has_each_once(rows);
    }
    assert!(client.table.resets.is_empty());
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_whose_leader_changes_is_read_on() {
    let mut kafka = Kafka::of_brokers(2, 1);
    let lead = |kafka: &Kafka, broker: i32| {
        let changed = kafka.broker.with(move |c| c.partition_leader(TOPIC, 0, Some(broker)));
        changed.expect("the cluster is there").expect("the leader changes");
    };
    lead(&kafka, 1);
    let mut rows = kafka.rows(0, 100);
    let relay = relay(kafka.feed()).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(100).await;
    // The one that led goes, too: what comes now is from the other.
    for (leader, gone) in [(2, 1), (1, 2)] {
        kafka.broker.with(move |c| c.broker_up(leader)).expect("the cluster is there").expect("up");
        lead(&kafka, leader);
        kafka
            .broker
            .with(move |c| c.broker_down(gone))
            .expect("the cluster is there")
            .expect("down");
        rows = kafka.rows(0, 100);
        client.rows(rows as usize).await;
        status(&mut client, "connected").await;
    }
    client.table.assert_has_each_once(rows);
    assert!(client.table.resets.is_empty());
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_not_there_yet_is_waited_for() {
    let mut kafka = Kafka::start(1);
    let mut config = kafka.feed();
    let SourceConfig::Kafka(source) = &mut config.source;
    source.topics = TopicSelection::Names(vec!["later".into()]);
    let relay = relay(config).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    until(&relay, "told", |f| {
        matches!(&f.status().source, SourceState::Connecting(why) if why.contains("does not exist yet"))
    })
    .await;
    kafka.broker.with(|cluster| cluster.create_topic("later", 1, 1)).unwrap().unwrap();
    client.caught_up().await;
    status(&mut client, "connected").await;
    kafka.rows(0, 1);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_were_lost_are_a_visible_reset() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 100);
    let relay = relay(kafka.feed()).await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(100).await;
    let epoch = client.table.epoch.clone();
    kafka
        .broker
        .with(|cluster| {
            let error = RDKafkaRespErr::RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
            cluster.request_errors(RDKafkaApiKey::Fetch, &[error]);
        })
        .unwrap();
    while client.table.resets.is_empty() {
        if let Event::Closed(frame) = client.next().await {
            panic!("closed: {frame:?}");
        }
    }
    let rows = kafka.rows(0, 10);
    client.rows(110).await;
    client.table.assert_has_each_once(rows);
    assert_ne!(client.table.epoch, epoch);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_says_goodbye_and_the_client_resumes_elsewhere() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 100);
    let first = relay(kafka.feed()).await;
    let mut client = Client::subscribe(first.local_addr()).await;
    client.rows(100).await;
    let (closed, ()) = tokio::join!(client.closed(), first.shutdown());
    assert_eq!(closed.expect("a close frame").0, 1001);
    let rows = kafka.rows(0, 50);
    let second = relay(kafka.feed()).await;
    landed(&second, 150).await;
    let (table, resume) = (client.table.clone(), client.table.resume());
    let mut client = Client::come_back(second.local_addr(), table, resume).await;
    client.rows(150).await;
    assert_eq!(client.table.starts, ["resumed"]);
    client.table.assert_has_each_once(rows);
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_named() {
    let kafka = Kafka::start(1);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config(kafka.feed());
    config.server.listen = taken.local_addr().unwrap();
    let Err(error) = millrace_relay::Relay::start(config).await else { panic!("it started") };
    let message = error.to_string();
    assert!(message.contains(&taken.local_addr().unwrap().to_string()), "{message}");
    assert!(message.contains("taken"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_cannot_work_is_failed_and_tells_no_secret() {
    let kafka = Kafka::start(1);
    let mut config = kafka.feed();
    let SourceConfig::Kafka(source) = &mut config.source;
    source.properties.insert("sasl.password".into(), "hunter2".into());
    source.properties.insert("no.such.property".into(), "hunter3".into());
    let relay = relay(config).await;
    until(&relay, "failed", |f| matches!(f.status().source, SourceState::Failed(_))).await;
    let status = feed(&relay).status().json().to_string();
    assert!(status.contains("no.such.property") && !status.contains("hunter"), "{status}");
    relay.shutdown().await;
}
