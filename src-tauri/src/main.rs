//! Draws the view that the gate tells it.
fn main() {}
