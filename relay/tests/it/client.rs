//! A client that knows the protocol and nothing else.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;
use std::net::SocketAddr;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::kafka::PATIENCE;

/// A frame as Arrow reads it.
pub struct Frame {
    pub metadata: HashMap<String, String>,
    pub batch: RecordBatch,
}

impl Frame {
    pub fn read(bytes: &[u8]) -> Self {
        let mut reader = StreamReader::try_new(Cursor::new(bytes), None).expect("a stream");
        let batch = reader.next().expect("a batch").expect("a good batch");
        assert!(reader.next().is_none(), "a frame has one batch");
        Self { metadata: reader.schema().metadata().clone().into(), batch }
    }

    pub fn seq(&self) -> Option<u64> {
        self.metadata.get("millrace.seq").map(|s| s.parse().expect("a number"))
    }

    /// The first column, where it is numbers; as many zeros as rows where it is not.
    pub fn ids(&self) -> Vec<i64> {
        match self.batch.column(0).as_primitive_opt::<Int64Type>() {
            Some(ids) => ids.values().to_vec(),
            None => vec![0; self.batch.num_rows()],
        }
    }

    /// The rows of a keyed frame: a number, a text, and whether the row is gone.
    pub fn keyed(&self) -> Vec<(i64, String, bool)> {
        let gone = self.batch.column_by_name("__deleted").expect("the column").as_boolean().clone();
        let names = self.batch.column(1).as_dictionary::<Int32Type>();
        let texts = names.values().as_string::<i32>();
        let name = |row: usize| match names.is_null(row) {
            true => String::new(),
            false => texts.value(names.keys().value(row) as usize).to_string(),
        };
        let rows = self.ids().into_iter().enumerate();
        rows.map(|(row, id)| (id, name(row), gone.value(row))).collect()
    }

    /// The half-open ranges of offsets, by topic and partition.
    pub fn ranges(&self) -> BTreeMap<String, BTreeMap<String, (i64, i64)>> {
        let position = serde_json::from_str(&self.metadata["millrace.position"]);
        let position: Value = position.expect("JSON");
        serde_json::from_value(position["topics"].clone()).expect("ranges")
    }
}

/// What comes over the socket.
pub enum Event {
    Text(Value),
    Frame(Frame),
    Closed(Option<CloseFrame>),
}

/// A connection, and the table that it keeps of the one feed.
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    pub table: Table,
}

/// What a client keeps of a feed.
#[derive(Default, Clone)]
pub struct Table {
    pub feed: String,
    pub ids: Vec<i64>,
    /// Of a keyed feed, the rows by their first column, with their second.
    pub keyed: BTreeMap<i64, String>,
    kind: String,
    pub schema: String,
    pub epoch: String,
    pub seq: Option<u64>,
    pub token: Value,
    pub starts: Vec<String>,
    pub resets: Vec<String>,
    pub caught_up: u32,
    pub frames: u32,
    pub replayed: u32,
    expected: u64,
    live_seq: u64,
}

impl Table {
    /// What to send to go on.
    pub fn resume(&self) -> Value {
        json!({"schema": self.schema, "epoch": self.epoch, "seq": self.seq, "token": self.token})
    }

    /// The same without the number of the epoch, as for another relay.
    pub fn token_only(&self) -> Value {
        json!({"schema": self.schema, "token": self.token})
    }

    /// Checks that each of the numbers below `count` is here once.
    pub fn assert_has_each_once(&self, count: i64) {
        let mut ids = self.ids.clone();
        ids.sort_unstable();
        let doubled = ids.windows(2).filter(|w| w[0] == w[1]).count();
        assert_eq!(doubled, 0, "rows are doubled");
        let wrong = ids.iter().zip(0..).find(|(id, expected)| **id != *expected);
        assert_eq!((ids.len() as i64, wrong), (count, None), "rows are missing");
    }

