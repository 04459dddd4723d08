//! A Duo tenant in a box: Auth API v2 and Universal Prompt over TLS, and a phone in a web page, for tests and demos.
//!
//! A stand-in for tests. Not affiliated with Duo. No real Duo service is involved. It shares no code with the client
//! that it tests, because a shared mistake would cancel out; Duo's own SDKs are held against it instead (`tests/sdk.rs`).
//! Where Duo's documentation is silent the choice made here is named at the place where it is made.
//!
//! # Walking the prompt without a browser
//!
//! The page that `authorize` leads to works without script. A program that keeps the `sid` can go through it:
//!
//! | step | request | answer |
//! |---|---|---|
//! | 1 | `GET` the authorize URL | 303 to `/frame/prompt?sid=SID`; to `/frame/exit?sid=SID` when nobody is to be asked |
//! | 2 | `POST /frame/push` with `sid=SID` in a form | 303 to the prompt; a push rings on the phone |
//! | 3 | `GET /frame/status?sid=SID`, as often as you like | JSON: `result` is `waiting`, `allow`, `deny` or `over` |
//! | 4 | `GET /frame/exit?sid=SID` after `allow` | 303 to the `redirect_uri`, with `state` and `duo_code` (or `code`) |
//!
//! `POST /frame/passcode` with `sid` and `passcode` stands in the place of steps 2 and 3. `GET /frame/cancel?sid=SID` leads
//! back with `error=access_denied`. `exit` before anyone has approved leads to the prompt. After a denial `status` says
//! `deny`, and step 2 tries again. The paths are on the API's own port, over TLS, as Duo's are; all redirects but the last
//! stay there. The phone is `Tenant::tap`, or `POST /__sim/tap` on the phone's port.
//!
//! What can go wrong is ordered by `Script`: `Fault`s for `Endpoint::HealthCheck`, `Authorize` and `Token`; `IdToken` for a
//! bad token; `Callback` for a bent way back; `NextPrompt` for a sign-in that nobody is asked about.

mod account;
mod answer;
mod api;
mod auth;
mod certificate;
mod clock;
mod config;
mod fault;
mod http;
mod oidc;
mod params;
mod phone;
mod prompt;
mod push;
mod random;
mod reply;
mod shared;
mod signature;
mod state;
mod tenant;

pub use account::{Capability, Device, DeviceKind, Enrollment, User, UserStatus};
pub use certificate::Certificate;
pub use config::{Application, Config, NewUser, Policy, PollEnd, Ports};
pub use fault::{Endpoint, Fault, Outcome, Script};
pub use oidc::{Patch, Patched, Signing, Tamper, Turn, Wire};
pub use push::{Factor, Push, PushState, PushText, Tap, TapError};
pub use signature::{Generation, Signed, Unsigned, verify};
pub use state::Logged;
pub use tenant::Tenant;

/// What every surface of the tenant says about itself.
pub const BANNER: &str =
    "A stand-in for tests. Not affiliated with Duo. No real Duo service is involved.";
