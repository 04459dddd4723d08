//! Into settings files and out again, byte for byte, and what keeps a gate from standing there.

mod files;
mod health;
mod round;
mod world;
