//! What the phone shows.
//!
//! It is built from the tool's input alone, never from what the agent says about
//! it, on lines without invisible characters. What does not fit is counted.

mod fit;
mod title;

use thumbturn_wire::{Ask, plain};

use crate::answer::span;
use crate::{Bound, Code, Deed, Subject};

pub(crate) use title::title;

/// The text of one push.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub(crate) fn of(subject: &Subject, code: &Code, host: &str, now: u64) -> Self {
        match subject {
            Subject::Ask(ask) => Self::of_ask(ask, code, host),
            Subject::Deed(deed) => Self::of_deed(deed, code, host, now),
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
        let from = format!("{} on {host}", deed.command());
        let pairs = vec![
            ("What", fit::row(&deed.words(now), 600, PLACE)),
            ("From", fit::row(&from, 300, AGENT)),
            ("Ref", fit::row(&code.0, 40, SHORT)),
        ];
        Self::new("Approve a change of Duo mode", pairs)
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
            Self::Lock => "thumbturn lock",
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
        }
    }
}
