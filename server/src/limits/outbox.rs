//! What waits in memory for those who do not read: counted for each address and for all, and when
//! it is too much, those who have taken nothing for the longest time are cut off.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use crate::config::Limits;
use crate::telemetry::Metrics;

/// Somebody for whom something waits.
pub trait Unread: std::fmt::Debug + Send + Sync {
    /// Is cut off; what waits is given up at once.
    fn cut_off(&self);
}

/// All that waits. Clones are the same.
#[derive(Clone, Debug)]
pub struct Outboxes {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    per_address: u64,
    most: u64,
    all: Mutex<All>,
    /// Counts every time that somebody took something.
    steps: AtomicU64,
    metrics: Metrics,
}

#[derive(Debug, Default)]
struct All {
    next: u64,
    bytes: u64,
    /// By address; under `None` those whom limits per address do not meet.
    of: HashMap<Option<IpAddr>, Of>,
}

#[derive(Debug, Default)]
struct Of {
    bytes: u64,
    /// Charges that are held, of lines and of what lines share.
    held: usize,
    lines: BTreeMap<u64, Line>,
}

#[derive(Debug)]
struct Line {
    unread: Weak<dyn Unread>,
    /// When it last took something, in steps.
    took: Arc<AtomicU64>,
}

/// So many bytes, counted until this is dropped.
#[derive(Debug)]
pub struct Charge {
    outboxes: Outboxes,
    network: Option<IpAddr>,
    bytes: u64,
    /// Whose line it is, unless it is what several lines share.
    line: Option<(u64, Arc<AtomicU64>)>,
}

impl Outboxes {
    pub(super) fn new(limits: &Limits, metrics: Metrics) -> Self {
        let bytes = |mib: u32| u64::from(mib).saturating_mul(1024 * 1024);
        Self {
            shared: Arc::new(Shared {
                per_address: bytes(limits.outbox_mib_per_address),
                most: bytes(limits.outbox_mib),
                all: Mutex::default(),
                steps: AtomicU64::new(0),
                metrics,
            }),
        }
    }

    fn step(&self) -> u64 {
        self.shared.steps.fetch_add(1, Ordering::Relaxed)
    }

    /// Something that several lines wait for, counted once, for the address that first asked.
    #[must_use]
    pub fn shared(&self, network: Option<IpAddr>, bytes: usize) -> Charge {
        let mut charge = Charge { outboxes: self.clone(), network, bytes: 0, line: None };
        self.shared.all.lock().of.entry(network).or_default().held += 1;
        charge.set(bytes);
        charge
    }

    /// A line for which something waits from now on.
    #[must_use]
    pub fn line(&self, network: Option<IpAddr>, unread: Weak<dyn Unread>) -> Charge {
        let took = Arc::new(AtomicU64::new(self.step()));
        let mut all = self.shared.all.lock();
        let number = all.next;
        all.next += 1;
        let of = all.of.entry(network).or_default();
        of.held += 1;
        of.lines.insert(number, Line { unread, took: Arc::clone(&took) });
        Charge { outboxes: self.clone(), network, bytes: 0, line: Some((number, took)) }
    }

    /// How many bytes wait.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.all.lock().bytes
    }

    /// More waits for somebody at this address: cuts off whoever has taken nothing for the longest
    /// time, until no more waits than may, or nobody is left. Call it without holding anything that
    /// a line needs to be cut off. Says how many that were.
    pub fn trim(&self, network: Option<IpAddr>) -> usize {
        let mut cut = 0;
        while let Some(line) = self.too_much(network) {
            // One that has just gone by itself frees its bytes too.
            if let Some(line) = line.upgrade() {
                line.cut_off();
                cut += 1;
            }
        }
        cut
    }

    /// Who is to go, if somebody is; each is named once.
    fn too_much(&self, network: Option<IpAddr>) -> Option<Weak<dyn Unread>> {
        let mut all = self.shared.all.lock();
        let here = all.of.get(&network).filter(|of| !of.lines.is_empty());
        let is_over =
            network.is_some() && here.is_some_and(|of| of.bytes > self.shared.per_address);
        let of = if is_over {
            network
        } else if all.bytes > self.shared.most {
            let with_lines = all.of.iter().filter(|(_, of)| !of.lines.is_empty());
            *with_lines.max_by_key(|(_, of)| of.bytes)?.0
        } else {
            return None;
        };
        let lines = &mut all.of.get_mut(&of)?.lines;
        let stale = lines.iter().min_by_key(|(_, line)| line.took.load(Ordering::Relaxed));
        let number = *stale?.0;
        lines.remove(&number).map(|line| line.unread)
    }
}

