//! Connections: taken at a pace, within limits, made secure, and answered by HTTP.
//!
//! Whoever connects has so long for the TLS handshake and so long for a request's head, and is
//! let go when nothing moves. A connection has its place until it ends, also where it has become
//! a WebSocket.

use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::time::{interval, timeout};

use super::limits::{Full, Pace, Place, Places};
use super::tls::Tls;
use super::{App, base};

/// How long nothing is taken when the system has no more files, or the like.
const BREATH: Duration = Duration::from_millis(200);

/// The place of the connection that a request came by, in its extensions.
#[derive(Debug, Clone)]
pub struct Held(#[allow(dead_code, reason = "held until the last clone is dropped")] Arc<Place>);

/// Takes connections until the relay shuts down. Each listener has its limits to itself: that
/// clients have taken all places must not keep the metrics from saying so.
pub async fn run(listener: TcpListener, tls: Option<Tls>, app: Arc<App>, routes: Router) {
    let places = Arc::new(Places::default());
    let mut stop = app.shutdown.clone();
    let mut pace = Pace::new(tokio::time::Instant::now());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !is_of_the_connection(&error) {
                    tracing::error!("no connection can be taken: {error}");
                    tokio::time::sleep(BREATH).await;
                }
                continue;
            }
        };
        let limits = app.live().server.limits;
        let each = limits.connections_per_address;
        let place = match places.take_for(peer.ip(), limits.connections, each) {
            Ok(place) => place,
            Err(full) => {
                // Without a word: an answer would cost what the limit is to spare.
                app.metrics.refused(match full {
                    Full::All => "connections",
                    Full::Address => "connections_per_address",
                });
                tracing::debug!(%peer, "no place: {full:?}");
                continue;
            }
        };
        let acceptor = tls.as_ref().map(Tls::acceptor);
        let (app, routes) = (app.clone(), routes.clone());
        tokio::spawn(async move {
            let tracker = app.tracker.clone();
            let held = Held(Arc::new(place));
            // Frames are written whole; waiting for more to send would only add to their age.
            let _ = stream.set_nodelay(true);
            match acceptor {
                None => answer(app, stream, held, routes).await,
                Some(acceptor) => {
                    match timeout(limits.handshake_timeout, acceptor.accept(stream)).await {
                        Ok(Ok(stream)) => answer(app, stream, held, routes).await,
                        Ok(Err(error)) => {
                            app.metrics.refused("tls");
                            tracing::debug!(%peer, "no TLS: {error}");
                        }
                        Err(_) => {
                            app.metrics.refused("handshake_timeout");
                            tracing::debug!(%peer, "the TLS handshake took too long");
                        }
                    }
                }
            }
            drop(tracker);
        });
        pace.wait(limits.connections_per_second).await;
    }
}

/// Answers requests until the connection ends, or becomes a WebSocket.
async fn answer<I>(app: Arc<App>, stream: I, held: Held, routes: Router)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (limits, idle, base) = {
        let server = &app.live().server;
        (server.limits, server.idle_timeout, Arc::<str>::from(server.base_path.as_str()))
    };
    let moved = Arc::new(Moved::new());
    let io = TokioIo::new(Watched { stream, moved: moved.clone() });
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(held.clone());
        let (base, routes) = (base.clone(), routes.clone());
        async move { Ok::<_, Infallible>(base::answer(&base, routes, request.map(Body::new)).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.handshake_timeout)
        .max_buf_size(limits.header_bytes)
        .serve_connection(io, service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let mut stop = app.shutdown.clone();
    let mut look = interval(idle / 4);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    if error.is_timeout() {
                        app.metrics.refused("handshake_timeout");
                    } else if error.is_parse() {
                        app.metrics.refused("bad_request");
                    }
                    tracing::debug!("a connection ended: {error}");
                }
                return;
            }
            _ = stop.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = look.tick() => {
                if moved.since() > idle {
                    app.metrics.refused("idle");
                    return;
                }
            }
        }
    }
}

/// Whether an error of `accept` is of the one connection, and the next may be good.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// When something last went over a connection.
struct Moved {
    start: Instant,
    millis: AtomicU64,
}

impl Moved {
    fn new() -> Self {
        Self { start: Instant::now(), millis: AtomicU64::new(0) }
    }

    fn touch(&self) {
        self.millis.store(self.start.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    fn since(&self) -> Duration {
        let then = Duration::from_millis(self.millis.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(then)
    }
}

/// A stream that notes when something goes over it.
struct Watched<I> {
    stream: I,
    moved: Arc<Moved>,
}

impl<I: AsyncRead + Unpin> AsyncRead for Watched<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        if poll.is_ready() {
            self.moved.touch();
        }
        poll
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Watched<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        if poll.is_ready() {
            self.moved.touch();
        }
        poll
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        if poll.is_ready() {
            self.moved.touch();
        }
        poll
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
