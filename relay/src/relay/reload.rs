//! Another configuration for a relay that runs.
//!
//! Feeds that are the same go on, with their logs and their clients; others are stopped, started
//! or replaced. Tokens, origins and limits hold from then on, also for clients that are there.

use std::fmt;
use std::sync::Arc;

use super::RelayHandle;
use crate::config::{Config, ServerConfig};
use crate::feed::{Feed, Running};
use crate::relay::StartError;

/// What another configuration changed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Reloaded {
    /// Feeds that were not there.
    pub added: Vec<String>,
    /// Feeds that began anew.
    pub changed: Vec<String>,
    /// Feeds that are gone.
    pub removed: Vec<String>,
    /// Fields that are as before until the relay is started anew.
    pub unchanged: Vec<&'static str>,
}

impl fmt::Display for Reloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &[String]| {
            if names.is_empty() { "none".to_string() } else { names.join(", ") }
        };
        write!(
            f,
            "feeds added: {}; changed: {}; removed: {}",
            list(&self.added),
            list(&self.changed),
            list(&self.removed)
        )?;
        if !self.unchanged.is_empty() {
            write!(f, "; needs a restart: {}", self.unchanged.join(", "))?;
        }
        Ok(())
    }
}

impl RelayHandle {
    /// Does what another configuration says, all of it or nothing.
    ///
    /// # Errors
    /// When the system has no threads for a new feed: then all is as before.
    pub async fn reload(&mut self, config: Config) -> Result<Reloaded, StartError> {
        let old = self.app.live();
        let mut reloaded = Reloaded::default();
        let server = keep_fixed(&old.server, config.server, &mut reloaded.unchanged);
        let mut feeds = Vec::new();
        let mut started: Vec<(Arc<Feed>, Running)> = Vec::new();
        for wanted in config.feeds {
            let known = old.feed(&wanted.name);
            if let Some(same) = known.filter(|feed| feed.config == wanted) {
                feeds.push(same.clone());
                continue;
            }
            let names = if known.is_some() { &mut reloaded.changed } else { &mut reloaded.added };
            names.push(wanted.name.clone());
            let feed = Arc::new(Feed::new(wanted));
            match Running::start(&feed, &self.app.metrics) {
                Ok(running) => started.push((feed.clone(), running)),
                Err(source) => {
                    stop(started).await;
                    return Err(StartError::Feed { feed: feed.name().to_string(), source });
                }
            }
            feeds.push(feed);
        }
        let is_kept = |feed: &Arc<Feed>| feeds.iter().any(|kept| Arc::ptr_eq(kept, feed));
        let (kept, over): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.feeds).into_iter().partition(|(feed, _)| is_kept(feed));
        self.feeds = kept;
        self.feeds.extend(started);
        let names: Vec<String> = over.iter().map(|(feed, _)| feed.name().to_string()).collect();
        reloaded.removed =
            names.into_iter().filter(|name| !feeds.iter().any(|f| f.name() == *name)).collect();
        // From here on clients follow.
        self.app.replace(server, feeds);
        stop(over).await;
        // Behind the last word of their threads.
        for name in &reloaded.removed {
            self.app.metrics.forget(name);
        }
        Ok(reloaded)
    }
}

/// Stops feeds and waits for it: leaving a broker blocks.
async fn stop(feeds: Vec<(Arc<Feed>, Running)>) {
    for (_, running) in &feeds {
        running.stop();
    }
    let ended = tokio::task::spawn_blocking(move || {
        feeds.into_iter().for_each(|(_, running)| running.join());
    });
    let _ = ended.await;
}

/// The new configuration with what is fixed at the start as it was; notes where that differs.
fn keep_fixed(
    old: &ServerConfig,
    mut new: ServerConfig,
    unchanged: &mut Vec<&'static str>,
) -> ServerConfig {
    let mut keep = |is_same: bool, field| {
        if !is_same {
            unchanged.push(field);
        }
    };
    keep(new.listen == old.listen, "server.listen");
    keep(new.tls == old.tls, "server.tls");
    keep(new.metrics == old.metrics, "server.metrics");
    keep(new.base_path == old.base_path, "server.base_path");
    new.listen = old.listen;
    new.tls = old.tls.clone();
    new.metrics = old.metrics;
    new.base_path = old.base_path.clone();
    new
}
