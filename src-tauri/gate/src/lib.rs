//! The process that is always there.
//!
//! It carries out what the core decides: answers hooks, rings phones, keeps
//! secrets in the keychain, writes the audit log and draws the tray. Only
//! [`app`] and `runtime` know all of these rooms; none of them knows another.

pub mod app;
pub mod audit;
mod clock;
pub mod connect;
pub mod devices;
pub mod duo;
mod endpoint;
mod facts;
pub mod keychain;
mod keys;
mod lock;
mod notify;
mod payload;
mod phone;
pub mod rekey;
mod runtime;
mod server;
pub mod settings;
mod tray;
mod window;
