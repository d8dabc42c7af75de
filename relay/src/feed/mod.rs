//! Feeds: one live table each, from a source to a retained log of encoded frames.
//!
//! ```text
//! source thread ──events──▶ worker thread: decode ─ batch ─ encode ──▶ Log ◀── clients read
//! ```
//!
//! `worker` is the only writer of the log; clients read it under a short lock and are woken
//! when there is more. [`resume`] decides where a client that comes back goes on. [`keyed`] is of the
//! feeds whose rows have keys.

mod backoff;
mod batch;
pub mod frame;
pub mod keyed;
pub mod log;
pub mod position;
pub mod replay;
pub mod resume;
pub mod status;
#[cfg(test)]
pub(crate) mod testing;
mod worker;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
};
use std::thread::JoinHandle;

use tokio::sync::Notify;

use crate::config::{FeedConfig, SourceConfig};
use crate::decode::Schemas;
use crate::metrics::Metrics;
use crate::source::kafka::consumer;
use frame::Costs;
use log::Log;
use status::Status;

/// Chunks of records between the source and the worker. With the chunks' size this bounds what
/// was read and not yet decoded.
const EVENTS: usize = 4;

/// One live table, as its worker and its clients share it.
#[derive(Debug)]
pub struct Feed {
    /// What it was told to be.
    pub config: FeedConfig,
    /// The schemas of its records, as far as they are known.
    pub schemas: Schemas,
    log: RwLock<Option<Log>>,
    status: Mutex<Status>,
    wakers: Mutex<Vec<Weak<Notify>>>,
    costs: Arc<Costs>,
}

impl Feed {
    /// A feed that nothing has come to yet.
    pub fn new(config: FeedConfig) -> Self {
        Self {
            schemas: Schemas::new(&config),
            config,
            log: RwLock::new(None),
            status: Mutex::default(),
            wakers: Mutex::default(),
            costs: Arc::default(),
        }
    }

    /// The feed's name.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The log, once the source was reached and the columns are known. Do not hold it across
    /// anything that takes time.
    pub fn log(&self) -> RwLockReadGuard<'_, Option<Log>> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn log_mut(&self) -> RwLockWriteGuard<'_, Option<Log>> {
        self.log.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it goes. Take it once in an expression: the lock is not reentrant.
    pub fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of all frames that are in memory, in the log or with clients, in every variant.
    pub fn memory(&self) -> usize {
        self.costs.memory.load(Ordering::Relaxed)
    }

    /// What its frames have cost since the start.
    pub fn costs(&self) -> &Arc<Costs> {
        &self.costs
    }

    /// Wakes `client` whenever the log or the state changes, as long as it lives.
    pub fn wake(&self, client: &Arc<Notify>) {
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        wakers.retain(|w| w.strong_count() > 0);
        if !wakers.iter().any(|w| std::ptr::eq(w.as_ptr(), Arc::as_ptr(client))) {
            wakers.push(Arc::downgrade(client));
        }
    }

    fn wake_all(&self) {
        let wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        for waker in wakers.iter().filter_map(Weak::upgrade) {
            waker.notify_one();
        }
    }
}

/// The threads of a feed. They are told to end when this is dropped.
#[derive(Debug)]
pub struct Running {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts reading.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(feed: &Arc<Feed>, metrics: &Arc<Metrics>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = sync_channel(EVENTS);
        let SourceConfig::Kafka(kafka) = &feed.config.source;
        let source =
            consumer::spawn(feed.name(), kafka.clone(), feed.config.keep(), sender, stop.clone())?;
        let worker = worker::spawn(feed.clone(), metrics.clone(), receiver, stop.clone())?;
        Ok(Self { stop, threads: vec![worker, source] })
    }

    /// Tells the threads to end.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Waits for their end. Blocks: leaving a broker takes a moment.
    pub fn join(mut self) {
        self.stop();
        for thread in std::mem::take(&mut self.threads) {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}
