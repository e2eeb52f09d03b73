//! What one durable write costs on a disk, so that a wait for it can be told from other waits.

use std::io::{self, Write as _};
use std::path::Path;

use crate::clock::Clock;

const WRITES: usize = 64;
const BYTES: usize = 4096;

/// Microseconds for a write of 4 KiB at the end of a file and its sync: the middle one of many.
///
/// # Errors
/// That of the disk.
pub fn fsync_us(folder: &Path) -> io::Result<f64> {
    let mut file = tempfile::tempfile_in(folder)?;
    let block = [0x5a; BYTES];
    let mut all = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        let clock = Clock::start();
        file.write_all(&block)?;
        file.sync_data()?;
        all.push(clock.ns());
    }
    all.sort_unstable();
    Ok(all.get(WRITES / 2).copied().unwrap_or(0) as f64 / 1e3)
}
