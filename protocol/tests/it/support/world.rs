//! A room with people in it, and what each browser makes of the frames that a server would send.

use std::collections::BTreeMap;

use setroom_protocol::view::{self, Step};
use setroom_protocol::{
    Caller, Change, Code, Command, CommandId, DeviceId, Entrance, Entry, Founding, Knock, LinkRole,
    Mode, PROTOCOL_VERSION, Presence, Recorded, Room, SeatId, Seq, ServerFrame, Timestamp, decide,
    due, enter, found, tick,
};

use super::client::Client;
use super::*;

/// Somebody in the room, with one of their browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) seat: SeatId,
    pub(crate) device: DeviceId,
}

/// A room, who is around it, and every browser that looks at it.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) room: Room,
    pub(crate) around: Presence,
    pub(crate) now: Timestamp,
    pub(crate) records: Vec<Recorded>,
    /// What was asked for and done.
    pub(crate) commands: Vec<Command>,
    pub(crate) clients: BTreeMap<DeviceId, Client>,
    cids: u32,
    seats: u8,
}

pub(crate) fn founding(plan: &str, template: &str) -> Founding {
    Founding {
        v: PROTOCOL_VERSION,
        set: set_id(),
        meeting: meeting_id(),
        links: LinkRole::ALL.into_iter().zip((1..).map(hash)).collect(),
        mode: Mode::Set,
        plan: plan.to_owned(),
        template: template.to_owned(),
        starts_at: Some(BEGIN.plus(600_000)),
        first: false,
    }
}

impl World {
    /// A set that nobody has entered yet.
    pub(crate) fn found(plan: &str, template: &str) -> Self {
        Self::found_by(&founding(plan, template))
    }

    /// The same, made in another way.
    pub(crate) fn found_by(founding: &Founding) -> Self {
        let change = found(founding).unwrap();
        let record = Recorded { seq: Seq(1), at: BEGIN, by: None, re: None, change };
        let room = Room::found(&record).unwrap();
        Self {
            room,
            around: Presence::new(BEGIN),
            now: BEGIN,
            records: vec![record],
            commands: Vec::new(),
            clients: BTreeMap::new(),
            cids: 0,
            seats: 0,
        }
    }

    /// The host with the first key, and so many co-facilitators, members and observers. Seats are
    /// numbered from 1 in that order.
    pub(crate) fn with(plan: &str, template: &str, co: u8, members: u8, observers: u8) -> Self {
        let mut world = Self::found(plan, template);
        world.enters_and_joins(co, members, observers);
        world
    }

    pub(crate) fn enters_and_joins(&mut self, co: u8, members: u8, observers: u8) {
        self.host_enters();
        for _ in 0..co {
            self.joins(LinkRole::CoFacilitator);
        }
        for _ in 0..members {
            self.joins(LinkRole::Member);
        }
        for _ in 0..observers {
            self.joins(LinkRole::Observer);
        }
    }

    /// A usual set: host 1, co-facilitator 2, members 3 to 6, observer 7, plan short_90, classic.
    pub(crate) fn usual() -> Self {
        Self::with("short_90", "classic", 1, 4, 1)
    }

    /// The usual set, started, at the part with this name; everybody has agreed to the charter.
    pub(crate) fn at(part: &str) -> Self {
        Self::running("classic", part)
    }

    /// As [`World::at`], with another template.
    pub(crate) fn running(template: &str, part: &str) -> Self {
        let mut world = Self::with("short_90", template, 1, 4, 1);
        world.everyone_agrees();
        world.does(world.host(), Command::SetOrder { order: vec![seat(3), seat(4)] });
        world.does(world.host(), Command::Start);
        world.go(part);
        world
    }

    pub(crate) fn everyone_agrees(&mut self) {
        let seats: Vec<_> = self.room.seats().keys().copied().collect();
        for seat in seats {
            self.does(self.of(seat), Command::AgreeCharter);
        }
    }

    /// Seats 2 to 6 agree to the mode that the host has proposed, as long as it is not set.
    pub(crate) fn everyone_agrees_to_the_mode(&mut self) {
        for n in 2..=6 {
            if self.room.proposal().is_some() {
                self.does(self.p(n), Command::AnswerMode { yes: true });
            }
        }
    }

    /// The host presses *go to* for the part with this name.
    pub(crate) fn go(&mut self, part: &str) {
        let index = self.part_index(part);
        if self.room.meeting().now.part != index {
            self.does(self.host(), Command::GoTo { part: index });
        }
    }

