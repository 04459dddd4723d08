//! A world to tell stories in: a tenant, a desktop session of its own with a
//! real keyring, and the real hook, gate and CLI, all in a home that goes away.

mod desktop;
mod panel;
mod proc;
mod programs;
mod world;

pub use desktop::{Desktop, Keyring};
pub use panel::{Panel, Screen, TrayItem};
pub use proc::{Ended, Proc, until};
pub use programs::{Programs, programs};
pub use world::{Gate, Spoken, World, bash, heard, payload};
