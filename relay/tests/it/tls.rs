//! The listener's TLS, and certificates that are replaced.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use millrace_relay::config::{ServerConfig, TlsConfig, TlsVersion};
use millrace_relay::{Relay, RelayHandle};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::client::request;
use crate::kafka::{Kafka, PATIENCE, config};

/// Writes a new certificate and its key; gives what to trust.
fn certify(directory: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    std::fs::write(directory.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(directory.join("cert.pem"), made.cert.pem()).unwrap();
    made.cert.der().clone()
}

async fn relay(kafka: &Kafka, directory: &Path, min_version: TlsVersion) -> RelayHandle {
    let mut config = config(kafka.feed());
    config.server = ServerConfig {
        tls: Some(TlsConfig {
            cert: directory.join("cert.pem"),
            key: directory.join("key.pem"),
            min_version,
            reload: Duration::from_millis(20),
        }),
        ..config.server
    };
    config.server.limits.handshake_timeout = Duration::from_millis(500);
    Relay::start(config).await.expect("the relay starts")
}

/// Connects as who trusts this certificate and speaks these versions.
async fn connect(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn status(mut stream: TlsStream<TcpStream>) -> String {
    stream.write_all(b"GET /feeds HTTP/1.0\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_speaks_tls_of_the_versions_that_it_may() {
    let kafka = Kafka::start(1);
    let directory = tempfile::tempdir().unwrap();
    let trusted = certify(directory.path());
    let relay_12 = relay(&kafka, directory.path(), TlsVersion::Tls12).await;
    let relay_13 = relay(&kafka, directory.path(), TlsVersion::Tls13).await;
    assert_eq!(relay_12.url(), format!("https://{}", relay_12.local_addr()));
    for version in [&TLS12, &TLS13] {
        let stream = connect(relay_12.local_addr(), &trusted, &[version]).await.unwrap();
        assert_eq!(status(stream).await, "HTTP/1.0 200 OK");
    }
    let stream = connect(relay_13.local_addr(), &trusted, &[&TLS13]).await.unwrap();
    assert_eq!(status(stream).await, "HTTP/1.0 200 OK");
    assert!(connect(relay_13.local_addr(), &trusted, &[&TLS12]).await.is_err());
    // Who speaks in the clear is told nothing.
    let mut stream = TcpStream::connect(relay_12.local_addr()).await.unwrap();
    stream.write_all(b"GET /feeds HTTP/1.0\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&answer));
    relay_12.shutdown().await;
    relay_13.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_replaced_and_no_connection_is_lost() {
    let kafka = Kafka::start(1);
    let directory = tempfile::tempdir().unwrap();
    let first = certify(directory.path());
    let relay = relay(&kafka, directory.path(), TlsVersion::Tls12).await;
    let address = relay.local_addr();
    let stream = connect(address, &first, &[&TLS13]).await.unwrap();
    let (mut socket, _) =
        client_async(request(address).body(()).unwrap(), stream).await.expect("an upgrade");
    let hello = r#"{"type":"hello","version":1,"codecs":[]}"#;
    socket.send(Message::text(hello)).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap();
    assert!(answer.to_text().unwrap().contains("numbers"), "{answer}");

    // What is no certificate changes nothing.
    std::fs::write(directory.path().join("cert.pem"), "in the making").unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(connect(address, &first, &[&TLS13]).await.is_ok());

    let second = certify(directory.path());
    let replaced = async {
        while connect(address, &second, &[&TLS13]).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, replaced).await.expect("the new certificate is served");
    assert!(connect(address, &first, &[&TLS13]).await.is_err());
    socket.send(Message::text(r#"{"type":"ping","n":7}"#)).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap();
    let answer: serde_json::Value = serde_json::from_str(answer.to_text().unwrap()).unwrap();
    assert_eq!(answer, serde_json::json!({"type": "pong", "n": 7}));
    relay.shutdown().await;
}

/// Who begins a handshake and does not go on, or says what is none, does not keep a place.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_handshake_is_ended() {
    let kafka = Kafka::start(1);
    let directory = tempfile::tempdir().unwrap();
    let trusted = certify(directory.path());
    let relay = relay(&kafka, directory.path(), TlsVersion::Tls12).await;
    let address = relay.local_addr();
    // The head of a record of a handshake (RFC 8446, 5.1) that would have 512 bytes.
    for said in [&b""[..], &[22, 3, 1, 2, 0, 1, 0], &[0xff; 4096]] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said).await.unwrap();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        let _ = ended.expect("the relay ends it");
    }
    let stream = connect(address, &trusted, &[&TLS13]).await.unwrap();
    assert_eq!(status(stream).await, "HTTP/1.0 200 OK");
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_its_certificate_does_not_start() {
    let kafka = Kafka::start(1);
    let mut config = config(kafka.feed());
    let missing = "/nowhere/cert.pem";
    config.server.tls = Some(TlsConfig {
        cert: missing.into(),
        key: missing.into(),
        min_version: TlsVersion::Tls12,
        reload: Duration::from_secs(1),
    });
    let error = Relay::start(config).await.err().expect("an error").to_string();
    assert!(error.contains("TLS cannot be served: /nowhere/cert.pem cannot be read"), "{error}");
}
