//! One client's connection: reads its control messages, sends what its subscriptions have.
//!
//! Two tasks: a reader, and a writer that owns everything else. One message is on its way at a
//! time; while the client does not take it, nothing is queued behind it but what the
//! subscriptions bound. What messages ask for is done in `commands`.

mod commands;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream::SplitStream;
use futures_util::{Sink, SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, mpsc};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use self::commands::not_understood;
use super::App;
use super::admission::Admission;
use super::auth::Access;
use super::protocol::{self, close};
use super::subscription::{Close, Out, Subscription};

/// How often queues are looked at while a send is blocked.
const LOOK: Duration = Duration::from_millis(250);
/// How long a client that is let go may take for what is on its way and the goodbye.
const GOODBYE: Duration = Duration::from_secs(10);
/// Subscriptions of one connection.
const SUBSCRIPTIONS: usize = 64;

/// Serves a client until one of both ends it.
pub async fn serve<S>(app: Arc<App>, socket: WebSocketStream<S>, access: Option<Access>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    app.metrics.clients.inc();
    let alive = Arc::new(Alive::new());
    let (sink, stream) = socket.split();
    let (inbound, messages) = mpsc::channel(8);
    let reader = tokio::spawn(read(stream, inbound, alive.clone()));
    let session = Session {
        wake: Arc::new(Notify::new()),
        subscriptions: Vec::new(),
        turn: 0,
        lz4: false,
        greeted: false,
        admission: Admission::new(access),
        alive,
        app: app.clone(),
    };
    session.run(sink, messages).await;
    reader.abort();
    app.metrics.clients.dec();
}

/// When something was last heard of the client, or taken by it.
struct Alive {
    start: Instant,
    millis: AtomicU64,
}

impl Alive {
    fn new() -> Self {
        Self { start: Instant::now(), millis: AtomicU64::new(0) }
    }

