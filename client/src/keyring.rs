//! What a browser keeps locked away: its key pairs, the links it holds, the set's keys, its own key.
//! Nothing here speaks to anybody; randomness is an argument.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::{CryptoRng, RngExt as _};
use setroom_protocol::view::KnockView;
use setroom_protocol::{
    Blob, BranchId, Challenge32, ClientFrame, DeviceId, Hash32, Holder, KnockFrame, LinkRole,
    Mac32, Nonce16, PROTOCOL_VERSION, PublicKey, Roster, RosterEdit, SeatId, Seq, SetId,
    Signature64, Token32, limits,
};

use super::boxes::random_box;
use super::fit_name;
use super::roster_book::{Edits, RosterBook};
use crate::seal::{
    Changes, DeviceKeys, Grant, GrantContext, Hello, KeyList, Link, LinkKeys, LinkSecret,
    MAX_TEXT_LEN, OVERHEAD, PUBLIC_KEY_LEN, PublicKey as CheckedKey, SealError, Secret,
    open_lobby_name, seal_lobby_name, verifies, wrap_for,
};

/// Whether what is typed is really sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sealing {
    /// As a browser does.
    #[default]
    Real,
    /// Random bytes of the right form. The server cannot tell, and the load tester has less to do;
    /// nobody can read anything afterwards. What the server checks, knocks and edits of the roster,
    /// is signed all the same.
    Opaque,
}

/// One browser's secrets.
#[derive(Clone, Debug)]
pub struct Keyring {
    pub(crate) device: DeviceKeys,
    pub(crate) link: LinkKeys,
    /// The pairs that follow from the host's link, with the host.
    pub(crate) host_holder: Option<DeviceKeys>,
    resume: Secret,
    pub(crate) keys: KeyList,
    /// The links in force.
    pub(crate) links: BTreeMap<LinkRole, Link>,
    /// Every link that was ever in force, as far as it is known, by its number.
    pub(crate) all_links: BTreeMap<(LinkRole, u32), Link>,
    /// Tokens of the links in force, as the room shows them to those who hold the keys.
    pub(crate) in_force: BTreeMap<LinkRole, Hash32>,
    /// On the heap, since clients are kept in futures.
    pub(crate) roster: Box<RosterBook>,
    /// This person's own key, by generation.
    pub(crate) own: Vec<(u32, Secret)>,
    pub(crate) sealing: Sealing,
    pub(crate) next_n: u64,
    pub(crate) prev: [u8; 32],
}

impl Keyring {
    /// A browser that has just been given a link.
    pub fn new(link: &Link, sealing: Sealing, rng: &mut impl CryptoRng) -> Self {
        let keys = link.keys();
        let set = SetId::from_bytes(link.set);
        let device = DeviceKeys::generate(rng);
        let host_holder = (link.role == LinkRole::Host).then(|| keys.host_holder());
        let own = host_holder.as_ref().map(DeviceKeys::device);
        let host = own.or(link.host).map(DeviceId::from_bytes);
        Self {
            device,
            host_holder,
            link: keys,
            resume: Secret::generate(rng),
            keys: KeyList::default(),
            links: BTreeMap::from([(link.role, link.clone())]),
            all_links: BTreeMap::from([((link.role, 0), link.clone())]),
            in_force: BTreeMap::new(),
            roster: Box::new(RosterBook::new(set, sealing == Sealing::Real, host, own.is_some())),
            own: Vec::new(),
            sealing,
            next_n: 0,
            prev: [0; 32],
        }
    }

    /// This browser.
    pub fn device(&self) -> DeviceId {
        DeviceId::from_bytes(self.device.device())
    }

    /// What grants to it are sealed to.
    pub fn public(&self) -> PublicKey {
        PublicKey(*self.device.public().as_bytes())
    }

    /// The set.
    pub fn set(&self) -> SetId {
        SetId::from_bytes(self.link.set)
    }

    /// The set's keys, as far as they were granted.
    pub fn keys(&self) -> &KeyList {
        &self.keys
    }

    /// The links that this browser knows.
    pub fn links(&self) -> &BTreeMap<LinkRole, Link> {
        &self.links
    }

    /// Who holds keys, as far as this browser has walked it.
    pub fn roster(&self) -> &Roster {
        &self.roster.confirmed
    }

