//! One sample of every frame.

use std::collections::BTreeMap;

use setroom_protocol::lines::OfferView;
use setroom_protocol::method::Kind;
use setroom_protocol::off_record::{OffRecordLine, OffRecordRound};
use setroom_protocol::room::Stage;
use setroom_protocol::view::{ClaimView, KnockView, LobbyView};
use setroom_protocol::{
    Claim, ClientFrame, Code, Command as C, KnockFrame, LinkRole, Mode, PROTOCOL_VERSION, Seq,
    ServerFrame, TextKind, Timestamp,
};

use crate::support::*;

use ClientFrame as F;
use ServerFrame as S;

pub(crate) fn client_frames() -> Vec<ClientFrame> {
    vec![
        F::Knock(Box::new(KnockFrame {
            v: PROTOCOL_VERSION,
            set: set_id(),
            role: LinkRole::Member,
            token: token(0x11),
            public: public(3),
            sign: signing(3),
            nonce: nonce(0x12),
            mac: mac(0x13),
            pop: signature(0x16),
            name: blob("a sealed name"),
            resume: hash(0x14),
        })),
        F::Resume {
            v: PROTOCOL_VERSION,
            set: set_id(),
            device: device(3),
            token: token(0x15),
            since: Some(Seq(41)),
            branch: Some(BRANCH),
        },
        F::Do {
            cid: command_id(1),
            seen: Seq(41),
            cmd: C::RaiseHand { kind: Some(Kind::Explore), seat: None },
        },
        F::Ping { sent: 12_345 },
    ]
}

pub(crate) fn server_frames() -> Vec<ServerFrame> {
    let mut world = World::at("classic.explore");
    let raised = C::RaiseHand { kind: Some(Kind::Explore), seat: None };
    world.does(world.p(5), raised);
    world.does(world.p(1), C::NameScribe { seat: Some(seat(6)) });
    let text = world.text(world.p(6), TextKind::Scribe, 9);
    world.does(world.p(6), C::Put(text));
    let client = world.client(5);
    let change = client.log.iter().rev().find(|text| text.contains(r#""t":"change""#)).unwrap();
    let own = world.client(6).log.iter().rev().find(|text| text.contains(r#""t":"own""#)).unwrap();
    let meeting = world.room.meeting();
    vec![
        S::Hello { challenge: challenge(0x17), build: "5b1f".into(), retention_days: 30 },
        S::Lobby {
            at: BEGIN,
            lobby: LobbyView {
                place: Some(2),
                facilitator_here: true,
                meeting: meeting_id(),
                stage: Stage::Running,
                mode: Mode::Set,
                plan: "short_90".into(),
                minutes: 90,
                starts_at: meeting.starts_at,
                people_max: 24,
            },
        },
        world.snapshot(device(5)),
        serde_json::from_str(change).unwrap(),
        serde_json::from_str(own).unwrap(),
        S::Presence {
            here: vec![seat(1), seat(3)],
            no_facilitator_since: Some(Timestamp(5)),
            off_record: Some(OffRecordRound { id: item(7), by: seat(1), ends_at: BEGIN }),
        },
        S::Knocks {
            knocks: BTreeMap::from([(
                device(8),
                KnockView {
                    role: LinkRole::Member,
                    public: public(8),
                    sign: signing(8),
                    nonce: nonce(8),
                    mac: mac(8),
                    challenge: challenge(8),
                    pop: signature(8),
                    name: blob("a sealed name"),
                    at: BEGIN,
                    fresh: seat(8),
                    seat: Some(seat(3)),
                    claim: Some(Claim { seat: seat(4), yes: Some(false) }),
                },
            )]),
        },
        S::Claims { claims: BTreeMap::from([(device(8), ClaimView { at: BEGIN })]) },
        S::Lines {
            lines: BTreeMap::from([(
                item(9),
                OfferView {
                    sealed: boxed(1, 256, 9),
                    mine: true,
                    from: Some(seat(4)),
                    agreed: false,
                },
            )]),
        },
        S::OffRecord {
            round: item(7),
            wanted: BTreeMap::from([(device(8), boxed(1, 256, 9))]),
            grants: vec![blob("the key of the round")],
        },
        S::OffRecordLines {
            round: item(7),
            lines: vec![OffRecordLine {
                item: item(9),
                seat: seat(4),
                device: device(4),
                sealed: boxed(1, 256, 10),
            }],
        },
        S::Attendance {
            meeting: meeting_id(),
            seats: BTreeMap::from([(seat(4), setroom_protocol::attendance::Attended::LeftEarly)]),
        },
        S::Done { cid: command_id(1), seq: Seq(42) },
        S::Refused { cid: Some(command_id(1)), code: Code::TooFast, temporary: true },
        S::Pong { sent: 12_345, at: BEGIN },
        S::Beat { at: BEGIN },
        S::Restart { after_ms: 1_234 },
    ]
}