    fn touch(&self) {
        self.millis.store(self.start.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    fn idle(&self) -> Duration {
        self.start
            .elapsed()
            .saturating_sub(Duration::from_millis(self.millis.load(Ordering::Relaxed)))
    }
}

/// What the reader hands over.
enum Inbound {
    Text(String),
    /// Not text, or too large: what it was.
    Wrong(&'static str),
}

async fn read<S>(
    mut stream: SplitStream<WebSocketStream<S>>,
    inbound: mpsc::Sender<Inbound>,
    alive: Arc<Alive>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = stream.next().await {
        alive.touch();
        let message = match message {
            Ok(Message::Text(text)) => Inbound::Text(text.to_string()),
            Ok(Message::Binary(_)) => Inbound::Wrong("a binary message: clients send text"),
            // Answered by the library.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => continue,
            // The stream ends by itself.
            Ok(Message::Close(_)) => continue,
            Err(Error::Capacity(_)) => Inbound::Wrong("a message that is too large"),
            Err(_) => break,
        };
        let wrong = matches!(message, Inbound::Wrong(_));
        if inbound.send(message).await.is_err() || wrong {
            break;
        }
    }
}

struct Session {
    app: Arc<App>,
    wake: Arc<Notify>,
    subscriptions: Vec<Subscription>,
    /// Whose turn it is among the subscriptions.
    turn: usize,
    lz4: bool,
    greeted: bool,
    admission: Admission,
    alive: Arc<Alive>,
}

/// What ends a session.
enum End {
    /// With a goodbye.
    Close(Close),
    /// The client is gone.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        End::Close(close)
    }
}

impl Session {
    async fn run<K>(mut self, mut sink: K, mut messages: mpsc::Receiver<Inbound>)
    where
        K: Sink<Message, Error = Error> + Unpin,
    {
        let end = match self.converse(&mut sink, &mut messages).await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        if let End::Close(Close { code, reason }) = end {
            tracing::debug!(code, "closing: {reason}");
            // A close reason has at most 123 bytes.
            let end = (0..=123.min(reason.len())).rev().find(|i| reason.is_char_boundary(*i));
            let reason = &reason[..end.unwrap_or(0)];
            let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
            let goodbye = async {
                let _ = sink.send(Message::Close(Some(frame))).await;
                // The client answers; the reader sees it and ends.
                while messages.recv().await.is_some() {}
            };
            let _ = timeout(Duration::from_secs(2), goodbye).await;
        }
    }

    async fn converse<K>(
        &mut self,
        sink: &mut K,
        messages: &mut mpsc::Receiver<Inbound>,
    ) -> Result<std::convert::Infallible, End>
    where
        K: Sink<Message, Error = Error> + Unpin,
    {
        let mut shutdown = self.app.shutdown.clone();
        let mut changes = self.app.changes();
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pinged = Instant::now();
        let began = Instant::now();
        let (idle_timeout, handshake_timeout) = {
            let server = &self.app.live().server;
            (server.idle_timeout, server.limits.handshake_timeout)
        };
        loop {
            while let Ok(message) = messages.try_recv() {
                for answer in self.handle(message).await? {
                    self.send(sink, Message::text(answer)).await?;
                }
            }
            if *shutdown.borrow() {
                let reason = "the relay shuts down".into();
                return Err(Close { code: close::GOING_AWAY, reason }.into());
            }
            let mut texts = Vec::new();
            if changes.has_changed().unwrap_or(false) {
                changes.mark_unchanged();
                texts = self.follow()?;
            }
            // Before anything else is sent of what is no longer open.
            texts.extend(self.expire()?);
            for text in texts {
                self.send(sink, Message::text(text)).await?;
            }
            let changed: Vec<_> = self
                .subscriptions
                .iter_mut()
                .filter_map(|s| s.state_changed().then(|| s.feed().clone()))
                .collect();
            if !changed.is_empty() {
                let status = protocol::status(changed.iter().map(AsRef::as_ref));
                self.send(sink, Message::text(status)).await?;
            }
            if let Some(out) = self.next()? {
                let message = match out {
                    Out::Text(text) => Message::text(text),
                    Out::Frame(bytes) => Message::binary(bytes),
                };
                self.send(sink, message).await?;
                // The clock goes on while there is always more to send.
                if !poll_tick(&mut second) {
                    continue;
                }
            } else {
                let wake = self.wake.clone();
                tokio::select! {
                    message = messages.recv() => match message {
                        Some(message) => {
                            for answer in self.handle(message).await? {
                                self.send(sink, Message::text(answer)).await?;
                            }
                            continue;
                        }
                        None => return Err(End::Gone),
                    },
                    () = wake.notified() => continue,
                    _ = shutdown.changed() => continue,
                    Ok(()) = changes.changed() => {
                        changes.mark_changed();
                        continue;
                    }
                    _ = second.tick() => {}
                }
            }
            // Once a second.
            if !self.subscriptions.is_empty() {
                let status = protocol::status(self.subscriptions.iter().map(|s| s.feed().as_ref()));
                self.send(sink, Message::text(status)).await?;
            }
            if pinged.elapsed() >= idle_timeout / 3 {
                pinged = Instant::now();
                self.send(sink, Message::Ping(Default::default())).await?;
            }
            if self.alive.idle() > idle_timeout {
                return Err(End::Gone);
            }
            if !self.greeted && began.elapsed() > handshake_timeout {
                self.app.metrics.refused("handshake_timeout");
                let why = format!("expected hello within {} s", handshake_timeout.as_secs_f32());
                return Err(not_understood(&why).into());
            }
        }
    }

    /// Sends one message; looks after the queues while the client does not take it.
    async fn send<K>(&mut self, sink: &mut K, message: Message) -> Result<(), End>
    where
        K: Sink<Message, Error = Error> + Unpin,
    {
        let mut sending = std::pin::pin!(sink.send(message));
        let mut look = interval(LOOK);
        // The first tick is at once.
        look.tick().await;
        let mut let_go: Option<(Instant, Close)> = None;
        let mut blocked = false;
        loop {
            tokio::select! {
                sent = &mut sending => {
                    return match (sent, let_go) {
                        (Err(_), _) => Err(End::Gone),
                        (Ok(()), Some((_, close))) => Err(End::Close(close)),
                        (Ok(()), None) => {
                            // That a full socket drained shows a client that reads; that an
                            // empty one took something shows nothing.
                            if blocked {
                                self.alive.touch();
                            }
                            Ok(())
                        }
                    };
                }
                _ = look.tick() => {
                    blocked = true;
                    if let Some((since, _)) = &let_go {
                        if since.elapsed() > GOODBYE {
                            return Err(End::Gone);
                        }
                        continue;
                    }
                    for subscription in &mut self.subscriptions {
                        if let Err(close) = subscription.check_queue() {
                            let_go = Some((Instant::now(), close));
                        }
                    }
                    if *self.app.shutdown.borrow() || self.alive.idle() > self.app.live().server.idle_timeout {
                        return Err(End::Gone);
                    }
                }
            }
        }
    }

    /// The next message of the subscriptions, each in its turn.
    fn next(&mut self) -> Result<Option<Out>, Close> {
        for _ in 0..self.subscriptions.len() {
            self.turn = (self.turn + 1) % self.subscriptions.len();
            if let Some(out) = self.subscriptions[self.turn].next()? {
                return Ok(Some(out));
            }
        }
        Ok(None)
    }
}

/// Whether the interval's next tick is due now; takes it if so.
fn poll_tick(interval: &mut tokio::time::Interval) -> bool {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    interval.poll_tick(&mut context).is_ready()
}
