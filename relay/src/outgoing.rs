//! Questions to other servers by HTTP: an issuer's keys, a schema registry.

use std::sync::Arc;
use std::time::Duration;

use ureq::config::ConfigBuilder;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

/// An agent to be built, whose questions take no longer, and which trusts the certificates that
/// the system trusts.
pub fn agent(timeout: Duration) -> ConfigBuilder<AgentScope> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    ureq::Agent::config_builder().timeout_global(Some(timeout)).tls_config(tls)
}
