//! What chores share with the program that writes what follows from the protocol.

pub mod say;
pub mod written;
