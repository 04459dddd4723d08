//! What a test can make the tenant do. A script is one order; orders for an endpoint wait in a queue until a request
//! meets them.

use serde::{Deserialize, Serialize};

use crate::account::User;
use crate::certificate::Certificate;
use crate::config::Policy;
use crate::oidc::{Patched, Tamper, Turn};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// For the next `times` requests to this endpoint (any, without one); 0 means until `Clear`.
    Fault {
        endpoint: Option<Endpoint>,
        fault: Fault,
        times: u32,
    },
    /// What becomes of the next push, before anyone touches the phone.
    NextPush(Outcome),
    /// For every connection from now on.
    Certificate(Certificate),
    /// Seconds by which the tenant's clock is ahead of the real one.
    Skew(i64),
    /// Pushes the clock that pushes and polls live by.
    Advance {
        seconds: u64,
    },
    /// Lets all requests go on that `Hold` or `Delay` stopped.
    Release,
    User(User),
    /// The user has opened the activation link on a phone.
    Activate {
        username: String,
    },
    Policy(Policy),
    Logo {
        shown: bool,
    },
    /// How the next id_token is wrong.
    IdToken(Tamper),
    /// How the next way back to the caller is bent.
    Callback(Vec<Patched>),
    /// What befalls the next sign-in in place of being asked.
    NextPrompt(Turn),
    /// Forgets all that waits for its turn (faults, outcomes, tokens, ways back, prompts), and sets certificate and skew right.
    Clear,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Delay {
        millis: u64,
    },
    /// Until `Script::Release`; the request is then handled as usual.
    Hold,
    /// The head has arrived; the request is neither read on nor handled nor logged.
    DropBeforeReading,
    /// The request is read and logged, not handled.
    DropAfterReading,
    /// The request is handled (a push rings); its answer is lost.
    DropAnswer,
    /// These bytes in place of an HTTP answer.
    Malformed {
        bytes: Vec<u8>,
    },
    /// A gateway's error page.
    Html {
        status: u16,
    },
    ContentType {
        value: String,
    },
    /// Half of the JSON, in a complete HTTP answer.
    TruncatedJson,
    /// Half of the body that Content-Length promised.
    CutOff,
    RateLimited {
        retry_after: Option<u32>,
    },
    /// Duo's envelope with this code, such as 40002, 40301 or 50001.
    Fail {
        code: u32,
        detail: Option<String>,
    },
    /// One field of `response` with another value: an unknown enum value, a wrong txid, a hostile status_msg. The answer of
    /// `token` has no envelope: there it is a field of the whole.
    Field {
        name: String,
        value: serde_json::Value,
    },
    /// The same field is not there.
    Without {
        name: String,
    },
    /// A second member of this name at the end of the JSON.
    Repeated {
        name: String,
        value: serde_json::Value,
    },
    /// An OAuth error with status 400, such as `invalid_grant`.
    #[serde(rename = "oauth")]
    OAuth {
        error: String,
        description: String,
    },
    Redirect {
        status: u16,
        location: String,
    },
    /// The right JSON, and so many bytes of blanks within it.
    Bloated {
        bytes: usize,
    },
    /// The right answer, one byte at a time.
    Drip {
        millis: u64,
    },
    /// Blanks by so many MiB, gzipped to a two-hundredth at most, whether the caller can read gzip or not.
    GzipBomb {
        mebibytes: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Approve,
    Deny,
    Fraud,
    Timeout,
    /// The notification fails; the request can still be found in Duo Mobile.
    PushFailed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    Ping,
    Check,
    Logo,
    Enroll,
    EnrollStatus,
    Preauth,
    Auth,
    AuthStatus,
    HealthCheck,
    Authorize,
    Token,
}

impl Script {
    pub fn once(endpoint: Endpoint, fault: Fault) -> Self {
        Self::Fault {
            endpoint: Some(endpoint),
            fault,
            times: 1,
        }
    }

    pub fn times(times: u32, endpoint: Endpoint, fault: Fault) -> Self {
        Self::Fault {
            endpoint: Some(endpoint),
            fault,
            times,
        }
    }

    pub fn always(endpoint: Endpoint, fault: Fault) -> Self {
        Self::Fault {
            endpoint: Some(endpoint),
            fault,
            times: 0,
        }
    }
}

impl Endpoint {
    pub const ALL: [Self; 11] = [
        Self::Ping,
        Self::Check,
        Self::Logo,
        Self::Enroll,
        Self::EnrollStatus,
        Self::Preauth,
        Self::Auth,
        Self::AuthStatus,
        Self::HealthCheck,
        Self::Authorize,
        Self::Token,
    ];

    pub fn path(self) -> &'static str {
        match self {
            Self::Ping => "/auth/v2/ping",
            Self::Check => "/auth/v2/check",
            Self::Logo => "/auth/v2/logo",
            Self::Enroll => "/auth/v2/enroll",
            Self::EnrollStatus => "/auth/v2/enroll_status",
            Self::Preauth => "/auth/v2/preauth",
            Self::Auth => "/auth/v2/auth",
            Self::AuthStatus => "/auth/v2/auth_status",
            Self::HealthCheck => "/oauth/v1/health_check",
            Self::Authorize => "/oauth/v1/authorize",
            Self::Token => "/oauth/v1/token",
        }
    }

    pub(crate) fn allows(self, method: &str) -> bool {
        match self {
            Self::Ping | Self::Check | Self::Logo | Self::AuthStatus => method == "GET",
            Self::Enroll
            | Self::EnrollStatus
            | Self::Preauth
            | Self::Auth
            | Self::HealthCheck
            | Self::Token => method == "POST",
            Self::Authorize => matches!(method, "GET" | "POST"),
        }
    }

    pub(crate) fn at(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|endpoint| endpoint.path() == path)
    }
}

/// Faults that wait for a request, first come first served.
#[derive(Default)]
pub(crate) struct Faults(Vec<(Option<Endpoint>, Fault, u32)>);

impl Faults {
    pub(crate) fn add(&mut self, endpoint: Option<Endpoint>, fault: Fault, times: u32) {
        self.0.push((endpoint, fault, times));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn take(&mut self, endpoint: Option<Endpoint>) -> Option<Fault> {
        let at = self
            .0
            .iter()
            .position(|(wanted, ..)| wanted.is_none() || *wanted == endpoint)?;
        let (_, fault, left) = self.0.get_mut(at)?;
        let fault = fault.clone();
        match *left {
            0 => {}
            1 => drop(self.0.remove(at)),
            _ => *left -= 1,
        }
        Some(fault)
    }
}
