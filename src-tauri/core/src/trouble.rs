//! What the gate lacks, as far as it matters to a decision or a person.

use serde::{Deserialize, Serialize};
use thumbturn_wire::Agent;

use crate::{Bypass, Core, Effect, Reason, Record, approvals};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No Secret Service on the session bus, or no session bus.
    KeychainMissing,
    KeychainLocked,
    /// The pinned key is known, its private half is gone from the keychain.
    SigningKeyMissing,
    /// The pin file holds another gate's key.
    PinForeign,
    /// No connection to Duo was set up.
    NotConnected,
    /// The settings file cannot be read; the words name line and key.
    Settings(String),
    /// The rules cannot be read, so the last good ones hold; the words name line and key.
    Rules(String),
    /// The audit log cannot be written.
    Audit,
    /// The endpoint file was deleted or changed under the gate, and put back.
    EndpointTouched,
    /// The endpoint file cannot be written.
    EndpointUnwritable,
    /// The keychain did not take the session: it ends with the gate.
    SessionNotKept,
    /// No tray host is on the bus: window and CLI do everything.
    NoTrayHost,
    /// Duo did not answer; since when is in the view.
    DuoUnreachable,
    /// An agent that was set up to ask here does so no longer, or not for sure.
    Agent {
        agent: Agent,
        words: String,
        fix: String,
    },
    /// An agent ran what the gate had not let through.
    Bypassed {
        agent: Agent,
        how: Bypass,
    },
}

