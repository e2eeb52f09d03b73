//! What surrounds a room and is never written down: who is connected, and who waits at the door.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::attendance::Attending;
use crate::bytes::{Blob, Challenge32, Hash32, Mac32, Nonce16, PublicKey, Signature64};
use crate::command::Command;
use crate::decide::Caller;
use crate::form::Answers;
use crate::frame::KnockFrame;
use crate::ids::{DeviceId, SeatId, Timestamp};
use crate::limits;
use crate::lines::Offers;
use crate::off_record::OffRecord;
use crate::refusal::{Code, Refusal};
use crate::role::LinkRole;
use crate::room::Room;

/// Somebody at the door. Only facilitators' browsers can open the name and check the MAC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knock {
    /// The link that they hold.
    pub role: LinkRole,
    /// Their browser.
    pub device: DeviceId,
    /// What a grant to their browser is sealed to.
    pub public: PublicKey,
    /// What its signatures are checked with.
    pub sign: PublicKey,
    /// Random part of the hello.
    pub nonce: Nonce16,
    /// HMAC over the hello under the link's admit key.
    pub mac: Mac32,
    /// What the server asked them to sign.
    pub challenge: Challenge32,
    /// Their signature over it and the hello: they hold the private key.
    pub pop: Signature64,
    /// Their name, sealed under the link's lobby key.
    pub name: Blob,
    /// SHA-256 of the token that they will come back with.
    pub resume: Hash32,
    /// A fresh seat id, drawn by the server, for the case that they are admitted as somebody new.
    pub fresh: SeatId,
    /// When they knocked.
    pub at: Timestamp,
    /// Whose seat they are said to have, and what that person answered.
    pub claim: Option<Claim>,
}

impl Knock {
    /// What somebody said of themselves on a socket with this challenge, whose proof was checked.
    /// `fresh` is the seat that they get if they are admitted as somebody new.
    pub fn of(frame: KnockFrame, challenge: Challenge32, fresh: SeatId, at: Timestamp) -> Self {
        let device = frame.device();
        let KnockFrame { role, public, sign, nonce, mac, pop, name, resume, .. } = frame;
        Self {
            role,
            device,
            public,
            sign,
            nonce,
            mac,
            challenge,
            pop,
            name,
            resume,
            fresh,
            at,
            claim: None,
        }
    }
}

/// Somebody at the door who is said to be a person that is connected already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Claim {
    /// The person's seat.
    pub seat: SeatId,
    /// What they answered; absent until they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yes: Option<bool>,
}

/// What of that which is in memory alone is another now, and is to be shown anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Lines to pass on that wait.
    pub lines: bool,
    /// The round off the record, its keys or its lines.
    pub off_record: bool,
    /// How everybody attended the meeting that is closed.
    pub attendance: bool,
}

/// Presence and the lobby. It is not printed: what is said off the record is in it.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "what is off the record is to be printed nowhere")]
pub struct Presence {
    here: BTreeMap<SeatId, usize>,
    online: BTreeMap<DeviceId, usize>,
    knocks: BTreeMap<DeviceId, Knock>,
    /// Who said of somebody at the door that it is not they.
    denied: BTreeSet<(DeviceId, SeatId)>,
    /// Since when those who have a seat and are not connected have been away.
    away: BTreeMap<SeatId, Timestamp>,
    /// Lines to pass on that wait to be released.
    pub offers: Offers,
    /// The round off the record, if the room is in one.
    pub off_record: OffRecord,
    /// Answers of the form that wait to be shown.
    pub form: Answers,
    /// Who was there in this meeting, and since when.
    pub attending: Attending,
    /// Since when nobody with the controls has been connected; `None` while somebody is.
    pub no_facilitator_since: Option<Timestamp>,
}

impl Presence {
    /// A room that has just been loaded: nobody is connected yet.
    pub fn new(now: Timestamp) -> Self {
        let attending = Attending::loaded(now);
        Self { no_facilitator_since: Some(now), attending, ..Self::default() }
    }

