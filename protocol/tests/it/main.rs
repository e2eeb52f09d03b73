//! Laws of the rules and of the wire, in one binary so that they are linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first thing that is wrong, and says which"
)]

mod answered;
mod codes;
mod decide;
mod encoded;
mod hidden;
mod hidden_keys;
mod journal_compat;
mod journal_faults;
mod library;
mod meeting;
mod merge;
mod permissions;
mod properties;
mod roster;
mod samples;
mod support;
mod timestamp;
mod weight;
mod wire;
