//! A set in the middle of its meeting, as full as sets are: 14 people, a hand up of everybody who
//! may put one up, and 60 texts.

use std::sync::Arc;

use setroom_protocol::command::KeyChange;
use setroom_protocol::{
    Blob, Caller, Challenge32, Change, Command, CommandId, DeviceId, Entrance, Founding, Hash32,
    Holder, ItemId, Knock, LinkRole, Mac32, MeetingId, Mode, Nonce16, PROTOCOL_VERSION, Presence,
    PublicKey, Put, Recorded, Room, RosterEdit, Sealed, SeatId, Seq, SetId, Signature64, TextKind,
    Timestamp, decide, enter, found,
};

/// People, the host included.
pub(crate) const PEOPLE: u8 = 14;
/// Texts: everybody's name, the title, and what the scribe took down.
pub(crate) const TEXTS: usize = 60;
const NOW: Timestamp = Timestamp(1_790_000_000_000);
const HOST: u8 = 1;
const PRESENTER: u8 = 2;
/// Who has the floor, so that nobody else is given it.
const ASKER: u8 = 3;
const SCRIBE: u8 = 4;

/// A room and those around it.
#[derive(Clone)]
pub(crate) struct Set {
    pub(crate) room: Room,
    pub(crate) around: Presence,
    commands: u32,
}

fn seat(n: u8) -> SeatId {
    SeatId::from_bytes([n; 16])
}

fn device(n: u8) -> DeviceId {
    holder(n, LinkRole::Member).device()
}

/// A browser on the roster. The seat of zeros is the host link's own holder.
fn holder(n: u8, role: LinkRole) -> Holder {
    let public = public(n);
    Holder { public, sign: Some(public), seat: seat(n), role, link: 0, came: None }
}

fn public(n: u8) -> PublicKey {
    let mut public = [n; 65];
    public[0] = 4;
    PublicKey(public)
}

/// What the scribe took down. A name has the id of its seat, so these begin elsewhere.
pub(crate) fn scribed(n: u8) -> ItemId {
    ItemId::from_bytes([0x80 | n; 16])
}

fn blob(bytes: &[u8]) -> Blob {
    Blob::encode(bytes)
}

impl Set {
    /// Everybody is there, in the part in which questions are asked.
    pub(crate) fn full() -> Self {
        let founding = Founding {
            v: PROTOCOL_VERSION,
            set: SetId::from_bytes([0xa1; 16]),
            meeting: MeetingId::from_bytes([0xb2; 16]),
            links: LinkRole::ALL.into_iter().zip((1..).map(|n| Hash32([n; 32]))).collect(),
            mode: Mode::Set,
            plan: "half_day_210".to_owned(),
            template: "classic".to_owned(),
            starts_at: None,
            first: false,
        };
        let change = found(&founding).unwrap();
        let record = Recorded { seq: Seq(1), at: NOW, by: None, re: None, change };
        let room = Room::found(&record).unwrap();
        let mut set = Self { room, around: Presence::new(NOW), commands: 0 };
        set.come_in();
        let part = set.room.meeting().agenda.iter().position(|part| part.id == "classic.explore");
        set.does(HOST, Command::Start);
        set.does(HOST, Command::GoTo { part: u32::try_from(part.unwrap()).unwrap() });
        set.does(HOST, Command::ChoosePresenter { seat: Some(seat(PRESENTER)) });
        set.does(HOST, Command::NameScribe { seat: Some(seat(SCRIBE)) });
        set.does(HOST, Command::Invite { seat: seat(ASKER) });
        for n in (1..=PEOPLE).filter(|n| ![PRESENTER, ASKER].contains(n)) {
            set.does(n, Command::RaiseHand { kind: None, seat: None });
        }
        let mut number = 0;
        while set.room.items().len() < TEXTS {
            number += 1;
            set.writes(SCRIBE, TextKind::Scribe, scribed(number));
        }
        set
    }

