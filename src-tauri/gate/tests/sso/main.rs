//! Duo Single Sign-On: against a certified provider that none of us wrote, with a real browser, and
//! against a stand-in that does what no certified one can be made to do.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story whose provider does not start has no other way to fail"
)]

mod answers;
mod certified;
#[path = "../login/chrome.rs"]
#[expect(
    dead_code,
    reason = "the sign-in with Universal Prompt wants more of it"
)]
mod chrome;
mod discovery;
mod forge;
mod later;
mod npm;
mod person;
#[path = "../login/stand.rs"]
#[expect(
    dead_code,
    reason = "the sign-in with Universal Prompt wants more of it"
)]
mod stand;
mod tampered;
#[path = "../login/trip.rs"]
#[expect(
    dead_code,
    reason = "the sign-in with Universal Prompt wants more of it"
)]
mod trip;
