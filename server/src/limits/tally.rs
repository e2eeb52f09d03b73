//! What is held for each address and for the networks that it lies in, and who gives way.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use super::source::{Account, Width};

/// Sums, by address and wider network.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    of: HashMap<Account, u64>,
}

impl Counts {
    /// What is held for this one.
    pub(crate) fn of(&self, account: Account) -> u64 {
        self.of.get(&account).copied().unwrap_or(0)
    }

    /// This address holds so much now, instead of that. It is called with what was held before.
    pub(crate) fn change(
        &mut self,
        address: IpAddr,
        (before, now): (u64, u64),
        mut changed: impl FnMut(Account, u64, u64),
    ) {
        for width in Width::ALL {
            let account = width.of(address);
            let held = self.of(account);
            let holds = held.saturating_sub(before).saturating_add(now);
            if holds == 0 {
                self.of.remove(&account);
            } else {
                self.of.insert(account, holds);
            }
            changed(account, held, holds);
        }
    }
}

/// Among which accounts the one that holds most is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Among {
    /// All of a width.
    All(Width),
    /// Those next in width within this one.
    In(Account),
}

/// The same, in the order of what is held.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Counts,
    ranked: HashMap<Among, BTreeSet<(u64, Account)>>,
}

/// Where something is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GivesWay {
    pub(crate) account: Account,
    /// By whoever asks for it themselves, or who is in one network with them.
    pub(crate) is_own: bool,
}

impl Tally {
    /// What is held for this one.
    pub(crate) fn of(&self, account: Account) -> u64 {
        self.counts.of(account)
    }

    /// This address holds so much now, instead of that.
    pub(crate) fn change(&mut self, address: IpAddr, before: u64, now: u64) {
        let ranked = &mut self.ranked;
        let mut within = None;
        self.counts.change(address, (before, now), |account, held, holds| {
            for among in [Some(Among::All(account.width)), within.map(Among::In)] {
                let Some(among) = among else { continue };
                let set = ranked.entry(among).or_default();
                set.remove(&(held, account));
                if holds > 0 {
                    set.insert((holds, account));
                } else if set.is_empty() {
                    ranked.remove(&among);
                }
            }
            within = Some(account);
        });
    }

    fn first(&self, among: Among) -> Option<(u64, Account)> {
        self.ranked.get(&among)?.last().copied()
    }

    /// Who holds most, as narrowly as that can be said.
    pub(crate) fn heaviest(&self) -> Option<Account> {
        self.heaviest_in(self.first(Among::All(Width::Site))?.1)
    }

    /// The same within this one: the network in it that holds most, and so on, as long as none holds as
    /// much.
    pub(crate) fn heaviest_in(&self, account: Account) -> Option<Account> {
        let mut at = account;
        while let Some(within) = self.ranked.get(&Among::In(at)) {
            let mut most = within.iter().rev();
            let (Some((held, next)), second) = (most.next(), most.next()) else { break };
            if second.is_some_and(|(as_much, _)| as_much == held) {
                break;
            }
            at = *next;
        }
        (self.of(at) > 0).then_some(at)
    }

    /// Whether this address, or a network that it lies in, holds what it keeps whatever others need, or
    /// more.
    pub(crate) fn has_its_share(&self, address: IpAddr, kept: u64) -> bool {
        self.full_of(address, kept).is_some()
    }

    fn full_of(&self, address: IpAddr, kept: u64) -> Option<Account> {
        let accounts = Width::ALL.map(|width| width.of(address));
        accounts.into_iter().find(|own| self.of(*own) >= keeps(*own, kept))
    }

