//! What a browser believes of the keys that it is handed: those that come from a facilitator on the
//! roster, and that the roster speaks for.

use setroom_protocol::{Blob, DeviceId, Hash32, Holder, LinkRole, PublicKey};

use super::keyring::{Keyring, Sealing};
use super::roster_book::Edits;
use crate::seal::{
    Grant, GrantContext, KeyList, Link, LinkKeys, LinkSecret, PUBLIC_KEY_LEN,
    PublicKey as CheckedKey, SealError, Secret, commitment, unwrap_for,
};

impl Keyring {
    /// Opens the grant that came with the view, and takes the key if the roster speaks for it. A
    /// browser that knows no roster yet takes up the one that its first grant leads to, which only
    /// the link's holders can have made.
    ///
    /// # Errors
    /// [`SealError::Roster`], [`SealError::Grant`] or another [`SealError`] of opening.
    pub fn take_grant(&mut self, grant: &Blob, epoch: u32, edits: &Edits) -> Result<(), SealError> {
        if self.sealing == Sealing::Opaque {
            self.keys = KeyList::single(epoch, Secret::from_bytes([0; 32]));
            return self.roster.follow(edits);
        }
        let bytes = grant.decode();
        let (sender, rest) =
            bytes.split_first_chunk::<PUBLIC_KEY_LEN>().ok_or(SealError::Length)?;
        let sender = CheckedKey::from_bytes(sender)?;
        let joiner = self.device.public().clone();
        let opened = |link: &LinkKeys| {
            let context = GrantContext { link, epoch, host: &sender, joiner: &joiner };
            Grant::from_bytes(rest)?.open(&self.device, &context)
        };
        // A co-facilitator's grant to a host is made under its own kind of link.
        let others = self.all_links.values().filter(|_| self.host_holder.is_some());
        let own = opened(&self.link);
        let list = others.fold(own, |found, link| found.or_else(|_| opened(&link.keys())));
        let knows = !self.roster.confirmed.is_empty();
        let list = list.or_else(|fault| {
            let (_, list) = unwrap_for(&self.link.set, epoch, &bytes, &self.device)?;
            let shown = |by| self.link.check_proof(epoch, &sender, &joiner, &by).is_ok();
            if knows || list.by.is_some_and(shown) { Ok(list) } else { Err(fault) }
        })?;
        if self.roster.confirmed.is_empty() {
            self.roster.begin(edits, list.head)?;
        } else {
            self.roster.follow(edits)?;
        }
        self.believe(&sender, list)
    }

    /// Opens the recovery wrap with nothing but the host's link: a host on a new device.
    ///
    /// # Errors
    /// Any [`SealError`] of opening; [`SealError::Roster`] when the roster is not this link's.
    pub fn take_wrap(&mut self, wrap: &Blob, epoch: u32, edits: &Edits) -> Result<(), SealError> {
        if self.sealing == Sealing::Opaque {
            self.keys = KeyList::single(epoch, Secret::from_bytes([0; 32]));
            return self.roster.follow(edits);
        }
        let holder = self.host_holder.clone().ok_or(SealError::Link)?;
        self.roster.follow(edits)?;
        if self.roster.confirmed.host() != Some(DeviceId::from_bytes(holder.device())) {
            return Err(SealError::Roster);
        }
        let (sender, list) = unwrap_for(&self.link.set, epoch, &wrap.decode(), &holder)?;
        self.believe(&sender, list)
    }

    /// Takes keys that come from a facilitator on the roster, and that the roster speaks for.
    fn believe(&mut self, sender: &CheckedKey, list: KeyList) -> Result<(), SealError> {
        let roster = &self.roster.confirmed;
        let sender = PublicKey(*sender.as_bytes());
        let mut holders = roster.holders().iter();
        let hands_on =
            |(id, at): &(&DeviceId, &Holder)| at.public == sender && roster.hands_on(**id);
        let sender = holders.find(hands_on).ok_or(SealError::Grant)?.1.role;
        list.key(roster.epoch()).ok_or(SealError::Epoch)?;
        for (epoch, key) in &list.keys {
            // Of what was before the last whole edit nothing is known: such keys open old texts alone.
            let said = roster.edits().values().find(|edit| edit.epoch == *epoch);
            let commit = commitment(key, &self.link.set, *epoch);
            if *epoch > roster.epoch() || said.is_some_and(|edit| edit.commit != commit) {
                return Err(SealError::Commitment);
            }
        }
        self.learn_own(list.own);
        self.forget_lost();
        for (epoch, key) in list.keys {
            if self.keys.key(epoch).is_none() {
                self.keys.keys.push((epoch, key));
            }
        }
        let set = self.link.set;
        // Each link came with an epoch, and is numbered below it.
        let below = self.roster.confirmed.epoch();
        for LinkSecret { role, link, secret } in list.links.into_iter().filter(|at| at.link < below)
        {
            let host = self.roster.confirmed.host().map(|host| *host.as_bytes());
            let found = Link { set, role, secret, host };
            // Of a link that is not in force the host's word counts alone, and one that is known has its number.
            let is_same = |at: &Link| at.role == role && at.secret == found.secret;
            let is_new = || !self.all_links.values().any(is_same);
            let hash = Hash32(found.keys().token.hash());
            let in_force = self.in_force.get(&role);
            let counts = sender == LinkRole::Host
                || (is_new() && in_force.map_or(self.in_force.is_empty(), |now| *now == hash));
            if counts && role != LinkRole::Host {
                self.all_links.entry((role, link)).or_insert(found);
            }
        }
        // In order of their numbers, so the newest one stays.
        let newest = self.early_links().map(|((role, _), link)| (*role, link.clone()));
        let newest: Vec<_> = newest.collect();
        self.links.extend(newest);
        Ok(())
    }

    /// Forgets what this browser has made for an epoch that another key came into force for, and of which it was
    /// not told that it was refused: neither the key nor the links that came with it ever counted.
    fn forget_lost(&mut self) {
        let (edits, set) = (self.roster.confirmed.edits(), self.link.set);
        let is_lost = |(epoch, key): &(u32, Secret)| {
            let said = edits.values().find(|edit| edit.epoch == *epoch);
            said.is_some_and(|edit| edit.commit != commitment(key, &set, *epoch))
        };
        for (epoch, _) in self.keys.keys.extract_if(.., |held| is_lost(held)) {
            // Each link is numbered by the epoch before the one that it came with.
            self.all_links
                .retain(|(role, number), _| *role == LinkRole::Host || number + 1 != epoch);
        }
    }
}
