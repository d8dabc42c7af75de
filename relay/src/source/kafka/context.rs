//! What librdkafka calls back: its log, its errors, its statistics.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use rdkafka::statistics::Statistics;
use rdkafka::types::RDKafkaErrorCode;

/// How long an error explains what comes after it.
const RECENT: Duration = Duration::from_secs(10);

/// Keeps the newest of each until the consumer's loop looks.
#[derive(Debug, Default)]
pub(super) struct Context {
    signals: Mutex<Signals>,
}

#[derive(Debug, Default)]
pub(super) struct Signals {
    /// Why no broker can be reached, when librdkafka said so since the last look.
    pub(super) down: Option<String>,
    /// The last error, and when.
    recent: Option<(Instant, String)>,
    /// The newest statistics.
    pub(super) statistics: Option<Statistics>,
}

impl Context {
    /// What came since the last call.
    pub(super) fn take(&self) -> Signals {
        let mut kept = self.lock();
        let taken = std::mem::take(&mut *kept);
        // An error is told before librdkafka concludes from it that all brokers are down.
        kept.recent = taken.recent.clone().filter(|(at, _)| at.elapsed() < RECENT);
        taken
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Signals> {
        // Nothing that holds the lock can panic half way.
        self.signals.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Signals {
    /// The last error, for messages.
    pub(super) fn error(&self) -> Option<String> {
        self.recent.as_ref().map(|(_, error)| error.clone())
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
                tracing::error!(target: "librdkafka", facility, "{message}");
            }
            // A broker that is away is told by the feed's state; here it would repeat for ever.
            _ => tracing::debug!(target: "librdkafka", facility, "{message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, "{reason}");
        let mut signals = self.lock();
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::AllBrokersDown) {
            signals.down = Some(signals.error().unwrap_or_else(|| reason.to_string()));
        } else {
            signals.recent = Some((Instant::now(), reason.to_string()));
        }
    }

    fn stats(&self, statistics: Statistics) {
        self.lock().statistics = Some(statistics);
    }
}

impl ConsumerContext for Context {}
