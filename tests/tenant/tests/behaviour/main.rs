//! What the tenant does, seen from outside: over its listeners and through its library.
#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

mod faults;
mod life;
mod phone;
mod program;
mod support;
