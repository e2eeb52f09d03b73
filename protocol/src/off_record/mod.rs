//! A round off the record: who has announced a key for it, and the lines that are written in it. All of
//! it is in memory alone, for as long as the round lasts.
//!
//! [`OffRecord`] can neither be written down nor printed: it has no `Serialize` and no `Debug`, and that
//! it has none is checked where it is compiled. What goes out of it goes into frames.

mod sent;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bytes::Blob;
use crate::command::Command;
use crate::decide::Caller;
use crate::ids::{DeviceId, ItemId, SeatId, Timestamp};
use crate::limits;
use crate::room::{Room, Stage};
use crate::sealed::Sealed;

pub use sent::OffRecordSent;

/// That there is a round: all that everybody inside is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OffRecordRound {
    /// Its id, drawn by the browser that began it.
    pub id: ItemId,
    /// Who began it.
    pub by: SeatId,
    /// When it ends by itself.
    pub ends_at: Timestamp,
}

/// A line of a round, as it goes to those who have its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OffRecordLine {
    /// Its id, drawn by its author's browser.
    pub item: ItemId,
    /// Who wrote it.
    pub seat: SeatId,
    /// With which browser.
    pub device: DeviceId,
    /// The box, under the round's own key.
    #[serde(rename = "box")]
    pub sealed: Sealed,
}

/// Overwrites what is about to be given up.
///
/// The crate for it is no dependency of the rules, and no unsafe code is allowed to write past the
/// optimiser: the black box keeps it from seeing that nobody reads the zeros.
pub fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    std::hint::black_box(bytes);
}

/// Bytes that are overwritten before they are given back.
#[derive(Clone)]
struct Wiped(Vec<u8>);

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// A browser's announced key pair, and what was handed to it.
#[derive(Clone)]
struct Key {
    seat: SeatId,
    /// The box with the public key, under the set's key.
    announced: Wiped,
    /// The round's key, sealed to that pair, from each browser that has handed it over. Whether it is that, its
    /// page alone can tell.
    grants: Vec<Grant>,
    /// Rises with each announcement, so that nobody is told the same twice.
    n: u64,
}

#[derive(Clone)]
struct Grant {
    by: DeviceId,
    sealed: Wiped,
}

impl Key {
    fn is_handed_by(&self, device: DeviceId) -> bool {
        self.grants.iter().any(|grant| grant.by == device)
    }
}

#[derive(Clone)]
struct Line {
    item: ItemId,
    seat: SeatId,
    device: DeviceId,
    sealed: Wiped,
}

#[derive(Clone)]
struct Round {
    is: OffRecordRound,
    epoch: u32,
    /// The browser that made the key.
    made_by: DeviceId,
    keys: BTreeMap<DeviceId, Key>,
    lines: Vec<Line>,
    bytes: usize,
    n: u64,
}

/// The round off the record that a room is in, if any.
///
/// It is printed nowhere, and written down nowhere:
///
/// ```compile_fail,E0277
/// format!("{:?}", setroom_protocol::off_record::OffRecord::default());
/// ```
/// ```compile_fail,E0277
/// serde_json::to_string(&setroom_protocol::off_record::OffRecord::default());
/// ```
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "what is in it is to be printed nowhere")]
pub struct OffRecord {
    /// In a box: nearly all rooms nearly always are without.
    round: Option<Box<Round>>,
    /// The last one that is over: it is not begun again by a repeat.
    over: Option<ItemId>,
}

