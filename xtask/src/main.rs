//! demo, test, hook, bench.
fn main() {}
