//! What hook, CLI and gate say to each other, and how each knows that it is true.
//!
//! Every question is one `POST` to `127.0.0.1` with a JSON [`Request`]; every
//! answer is a [`Sealed`] payload, signed with the gate's key over the question's
//! nonce and exact bytes. A bearer token only keeps other users of the machine
//! out: an agent can read it, so it proves nothing about who answers.

mod answer;
mod ask;
mod call;
mod clock;
mod deed;
mod endpoint;
mod hex;
mod json;
mod paths;
mod seal;
mod text;

pub use answer::{Answer, Verdict};
pub use ask::{Agent, Ask, Input, Moment, Report, Subagent};
pub use call::{CallError, Ready, ask_gate, wait};
pub use clock::{Boot, boot_id, boot_now};
pub use deed::{Bound, Deed, Mode, Passcode, Span};
pub use endpoint::{Endpoint, EndpointError, Standing, Token};
pub use json::{check_strict, parse_strict};
pub use paths::{Paths, PathsError, Unsafe, private_dir, read_private, write_private};
pub use seal::{
    Digest, Nonce, Pin, PinError, Route, SealError, Sealed, SigningKey, fresh_signing_key, seal,
    signing_key_from_hex, signing_key_to_hex,
};
pub use text::plain;

use serde::{Deserialize, Serialize};

/// Version of everything on the wire and in the endpoint file.
pub const VERSION: u16 = 2;

/// The version that two programs speak of which one has `theirs`: that of the older, which must be
/// the one before at least. On the day of an update hook and gate differ by one, either way.
pub fn spoken(theirs: u16) -> Option<u16> {
    (VERSION.abs_diff(theirs) <= 1).then(|| VERSION.min(theirs))
}

/// The largest question an agent may put, and the largest body the gate reads, in bytes.
pub const MAX_ASK: usize = 8 << 20;

/// One question to the gate.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request<T> {
    pub v: u16,
    pub nonce: Nonce,
    pub body: T,
}

/// Body of [`Route::Ask`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskBody {
    pub ask: Ask,
    /// How long the asker can wait for its answer, in milliseconds.
    pub patience_ms: u64,
}

/// Body of [`Route::Report`], since version 2. Its answer says nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    pub report: Report,
}

/// Body of [`Route::Deed`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeedBody {
    pub deed: Deed,
    pub patience_ms: u64,
}

/// Body of [`Route::Status`]. Its answer is the gate's glance as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusBody {}

/// Every deadline of one ask, in milliseconds, in the order in which they must nest.
pub mod deadlines {
    /// A push lives this long at Duo (Auth API: 60 s).
    pub const RING: u64 = 60_000;
    /// No push starts with less patience left: a ring and the way there and back.
    pub const RING_AND_BACK: u64 = 62_000;
    /// How long an ask waits in line at most.
    pub const PATIENCE: u64 = 600_000;
    /// What the hook keeps for itself between the gate's last word and its own deadline.
    pub const HOOK_MARGIN: u64 = 10_000;
    /// What the agent's own timeout has over the hook's deadline.
    pub const AGENT_MARGIN: u64 = 20_000;
    /// The hook's own deadline.
    pub const HOOK: u64 = PATIENCE + HOOK_MARGIN;
    /// The timeout to write into an agent's settings where it allows one.
    pub const AGENT: u64 = HOOK + AGENT_MARGIN;
    /// A sealed answer is taken only this long after it was sealed.
    pub const ANSWER: u64 = 10_000;
}
