//! What records are made of: keys, headers and lists become columns and rows.

use millrace_relay::config::{self, FeedConfig};

use crate::client::Client;
use crate::kafka::{Kafka, feed, landed, relay, until};

/// The feed of the topic with the payload that these lines say.
pub fn feed_with(kafka: &Kafka, lines: &str) -> FeedConfig {
    let text = format!(
        "[[feed]]\nname = \"numbers\"\nsource = {{ type = \"kafka\", brokers = \"{}\", topic = \"numbers\", \
         properties = {{ \"fetch.wait.max.ms\" = 10 }} }}\nbatch = {{ rows = 64, interval = \"10ms\" }}\n{lines}",
        kafka.broker.bootstrap()
    );
    config::parse("test.toml", &text).unwrap_or_else(|e| panic!("{e}")).feeds.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_headers_and_places_are_columns() {
    let kafka = Kafka::start(2);
    kafka.send_with(1, Some(b"k1"), &[("trace", b"t1"), ("trace", b"t2")], b"{\"id\":1}");
    kafka.send_with(1, None, &[], b"{\"id\":2}");
    kafka.send_with(1, Some(b"\xff"), &[], b"{\"id\":3}");
    kafka.flush();
    let config = feed_with(
        &kafka,
        "[feed.schema]\nid = \"int64\"\n[feed.meta]\npartition = \"part\"\nkey = \"k\"\nheaders = { h = \"trace\" }\n",
    );
    let relay = relay(config).await;
    until(&relay, "two rows and a bad record", |f| {
        let status = f.status();
        (status.rows, status.bad) == (2, 1)
    })
    .await;
    let mut client = Client::subscribe(relay.local_addr()).await;
    client.rows(2).await;
    let log = feed(&relay);
    let log = log.log();
    let columns = log.as_ref().expect("a log").epoch.schema.columns.clone();
    let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["id", "part", "k", "h"]);
    let batch =
        log.as_ref().and_then(|l| l.from(0).next()).expect("a frame").batch().expect("rows");
    let text = |column: usize| {
        let array = batch.column(column).clone();
        format!("{array:?}")
    };
    assert!(
        text(2).contains("k1") && text(3).contains("t2") && !text(3).contains("t1"),
        "{}",
        text(3)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_many_rows_is_resumed_as_one() {
    let kafka = Kafka::start(1);
    // Record n has the rows 3n, 3n + 1 and 3n + 2; now and then one is bad, or empty.
    let send = |records: std::ops::Range<i64>| {
        for n in records {
            let record = match n % 10 {
                4 => "{\"rows\":[{\"id\":1},{\"id\":\"x\"}]}".to_string(),
                7 => "{\"rows\":[]}".to_string(),
                _ => format!(
                    "{{\"rows\":[{{\"id\":{}}},{{\"id\":{}}},{{\"id\":{}}}]}}",
                    3 * n,
                    3 * n + 1,
                    3 * n + 2
                ),
            };
            kafka.send(0, record.as_bytes());
        }
        kafka.flush();
    };
    let expected = |records: i64| -> Vec<i64> {
        (0..records * 3).filter(|id| !matches!(id / 3 % 10, 4 | 7)).collect()
    };
    send(0..100);
    let config = feed_with(
        &kafka,
        "format = { type = \"json\", explode = \"rows\" }\nschema = { id = { type = \"int64\", path = \"rows.id\" } }\n",
    );
    let first = relay(config.clone()).await;
    landed(&first, 240).await;
    let mut client = Client::subscribe(first.local_addr()).await;
    client.rows(240).await;
    client.caught_up().await;
    assert_eq!(client.table.ids, expected(100));
    assert_eq!(feed(&first).status().bad, 10);
    first.shutdown().await;
    send(100..200);
    // Another relay, which knows the client by the position of its last record alone.
    let second = relay(config).await;
    landed(&second, 480).await;
    let (table, resume) = (client.table.clone(), client.table.resume());
    let mut client = Client::come_back(second.local_addr(), table, resume).await;
    client.rows(480).await;
    assert_eq!(client.table.resets.len(), 0);
    assert_eq!(client.table.ids, expected(200));
    second.shutdown().await;
}
