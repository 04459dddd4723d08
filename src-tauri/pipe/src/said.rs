//! What the window says.

use serde::{Deserialize, Serialize};
use thumbturn_core::{Agent, AskId, Click};
use zeroize::Zeroizing;

use crate::{AgentDeed, Query, RulesEdit};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Said {
    Click(Click),
    Look(Look),
    /// Whether Duo answers at this API hostname; `ca` as in [`Connect`].
    CheckHost {
        host: String,
        ca: Option<String>,
    },
    /// Check the connection with Duo, and keep it.
    Connect(Box<Connect>),
    /// A Duo passcode in place of the push, for the ask that waits.
    Passcode {
        ask: AskId,
        passcode: Typed,
    },
    /// Judge the last decisions anew under the rules so edited. Nothing is kept.
    TryRules(RulesEdit),
    /// Keep the rules so edited; what may loosen them wants a push.
    EditRules(RulesEdit),
    /// Write a rule from the decision at this place in the log.
    DraftRule(u64),
    ForgetDraft,
    /// Show what that would change in the person's own settings of an agent.
    PlanAgent {
        #[cfg_attr(test, ts(as = "thumbturn_core::typescript::Agent"))]
        agent: Agent,
        deed: AgentDeed,
    },
    /// Do what is shown.
    ChangeAgent,
    ForgetPlan,
}

/// Which page the window shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Look {
    #[default]
    Now,
    Setup,
    History(Query),
    Rules,
    Agents,
    Settings,
}

/// A connection to a Duo tenant, as it was typed.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Connect {
    /// API hostname.
    pub host: String,
    /// Of the Auth API application.
    pub integration_key: String,
    pub secret_key: Typed,
    pub sign_in: SignInWith,
    /// Certificate authority to trust in place of Duo's, in PEM: for a tenant on this machine.
    pub ca: Option<String>,
}

/// How people sign in.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SignInWith {
    /// A Web SDK application at the same API hostname.
    UniversalPrompt {
        client_id: String,
        client_secret: Typed,
    },
    /// An OpenID Connect application of Duo Single Sign-On; without a secret where it demands PKCE alone.
    SingleSignOn {
        issuer: String,
        client_id: String,
        client_secret: Option<Typed>,
    },
    /// One approved push: the weaker way.
    Push,
}

/// What somebody typed and nobody else may see. Wiped when dropped, never formatted.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(type = "string"))]
pub struct Typed(Zeroizing<String>);

impl Typed {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// For the keychain and for Duo alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}
