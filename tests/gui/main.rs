//! Stories that are seen: tray, window and browser, driven as a person drives them.

mod desktop;
mod first;
mod window;
