//! What the tenant does, seen from outside: over its listeners and through its library.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

mod bending;
mod exchange;
mod faults;
mod life;
mod oidc;
mod party;
mod phone;
mod program;
mod prompt;
mod standing;
mod support;
