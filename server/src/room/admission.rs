//! Coming in and going out: the door, the lobby, connections of a seat.

use std::collections::BTreeMap;
use std::sync::Arc;

use setroom_protocol::view::own;
use setroom_protocol::{
    Change, Claim, CloseCode, Code, DeviceId, Entrance, Knock, LinkRole, SeatId, Seq, ServerFrame,
    Token32, limits,
};

use super::actor::RoomActor;
use super::coming_back::Stood;
use super::commit::Proposal;
use super::door_rate_limit::DoorRateLimit;
use super::member::{Member, Stands};
use super::panics::ruled;
use super::replies::Away;
use super::{ConnId, JoinError, JoinRequest};
use crate::access;
use crate::limits::{ConnectionLimits, Limit, Source, Width};
use crate::socket::Sink;
use crate::telemetry::GaugeGuard;

impl RoomActor {
    /// Somebody's first frame.
    pub(super) fn enter(&mut self, way: JoinRequest, sink: Arc<Sink>) -> Result<ConnId, JoinError> {
        match way {
            JoinRequest::Knock { knock, .. } if self.is_admitted(&knock) => {
                self.returned(knock.device(), Stood::default(), sink)
            }
            JoinRequest::Knock { knock, challenge } => {
                self.check_link(knock.role, &knock.token)?;
                if knock.role != LinkRole::Host && !self.is_calm(sink.source()) {
                    // Only after the token: nobody pays for a wrong one.
                    self.services
                        .connection_limits
                        .knock(sink.source())
                        .map_err(|_| JoinError::TooFast)?;
                }
                let fresh = self.services.ids.bytes().map_err(|_| JoinError::Fault)?;
                let knock = Knock::of(*knock, challenge, SeatId::from_bytes(fresh), self.now());
                self.knocked(knock, sink)
            }
            JoinRequest::Resume { device, token, since, branch } => {
                self.resumed(device, &token, Stood { since, branch }, sink)
            }
        }
    }

    fn check_link(&self, role: LinkRole, token: &Token32) -> Result<(), JoinError> {
        match self.room.link(role) {
            Some(kept) if access::opens(token, kept) => Ok(()),
            // Closes of before forgot the members' and observers' links. There is nothing left to
            // compare with, and nothing to be had.
            None => Err(JoinError::Refused(Code::Stage, CloseCode::SetClosed)),
            Some(_) => Err(JoinError::Auth),
        }
    }

    /// Whether this address has hardly knocked here, whatever neighbours do at other doors.
    fn is_calm(&self, source: Source) -> bool {
        let network = self.services.connection_limits.counted(source);
        self.admission.rate_limit.is_calm(&self.services.limits, self.now().0, network)
    }

    pub(super) fn too_fast(&self, limit: Limit) -> JoinError {
        self.services.connection_limits.refuse(limit);
        JoinError::TooFast
    }

    /// Makes sure of a place in the lobby. In a full one there is one for somebody of an address that
    /// has fewer than another: the newest of that one goes.
    fn lobby_place(&mut self, device: DeviceId, sink: &Sink) -> Result<(), JoinError> {
        let full = JoinError::Refused(Code::Lobby, CloseCode::Full);
        let is_full = self.presence.knocking(device).is_none()
            && self.presence.knocks().len() >= limits::LOBBY;
        let goes = if is_full { Some(self.one_too_many(sink).ok_or(full)?) } else { None };
        let network = self.services.connection_limits.counted(sink.source());
        let now_ms = self.now().0;
        self.admission
            .rate_limit
            .knock(&self.services.limits, now_ms, network)
            .map_err(|limit| self.too_fast(limit))?;
        if let Some(device) = goes {
            self.services.connection_limits.refuse(Limit::LobbyPerAddress);
            self.admission.to_send_away.push((device, Code::Lobby));
            self.send_away();
        }
        Ok(())
    }

    /// The newest at the door of the address that has most places there, or of the network, if that is
    /// more than this one would have.
    fn one_too_many(&self, sink: &Sink) -> Option<DeviceId> {
        Width::ALL.into_iter().find_map(|width| self.one_too_many_of(width, sink))
    }

    fn one_too_many_of(&self, width: Width, sink: &Sink) -> Option<DeviceId> {
        let network = |sink: &Sink| {
            let address = self.services.connection_limits.counted(sink.source());
            address.map(|address| width.of(address))
        };
        let mut of: Vec<(Option<_>, Vec<DeviceId>)> = Vec::new();
        for member in self.fanout.members.values() {
            let Stands::Knocking(device) = member.stands else { continue };
            let theirs = network(member.sink());
            match of.iter_mut().find(|(known, _)| *known == theirs) {
                Some((_, devices)) => devices.push(device),
                None => of.push((theirs, vec![device])),
            }
        }
        let ours = network(sink);
        let few = of.iter().find(|(known, _)| *known == ours).map_or(0, |(_, places)| places.len());
        let (_, most) = of.iter().max_by_key(|(_, places)| places.len())?;
        most.last().copied().filter(|_| most.len() > few + 1)
    }

