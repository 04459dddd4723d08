//! Which Duo tenant we talk to, and as what.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// An Auth API application at one Duo tenant.
#[derive(Clone)]
pub struct Connection {
    host: String,
    integration_key: String,
    secret_key: SecretString,
    /// A certificate authority in place of Duo's, for a tenant on this machine.
    ca: Option<String>,
}

impl Connection {
    /// # Errors
    /// Where one of them cannot be what Duo's Admin Panel shows.
    pub fn new(
        host: &str,
        integration_key: &str,
        secret_key: SecretString,
        ca: Option<String>,
    ) -> Result<Self, ConnectionError> {
        let host = host.trim().to_ascii_lowercase();
        if ca.is_some() && !is_any_host(&host) {
            return Err(ConnectionError::Host(host));
        }
        if ca.is_none() && !is_duo_host(&host) {
            return Err(ConnectionError::ForeignHost(host));
        }
        let integration_key = integration_key.trim();
        if integration_key.len() != 20 || !is_alphanumeric(integration_key) {
            return Err(ConnectionError::IntegrationKey);
        }
        let secret_key = SecretString::from(secret_key.expose_secret().trim());
        if secret_key.expose_secret().len() != 40 || !is_alphanumeric(secret_key.expose_secret()) {
            return Err(ConnectionError::SecretKey);
        }
        Ok(Self {
            host,
            integration_key: integration_key.to_owned(),
            secret_key,
            ca,
        })
    }

    /// Where requests go: the API hostname, with a port if it has one.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn integration_key(&self) -> &str {
        &self.integration_key
    }

    pub fn ca(&self) -> Option<&str> {
        self.ca.as_deref()
    }

    pub(super) fn secret_key(&self) -> &SecretString {
        &self.secret_key
    }

    /// Duo's clients sign the name alone, whatever port they go to.
    pub(super) fn signed_host(&self) -> &str {
        self.host
            .split_once(':')
            .map_or(&self.host, |(name, _)| name)
    }
}

impl PartialEq for Connection {
    fn eq(&self, other: &Self) -> bool {
        self.host == other.host
            && self.integration_key == other.integration_key
            && self.secret_key.expose_secret() == other.secret_key.expose_secret()
            && self.ca == other.ca
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("host", &self.host)
            .field("integration_key", &self.integration_key)
            .field("ca", &self.ca.is_some())
            .finish_non_exhaustive()
    }
}

/// `api-XXXXXXXX` at one of Duo's own domains, and nothing else.
fn is_duo_host(host: &str) -> bool {
    host.strip_suffix(".duosecurity.com")
        .or_else(|| host.strip_suffix(".duofederal.com"))
        .and_then(|name| name.strip_prefix("api-"))
        .is_some_and(|tenant| tenant.len() == 8 && is_alphanumeric(tenant))
}

