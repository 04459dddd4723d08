//! Duo's Auth API v2, as far as an approval needs it, and the ways to sign in.
//!
//! Every failure here ends as an [`Outcome`] that is no yes. Nothing is built
//! before the first trip, so a gate that waits costs no TLS.

mod connection;
mod failure;
mod id_token;
mod login;
mod oidc_http;
mod push;
mod reply;
mod roots;
mod sign;
mod sso;
mod tenancy;
mod transport;
mod trial;

pub use connection::{Connection, ConnectionError};
pub use failure::{Failure, Unsent};
pub use login::{Application, Purpose, SignedIn, Tokens, UniversalPrompt};
pub use push::Rings;
pub use reply::{Device, Refusal};
pub use sso::{Provider, SingleSignOn};
pub use tenancy::{SignIn, Tenancy};
pub use transport::Patience;
pub use trial::{NOT_TRIED, Person, Seen, Trial};

use reply::{Envelope, Preauth};
use sign::Call;
use transport::Transport;

/// A client of one tenant.
#[derive(Debug)]
pub struct Duo {
    transport: Transport,
}

impl Duo {
    /// `proxy` comes from the settings, as `http://host:port`; the environment's is never used.
    ///
    /// # Errors
    /// Where the proxy is no address.
    pub fn new(connection: Connection, proxy: Option<&str>) -> Result<Self, ConnectionError> {
        Self::with_patience(connection, proxy, Patience::default())
    }

    /// As [`Self::new`], with other time-outs.
    ///
    /// # Errors
    /// As there.
    pub fn with_patience(
        connection: Connection,
        proxy: Option<&str>,
        patience: Patience,
    ) -> Result<Self, ConnectionError> {
        let proxy = proxy
            .map(reqwest::Proxy::https)
            .transpose()
            .map_err(|_| ConnectionError::Proxy)?;
        Ok(Self {
            transport: Transport::new(connection, proxy, patience),
        })
    }

    pub fn connection(&self) -> &Connection {
        self.transport.connection()
    }

    /// Duo's clock, in seconds since the Unix epoch.
    ///
    /// # Errors
    /// Where Duo does not answer.
    pub async fn ping(&self) -> Result<u64, Failure> {
        self.transport.ping().await
    }

    /// Whether Duo knows the keys, and the clocks agree. No retry: whoever connects wants to know.
    ///
    /// # Errors
    /// Where it does not, with Duo's own code.
    pub async fn check(&self) -> Result<(), Failure> {
        let call = Call::read("/auth/v2/check", &[]);
        let patience = self.transport.patience().ordinary;
        match self.transport.once(&call, patience).await? {
            Envelope::Ok(_) => Ok(()),
            Envelope::Fail(refusal) => Err(Failure::Refused(refusal)),
        }
    }

    /// The devices that can take a push, in the user's own order.
    ///
    /// # Errors
    /// Where Duo does not answer, or asks nothing of this user.
    pub async fn devices(&self, user: &str) -> Result<Vec<Device>, Failure> {
        match self.preauth(user).await? {
            Preauth::Auth { devices, .. } => {
                Ok(devices.into_iter().filter(Device::takes_push).collect())
            }
            Preauth::Allow | Preauth::Deny { .. } | Preauth::Enroll { .. } => Ok(Vec::new()),
        }
    }

    /// What Duo would do with a push for this user. No phone rings.
    ///
    /// # Errors
    /// Where Duo does not answer.
    pub async fn standing(&self, user: &str) -> Result<UserStanding, Failure> {
        Ok(match self.preauth(user).await? {
            Preauth::Auth { devices, verified } => UserStanding::Asked {
                devices: devices.into_iter().filter(Device::takes_push).collect(),
                with_code: verified.is_some(),
            },
            Preauth::Allow => UserStanding::Bypassed,
            Preauth::Deny { words, locked_out } => UserStanding::Denied { words, locked_out },
            Preauth::Enroll { portal } => UserStanding::NotEnrolled { portal },
        })
    }

    async fn preauth(&self, user: &str) -> Result<Preauth, Failure> {
        let call = Call::write(
            "/auth/v2/preauth",
            &[("username", user), ("client_supports_verified_push", "1")],
        );
        let patience = self.transport.patience().ordinary;
        let response = self.transport.call(&call, patience).await?;
        Preauth::read(response)
    }
}

/// What Duo would do with a push for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserStanding {
    Asked {
        /// Those that take a push.
        devices: Vec<Device>,
        /// Whether Duo's policy wants a verification code.
        with_code: bool,
    },
    /// It would let everything through without asking.
    Bypassed,
    Denied {
        words: String,
        locked_out: bool,
    },
    NotEnrolled {
        portal: Option<String>,
    },
}