    fn come_in(&mut self) {
        let host = enter(&self.room, &self.around, &knock(HOST, LinkRole::Host)).unwrap();
        let Entrance::In(changes) = host else { panic!("the host needs nobody's leave") };
        self.take(&changes, None);
        self.around.arrive(seat(HOST));
        let wraps = [(LinkRole::Host, blob(&[7; 300]))].into();
        let whole = vec![holder(0, LinkRole::Host), holder(HOST, LinkRole::Host)];
        let edit = Some(self.edit(true, whole));
        let keys =
            KeyChange { epoch: 1, grants: [].into(), wraps, links: [].into(), edit, roles: false };
        self.does(HOST, Command::Rekey { keys });
        self.writes(HOST, TextKind::Title, ItemId::from_bytes([0xee; 16]));
        self.writes(HOST, TextKind::Name, ItemId::from_bytes([HOST; 16]));
        for n in HOST + 1..=PEOPLE {
            self.around.knock(knock(n, LinkRole::Member)).unwrap();
            let grant = blob(&[9; 300]);
            let edit = Some(self.edit(false, vec![holder(n, LinkRole::Member)]));
            self.does(HOST, Command::Admit { device: device(n), grant, seat: None, edit });
            self.around.forget_knock(device(n));
            self.around.arrive(seat(n));
            self.writes(n, TextKind::Name, ItemId::from_bytes([n; 16]));
            self.does(n, Command::AgreeCharter);
        }
    }

    /// The next edit of the roster. Signatures are the server's to check, not the rules'.
    fn edit(&self, whole: bool, add: Vec<Holder>) -> Arc<RosterEdit> {
        let n = self.room.roster().n() + 1;
        let by = device(if whole { 0 } else { HOST });
        let (commit, sig) = (Hash32([1; 32]), Signature64([1; 64]));
        let meeting = (n == 1).then(|| self.room.meeting().id);
        let drop = Vec::new();
        Arc::new(RosterEdit { n, epoch: 1, commit, meeting, whole, add, drop, by, sig })
    }

    /// Everybody's browser.
    pub(crate) fn devices(&self) -> Vec<DeviceId> {
        self.room.devices().keys().copied().collect()
    }

    fn writes(&mut self, n: u8, kind: TextKind, item: ItemId) {
        let command = Command::Put(self.text(n, kind, item));
        self.does(n, command);
    }

    /// The next revision of a text.
    pub(crate) fn text(&self, n: u8, kind: TextKind, item: ItemId) -> Put {
        let mut bytes = vec![1];
        bytes.extend(self.room.epoch().to_be_bytes());
        bytes.extend([0x5a; 80 + 256]);
        Put {
            kind,
            item,
            rev: self.room.items().get(&item).map_or(1, |item| item.rev + 1),
            n: self.room.device(device(n)).map_or(0, |device| device.next_n),
            prev: Hash32([0; 32]),
            sealed: Sealed::from_bytes(&bytes).unwrap(),
            bid: None,
            action: None,
            replaces: None,
            meeting: None,
        }
    }

    /// What follows from a command.
    pub(crate) fn decide(&self, n: u8, command: &Command) -> Vec<Change> {
        let asker = Caller { seat: seat(n), device: device(n), seen: self.room.seq() };
        let decided = decide(&self.room, &self.around, asker, command, NOW);
        decided.unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"))
    }

    /// The records of a command's changes.
    pub(crate) fn records(&mut self, n: u8, changes: Vec<Change>) -> Vec<Recorded> {
        self.commands += 1;
        let mut id = [0; 16];
        id[..4].copy_from_slice(&self.commands.to_be_bytes());
        let seqs = (1..).map(|more| Seq(self.room.seq().0 + more));
        let re = Some(CommandId::from_bytes(id));
        let record = |(seq, change)| Recorded { seq, at: NOW, by: Some(seat(n)), re, change };
        seqs.zip(changes).map(record).collect()
    }

    fn take(&mut self, changes: &[Change], by: Option<u8>) {
        for record in self.records(by.unwrap_or(HOST), changes.to_vec()) {
            self.room.apply(&record);
        }
    }

    fn does(&mut self, n: u8, command: Command) {
        let changes = self.decide(n, &command);
        self.take(&changes, Some(n));
    }
}

fn knock(n: u8, role: LinkRole) -> Knock {
    Knock {
        role,
        device: device(n),
        public: public(n),
        sign: public(n),
        nonce: Nonce16([n; 16]),
        mac: Mac32([n; 32]),
        challenge: Challenge32([n; 32]),
        pop: Signature64([n; 64]),
        name: blob(b"a name"),
        resume: Hash32([n; 32]),
        fresh: seat(n),
        at: NOW,
        claim: None,
    }
}
