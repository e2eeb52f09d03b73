//! What waits in memory for those who do not read: counted for each address, for the networks that it
//! lies in, and for all. When it is too much, somebody is cut off: at the address for which most waits, in
//! the set there for which most waits, whoever has taken nothing for the longest time. So a neighbour who
//! makes much wait pays for it, and not the phone that takes nothing for a moment.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use setroom_protocol::SetId;

use super::source::{Account, Width};
use super::tally::Counts;
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
    per_address: u32,
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
    held: Counts,
}

#[derive(Debug, Default)]
struct Of {
    bytes: u64,
    /// Charges that are held, of lines and of what lines share.
    held: usize,
    lines: BTreeMap<u64, Line>,
    /// Bytes by the set that they are of; under `None` those of lines that are not in one yet.
    sets: HashMap<Option<SetId>, u64>,
}

#[derive(Debug)]
struct Line {
    unread: Weak<dyn Unread>,
    set: Option<SetId>,
    /// When it last took something, in steps.
    took: Arc<AtomicU64>,
}

/// So many bytes, counted until this is dropped.
#[derive(Debug)]
pub struct Charge {
    outboxes: Outboxes,
    network: Option<IpAddr>,
    set: Option<SetId>,
    bytes: u64,
    /// Whose line it is, unless it is what several lines share.
    line: Option<(u64, Arc<AtomicU64>)>,
}

