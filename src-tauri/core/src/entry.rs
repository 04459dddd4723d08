//! One line of the audit log. An answer cannot be sent without one: see [`crate::Effect::Settle`].

use serde::{Deserialize, Serialize};
use thumbturn_wire::{Verdict, plain};

use crate::{
    Agent, Answer, Approval, Ask, AskId, Bound, Bypass, Card, Code, Deed, GrantEnd, GrantUse,
    Judgement, LoginError, Mode, PushId, Reason, SessionEnd, Trouble, Way,
};

/// The most of a rule's note, and of its link.
const NOTE: usize = 300;

/// An answer and the question it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: AskId,
    pub code: Code,
    pub subject: Subject,
    /// What the policy said of an ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
    pub answer: Answer,
    /// The use of a grant, where one let it through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantUse>,
    /// How many other asks stood on the same card, where the phone answered.
    #[serde(default, skip_serializing_if = "is_none")]
    pub shared_with: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Ask(Box<Ask>),
    Deed(Deed),
}

/// Everything worth remembering. One of these stands in each line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    Answer(Box<Entry>),
    ModeChanged {
        from: Mode,
        to: Mode,
        by: By,
    },
    SignedIn {
        user: String,
        how: Way,
    },
    SignedOut {
        why: SessionEnd,
    },
    SignInFailed {
        why: LoginError,
    },
    /// An approval of a push that nobody waited for any more: remembered, never used.
    OrphanApproval {
        push: PushId,
        approval: Approval,
    },
    FraudReported {
        push: PushId,
    },
    /// A tool ran that the gate had not let through, or not like that.
    Bypassed {
        ask: Box<Ask>,
        how: Bypass,
    },
    GrantMade {
        /// The reference of the ask whose approval made it.
        code: Code,
        /// What the card said that it grants.
        words: String,
        agent: Agent,
        session: String,
        user: String,
    },
    GrantEnded {
        code: Code,
        /// How many asks it might still have been used for.
        left: u32,
        why: GrantEnd,
    },
    /// Rules came into force: at a start, or because the file was changed.
    RulesRead {
        rules: u32,
        /// The SHA-256 of their text, as the approval of an edit names it.
        digest: String,
    },
    /// A person at the desk had a new gate key made.
    KeyRemade,
    /// Connection and keys were wiped from the keychain.
    KeysForgotten,
    TroubleBegan(Trouble),
    TroubleEnded(Trouble),
    GateStarted {
        version: String,
        mode: Mode,
    },
    GateStopped {
        why: String,
    },
}

/// Who or what changed the mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A click by the person at the desk.
    Desk,
    /// The CLI, for a change that is free.
    Cli,
    /// An approval.
    Phone(Approval),
    /// Its time was over.
    Clock,
    /// A fraud report at Duo.
    Duo,
    /// The gate itself, which could not write the endpoint file.
    Gate,
}

impl Entry {
    /// What was asked, in one line: the call, or what somebody would type for the deed.
    pub fn title(&self) -> String {
        match &self.subject {
            Subject::Ask(ask) => {
                let flagged = self.judgement.as_ref().map(|told| told.flagged.as_slice());
                Card::title_with(ask, flagged.unwrap_or_default())
            }
            Subject::Deed(deed) => deed.command().to_owned(),
        }
    }

    /// One line for whoever asked.
    pub fn words(&self) -> String {
        match &self.subject {
            Subject::Ask(_) => self.ask_words(),
            Subject::Deed(deed) => self.deed_words(deed),
        }
    }

    /// A no takes along what the rule's author has to say to whoever is turned down.
    fn ask_words(&self) -> String {
        let mut words = self.answer.reason.words();
        let terms = self.judgement.as_ref().map(|told| &told.terms);
        let Some(terms) = terms.filter(|_| self.answer.verdict == Verdict::Deny) else {
            return words;
        };
        if let Some(note) = &terms.note {
            let note = plain(note, NOTE);
            let end = if note.ends_with(['.', '!', '?']) {
                ""
            } else {
                "."
            };
            words.push_str(&format!(" {note}{end}"));
        }
        if let Some(link) = &terms.link {
            words.push_str(&format!(" See {}", plain(link, NOTE)));
        }
        words
    }

    fn deed_words(&self, deed: &Deed) -> String {
        let reason = &self.answer.reason;
        match (self.answer.verdict, deed) {
            (Verdict::Deny | Verdict::NoWord, _) => {
                let words = reason.words();
                words
                    .replace(
                        "Do not retry; ask the person what to do instead",
                        "Nothing was changed",
                    )
                    .replace("Nothing was run", "Nothing was changed")
                    .replace("nothing was run", "nothing was changed")
            }
            (Verdict::Allow, Deed::TurnOff(_)) if *reason == Reason::Done => {
                "Duo mode is off already.".to_owned()
            }
            (Verdict::Allow, Deed::TurnOff(_)) => format!("Duo mode is off. {}", reason.words()),
            (Verdict::Allow, Deed::TurnOn(bound)) if *reason == Reason::Done => {
                format!("Duo mode is on {}.", reach(bound))
            }
            (Verdict::Allow, Deed::TurnOn(bound)) => {
                format!("Duo mode is on {}. {}", reach(bound), reason.words())
            }
            (Verdict::Allow, Deed::Pause(_)) => {
                format!(
                    "Duo mode is paused, and comes back by itself. {}",
                    reason.words()
                )
            }
            (Verdict::Allow, Deed::Hold(Some(_))) => "Asks wait in silence now.".to_owned(),
            (Verdict::Allow, Deed::Hold(None)) => "Asks ring again.".to_owned(),
            (Verdict::Allow, Deed::EndGrant(code)) => {
                format!("The grant {} is ended: its asks ring again.", code.0)
            }
            (Verdict::Allow, Deed::EndGrants) => "No grant is left: every ask rings.".to_owned(),
            (Verdict::Allow, Deed::Deny(code)) => format!("Denied {}.", code.0),
            (Verdict::Allow, Deed::SignIn { .. }) => {
                "The sign-in begins. `thumbturn status` tells how it goes.".to_owned()
            }
            (Verdict::Allow, Deed::CancelSignIn) => "No sign-in is open any more.".to_owned(),
            (Verdict::Allow, Deed::SignOut { all: false }) => "Signed out.".to_owned(),
            (Verdict::Allow, Deed::SignOut { all: true }) => {
                "Signed out. The connection to Duo and every key are wiped.".to_owned()
            }
            (Verdict::Allow, Deed::TestPush | Deed::Set(_)) => reason.words(),
            (Verdict::Allow, Deed::Lock) => {
                "Locked. Every call is denied until the person signs in again at the desk."
                    .to_owned()
            }
        }
    }
}

fn reach(bound: &Bound) -> String {
    match bound {
        Bound::UntilReboot => "until reboot".to_owned(),
        Bound::Until(_) => "until its time is over".to_owned(),
        Bound::Project(dir) => format!("in {dir}"),
    }
}
