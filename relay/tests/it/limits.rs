//! What anyone may use: those who say nothing, those who say too much, and too many of them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use millrace_relay::config::LimitsConfig;
use millrace_relay::{Relay, RelayHandle};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::client::Client;
use crate::http::{ask, long_history};
use crate::kafka::{Kafka, PATIENCE, config};

const SHORT: Duration = Duration::from_millis(300);

async fn relay(kafka: &Kafka, change: impl FnOnce(&mut LimitsConfig)) -> RelayHandle {
    let mut config = config(kafka.feed());
    change(&mut config.server.limits);
    Relay::start(config).await.expect("the relay starts")
}

/// Sends this, and waits until the relay ends the connection; gives its answer.
async fn ended(address: SocketAddr, said: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(said).await.unwrap();
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    // That the other side resets it is an end too.
    let _ = timeout(PATIENCE, reading).await.expect("the relay ends it");
    String::from_utf8_lossy(&answer).into_owned()
}

/// A client that knows the protocol is served.
async fn assert_serves(address: SocketAddr, rows: usize) {
    let mut client = Client::subscribe(address).await;
    client.rows(rows).await;
}

async fn counted(address: SocketAddr, reason: &str) -> u64 {
    let (_, _, text) = ask("GET", address, "/metrics", "").await;
    count_in(&String::from_utf8(text).unwrap(), reason)
}

/// How many connections were refused for the reason, as the figures of a relay say.
fn count_in(text: &str, reason: &str) -> u64 {
    let prefix = format!("millrace_refused_total{{reason=\"{reason}\"}} ");
    let count = text.lines().find_map(|line| line.strip_prefix(&prefix));
    count.map_or(0, |n| n.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_handshake_is_ended() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let relay = relay(&kafka, |limits| limits.handshake_timeout = SHORT).await;
    let address = relay.local_addr();
    ended(address, b"").await;
    ended(address, b"GET /feeds HT").await;
    ended(address, b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n").await;
    // An upgrade, and no hello.
    let mut client = Client::open(address, TcpSocket::new_v4().unwrap()).await;
    let (code, reason) = client.closed().await.unwrap();
    assert_eq!((code, reason.as_str()), (4400, "expected hello within 0.3 s"));
    // Who is there already has all the time there is.
    let mut client = Client::connect(address).await;
    tokio::time::sleep(2 * SHORT).await;
    client.say(json!({"type": "ping", "n": 1})).await;
    client.text("pong").await;
    assert_eq!(counted(address, "handshake_timeout").await, 4);
    assert_serves(address, 10).await;
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_ended_long_before_its_end() {
    const GARBAGE: usize = 100 << 20;
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let relay = relay(&kafka, |_| {}).await;
    let address = relay.local_addr();
    for head in [
        "".to_string(),
        "GET /feeds HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ".into(),
        format!("GET /{}", "long/".repeat(1000)),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut sent = 0;
        let garbage = vec![b'x'; 1 << 16];
        while stream.write_all(&garbage).await.is_ok() {
            sent += garbage.len();
            // What is on its way is in the system's buffers.
            assert!(sent < GARBAGE / 2, "{sent} bytes were taken behind {head:?}");
        }
    }
    // The same as a message, in one frame and in many.
    let mut client = Client::connect(address).await;
    let large = Message::text("x".repeat(GARBAGE));
    let (sent, closed) = {
        let sending = timeout(PATIENCE, client.try_raw(large));
        (sending.await.expect("an end"), client.closed().await)
    };
    // The reason may be lost where the relay ends before all was sent.
    assert!(sent.is_err() || closed.is_some_and(|(code, _)| code == 4400));
    let mut client = Client::connect(address).await;
    client.raw(Message::text("x".repeat(70_000))).await;
    let (code, reason) = client.closed().await.unwrap();
    assert_eq!((code, reason.as_str()), (4400, "a message that is too large"));
    let mut client = Client::connect(address).await;
    client.raw(Message::text("not JSON")).await;
    assert_eq!(client.closed().await.unwrap().0, 4400);
    assert_serves(address, 10).await;
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_as_long_as_is_allowed() {
    let kafka = Kafka::start(1);
    let relay = relay(&kafka, |limits| limits.header_bytes = 8 << 10).await;
    let address = relay.local_addr();
    let with = |bytes: usize| format!("X-Long: {}\r\n", "x".repeat(bytes));
    assert_eq!(ask("GET", address, "/healthz", &with(6 << 10)).await.0, 200);
    assert_eq!(ask("GET", address, "/healthz", &with(9 << 10)).await.0, 431);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_so_many_connections_and_all_have_so_many() {
    let kafka = Kafka::start(1);
    let each = relay(&kafka, |limits| limits.connections_per_address = Some(2)).await;
    let all = relay(&kafka, |limits| limits.connections = 2).await;
    for (relay, reason) in [(each, "connections_per_address"), (all, "connections")] {
        let address = relay.local_addr();
        // Sockets keep the places of their connections.
        let first = Client::connect(address).await;
        let second = Client::connect(address).await;
        assert_eq!(ended(address, b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").await, "");
        drop(first);
        let again = async {
            loop {
                let metrics = b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n";
                let answer = ended(address, metrics).await;
                if !answer.is_empty() {
                    return answer;
                }
            }
        };
        let answer = timeout(PATIENCE, again).await.expect("a place is given back");
        assert!(count_in(&answer, reason) >= 1);
        drop(second);
        relay.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_taken_at_a_pace() {
    let kafka = Kafka::start(1);
    let relay = relay(&kafka, |limits| limits.connections_per_second = 10).await;
    let start = Instant::now();
    for _ in 0..20 {
        assert_eq!(ask("GET", relay.local_addr(), "/healthz", "").await.0, 200);
    }
    // Ten at once, and the others at the pace.
    assert!(start.elapsed() > Duration::from_millis(800), "{:?}", start.elapsed());
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_an_answer_is_let_go() {
    let mut kafka = Kafka::start(1);
    let mut config = config(kafka.feed());
    config.server.idle_timeout = Duration::from_secs(1);
    let relay = Relay::start(config).await.unwrap();
    let address = relay.local_addr();
    let _stream = long_history(&mut kafka, &relay).await;
    let gone = async {
        while counted(address, "idle").await == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("it is let go");
    relay.shutdown().await;
}

/// A thousand clients come, and all leave in the same moment, without a goodbye.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_leave_at_once() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let relay = relay(&kafka, |limits| limits.connections_per_second = 10_000).await;
    let address = relay.local_addr();
    let mut clients = Vec::new();
    for _ in 0..1000 {
        clients.push(Client::subscribe(address).await);
    }
    for client in &mut clients {
        client.rows(10).await;
    }
    drop(clients);
    let gone = async {
        loop {
            let (_, _, text) = ask("GET", address, "/metrics", "").await;
            if String::from_utf8_lossy(&text).lines().any(|line| line == "millrace_clients 0") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("all are forgotten");
    assert_serves(address, 10).await;
    relay.shutdown().await;
}
