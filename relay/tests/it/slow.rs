//! Clients that do not keep up: bounded, by policy, and nobody else notices.

use std::time::Duration;

use millrace_relay::config::{FeedConfig, SlowPolicy};
use serde_json::json;
use tokio::net::TcpSocket;
use tokio::sync::watch;

use crate::client::Client;
use crate::kafka::{Kafka, PATIENCE, feed, landed, relay};

const QUEUE: usize = 256 << 10;

fn tight(kafka: &Kafka, policy: SlowPolicy) -> FeedConfig {
    let mut feed = kafka.feed();
    feed.slow_client.queue = QUEUE;
    feed.slow_client.policy = policy;
    feed.retention.bytes = 512 << 10;
    feed
}

/// A client that is caught up and then does not read, over a socket that holds little.
async fn stalled(address: std::net::SocketAddr) -> Client {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    let mut client = Client::open(address, socket).await;
    client.hello(&[]).await;
    client.say(json!({"type": "subscribe", "id": 1, "feed": "numbers"})).await;
    client.caught_up().await;
    client
}

/// Writes rows until so much more was encoded that no socket's buffers can hold it. Waits after
/// each part until `seen` rows were seen by whoever keeps up.
async fn flood(
    kafka: &mut Kafka,
    relay: &millrace_relay::RelayHandle,
    mut seen: Option<watch::Receiver<i64>>,
) -> i64 {
    let feed = feed(relay);
    loop {
        let rows = kafka.padded_rows(0, 200, 1000);
        landed(relay, rows as u64).await;
        if let Some(seen) = &mut seen {
            let waiting = seen.wait_for(|seen| *seen >= rows);
            tokio::time::timeout(PATIENCE, waiting).await.expect("rows come").expect("it reads");
        }
        if feed.log().as_ref().unwrap().written() > 16 << 20 {
            return rows;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client_is_reset_to_the_newest_and_others_see_all() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 100);
    let relay = relay(tight(&kafka, SlowPolicy::Reset)).await;
    landed(&relay, 100).await;
    let mut slow = stalled(relay.local_addr()).await;
    let mut fast = Client::subscribe(relay.local_addr()).await;
    fast.caught_up().await;
    let (progress, seen) = watch::channel(0);
    let reading = tokio::spawn(async move {
        // Until it has what the flood ends with, whose last row is told by the next line.
        loop {
            fast.next().await;
            progress.send_replace(fast.table.ids.len() as i64);
            if fast.table.ids.last() == Some(&-1) {
                return fast;
            }
        }
    });
    let rows = flood(&mut kafka, &relay, Some(seen)).await;
    // The log and what the slow client alone may hold, and some for what is on its way.
    let memory = feed(&relay).memory();
    assert!(memory < (512 << 10) + QUEUE + (256 << 10), "{memory} bytes are held");
    kafka.send(0, b"{\"id\":-1,\"name\":\"end\"}");
    kafka.flush();
    let mut fast = reading.await.unwrap();
    fast.table.ids.pop();
    fast.table.assert_has_each_once(rows);
    assert!(fast.table.resets.is_empty());
    // The slow one reads again: a reset, and then the newest rows.
    while slow.table.resets.is_empty() {
        slow.next().await;
    }
    assert!(slow.table.resets[0].contains("bytes behind"), "{:?}", slow.table.resets);
    slow.caught_up().await;
    assert_eq!(slow.table.ids.last(), Some(&-1));
    assert!(slow.table.ids.len() < rows as usize);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client_is_disconnected_where_the_policy_says_so() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 100);
    let relay = relay(tight(&kafka, SlowPolicy::Disconnect)).await;
    landed(&relay, 100).await;
    let mut slow = stalled(relay.local_addr()).await;
    flood(&mut kafka, &relay, None).await;
    // It may still take what was on its way, and then learns why.
    let (code, reason) = slow.closed().await.expect("a close frame");
    assert_eq!(code, 4408, "{reason}");
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_gone_is_let_go() {
    let kafka = Kafka::start(1);
    let mut config = crate::kafka::config(kafka.feed());
    config.server.idle_timeout = Duration::from_millis(300);
    config.server.max_clients = 1;
    let relay = millrace_relay::Relay::start(config).await.unwrap();
    // It says hello and then answers no ping, for nobody polls it.
    let idle = Client::connect(relay.local_addr()).await;
    let place = async {
        loop {
            let stream = tokio::net::TcpStream::connect(relay.local_addr()).await.unwrap();
            let request = crate::client::request(relay.local_addr()).body(()).unwrap();
            if tokio_tungstenite::client_async(request, stream).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, place).await.expect("its place is free again");
    drop(idle);
    relay.shutdown().await;
}