impl Charge {
    /// So many bytes wait now.
    pub fn set(&mut self, bytes: usize) {
        let (before, now) = (self.bytes, bytes as u64);
        self.bytes = now;
        let mut all = self.outboxes.shared.all.lock();
        all.bytes = all.bytes.saturating_sub(before).saturating_add(now);
        self.outboxes.shared.metrics.waiting(all.bytes);
        if let Some(of) = all.of.get_mut(&self.network) {
            of.bytes = of.bytes.saturating_sub(before).saturating_add(now);
        }
    }

    /// The line took something: it reads.
    pub fn took(&self) {
        if let Some((_, took)) = &self.line {
            took.store(self.outboxes.step(), Ordering::Relaxed);
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.set(0);
        let mut all = self.outboxes.shared.all.lock();
        let Some(of) = all.of.get_mut(&self.network) else { return };
        if let Some((number, _)) = &self.line {
            of.lines.remove(number);
        }
        of.held = of.held.saturating_sub(1);
        if of.held == 0 {
            all.of.remove(&self.network);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::config::{self, Flags};

    #[derive(Debug, Default)]
    struct Somebody {
        is_cut: AtomicBool,
        charge: Mutex<Option<Charge>>,
    }

    impl Unread for Somebody {
        fn cut_off(&self) {
            self.is_cut.store(true, Ordering::Relaxed);
            *self.charge.lock() = None;
        }
    }

    fn waits(outboxes: &Outboxes, network: &str, mib: usize) -> Arc<Somebody> {
        let one = Arc::new(Somebody::default());
        let unread: Weak<dyn Unread> = Arc::<Somebody>::downgrade(&one);
        let mut charge = outboxes.line(network.parse().ok(), unread);
        charge.set(mib * 1024 * 1024);
        *one.charge.lock() = Some(charge);
        one
    }

    fn trim(outboxes: &Outboxes, network: &str) -> usize {
        outboxes.trim(network.parse().ok())
    }

    fn outboxes() -> Outboxes {
        let mut limits = config::load(&Flags::default(), []).unwrap().config.limits;
        (limits.outbox_mib_per_address, limits.outbox_mib) = (10, 25);
        Outboxes::new(&limits, Metrics::new())
    }

    fn cut(people: &[&Arc<Somebody>]) -> Vec<bool> {
        people.iter().map(|one| one.is_cut.load(Ordering::Relaxed)).collect()
    }

    #[test]
    fn of_one_address_those_go_who_have_taken_nothing_for_longest() {
        let outboxes = outboxes();
        let (deaf, reads) = (waits(&outboxes, "192.0.2.1", 4), waits(&outboxes, "192.0.2.1", 4));
        let other = waits(&outboxes, "192.0.2.2", 9);
        assert_eq!(trim(&outboxes, "192.0.2.1"), 0);
        reads.charge.lock().as_ref().unwrap().took();
        let newest = waits(&outboxes, "192.0.2.1", 4);
        assert_eq!(trim(&outboxes, "192.0.2.2"), 0);
        assert_eq!(trim(&outboxes, "192.0.2.1"), 1);
        assert_eq!(cut(&[&deaf, &reads, &newest, &other]), [true, false, false, false]);
    }

    #[test]
    fn of_all_the_address_for_which_most_waits_gives_way() {
        let outboxes = outboxes();
        let (first, second) = (waits(&outboxes, "192.0.2.1", 9), waits(&outboxes, "192.0.2.2", 8));
        let (third, exempt) =
            (waits(&outboxes, "192.0.2.3", 7), waits(&outboxes, "this machine", 20));
        assert_eq!(trim(&outboxes, "192.0.2.1"), 1);
        assert_eq!(cut(&[&first, &second, &third, &exempt]), [false, false, false, true]);
        assert_eq!(outboxes.bytes(), 24 * 1024 * 1024);
        drop((first, second, third));
        assert_eq!((outboxes.bytes(), outboxes.shared.all.lock().of.len()), (0, 0));
    }

    #[test]
    fn what_is_shared_counts_once_and_for_whoever_asked_first() {
        let outboxes = outboxes();
        let network = "192.0.2.1".parse().ok();
        let whole = outboxes.shared(network, 9 * 1024 * 1024);
        let one = waits(&outboxes, "192.0.2.1", 1);
        assert_eq!(outboxes.trim(network), 0);
        let more = outboxes.shared(network, 1);
        assert_eq!((outboxes.trim(network), cut(&[&one])), (1, vec![true]));
        drop((whole, more));
        assert_eq!(outboxes.bytes(), 0);
    }
}
