//! Rules that go wrong in one place.

use std::sync::Arc;

use setroom_protocol::method::See;
use setroom_protocol::room::{Clock, Item};
use setroom_protocol::view::Step;
use setroom_protocol::{
    Caller, Challenge32, Change, Code, Command, CommandId, DeviceId, Entrance, Knock, KnockFrame,
    Presence, Recorded, Refusal, Role, Room, SeatId, Seq, Timestamp,
};
use setroom_server::rules::{ProtocolRules, Rules};

use super::Bug;

#[derive(Debug)]
pub(super) struct BentRules(pub(super) Bug);

impl Rules for BentRules {
    fn proves(&self, knock: &KnockFrame, challenge: &Challenge32) -> bool {
        self.0 == Bug::ProofUnchecked || ProtocolRules.proves(knock, challenge)
    }

    fn answered(&self, room: &Room, seat: SeatId, id: CommandId) -> Option<Seq> {
        ProtocolRules.answered(room, seat, id).filter(|_| self.0 != Bug::ForgetsCommands)
    }

    fn decide(
        &self,
        room: &Room,
        around: &Presence,
        asker: Caller,
        command: &Command,
        now: Timestamp,
    ) -> Result<Vec<Change>, Refusal> {
        let again = |asker| ProtocolRules.decide(room, around, asker, command, now);
        let decision = again(asker);
        let code = decision.as_ref().err().map(|refusal| refusal.code);
        match (self.0, decision, command) {
            (Bug::RoleUnchecked, Err(_), _) if code == Some(Code::Role) => {
                let host = room.seats().iter().find(|(_, held)| held.role == Role::Host);
                let seat = host.map_or(asker.seat, |(seat, _)| *seat);
                let device = room.devices_of(seat).next().unwrap_or(asker.device);
                again(Caller { seat, device, seen: asker.seen })
            }
            (Bug::StaleUnchecked, Err(_), _) if code == Some(Code::Stale) => {
                again(Caller { seen: Seq(u64::MAX), ..asker })
            }
            (Bug::OldKeyAccepted, Err(_), Command::Put(put)) if code == Some(Code::StaleEpoch) => {
                let item = Item {
                    id: put.item,
                    kind: put.kind,
                    seat: asker.seat,
                    device: asker.device,
                    rev: put.rev,
                    n: put.n,
                    prev: put.prev,
                    sealed: put.sealed.clone(),
                    at: now,
                    see: See::Everyone,
                    part: room.meeting().now.part,
                    bid: put.bid,
                    action: put.action,
                    meeting: None,
                };
                Ok(vec![Change::Written { item: Arc::new(item) }])
            }
            (Bug::LinkUnchecked, Err(refusal), Command::Admit { device, grant, edit, .. })
                if code == Some(Code::Role) =>
            {
                let (held, knock) = (room.device(*device), around.knocking(*device));
                let (Some(held), Some(knock)) = (held, knock) else { return Err(refusal) };
                Ok(vec![Change::DeviceAdded {
                    seat: held.seat,
                    device: *device,
                    public: knock.public,
                    resume: knock.resume,
                    grant: Some(grant.clone()),
                    sign: Some(knock.sign),
                    came_by: Some(knock.role),
                    edit: edit.clone(),
                }])
            }
            (Bug::TimerGrows, Ok(mut changes), _) => {
                for change in &mut changes {
                    if let Change::Resumed { clock: Clock::Running { ends_at, .. } } = change {
                        *ends_at = ends_at.plus(60_000);
                    }
                }
                Ok(changes)
            }
            (_, decision, _) => decision,
        }
    }

    fn step(
        &self,
        room: &mut Room,
        record: &Recorded,
        watching: &mut dyn Iterator<Item = DeviceId>,
    ) -> Step {
        let mut step = ProtocolRules.step(room, record, watching);
        if self.0 == Bug::CountsHands {
            step.apart.clear();
        }
        step
    }

    fn enter(&self, room: &Room, around: &Presence, knock: &Knock) -> Result<Entrance, Refusal> {
        match ProtocolRules.enter(room, around, knock) {
            Err(Refusal { code: Code::Role }) if self.0 == Bug::LinkUnchecked => {
                Ok(Entrance::Lobby)
            }
            entrance => entrance,
        }
    }
}
