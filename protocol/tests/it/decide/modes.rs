//! What each mode keeps when the meeting is closed, and for whom.

use setroom_protocol::method::See;
use setroom_protocol::view;
use setroom_protocol::{Change, Code, Command as C, Mode, TextKind};

use super::names;
use crate::support::*;

const HEADLINE: u16 = 30;
const ACTION: u16 = 40;
const BID: u16 = 50;

/// A meeting in this mode: 3 presents and has a headline, 4 has shown an action, 5 a bid; closed.
fn closed(mode: Mode) -> World {
    let mut world = World::usual();
    let host = world.host();
    if mode != Mode::Set {
        world.does(host, C::SetMode { mode });
    }
    world.everyone_agrees();
    world.does(host, C::SetOrder { order: vec![seat(3), seat(4)] });
    for n in [3, 4] {
        let name = world.text(world.p(n), TextKind::Name, 0);
        world.does(world.p(n), C::Put(name));
    }
    world.does(host, C::Start);
    for (part, n, kind, id) in [
        ("action_review", 4, TextKind::Action, ACTION),
        ("bids", 5, TextKind::Bid, BID),
        ("classic.present", 3, TextKind::Headline, HEADLINE),
    ] {
        world.go(part);
        let text = world.text(world.p(n), kind, id);
        world.does(world.p(n), C::Put(text));
    }
    world.does(world.p(4), C::ReleaseItem { item: item(ACTION) });
    let shown = view::shared(&world.room).items;
    assert!([HEADLINE, ACTION, BID].iter().all(|id| shown.contains_key(&item(*id))));
    world.does(host, C::Close);
    world
}

#[test]
fn what_is_kept_is_a_function_of_the_mode_alone() {
    for mode in Mode::ALL {
        let world = closed(mode);
        let kept: Vec<_> = world.room.items().values().map(|item| (item.kind, item.see)).collect();
        let whom = |kind| kept.iter().find(|(of, _)| *of == kind).map(|(_, see)| *see);
        for kind in [TextKind::Name, TextKind::Action, TextKind::Headline, TextKind::Bid] {
            assert_eq!(whom(kind), mode.keeps(kind), "{mode:?} {kind:?}");
        }
        let headline = (mode == Mode::Double).then_some(See::Owner);
        assert_eq!(whom(TextKind::Headline), headline, "{mode:?}");
        assert_eq!(world.room.meeting().receipt.as_ref().unwrap().mode, Some(mode));
        // Nobody else is shown any of it, however they look.
        let shown = view::shared(&world.room).items;
        assert!(shown.values().all(|item| item.kind == TextKind::Name), "{mode:?}");
        for n in 1..=7 {
            let own = view::own(&world.room, device(n)).unwrap().items;
            let mine = [(3, HEADLINE), (4, ACTION)].into_iter().filter(|(of, _)| *of == n);
            let mine = mine.filter(|(of, _)| *of == 4 || headline.is_some());
            let mine: Vec<_> = mine.map(|(_, id)| item(id)).collect();
            assert_eq!(own.keys().copied().collect::<Vec<_>>(), mine, "{mode:?} {n}");
        }
        world.check_clients();
    }
}

#[test]
fn what_was_shown_is_sealed_again_under_its_owners_own_key_after_the_close() {
    let mut world = closed(Mode::Double);
    let key = world.own_key_of(seat(3), 1);
    world.does(world.p(3), C::OwnKey(key));
    let own_key = world.own_key_of(seat(4), 1);
    world.does(world.p(4), C::OwnKey(own_key));
    // Nothing new, nothing under the set's key, nothing of somebody else.
    let again = world.text(world.p(3), TextKind::Headline, HEADLINE);
    world.refuses(world.p(3), C::Put(again), Code::Stage);
    let new = world.own_text(world.p(3), TextKind::Action, 60);
    world.refuses(world.p(3), C::Put(new), Code::Stage);
    let mut theirs = world.own_text(world.p(4), TextKind::Headline, 61);
    (theirs.item, theirs.rev) = (item(HEADLINE), 2);
    world.refuses(world.p(4), C::Put(theirs), Code::NotYours);
    let name = world.text(world.p(3), TextKind::Name, 0);
    world.refuses(world.p(3), C::Put(name), Code::Stage);
    let sent = world.client(5).log.len();
    for (n, kind, id) in [(3, TextKind::Headline, HEADLINE), (4, TextKind::Action, ACTION)] {
        let shut = world.own_text(world.p(n), kind, id);
        let changes = world.does(world.p(n), C::Put(shut.clone()));
        assert_eq!(names(&changes), ["written"]);
        let kept = &world.room.items()[&item(id)];
        assert_eq!((kept.sealed.is_own(), kept.see, kept.meeting), (true, See::Owner, None));
        // Once is enough.
        let again = world.own_text(world.p(n), kind, id);
        world.refuses(world.p(n), C::Put(again), Code::Stage);
    }
    assert_eq!(world.client(5).log.len(), sent, "nobody else is told");
}

#[test]
fn a_headline_that_was_kept_ends_with_the_next_meeting() {
    let mut world = closed(Mode::Double);
    let host = world.host();
    let keys = world.keys(host.device, None);
    world.does(host, next_meeting(later_meeting(1), keys));
    assert!(!world.room.items().contains_key(&item(HEADLINE)));
    assert!(world.room.items().contains_key(&item(ACTION)));
    world.check_clients();
    world.everyone_agrees();
    world.does(host, C::SetOrder { order: vec![seat(3)] });
    world.does(host, C::Start);
    world.go("classic.present");
    let another = world.text(world.p(3), TextKind::Headline, 70);
    let changes = world.does(world.p(3), C::Put(another));
    let [Change::Written { item }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(item.see, See::Everyone);
}
