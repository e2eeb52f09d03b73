//! Which cores a process may use. A child inherits what its parent had when it was started.

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Where server and generator run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placing {
    /// The server on the first core, the generator on the second.
    Apart,
    /// Both wherever the kernel puts them.
    Anywhere,
}

/// What this thread was allowed when it began.
#[derive(Debug)]
pub struct Cores {
    all: CpuSet,
    own: Vec<usize>,
}

impl Cores {
    /// Looks at what is allowed.
    ///
    /// # Errors
    /// That of the system, or when there are fewer than two cores: then server and generator
    /// cannot be told apart.
    pub fn find() -> io::Result<Self> {
        let all = sched_getaffinity(None)?;
        let own: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core)).collect();
        if own.len() < 2 {
            return Err(io::Error::other(
                "two cores are needed: one for the server, one to load it",
            ));
        }
        Ok(Self { all, own })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.own.len()
    }

    /// Runs `work` where the server belongs, so that what it starts stays there, and goes on where
    /// the generator belongs.
    ///
    /// # Errors
    /// That of the system.
    pub fn as_server<T>(&self, placing: Placing, work: impl FnOnce() -> T) -> io::Result<T> {
        self.go(placing, 0)?;
        let done = work();
        self.go(placing, 1)?;
        Ok(done)
    }

    fn go(&self, placing: Placing, which: usize) -> io::Result<()> {
        let set = match (placing, self.own.get(which)) {
            (Placing::Apart, Some(core)) => {
                let mut set = CpuSet::new();
                set.set(*core);
                set
            }
            _ => self.all,
        };
        Ok(sched_setaffinity(None, &set)?)
    }
}