    pub(crate) fn part_index(&self, part: &str) -> u32 {
        let agenda = &self.room.meeting().agenda;
        agenda.iter().position(|known| known.id == part).unwrap() as u32
    }

    /// Whether there are numbers left for somebody else to knock under.
    pub(crate) fn has_numbers(&self) -> bool {
        self.seats < 200
    }

    pub(crate) fn knock(&mut self, role: LinkRole) -> Knock {
        self.seats += 1;
        let n = self.seats;
        self.knock_as(role, n, n)
    }

    pub(crate) fn knock_as(&self, role: LinkRole, browser: u8, fresh: u8) -> Knock {
        Knock {
            role,
            device: device(browser),
            public: public(browser),
            nonce: nonce(browser),
            mac: mac(browser),
            name: blob(&format!("lobby name {browser}")),
            resume: hash(browser),
            fresh: seat(fresh),
            at: self.now,
            sign: signing(browser),
            challenge: challenge(browser),
            pop: signature(browser),
            claim: None,
        }
    }

    fn host_enters(&mut self) {
        let knock = self.knock(LinkRole::Host);
        self.lets_in(&knock);
        self.around.no_facilitator_since = None;
        let keys = self.keys(knock.device, None);
        self.does(self.host(), Command::Rekey { keys });
    }

    /// The host's own link opens the door.
    pub(crate) fn lets_in(&mut self, knock: &Knock) {
        let Ok(Entrance::In(changes)) = enter(&self.room, &self.around, knock) else {
            panic!("the host is let in")
        };
        self.record(changes, None, None);
        let seat = self.room.device(knock.device).unwrap().seat;
        self.around.connect(seat, knock.device);
    }

    /// Knocks and is admitted by the host.
    pub(crate) fn joins(&mut self, role: LinkRole) -> Person {
        let knock = self.knock(role);
        assert!(matches!(enter(&self.room, &self.around, &knock), Ok(Entrance::Lobby)));
        let person = Person { seat: knock.fresh, device: knock.device };
        self.around.knock(knock).unwrap();
        let admit = self.admit(self.host(), person.device, None);
        self.does(self.host(), admit);
        self.around.forget_knock(person.device);
        self.around.connect(person.seat, person.device);
        person
    }

    /// The person with this number closes their first browser.
    pub(crate) fn goes_away(&mut self, n: u8) {
        self.around.disconnect(seat(n), device(n));
        self.notes_who_is_here();
    }

    /// Somebody has come or gone: the server notes who is here.
    pub(crate) fn notes_who_is_here(&mut self) {
        self.around.note_away(self.room.seats().keys().copied(), self.now);
        self.around.note_attending(&self.room, self.now);
    }

    pub(crate) fn host(&self) -> Person {
        self.of(self.room.host().unwrap())
    }

    /// The person at a seat, with their first browser.
    pub(crate) fn of(&self, seat: SeatId) -> Person {
        let first = device(seat.as_bytes()[0]);
        let other = self.room.devices_of(seat).find(|id| *id == first);
        let device = other.or_else(|| self.room.devices_of(seat).next()).unwrap();
        Person { seat, device }
    }

    /// The person with this number.
    pub(crate) fn p(&self, n: u8) -> Person {
        self.of(seat(n))
    }

    /// Asks, with a screen that shows everything so far.
    pub(crate) fn ask(&mut self, who: Person, command: Command) -> Result<Vec<Change>, Code> {
        self.ask_on(who, command, self.room.seq())
    }

    /// Asks, with a screen that shows what was before a place.
    pub(crate) fn ask_on(
        &mut self,
        who: Person,
        command: Command,
        seen: Seq,
    ) -> Result<Vec<Change>, Code> {
        let changes = self.would(who, &command, seen)?;
        self.commands.push(command);
        self.cids += 1;
        let id = self.last_command();
        assert_eq!(self.room.answered(who.seat, id), None, "a new command is not known");
        if changes.is_empty() {
            self.heard(who, seen);
        }
        self.record(changes.clone(), Some(who.seat), Some(id));
        if matches!(self.commands.last(), Some(Command::SetAttendance { .. })) {
            self.heard(who, seen);
        }
        if !changes.is_empty() {
            let known = self.room.answered(who.seat, id);
            assert_eq!(known, Some(self.room.seq()), "a repeat is known as one");
        }
        Ok(changes)
    }

