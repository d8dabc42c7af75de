//! A relay: the feeds of a configuration and the server in front of them, started and stopped
//! as one.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::feed::{Feed, Running};
use crate::metrics::Metrics;
use crate::serve::tls::Tls;
use crate::serve::{App, listener, operators, router};

/// How long connections may take to end when the relay shuts down.
const GRACE: Duration = Duration::from_secs(5);

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

/// A relay that runs. Dropping it stops it without waiting; [`shutdown`](Self::shutdown) waits.
pub struct RelayHandle {
    local_addr: SocketAddr,
    metrics_addr: Option<SocketAddr>,
    page: String,
    feeds: Vec<Arc<Feed>>,
    running: Vec<Running>,
    shutdown: watch::Sender<bool>,
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
        let feeds: Vec<Arc<Feed>> =
            config.feeds.into_iter().map(|feed| Arc::new(Feed::new(feed))).collect();
        let mut running = Vec::new();
        for feed in &feeds {
            let started = Running::start(feed, &metrics)
                .map_err(|source| StartError::Feed { feed: feed.name().to_string(), source })?;
            running.push(started);
        }
        let (shutdown, stop) = watch::channel(false);
        let (app, connections) = App::new(config.server, feeds.clone(), metrics, stop);
        if let Some((metrics, _)) = metrics_listener {
            let routes = operators::router(&app);
            tokio::spawn(listener::run(metrics, None, app.clone(), routes));
        }
        let routes = router(&app, extra);
        let server = tokio::spawn(listener::run(listener, tls, app, routes));
        let handle = RelayHandle {
            local_addr,
            metrics_addr,
            page,
            feeds,
            running,
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

    /// A feed by its name.
    pub fn feed(&self, name: &str) -> Option<&Arc<Feed>> {
        self.feeds.iter().find(|feed| feed.name() == name)
    }

    /// Closes the connections with 1001, leaves the sources, and waits for both.
    pub async fn shutdown(mut self) {
        let _ = self.shutdown.send(true);
        for running in &self.running {
            running.stop();
        }
        let ended = async {
            let _ = (&mut self.server).await;
            let _ = self.connections.recv().await;
        };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("some connections did not end in time");
            self.server.abort();
        }
        // Leaving a broker blocks.
        let running = std::mem::take(&mut self.running);
        let _ = tokio::task::spawn_blocking(move || {
            running.into_iter().for_each(Running::join);
        })
        .await;
    }
}

impl Drop for RelayHandle {
    fn drop(&mut self) {
        let _ = self.shutdown.send(true);
        for running in &self.running {
            running.stop();
        }
    }
}
