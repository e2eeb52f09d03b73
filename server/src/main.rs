//! Setroom.
fn main() {}
