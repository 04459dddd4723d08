//! All that binds this machine to one Duo tenant: where pushes go, and where people sign in.
//!
//! It is one item in the keychain. Were its parts apart, whoever can change one
//! could send the sign-ins to another tenant than the pushes.

use std::borrow::Cow;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use thumbturn_core::Way;

use super::{Connection, ConnectionError};
use crate::keychain::Secret;

const VERSION: u8 = 2;

#[derive(Clone, Debug)]
pub struct Tenancy {
    pub connection: Connection,
    pub sign_in: SignIn,
}

/// How people sign in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// A Web SDK application at the connection's own host.
    UniversalPrompt {
        client_id: String,
        client_secret: SecretString,
    },
    /// An application of Duo Single Sign-On.
    SingleSignOn {
        issuer: String,
        client_id: String,
        client_secret: Option<SecretString>,
    },
    /// One approved push: the weaker way.
    Push,
}

impl SignIn {
    pub fn way(&self) -> Way {
        match self {
            Self::UniversalPrompt { .. } => Way::UniversalPrompt,
            Self::SingleSignOn { .. } => Way::SingleSignOn,
            Self::Push => Way::Push,
        }
    }

    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::UniversalPrompt { client_id, .. } | Self::SingleSignOn { client_id, .. } => {
                Some(client_id)
            }
            Self::Push => None,
        }
    }

    pub fn issuer(&self) -> Option<&str> {
        match self {
            Self::SingleSignOn { issuer, .. } => Some(issuer),
            Self::UniversalPrompt { .. } | Self::Push => None,
        }
    }
}

impl PartialEq for SignIn {
    fn eq(&self, other: &Self) -> bool {
        let secret = |sign_in: &Self| match sign_in {
            Self::UniversalPrompt { client_secret, .. } => {
                Some(client_secret.expose_secret().to_owned())
            }
            Self::SingleSignOn { client_secret, .. } => client_secret
                .as_ref()
                .map(|secret| secret.expose_secret().to_owned()),
            Self::Push => None,
        };
        self.way() == other.way()
            && self.client_id() == other.client_id()
            && self.issuer() == other.issuer()
            && secret(self) == secret(other)
    }
}

impl PartialEq for Tenancy {
    fn eq(&self, other: &Self) -> bool {
        self.connection == other.connection && self.sign_in == other.sign_in
    }
}

impl Tenancy {
    /// Names the application that a session was made by, without its secret.
    pub fn name(&self) -> String {
        let issuer = self.sign_in.issuer().unwrap_or(self.connection.host());
        let client = self
            .sign_in
            .client_id()
            .unwrap_or(self.connection.integration_key());
        format!("{issuer} {client}")
    }

    /// As the keychain holds it.
    pub fn to_json(&self) -> Secret {
        let connection = &self.connection;
        let item = Stored {
            v: VERSION,
            host: connection.host().into(),
            integration_key: connection.integration_key().into(),
            secret_key: connection.secret_key().expose_secret().into(),
            ca: connection.ca().map(Into::into),
            sign_in: Some(StoredSignIn::of(&self.sign_in)),
        };
        // Strings and a number always become JSON.
        serde_json::to_string(&item).unwrap_or_default().into()
    }

