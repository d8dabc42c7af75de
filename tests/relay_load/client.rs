//! A client of the feed protocol, as small as can be: of a frame it looks at the metadata alone.

use std::collections::HashMap;
use std::io::Cursor;

use arrow_ipc::reader::StreamReader;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::Failure;
use crate::topic::PATIENCE;

/// What is read of a socket at once: thousands of clients share this machine's memory.
const READ_BUFFER: usize = 8 << 10;

/// What came over the socket.
pub enum Event {
    /// A control message.
    Text(Value),
    /// A frame.
    Frame(Bytes),
}

/// One connection.
pub struct Client {
    socket: WebSocketStream<TcpStream>,
}

impl Client {
    /// Connects and says hello.
    pub async fn connect(address: &str) -> Result<Self, Failure> {
        let mut request = format!("ws://{address}/ws").into_client_request()?;
        let protocol = HeaderValue::from_static("millrace.v1");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER).write_buffer_size(0);
        let connected = client_async_with_config(request, stream, Some(config));
        let (socket, _) = timeout(PATIENCE, connected).await??;
        let mut client = Self { socket };
        client.say(&json!({"type": "hello", "version": 1, "codecs": []})).await?;
        client.text("hello").await?;
        Ok(client)
    }

    /// Asks for a feed, and goes on until its history has come. Returns `subscribed`.
    pub async fn subscribe(&mut self, feed: &str) -> Result<Value, Failure> {
        self.say(&json!({"type": "subscribe", "id": 1, "feed": feed})).await?;
        let subscribed = self.text("subscribed").await?;
        self.text("caught_up").await?;
        Ok(subscribed)
    }

    async fn say(&mut self, message: &Value) -> Result<(), Error> {
        self.socket.send(Message::text(message.to_string())).await
    }

    /// Goes on until a control message of this type.
    async fn text(&mut self, kind: &str) -> Result<Value, Failure> {
        loop {
            if let Event::Text(message) = self.next().await?
                && message["type"] == kind
            {
                return Ok(message);
            }
        }
    }

    /// The next frame; an error where the relay says that rows were left out.
    pub async fn frame(&mut self) -> Result<Bytes, Failure> {
        loop {
            match self.next().await? {
                Event::Frame(bytes) => return Ok(bytes),
                Event::Text(message) if message["type"] == "reset" => {
                    return Err(format!("this client was reset: {}", message["reason"]).into());
                }
                Event::Text(_) => {}
            }
        }
    }

    /// The next event; pings are answered by the library.
    pub async fn next(&mut self) -> Result<Event, Failure> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await?;
            match message.ok_or("the relay has closed the connection")?? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    if message["type"] == "error" {
                        return Err(message.to_string().into());
                    }
                    return Ok(Event::Text(message));
                }
                Message::Binary(bytes) => return Ok(Event::Frame(bytes)),
                _ => {}
            }
        }
    }
}

/// By partition the offsets behind a frame's rows, from the frame's metadata.
pub fn ends(frame: &[u8], topic: &str) -> Result<HashMap<usize, usize>, Failure> {
    let schema = StreamReader::try_new(Cursor::new(frame), None)?.schema();
    let position = schema.metadata().get("millrace.position").ok_or("a frame has no position")?;
    let position: Value = serde_json::from_str(position)?;
    let ranges: HashMap<String, (usize, usize)> =
        serde_json::from_value(position["topics"][topic].clone())?;
    ranges.into_iter().map(|(partition, (_, next))| Ok((partition.parse()?, next))).collect()
}
