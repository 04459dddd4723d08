//! Everything that can wake the core, and everything it may ask to be done.
//!
//! Two closed sets: whoever reads them has read all that the product can do.

use serde::{Deserialize, Serialize};
use thumbturn_wire::{Ask, Bound, Report};

use crate::{Card, Entry, Facts, GrantId, LoginError, Mode, Record, Rules, Session, Trouble};

/// The time, as the gate tells it, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Since boot, sleep included. Deadlines live here.
    pub boot: u64,
    /// Since boot, sleep left out: a jump of `boot` against this means that the machine slept.
    pub mono: u64,
    /// Since the Unix epoch; for people's eyes only.
    pub wall: u64,
}

/// Names one question, an ask or a deed, whose asker waits for its answer. Minted by the gate, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AskId(pub u64);

/// Names one trip to the phone. Duo's answer carries it, so that an answer meant
/// for one question can never reach another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PushId(pub u64);

/// Names one trip to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AttemptId(pub u64);

/// The short reference, such as `K7F29`, that phone, tray, terminal and log share. Drawn by the gate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Code(pub String);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A hook asks. `patience` is how long it can wait, in milliseconds.
    Asked {
        id: AskId,
        code: Code,
        ask: Box<Ask>,
        facts: Facts,
        patience: u64,
    },
    /// A person, or whatever runs the CLI, asks for a deed.
    Requested {
        id: AskId,
        code: Code,
        deed: Deed,
        patience: u64,
    },
    /// The asker went away before it was answered.
    HookGone { id: AskId },
    /// An agent told of something that needs no answer.
    Told(Report),
    /// Duo took the push and the phone rings.
    Rings {
        push: PushId,
        device: String,
        verification_code: Option<String>,
    },
    /// A step-up waits for the browser, which opens at this address on this machine.
    StepUpPage { push: PushId, address: String },
    /// The phone answered, or never will. Once for each push, a withdrawn one included.
    Phone { push: PushId, outcome: Outcome },
    /// A sign-in waits for the browser, which opens at this address on this machine.
    SignInPage { attempt: AttemptId, address: String },
    /// A sign-in is a push, and the phone rings. It may want a code that stands at this desk alone.
    SignInRings {
        attempt: AttemptId,
        verification_code: Option<String>,
    },
    /// A sign-in ended.
    SignIn {
        attempt: AttemptId,
        result: Result<Session, LoginError>,
    },
    /// What the keychain remembers of a session, once it could be asked. Until then asks wait.
    Remembered { session: Option<Session> },
    /// The provider's word on a session that was to be renewed.
    Renewed { result: Result<Session, LoginError> },
    /// The person at the desk clicked. `id` and `code` serve a click that must wait for the phone.
    Click {
        id: AskId,
        code: Code,
        click: Click,
        at: Desk,
    },
    /// The settings that matter to a decision, after they changed.
    Settings {
        patience: u64,
        session_lifetime: u64,
        off_needs_push: bool,
    },
    /// The rules that hold from now on.
    Rules(Box<Rules>),
    /// Something the gate needs is missing, or is there again.
    Trouble { trouble: Trouble, present: bool },
    /// The endpoint file could not be written: what was to be armed is not.
    NotArmed,
    /// The time the core asked to be woken at has come.
    Tick,
}

/// What a request may ask for. Loosening ones wait for the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    TurnOn(Bound),
    TurnOff(Factor),
    /// Off until the boot clock shows this, then on again.
    Pause(u64),
    /// Asks wait in silence until the boot clock shows this; `None` ends it.
    Hold(Option<u64>),
    Deny(Code),
    /// The grant that the approval of that ask made is over.
    EndGrant(Code),
    EndGrants,
    Lock,
    SignIn {
        user: Option<String>,
    },
    CancelSignIn,
    SignOut {
        all: bool,
    },
    /// A push that changes nothing, to see that one arrives.
    TestPush,
    /// A setting that would turn something down.
    Set(Setting),
}

/// Where a click came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    /// The native menu: a person.
    Tray,
    /// As strong as a web page: what it may not do alone waits for the phone.
    Window,
}