    /// What [`Self::to_json`] gives, or what the version before it kept, which signed in by push.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn from_json(text: &str) -> Result<Self, ConnectionError> {
        let stored: Stored<'_> = serde_json::from_str(text).map_err(|_| ConnectionError::Item)?;
        let sign_in = match (stored.v, stored.sign_in) {
            (1, None) => SignIn::Push,
            // Whoever cuts it off must not end up with the weaker way.
            (VERSION, Some(sign_in)) => sign_in.into_sign_in(),
            (_, _) => return Err(ConnectionError::Item),
        };
        let connection = Connection::new(
            &stored.host,
            &stored.integration_key,
            SecretString::from(stored.secret_key.as_ref()),
            stored.ca.map(Into::into),
        )?;
        Ok(Self {
            connection,
            sign_in,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'a> {
    v: u8,
    host: Cow<'a, str>,
    integration_key: Cow<'a, str>,
    secret_key: Cow<'a, str>,
    ca: Option<Cow<'a, str>>,
    #[serde(default)]
    sign_in: Option<StoredSignIn<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredSignIn<'a> {
    UniversalPrompt {
        client_id: Cow<'a, str>,
        client_secret: Cow<'a, str>,
    },
    SingleSignOn {
        issuer: Cow<'a, str>,
        client_id: Cow<'a, str>,
        client_secret: Option<Cow<'a, str>>,
    },
    Push,
}

impl<'a> StoredSignIn<'a> {
    fn of(sign_in: &'a SignIn) -> Self {
        match sign_in {
            SignIn::UniversalPrompt {
                client_id,
                client_secret,
            } => Self::UniversalPrompt {
                client_id: client_id.into(),
                client_secret: client_secret.expose_secret().into(),
            },
            SignIn::SingleSignOn {
                issuer,
                client_id,
                client_secret,
            } => Self::SingleSignOn {
                issuer: issuer.into(),
                client_id: client_id.into(),
                client_secret: client_secret
                    .as_ref()
                    .map(|secret| secret.expose_secret().into()),
            },
            SignIn::Push => Self::Push,
        }
    }

    fn into_sign_in(self) -> SignIn {
        match self {
            Self::UniversalPrompt {
                client_id,
                client_secret,
            } => SignIn::UniversalPrompt {
                client_id: client_id.into_owned(),
                client_secret: SecretString::from(client_secret.as_ref()),
            },
            Self::SingleSignOn {
                issuer,
                client_id,
                client_secret,
            } => SignIn::SingleSignOn {
                issuer: issuer.into_owned(),
                client_id: client_id.into_owned(),
                client_secret: client_secret.map(|secret| SecretString::from(secret.as_ref())),
            },
            Self::Push => SignIn::Push,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        Connection::new(
            "api-1a2b3c4d.duosecurity.com",
            "DIWJ8X6AEYOR5OMC6TQ1",
            "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep".into(),
            None,
        )
        .unwrap()
    }

    #[test]
    fn every_way_comes_back_from_the_keychain() {
        let universal = SignIn::UniversalPrompt {
            client_id: "DIXXXXXXXXXXXXXXXXXX".into(),
            client_secret: "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef".into(),
        };
        let sso = SignIn::SingleSignOn {
            issuer: "https://sso-1a2b3c4d.sso.duosecurity.com/oidc/DIX".into(),
            client_id: "DIX".into(),
            client_secret: None,
        };
        for sign_in in [universal, sso, SignIn::Push] {
            let tenancy = Tenancy {
                connection: connection(),
                sign_in,
            };
            assert!(Tenancy::from_json(&tenancy.to_json()).unwrap() == tenancy);
        }
    }

    #[test]
    fn the_version_before_signed_in_by_push() {
        let old = r#"{"v":1,"host":"api-1a2b3c4d.duosecurity.com","integration_key":"DIWJ8X6AEYOR5OMC6TQ1","secret_key":"Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep","ca":null}"#;
        let tenancy = Tenancy::from_json(old).unwrap();
        assert!(tenancy.connection == connection() && tenancy.sign_in == SignIn::Push);
        let with = |v: u8, sign_in: &str| {
            let v = format!("\"v\":{v}");
            let ca = format!("\"ca\":null{sign_in}");
            old.replace("\"v\":1", &v).replace("\"ca\":null", &ca)
        };
        assert!(Tenancy::from_json(&with(2, r#","sign_in":"push""#)).is_ok());
        for bad in [
            with(3, ""),
            with(3, r#","sign_in":"push""#),
            with(2, ""),
            with(2, r#","sign_in":null"#),
            with(2, r#","sign_in":"none""#),
            with(2, r#","sign_in":{"universal_prompt":{"client_id":"x"}}"#),
            with(2, r#","sign_in":"push","user":"dana""#),
            with(1, r#","sign_in":"push""#),
        ] {
            let error = Tenancy::from_json(&bad).err();
            assert_eq!(error, Some(ConnectionError::Item), "{bad}");
        }
    }

    #[test]
    fn no_secret_is_formatted() {
        let tenancy = Tenancy {
            connection: connection(),
            sign_in: SignIn::UniversalPrompt {
                client_id: "DIXXXXXXXXXXXXXXXXXX".into(),
                client_secret: "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef".into(),
            },
        };
        let shown = format!("{tenancy:?}");
        assert!(
            !shown.contains("deadbeef") && !shown.contains("Zh5eGmUq"),
            "{shown}"
        );
    }
}