impl Trouble {
    /// Its name, for whoever has words of its own for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::KeychainMissing => "keychain_missing",
            Self::KeychainLocked => "keychain_locked",
            Self::SigningKeyMissing => "signing_key_missing",
            Self::PinForeign => "pin_foreign",
            Self::NotConnected => "not_connected",
            Self::Settings(_) => "settings",
            Self::Rules(_) => "rules",
            Self::Audit => "audit",
            Self::EndpointTouched => "endpoint_touched",
            Self::EndpointUnwritable => "endpoint_unwritable",
            Self::SessionNotKept => "session_not_kept",
            Self::NoTrayHost => "no_tray_host",
            Self::DuoUnreachable => "duo_unreachable",
            Self::Agent { .. } => "agent",
            Self::Bypassed { .. } => "bypassed",
        }
    }

    /// Whether nothing can be approved while it lasts: Duo mode cannot be turned on, and where it is on, every ask is denied.
    pub fn blocks(&self) -> bool {
        match self {
            Self::KeychainMissing
            | Self::KeychainLocked
            | Self::SigningKeyMissing
            | Self::PinForeign
            | Self::NotConnected
            | Self::Settings(_)
            | Self::Audit
            | Self::EndpointUnwritable => true,
            Self::Rules(_)
            | Self::EndpointTouched
            | Self::SessionNotKept
            | Self::NoTrayHost
            | Self::DuoUnreachable
            | Self::Agent { .. }
            | Self::Bypassed { .. } => false,
        }
    }

    /// Whether it is only that nobody has set up anything yet.
    pub(crate) fn is_beginning(&self) -> bool {
        match self {
            Self::NotConnected => true,
            Self::KeychainMissing
            | Self::KeychainLocked
            | Self::SigningKeyMissing
            | Self::PinForeign
            | Self::Settings(_)
            | Self::Rules(_)
            | Self::Audit
            | Self::EndpointUnwritable
            | Self::EndpointTouched
            | Self::SessionNotKept
            | Self::NoTrayHost
            | Self::DuoUnreachable
            | Self::Agent { .. }
            | Self::Bypassed { .. } => false,
        }
    }

    /// Whether a person must hear of it although nothing stands still: the gate is gone round.
    pub fn is_alarm(&self) -> bool {
        matches!(self, Self::Agent { .. } | Self::Bypassed { .. })
    }

    /// Whether both are about the same, and only one of them can hold.
    pub(crate) fn is_about(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Agent { agent: one, .. }, Self::Agent { agent: other, .. })
            | (Self::Bypassed { agent: one, .. }, Self::Bypassed { agent: other, .. }) => {
                one == other
            }
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }

    /// What is wrong.
    pub fn words(&self) -> String {
        match self {
            Self::KeychainMissing => {
                "No keychain: nothing on the session bus offers the Secret Service."
            }
            Self::KeychainLocked => "The keychain is locked.",
            Self::SigningKeyMissing => "The gate's key is gone from the keychain.",
            Self::PinForeign => "The pinned key is not this gate's key.",
            Self::NotConnected => "Thumbturn is not connected to Duo.",
            Self::Settings(words) => return format!("The settings cannot be read: {words}."),
            Self::Rules(words) => {
                return format!("The rules cannot be used, so the last good ones hold: {words}");
            }
            Self::Audit => "The audit log cannot be written.",
            Self::EndpointTouched => {
                "The endpoint file was changed or deleted by something else, and was put back."
            }
            Self::EndpointUnwritable => "The endpoint file cannot be written.",
            Self::SessionNotKept => "The keychain did not keep who is signed in.",
            Self::NoTrayHost => "This desktop has no tray.",
            Self::DuoUnreachable => "Duo cannot be reached.",
            Self::Agent { agent, words, .. } => return format!("{}: {words}", agent.name()),
            Self::Bypassed { agent, how } => {
                return format!("{} {}.", agent.name(), how.words());
            }
        }
        .to_owned()
    }

    /// The one next step.
    pub fn fix(&self) -> &str {
        match self {
            Self::KeychainMissing => {
                "Install gnome-keyring or KWallet, then sign in to the desktop again."
            }
            Self::KeychainLocked => "Unlock it in the desktop's password app.",
            Self::SigningKeyMissing => {
                "Choose \"Make a new gate key\" in the tray menu, or run `thumbturn-tray rekey`."
            }
            Self::PinForeign => "Find out who changed `gate.pub`, then run `thumbturn-tray rekey`.",
            Self::NotConnected => {
                "Open Thumbturn and go through Setup, or run `thumbturn-tray connect`."
            }
            Self::Settings(_) => "Mend the file, then start Thumbturn again.",
            Self::Rules(_) => {
                "Mend the file, or run `thumbturn rules check`; it is read again as soon as it changes."
            }
            Self::Audit => "Make room on the disk, and check who owns the folder of the log.",
            Self::EndpointTouched => {
                "Find out what did it; until then keep an eye on what your agents run."
            }
            Self::EndpointUnwritable => {
                "Check the folder of the endpoint file; the gate tries again by itself."
            }
            Self::SessionNotKept => {
                "Unlock it, then sign in again; until then the session ends with Thumbturn."
            }
            Self::NoTrayHost => {
                "Use `thumbturn status` and the window, or install a tray extension."
            }
            Self::DuoUnreachable => {
                "Pause Duo mode, or wait: asks stay in line and ring as soon as Duo answers."
            }
            Self::Agent { fix, .. } => fix,
            Self::Bypassed { .. } => {
                "Look at what it did, in History and in the agent; `thumbturn doctor` looks for the way round."
            }
        }
    }
}

impl Core {
    pub(crate) fn trouble(&mut self, trouble: Trouble, present: bool) -> Vec<Effect> {
        let is_same = |held: &&Trouble| held.is_about(&trouble);
        let held = self.troubles.iter().find(is_same).cloned();
        if present && held.as_ref() == Some(&trouble) {
            return Vec::new();
        }
        if let Some(held) = held {
            self.troubles.remove(&held);
            if !present {
                self.armed.is_mended(&held);
                return vec![Effect::Record(Record::TroubleEnded(held))];
            }
        }
        if !present {
            return Vec::new();
        }
        self.troubles.insert(trouble.clone());
        let mut effects = vec![Effect::Record(Record::TroubleBegan(trouble.clone()))];
        if trouble == Trouble::EndpointUnwritable {
            self.armed.is_broken(self.clock.now());
        }
        if trouble.blocks() {
            let reason = Reason::Trouble(trouble);
            let is_ask = |waiting: &approvals::Waiting| waiting.question.deed().is_none();
            effects.extend(self.approvals.close_all(&reason, is_ask));
        }
        effects
    }
}
