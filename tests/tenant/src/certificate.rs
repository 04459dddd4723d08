//! The tenant's own certificate authority, and the certificates that a client must refuse.

use std::sync::Arc;

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Which certificate the tenant shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certificate {
    #[default]
    Genuine,
    SelfSigned,
    Expired,
    WrongHost,
    UnknownCa,
}

pub(crate) struct Certificates {
    pub(crate) ca_pem: String,
    genuine: TlsAcceptor,
    self_signed: TlsAcceptor,
    expired: TlsAcceptor,
    wrong_host: TlsAcceptor,
    unknown_ca: TlsAcceptor,
}

type Authority = CertifiedIssuer<'static, KeyPair>;

impl Certificates {
    pub(crate) fn new(hosts: &[String]) -> anyhow::Result<Self> {
        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        names.extend_from_slice(hosts);
        let authority = authority("duo-tenant: made up for a test")?;
        let mut expired = leaf(&names)?;
        expired.not_before = date_time_ymd(2020, 1, 1);
        expired.not_after = date_time_ymd(2020, 2, 1);
        Ok(Self {
            ca_pem: authority.pem(),
            genuine: signed(leaf(&names)?, &authority)?,
            self_signed: self_signed(leaf(&names)?)?,
            expired: signed(expired, &authority)?,
            wrong_host: signed(leaf(&["elsewhere.example".to_owned()])?, &authority)?,
            unknown_ca: signed(
                leaf(&names)?,
                &self::authority("duo-tenant: a CA that nobody trusts")?,
            )?,
        })
    }

    pub(crate) fn acceptor(&self, certificate: Certificate) -> TlsAcceptor {
        match certificate {
            Certificate::Genuine => self.genuine.clone(),
            Certificate::SelfSigned => self.self_signed.clone(),
            Certificate::Expired => self.expired.clone(),
            Certificate::WrongHost => self.wrong_host.clone(),
            Certificate::UnknownCa => self.unknown_ca.clone(),
        }
    }
}

fn authority(name: &str) -> anyhow::Result<Authority> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
        .context("could not make the tenant's CA")
}

fn leaf(names: &[String]) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(names.to_vec())?;
    params.use_authority_key_identifier_extension = true;
    params
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn signed(params: CertificateParams, authority: &Authority) -> anyhow::Result<TlsAcceptor> {
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, authority)?;
    acceptor(certificate.der().clone(), &key)
}

fn self_signed(params: CertificateParams) -> anyhow::Result<TlsAcceptor> {
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    acceptor(certificate.der().clone(), &key)
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> anyhow::Result<TlsAcceptor> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Named here and not left to the process: the program under test may have installed another provider.
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .context("could not use the tenant's certificate")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