impl Outboxes {
    pub(super) fn new(limits: &Limits, metrics: Metrics) -> Self {
        Self {
            shared: Arc::new(Shared {
                per_address: limits.outbox_mib_per_address,
                most: mib(limits.outbox_mib),
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
    pub fn shared(&self, network: Option<IpAddr>, set: SetId, bytes: usize) -> Charge {
        let set = Some(set);
        let mut charge = Charge { outboxes: self.clone(), network, set, bytes: 0, line: None };
        self.shared.all.lock().of.entry(network).or_default().held += 1;
        charge.set(bytes);
        charge
    }

    /// A line for which something waits from now on, and the set that it leads to, if it leads to one yet.
    #[must_use]
    pub fn line(
        &self,
        network: Option<IpAddr>,
        set: Option<SetId>,
        unread: Weak<dyn Unread>,
    ) -> Charge {
        let took = Arc::new(AtomicU64::new(self.step()));
        let mut all = self.shared.all.lock();
        let number = all.next;
        all.next += 1;
        let of = all.of.entry(network).or_default();
        of.held += 1;
        of.lines.insert(number, Line { unread, set, took: Arc::clone(&took) });
        Charge { outboxes: self.clone(), network, set, bytes: 0, line: Some((number, took)) }
    }

    /// How many bytes wait.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.all.lock().bytes
    }

    /// More waits for somebody at this address: cuts off whoever is to go, until no more waits than may,
    /// or nobody is left. Call it without holding anything that
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
        let mut own = network.into_iter().flat_map(Account::all_of);
        let over = own.find_map(|own| {
            let most = mib(own.most(self.shared.per_address));
            let here = |network: Option<IpAddr>| network.is_some_and(|network| own.has(network));
            (all.held.of(own) > most).then(|| all.heaviest(here))?
        });
        let of = match over {
            Some(of) => of,
            None if all.bytes > self.shared.most => all.heaviest(|_| true)?,
            None => return None,
        };
        let Of { lines, sets, .. } = all.of.get_mut(&of)?;
        let number = *lines
            .iter()
            .max_by_key(|(_, line)| {
                let of_set = sets.get(&line.set).copied().unwrap_or(0);
                (of_set, Reverse(line.took.load(Ordering::Relaxed)))
            })?
            .0;
        lines.remove(&number).map(|line| line.unread)
    }
}

impl All {
    /// For whom most waits of those here who have a line: in the site for which most does, in the network
    /// there for which most does.
    fn heaviest(&self, here: impl Fn(Option<IpAddr>) -> bool) -> Option<Option<IpAddr>> {
        let these = self.of.iter().filter(|(network, of)| here(**network) && !of.lines.is_empty());
        let waits = |network: Option<IpAddr>, of: &Of| {
            Width::ALL.map(|width| match network {
                Some(network) => self.held.of(width.of(network)),
                None => of.bytes,
            })
        };
        these.max_by_key(|(network, of)| waits(**network, of)).map(|(network, _)| *network)
    }
}

fn mib(mib: u32) -> u64 {
    u64::from(mib).saturating_mul(1024 * 1024)
}

impl Charge {
    /// So many bytes wait now.
    pub fn set(&mut self, bytes: usize) {
        let (before, now) = (self.bytes, bytes as u64);
        self.bytes = now;
        let mut all = self.outboxes.shared.all.lock();
        all.bytes = all.bytes.saturating_sub(before).saturating_add(now);
        self.outboxes.shared.metrics.waiting(all.bytes);
        if let Some(network) = self.network {
            all.held.change(network, (before, now), |_, _, _| ());
        }
        if let Some(of) = all.of.get_mut(&self.network) {
            of.bytes = of.bytes.saturating_sub(before).saturating_add(now);
            let of_set = of.sets.entry(self.set).or_default();
            *of_set = of_set.saturating_sub(before).saturating_add(now);
            if *of_set == 0 {
                of.sets.remove(&self.set);
            }
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

    const WARD: u8 = 1;
    const EVES: u8 = 2;

    fn set(number: u8) -> SetId {
        SetId::from_bytes([number; 16])
    }

    fn waits(outboxes: &Outboxes, network: &str, mib: usize) -> Arc<Somebody> {
        waits_in(outboxes, (network, WARD), mib)
    }

    fn waits_in(outboxes: &Outboxes, (network, of): (&str, u8), mib: usize) -> Arc<Somebody> {
        let one = Arc::new(Somebody::default());
        let unread: Weak<dyn Unread> = Arc::<Somebody>::downgrade(&one);
        let mut charge = outboxes.line(network.parse().ok(), Some(set(of)), unread);
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

    // F10: whoever takes nothing for a moment went for a neighbour who makes much wait.
    #[test]
    fn of_one_address_the_set_goes_first_for_which_most_waits() {
        let outboxes = outboxes();
        let network = "192.0.2.1";
        let phone = waits_in(&outboxes, (network, WARD), 1);
        let crowd: Vec<_> = (0..5).map(|_| waits_in(&outboxes, (network, EVES), 2)).collect();
        // What is shared counts for the set that it is of.
        let view = outboxes.shared(network.parse().ok(), set(EVES), 3 * 1024 * 1024);
        assert_eq!(trim(&outboxes, network), 2);
        assert_eq!(cut(&[&phone, &crowd[0], &crowd[1], &crowd[2]]), [false, true, true, false]);
        drop(view);
    }

    // M6: each /64 of one customer had as much as an address.
    #[test]
    fn many_addresses_of_one_network_are_one_for_what_waits() {
        let outboxes = outboxes();
        // A household has twice what an address has.
        let crowd: Vec<_> =
            (0..4).map(|n| waits(&outboxes, &format!("2001:db8:1:{n}::"), 5)).collect();
        assert_eq!(trim(&outboxes, "2001:db8:1:3::"), 0);
        let more = waits(&outboxes, "2001:db8:1:5::", 1);
        assert_eq!(trim(&outboxes, "2001:db8:1:5::"), 1);
        assert_eq!(crowd.iter().filter(|one| cut(&[one])[0]).count(), 1);
        assert_eq!(cut(&[&more]), [false]);
        // And where it is too much for all, one party.
        let ward = waits(&outboxes, "192.0.2.1", 10);
        assert_eq!(trim(&outboxes, "192.0.2.1"), 1);
        assert_eq!(cut(&[&ward]), [false]);
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
        let whole = outboxes.shared(network, set(WARD), 9 * 1024 * 1024);
        let one = waits(&outboxes, "192.0.2.1", 1);
        assert_eq!(outboxes.trim(network), 0);
        let more = outboxes.shared(network, set(WARD), 1);
        assert_eq!((outboxes.trim(network), cut(&[&one])), (1, vec![true]));
        drop((whole, more));
        assert_eq!(outboxes.bytes(), 0);
    }
}
