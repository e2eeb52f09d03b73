//! See `setroom_server::fuzzed::sealed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| setroom_server::fuzzed::sealed(data));