/// Does not compile when the type has the trait: then both implementations below fit, and nobody can say
/// which is meant.
macro_rules! has_none_of {
    ($type:ty: $($trait:path),*) => {
        $(const _: fn() = || {
            trait Ambiguous<Which> {
                fn which() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            #[allow(dead_code, reason = "stands for the other implementation")]
            struct HasIt;
            impl<T: ?Sized + $trait> Ambiguous<HasIt> for T {}
            let _ = <$type as Ambiguous<_>>::which;
        };)*
    };
}

has_none_of!(OffRecord: Serialize, std::fmt::Debug);
has_none_of!(Wiped: Serialize, std::fmt::Debug);

impl OffRecord {
    /// The round, as everybody is told of it.
    pub fn round(&self) -> Option<OffRecordRound> {
        self.round.as_ref().map(|round| round.is)
    }

    /// Whether this round is the last one that is over.
    pub(crate) fn is_over(&self, round: ItemId) -> bool {
        self.over == Some(round)
    }

    /// How many lines there are, and of how many bytes.
    pub fn lines(&self) -> (usize, usize) {
        self.round.as_ref().map_or((0, 0), |round| (round.lines.len(), round.bytes))
    }

    /// How many lines one person has written.
    pub(crate) fn lines_of(&self, seat: SeatId) -> usize {
        let lines = self.round.iter().flat_map(|round| &round.lines);
        lines.filter(|line| line.seat == seat).count()
    }

    /// Whether this browser's person wrote this very line.
    pub(crate) fn has_line(&self, item: ItemId) -> Option<(DeviceId, &[u8])> {
        let mut lines = self.round.iter().flat_map(|round| &round.lines);
        lines.find(|line| line.item == item).map(|line| (line.device, &*line.sealed.0))
    }

    /// How many browsers have announced a key.
    pub fn keys(&self) -> usize {
        self.round.as_ref().map_or(0, |round| round.keys.len())
    }

    /// Whether this browser has announced a key, and whether that was this one.
    pub(crate) fn announced(&self, device: DeviceId) -> Option<&[u8]> {
        self.round.as_ref()?.keys.get(&device).map(|key| &*key.announced.0)
    }

    /// Whether the round's key was handed to this browser, or made by it.
    pub(crate) fn holds_key(&self, device: DeviceId) -> bool {
        self.round.as_ref().is_some_and(|round| round.holds_key(device))
    }

    /// What it takes, in bytes.
    pub fn weight(&self) -> usize {
        let Some(round) = &self.round else { return 0 };
        let grant = |grant: &Grant| size_of::<Grant>() + grant.sealed.0.len();
        let key = |key: &Key| {
            let grants = key.grants.iter().map(grant).sum::<usize>();
            size_of::<Key>() + key.announced.0.len() + grants
        };
        round.bytes
            + round.lines.len() * size_of::<Line>()
            + round.keys.values().map(key).sum::<usize>()
    }

    /// Takes in what somebody asked, and was allowed. True when it was about this.
    ///
    /// What was allowed in one moment is all taken: at most as many lines over the limit as a room decides
    /// in one go.
    pub fn heard(
        &mut self,
        room: &Room,
        caller: Caller,
        command: &Command,
        now: Timestamp,
    ) -> bool {
        if let Command::BeginOffRecord { round } = command {
            if self.round.is_none() && !self.is_over(*round) {
                let ends_at = now.plus(limits::OFF_RECORD_MS);
                self.round = Some(Box::new(Round {
                    is: OffRecordRound { id: *round, by: caller.seat, ends_at },
                    epoch: room.epoch(),
                    made_by: caller.device,
                    keys: BTreeMap::new(),
                    lines: Vec::new(),
                    bytes: 0,
                    n: 0,
                }));
            }
            return true;
        }
        let is_of_a_round = matches!(
            command,
            Command::OffRecordKey { .. }
                | Command::OffRecordGrant { .. }
                | Command::OffRecordLine { .. }
                | Command::EndOffRecord { .. }
        );
        let Some(on) = self.round.as_mut().filter(|_| is_of_a_round) else { return is_of_a_round };
        let id = on.is.id;
        if let Command::OffRecordKey(asked) = command
            && asked.round == id
        {
            on.announce(caller, &asked.key);
        } else if let Command::OffRecordGrant(asked) = command
            && asked.round == id
        {
            on.hand(caller.device, asked.device, &asked.to, &asked.grant);
        } else if let Command::OffRecordLine(line) = command
            && line.round == id
        {
            on.write(caller, line.item, &line.sealed);
        } else if let Command::EndOffRecord { round } = command
            && *round == id
        {
            self.end();
        }
        true
    }

    /// Overwrites and gives up all of it.
    fn end(&mut self) {
        if let Some(round) = self.round.take() {
            // Each piece overwrites itself as it goes.
            self.over = Some(round.is.id);
        }
    }

    /// Time has come: a round that has lasted as long as one may is over. True when one was.
    pub fn pass(&mut self, now: Timestamp) -> bool {
        let is_over = self.round.as_ref().is_some_and(|round| round.is.ends_at <= now);
        if is_over {
            self.end();
        }
        is_over
    }

    /// Follows the room. The round is over when the meeting is, when whoever began it has gone for good or
    /// was sent out, and when the set's key is another: whoever that one is kept from has the round's key.
    /// True when something is other than before.
    pub fn follow(&mut self, room: &Room) -> bool {
        let here = |seat| room.seat(seat).is_some_and(|held| !held.in_lobby);
        let Some(round) = &mut self.round else { return false };
        let lasts = room.meeting().stage == Stage::Running
            && room.epoch() == round.epoch
            && here(round.is.by);
        if !lasts {
            self.end();
            return true;
        }
        let before = round.keys.len();
        round.keys.retain(|device, key| room.device(*device).is_some() && here(key.seat));
        round.keys.len() < before
    }
}

impl Round {
    fn holds_key(&self, device: DeviceId) -> bool {
        let handed = |key: &Key| !key.grants.is_empty();
        self.made_by == device || self.keys.get(&device).is_some_and(handed)
    }

    fn announce(&mut self, Caller { seat, device, .. }: Caller, announced: &Sealed) {
        let announced = Wiped(announced.decode());
        if self.keys.get(&device).is_some_and(|known| known.announced.0 == announced.0) {
            return;
        }
        self.n += 1;
        self.keys.insert(device, Key { seat, announced, grants: Vec::new(), n: self.n });
        if self.made_by == device {
            // The page that made the key is gone: this is another one.
            self.made_by = DeviceId::from_bytes([0; 16]);
        }
    }

    /// The first one of each browser stands, however many others there are: whoever is quickest keeps nobody
    /// from the one that opens.
    fn hand(&mut self, by: DeviceId, device: DeviceId, to: &Sealed, grant: &Blob) {
        let known = self.keys.get_mut(&device).filter(|key| key.announced.0 == to.decode());
        let open =
            |key: &&mut Key| !key.is_handed_by(by) && key.grants.len() < limits::OFF_RECORD_KEYS;
        if let Some(key) = known.filter(open) {
            key.grants.push(Grant { by, sealed: Wiped(grant.decode()) });
        }
    }

    fn write(&mut self, Caller { seat, device, .. }: Caller, item: ItemId, sealed: &Sealed) {
        if self.lines.iter().any(|line| line.item == item) {
            return;
        }
        let sealed = Wiped(sealed.decode());
        self.bytes += sealed.0.len();
        self.lines.push(Line { item, seat, device, sealed });
    }
}

impl Line {
    fn view(&self) -> Option<OffRecordLine> {
        let sealed = Sealed::from_bytes(&self.sealed.0).ok()?;
        Some(OffRecordLine { item: self.item, seat: self.seat, device: self.device, sealed })
    }
}