    fn knocked(&mut self, knock: Knock, sink: Arc<Sink>) -> Result<ConnId, JoinError> {
        let device = knock.device;
        let entrance = ruled(&self.services, &self.tag, |rules| {
            rules.enter(&self.room, &self.presence, &knock)
        })
        .map_err(|refusal| JoinError::Refused(refusal.code, goodbye(refusal.code)))?;
        match entrance {
            Entrance::In(_) => {
                // Nobody lets the host in, so they come in as often as somebody comes back.
                let now_ms = self.now().0;
                self.admission
                    .rate_limit
                    .host_comes(&self.services.limits, now_ms)
                    .map_err(|limit| self.too_fast(limit))?;
                let conn = self.add(Member::new(sink, Stands::Knocking(device)));
                self.commit.propose(Proposal::Enter(Box::new(knock)));
                Ok(conn)
            }
            Entrance::Lobby => {
                self.lobby_place(device, &sink)?;
                self.presence
                    .knock(knock)
                    .map_err(|refusal| JoinError::Refused(refusal.code, CloseCode::Full))?;
                // The same browser again: its earlier socket is a ghost.
                for conn in self.knocking(device) {
                    if let Some(ghost) = self.fanout.members.remove(&conn) {
                        ghost.close(CloseCode::Replaced);
                    }
                }
                self.fanout.lobby_moved = true;
                Ok(self.add(Member::new(sink, Stands::Knocking(device))))
            }
        }
    }

    pub(super) fn add(&mut self, member: Member) -> ConnId {
        self.stay.empty_since = None;
        if !self.stay.was_visited {
            self.stay.was_visited = true;
            // Somebody else's wrong token may have loaded it.
            let source = member.sink().source();
            *self.stay.porch.opened_by.lock() = source;
            self.weight.counts_for(self.services.connection_limits.counted(source));
        }
        self.fanout.add(member)
    }

    /// A socket takes its seat; its browser has the whole view already.
    pub(super) fn seat_down(&mut self, sink: Arc<Sink>, seat: SeatId, device: DeviceId) -> ConnId {
        self.make_place(seat);
        let held = GaugeGuard::new(&self.services.metrics.seats);
        let stands = Stands::Seated { seat, device, _held: held };
        let conn = self.add(Member::new(sink, stands));
        self.presence.connect(seat, device);
        self.fanout.presence_moved = true;
        conn
    }

    /// One more connection of a person is about to count: their oldest one too many goes.
    pub(super) fn make_place(&mut self, seat: SeatId) {
        let mine = self.fanout.conns(|member| member.person() == Some(seat));
        let over = (mine.len() + 1).saturating_sub(limits::CONNECTIONS_PER_SEAT);
        for oldest in mine.into_iter().take(over) {
            self.dismiss(oldest, CloseCode::Replaced);
        }
    }

    fn knocking(&self, device: DeviceId) -> Vec<ConnId> {
        self.fanout.conns(|member| {
            matches!(member.stands, Stands::Knocking(_)) && member.device() == device
        })
    }

    /// Everyone who knocks with this browser is in from now on.
    pub(super) fn admitted(&mut self, device: DeviceId) {
        self.presence.forget_knock(device);
        self.fanout.lobby_moved = true;
        let conns = self.knocking(device);
        self.change_place(&conns);
    }

    /// A seat's sockets leave the room for the lobby.
    pub(super) fn send_back(&mut self, seat: SeatId) {
        for member in self.fanout.members.values_mut() {
            if member.seat() == Some(seat) {
                self.presence.disconnect(seat, member.device());
                member.send_back(seat);
            }
        }
        self.fanout.presence_moved = true;
        self.fanout.lobby_moved = true;
    }

    /// A seat's sockets come back from the lobby.
    pub(super) fn bring_back(&mut self, seat: SeatId) {
        let back = |member: &Member| matches!(&member.stands, Stands::SentBack { seat: theirs, .. } if *theirs == seat);
        let conns = self.fanout.conns(back);
        self.change_place(&conns);
    }

