//! A Duo tenant in a box: Auth API v2 over TLS and a phone in a web page, for tests and demos.
//!
//! A stand-in for tests. Not affiliated with Duo. No real Duo service is involved. It shares no code with the client
//! that it tests, because a shared mistake would cancel out; Duo's own SDKs are held against it instead (`tests/sdk.rs`).
//! Where Duo's documentation is silent the choice made here is named at the place where it is made.

mod account;
mod api;
mod auth;
mod certificate;
mod clock;
mod config;
mod fault;
mod http;
mod params;
mod phone;
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
pub use push::{Factor, Push, PushState, PushText, Tap, TapError};
pub use signature::{Generation, Signed, Unsigned, verify};
pub use state::Logged;
pub use tenant::Tenant;

/// What every surface of the tenant says about itself.
pub const BANNER: &str =
    "A stand-in for tests. Not affiliated with Duo. No real Duo service is involved.";