/// What a person may change about the gate while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Setting {
    /// Which device rings, by its id in Duo; `None` for the first that takes a push.
    Device(Option<String>),
    /// In milliseconds.
    Patience(u64),
    /// In milliseconds.
    SessionLifetime(u64),
    RequirePushToTurnOff(bool),
    Notifications(bool),
    StartAtLogin(bool),
    /// Of the window: "system", "en", "de".
    Language(String),
    /// The rules as somebody edited them in the window: what changes, in words, and the digest of the
    /// whole new text, which the gate keeps beside it.
    Rules {
        words: String,
        digest: String,
    },
}

/// Duo's factors, those we use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    Push,
    /// A push with a code that the person reads off this desk and types on the phone.
    VerifiedPush,
    /// A fresh sign-in in the browser.
    UniversalPrompt,
    /// A Duo passcode or bypass code. The gate keeps it beside the request; it never comes in here.
    Passcode,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Click {
    TurnOn(#[cfg_attr(feature = "typescript", ts(as = "crate::typescript::Bound"))] Bound),
    TurnOff,
    /// Off for this many milliseconds, then on again by itself.
    Pause(u64),
    /// Asks wait in silence for this many milliseconds.
    Hold(u64),
    EndHold,
    Lock,
    /// The name counts only where nobody signed in before, or after signing out.
    SignIn {
        user: Option<String>,
    },
    CancelSignIn,
    SignOut,
    TestPush,
    Deny(AskId),
    RingAgain(AskId),
    EndGrant(GrantId),
    EndGrants,
    /// Let Duo check a passcode for this ask. The gate keeps the passcode itself beside it.
    Passcode(AskId),
    Set(Setting),
    /// Make a new gate key and pin it, after the old one was lost.
    RemakeKey,
}

/// How one trip to Duo ended. Only the first is a yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Approved(Approval),
    /// Duo let it through without asking anyone.
    Bypassed,
    Denied,
    ReportedFraud,
    LockedOut,
    Unanswered,
    NotEnrolled {
        portal: Option<String>,
    },
    NoPushDevice,
    WrongPasscode,
    /// Duo's policy sends no verification code with this push, so none was sent.
    NotVerified,
    /// The connection has no Universal Prompt to step up with.
    NoUniversalPrompt,
    /// What came of a step-up cannot be taken for Duo's word, or it could not be had.
    StepUpFailed {
        words: String,
    },
    /// Duo's policy refused before any phone rang.
    RefusedByPolicy {
        words: String,
    },
    /// Duo's error envelope.
    Refused {
        code: u32,
        words: String,
    },
    Unreachable {
        words: String,
    },
}

/// Who said yes, with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub user: String,
    pub device: String,
    pub factor: Factor,
    pub txid: String,
}

/// To be carried out in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Write the entry to the audit log, then, and only if that worked, send its answer.
    Settle(Box<Entry>),
    /// Write to the audit log what is no answer.
    Record(Record),
    /// Ask Duo; report back once, as [`Event::Phone`].
    Push {
        push: PushId,
        /// For one or more that share it.
        ids: Vec<AskId>,
        /// [`Factor::VerifiedPush`] must not go out without a verification code.
        factor: Factor,
        card: Card,
    },
    /// Have `user` sign in anew in the browser, for this ask alone; report back once, as [`Event::Phone`].
    StepUp {
        push: PushId,
        id: AskId,
        user: String,
        card: Card,
    },
    /// Nobody waits for that trip any more. Duo cannot withdraw a push, so listen on
    /// until it ended, and report that; a step-up is closed, and reported as well.
    Unpush {
        push: PushId,
    },
    /// Start a sign-in as `user`, or as whom the provider names; report back once, as [`Event::SignIn`].
    OpenSignIn {
        attempt: AttemptId,
        user: Option<String>,
    },
    CloseSignIn {
        attempt: AttemptId,
    },
    /// Ask the provider whether the session still stands; report back once, as [`Event::Renewed`].
    RenewSession,
    ForgetTokens,
    /// Wipe the connection and every key as well.
    ForgetKeys,
    /// Write the setting down, and let it hold from now on.
    Save(Setting),
    /// Put the mode into the endpoint file. If that fails, report [`Event::NotArmed`].
    Arm(Mode),
    RemakeKey,
    Notify(Notice),
}

/// What the desktop is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub title: String,
    pub body: String,
}
