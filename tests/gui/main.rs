//! Stories that are seen: tray, window and browser, driven as a person drives them.
#![expect(clippy::unwrap_used, reason = "a story that goes wrong ends at once")]

mod agents;
mod desktop;
mod first;
mod pages;
mod rules;
mod window;
