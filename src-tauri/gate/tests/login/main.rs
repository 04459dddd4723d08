//! Signing in, over real TLS and a real way back: against a stand-in that can do anything wrong,
//! and against a whole tenant with its prompt page.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story whose provider does not start has no other way to fail"
)]

mod answers;
mod callbacks;
mod certificates;
mod chrome;
mod person;
mod real_browser;
mod stand;
mod tenant;
mod trip;
mod visit;