    fn heard(&mut self, who: Person, seen: Seq) {
        let caller = Caller { seat: who.seat, device: who.device, seen };
        self.around.heard(&self.room, caller, self.commands.last().unwrap(), self.now);
    }

    /// What would follow; nothing does.
    pub(crate) fn would(
        &self,
        who: Person,
        command: &Command,
        seen: Seq,
    ) -> Result<Vec<Change>, Code> {
        let asker = Caller { seat: who.seat, device: who.device, seen };
        decide(&self.room, &self.around, asker, command, self.now).map_err(|refusal| refusal.code)
    }

    /// Asks for something that must be allowed.
    pub(crate) fn does(&mut self, who: Person, command: Command) -> Vec<Change> {
        let text = format!("{command:?}");
        self.ask(who, command).unwrap_or_else(|code| panic!("{text}: {code:?}"))
    }

    /// Asks for something that must be refused, and why.
    pub(crate) fn refuses(&mut self, who: Person, command: Command, why: Code) {
        let before = self.room.clone();
        let text = format!("{command:?}");
        assert_eq!(self.ask(who, command), Err(why), "{text}");
        assert_eq!(self.room, before, "a refused command changes nothing: {text}");
    }

    /// Lets so many milliseconds pass, without any tick.
    pub(crate) fn passes(&mut self, ms: u64) {
        self.now = self.now.plus(ms);
    }

    /// What the room does by itself at this moment.
    pub(crate) fn ticks(&mut self) -> Vec<Change> {
        let changes = tick(&self.room, &self.around, self.now);
        self.record(changes.clone(), None, None);
        changes
    }

    /// When the room would next do something by itself.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        due(&self.room, &self.around)
    }

    pub(crate) fn last_command(&self) -> CommandId {
        command_id(self.cids)
    }

    /// Records changes and sends the frames that follow, as a server does.
    pub(crate) fn record(
        &mut self,
        changes: Vec<Change>,
        by: Option<SeatId>,
        re: Option<CommandId>,
    ) {
        let last = changes.len();
        let first = self.records.len();
        for (i, change) in (1..).zip(changes) {
            let re = re.filter(|_| i == last);
            // What nobody but its author may know of takes no place.
            let unseen = self.room.is_unseen(&change);
            let seq = if unseen { self.room.seq() } else { self.room.next_seq() };
            let record = Recorded { seq, at: self.now, by: change.written_by(by), re, change };
            let watching: Vec<_> = self.clients.keys().copied().collect();
            let before = unseen.then(|| (self.room.clone(), self.sent()));
            let step = view::step(&mut self.room, &record, watching);
            assert_eq!(step.is_seen, !unseen);
            self.records.push(record);
            self.around.follow(&self.room, self.now);
            self.show(step);
            if let Some((room, sent)) = before {
                self.only_its_author_knows(&room, &sent);
            }
        }
        self.check_clients();
        // What is on disk is what was applied.
        let written = &self.records[first..];
        assert_eq!(Entry::decode(&Entry::encode(written)).unwrap().records, written);
    }

    /// Sends what the last record changed to everybody who may see it.
    fn show(&mut self, mut step: Step) {
        let record = self.records.last().unwrap();
        let apart: BTreeMap<_, _> = step.told_apart(record).into_iter().collect();
        let told = step.told(record).map(|frame| frame.encode());
        let room = &self.room;
        self.clients.retain(|id, client| {
            room.device(*id).is_some() && room.seat(client.seat).is_some_and(|s| !s.in_lobby)
        });
        for client in self.clients.values_mut() {
            let own = apart.get(&client.seat).map(ServerFrame::encode);
            own.iter().chain(&told).take(1).for_each(|text| client.take(text));
        }
        for (device, own) in step.own {
            if let Some(client) = self.clients.get_mut(&device) {
                client.take(&ServerFrame::Own { seq: record.seq, own, whole: false }.encode());
            }
        }
        for (id, held) in self.room.devices() {
            if self.room.seat(held.seat).is_some_and(|seat| !seat.in_lobby)
                && !self.clients.contains_key(id)
            {
                self.clients.insert(*id, Client::arrive(self.snapshot(*id), held.seat));
            }
        }
    }

    pub(crate) fn client(&self, n: u8) -> &Client {
        &self.clients[&device(n)]
    }
}
