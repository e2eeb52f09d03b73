//! What every client logs, kept in memory in the very form that it has in files, for the checker.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use setroom_checker::ClientLog;
use setroom_checker::evidence::{BadLog, read_log};
use setroom_client::{Header, Logs};
use setroom_protocol::SetId;

type Bytes = Arc<Mutex<Vec<u8>>>;

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The logs of a story. Clones are the same ones.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<BTreeMap<Header, Bytes>>>);

impl Kept {
    /// What clients write into, in simulated time.
    pub fn logs(&self) -> Logs {
        let kept = self.clone();
        let begin = move |header| -> io::Result<Box<dyn Write + Send>> {
            let bytes = Bytes::default();
            locked(&kept.0).insert(header, Arc::clone(&bytes));
            Ok(Box::new(Page(bytes)))
        };
        Logs::written_to(begin, || turmoil::sim_elapsed().unwrap_or_default())
    }

    /// What each client logged, by set.
    ///
    /// # Errors
    /// [`BadLog`].
    pub fn read(&self) -> Result<BTreeMap<SetId, Vec<ClientLog>>, BadLog> {
        let mut sets: BTreeMap<SetId, Vec<ClientLog>> = BTreeMap::new();
        for (header, bytes) in locked(&self.0).iter() {
            let name = format!("{}.{}", header.set, header.device);
            let (set, log) = read_log(locked(bytes).as_slice(), Path::new(&name))?;
            sets.entry(set).or_default().push(log);
        }
        Ok(sets)
    }

    /// How many bytes there are, and their hash: the same story has the same.
    pub fn digest(&self) -> (usize, u64) {
        let (mut length, mut hasher) = (0, DefaultHasher::new());
        for bytes in locked(&self.0).values() {
            let bytes = locked(bytes);
            length += bytes.len();
            hasher.write(&bytes);
        }
        (length, hasher.finish())
    }
}

/// One log that is being written.
struct Page(Bytes);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
