//! A broker to try things with: librdkafka's mock cluster, on loopback, in our own process.
//!
//! It speaks Kafka's protocol over real sockets but keeps only the newest 5 MiB of a partition,
//! and nothing when it ends.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

/// A mock cluster on a thread of its own, which ends with it.
#[derive(Debug)]
pub struct Broker {
    bootstrap: String,
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

type Cluster = MockCluster<'static, DefaultProducerContext>;
type Order = Box<dyn FnOnce(&Cluster) + Send>;

impl Broker {
    /// Starts one broker with one topic.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(topic: &str, partitions: i32) -> Result<Self, String> {
        Self::start_cluster(1, topic, partitions)
    }

    /// Starts so many brokers, numbered from 1, with one topic.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn start_cluster(brokers: i32, topic: &str, partitions: i32) -> Result<Self, String> {
        let topic = topic.to_string();
        let (orders, received): (Sender<Order>, Receiver<Order>) = channel();
        let (started, starting) = channel();
        // The cluster may not move between threads: it is made, used and dropped on this one.
        let thread = std::thread::Builder::new()
            .name("broker".into())
            .spawn(move || {
                let cluster = MockCluster::new(brokers).and_then(|cluster| {
                    cluster.create_topic(&topic, partitions, 1)?;
                    Ok(cluster)
                });
                match cluster {
                    Ok(cluster) => {
                        let _ = started.send(Ok(cluster.bootstrap_servers()));
                        while let Ok(order) = received.recv() {
                            order(&cluster);
                        }
                    }
                    Err(error) => {
                        let _ = started.send(Err(error.to_string()));
                    }
                }
            })
            .map_err(|e| e.to_string())?;
        let bootstrap =
            starting.recv().map_err(|_| "the broker's thread ended".to_string()).flatten()?;
        Ok(Self { bootstrap, orders, thread: Some(thread) })
    }

    /// Its address.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// Does something to the cluster, on its thread, and waits for it.
    pub fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Cluster) -> T + Send + 'static,
    ) -> Option<T> {
        let (done, result) = channel();
        self.orders
            .send(Box::new(move |cluster| {
                let _ = done.send(act(cluster));
            }))
            .ok()?;
        result.recv().ok()
    }

    /// Cuts all connections and refuses new ones.
    pub fn down(&self) {
        self.with(|cluster| cluster.broker_down(-1));
    }

    /// Accepts connections again.
    pub fn up(&self) {
        self.with(|cluster| cluster.broker_up(-1));
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let (nobody, _) = channel();
        self.orders = nobody;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
