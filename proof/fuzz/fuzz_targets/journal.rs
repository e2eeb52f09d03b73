//! See `setroom_server::fuzzed::journal`.
#![no_main]

mod json;

libfuzzer_sys::fuzz_target!(|data: &[u8]| setroom_server::fuzzed::journal(data));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    json::mutate(data, size, max_size, seed, 0)
});