    /// Takes more links in: the maker of a set has all of them.
    pub fn learn(&mut self, links: impl IntoIterator<Item = Link>) {
        for link in links {
            self.all_links.insert((link.role, 0), link.clone());
            self.links.insert(link.role, link);
        }
    }

    /// The frame of somebody with a link, on a socket with this challenge.
    ///
    /// # Errors
    /// [`SealError::Name`] when there is nothing in the name that could be shown, [`SealError::TooLong`]
    /// when it does not fit.
    pub fn knock(
        &self,
        name: &str,
        challenge: &Challenge32,
        rng: &mut impl CryptoRng,
    ) -> Result<ClientFrame, SealError> {
        let hello = self.link.hello(&self.device, rng);
        let name = fit_name(name).ok_or(SealError::Name)?;
        let name = carried(&name);
        let name = match self.sealing {
            Sealing::Real => seal_lobby_name(&self.link, self.device(), &hello, name, rng)?,
            Sealing::Opaque => random_box(1, 0, name.len(), rng)?,
        };
        let mut knock = KnockFrame {
            v: PROTOCOL_VERSION,
            set: self.set(),
            role: self.link.role,
            token: Token32(*self.link.token.as_bytes()),
            public: self.public(),
            sign: self.device.sign_public(),
            nonce: Nonce16(hello.nonce),
            mac: Mac32(hello.mac),
            pop: Signature64([0; 64]),
            name: Blob::encode(&name),
            resume: Hash32(self.resume.hash()),
        };
        knock.pop = self.device.sign(&knock.challenged(challenge));
        Ok(ClientFrame::Knock(Box::new(knock)))
    }

    /// The frame of a browser that has been in before.
    pub fn come_back(&self, since: Option<Seq>) -> ClientFrame {
        self.come_back_on(since, None)
    }

    /// The same, with the branch that its place stands on.
    pub fn come_back_on(&self, since: Option<Seq>, branch: Option<BranchId>) -> ClientFrame {
        ClientFrame::Resume {
            v: PROTOCOL_VERSION,
            set: self.set(),
            device: self.device(),
            token: Token32(*self.resume.as_bytes()),
            since,
            branch,
        }
    }

    /// Checks that somebody at the door came by a link of this set and holds the private key of
    /// their browser, and reads their name; empty when that cannot be shown.
    ///
    /// # Errors
    /// [`SealError::Link`] when their link is not known here, [`SealError::Mac`] when they do not
    /// hold it or are not the browser that they say, [`SealError::Commitment`] when the name is not
    /// theirs.
    pub fn check_knock(&self, device: DeviceId, knock: &KnockView) -> Result<String, SealError> {
        let link = self.links.get(&knock.role).ok_or(SealError::Link)?.keys();
        let public = CheckedKey::from_bytes(&knock.public.0)?;
        let hello = Hello { nonce: knock.nonce.0, mac: knock.mac.0 };
        link.check_hello(&public, &knock.sign, &hello)?;
        let bytes = link.hello_bytes(&public, &knock.sign, &hello.nonce);
        let challenged = crate::seal::pae(&[b"ALS1-pop", &knock.challenge.0, &bytes]);
        let is_theirs = DeviceId::of(&knock.public, Some(&knock.sign)) == device
            && verifies(&knock.sign, &challenged, &knock.pop);
        if !is_theirs {
            return Err(SealError::Mac);
        }
        if self.sealing == Sealing::Opaque {
            return Ok(String::new());
        }
        let name = open_lobby_name(&link, device, &hello, &knock.name.decode())?;
        Ok(fit_name(&name).unwrap_or_default())
    }

