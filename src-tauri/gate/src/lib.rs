//! The process that is always there.
//!
//! It carries out what the core decides: answers hooks, rings phones, keeps
//! secrets in the keychain, writes the audit log and draws the tray. Only
//! [`app`] and `runtime` know all of these rooms; none of them knows another.

mod agents;
pub mod app;
pub mod audit;
mod autostart;
pub mod browser;
mod clock;
pub mod connect;
pub mod devices;
pub mod duo;
mod endpoint;
pub mod examine;
mod facts;
pub mod keychain;
mod keys;
mod lock;
mod loopback;
mod notify;
mod pages;
mod payload;
mod phone;
mod provider;
pub mod purge;
pub mod rekey;
#[cfg(test)]
mod remembering;
pub mod rules;
mod running;
mod runtime;
mod server;
mod session;
pub mod settings;
mod tray;
pub mod try_duo;
mod update;
mod window;