    /// One more connection of this seat. True when the seat was away before.
    pub fn arrive(&mut self, seat: SeatId) -> bool {
        let connections = self.here.entry(seat).or_default();
        *connections += 1;
        *connections == 1
    }

    /// One connection of this seat less. True when it was the last one.
    pub fn leave(&mut self, seat: SeatId) -> bool {
        let Some(connections) = self.here.get_mut(&seat) else { return false };
        *connections -= 1;
        if *connections == 0 {
            self.here.remove(&seat);
            return true;
        }
        false
    }

    /// One more connection of this seat, by this browser. True when the seat was away before.
    pub fn connect(&mut self, seat: SeatId, device: DeviceId) -> bool {
        *self.online.entry(device).or_default() += 1;
        self.arrive(seat)
    }

    /// One connection of this seat less, by this browser. True when it was the seat's last one.
    pub fn disconnect(&mut self, seat: SeatId, device: DeviceId) -> bool {
        if let Some(connections) = self.online.get_mut(&device) {
            *connections -= 1;
            if *connections == 0 {
                self.online.remove(&device);
            }
        }
        self.leave(seat)
    }

    /// Whether this browser is connected.
    pub fn is_online(&self, device: DeviceId) -> bool {
        self.online.contains_key(&device)
    }

    /// Whether somebody is connected at this seat.
    pub fn is_here(&self, seat: SeatId) -> bool {
        self.here.contains_key(&seat)
    }

    /// Looks at which of these people are away, and keeps since when.
    pub fn note_away(&mut self, people: impl IntoIterator<Item = SeatId>, now: Timestamp) {
        let away = people.into_iter().filter(|seat| !self.is_here(*seat));
        let since = |seat| self.away.get(&seat).copied().unwrap_or(now);
        self.away = away.map(|seat| (seat, since(seat))).collect();
    }

    /// Since when somebody has been away, as far as that is known.
    pub(crate) fn away_since(&self, seat: SeatId) -> Option<Timestamp> {
        self.away.get(&seat).copied()
    }

    /// Takes in what somebody asked, and was allowed.
    pub fn heard(
        &mut self,
        room: &Room,
        caller: Caller,
        command: &Command,
        now: Timestamp,
    ) -> Moved {
        let attendance = self.corrected(command);
        if let Command::AnswerForm(answer) = command {
            self.form.take(caller.seat, answer);
        }
        let lines = self.offers.heard(caller.seat, command);
        let off_record = self.off_record.heard(room, caller, command, now);
        Moved { lines, off_record, attendance }
    }

    /// Takes in who it was that attended, as it was put right: that is in memory alone also where how many it was
    /// is written down. True when it was about this.
    pub fn corrected(&mut self, command: &Command) -> bool {
        let Command::SetAttendance { meeting, seats } = command else { return false };
        self.attending.correct(*meeting, seats.clone());
        true
    }

    /// Follows the room after a change: what does not wait any more goes, a round off the record may be over,
    /// and a meeting that was closed leaves behind who was there.
    pub fn follow(&mut self, room: &Room, now: Timestamp) -> Moved {
        let (waiting, attended) = (self.offers.len(), self.attending.closed(room).len());
        self.offers.follow(room);
        self.form.follow(room);
        if room.meeting().stage == crate::room::Stage::Running {
            self.note_apologies(room);
        } else {
            self.note_attending(room, now);
            self.note_close(room);
        }
        Moved {
            lines: self.offers.len() < waiting,
            off_record: self.off_record.follow(room),
            attendance: self.attending.closed(room).len() != attended,
        }
    }

    /// From when on somebody is not waited for, because they are away; `None` while they are here. A
    /// line that breaks for a moment takes nobody's say away.
    pub fn absent_from(&self, seat: SeatId) -> Option<Timestamp> {
        let since = self.away.get(&seat).filter(|_| !self.is_here(seat));
        since.map(|since| since.plus(limits::ABSENT_AFTER_MS))
    }

    /// The seats that are connected.
    pub fn here(&self) -> impl Iterator<Item = SeatId> {
        self.here.keys().copied()
    }