    /// Sockets that were outside come in, with a snapshot. Everybody else first gets what this
    /// tick holds, since the snapshot holds it too.
    fn change_place(&mut self, conns: &[ConnId]) {
        self.fanout.flush(&self.services.metrics);
        for conn in conns {
            let Some(member) = self.fanout.members.get(conn) else { continue };
            let (device, came) = (member.device(), member.person().is_none());
            let Some(whole) = own(&self.room, device) else { continue };
            let seat = whole.seat;
            if came {
                self.make_place(seat);
            }
            if self.room.seat(seat).is_some_and(|held| held.in_lobby) {
                // Another browser of somebody who was sent back is at the lobby too.
                if let Some(member) = self.fanout.members.get_mut(conn) {
                    member.stands = Stands::SentBack { seat, device };
                    member.come_inside();
                }
                continue;
            }
            let Some(source) = self.fanout.members.get(conn).map(|member| member.sink().source())
            else {
                continue;
            };
            let snapshot = self.snapshot(&whole, false, false, source);
            let Some(member) = self.fanout.members.get(conn) else { continue };
            member.come_inside();
            member.welcome(snapshot);
            let held = GaugeGuard::new(&self.services.metrics.seats);
            if let Some(member) = self.fanout.members.get_mut(conn) {
                member.stands = Stands::Seated { seat, device, _held: held };
                self.presence.connect(seat, device);
            }
        }
        self.fanout.presence_moved = true;
        self.fanout.lobby_moved = true;
    }

    /// A socket has ended.
    pub(super) fn gone(&mut self, conn: ConnId) {
        self.take_out(conn);
    }

    /// A socket is told to go.
    pub(super) fn dismiss(&mut self, conn: ConnId, code: CloseCode) {
        if let Some(member) = self.take_out(conn) {
            member.close(code);
        }
    }

    fn take_out(&mut self, conn: ConnId) -> Option<Member> {
        let member = self.fanout.members.remove(&conn)?;
        match &member.stands {
            Stands::Seated { seat, device, .. } => {
                self.presence.disconnect(*seat, *device);
                self.fanout.presence_moved = true;
            }
            Stands::Knocking(device) => {
                // Nobody can admit a line that is gone. Who comes back knocks again.
                self.presence.forget_knock(*device);
                self.fanout.lobby_moved = true;
            }
            Stands::SentBack { .. } => {}
        }
        if self.fanout.members.is_empty() {
            self.stay.empty_since = Some(self.now());
        }
        Some(member)
    }

    /// Tells those at the door who are to be told no.
    pub(super) fn send_away(&mut self) {
        let away = std::mem::take(&mut self.admission.to_send_away);
        for (device, code) in away {
            for conn in self.knocking(device) {
                if let Some(member) = self.take_out(conn) {
                    let temporary = code.temporary();
                    member.send(&ServerFrame::Refused { cid: None, code, temporary });
                    member.close(goodbye(code));
                }
            }
            self.presence.forget_knock(device);
            self.fanout.lobby_moved = true;
        }
    }

    /// Whoever knocks on a link that was changed is told so, and whoever was removed is refused.
    pub(super) fn links_changed(&mut self, change: &Change) {
        let Some(keys) = change.keys() else { return };
        let knocks = self.presence.knocks();
        // Also a browser of which whoever was removed said that it is theirs.
        let theirs = if let Change::Removed { seat, .. } = change {
            Some(Claim { seat: *seat, yes: Some(true) })
        } else {
            None
        };
        let is_out = |knock: &&&Knock| {
            self.room.is_barred(knock.device) || (theirs.is_some() && knock.claim == theirs)
        };
        let barred = knocks.iter().filter(is_out);
        let barred: Vec<_> = barred.map(|knock| (knock.device, Code::KnockRefused)).collect();
        self.admission.to_send_away.extend(barred);
        let old = knocks.iter().filter(|knock| keys.links.contains_key(&knock.role));
        let old: Vec<_> = old.map(|knock| (knock.device, Code::LinkChanged)).collect();
        self.admission.to_send_away.extend(old);
    }
}

/// What a room remembers of its door.
#[derive(Debug)]
pub(super) struct Admission {
    pub(super) rate_limit: DoorRateLimit,
    /// From which place on a seat that was in the lobby may be given frames again.
    pub(super) shown_from: BTreeMap<SeatId, Seq>,
    /// Browsers at the door that are to be told no.
    pub(super) to_send_away: Away,
}

impl Admission {
    pub(super) fn new(limits: &ConnectionLimits) -> Self {
        let rate_limit = DoorRateLimit::new(limits.door());
        Self { rate_limit, shown_from: BTreeMap::new(), to_send_away: Away::new() }
    }
}

/// How somebody is closed who is refused at the door.
fn goodbye(code: Code) -> CloseCode {
    if code == Code::Stage {
        CloseCode::SetClosed
    } else if code.temporary() || code == Code::Lobby {
        // What could not be written down now may be later.
        CloseCode::Full
    } else {
        CloseCode::NotAllowed
    }
}
