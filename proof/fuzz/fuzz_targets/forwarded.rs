//! See `setroom_server::fuzzed::forwarded`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| setroom_server::fuzzed::forwarded(data));
