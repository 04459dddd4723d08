//! What an agent starts before every tool call.
fn main() {}