    fn subscribed(&mut self, message: &Value) {
        let start = message["start"].as_str().expect("a start").to_string();
        if start == "history" {
            self.ids.clear();
            self.keyed.clear();
        }
        self.kind = message["kind"].as_str().expect("a kind").into();
        self.starts.push(start);
        self.feed = message["feed"].as_str().expect("a feed").into();
        self.schema = message["schema"].as_str().expect("a schema").into();
        self.epoch = message["epoch"].as_str().expect("an epoch").into();
        self.token = message["token"].clone();
        self.expected = message["first_seq"].as_u64().expect("a number");
        self.live_seq = message["live_seq"].as_u64().expect("a number");
        self.seq = self.expected.checked_sub(1);
    }

    fn apply(&mut self, frame: &Frame) {
        self.frames += 1;
        assert_eq!(frame.metadata["millrace.feed"], self.feed);
        assert_eq!(frame.metadata["millrace.epoch"], self.epoch);
        assert_eq!(frame.metadata["millrace.kind"], self.kind);
        match frame.seq() {
            Some(seq) => {
                assert_eq!(seq, self.expected, "frames have no gaps");
                assert_eq!(
                    self.caught_up > 0,
                    seq >= self.live_seq || self.starts.len() as u32 <= self.caught_up,
                    "caught_up is between history and live frames"
                );
                self.expected += 1;
                self.seq = Some(seq);
            }
            None => {
                self.replayed += 1;
                assert_eq!(self.expected, self.seq.map_or(0, |s| s + 1), "replays come first");
            }
        }
        if self.kind == "keyed" {
            for (id, name, gone) in frame.keyed() {
                match gone {
                    true => self.keyed.remove(&id),
                    false => self.keyed.insert(id, name),
                };
            }
        } else {
            self.ids.extend(frame.ids());
        }
        for (topic, partitions) in frame.ranges() {
            for (partition, (from, next)) in partitions {
                let at = &mut self.token["topics"][&topic][&partition];
                assert_eq!(at.as_i64().unwrap_or(0), from, "positions of {topic} {partition} join");
                *at = json!(next);
            }
        }
    }
}

impl Client {
    /// Connects and says hello.
    pub async fn connect(address: SocketAddr) -> Self {
        let mut client = Self::open(address, TcpSocket::new_v4().expect("a socket")).await;
        client.hello(&[]).await;
        client
    }

    /// Connects over a given socket, without a hello.
    pub async fn open(address: SocketAddr, socket: TcpSocket) -> Self {
        let stream = socket.connect(address).await.expect("a connection");
        let request = request(address).body(()).expect("a request");
        let (socket, response) = client_async(request, stream).await.expect("an upgrade");
        assert_eq!(response.headers()["sec-websocket-protocol"], "millrace.v1");
        Self::over(socket)
    }

    /// Over a socket that is open.
    pub fn over(socket: WebSocketStream<TcpStream>) -> Self {
        Self { socket, table: Table::default() }
    }

    pub async fn hello(&mut self, codecs: &[&str]) {
        self.say(json!({"type": "hello", "version": 1, "codecs": codecs})).await;
        let hello = self.text("hello").await;
        assert_eq!(hello["version"], 1);
        assert_eq!(hello["feeds"].as_array().expect("names").len(), 1);
        self.table.feed = hello["feeds"][0].as_str().expect("a name").into();
    }

    /// Connects and subscribes with what `table` has.
    pub async fn come_back(address: SocketAddr, table: Table, resume: Value) -> Self {
        let mut client = Self::connect(address).await;
        client.table = table;
        client.table.caught_up = 0;
        client.table.starts.clear();
        let feed = client.table.feed.clone();
        client.say(json!({"type": "subscribe", "id": 1, "feed": feed, "resume": resume})).await;
        client
    }

    pub async fn subscribe(address: SocketAddr) -> Self {
        let mut client = Self::connect(address).await;
        let feed = client.table.feed.clone();
        client.say(json!({"type": "subscribe", "id": 1, "feed": feed})).await;
        client
    }

    /// Connects to a relay of several feeds and subscribes to one of them.
    pub async fn subscribe_one_of(address: SocketAddr, feed: &str) -> Self {
        let mut client = Self::open(address, TcpSocket::new_v4().expect("a socket")).await;
        client.say(json!({"type": "hello", "version": 1, "codecs": []})).await;
        client.text("hello").await;
        client.say(json!({"type": "subscribe", "id": 1, "feed": feed})).await;
        client
    }

