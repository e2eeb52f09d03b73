//! What a browser keeps locked away: its key pair, the links it holds, the set's keys. Nothing here
//! speaks to anybody; randomness is an argument.

use std::collections::{BTreeMap, BTreeSet};

use rand::{CryptoRng, RngExt as _};
use setroom_protocol::view::KnockView;
use setroom_protocol::{
    Blob, BranchId, ClientFrame, DeviceId, Hash32, KeyChange, LinkRole, Mac32, Nonce16,
    PROTOCOL_VERSION, PublicKey, Seq, SetId, Token32,
};

use super::boxes::random_box;
use crate::seal::{
    DeviceKeys, Grant, GrantContext, Hello, KeyList, Link, LinkKeys, LinkSecret, PUBLIC_KEY_LEN,
    PublicKey as CheckedKey, RosterEntry, SealError, Secret, open_lobby_name, seal_lobby_name,
    unwrap_keys, wrap_keys,
};

/// Whether what is typed is really sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sealing {
    /// As a browser does.
    #[default]
    Real,
    /// Random bytes of the right form. The server cannot tell, and the load tester has less to do;
    /// nobody can read anything afterwards.
    Opaque,
}

/// One browser's secrets.
#[derive(Clone, Debug)]
pub struct Keyring {
    pub(super) device: DeviceKeys,
    pub(super) link: LinkKeys,
    resume: Secret,
    pub(super) keys: KeyList,
    links: BTreeMap<LinkRole, Link>,
    /// By which link each admitted browser came: later grants need that link's key.
    came_by: BTreeMap<DeviceId, Link>,
    /// Browsers whose grants are believed: whoever made the first one, and those it named.
    granters: BTreeSet<DeviceId>,
    pub(super) sealing: Sealing,
    pub(super) next_n: u64,
    pub(super) prev: [u8; 32],
}

impl Keyring {
    /// A browser that has just been given a link.
    pub fn new(link: &Link, sealing: Sealing, rng: &mut impl CryptoRng) -> Self {
        Self {
            device: DeviceKeys::generate(rng),
            link: link.keys(),
            resume: Secret::generate(rng),
            keys: KeyList::default(),
            links: BTreeMap::from([(link.role, link.clone())]),
            came_by: BTreeMap::new(),
            granters: BTreeSet::new(),
            sealing,
            next_n: 0,
            prev: [0; 32],
        }
    }