    /// What lets somebody in: the key for their browser, and the edit that puts it on the roster.
    /// `seat` is the seat they had before, and `recover` their own key as this facilitator may open
    /// it.
    ///
    /// # Errors
    /// [`SealError::Link`], [`SealError::PublicKey`], [`SealError::Form`] without a key, or
    /// [`SealError::Roster`] when the fresh seat is somebody's.
    pub fn admit(
        &mut self,
        knock: &KnockView,
        seat: Option<SeatId>,
        edits: &Edits,
        recover: Option<&Blob>,
        rng: &mut impl CryptoRng,
    ) -> Result<(Blob, Arc<RosterEdit>), SealError> {
        self.roster.follow(edits)?;
        // The server draws a fresh seat for them, and might name somebody's.
        let taken = |at: &Holder| at.seat == knock.fresh && at.public != knock.public;
        if seat.is_none() && self.roster.ahead().holders().values().any(taken) {
            return Err(SealError::Roster);
        }
        let device = DeviceId::of(&knock.public, Some(&knock.sign));
        let known = self.roster.ahead().holders().get(&device).cloned();
        let holder = Holder {
            public: knock.public,
            sign: Some(knock.sign),
            seat: seat.unwrap_or(knock.fresh),
            role: known.as_ref().map_or(knock.role, |known| known.role),
            link: self.rotations(knock.role),
            came: known.and_then(|known| known.came),
        };
        let edit = self.add_holder(holder.clone())?;
        let own = recover.map(|wrap| self.recover(holder.seat, wrap)).unwrap_or_default();
        Ok((self.grant_under(&holder, own, rng)?, edit))
    }

    /// The edit that puts this very browser on the roster: a host's, who came with nothing but their
    /// link.
    ///
    /// # Errors
    /// [`SealError::Roster`].
    pub fn own_place(&mut self, seat: SeatId, edits: &Edits) -> Result<Arc<RosterEdit>, SealError> {
        self.roster.follow(edits)?;
        self.add_holder(self.own_holder(seat))
    }

    /// The edit that adds somebody and changes no key.
    fn add_holder(&mut self, holder: Holder) -> Result<Arc<RosterEdit>, SealError> {
        let roster = self.roster.ahead();
        let commit = roster.commit().ok_or(SealError::Roster)?;
        let changes = Changes { add: vec![holder], ..Changes::default() };
        let signer = self.signer().clone();
        Ok(self.roster.sign((roster.epoch(), commit), changes, &signer))
    }

    /// This browser as the roster names it.
    pub(crate) fn own_holder(&self, seat: SeatId) -> Holder {
        Holder {
            public: self.public(),
            sign: Some(self.device.sign_public()),
            seat,
            role: self.link.role,
            link: 0,
            came: None,
        }
    }

    /// Who signs for this browser: itself once it is on the roster, else, with the host, the pairs of
    /// the host's link.
    pub(crate) fn signer(&self) -> &DeviceKeys {
        let known = self.roster.ahead().holders().contains_key(&self.device());
        self.host_holder.as_ref().filter(|_| !known).unwrap_or(&self.device)
    }

    /// Walks what the room shows of the roster.
    ///
    /// # Errors
    /// [`SealError::Roster`] when an edit does not follow.
    pub fn follow(&mut self, edits: &Edits) -> Result<(), SealError> {
        self.roster.follow(edits)
    }

    /// An edit of this browser's was refused.
    pub fn edit_was_refused(&mut self) {
        self.roster.refused();
    }

    /// The number of the link in force, as far as it is known here. None is as high as the epoch.
    pub(crate) fn rotations(&self, role: LinkRole) -> u32 {
        self.early_links()
            .filter(|((of, _), _)| *of == role)
            .map(|((_, n), _)| *n)
            .max()
            .unwrap_or(0)
    }

    /// Every link but those that nobody can have come by: each came with an epoch, and is numbered below it.
    pub(crate) fn early_links(&self) -> impl Iterator<Item = (&(LinkRole, u32), &Link)> {
        let epoch = self.keys.current().map_or(1, |(epoch, _)| epoch);
        self.all_links.iter().filter(move |((_, number), _)| *number < epoch)
    }

    /// Kinds of link of which this browser was not told the one in force, as the room shows it to those who
    /// hold the keys: a host makes new ones.
    pub fn stray_links(&self, in_force: &BTreeMap<LinkRole, Hash32>) -> BTreeSet<LinkRole> {
        let fits = |role, hash: &Hash32| {
            self.links.get(role).is_some_and(|link| Hash32(link.keys().token.hash()) == *hash)
        };
        in_force.iter().filter(|(role, hash)| !fits(role, hash)).map(|(role, _)| *role).collect()
    }

