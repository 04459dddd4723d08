//! The process that is always there: server, Duo, keychain, audit, tray.
fn main() {}
