//! The Duo client against a whole tenant, over real TLS: every way a push can end.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story whose tenant does not start has no other way to fail"
)]

mod answers;
mod faults;
mod network;
mod world;