    /// The link that a grant to somebody is made under; `None` for whoever came by one that is not known
    /// here. They know the roster by now, and need none.
    fn link_for(&self, holder: &Holder) -> Option<&Link> {
        // A co-facilitator has no host link: its grants to the host are made under its own kind.
        if holder.role == LinkRole::Host && self.host_holder.is_none() {
            return self.links.get(&LinkRole::CoFacilitator);
        }
        self.all_links.get(&(holder.came_by(), holder.link))
    }

    /// The present key for somebody who is on the roster already: its maker's public key, then the letter. It
    /// opens whatever is said of the link that they came by, which somebody else may have put down, and
    /// wrongly; whoever was away since they were let in goes by what shows that the maker holds that link.
    ///
    /// # Errors
    /// As [`Keyring::admit`].
    pub fn grant_to(&self, holder: &Holder, rng: &mut impl CryptoRng) -> Result<Blob, SealError> {
        if self.sealing == Sealing::Opaque || holder.role == LinkRole::Host {
            return self.grant_under(holder, Vec::new(), rng);
        }
        let joiner = CheckedKey::from_bytes(&holder.public.0)?;
        let (keys, signer) = (self.keys_for(holder.role)?, self.signer());
        let (epoch, _) = keys.current().ok_or(SealError::Form)?;
        let link = self.link_for(holder).map(Link::keys);
        let by = link.map(|link| link.prove(epoch, signer.public(), &joiner));
        let keys = KeyList { by, ..keys };
        Ok(Blob::encode(&wrap_for(&self.link.set, &keys, signer, &joiner, rng)?))
    }

    /// The present key under the link that somebody came by, with their own key for a new browser of theirs.
    fn grant_under(
        &self,
        holder: &Holder,
        own: Vec<(u32, Secret)>,
        rng: &mut impl CryptoRng,
    ) -> Result<Blob, SealError> {
        let mut blob = self.device.public().as_bytes().to_vec();
        if self.sealing == Sealing::Opaque {
            blob.extend((0..PUBLIC_KEY_LEN + 96).map(|_| rng.random::<u8>()));
            return Ok(Blob::encode(&blob));
        }
        let joiner = CheckedKey::from_bytes(&holder.public.0)?;
        let keys = KeyList { own, ..self.keys_for(holder.role)? };
        let (epoch, _) = keys.current().ok_or(SealError::Form)?;
        let signer = self.signer();
        let Some(link) = self.link_for(holder) else {
            return Ok(Blob::encode(&wrap_for(&self.link.set, &keys, signer, &joiner, rng)?));
        };
        let host = signer.public();
        blob = host.as_bytes().to_vec();
        let context = GrantContext { link: &link.keys(), epoch, host, joiner: &joiner };
        blob.extend(Grant::make(signer, &context, &keys, rng)?.to_bytes());
        Ok(Blob::encode(&blob))
    }

    /// Members get the present key; facilitators all keys, and the links but the host's. Everybody is
    /// told the head of the roster.
    pub(crate) fn keys_for(&self, role: LinkRole) -> Result<KeyList, SealError> {
        let roster = self.roster.ahead();
        let head = Some((roster.n(), roster.head().0));
        if !role.role().holds_keys() {
            let (epoch, key) = self.keys.current().ok_or(SealError::Form)?;
            return Ok(KeyList { head, ..KeyList::single(epoch, key.clone()) });
        }
        let links = self.early_links().filter(|((role, _), _)| *role != LinkRole::Host);
        let links = links
            .map(|((role, link), at)| LinkSecret {
                role: *role,
                link: *link,
                secret: at.secret.clone(),
            })
            .collect();
        Ok(KeyList { keys: self.keys.keys.clone(), links, head, ..KeyList::default() })
    }
}

/// What of a name a knock carries: all of it, but where sixty characters are drawn by many more. Who is
/// let in brings the whole.
fn carried(name: &str) -> &str {
    let most = limits::KNOCK_NAME_CHARS * 3 / 4 - OVERHEAD - 1;
    // One that is no name at all is found out when it is sealed.
    let is_short = name.len() <= most || name.len() > MAX_TEXT_LEN;
    let fits = |at: &usize| name.is_char_boundary(*at);
    let end = if is_short { None } else { (0..=most).rev().find(fits) };
    end.and_then(|end| name.get(..end)).unwrap_or(name)
}
