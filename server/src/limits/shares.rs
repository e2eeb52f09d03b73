//! Who holds the connections that have shown a right token, and who gives way where they are short.
//!
//! One rule: a place comes from the address that holds most, if that is more than an address keeps
//! and more than the one who comes would hold; otherwise from their own, once it holds what it keeps,
//! so that nobody there is refused for what others there hold. Many addresses of one network are one party
//! ([`Tally`]). Of the lines of an address goes first
//! one whose person only waits at the door, then a second line of one browser, then one that is alone
//! in its set, then whoever did nothing for longest. Somebody new moves nobody at their own address
//! who has company in their set.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use setroom_protocol::{DeviceId, SetId};

use super::tally::{GivesWay, Tally};

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
    /// Asks to be let in, and has no seat yet.
    pub is_newcomer: bool,
}

/// All lines that have shown a right token. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    kept: u64,
    all: Arc<Mutex<All>>,
}

#[derive(Debug, Default)]
struct All {
    next: u64,
    /// Lines that were told to go and are not gone yet.
    going: usize,
    of: HashMap<IpAddr, BTreeMap<u64, Line>>,
    many: Tally,
    /// How many lines lead to each set, from everywhere.
    sets: HashMap<SetId, usize>,
}

#[derive(Debug)]
struct Line {
    set: SetId,
    device: DeviceId,
    line: Weak<dyn Proven>,
}

/// A place among those who have shown a right token; dropping it gives it back.
#[derive(Debug)]
#[must_use = "the place is given back at once unless it is kept"]
pub struct Share {
    shares: Shares,
    network: IpAddr,
    number: u64,
}

impl Shares {
    /// Of which an address keeps so many, whatever others need.
    pub(super) fn new(kept: u32) -> Self {
        Self { kept: kept.into(), all: Arc::default() }
    }

    /// One line more; nothing is kept of one that is counted for nobody.
    pub(super) fn add(&self, claim: Claim, line: Weak<dyn Proven>) -> Option<Share> {
        let Claim { network, set, device, .. } = claim;
        let network = network?;
        let mut all = self.all.lock();
        let number = all.next;
        all.next += 1;
        all.of.entry(network).or_default().insert(number, Line { set, device, line });
        all.many.change(network, 0, 1);
        *all.sets.entry(set).or_default() += 1;
        Some(Share { shares: self.clone(), network, number })
    }

    /// Whether this address holds as many as it keeps, or more, or a network that it lies in.
    pub(super) fn has_its_share(&self, network: IpAddr) -> bool {
        self.all.lock().many.has_its_share(network, self.kept)
    }

    /// Whether somebody would give way.
    pub(super) fn has_room(&self, claim: Claim) -> bool {
        let all = self.all.lock();
        let Some(goes) = all.many.gives_way(claim.network, self.kept) else { return false };
        // Only there somebody may stay: else it is not looked at who that is before it has to be.
        !(claim.is_newcomer && goes.is_own) || all.who_goes(claim, goes).is_some()
    }

    /// Whether some were told to go and are not gone yet.
    pub(super) fn is_anybody_going(&self) -> bool {
        self.all.lock().going > 0
    }

    /// Somebody gives way, if anybody is to. Says whether.
    pub(super) fn make_room(&self, claim: Claim) -> bool {
        let line = self.all.lock().take(claim, self.kept);
        // Not while anything is held: closing a line writes to it.
        let Some(line) = line else { return false };
        if let Some(line) = line.upgrade() {
            line.give_way();
        }
        true
    }
}

impl All {
    /// The line that gives way to this claim.
    fn who_goes(&self, claim: Claim, goes: GivesWay) -> Option<(IpAddr, u64)> {
        let GivesWay { account, is_own } = goes;
        let networks = self.of.iter().filter(|(network, _)| account.has(**network));
        let lines: Vec<_> = networks
            .flat_map(|(network, lines)| {
                lines.iter().map(|(number, line)| (*network, *number, line))
            })
            .collect();
        let mut of_browser: HashMap<DeviceId, usize> = HashMap::new();
        for (_, _, line) in &lines {
            *of_browser.entry(line.device).or_default() += 1;
        }
        let ranked = lines.iter().filter_map(|(network, number, line)| {
            let is_only = of_browser.get(&line.device).is_none_or(|lines| *lines < 2);
            let with_others = || self.sets.get(&line.set).is_some_and(|lines| *lines > 1);
            let has_company = line.set == claim.set || with_others();
            // One that is gone already goes before all.
            let known = line.line.upgrade();
            let is_inside = known.as_ref().is_some_and(|line| line.is_inside());
            let stays = claim.is_newcomer && is_own && is_inside && is_only && has_company;
            let used_ms = known.map(|line| line.used_ms());
            (!stays).then_some(((is_inside, is_only, has_company, used_ms), *number, *network))
        });
        ranked.min().map(|(_, number, network)| (network, number))
    }

    fn take(&mut self, claim: Claim, kept: u64) -> Option<Weak<dyn Proven>> {
        let goes = self.many.gives_way(claim.network, kept)?;
        let (network, number) = self.who_goes(claim, goes)?;
        let line = self.forget(network, number)?;
        self.going += 1;
        Some(line.line)
    }

