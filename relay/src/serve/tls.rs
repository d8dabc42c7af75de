//! TLS for the listener: certificates from files, read anew when these change.
//!
//! A handshake takes the certificate that is current when it begins; connections that are there
//! keep theirs. Files are looked at regularly instead of being watched: what renews them may
//! replace a directory, a link or the file, on any file system.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::config::{TlsConfig, TlsVersion};

/// The certificate of a listener, kept up to date.
pub struct Tls {
    current: Arc<RwLock<Arc<ServerConfig>>>,
    watch: JoinHandle<()>,
}

/// The contents of both files.
#[derive(PartialEq, Eq)]
struct Files {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl Tls {
    /// Reads the files, and then whenever they change, until this is dropped.
    ///
    /// # Errors
    /// When they are no certificate and its key. Later that is logged, and the last ones stay.
    pub fn start(config: &TlsConfig) -> Result<Self, String> {
        let mut files = Files::read(config)?;
        let current = Arc::new(RwLock::new(Arc::new(files.load(config)?)));
        let (config, shared) = (config.clone(), current.clone());
        let watch = tokio::spawn(async move {
            loop {
                tokio::time::sleep(config.reload).await;
                let found = match Files::read(&config) {
                    Ok(found) if found == files => continue,
                    Ok(found) => found,
                    // It may be on its way: looked at again next time.
                    Err(why) => {
                        tracing::warn!("the certificate stays as it is: {why}");
                        continue;
                    }
                };
                match found.load(&config) {
                    Ok(loaded) => {
                        *shared.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
                        tracing::info!("the certificate is replaced");
                    }
                    Err(why) => tracing::warn!("the certificate stays as it is: {why}"),
                }
                files = found;
            }
        });
        Ok(Self { current, watch })
    }

    /// Whether the files can be used.
    ///
    /// # Errors
    /// With what is wrong with them.
    pub fn check(config: &TlsConfig) -> Result<(), String> {
        Files::read(config)?.load(config).map(drop)
    }

    /// Makes TLS of a connection, with the certificate of now.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone().into()
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Files {
    fn read(config: &TlsConfig) -> Result<Self, String> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|e| format!("{} cannot be read: {e}", path.display()))
        };
        Ok(Self { cert: read(&config.cert)?, key: read(&config.key)? })
    }

    fn load(&self, config: &TlsConfig) -> Result<ServerConfig, String> {
        let (cert, key) = (config.cert.display(), config.key.display());
        let chain = CertificateDer::pem_slice_iter(&self.cert)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| format!("{cert}: {e}"))?;
        if chain.is_empty() {
            return Err(format!("{cert}: expected a certificate in PEM, found none"));
        }
        // What is wrong with a key is told without a word of it.
        let private = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| format!("{key}: expected a private key in PEM, found none"))?;
        let versions: &[_] = match config.min_version {
            TlsVersion::Tls12 => &[&TLS13, &TLS12],
            TlsVersion::Tls13 => &[&TLS13],
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut loaded = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(|e| e.to_string())?
            .with_no_client_auth()
            .with_single_cert(chain, private)
            .map_err(|e| format!("{cert} and {key} do not belong together: {e}"))?;
        loaded.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(loaded)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn start(cert: &str, key: &str) -> Result<Tls, String> {
        let directory = tempfile::tempdir().unwrap();
        let config = TlsConfig {
            cert: directory.path().join("cert.pem"),
            key: directory.path().join("key.pem"),
            min_version: TlsVersion::Tls12,
            reload: Duration::from_secs(60),
        };
        std::fs::write(&config.cert, cert).unwrap();
        std::fs::write(&config.key, key).unwrap();
        Tls::start(&config)
    }

    #[tokio::test]
    async fn what_is_wrong_with_the_files_is_told_without_the_key() {
        let ((cert, key), (_, other)) = (pair(), pair());
        assert!(start(&cert, &key).is_ok());
        // Keys have line breaks: a part of one line would be a part of the secret.
        let secret = key.lines().nth(1).unwrap();
        for (cert, key, expected) in [
            ("", key.as_str(), "expected a certificate in PEM, found none"),
            (&key, &key, "expected a certificate in PEM, found none"),
            (&cert, "", "expected a private key in PEM, found none"),
            (&cert, &cert, "expected a private key in PEM, found none"),
            (&cert, &key[..80], "expected a private key in PEM, found none"),
            (&cert, &other, "do not belong together"),
        ] {
            let error = start(cert, key).err().expect("an error");
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains(secret), "{error}");
        }
    }
}