    /// The address that loses one of what it holds to one more of `own`, where each address keeps so
    /// many whatever others need. First what is taken by many addresses of one network.
    pub(crate) fn gives_way(&self, own: Option<IpAddr>, kept: u64) -> Option<GivesWay> {
        let over = Width::ALL.into_iter().find_map(|width| {
            let ours = own.map_or(0, |own| self.of(width.of(own)));
            let (held, account) = self.first(Among::All(width))?;
            let is_over = held > keeps(account, kept).max(ours.saturating_add(1));
            is_over.then_some(account)
        });
        let is_own = over.is_none();
        let account = match over {
            Some(account) => account,
            None => self.full_of(own?, kept)?,
        };
        Some(GivesWay { account: self.heaviest_in(account)?, is_own })
    }
}

/// What one keeps whatever others need.
fn keeps(account: Account, kept: u64) -> u64 {
    kept.saturating_mul(account.width.times().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn tally(held: &[(&str, u64)]) -> Tally {
        let mut tally = Tally::default();
        for (address, many) in held {
            for before in 0..*many {
                tally.change(ip(address), before, before + 1);
            }
        }
        tally
    }

    fn gives_way(held: &[(&str, u64)], own: &str) -> Option<(String, bool)> {
        let goes = tally(held).gives_way(own.parse().ok(), 10)?;
        Some((goes.account.first.to_string(), goes.is_own))
    }

    fn goes(address: &str, is_own: bool) -> Option<(String, bool)> {
        Some((address.to_owned(), is_own))
    }

    #[test]
    fn whoever_holds_most_beyond_what_each_keeps_gives_way() {
        let held = [("192.0.2.1", 30), ("192.0.2.2", 12), ("192.0.2.3", 5)];
        assert_eq!(gives_way(&held, "192.0.2.3"), goes("192.0.2.1", false));
        // Not to somebody who would hold as many; those take from themselves.
        assert_eq!(gives_way(&held[..1], "192.0.2.1"), goes("192.0.2.1", true));
        assert_eq!(gives_way(&[("192.0.2.1", 10)], "192.0.2.3"), None);
        assert_eq!(gives_way(&held[2..], "192.0.2.3"), None);
        assert_eq!(gives_way(&held, "somebody who is not counted"), goes("192.0.2.1", false));
    }

    #[test]
    fn many_addresses_of_one_network_are_one_party() {
        // None of them holds more than an address keeps.
        let crowd: Vec<_> = (0..10).map(|n| (format!("2001:db8:1:{n:x}00::"), 5)).collect();
        let mut held: Vec<_> = crowd.iter().map(|(ip, many)| (ip.as_str(), *many)).collect();
        held.push(("2001:db8:1:900::", 1));
        let (network, is_own) = gives_way(&held, "192.0.2.3").unwrap();
        assert!(network.starts_with("2001:db8:1:") && !is_own, "{network}");
        // A household within it that holds most, before its neighbours.
        held.extend([("2001:db8:1:bb01::", 9), ("2001:db8:1:bb02::", 9), ("2001:db8:1:bb03::", 9)]);
        let (network, is_own) = gives_way(&held, "2001:db8:1:cc00::").unwrap();
        assert!(network.starts_with("2001:db8:1:bb") && !is_own, "{network}");
        // And a site that is full gives nothing of others'.
        let site: Vec<_> = held[..8].to_vec();
        let (network, is_own) = gives_way(&site, "2001:db8:1:cc00::").unwrap();
        assert!(network.starts_with("2001:db8:1:") && is_own, "{network}");
        assert_eq!(gives_way(&site, "2001:db8:2:cc00::"), None);
    }

    #[test]
    fn nothing_is_left_of_those_who_hold_nothing() {
        let mut tally = tally(&[("192.0.2.1", 3), ("2001:db8:1:2::", 2)]);
        let heaviest = |tally: &Tally| tally.heaviest().map(|account| account.first);
        assert_eq!(heaviest(&tally), Some(ip("192.0.2.1")));
        tally.change(ip("192.0.2.1"), 3, 0);
        assert_eq!(heaviest(&tally), Some(ip("2001:db8:1:2::")));
        tally.change(ip("2001:db8:1:2::"), 2, 0);
        assert_eq!((tally.heaviest(), tally.ranked.len(), tally.counts.of.len()), (None, 0, 0));
    }
}
