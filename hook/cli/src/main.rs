//! On, off, status and log for a person at a shell.
fn main() {}
