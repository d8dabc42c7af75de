//! What is asked over HTTP, and who may ask.

use std::io::Cursor;
use std::net::SocketAddr;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_ipc::reader::StreamReader;
use millrace_relay::RelayHandle;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, request};
use crate::kafka::{Kafka, landed, relay, until};

/// An HTTP/1.0 request, so that the body ends with the connection. Gives status, head, body.
pub async fn get(address: SocketAddr, path: &str, headers: &str) -> (u16, String, Vec<u8>) {
    ask("GET", address, path, headers).await
}

pub async fn ask(
    method: &str,
    address: SocketAddr,
    path: &str,
    headers: &str,
) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let host =
        if headers.contains("Host:") { String::new() } else { format!("Host: {address}\r\n") };
    let request = format!("{method} {path} HTTP/1.0\r\n{host}{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, answer[end + 4..].to_vec())
}

/// Asks for a history that is more than any socket's buffers hold, and reads none of it yet.
pub async fn long_history(kafka: &mut Kafka, relay: &RelayHandle) -> TcpStream {
    // No more at once than the cluster keeps.
    for _ in 0..16 {
        let rows = kafka.padded_rows(0, 1000, 1000);
        landed(relay, rows as u64).await;
    }
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    let mut stream = socket.connect(relay.local_addr()).await.unwrap();
    let request = "GET /feeds/numbers.arrow HTTP/1.0\r\nHost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_and_their_history_are_read_by_any_arrow_library() {
    let mut kafka = Kafka::start(2);
    kafka.rows(0, 1000);
    let rows = kafka.rows(1, 1000);
    let relay = relay(kafka.feed()).await;
    landed(&relay, 2000).await;
    let address = relay.local_addr();

    let (status, _, body) = get(address, "/feeds", "").await;
    assert_eq!(status, 200);
    let feeds: Value = serde_json::from_slice(&body).unwrap();
    let feed = &feeds["feeds"][0];
    assert_eq!((feed["name"].as_str(), feed["kind"].as_str()), (Some("numbers"), Some("append")));
    assert_eq!((feed["rows"].as_u64(), feed["source"].as_str()), (Some(2000), Some("connected")));
    assert_eq!(feed["columns"][1]["type"], "utf8");

    let (status, head, body) = get(address, "/feeds/numbers.arrow", "").await;
    assert_eq!(status, 200);
    assert!(head.contains("content-type: application/vnd.apache.arrow.stream"), "{head}");
    let mut ids = Vec::new();
    let mut names = std::collections::BTreeSet::new();
    for batch in StreamReader::try_new(Cursor::new(body), None).unwrap() {
        let batch = batch.unwrap();
        ids.extend_from_slice(batch.column(0).as_primitive::<Int64Type>().values());
        names.extend(batch.column(1).as_string::<i32>().iter().flatten().map(String::from));
    }
    ids.sort_unstable();
    assert_eq!(ids, (0..rows).collect::<Vec<_>>());
    assert_eq!(names.len(), 7);

    let (status, _, body) = get(address, "/feeds/other.arrow", "").await;
    assert_eq!(status, 404);
    assert!(String::from_utf8_lossy(&body).contains("/feeds/numbers.arrow"));
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_are_answered() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    kafka.send(0, b"bad");
    kafka.flush();
    let relay = relay(kafka.feed()).await;
    let address = relay.local_addr();
    until(&relay, "11 records", |f| f.status().rows == 10 && f.status().bad == 1).await;
    let mut client = Client::subscribe(address).await;
    client.rows(10).await;
    assert_eq!(get(address, "/healthz", "").await.0, 200);
    assert_eq!(get(address, "/readyz", "").await.0, 200);
    let (_, _, body) = get(address, "/metrics", "").await;
    let metrics = String::from_utf8(body).unwrap();
    for line in [
        "millrace_rows_total{feed=\"numbers\"} 10",
        "millrace_bad_messages_total{feed=\"numbers\"} 1",
        "millrace_source_up{feed=\"numbers\"} 1",
        "millrace_log_rows{feed=\"numbers\"} 10",
        "millrace_frame_encodings_total{feed=\"numbers\",variant=\"lz4\"} 0",
        "millrace_subscriptions_total{feed=\"numbers\",start=\"history\"} 1",
        "millrace_clients 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in:\n{metrics}");
    }
    kafka.broker.down();
    until(&relay, "down", |f| f.status().source.detail().is_some()).await;
    let (status, _, body) = get(address, "/readyz", "").await;
    assert_eq!(status, 503);
    let ready: Value = serde_json::from_slice(&body).unwrap();
    let feed = &ready["feeds"]["numbers"];
    assert_eq!((&ready["ready"], &feed["ready"]), (&Value::Bool(false), &Value::Bool(false)));
    assert_eq!(feed["source"], "disconnected");
    assert!(!feed["detail"].as_str().unwrap().is_empty(), "{ready}");
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_refused() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let mut config = crate::kafka::config(kafka.feed());
    config.server.allowed_origins = vec!["https://dash.example.com".into()];
    let relay = millrace_relay::Relay::start(config).await.unwrap();
    let address = relay.local_addr();
    for path in ["/feeds", "/feeds/numbers.arrow", "/metrics", "/ws", "/readyz"] {
        let (status, _, body) = get(address, path, "Origin: http://evil.example\r\n").await;
        let body = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(status, 403, "{path}");
        assert!(
            body.contains(
                "allowed_origins = [\"https://dash.example.com\", \"http://evil.example\"]"
            ),
            "{body}"
        );
    }
    for path in ["/", "/feeds", "/healthz", "/millrace.js"] {
        let (status, _, body) = get(address, path, "Host: evil.example\r\n").await;
        assert_eq!(status, 421, "{path}");
        assert!(String::from_utf8_lossy(&body).contains("allowed_hosts"));
    }
    // Allowed ones are told so, and only they.
    let own = format!("Origin: http://{address}\r\n");
    assert_eq!(get(address, "/feeds", &own).await.0, 200);
    let (status, head, _) = get(address, "/feeds", "Origin: https://dash.example.com\r\n").await;
    assert_eq!(status, 200);
    assert!(head.contains("access-control-allow-origin: https://dash.example.com"), "{head}");
    let (_, head, _) = get(address, "/feeds", "").await;
    assert!(!head.contains("access-control-allow-origin"), "{head}");
    // The page may be embedded from anywhere.
    let (status, head, _) = get(address, "/", "Origin: http://evil.example\r\n").await;
    assert_eq!(status, 200);
    assert!(head.contains("access-control-allow-origin: *"), "{head}");

    for (header, value, expected) in [
        ("Origin", "http://evil.example", 403),
        ("Origin", "null", 403),
        ("Host", "evil.example", 421),
    ] {
        for path in ["/ws", "/"] {
            let stream = TcpStream::connect(address).await.unwrap();
            let mut request = request(address).body(()).unwrap();
            *request.uri_mut() = format!("ws://{address}{path}").parse().unwrap();
            request.headers_mut().insert(header, value.parse().unwrap());
            match client_async(request, stream).await {
                Err(Error::Http(response)) => assert_eq!(response.status(), expected),
                other => panic!("{header}: {value} on {path}: {other:?}"),
            }
        }
    }
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn upgrades_are_made_on_both_paths_and_refused_when_wrong() {
    let kafka = Kafka::start(1);
    let relay = relay(kafka.feed()).await;
    let address = relay.local_addr();
    for path in ["/", "/ws"] {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut request = request(address).body(()).unwrap();
        *request.uri_mut() = format!("ws://{address}{path}").parse().unwrap();
        client_async(request, stream).await.unwrap();
    }
    for (name, value) in [("Sec-WebSocket-Version", "12"), ("Sec-WebSocket-Protocol", "other.v1")] {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut request = request(address).body(()).unwrap();
        request.headers_mut().insert(
            tokio_tungstenite::tungstenite::http::HeaderName::try_from(name).unwrap(),
            value.parse().unwrap(),
        );
        match client_async(request, stream).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 400, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(get(address, "/ws", "").await.0, 400);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_may_have_a_listener_of_their_own() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let mut config = crate::kafka::config(kafka.feed());
    config.server.metrics = Some(([127, 0, 0, 1], 0).into());
    // Whoever takes all places does not keep the operators out.
    config.server.limits.connections = 1;
    let relay = millrace_relay::Relay::start(config).await.unwrap();
    landed(&relay, 10).await;
    let operators = relay.metrics_addr().unwrap();
    assert_eq!(get(relay.local_addr(), "/metrics", "").await.0, 404);
    let _client = Client::connect(relay.local_addr()).await;
    let (status, _, body) = get(operators, "/metrics", "Host: prometheus.example\r\n").await;
    assert_eq!(status, 200);
    assert!(String::from_utf8_lossy(&body).contains("millrace_clients 1\n"));
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(operators, path, "").await.0, 200, "{path}");
    }
    assert_eq!(get(operators, "/feeds", "").await.0, 404);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_below_the_base_path() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let mut config = crate::kafka::config(kafka.feed());
    config.server.base_path = "/live".into();
    let relay = millrace_relay::Relay::start(config).await.unwrap();
    landed(&relay, 10).await;
    let address = relay.local_addr();
    assert_eq!(relay.url(), format!("http://{address}/live"));
    for path in ["/live/", "/live/feeds", "/live/feeds/numbers.arrow", "/live/readyz", "/healthz"] {
        assert_eq!(get(address, path, "").await.0, 200, "{path}");
    }
    let (status, head, _) = get(address, "/live", "").await;
    assert_eq!(status, 308);
    assert!(head.contains("location: /live/"), "{head}");
    for path in ["/", "/feeds", "/feeds/numbers.arrow", "/metrics", "/livefeeds", "/live/../feeds"]
    {
        assert_eq!(get(address, path, "").await.0, 404, "{path}");
    }
    for (path, good) in [("/live/ws", true), ("/live", true), ("/live/", true), ("/ws", false)] {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut request = request(address).body(()).unwrap();
        *request.uri_mut() = format!("ws://{address}{path}").parse().unwrap();
        assert_eq!(client_async(request, stream).await.is_ok(), good, "{path}");
    }
    relay.shutdown().await;
}
