//! Into settings files and out again, byte for byte, and what keeps a gate from standing there.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod files;
mod health;
mod round;
mod world;
