//! What a person sees: one value, made anew after every event.

use serde::{Deserialize, Serialize};

use crate::menu::Menu;
use crate::{Agent, AskId, Card, Click, Code, GrantId, Mode, Way};

/// All that the window shows. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct View {
    pub state: State,
    /// What the knob shows, whatever the state.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "crate::typescript::Mode"))]
    pub mode: Mode,
    /// "On. Every risky call needs your thumb."
    pub headline: String,
    /// How far it reaches: "Until reboot", "For 1 h 40 min more", "Only in /home/dana/shop".
    pub reach: Option<String>,
    /// The Duo user whose phone rings.
    pub who: Option<String>,
    #[serde(default)]
    pub session: Option<SessionView>,
    /// The sign-in that is open in the browser.
    #[serde(default)]
    pub sign_in: Option<SignInView>,
    /// Until when asks wait in silence, in milliseconds since the Unix epoch.
    #[serde(default)]
    pub held_until: Option<u64>,
    /// When a pause or a bound of time is over, in milliseconds since the Unix epoch.
    #[serde(default)]
    pub mode_until: Option<u64>,
    /// Longest waiting first.
    pub waiting: Vec<Waiting>,
    pub troubles: Vec<TroubleWords>,
    /// What approvals have granted, the oldest first.
    #[serde(default)]
    pub grants: Vec<GrantView>,
    /// The agents that were heard of since the gate started.
    #[serde(default)]
    pub agents: Vec<AgentView>,
    /// What a click may do, of what is no answer to a question.
    #[serde(default)]
    pub offers: Vec<Click>,
}

/// An agent that called the gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AgentView {
    #[cfg_attr(feature = "typescript", ts(as = "crate::typescript::Agent"))]
    pub agent: Agent,
    /// "Claude Code".
    pub name: String,
    /// In milliseconds since the Unix epoch.
    pub seen_at: u64,
    /// "2 s ago".
    pub seen: String,
}

impl View {
    /// The view for whoever asks the local API, an agent perhaps: a Verified Duo Push's code is for the person alone,
    /// and so is the page where a step-up begins.
    pub fn without_verification_codes(mut self) -> Self {
        if let Some(sign_in) = &mut self.sign_in {
            sign_in.verification_code = None;
        }
        for waiting in &mut self.waiting {
            match &mut waiting.phase {
                Phase::Ringing {
                    verification_code, ..
                } => *verification_code = None,
                Phase::InBrowser { address, .. } => *address = None,
                Phase::InLine { .. } | Phase::Unanswered { .. } => {}
            }
        }
        self
    }
}

/// Who is signed in, how, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SessionView {
    pub user: String,
    pub way: Way,
    /// In milliseconds since the Unix epoch.
    pub ends: u64,
    pub is_over: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SignInView {
    /// Where the browser opens, for whoever must open it by hand; none for a push.
    pub address: Option<String>,
    /// What a push that signs in wants typed on the phone.
    #[serde(default)]
    pub verification_code: Option<String>,
    /// In milliseconds since the Unix epoch.
    pub ends: u64,
}

/// Told by shape and word, never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum State {
    NotSetUp,
    Off,
    On,
    Waiting,
    SignInNeeded,
    Locked,
    Trouble,
}

/// One ask or deed in line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Waiting {
    pub id: AskId,
    pub code: Code,
    /// "Claude Code", or "thumbturn off" for a deed.
    pub agent: String,
    /// "Bash: git push origin main", whole.
    pub title: String,
    /// Where it would run.
    pub place: String,
    /// What the phone shows.
    #[serde(default)]
    pub card: Card,
    pub phase: Phase,
    /// When its patience ends, in milliseconds since the Unix epoch.
    pub ends: u64,
    /// Whether *Ring again* makes sense: it does not ring by itself now, and a whole ring still fits.
    #[serde(default)]
    pub can_ring: bool,
    /// A passcode that was typed for it.
    #[serde(default)]
    pub passcode: PasscodeView,
}

/// What an approval granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct GrantView {
    pub id: GrantId,
    /// The reference of the ask whose approval made it.
    pub code: Code,
    /// What the card said.
    pub words: String,
    /// "Claude Code"
    pub agent: String,
    /// The agent's own name for its session.
    pub session: String,
    /// When it ends at the latest, in milliseconds since the Unix epoch.
    pub until: u64,
    /// For how many asks it may still be used.
    pub left: u32,
    /// In milliseconds since the Unix epoch.
    pub made_at: u64,
}

/// How far a passcode for an ask has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum PasscodeView {
    #[default]
    None,
    Checking,
    /// Duo did not take the last one.
    Wrong,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Phase {
    /// The phone rings for it. Times in milliseconds since the Unix epoch.
    Ringing {
        since: u64,
        ends: u64,
        device: Option<String>,
        verification_code: Option<String>,
    },
    /// A step-up: the person approves it in the browser. Times in milliseconds since the Unix epoch.
    InBrowser {
        since: u64,
        ends: u64,
        /// Where it opens, once it does.
        address: Option<String>,
    },
    InLine {
        ahead: u32,
    },
    /// It rang and nobody answered. `again` is when it rings by itself once more.
    Unanswered {
        again: Option<u64>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TroubleWords {
    /// Names it for whoever has words of its own for it, such as `keychain_locked`.
    #[serde(default)]
    pub kind: String,
    /// What is wrong.
    pub words: String,
    /// Since when, in milliseconds since the Unix epoch, where that matters.
    #[serde(default)]
    pub since: Option<u64>,
    /// The one next step.
    pub fix: String,
    /// Whether nothing is let through while it lasts.
    #[serde(default)]
    pub blocks: bool,
}

/// What the tray needs of the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    pub state: State,
    pub waiting: u32,
    pub title: String,
    pub tooltip: String,
    pub menu: Menu,
}