    pub async fn say(&mut self, message: Value) {
        self.raw(Message::text(message.to_string())).await;
    }

    pub async fn raw(&mut self, message: Message) {
        self.try_raw(message).await.expect("the relay listens");
    }

    /// Sends to a relay that may end the connection meanwhile.
    pub async fn try_raw(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// The next event, kept in the table.
    pub async fn next(&mut self) -> Event {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("the relay says something");
            let event = match message {
                None => Event::Closed(None),
                Some(Ok(Message::Close(frame))) => Event::Closed(frame),
                Some(Ok(Message::Text(text))) => {
                    Event::Text(serde_json::from_str(&text).expect("JSON"))
                }
                Some(Ok(Message::Binary(bytes))) => Event::Frame(Frame::read(&bytes)),
                Some(Ok(_)) => continue,
                Some(Err(Error::ConnectionClosed | Error::Io(_) | Error::Protocol(_))) => {
                    Event::Closed(None)
                }
                Some(Err(error)) => panic!("{error}"),
            };
            match &event {
                Event::Frame(frame) => self.table.apply(frame),
                Event::Text(message) => match message["type"].as_str() {
                    Some("subscribed") => self.table.subscribed(message),
                    Some("reset") => {
                        let reason = message["reason"].as_str().expect("a reason");
                        self.table.resets.push(reason.into());
                        self.table.caught_up = 0;
                        self.table.starts.clear();
                    }
                    Some("caught_up") => self.table.caught_up += 1,
                    _ => {}
                },
                Event::Closed(_) => {}
            }
            return event;
        }
    }

    /// Goes on until a control message of this type comes; not for ever, for a status always does.
    pub async fn text(&mut self, kind: &str) -> Value {
        let waiting = async {
            loop {
                match self.next().await {
                    Event::Text(message) if message["type"] == kind => return message,
                    Event::Closed(frame) => panic!("closed while waiting for {kind}: {frame:?}"),
                    _ => {}
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, waiting).await;
        found.unwrap_or_else(|_| panic!("no {kind} came"))
    }

    /// Goes on until the table has so many rows.
    pub async fn rows(&mut self, count: usize) {
        while self.table.ids.len() < count {
            if let Event::Closed(frame) = self.next().await {
                panic!("closed with {} of {count} rows: {frame:?}", self.table.ids.len());
            }
        }
        assert_eq!(self.table.ids.len(), count);
    }

    /// Goes on until the table has more than so many rows.
    pub async fn rows_beyond(&mut self, count: usize) {
        while self.table.ids.len() <= count {
            if let Event::Closed(frame) = self.next().await {
                panic!("closed with {} of {count} rows: {frame:?}", self.table.ids.len());
            }
        }
    }

    /// Goes on until the keyed table is so.
    pub async fn keyed(&mut self, expected: &BTreeMap<i64, String>) {
        while self.table.keyed != *expected || self.table.caught_up == 0 {
            if let Event::Closed(frame) = self.next().await {
                panic!("closed with {:?}: {frame:?}", self.table.keyed);
            }
        }
    }

    /// Goes on until the history is there.
    pub async fn caught_up(&mut self) {
        while self.table.caught_up == 0 {
            if let Event::Closed(frame) = self.next().await {
                panic!("closed before caught_up: {frame:?}");
            }
        }
    }

    /// Goes on until the connection is closed; gives the code.
    pub async fn closed(&mut self) -> Option<(u16, String)> {
        loop {
            if let Event::Closed(frame) = self.next().await {
                return frame.map(|f| (f.code.into(), f.reason.to_string()));
            }
        }
    }
}

/// An upgrade as a browser asks for it.
pub fn request(address: SocketAddr) -> tokio_tungstenite::tungstenite::http::request::Builder {
    Request::builder()
        .uri(format!("ws://{address}/ws"))
        .header("Host", address.to_string())
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", generate_key())
        .header("Sec-WebSocket-Protocol", "millrace.v1")
}
