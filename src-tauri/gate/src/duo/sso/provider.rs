//! Who the provider is, and where it may send a browser back to.

use std::fmt;

use oauth2::url::{Host, Url};
use oauth2::{ClientId, ClientSecret};
use openidconnect::IssuerUrl;
use secrecy::{ExposeSecret as _, SecretString};

use crate::duo::ConnectionError;

/// Where people are sent back to. It is to be registered before anybody signs in, so it is the same for each issuer; another
/// provider's answer is told by its state, and by `iss` where that is announced.
pub(super) const WAY_BACK: &str = "/callback";
/// Below every system's range for outgoing connections, so that none of those holds one by chance.
pub(super) const PORTS: [u16; 3] = [28_631, 28_632, 28_633];

/// Where Duo serves single sign-on, one name below each: its own, and a customer's subdomain.
const DOMAINS: [&str; 4] = [
    ".sso.duosecurity.com",
    ".login.duosecurity.com",
    ".sso.duofederal.com",
    ".login.duofederal.com",
];

/// An application of Duo Single Sign-On for a generic OpenID Connect relying party.
pub struct Provider {
    /// Exactly as the application's page shows it.
    pub issuer: String,
    pub client_id: String,
    /// None where the application takes PKCE in its place.
    pub client_secret: Option<SecretString>,
    /// A certificate authority in place of Duo's, for a provider on this machine.
    pub ca: Option<String>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret.is_some())
            .field("ca", &self.ca.is_some())
            .finish()
    }
}

/// The same, checked, in the words of OpenID Connect. Its `Debug` shows no secret.
#[derive(Debug)]
pub(super) struct Party {
    pub(super) issuer: IssuerUrl,
    pub(super) client_id: ClientId,
    pub(super) client_secret: Option<ClientSecret>,
    /// Whether it must be Duo: it is, unless it brings an authority of its own.
    is_duo: bool,
}

impl Party {
    pub(super) fn new(provider: &Provider) -> Result<Self, ConnectionError> {
        let text = provider.issuer.trim();
        let is_duo = provider.ca.is_none();
        let no_issuer = || ConnectionError::Issuer(text.to_owned());
        let issuer = IssuerUrl::new(text.to_owned()).map_err(|_| no_issuer())?;
        if text.len() > 512 || !is_place(issuer.url(), is_duo) || issuer.url().query().is_some() {
            return Err(no_issuer());
        }
        let client_id = provider.client_id.trim();
        if !is_word(client_id, 128) {
            return Err(ConnectionError::SsoClientId);
        }
        let client_secret = match &provider.client_secret {
            None => None,
            Some(secret) => {
                let secret = secret.expose_secret().trim();
                if !is_word(secret, 256) {
                    return Err(ConnectionError::SsoClientSecret);
                }
                Some(ClientSecret::new(secret.to_owned()))
            }
        };
        Ok(Self {
            issuer,
            client_id: ClientId::new(client_id.to_owned()),
            client_secret,
            is_duo,
        })
    }

    /// Whether the provider may have a part of itself there.
    pub(super) fn is_at(&self, address: &Url) -> bool {
        is_place(address, self.is_duo)
    }
}

/// An address over TLS that hides nothing, at Duo's if it must be.
fn is_place(address: &Url, is_duo: bool) -> bool {
    address.scheme() == "https"
        && address.username().is_empty()
        && address.password().is_none()
        && address.fragment().is_none()
        && address.host().is_some_and(|host| match host {
            Host::Domain(name) => !is_duo || (address.port().is_none() && is_duos(name)),
            Host::Ipv4(_) | Host::Ipv6(_) => !is_duo,
        })
}

fn is_duos(name: &str) -> bool {
    DOMAINS
        .iter()
        .filter_map(|domain| name.strip_suffix(domain))
        .any(|tenant| {
            !tenant.is_empty()
                && tenant
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

fn is_word(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    const DUO: &str = "https://sso-1a2b3c4d.sso.duosecurity.com/oidc/DIWJ8X6AEYOR5OMC6TQ1";

    fn provider(issuer: &str, ca: bool) -> Provider {
        Provider {
            issuer: issuer.into(),
            client_id: "DIWJ8X6AEYOR5OMC6TQ1".into(),
            client_secret: Some("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep".into()),
            ca: ca.then(|| "pem".into()),
        }
    }

    fn issuer(issuer: &str, ca: bool) -> Result<String, ConnectionError> {
        Party::new(&provider(issuer, ca)).map(|party| party.issuer.to_string())
    }

    #[test]
    fn only_duo_is_an_issuer_without_an_authority() {
        for good in [
            DUO,
            "https://acme.login.duosecurity.com/oidc/DI",
            "https://sso-1a2b3c4d.sso.duofederal.com/oidc/DI",
        ] {
            assert_eq!(issuer(good, false), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "sso-1a2b3c4d.sso.duosecurity.com",
            "http://sso-1a2b3c4d.sso.duosecurity.com/oidc/DI",
            "https://sso-1a2b3c4d.sso.duosecurity.com.evil.example/oidc/DI",
            "https://sso.duosecurity.com/oidc/DI",
            "https://.sso.duosecurity.com/oidc/DI",
            "https://a.b.sso.duosecurity.com/oidc/DI",
            "https://evilsso.duosecurity.com/oidc/DI",
            "https://evil.example/.sso.duosecurity.com",
            "https://evil.example\\.sso.duosecurity.com/oidc/DI",
            "https://sso-1.sso.duosecurity.com@evil.example/oidc/DI",
            "https://user@sso-1.sso.duosecurity.com/oidc/DI",
            "https://sso-1.sso.duosecurity.com:8443/oidc/DI",
            "https://sso-1.sso.duosecurity.com/oidc/DI?x=y",
            "https://sso-1.sso.duosecurity.com/oidc/DI#x",
            "https://localhost:8443/oidc",
            "https://[::1]/oidc",
            "javascript:alert(1)",
        ] {
            assert_eq!(
                issuer(bad, false),
                Err(ConnectionError::Issuer(bad.into())),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_authority_of_ones_own_comes_with_any_host_over_tls() {
        for good in ["https://localhost:8443/oidc", "https://127.0.0.1:8443"] {
            assert_eq!(issuer(good, true), Ok(good.to_owned()));
        }
        for bad in ["http://localhost:8443", "https://a:b@localhost/", "/oidc"] {
            assert_eq!(
                issuer(bad, true),
                Err(ConnectionError::Issuer(bad.into())),
                "{bad}"
            );
        }
    }

    #[test]
    fn keys_are_words() {
        for bad in ["", "  ", "two words", "umlaut-ä"] {
            let id = Provider {
                client_id: bad.into(),
                ..provider(DUO, false)
            };
            assert_eq!(
                Party::new(&id).err(),
                Some(ConnectionError::SsoClientId),
                "{bad}"
            );
            let secret = Provider {
                client_secret: Some(bad.into()),
                ..provider(DUO, false)
            };
            assert_eq!(
                Party::new(&secret).err(),
                Some(ConnectionError::SsoClientSecret),
                "{bad}"
            );
        }
    }
}
