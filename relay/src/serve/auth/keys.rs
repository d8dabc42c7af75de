//! The issuer's public keys, a JSON Web Key Set (RFC 7517), kept up to date.
//!
//! The set is read at the start, then regularly, and when a token names a key that is not in
//! it, so that an issuer may change its keys at any time. A set that cannot be read leaves the
//! last one as it is.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::config::{JwtConfig, KeySource};
use crate::outgoing;

/// How long the issuer may take to answer.
const ASK: Duration = Duration::from_secs(10);
/// The largest set that is read, in bytes.
const LARGEST: u64 = 1 << 20;
/// How soon a set that could not be read is asked for again; doubles up to the regular time.
const RETRY: Duration = Duration::from_secs(1);

/// A key that verifies signatures.
pub struct Key {
    pub id: Option<String>,
    pub key: DecodingKey,
    /// The one algorithm that it is for, where it says so.
    alg: Option<Algorithm>,
}

impl Key {
    /// Whether it may have made a signature by this algorithm.
    pub fn fits(&self, alg: Algorithm) -> bool {
        self.key.family() == alg.family() && self.alg.is_none_or(|own| own == alg)
    }
}

/// The keys at a time.
pub struct KeySet {
    /// Counts the sets that were read; 0 before the first.
    pub generation: u64,
    pub keys: Vec<Key>,
}

/// The keys of an issuer.
pub struct Keys {
    source: KeySource,
    /// The shortest time between two reads that tokens cause.
    refetch: Duration,
    current: RwLock<Arc<KeySet>>,
    /// When the set was last asked for. Held while it is.
    asked: Mutex<Option<Instant>>,
    regularly: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Keys {
    /// Begins to read them, now and then regularly, until this is dropped.
    pub fn start(config: &JwtConfig) -> Arc<Self> {
        let keys = Arc::new(Self {
            source: config.keys.clone(),
            refetch: config.refetch,
            current: RwLock::new(Arc::new(KeySet { generation: 0, keys: Vec::new() })),
            asked: Mutex::new(None),
            regularly: std::sync::Mutex::new(None),
        });
        let weak = Arc::downgrade(&keys);
        let refresh = config.refresh;
        let task = tokio::spawn(async move {
            let mut retry = RETRY;
            while let Some(keys) = weak.upgrade() {
                let seen = keys.current().generation;
                let read = {
                    let mut asked = keys.asked.lock().await;
                    // A token may have had it read while this waited.
                    keys.current().generation > seen || keys.read(&mut asked).await
                };
                drop(keys);
                let wait = if read { refresh } else { retry.min(refresh) };
                retry = if read { RETRY } else { retry * 2 };
                tokio::time::sleep(wait).await;
            }
        });
        *keys.regularly.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        keys
    }

    /// The keys as they are known now.
    pub fn current(&self) -> Arc<KeySet> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys, read anew unless that was just done or there are newer ones than those that
    /// were looked at. Waits for a read that is under way.
    pub async fn newer_than(&self, seen: u64) -> Arc<KeySet> {
        let mut asked = self.asked.lock().await;
        let just_now = asked.is_some_and(|asked| asked.elapsed() < self.refetch);
        if self.current().generation <= seen && !just_now {
            self.read(&mut asked).await;
        }
        self.current()
    }

    /// Reads the set; says whether that went well.
    async fn read(&self, asked: &mut Option<Instant>) -> bool {
        *asked = Some(Instant::now());
        let found = match fetch(&self.source).await.and_then(|text| parse(&text)) {
            Ok(found) => found,
            Err(why) => {
                tracing::warn!("the issuer's keys cannot be read: {why}");
                return false;
            }
        };
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let generation = current.generation + 1;
        if generation == 1 {
            tracing::info!(keys = found.len(), "the issuer's keys are read");
        }
        *current = Arc::new(KeySet { generation, keys: found });
        true
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let task = self.regularly.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
        }
    }
}

async fn fetch(source: &KeySource) -> Result<String, String> {
    match source {
        KeySource::File(path) => tokio::fs::read_to_string(path)
            .await
            .map_err(|e| format!("{} cannot be read: {e}", path.display())),
        KeySource::Url(url) => {
            let address = url.clone();
            let answer = tokio::task::spawn_blocking(move || ask(&address)).await;
            answer.map_err(|e| e.to_string())?.map_err(|e| format!("{url}: {e}"))
        }
    }
}

/// Asks by HTTP; trusts the certificates that the system trusts.
fn ask(url: &str) -> Result<String, ureq::Error> {
    // Nor may it be sent on to where it would go in the clear.
    let agent: ureq::Agent =
        outgoing::agent(ASK).https_only(url.starts_with("https:")).build().into();
    agent.get(url).call()?.body_mut().with_config().limit(LARGEST).read_to_string()
}

/// The keys of a set that verify signatures and are public. Others are passed over: a set may
/// have keys for encryption, and of kinds that are not known here.
fn parse(text: &str) -> Result<Vec<Key>, String> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set =
        serde_json::from_str(text).map_err(|e| format!("expected a JSON Web Key Set: {e}"))?;
    let keys: Vec<Key> = set.keys.into_iter().filter_map(key).collect();
    if keys.is_empty() {
        return Err("no key in the set verifies signatures of a kind that is known".into());
    }
    Ok(keys)
}

fn key(value: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    if jwk.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature)
    {
        return None;
    }
    // An algorithm that is none of signatures makes it no key for them.
    let alg = jwk.common.key_algorithm.map(Algorithm::try_from).transpose().ok()?;
    let key = DecodingKey::try_from(&jwk).ok()?;
    (key.family() != AlgorithmFamily::Hmac).then_some(Key { id: jwk.common.key_id, key, alg })
}