    fn forget(&mut self, network: IpAddr, number: u64) -> Option<Line> {
        let lines = self.of.get_mut(&network)?;
        let line = lines.remove(&number)?;
        if lines.is_empty() {
            self.of.remove(&network);
        }
        self.many.change(network, 1, 0);
        if let Some(of_set) = self.sets.get_mut(&line.set) {
            *of_set -= 1;
            if *of_set == 0 {
                self.sets.remove(&line.set);
            }
        }
        Some(line)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut all = self.shares.all.lock();
        if all.forget(self.network, self.number).is_none() {
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
        let set = SetId::from_bytes([set; 16]);
        Claim { network: network.parse().ok(), set, device, is_newcomer: false }
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

    // M6: twenty /64 of one customer took all places for good.
    #[test]
    fn many_addresses_of_one_network_keep_no_more_than_that_network() {
        let shares = Shares::new(3);
        let crowd: Vec<_> = (0..20)
            .map(|n| line(&shares, claim(&format!("2001:db8:1:{n:x}::"), n, n), true, n.into()))
            .collect();
        let _ward: Vec<_> =
            (0..2).map(|n| line(&shares, claim(FEW, 100, 100 + n), true, 0)).collect();
        // A household keeps six: all twenty are of one.
        let mut went = 0;
        while shares.make_room(claim(FEW, 100, 120)) {
            went += 1;
        }
        assert_eq!((went, crowd.iter().filter(|line| line.went()).count()), (14, 14));
        // And who comes from one more of its addresses takes their own.
        assert!(shares.make_room(claim("2001:db8:1:ff::", 9, 9)));
        assert_eq!(crowd.iter().filter(|line| line.went()).count(), 15);
    }

    #[test]
    fn nobody_gives_way_to_another_address_that_holds_as_much() {
        let shares = Shares::new(3);
        let all: Vec<_> = (0..4)
            .map(|n| line(&shares, claim(if n % 2 == 0 { MANY } else { FEW }, n, n), true, 0))
            .collect();
        assert!(!shares.has_room(claim(FEW, 9, 9)) && !shares.make_room(claim(MANY, 9, 9)));
        assert!(!shares.has_room(Claim { network: None, ..claim(MANY, 9, 9) }));
        assert!(all.iter().all(|line| !line.went()));
    }

    /// Which of these went, in the order in which they did, until `comes` moves nobody more.
    fn order(shares: &Shares, lines: &[Held], comes: Claim) -> Vec<usize> {
        let mut order = Vec::new();
        while shares.make_room(comes) {
            let gone = |n: &usize| lines[*n].went() && !order.contains(n);
            order.push((0..lines.len()).find(gone).unwrap());
        }
        order
    }

    #[test]
    fn first_goes_who_waits_then_a_second_line_then_who_is_alone_then_the_longest_unused() {
        let shares = Shares::new(0);
        let at = |set, device, is_inside, used_ms| {
            line(&shares, claim(MANY, set, device), is_inside, used_ms)
        };
        // Somebody elsewhere is in the first set too.
        let _elsewhere = line(&shares, claim(FEW, 1, 9), true, 0);
        let lines = [
            at(1, 1, true, 5),
            at(1, 2, true, 1),
            at(1, 3, true, 9),
            at(1, 3, true, 8),
            at(1, 4, false, 9),
            at(2, 5, true, 9),
        ];
        let nobodys = Claim { network: None, ..claim(FEW, 3, 7) };
        assert_eq!(order(&shares, &lines, nobodys), [4, 3, 5, 1, 0], "nobody holds more than one");
    }

    // The law for people behind one address: what others there hold refuses nobody.
    #[test]
    fn behind_a_full_address_a_right_token_always_finds_a_place() {
        for (sets, of_each) in [(1, 9), (9, 1), (4, 2), (3, 3)] {
            let shares = Shares::new(2);
            let mut crowd = Vec::new();
            for set in 0..sets {
                for n in 0..of_each {
                    crowd.push(line(&shares, claim(MANY, set, 9 * set + n), true, 0));
                }
            }
            let mut ward = Vec::new();
            for device in 100..108 {
                let comes = claim(MANY, 100, device);
                assert!(shares.has_room(comes) && shares.make_room(comes), "{sets} {of_each}");
                ward.push(line(&shares, comes, true, 1));
            }
            assert!(ward.iter().all(|line| !line.went()), "{sets} {of_each}");
        }
    }

    #[test]
    fn lines_that_are_alone_in_their_sets_move_nobody_who_has_company() {
        let shares = Shares::new(2);
        let ward: Vec<_> = (0..6).map(|n| line(&shares, claim(MANY, 1, n), true, 0)).collect();
        let mut crowd: Vec<Held> = Vec::new();
        for set in 10..40 {
            shares.make_room(claim(MANY, set, set));
            crowd.push(line(&shares, claim(MANY, set, set), true, 9));
        }
        // The first of them takes one place; all others take it from each other.
        assert_eq!(ward.iter().filter(|line| line.went()).count(), 1);
    }

    #[test]
    fn somebody_new_moves_nobody_of_their_address_who_has_company() {
        let shares = Shares::new(2);
        let ward: Vec<_> = (0..3).map(|n| line(&shares, claim(MANY, 1, n), true, 0)).collect();
        let new = Claim { is_newcomer: true, ..claim(MANY, 2, 50) };
        assert!(!shares.has_room(new) && !shares.make_room(new));
        let waits = line(&shares, claim(MANY, 1, 9), false, 9);
        assert!(shares.make_room(new) && waits.went());
        assert!(ward.iter().all(|line| !line.went()));
    }
}
