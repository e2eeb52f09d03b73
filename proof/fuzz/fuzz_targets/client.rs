//! See `setroom_server::fuzzed::client`.
#![no_main]

mod json;

libfuzzer_sys::fuzz_target!(|data: &[u8]| setroom_server::fuzzed::client(data));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // The first byte is a choice, the rest is the frame.
    json::mutate(data, size, max_size, seed, 1)
});
