//! A relay: the feeds of a configuration and the server in front of them, started, changed and
//! stopped as one.

mod reload;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub use self::reload::Reloaded;
use crate::config::Config;
use crate::feed::{Feed, Running};
use crate::metrics::Metrics;
use crate::serve::tls::Tls;
use crate::serve::{App, listener, operators, router};

/// Why a relay did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is in use.
    #[error(
        "{address} is taken by another program: stop it, or choose another port with --listen or server.listen"
    )]
    AddressInUse {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The certificate cannot be used.
    #[error("TLS cannot be served: {0}")]
    Tls(String),
    /// The system gave no threads.
    #[error("cannot start feed \"{feed}\": {source}")]
    Feed {
        /// The feed.
        feed: String,
        /// Why.
        source: io::Error,
    },
}

/// Starts relays.
#[derive(Debug)]
pub struct Relay;

/// A relay that runs. [`reload`](Self::reload) gives it another configuration,
/// [`shutdown`](Self::shutdown) ends it. Dropping it ends it as well, without waiting.
pub struct RelayHandle {
    local_addr: SocketAddr,
    metrics_addr: Option<SocketAddr>,
    page: String,
    /// What all requests share.
    app: Arc<App>,
    /// The feeds and the threads that read them.
    feeds: Vec<(Arc<Feed>, Running)>,
    shutdown: Shutdown,
    connections: mpsc::Receiver<()>,
    server: JoinHandle<()>,
}

impl Relay {
    /// Starts a relay on the current tokio runtime. It serves when this returns; its sources
    /// may still be connecting.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the certificate cannot be used.
    pub async fn start(config: Config) -> Result<RelayHandle, StartError> {
        Self::start_with(config, Router::new()).await
    }

    /// The same with more routes, which are guarded as data is.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the certificate cannot be used.
    pub async fn start_with(config: Config, extra: Router) -> Result<RelayHandle, StartError> {
        let tls = config.server.tls.as_ref().map(Tls::start).transpose();
        let tls = tls.map_err(StartError::Tls)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = listen(config.server.listen).await?;
        let address = config.server.listen;
        let local_addr =
            listener.local_addr().map_err(|source| StartError::Listen { address, source })?;
        let page = format!("{scheme}://{local_addr}{}", config.server.base_path);
        let metrics_listener = match config.server.metrics {
            Some(address) => {
                let listener = listen(address).await?;
                let at = listener
                    .local_addr()
                    .map_err(|source| StartError::Listen { address, source })?;
                tracing::info!("metrics at http://{at}/metrics");
                Some((listener, at))
            }
            None => None,
        };
        let metrics_addr = metrics_listener.as_ref().map(|(_, at)| *at);
        let metrics = Arc::new(Metrics::default());
        let mut feeds = Vec::new();
        for feed in config.feeds {
            let feed = Arc::new(Feed::new(feed));
            let running = Running::start(&feed, &metrics)
                .map_err(|source| StartError::Feed { feed: feed.name().to_string(), source })?;
            feeds.push((feed, running));
        }
        let (shutdown, stop) = Shutdown::new();
        let served = feeds.iter().map(|(feed, _)| feed.clone()).collect();
        let (app, connections) = App::new(config.server, served, metrics, stop);
        if let Some((metrics, _)) = metrics_listener {
            let routes = operators::router(&app);
            tokio::spawn(listener::run(metrics, None, app.clone(), routes));
        }
        let routes = router(&app, extra);
        let server = tokio::spawn(listener::run(listener, tls, app.clone(), routes));
        let handle = RelayHandle {
            local_addr,
            metrics_addr,
            page,
            app,
            feeds,
            shutdown,
            connections,
            server,
        };
        tracing::info!("listening on {}", handle.url());
        Ok(handle)
    }
}

/// Listens, and says plainly when the port is taken.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::AddressInUse { address },
        _ => StartError::Listen { address, source },
    })
}

impl RelayHandle {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The address of its page.
    pub fn url(&self) -> &str {
        &self.page
    }

    /// Where the metrics are, if they have a listener of their own.
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics_addr
    }

    /// What it counts.
    pub fn metrics(&self) -> &Metrics {
        &self.app.metrics
    }

    /// A feed by its name.
    pub fn feed(&self, name: &str) -> Option<&Arc<Feed>> {
        self.feeds.iter().map(|(feed, _)| feed).find(|feed| feed.name() == name)
    }

    /// Takes no more connections, tells clients to come back (1001), lets answers over HTTP end,
    /// leaves the sources, and waits for all of it, for what is under way only so long as
    /// `drain_timeout` says.
    pub async fn shutdown(self) {
        let Self { app, feeds, shutdown, mut connections, server, .. } = self;
        drop(shutdown);
        for (_, running) in &feeds {
            running.stop();
        }
        let patience = app.live().server.drain_timeout;
        // Whoever holds it holds the tracker of connections.
        drop(app);
        let abort = server.abort_handle();
        let ended = async {
            let _ = server.await;
            let _ = connections.recv().await;
        };
        if tokio::time::timeout(patience, ended).await.is_err() {
            tracing::warn!("some connections did not end in time");
            abort.abort();
        }
        // Leaving a broker blocks.
        let left = tokio::task::spawn_blocking(move || {
            feeds.into_iter().for_each(|(_, running)| running.join());
        });
        let _ = left.await;
    }
}

/// Tells all tasks of a relay to end when it is dropped.
struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    fn new() -> (Self, watch::Receiver<bool>) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), receiver)
    }
}

impl Drop for Shutdown {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}