    /// This browser.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        DeviceId::from_bytes(self.device.device())
    }

    /// Its public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(*self.device.public().as_bytes())
    }

    /// The set.
    #[must_use]
    pub fn set(&self) -> SetId {
        SetId::from_bytes(self.link.set)
    }

    /// The set's keys, as far as they were granted.
    #[must_use]
    pub fn keys(&self) -> &KeyList {
        &self.keys
    }

    /// The links that this browser knows.
    #[must_use]
    pub fn links(&self) -> &BTreeMap<LinkRole, Link> {
        &self.links
    }

    /// Takes more links in: the maker of a set has all of them.
    pub fn learn(&mut self, links: impl IntoIterator<Item = Link>) {
        self.links.extend(links.into_iter().map(|link| (link.role, link)));
    }

    /// The frame of somebody with a link.
    ///
    /// # Errors
    /// [`SealError::TooLong`] when the name does not fit.
    pub fn knock(&self, name: &str, rng: &mut impl CryptoRng) -> Result<ClientFrame, SealError> {
        let public = self.device.public();
        let hello = self.link.hello(public, rng);
        let name = match self.sealing {
            Sealing::Real => seal_lobby_name(&self.link, public, &hello, name, rng)?,
            Sealing::Opaque => random_box(0, name.len(), rng)?,
        };
        Ok(ClientFrame::Knock {
            v: PROTOCOL_VERSION,
            set: self.set(),
            role: self.link.role,
            token: Token32(*self.link.token.as_bytes()),
            public: self.public(),
            nonce: Nonce16(hello.nonce),
            mac: Mac32(hello.mac),
            name: Blob::encode(&name),
            resume: Hash32(self.resume.hash()),
        })
    }

    /// The frame of a browser that has been in before.
    #[must_use]
    pub fn come_back(&self, since: Option<Seq>) -> ClientFrame {
        self.come_back_on(since, None)
    }

    /// The same, with the branch that its place stands on.
    #[must_use]
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

    /// Checks that somebody at the door came by a link of this set, and reads their name.
    ///
    /// # Errors
    /// [`SealError::Link`] when their link is not known here, [`SealError::Mac`] when they do not
    /// hold it, [`SealError::Commitment`] when the name is not theirs.
    pub fn check_knock(&self, knock: &KnockView) -> Result<String, SealError> {
        let link = self.links.get(&knock.role).ok_or(SealError::Link)?.keys();
        let public = CheckedKey::from_bytes(&knock.public.0)?;
        let hello = Hello { nonce: knock.nonce.0, mac: knock.mac.0 };
        link.check_hello(&public, &hello)?;
        if self.sealing == Sealing::Opaque {
            return Ok(String::new());
        }
        open_lobby_name(&link, &public, &hello, &knock.name.decode())
    }

    /// The key for a browser that came by `role`'s link: its maker's public key, then the grant.
    ///
    /// # Errors
    /// [`SealError::Link`], [`SealError::PublicKey`], or [`SealError::Form`] without a key.
    pub fn grant(
        &mut self,
        public: &PublicKey,
        role: LinkRole,
        rng: &mut impl CryptoRng,
    ) -> Result<Blob, SealError> {
        let joiner = CheckedKey::from_bytes(&public.0)?;
        let link = self.links.get(&role).ok_or(SealError::Link)?.clone();
        let grant = self.grant_by(&link, &joiner, rng)?;
        self.came_by.insert(DeviceId::from_bytes(joiner.device()), link);
        Ok(grant)
    }

    fn grant_by(
        &self,
        link: &Link,
        joiner: &CheckedKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Blob, SealError> {
        let mut blob = self.device.public().as_bytes().to_vec();
        if self.sealing == Sealing::Opaque {
            blob.extend((0..PUBLIC_KEY_LEN + 96).map(|_| rng.random::<u8>()));
            return Ok(Blob::encode(&blob));
        }
        let keys = self.keys_for(link.role)?;
        let (epoch, _) = keys.current().ok_or(SealError::Form)?;
        let host = self.device.public();
        let context = GrantContext { link: &link.keys(), epoch, host, joiner };
        blob.extend(Grant::make(&self.device, &context, &keys, rng)?.to_bytes());
        Ok(Blob::encode(&blob))
    }

    /// Members get the present key; facilitators all keys, and the links. Everybody is told which
    /// browsers may grant. Whose they are says the view, so their seats are left out.
    fn keys_for(&self, role: LinkRole) -> Result<KeyList, SealError> {
        let mut keys = self.keys.clone();
        if !role.role().holds_keys() {
            let (epoch, key) = self.keys.current().ok_or(SealError::Form)?;
            keys = KeyList::single(epoch, key.clone());
        }
        let entry = |device: DeviceId, role| RosterEntry {
            device: *device.as_bytes(),
            member: [0; 16],
            role,
            link: 0,
        };
        let came = self.came_by.iter().filter(|(_, link)| link.role.role().holds_keys());
        keys.roster = came.map(|(device, link)| entry(*device, link.role)).collect();
        keys.roster.push(entry(self.device(), self.link.role));
        Ok(keys)
    }

    /// Opens the grant that came with the view. The first one may come from any browser that
    /// `facilitator` says is one's, since only the link's holders can make it; later ones must come
    /// from that browser or from one that it named.
    ///
    /// # Errors
    /// [`SealError::Grant`] or another [`SealError`] of opening.
    pub fn take_grant(
        &mut self,
        grant: &Blob,
        epoch: u32,
        facilitator: impl Fn(DeviceId) -> bool,
    ) -> Result<(), SealError> {
        if self.sealing == Sealing::Opaque {
            self.keys = KeyList::single(epoch, Secret::from_bytes([0; 32]));
            return Ok(());
        }
        let bytes = grant.decode();
        let (host, rest) = bytes.split_first_chunk::<PUBLIC_KEY_LEN>().ok_or(SealError::Length)?;
        let host = CheckedKey::from_bytes(host)?;
        let sender = DeviceId::from_bytes(host.device());
        let believed = if self.granters.is_empty() {
            facilitator(sender)
        } else {
            self.granters.contains(&sender)
        };
        if !believed {
            return Err(SealError::Grant);
        }
        let joiner = self.device.public();
        let context = GrantContext { link: &self.link, epoch, host: &host, joiner };
        let keys = Grant::from_bytes(rest)?.open(&self.device, &context)?;
        self.granters.insert(sender);
        self.take_keys(keys);
        Ok(())
    }

    /// Opens the recovery wrap with nothing but the link: a facilitator on a new device.
    ///
    /// # Errors
    /// Any [`SealError`] of opening; [`SealError::Epoch`] when it is an old one.
    pub fn take_wrap(&mut self, wrap: &Blob, epoch: u32) -> Result<(), SealError> {
        if self.sealing == Sealing::Opaque {
            self.keys = KeyList::single(epoch, Secret::from_bytes([0; 32]));
            return Ok(());
        }
        let (of, keys) = unwrap_keys(&self.link, &wrap.decode())?;
        if of != epoch {
            return Err(SealError::Epoch);
        }
        self.take_keys(keys);
        Ok(())
    }

    fn take_keys(&mut self, keys: KeyList) {
        let set = self.link.set;
        for LinkSecret { role, secret, .. } in &keys.links {
            let link = Link { set, role: *role, secret: secret.clone() };
            self.links.insert(*role, link);
        }
        let named = keys.roster.iter().filter(|at| at.role.role().holds_keys());
        self.granters.extend(named.map(|at| DeviceId::from_bytes(at.device)));
        for (epoch, key) in keys.keys {
            if self.keys.key(epoch).is_none() {
                self.keys.keys.push((epoch, key));
            }
        }
    }

    /// A new epoch with a fresh key: for the start, a rotation, or a removal. `stay` are the
    /// browsers that get it, with their public keys; `fresh` are links that change with it.
    ///
    /// The new key and links count from now on; keep a clone to go back to when it is refused.
    ///
    /// # Errors
    /// [`SealError::Link`] when the link by which one of them came is not known here, or another
    /// [`SealError`] of sealing.
    pub fn new_epoch(
        &mut self,
        epoch: u32,
        stay: &BTreeMap<DeviceId, (PublicKey, LinkRole)>,
        fresh: &BTreeSet<LinkRole>,
        rng: &mut impl CryptoRng,
    ) -> Result<KeyChange, SealError> {
        // A grant is made under the link that its device came by, so that comes before the change.
        let key = Secret::generate(rng);
        self.keys.keys.push((epoch, key));
        let mut grants = BTreeMap::new();
        for (device, (public, role)) in stay {
            let joiner = CheckedKey::from_bytes(&public.0)?;
            let link = self.came_by.get(device).or_else(|| self.links.get(role));
            let link = link.ok_or(SealError::Link)?;
            grants.insert(*device, self.grant_by(link, &joiner, rng)?);
        }
        for role in fresh {
            self.links.insert(*role, Link::generate(self.link.set, *role, rng));
        }
        self.keys.links = (self.links.values())
            .map(|link| LinkSecret { role: link.role, link: 0, secret: link.secret.clone() })
            .collect();
        let mut wraps = BTreeMap::new();
        for role in [LinkRole::Host, LinkRole::CoFacilitator] {
            let wrap = match self.sealing {
                Sealing::Real => {
                    let link = self.links.get(&role).ok_or(SealError::Link)?.keys();
                    wrap_keys(&link, &self.keys, rng)?
                }
                Sealing::Opaque => random_box(epoch, 400, rng)?,
            };
            wraps.insert(role, Blob::encode(&wrap));
        }
        let hashed = |role: &LinkRole| {
            let link = self.links.get(role)?;
            Some((*role, Hash32(link.keys().token.hash())))
        };
        let links = fresh.iter().filter_map(hashed).collect();
        Ok(KeyChange { epoch, grants, wraps, links })
    }
}
