//! The whole product, told in stories: the real hook, gate and CLI against the tenant.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that goes wrong ends at once"
)]

mod doctor;
mod door;
mod grants;
mod mode;
mod prompt;
mod removal;
mod request;
mod rest;
mod rules;
mod secrets;
mod session;
mod signing_in;
mod tray;
mod trial;
mod trouble;
mod uninstall;
mod watch;
mod webex;
