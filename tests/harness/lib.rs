//! A world to tell stories in: a tenant, a desktop session of its own with a
//! real keyring, and the real hook, gate and CLI, all in a home that goes away.

mod agent;
mod browser;
mod desktop;
mod driver;
mod gui;
mod http;
mod installed;
mod journey;
mod opener;
mod panel;
mod proc;
mod programs;
mod prompt;
mod real;
mod session;
mod shell;
mod traces;
mod webdriver;
mod world;

pub use agent::{Spoken, bash, heard, payload};
pub use browser::{Browser, Look};
pub use desktop::{Desktop, Keyring};
pub use gui::{Gui, Window, violations};
pub use installed::Installed;
pub use journey::{Onlooker, Seat};
pub use panel::{Panel, Screen, TrayItem};
pub use proc::{Ended, Proc, pids_of, until};
pub use programs::{Programs, programs};
pub use prompt::Prompt;
pub use real::{CodexHook, How, Ran, RealAgent};
pub use session::{Trip, USER};
pub use shell::{Shell, Typed};
pub use traces::{Wanted, Witness, files_with};
pub use webdriver::{By, Element, Session};
pub use world::{Gate, SignInWith, World};
