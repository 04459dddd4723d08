//! A plain HTTP client that trusts one tenant and nobody else.

use std::sync::Arc;

use anyhow::Context as _;
use reqwest::Client;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// # Errors
/// Where `ca` is no certificate in PEM.
pub(crate) fn client(ca: Option<&str>) -> anyhow::Result<Client> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca.unwrap_or_default().as_bytes()) {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        // The other side may close an idle connection just as it is taken up again.
        .pool_max_idle_per_host(0)
        .build()
        .context("no HTTP client could be made")
}
