//! What the phone shows.
//!
//! It is built from the tool's input alone, never from what the agent says about
//! it, on lines without invisible characters. What does not fit is counted.

mod fit;
mod title;

use serde::{Deserialize, Serialize};
use thumbturn_wire::{Ask, plain};

use crate::answer::span;
use crate::approvals::Question;
use crate::{Bound, Code, Deed, Setting, Subject};

pub(crate) use title::title;

/// The text of one push.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Card {
    /// Duo's `type`: a whole phrase, shown above the rows.
    pub kind: String,
    /// Duo's `pushinfo`, in order.
    pub pairs: Vec<(String, String)>,
}

/// The most of each row, in bytes as Duo counts them. Together with the keys they
/// stay under Duo's 20,000.
const WHAT: usize = 12_000;
const WITH: usize = 3_000;
const PLACE: usize = 1_500;
const AGENT: usize = 1_500;
const SHORT: usize = 500;
/// The most characters of the two long rows.
const WHAT_CHARS: usize = 4_000;
const WITH_CHARS: usize = 600;

impl Card {
    pub(crate) fn of(question: &Question, host: &str, now: u64) -> Self {
        match &question.subject {
            Subject::Ask(ask) => Self::of_ask(ask, &question.code, host),
            Subject::Deed(deed) => Self::of_deed(deed, &question.code, host, now),
        }
    }

    fn of_ask(ask: &Ask, code: &Code, host: &str) -> Self {
        let (what, with) = title::of_ask(ask);
        let mut pairs = vec![("What", fit::row(&what, WHAT_CHARS, WHAT))];
        if let Some(server) = title::mcp_server(&ask.tool) {
            pairs.push(("MCP server", fit::row(server, 100, SHORT)));
        }
        if !with.is_empty() {
            pairs.push(("With", fit::row(&with, WITH_CHARS, WITH)));
        }
        pairs.extend([
            ("Where", fit::row(&ask.cwd, 500, PLACE)),
            (
                "Agent",
                fit::row(&format!("{} on {host}", agent_name(ask)), 300, AGENT),
            ),
            ("Ref", fit::row(&code.0, 40, SHORT)),
        ]);
        Self::new("Approve agent action", pairs)
    }

    /// "Bash: git push origin main": the call in one line, as phone, menu and log say it.
    pub fn title(ask: &Ask) -> String {
        title::of_ask(ask).0
    }

    pub(crate) fn of_deed(deed: &Deed, code: &Code, host: &str, now: u64) -> Self {
        let kind = match deed {
            Deed::TestPush => "Test push",
            Deed::Set(_) => "Approve a change of settings",
            Deed::SignOut { .. } => "Approve signing out",
            Deed::TurnOn(_)
            | Deed::TurnOff(_)
            | Deed::Pause(_)
            | Deed::Hold(_)
            | Deed::Deny(_)
            | Deed::Lock
            | Deed::SignIn { .. }
            | Deed::CancelSignIn => "Approve a change of Duo mode",
        };
        let from = format!("{} on {host}", deed.command());
        let pairs = vec![
            ("What", fit::row(&deed.words(now), 600, PLACE)),
            ("From", fit::row(&from, 300, AGENT)),
            ("Ref", fit::row(&code.0, 40, SHORT)),
        ];
        Self::new(kind, pairs)
    }

    /// The push by which a person signs in at this machine.
    pub fn sign_in(host: &str) -> Self {
        let pairs = vec![
            ("What", "Sign in to Thumbturn".to_owned()),
            ("From", fit::row(host, 300, AGENT)),
        ];
        Self::new("Sign in to Thumbturn", pairs)
    }

    fn new(kind: &str, pairs: Vec<(&str, String)>) -> Self {
        Self {
            kind: kind.to_owned(),
            pairs: pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        }
    }
}

/// "Claude Code", or "Claude Code, subagent Explore".
pub(crate) fn agent_name(ask: &Ask) -> String {
    let name = ask.agent.name();
    match &ask.subagent {
        None => name.to_owned(),
        Some(subagent) => {
            let kind = subagent.kind.as_deref().unwrap_or(&subagent.id);
            format!("{name}, subagent {}", plain(kind, 60))
        }
    }
}

impl Deed {
    /// What somebody at a shell would type for it.
    pub(crate) fn command(&self) -> &'static str {
        match self {
            Self::TurnOn(_) => "thumbturn on",
            Self::TurnOff(_) => "thumbturn off",
            Self::Pause(_) => "thumbturn pause",
            Self::Hold(_) => "thumbturn hold",
            Self::Deny(_) => "thumbturn deny",
            Self::Lock => "thumbturn lock",
            Self::SignIn { .. } | Self::CancelSignIn => "thumbturn signin",
            Self::SignOut { .. } => "thumbturn signout",
            Self::TestPush => "Thumbturn",
            Self::Set(_) => "Thumbturn's settings",
        }
    }

    pub(crate) fn words(&self, now: u64) -> String {
        match self {
            Self::TurnOn(Bound::UntilReboot) => "Turn Duo mode on until reboot".to_owned(),
            Self::TurnOn(Bound::Until(until)) => {
                let left = until.saturating_sub(now);
                format!("Limit Duo mode to {} from now", span(left))
            }
            Self::TurnOn(Bound::Project(dir)) => format!("Limit Duo mode to {dir}"),
            Self::TurnOff(_) => "Turn Duo mode off".to_owned(),
            Self::Lock => "Lock everything".to_owned(),
            Self::Pause(until) => {
                let length = span(until.saturating_sub(now));
                format!("Pause Duo mode for {length}, then on again")
            }
            Self::Hold(Some(until)) => {
                format!("Hold all asks for {}", span(until.saturating_sub(now)))
            }
            Self::Hold(None) => "Let held asks ring again".to_owned(),
            Self::Deny(code) => format!("Deny {}", plain(&code.0, 40)),
            Self::SignIn { .. } => "Sign in".to_owned(),
            Self::CancelSignIn => "Cancel the sign-in".to_owned(),
            Self::SignOut { all: false } => "Sign out of Duo, and deny what waits".to_owned(),
            Self::SignOut { all: true } => {
                "Sign out, and wipe the connection to Duo and every key".to_owned()
            }
            Self::TestPush => "Test push from Thumbturn: nothing will be run".to_owned(),
            Self::Set(setting) => setting.words(),
        }
    }
}

impl Setting {
    /// What it would change, for the phone.
    fn words(&self) -> String {
        match self {
            Self::RequirePushToTurnOff(true) => "Need a push to turn Duo mode off".to_owned(),
            Self::RequirePushToTurnOff(false) => {
                "No longer need a push to turn Duo mode off at the desk".to_owned()
            }
            Self::SessionLifetime(millis) => format!("Stay signed in for {}", span(*millis)),
            Self::Device(Some(device)) => format!("Ring the device {}", plain(device, 40)),
            Self::Device(None) => "Ring the first device that takes a push".to_owned(),
            Self::Patience(millis) => format!("Let asks wait {}", span(*millis)),
            Self::Notifications(on) => format!("Notifications: {on}"),
            Self::StartAtLogin(on) => format!("Start at login: {on}"),
            Self::Language(language) => format!("Language: {}", plain(language, 20)),
        }
    }
}
