//! One whole meeting, as people hold it: the classic process in ninety minutes, with a host, a
//! co-facilitator, six members and an observer.

use setroom_protocol::command::Saying;
use setroom_protocol::method::Kind;
use setroom_protocol::room::{Clock, Stage};
use setroom_protocol::{Command as C, Mode, TextKind, limits, view};

use crate::support::*;

const HOST: u8 = 1;
const CO: u8 = 2;
const PRESENTER: u8 = 4;
const OBSERVER: u8 = 9;

fn write(world: &mut World, n: u8, kind: TextKind, id: u16) {
    let text = world.text(world.p(n), kind, id);
    world.does(world.p(n), C::Put(text));
}

fn here(world: &World) -> String {
    world.room.part().unwrap().id.clone()
}

fn left(world: &World) -> i64 {
    world.room.meeting().now.clock.left_ms(world.now).unwrap()
}

#[test]
fn a_whole_meeting() {
    let mut world = World::with("short_90", "classic", 1, 6, 1);
    let does = |world: &mut World, n: u8, command: C| drop(world.does(world.p(n), command));
    assert_eq!(world.room.seats().len(), 9);

    // Before the start: a title, names, the charter, the mode.
    write(&mut world, HOST, TextKind::Title, 1);
    for n in 1..=9 {
        write(&mut world, n, TextKind::Name, 0);
    }
    write(&mut world, HOST, TextKind::Charter, 2);
    does(&mut world, HOST, C::SetMode { mode: Mode::Double });

    // Settling, then the check-in: everybody but the observer, the facilitators last.
    does(&mut world, HOST, C::Start);
    assert_eq!(here(&world), "settle");
    world.passes(5 * 60_000);
    does(&mut world, HOST, C::Next);
    assert_eq!(here(&world), "check_in");
    for n in [3, 4, 5] {
        does(&mut world, n, C::EndRoundTurn);
    }
    does(&mut world, 6, C::LaterTurn);
    does(&mut world, 7, C::PassTurn);
    for n in [8, CO, HOST, 6] {
        assert_eq!(world.room.round_turn(), Some(seat(n)));
        does(&mut world, n, C::EndRoundTurn);
    }
    assert_eq!(world.room.round_turn(), None);

    // The charter: each says so. Somebody agrees late, and cannot take part until then.
    does(&mut world, CO, C::Next);
    assert_eq!(here(&world), "charter");
    for n in [1, 2, 3, 4, 5, 6, 7, OBSERVER] {
        does(&mut world, n, C::AgreeCharter);
    }
    does(&mut world, HOST, C::Next);
    assert_eq!(here(&world), "action_review");
    world.refuses(world.p(8), C::Tick { on: true }, setroom_protocol::Code::CharterFirst);
    does(&mut world, 8, C::AgreeCharter);

    // Actions of last time, then bids; the order is agreed.
    write(&mut world, 3, TextKind::Action, 10);
    does(&mut world, 3, C::ReleaseItem { item: item(10) });
    does(&mut world, HOST, C::Next);
    assert_eq!(here(&world), "bids");
    write(&mut world, PRESENTER, TextKind::Bid, 11);
    write(&mut world, 5, TextKind::Bid, 12);
    does(&mut world, 5, C::WithdrawItem { item: item(12) });
    does(&mut world, HOST, C::SetOrder { order: vec![seat(PRESENTER)] });

    // The slot. Presenting: a headline, and nobody queues.
    does(&mut world, HOST, C::Next);
    assert_eq!(here(&world), "classic.present");
    assert_eq!(world.room.meeting().now.presenter, Some(seat(PRESENTER)));
    write(&mut world, PRESENTER, TextKind::Headline, 13);

    // Clarifying: two hands; the second one waits for the gap.
    does(&mut world, HOST, C::Next);
    does(&mut world, 6, C::RaiseHand { kind: Some(Kind::Clarify), seat: None });
    does(&mut world, 3, C::RaiseHand { kind: Some(Kind::Clarify), seat: None });
    assert_eq!(world.ticks().len(), 1);
    assert_eq!(world.room.meeting().now.asking.unwrap().seat, seat(6));
    world.passes(40_000);
    does(&mut world, PRESENTER, C::EndTurn);
    assert!(world.ticks().is_empty());
    does(&mut world, PRESENTER, C::Say { what: Saying::Ready });
    assert_eq!(world.ticks().len(), 1, "the presenter was ready before the gap was over");
    does(&mut world, 3, C::EndTurn);

    // Exploring, led by the co-facilitator's trainee of the day: member 8.
    does(&mut world, HOST, C::HandOver { seat: seat(8) });
    does(&mut world, 8, C::Next);
    assert_eq!((here(&world).as_str(), left(&world)), ("classic.explore", 18 * 60_000));
    does(&mut world, 8, C::NameScribe { seat: Some(seat(7)) });
    for n in [3, 5, 6] {
        does(&mut world, n, C::RaiseHand { kind: Some(Kind::Explore), seat: None });
    }
    does(&mut world, CO, C::RaiseHand { kind: Some(Kind::Process), seat: None });
    world.passes(limits::SETTLE_GAP_MS);
    world.ticks();
    assert_eq!(world.room.meeting().now.asking.unwrap().seat, seat(CO), "how we work goes first");
    does(&mut world, CO, C::EndTurn);
    world.passes(limits::SETTLE_GAP_MS);
    world.ticks();
    does(&mut world, PRESENTER, C::Say { what: Saying::Thinking });
    does(&mut world, 3, C::EndTurn);
    world.passes(60_000);
    assert!(world.ticks().is_empty(), "thinking takes as long as it takes");
    does(&mut world, PRESENTER, C::Say { what: Saying::Ready });
    world.ticks();
    assert_eq!(world.room.meeting().now.asking.unwrap().seat, seat(5));
    write(&mut world, 7, TextKind::Scribe, 14);
    does(&mut world, PRESENTER, C::Say { what: Saying::Pass });

    // Both facilitators drop off the line; the room holds, and no time is lost.
    let before = left(&world);
    world.around.no_facilitator_since = Some(world.now);
    world.passes(limits::HOLD_AFTER_MS);
    world.ticks();
    assert!(world.room.meeting().hold.is_some());
    world.passes(300_000);
    world.around.no_facilitator_since = None;
    world.ticks();
    assert_eq!(left(&world), before - limits::HOLD_AFTER_MS as i64);

    // A step too far, taken back: the queue and the timer are as they were.
    let now = world.room.meeting().now.clone();
    does(&mut world, 8, C::Next);
    world.passes(4_000);
    does(&mut world, 8, C::Undo);
    assert_eq!(world.room.meeting().now, now);
    does(&mut world, 8, C::AddTime { minutes: 3 });
    does(&mut world, 8, C::TakeBack);

    // The pause, then the presenter's own next steps.
    does(&mut world, HOST, C::Next);
    assert_eq!(here(&world), "classic.pause");
    does(&mut world, HOST, C::Next);
    assert_eq!(here(&world), "classic.act");
    write(&mut world, PRESENTER, TextKind::Action, 15);
    let others = view::shared(&world.room).items;
    assert!(!others.contains_key(&item(15)), "the owner's until released");
    does(&mut world, PRESENTER, C::ReleaseItem { item: item(15) });

    // Resonance: the members, while the presenter listens; then the review of the slot.
    does(&mut world, HOST, C::Next);
    for n in [3, 5, 6, 7, 8] {
        assert_eq!(world.room.round_turn(), Some(seat(n)));
        does(&mut world, n, C::EndRoundTurn);
    }
    does(&mut world, HOST, C::Next);
    write(&mut world, PRESENTER, TextKind::Reflection, 16);

    // Process review, last steps, close.
    does(&mut world, HOST, C::Next);
    assert_eq!(here(&world), "process_review");
    assert_eq!(world.room.meeting().now.presenter, None);
    write(&mut world, 5, TextKind::Reflection, 17);
    does(&mut world, HOST, C::Next);
    assert_eq!(here(&world), "close");
    write(&mut world, 5, TextKind::Action, 18);
    does(&mut world, HOST, C::Close);

    let receipt = world.room.meeting().receipt.clone().unwrap();
    let destroyed = [(TextKind::Bid, 1), (TextKind::Scribe, 1)];
    assert_eq!(receipt.destroyed, destroyed.into());
    let kept = [
        (TextKind::Title, 1),
        (TextKind::Name, 9),
        (TextKind::Charter, 1),
        (TextKind::Action, 2),
        // Nothing is raised again in this mode: the headline is its owner's alone.
        (TextKind::Headline, 1),
    ];
    assert_eq!(receipt.kept, kept.into());
    assert_eq!(receipt.people, 9);
    assert_eq!(world.room.meeting().stage, Stage::Closed);
    assert_eq!(world.room.meeting().now.clock, Clock::Stopped);
    for (n, actions) in [(3, 1), (PRESENTER, 2), (5, 1), (6, 0), (OBSERVER, 0)] {
        let own = view::own(&world.room, device(n)).unwrap();
        assert_eq!(own.items.len(), actions, "{n} keeps their own texts alone");
    }
    world.check_clients();
    assert_eq!(setroom_protocol::Room::replay(&world.records), Some(world.room));
}
