//! Who holds the connections that have shown a right token, and who gives way where they are short.
//!
//! One rule: a place comes from the address that holds most, if that is more than an address keeps
//! and more than the one who comes would hold; and there from the set that holds most, by the same
//! comparison where both are of one address. In that set goes first who only waits at the door, then
//! a second line of one browser, then whoever was heard of longest ago.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use setroom_protocol::{DeviceId, SetId};

/// The line of somebody who has shown a right token.
pub trait Proven: std::fmt::Debug + Send + Sync {
    /// Is closed, and told to come later.
    fn give_way(&self);

    /// Whether its person has been let in.
    fn is_inside(&self) -> bool;

    /// When its person last did something, in milliseconds.
    fn used_ms(&self) -> u64;
}

/// For whom a place is asked.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// `None` where nothing is counted for the address: such a line gives way to nobody.
    pub network: Option<IpAddr>,
    /// The set that it leads to.
    pub set: SetId,
    /// The browser.
    pub device: DeviceId,
}

/// All lines that have shown a right token. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    kept: usize,
    all: Arc<Mutex<All>>,
}

#[derive(Debug, Default)]
struct All {
    next: u64,
    /// Lines that were told to go and are not gone yet.
    going: usize,
    of: HashMap<IpAddr, Of>,
}

#[derive(Debug, Default)]
struct Of {
    held: usize,
    sets: HashMap<SetId, BTreeMap<u64, Line>>,
}

#[derive(Debug)]
struct Line {
    device: DeviceId,
    line: Weak<dyn Proven>,
}

/// A place among those who have shown a right token; dropping it gives it back.
#[derive(Debug)]
#[must_use = "the place is given back at once unless it is kept"]
pub struct Share {
    shares: Shares,
    network: IpAddr,
    set: SetId,
    number: u64,
}

impl Shares {
    /// Of which an address keeps so many, whatever others need.
    pub(super) fn new(kept: u32) -> Self {
        let kept = usize::try_from(kept).unwrap_or(usize::MAX);
        Self { kept, all: Arc::default() }
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One line more; nothing is kept of one that is counted for nobody.
    pub(super) fn add(&self, claim: Claim, line: Weak<dyn Proven>) -> Option<Share> {
        let Claim { network, set, device } = claim;
        let network = network?;
        let mut all = self.all();
        let number = all.next;
        all.next += 1;
        let of = all.of.entry(network).or_default();
        of.held += 1;
        of.sets.entry(set).or_default().insert(number, Line { device, line });
        Some(Share { shares: self.clone(), network, set, number })
    }

    /// Whether this address holds as many as it keeps, or more.
    pub(super) fn has_its_share(&self, network: IpAddr) -> bool {
        self.all().of.get(&network).is_some_and(|of| of.held >= self.kept)
    }

    /// Whether somebody would give way.
    pub(super) fn has_room(&self, claim: Claim) -> bool {
        self.all().holds_most(claim, self.kept).is_some()
    }

    /// Whether some were told to go and are not gone yet.
    pub(super) fn is_anybody_going(&self) -> bool {
        self.all().going > 0
    }

    /// Somebody gives way, if anybody is to. Says whether.
    pub(super) fn make_room(&self, claim: Claim) -> bool {
        let line = self.all().take_from_most(claim, self.kept);
        // Not while anything is held: closing a line writes to it.
        let Some(line) = line else { return false };
        if let Some(line) = line.upgrade() {
            line.give_way();
        }
        true
    }
}

impl All {
    /// The set that holds most at the address that holds most, if that is more than its share.
    fn holds_most(&self, claim: Claim, kept: usize) -> Option<(IpAddr, SetId)> {
        let own = claim.network.and_then(|network| self.of.get(&network));
        let over = self.of.iter().filter(|(_, of)| of.held > kept);
        let (network, of) = over.max_by_key(|(_, of)| of.held)?;
        let (set, lines) = of.sets.iter().max_by_key(|(_, lines)| lines.len())?;
        let is_more = if claim.network == Some(*network) {
            let own = own.and_then(|own| own.sets.get(&claim.set));
            lines.len() > own.map_or(0, BTreeMap::len) + 1
        } else {
            of.held > own.map_or(0, |own| own.held) + 1
        };
        is_more.then_some((*network, *set))
    }

    fn take_from_most(&mut self, claim: Claim, kept: usize) -> Option<Weak<dyn Proven>> {
        let (network, set) = self.holds_most(claim, kept)?;
        let lines = self.of.get(&network)?.sets.get(&set)?;
        let mut of_browser: HashMap<DeviceId, usize> = HashMap::new();
        for line in lines.values() {
            *of_browser.entry(line.device).or_default() += 1;
        }
        let rank = |line: &Line| {
            let is_only = of_browser.get(&line.device).is_none_or(|lines| *lines < 2);
            // One that is gone already goes before all.
            let known = line.line.upgrade();
            known.map(|line| (line.is_inside(), is_only, line.used_ms()))
        };
        let (number, _) = lines.iter().min_by_key(|(number, line)| (rank(line), **number))?;
        let number = *number;
        let line = self.forget(network, set, number)?;
        self.going += 1;
        Some(line.line)
    }

