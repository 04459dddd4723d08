//! The certificate authorities that Duo's own clients trust, and no others.
//!
//! The certificates come from Mozilla's bundle; the list says which of them
//! (Duo's `ca_certs.pem` as shipped with `duo_client` for Python). A root that
//! Mozilla does not carry is left out.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use sha2::{Digest as _, Sha256};

use super::Connection;

/// SHA-256 of each certificate in Duo's bundle.
const DUO: [&str; 15] = [
    // Amazon Root CA 1, 2, 3, 4
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
    // Starfield Services Root CA - G2, Starfield Root CA - G2
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    "2ce1cb0bf9d2f9e102993fbe215152c3b2dd0cabde1c68e5319b839154dbb7f5",
    // DigiCert High Assurance EV Root CA, TLS ECC P384 Root G5, TLS RSA4096 Root G5
    "7431e5f4c3c1ce4690774f0b61e05440883ba9a01ed00ba6abd7806ed3b118cf",
    "018e13f0772532cf809bd1b17281867283fc48c6e13be9c69812854a490c1b05",
    "371a00dc0533b3721a7eeb40e8419e70799d2b0a0f2c1d80693165f7cec4ad75",
    // GlobalSign Root R46, Root E46
    "4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9",
    "cbb9c44d84b8043e1050ea31a69f514955d7bfd2e2c6b49301019ad61d9f5058",
    // GTS Root R2, Root R4
    "8d25cd97229dbf70356bda4eb3cc734031e24cf00fafcfd32dc76eb5841c7ea8",
    "349dfa4058c5e263123b398ae795573c4e1313c83fe68f93556cd5e8031b3c7d",
    // IdenTrust Commercial Root CA 1, TLS ECC CA 2
    "5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae",
    "983d826ba9c87f653ff9e8384c5413e1d59acf19ddc9c98cecae5fdea2ac229c",
];

/// TLS as it must be to this tenant: 1.2 or newer, and only its authorities.
pub(super) fn tls(connection: &Connection) -> Result<ClientConfig, String> {
    tls_with(connection.ca())
}

/// The same for whoever has no connection: `ca` in place of Duo's authorities.
pub(super) fn tls_with(ca: Option<&str>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match ca {
        None => {
            roots.add_parsable_certificates(duo_roots());
        }
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|_| NO_AUTHORITY.to_owned())?;
                roots
                    .add(certificate)
                    .map_err(|_| NO_AUTHORITY.to_owned())?;
            }
        }
    }
    if roots.is_empty() {
        return Err(NO_AUTHORITY.to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

const NO_AUTHORITY: &str =
    "the certificate authority given with this connection is not a certificate in PEM form";

fn duo_roots() -> impl Iterator<Item = CertificateDer<'static>> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter(|certificate| is_duos(certificate))
        .cloned()
}

fn is_duos(certificate: &[u8]) -> bool {
    DUO.contains(&digest(certificate).as_str())
}

fn digest(certificate: &[u8]) -> String {
    Sha256::digest(certificate)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn connection(ca: Option<&str>) -> Connection {
        Connection::new(
            "api-1a2b3c4d.duosecurity.com",
            "DIWJ8X6AEYOR5OMC6TQ1",
            "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep".into(),
            ca.map(Into::into),
        )
        .unwrap()
    }

    #[test]
    fn mozilla_carries_twelve_of_duos_fifteen_roots() {
        let found: Vec<String> = duo_roots().map(|root| digest(&root)).collect();
        let missing: Vec<&str> = DUO
            .into_iter()
            .filter(|root| !found.iter().any(|it| it == root))
            .collect();
        let known_missing = vec![
            // DigiCert High Assurance EV Root CA
            "7431e5f4c3c1ce4690774f0b61e05440883ba9a01ed00ba6abd7806ed3b118cf",
            // GTS Root R2
            "8d25cd97229dbf70356bda4eb3cc734031e24cf00fafcfd32dc76eb5841c7ea8",
            // IdenTrust Commercial Root TLS ECC CA 2
            "983d826ba9c87f653ff9e8384c5413e1d59acf19ddc9c98cecae5fdea2ac229c",
        ];
        assert_eq!((found.len(), missing), (12, known_missing));
    }

    #[test]
    fn an_authority_must_be_one() {
        assert_eq!(tls(&connection(None)).is_ok(), true);
        for bad in [
            "",
            "no PEM",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(
                tls(&connection(Some(bad))).err(),
                Some(NO_AUTHORITY.to_owned()),
                "{bad:?}"
            );
        }
    }
}
