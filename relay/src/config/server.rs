//! `[server]`: where the relay listens, and whom it lets in.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::Secret;

/// Where the relay listens and whom it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// The address of the one port. Port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Must be set to listen on anything but loopback where authentication or TLS is missing.
    pub allow_remote: bool,
    /// Names that a request's `Host` may have, without port. By default those of loopback.
    pub allowed_hosts: Vec<String>,
    /// Origins of other sites whose pages may read data, as a browser sends them. A page of the
    /// relay's own (its `Origin` is its `Host`) is always allowed.
    pub allowed_origins: Vec<String>,
    /// WebSocket clients at the same time; one more is refused with 503.
    pub max_clients: usize,
    /// A client of which nothing was heard for so long, not even a pong, is let go.
    pub idle_timeout: Duration,
    /// How long what is under way may take when the relay shuts down.
    pub drain_timeout: Duration,
    /// Whose tokens are let in; `None` asks nobody for one.
    pub auth: Option<AuthConfig>,
    /// The certificate; `None` serves in the clear.
    pub tls: Option<TlsConfig>,
    /// How much anyone may use.
    pub limits: LimitsConfig,
    /// An address of its own for metrics and probes; `None` has the metrics at `listen`.
    pub metrics: Option<SocketAddr>,
    /// What comes before every path, as `/live`; empty for nothing.
    pub base_path: String,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            allow_remote: false,
            allowed_hosts: ["localhost", "127.0.0.1", "[::1]"].map(String::from).to_vec(),
            allowed_origins: Vec::new(),
            max_clients: 1024,
            idle_timeout: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(5),
            auth: None,
            tls: None,
            limits: LimitsConfig::default(),
            metrics: None,
            base_path: String::new(),
        }
    }
}

/// TLS for the listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// The certificate and those that lead from it to a known one, in PEM.
    pub cert: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
    /// The oldest version that is spoken.
    pub min_version: TlsVersion,
    /// How often the files are looked at for new ones.
    pub reload: Duration,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersion {
    /// 1.2 (RFC 5246).
    Tls12,
    /// 1.3 (RFC 8446).
    Tls13,
}

/// How much anyone may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Connections at the same time, of any kind. One more is closed at once.
    pub connections: usize,
    /// Of these, how many one address may have; `None` is no bound of its own.
    pub connections_per_address: Option<usize>,
    /// New connections a second; as many at once where there were none for a second. More wait.
    pub connections_per_second: u32,
    /// How long a TLS handshake, the head of a request and the first message may take, each.
    pub handshake_timeout: Duration,
    /// Bytes of a request's head.
    pub header_bytes: usize,
    /// Bytes of a message of a WebSocket client.
    pub message_bytes: usize,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_address: None,
            connections_per_second: 1000,
            handshake_timeout: Duration::from_secs(10),
            header_bytes: 16 << 10,
            message_bytes: 64 << 10,
        }
    }
}

/// Whose tokens are let in: whoever has one of the secrets, or a token that the issuer signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthConfig {
    /// Secrets that are tokens as they stand.
    pub secrets: Vec<SharedSecret>,
    /// Signed tokens.
    pub jwt: Option<JwtConfig>,
}

/// A secret that is a token as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedSecret {
    /// The token.
    pub value: Secret,
    /// What it may read.
    pub feeds: FeedSelection,
}

/// A choice of feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedSelection {
    /// All of them.
    All,
    /// Those of these names. A `*` at a name's end stands for any rest.
    Listed(Vec<String>),
}

impl FeedSelection {
    /// Whether a feed of this name is among them.
    pub fn contains(&self, feed: &str) -> bool {
        match self {
            FeedSelection::All => true,
            FeedSelection::Listed(names) => names.iter().any(|name| is_match(name, feed)),
        }
    }
}

/// Whether a name, or one that ends in `*`, is that of the feed.
pub fn is_match(name: &str, feed: &str) -> bool {
    match name.strip_suffix('*') {
        Some(beginning) => feed.starts_with(beginning),
        None => name == feed,
    }
}

/// JSON Web Tokens (RFC 7519): who signs them, and what they must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtConfig {
    /// Where the issuer's public keys are.
    pub keys: KeySource,
    /// A token must be meant for one of these (`aud`); at least one.
    pub audience: Vec<String>,
    /// A token must come from one of these (`iss`); empty: from whoever has the keys.
    pub issuer: Vec<String>,
    /// How far the issuer's clock may be off.
    pub leeway: Duration,
    /// How often the keys are read anew.
    pub refresh: Duration,
    /// A token of a key that is not known has the keys read anew, but not more often than this.
    pub refetch: Duration,
}

/// Where a JSON Web Key Set (RFC 7517) is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// At an address, by HTTPS or from this machine.
    Url(String),
    /// In a file.
    File(PathBuf),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_chosen_by_name_or_beginning() {
        let some = FeedSelection::Listed(vec!["trades".into(), "prices.*".into()]);
        for (feed, chosen) in [
            ("trades", true),
            ("trades2", false),
            ("prices.eu", true),
            ("prices.", true),
            ("prices", false),
            ("", false),
        ] {
            assert_eq!(some.contains(feed), chosen, "{feed}");
        }
        assert!(FeedSelection::All.contains("any"));
        assert!(FeedSelection::Listed(vec!["*".into()]).contains("any"));
        assert!(!FeedSelection::Listed(Vec::new()).contains("any"));
    }
}