/// A name or IPv4 address, with or without a port.
fn is_any_host(host: &str) -> bool {
    let (name, port) = host
        .split_once(':')
        .map_or((host, None), |(name, port)| (name, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty() && label.len() < 64 && is_alphanumeric(&label.replace('-', "0"))
    };
    name.len() < 254
        && name.split('.').all(is_label)
        && port.is_none_or(|port| {
            is_alphanumeric(port) && port.parse::<u16>().is_ok_and(|port| port > 0)
        })
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    #[error(
        "`{}` is not a Duo API hostname: it must look like `api-xxxxxxxx.duosecurity.com`; copy it from the application's page in the Duo Admin Panel",
        thumbturn_wire::plain(.0, 80)
    )]
    ForeignHost(String),
    #[error(
        "`{}` is not a host: give a name, with a port if it needs one, such as `localhost:8443`",
        thumbturn_wire::plain(.0, 80)
    )]
    Host(String),
    #[error(
        "that is not an integration key: it has 20 letters and digits and starts with `DI`; copy it from the application's page in the Duo Admin Panel"
    )]
    IntegrationKey,
    #[error(
        "that is not a secret key: it has 40 letters and digits; copy it from the application's page in the Duo Admin Panel"
    )]
    SecretKey,
    #[error(
        "that is not a client ID: it has 20 letters and digits and starts with `DI`; copy it from the Web SDK application's page in the Duo Admin Panel"
    )]
    ClientId,
    #[error(
        "that is not a client secret: it has 40 letters and digits; copy it from the Web SDK application's page in the Duo Admin Panel"
    )]
    ClientSecret,
    #[error(
        "`{}` is not an issuer of Duo Single Sign-On: it looks like `https://sso-xxxxxxxx.sso.duosecurity.com/oidc/DI…`; copy it from the application's page in the Duo Admin Panel",
        thumbturn_wire::plain(.0, 120)
    )]
    Issuer(String),
    #[error(
        "that is not a client ID of Duo Single Sign-On: it is one word without spaces, not longer than 128 characters; copy it from the application's page in the Duo Admin Panel"
    )]
    SsoClientId,
    #[error(
        "that is not a client secret of Duo Single Sign-On: it is one word without spaces, not longer than 256 characters; copy it from the application's page in the Duo Admin Panel, or leave it out where PKCE stands in its place"
    )]
    SsoClientSecret,
    #[error(
        "the connection in the keychain is not what this version writes; run `thumbturn-tray connect` again"
    )]
    Item,
    #[error("the `proxy` in the settings is not an address such as `http://proxy.example:3128`")]
    Proxy,
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    const IKEY: &str = "DIWJ8X6AEYOR5OMC6TQ1";
    const SKEY: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

    fn made(host: &str, ca: Option<&str>) -> Result<Connection, ConnectionError> {
        Connection::new(host, IKEY, SKEY.into(), ca.map(Into::into))
    }

    #[test]
    fn only_duos_hosts_stand_without_an_authority() {
        for good in [
            "api-1a2b3c4d.duosecurity.com",
            "API-1A2B3C4D.DuoSecurity.com",
            "api-1a2b3c4d.duofederal.com",
        ] {
            assert_eq!(
                made(good, None).unwrap().host(),
                good.to_ascii_lowercase(),
                "{good}"
            );
        }
        for bad in [
            "",
            "localhost",
            "127.0.0.1",
            "api-1a2b3c4d.duosecurity.com.evil.example",
            "api-1a2b3c4d.evilduosecurity.com",
            "evil.example/api-1a2b3c4d.duosecurity.com",
            "api-1a2b3c4d.duosecurity.com/x",
            "api-1a2b3c4d.duosecurity.com:443",
            "api-1a2b3c4d.duosecurity.com@evil.example",
            "user@api-1a2b3c4d.duosecurity.com",
            "https://api-1a2b3c4d.duosecurity.com",
            "api-1a2b.c3d.duosecurity.com",
            "api-1a2b3c4d5.duosecurity.com",
            "api-.duosecurity.com",
            "sso-1a2b3c4d.duosecurity.com",
            "api-1a2b3c4d.duosecurity.com.",
            "api-1a2b3c4д.duosecurity.com",
        ] {
            assert_eq!(
                made(bad, None),
                Err(ConnectionError::ForeignHost(bad.to_ascii_lowercase())),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_authority_of_ones_own_comes_with_a_host_of_ones_own() {
        for good in ["localhost", "localhost:8443", "127.0.0.1:1", "duo.lan"] {
            assert_eq!(made(good, Some("pem")).unwrap().host(), good);
        }
        for bad in [
            "",
            ":8443",
            "localhost:",
            "localhost:0",
            "localhost:65536",
            "localhost:+80",
            "a@b",
            "a/b",
            "a..b",
            "[::1]:80",
            "a b",
            "a?b",
            "a#b",
        ] {
            assert_eq!(
                made(bad, Some("pem")),
                Err(ConnectionError::Host(bad.into())),
                "{bad}"
            );
        }
    }

    #[test]
    fn swapped_or_cut_keys_are_told_apart() {
        let host = "api-1a2b3c4d.duosecurity.com";
        assert_eq!(
            Connection::new(host, SKEY, SKEY.into(), None),
            Err(ConnectionError::IntegrationKey)
        );
        assert_eq!(
            Connection::new(host, IKEY, IKEY.into(), None),
            Err(ConnectionError::SecretKey)
        );
    }

    #[test]
    fn the_secret_key_is_in_no_debug_text() {
        let text = format!("{:?}", made("localhost", Some("pem")).unwrap());
        assert_eq!(
            text,
            r#"Connection { host: "localhost", integration_key: "DIWJ8X6AEYOR5OMC6TQ1", ca: true, .. }"#
        );
    }
}
