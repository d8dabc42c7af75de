//! Who is let in, over the socket and over HTTP, and for how long.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use millrace_relay::config::{
    AuthConfig, FeedSelection, JwtConfig, KeySource, Secret, SharedSecret,
};
use millrace_relay::{Relay, RelayHandle};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, Event, request};
use crate::http::ask;
use crate::kafka::{Kafka, config, landed};

const SECRET: &str = "a-secret-that-is-long-enough";
const OTHER: &str = "another-one-for-other-feeds-only";

fn secrets() -> AuthConfig {
    let secret = |text: &str, feeds| SharedSecret { value: Secret::new(text), feeds };
    let others = FeedSelection::Listed(vec!["others.*".into()]);
    AuthConfig {
        secrets: vec![secret(SECRET, FeedSelection::All), secret(OTHER, others)],
        jwt: None,
    }
}

async fn relay(kafka: &Kafka, auth: AuthConfig) -> RelayHandle {
    let mut config = config(kafka.feed());
    config.server.auth = Some(auth);
    Relay::start(config).await.expect("the relay starts")
}

/// A connection that has not said hello.
async fn open(address: SocketAddr) -> Client {
    Client::open(address, TcpSocket::new_v4().unwrap()).await
}

fn hello(token: &str) -> Value {
    json!({"type": "hello", "version": 1, "codecs": [], "token": token})
}

fn subscribe() -> Value {
    json!({"type": "subscribe", "id": 1, "feed": "numbers"})
}

/// An issuer with one key, whose set is in a file or served over HTTP.
struct Issuer {
    key: EncodingKey,
    set: String,
}

impl Issuer {
    fn new() -> Self {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let key = EncodingKey::from_ec_der(&pair.serialize_der());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some("k".into());
        Self { key, set: json!({ "keys": [jwk] }).to_string() }
    }

    fn file(&self) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(self.set.as_bytes()).unwrap();
        file
    }

    /// Serves the set until the process ends.
    fn serve(&self) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
            self.set.len(),
            self.set
        );
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        format!("http://{address}/jwks.json")
    }

    fn sign(&self, lifetime: Duration, feeds: Value) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let exp = (now + lifetime).as_secs_f64();
        let mut claims = json!({"aud": "millrace", "exp": exp});
        if !feeds.is_null() {
            claims["feeds"] = feeds;
        }
        let header = Header { kid: Some("k".into()), ..Header::new(Algorithm::ES256) };
        encode(&header, &claims, &self.key).unwrap()
    }
}

