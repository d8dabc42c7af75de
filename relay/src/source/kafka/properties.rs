//! Which settings of librdkafka a configuration may make, checked without a client.

use rdkafka::ClientConfig;

use super::probe::creation_error;
use crate::config::nearest;

/// Settings that the relay decides itself, and why.
const RESERVED: &[(&str, &str)] = &[
    ("bootstrap.servers", "is set by brokers"),
    ("metadata.broker.list", "is set by brokers"),
    ("group.id", "is decided by the relay, which joins no consumer group"),
    ("group.instance.id", "is decided by the relay, which joins no consumer group"),
    ("enable.auto.commit", "is decided by the relay, which commits nothing"),
    ("enable.auto.offset.store", "is decided by the relay, which commits nothing"),
    ("auto.offset.reset", "is decided by the relay: where a feed begins is set by start"),
    ("enable.partition.eof", "is decided by the relay"),
    ("statistics.interval.ms", "is decided by the relay, which reads its health from them"),
    ("allow.auto.create.topics", "is decided by the relay, which never creates a topic"),
];

/// Settings that a reader of topics has a use for: what a misspelled name is compared with.
const USEFUL: &[&str] = &[
    "security.protocol",
    "sasl.mechanism",
    "sasl.mechanisms",
    "sasl.username",
    "sasl.password",
    "ssl.ca.location",
    "ssl.ca.pem",
    "ssl.certificate.location",
    "ssl.certificate.pem",
    "ssl.key.location",
    "ssl.key.pem",
    "ssl.key.password",
    "ssl.endpoint.identification.algorithm",
    "enable.ssl.certificate.verification",
    "client.id",
    "client.rack",
    "broker.address.family",
    "isolation.level",
    "check.crcs",
    "debug",
    "fetch.wait.max.ms",
    "fetch.min.bytes",
    "fetch.max.bytes",
    "fetch.message.max.bytes",
    "fetch.error.backoff.ms",
    "fetch.queue.backoff.ms",
    "max.partition.fetch.bytes",
    "queued.min.messages",
    "queued.max.messages.kbytes",
    "receive.message.max.bytes",
    "reconnect.backoff.ms",
    "reconnect.backoff.max.ms",
    "retry.backoff.ms",
    "socket.timeout.ms",
    "socket.keepalive.enable",
    "socket.connection.setup.timeout.ms",
    "connections.max.idle.ms",
    "metadata.max.age.ms",
    "topic.metadata.refresh.interval.ms",
];

const NO_TLS: &str = "needs TLS, and this build has none: build with --features tls (takes the \
                      OpenSSL of the system) or --features tls-vendored (compiles it)";

/// Checks one setting: its name, and that librdkafka takes the value.
///
/// # Errors
/// With why it may not be set. The value is never part of it.
pub fn check_property(name: &str, value: &str) -> Result<(), String> {
    if let Some((_, why)) = RESERVED.iter().find(|(reserved, _)| *reserved == name) {
        return Err((*why).to_string());
    }
    match ClientConfig::new().set(name, value).create_native_config() {
        Ok(_) => Ok(()),
        Err(error) => {
            let reason = creation_error(&error);
            if reason.contains("No such configuration property") {
                return Err(format!("is no property of librdkafka{}", nearest(name, USEFUL)));
            }
            let has_tls = cfg!(any(feature = "tls", feature = "tls-vendored"));
            if !has_tls && reason.contains("OpenSSL not available") {
                return Err(NO_TLS.to_string());
            }
            Err(reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_suggested_is_known_to_librdkafka() {
        for name in USEFUL {
            // No value fits all of them; what matters is that the name is not the trouble.
            let error = check_property(name, "no such value").err().unwrap_or_default();
            assert!(!error.contains("is no property"), "{name}: {error}");
        }
    }

    #[test]
    fn a_misspelled_name_is_told_the_nearest_and_a_value_is_not_shown() {
        let error = check_property("fetch.min.byte", "1").unwrap_err();
        assert_eq!(error, "is no property of librdkafka: did you mean \"fetch.min.bytes\"?");
        let error = check_property("fetch.min.bytes", "hunter2").unwrap_err();
        assert!(error.contains("fetch.min.bytes") && !error.contains("hunter2"), "{error}");
        assert!(check_property("group.id", "mine").unwrap_err().contains("no consumer group"));
        assert_eq!(check_property("fetch.min.bytes", "1"), Ok(()));
    }

    #[cfg(not(any(feature = "tls", feature = "tls-vendored")))]
    #[test]
    fn what_needs_tls_says_how_to_build_with_it() {
        for (name, value) in [("ssl.ca.location", "/ca.pem"), ("security.protocol", "SASL_SSL")] {
            let error = check_property(name, value).unwrap_err();
            assert!(error.contains("--features tls"), "{name}: {error}");
        }
    }
}