    fn forget(&mut self, network: IpAddr, set: SetId, number: u64) -> Option<Line> {
        let of = self.of.get_mut(&network)?;
        let lines = of.sets.get_mut(&set)?;
        let line = lines.remove(&number)?;
        if lines.is_empty() {
            of.sets.remove(&set);
        }
        of.held = of.held.saturating_sub(1);
        if of.held == 0 {
            self.of.remove(&network);
        }
        Some(line)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut all = self.shares.all();
        if all.forget(self.network, self.set, self.number).is_none() {
            all.going = all.going.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[derive(Debug)]
    struct Somebody {
        is_inside: bool,
        used_ms: u64,
        went: AtomicBool,
    }

    impl Proven for Somebody {
        fn give_way(&self) {
            self.went.store(true, Ordering::Relaxed);
        }

        fn is_inside(&self) -> bool {
            self.is_inside
        }

        fn used_ms(&self) -> u64 {
            self.used_ms
        }
    }

    fn claim(network: &str, set: u8, device: u8) -> Claim {
        let device = DeviceId::from_bytes([device; 16]);
        Claim { network: network.parse().ok(), set: SetId::from_bytes([set; 16]), device }
    }

    struct Held {
        who: Arc<Somebody>,
        _share: Option<Share>,
    }

    impl Held {
        fn went(&self) -> bool {
            self.who.went.load(Ordering::Relaxed)
        }
    }

    fn line(shares: &Shares, claim: Claim, is_inside: bool, used_ms: u64) -> Held {
        let who = Arc::new(Somebody { is_inside, used_ms, went: AtomicBool::new(false) });
        let weak: Weak<dyn Proven> = Arc::<Somebody>::downgrade(&who);
        Held { _share: shares.add(claim, weak), who }
    }

    const MANY: &str = "192.0.2.1";
    const FEW: &str = "192.0.2.2";

    #[test]
    fn the_address_that_holds_most_gives_way_down_to_what_it_keeps() {
        let shares = Shares::new(3);
        let crowd: Vec<_> =
            (0..5).map(|n| line(&shares, claim(MANY, n, n), true, n.into())).collect();
        let other = line(&shares, claim(FEW, 9, 9), true, 0);
        // The one that was used longest ago among equals... of two, since three are kept.
        assert!(shares.make_room(claim(FEW, 9, 8)) && shares.make_room(claim(FEW, 9, 8)));
        assert!(!shares.make_room(claim(FEW, 9, 8)));
        assert_eq!(crowd.iter().filter(|line| line.went()).count(), 2);
        assert!(!other.went() && shares.is_anybody_going());
        drop(crowd);
        assert!(!shares.is_anybody_going());
    }

    #[test]
    fn nobody_gives_way_to_an_address_that_holds_as_much() {
        let shares = Shares::new(1);
        let all: Vec<_> = (0..6)
            .map(|n| line(&shares, claim(if n % 2 == 0 { MANY } else { FEW }, n, n), true, 0))
            .collect();
        assert!(!shares.has_room(claim(FEW, 9, 9)) && !shares.make_room(claim(MANY, 9, 9)));
        assert!(shares.make_room(Claim { network: None, ..claim(MANY, 9, 9) }));
        assert_eq!(all.iter().filter(|line| line.went()).count(), 1);
    }

    #[test]
    fn behind_one_address_the_set_that_holds_most_gives_way() {
        let shares = Shares::new(2);
        let large: Vec<_> =
            (0..4).map(|n| line(&shares, claim(MANY, 1, n), true, n.into())).collect();
        let small = line(&shares, claim(MANY, 2, 9), true, 0);
        assert!(shares.make_room(claim(MANY, 2, 8)), "four, and the other would have two");
        assert!(large[0].went() && !small.went());
        let _more = line(&shares, claim(MANY, 2, 8), true, 0);
        assert!(!shares.make_room(claim(MANY, 2, 7)), "three, and the other would have three");
        assert!(!shares.make_room(claim(MANY, 1, 7)));
    }

    // What SECURITY.md says is not promised.
    #[test]
    fn many_sets_with_a_line_each_give_way_to_nobody_of_their_own_address() {
        let shares = Shares::new(2);
        let crowd: Vec<_> = (0..9).map(|n| line(&shares, claim(MANY, n, n), true, 0)).collect();
        assert!(!shares.has_room(claim(MANY, 20, 20)) && !shares.make_room(claim(MANY, 20, 20)));
        // To another address they do, down to what theirs keeps.
        let gone = (0..9).take_while(|_| shares.make_room(claim(FEW, 20, 20))).count();
        assert_eq!((gone, crowd.iter().filter(|line| line.went()).count()), (7, 7));
    }

    #[test]
    fn of_a_set_goes_first_who_waits_then_a_second_line_then_the_longest_unused() {
        let shares = Shares::new(0);
        let at =
            |device, is_inside, used_ms| line(&shares, claim(MANY, 1, device), is_inside, used_ms);
        let lines =
            [at(1, true, 5), at(2, true, 1), at(3, true, 9), at(3, true, 8), at(4, false, 9)];
        let mut order = Vec::new();
        while shares.make_room(claim(FEW, 2, 1)) {
            let gone = |n: &usize| lines[*n].went() && !order.contains(n);
            let next = (0..5).find(gone).unwrap();
            order.push(next);
        }
        assert_eq!(order, [4, 3, 1, 0], "and the last one is no more than the other would have");
    }
}