    /// Puts somebody into the lobby. The same browser again replaces its earlier knock and keeps
    /// its place.
    ///
    /// # Errors
    /// [`Code::Lobby`] when the lobby is full.
    pub fn knock(&mut self, mut knock: Knock) -> Result<(), Refusal> {
        if let Some(earlier) = self.knocks.get(&knock.device) {
            // The same browser, as its signature shows: what is known of it and being done for it
            // stays.
            knock.at = earlier.at;
            knock.fresh = earlier.fresh;
            knock.claim = earlier.claim;
        } else if self.knocks.len() >= limits::LOBBY {
            return Err(Code::Lobby.into());
        }
        self.knocks.insert(knock.device, knock);
        Ok(())
    }

    /// Takes somebody out of the lobby.
    pub fn forget_knock(&mut self, device: DeviceId) -> Option<Knock> {
        let knock = self.knocks.remove(&device);
        self.denied.retain(|(knocks, _)| *knocks != device);
        if self.knocks.is_empty() {
            // An empty map keeps the room of its last entries, and a room keeps its lobby for hours.
            self.knocks = BTreeMap::new();
        }
        knock
    }

    /// Notes that whoever sits at `seat` is asked whether it is they who knock with this browser.
    pub fn claim(&mut self, device: DeviceId, seat: SeatId) {
        if let Some(knock) = self.knocks.get_mut(&device) {
            knock.claim = Some(Claim { seat, yes: None });
        }
    }

    /// Notes their answer.
    pub fn answer(&mut self, device: DeviceId, yes: bool) {
        if let Some(claim) = self.knocks.get_mut(&device).and_then(|knock| knock.claim.as_mut()) {
            claim.yes = Some(yes);
            // A no stands as long as the knock, whoever else is asked after it.
            if !yes {
                self.denied.insert((device, claim.seat));
            }
        }
    }

    /// A yes of the person at `seat` counts no more: they are asked anew. A no stands.
    pub fn ask_anew(&mut self, seat: SeatId) {
        let claims = self.knocks.values_mut().filter_map(|knock| knock.claim.as_mut());
        let yes = Claim { seat, yes: Some(true) };
        claims.filter(|claim| **claim == yes).for_each(|claim| claim.yes = None);
    }

    /// Whether the person at `seat` said that it is not they who knock with this browser.
    pub fn is_denied(&self, device: DeviceId, seat: SeatId) -> bool {
        self.denied.contains(&(device, seat))
    }

    /// Browsers that ask to come in as the person at `seat`, who has not answered yet.
    pub fn claims_on(&self, seat: SeatId) -> impl Iterator<Item = &Knock> {
        let open = move |knock: &&Knock| knock.claim == Some(Claim { seat, yes: None });
        self.knocks.values().filter(open)
    }

    /// Who knocks with this browser.
    pub fn knocking(&self, device: DeviceId) -> Option<&Knock> {
        self.knocks.get(&device)
    }

    /// The lobby, in order of arrival.
    pub fn knocks(&self) -> Vec<&Knock> {
        let mut waiting: Vec<_> = self.knocks.values().collect();
        waiting.sort_by_key(|knock| (knock.at, knock.device));
        waiting
    }

    /// What is in memory alone, in bytes: lines and answers that wait, a round off the record, who was there,
    /// and people at the door.
    pub fn weight(&self) -> usize {
        let knock = |knock: &Knock| size_of::<Knock>() + knock.name.as_str().len();
        let held = self.offers.weight() + self.form.weight() + self.attending.weight();
        let knocks = self.knocks.values().map(knock).sum::<usize>();
        held + self.off_record.weight() + knocks
    }

    /// Browsers that have waited longer than [`limits::LOBBY_STAY_MS`].
    pub fn overstayed(&self, now: Timestamp) -> Vec<DeviceId> {
        self.knocks
            .values()
            .filter(|knock| now.since(knock.at) >= limits::LOBBY_STAY_MS)
            .map(|knock| knock.device)
            .collect()
    }
}
