//! What one durable write costs on a disk, so that a wait for it can be told from other waits.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;

const WRITES: usize = 800;
const BYTES: usize = 4096;

/// Writes of 4 KiB, each with its sync, over bytes that lie in the file already.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sync {
    /// The middle one, in microseconds.
    pub p50_us: f64,
    /// The 99th percentile, in microseconds.
    pub p99_us: f64,
}

/// Asks the disk of this folder, with a pause before each write: a disk that is asked only now and
/// then answers more slowly than one that is kept busy.
///
/// # Errors
/// That of the disk.
pub fn sync(folder: &Path, pause: Duration) -> io::Result<Sync> {
    let mut file = tempfile::tempfile_in(folder)?;
    file.write_all(&vec![0; WRITES * BYTES])?;
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    let mut all =
        (0..WRITES).map(|_| written_us(&mut file, pause)).collect::<io::Result<Vec<_>>>()?;
    all.sort_by(f64::total_cmp);
    let at = |place: usize| all.get(place).copied().unwrap_or(f64::NAN);
    Ok(Sync { p50_us: at(WRITES / 2), p99_us: at(WRITES * 99 / 100) })
}

fn written_us(file: &mut File, pause: Duration) -> io::Result<f64> {
    std::thread::sleep(pause);
    let clock = Clock::start();
    file.write_all(&[0x5a; BYTES])?;
    file.sync_data()?;
    Ok(clock.ns() as f64 / 1e3)
}
