//! See `setroom_server::fuzzed::frames`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| setroom_server::fuzzed::frames(data));