fn by(keys: KeySource) -> AuthConfig {
    let jwt = JwtConfig {
        keys,
        audience: vec!["millrace".into()],
        issuer: Vec::new(),
        leeway: Duration::ZERO,
        refresh: Duration::from_secs(600),
        refetch: Duration::from_secs(10),
    };
    AuthConfig { secrets: Vec::new(), jwt: Some(jwt) }
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_is_for_who_has_a_token() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let relay = relay(&kafka, secrets()).await;
    let address = relay.local_addr();
    for (first, reason) in [
        (json!({"type": "hello", "version": 1, "codecs": []}), "this relay asks for a token"),
        (hello("wrong"), "the token is not accepted"),
        (hello(&SECRET[1..]), "the token is not accepted"),
    ] {
        let mut client = open(address).await;
        client.say(first).await;
        assert_eq!(client.closed().await, Some((4401, reason.to_string())));
    }
    // Nothing comes before the hello, whatever is asked for.
    let mut client = open(address).await;
    client.say(subscribe()).await;
    assert_eq!(client.closed().await.unwrap().0, 4400);

    let mut client = open(address).await;
    client.say(hello(SECRET)).await;
    let answer = client.text("hello").await;
    assert_eq!((&answer["feeds"], &answer["expires_in"]), (&json!(["numbers"]), &Value::Null));
    client.say(subscribe()).await;
    client.rows(10).await;

    // A secret for other feeds sees nothing of this one.
    let mut client = open(address).await;
    client.say(hello(OTHER)).await;
    assert_eq!(client.text("hello").await["feeds"], json!([]));
    client.say(subscribe()).await;
    assert_eq!(client.text("error").await["code"], "forbidden");
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_come_with_the_upgrade() {
    let kafka = Kafka::start(1);
    let relay = relay(&kafka, secrets()).await;
    let address = relay.local_addr();
    let upgrade = |name: &'static str, value: String| async move {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut request = request(address).body(()).unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        client_async(request, stream).await
    };
    for (name, value) in [
        ("Authorization", format!("Bearer {SECRET}")),
        ("Sec-WebSocket-Protocol", format!("millrace.v1, millrace.bearer.{SECRET}")),
    ] {
        let (socket, response) = upgrade(name, value).await.unwrap();
        // What is answered names the protocol, and not the token.
        assert_eq!(response.headers()["sec-websocket-protocol"], "millrace.v1");
        let mut client = Client::over(socket);
        client.hello(&[]).await;
    }
    for (name, value) in [
        ("Authorization", "Bearer wrong".to_string()),
        ("Sec-WebSocket-Protocol", "millrace.v1, millrace.bearer.wrong".into()),
    ] {
        match upgrade(name, value).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 401),
            other => panic!("{name}: {other:?}"),
        }
    }
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_is_for_who_has_a_token() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let relay = relay(&kafka, secrets()).await;
    let address = relay.local_addr();
    landed(&relay, 10).await;
    let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");
    for path in ["/feeds", "/feeds/numbers.arrow", "/feeds/other.arrow", "/metrics"] {
        let (status, head, body) = ask("GET", address, path, "").await;
        assert_eq!(status, 401, "{path}");
        assert!(head.contains("www-authenticate: bearer realm=\"millrace\"\r"), "{head}");
        assert_eq!(String::from_utf8_lossy(&body), "This relay asks for a token.\n");
        let (status, head, _) = ask("GET", address, path, &bearer("wrong")).await;
        assert_eq!(status, 401, "{path}");
        assert!(head.contains("error=\"invalid_token\""), "{head}");
    }
    for path in ["/feeds", "/feeds/numbers.arrow", "/metrics"] {
        assert_eq!(ask("GET", address, path, &bearer(SECRET)).await.0, 200, "{path}");
    }
    let (_, _, metrics) = ask("GET", address, "/metrics", &bearer(SECRET)).await;
    let metrics = String::from_utf8(metrics).unwrap();
    assert!(metrics.contains("millrace_refused_total{reason=\"token_missing\"} 4"), "{metrics}");
    assert!(metrics.contains("millrace_refused_total{reason=\"token_refused\"} 4"), "{metrics}");
    assert!(!metrics.contains(SECRET));
    // Who may read other feeds is told nothing of this one.
    let (status, _, body) = ask("GET", address, "/feeds", &bearer(OTHER)).await;
    assert_eq!((status, body.as_slice()), (200, b"{\"feeds\":[]}".as_slice()));
    for path in ["/feeds/numbers.arrow", "/feeds/nothing.arrow", "/metrics"] {
        assert_eq!(ask("GET", address, path, &bearer(OTHER)).await.0, 403, "{path}");
    }
    // How the feeds are is told to who may read them, that something is amiss to anybody.
    let (_, _, ready) = ask("GET", address, "/readyz", "").await;
    assert_eq!(ready, b"{\"ready\":true}");
    let (_, _, ready) = ask("GET", address, "/readyz", &bearer(SECRET)).await;
    assert!(String::from_utf8_lossy(&ready).contains("numbers"));
    // What shows no data asks for nothing.
    for path in ["/healthz", "/readyz", "/"] {
        assert_eq!(ask("GET", address, path, "").await.0, 200, "{path}");
    }
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_an_allowed_origin_may_send_a_token() {
    let kafka = Kafka::start(1);
    let mut config = config(kafka.feed());
    config.server.auth = Some(secrets());
    config.server.allowed_origins = vec!["https://dash.example.com".into()];
    let relay = Relay::start(config).await.unwrap();
    let asks = |origin: &str| {
        format!(
            "Origin: {origin}\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\n"
        )
    };
    let address = relay.local_addr();
    let (status, head, _) =
        ask("OPTIONS", address, "/feeds", &asks("https://dash.example.com")).await;
    assert_eq!(status, 204);
    assert!(head.contains("access-control-allow-headers: authorization"), "{head}");
    assert!(head.contains("access-control-allow-origin: https://dash.example.com"), "{head}");
    assert_eq!(ask("OPTIONS", address, "/feeds", &asks("https://evil.example")).await.0, 403);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_tokens_open_what_they_say() {
    let mut kafka = Kafka::start(1);
    kafka.rows(0, 10);
    let issuer = Issuer::new();
    let relay = relay(&kafka, by(KeySource::Url(issuer.serve()))).await;
    let address = relay.local_addr();
    landed(&relay, 10).await;
    let mut client = open(address).await;
    client.say(hello(&issuer.sign(HOUR, Value::Null))).await;
    let answer = client.text("hello").await;
    assert_eq!(answer["feeds"], json!(["numbers"]));
    assert!((3590..=3600).contains(&answer["expires_in"].as_u64().unwrap()), "{answer}");
    client.say(subscribe()).await;
    client.rows(10).await;

    // A token for some of the rows is not served with all of them.
    let some = json!([{"feed": "numbers", "filter": [["id", ">", 5]]}]);
    let token = issuer.sign(HOUR, some);
    let mut client = open(address).await;
    client.say(hello(&token)).await;
    client.say(subscribe()).await;
    let error = client.text("error").await;
    assert_eq!(error["code"], "row_filter");
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(ask("GET", address, "/feeds/numbers.arrow", &bearer).await.0, 403);

    let mut client = open(address).await;
    client.say(hello(&Issuer::new().sign(HOUR, Value::Null))).await;
    assert_eq!(client.closed().await.unwrap().0, 4401);
    relay.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_read_let_nobody_in_and_say_so() {
    let kafka = Kafka::start(1);
    let issuer = Issuer::new();
    let nowhere = KeySource::Url("http://127.0.0.1:1/jwks".into());
    let relay = relay(&kafka, by(nowhere)).await;
    let mut client = open(relay.local_addr()).await;
    client.say(hello(&issuer.sign(HOUR, Value::Null))).await;
    let (code, reason) = client.closed().await.unwrap();
    assert_eq!(code, 1013);
    assert!(reason.contains("issuer's keys are not there"), "{reason}");
    relay.shutdown().await;
}

/// A client that has a hundred rows by a token that is good for so long.
/// The file of the issuer's keys is looked at now and then.
async fn reads(
    kafka: &mut Kafka,
    issuer: &Issuer,
    long: Duration,
) -> (RelayHandle, Client, tempfile::NamedTempFile) {
    kafka.rows(0, 100);
    let file = issuer.file();
    let relay = relay(kafka, by(KeySource::File(file.path().into()))).await;
    let mut client = open(relay.local_addr()).await;
    client.say(hello(&issuer.sign(long, Value::Null))).await;
    client.text("hello").await;
    client.say(subscribe()).await;
    client.rows(100).await;
    (relay, client, file)
}

/// The token of a client ends while rows flow, and another one lets it go on where it was.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_ends_the_rows_and_a_new_one_heals() {
    let mut kafka = Kafka::start(1);
    let issuer = Issuer::new();
    let (relay, mut client, _keys) = reads(&mut kafka, &issuer, Duration::from_secs(2)).await;
    let error = client.text("error").await;
    assert_eq!((&error["code"], &error["id"]), (&json!("token_expired"), &json!(1)));
    assert_eq!(error["message"], "the token has expired");
    // What comes now is not for this client; nor is it let in anew.
    kafka.rows(0, 50);
    landed(&relay, 150).await;
    client.say(json!({"type": "subscribe", "id": 2, "feed": "numbers"})).await;
    loop {
        match client.next().await {
            Event::Text(message) if message["type"] == "error" => {
                assert_eq!(
                    (&message["code"], &message["id"]),
                    (&json!("token_expired"), &json!(2))
                );
                break;
            }
            Event::Frame(_) => panic!("a frame came behind the end"),
            _ => {}
        }
    }
    // One that is no better changes nothing, and the connection stays.
    client.say(json!({"type": "token", "token": "a.b.c"})).await;
    let error = client.text("error").await;
    assert_eq!((&error["code"], &error["id"]), (&json!("token_refused"), &Value::Null));
    client.say(json!({"type": "token", "token": issuer.sign(HOUR, Value::Null)})).await;
    let answer = client.text("authorized").await;
    assert!(answer["expires_in"].as_u64().unwrap() > 3500, "{answer}");
    client.table.caught_up = 0;
    client.table.starts.clear();
    let resume = client.table.resume();
    client.say(json!({"type": "subscribe", "id": 3, "feed": "numbers", "resume": resume})).await;
    client.rows(150).await;
    client.table.assert_has_each_once(150);
    assert_eq!(client.table.starts, ["resumed"]);
    relay.shutdown().await;
}

/// A token that comes in time: nothing is interrupted. One that opens less ends what it does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_renewed_while_rows_flow() {
    let mut kafka = Kafka::start(1);
    let issuer = Issuer::new();
    let (relay, mut client, _keys) = reads(&mut kafka, &issuer, Duration::from_secs(3)).await;
    client.say(json!({"type": "token", "token": issuer.sign(HOUR, Value::Null)})).await;
    client.text("authorized").await;
    // A status comes each second: behind the fourth the first token is over.
    for _ in 0..4 {
        client.text("status").await;
    }
    kafka.rows(0, 50);
    client.rows(150).await;
    client.table.assert_has_each_once(150);
    assert_eq!(client.table.starts, ["history"]);
    client.say(json!({"type": "token", "token": issuer.sign(HOUR, json!(["other"]))})).await;
    assert_eq!(client.text("authorized").await["feeds"], json!([]));
    let error = client.text("error").await;
    assert_eq!((&error["code"], &error["id"]), (&json!("forbidden"), &json!(1)));
    relay.shutdown().await;
}
