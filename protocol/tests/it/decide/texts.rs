//! Who may write what, where.

use setroom_protocol::command::{BidTerms, Replaced};
use setroom_protocol::method::See;
use setroom_protocol::{
    Change, Code, Command as C, ItemId, OWN_NUMBERS, Put, Role, TextKind, view,
};

use super::names;
use crate::support::*;

type Row = (&'static str, &'static str, TextKind, &'static [u8], See);

/// Template, part, kind, who may write it there (of seats 1 to 7), and who sees it. Seat 3
/// presents in slots, 6 is scribe, 7 watches.
const WRITES: &[Row] = &[
    ("classic", "action_review", TextKind::Action, &[1, 2, 3, 4, 5, 6], See::Owner),
    ("classic", "bids", TextKind::Bid, &[1, 2, 3, 4, 5, 6], See::Everyone),
    ("classic", "classic.present", TextKind::Headline, &[3], See::Everyone),
    ("classic", "classic.explore", TextKind::Scribe, &[6], See::Everyone),
    ("classic", "classic.act", TextKind::Action, &[3], See::Owner),
    ("classic", "classic.review", TextKind::Reflection, &[3], See::Owner),
    ("classic", "process_review", TextKind::Reflection, &[1, 2, 3, 4, 5, 6], See::Owner),
    ("classic", "close", TextKind::Action, &[1, 2, 3, 4, 5, 6], See::Owner),
    ("gossip", "gossip.explore", TextKind::Question, &[1, 2, 4, 5, 6], See::Everyone),
    ("question_gift", "gift.write", TextKind::Question, &[1, 2, 4, 5, 6], See::Hidden),
    ("wial", "wial.skill", TextKind::Skill, &[1, 2, 3, 4, 5, 6], See::Everyone),
    ("wial", "wial.write", TextKind::Sentence, &[1, 2, 3, 4, 5, 6], See::Hidden),
    ("wial", "wial.learn", TextKind::Learning, &[1, 2, 3, 4, 5, 6], See::Owner),
    ("kollegiale", "koll.hypotheses", TextKind::Scribe, &[6], See::Everyone),
];

pub(super) fn put(world: &World, n: u8, kind: TextKind, id: u16) -> Put {
    world.text(world.p(n), kind, id)
}

#[test]
fn each_kind_is_written_by_whom_and_where_the_template_says() {
    for (template, part, kind, who, see) in WRITES {
        let mut world = World::running(template, part);
        world.does(world.host(), C::NameScribe { seat: Some(seat(6)) });
        for n in 1..=7 {
            let command = C::Put(put(&world, n, *kind, u16::from(n)));
            let answer = world.ask(world.p(n), command);
            if who.contains(&n) {
                let [Change::Written { item }] = &answer.unwrap()[..] else { panic!("written") };
                assert_eq!((item.see, item.seat, item.device), (*see, seat(n), device(n)));
                assert_eq!((item.part, item.at), (world.room.meeting().now.part, world.now));
            } else {
                let expected = if n == 7 { Code::Role } else { Code::Kind };
                assert_eq!(answer, Err(expected), "{part} {kind:?} by {n}");
            }
        }
        world.check_clients();
    }
}

#[test]
fn every_other_kind_is_refused_in_each_of_those_parts() {
    for (template, part, ..) in WRITES {
        let mut world = World::running(template, part);
        world.does(world.host(), C::NameScribe { seat: Some(seat(6)) });
        let allowed: Vec<_> = WRITES.iter().filter(|row| row.1 == *part).map(|row| row.2).collect();
        let anywhere = [
            TextKind::Name,
            TextKind::Title,
            TextKind::Charter,
            TextKind::LearningQuestion,
            TextKind::Framework,
        ];
        for kind in TextKind::ALL {
            if allowed.contains(&kind) || anywhere.contains(&kind) {
                continue;
            }
            for n in [3, 4, 6] {
                let command = C::Put(put(&world, n, kind, 90));
                world.refuses(world.p(n), command, Code::Kind);
            }
        }
    }
    // Before the start there is no part to write in.
    let mut world = World::usual();
    let command = C::Put(put(&world, 3, TextKind::Action, 1));
    world.refuses(world.p(3), command, Code::Part);
}

#[test]
fn a_name_belongs_to_its_seat() {
    let mut world = World::usual();
    for n in 1..=7 {
        let name = put(&world, n, TextKind::Name, 0);
        assert_eq!(names(&world.does(world.p(n), C::Put(name))), ["written"]);
        let again = put(&world, n, TextKind::Name, 0);
        assert_eq!(again.rev, 2);
        world.does(world.p(n), C::Put(again));
    }
    let mut other = put(&world, 3, TextKind::Name, 0);
    other.item = ItemId::from_bytes(*seat(4).as_bytes());
    other.rev = 3;
    world.refuses(world.p(3), C::Put(other), Code::NotYours);
    let mut free = put(&world, 3, TextKind::Name, 0);
    free.item = item(5);
    free.rev = 1;
    world.refuses(world.p(3), C::Put(free), Code::NotYours);
    let mut long = put(&world, 3, TextKind::Name, 0);
    long.sealed = boxed(1, 512, 1);
    world.refuses(world.p(3), C::Put(long), Code::LongText);
}

#[test]
fn the_set_has_one_title_and_one_charter() {
    let mut world = World::usual();
    for (kind, may) in [(TextKind::Title, [2, 1]), (TextKind::Charter, [1, 2])] {
        for n in [3, 7] {
            let command = C::Put(put(&world, n, kind, 50));
            world.refuses(world.p(n), command, Code::Role);
        }
        let [first, second] = may;
        let id = 10 + u16::from(first);
        let command = C::Put(put(&world, first, kind, id));
        assert_eq!(names(&world.does(world.p(first), command)), ["written"]);
        let command = C::Put(put(&world, second, kind, 60));
        world.refuses(world.p(second), command, Code::Already);
        let command = C::Put(put(&world, first, kind, id));
        world.does(world.p(first), command);
    }
    // The charter is written before the start and in its part; whoever leads may as well.
    world.does(world.host(), C::Start);
    let charter = put(&world, 1, TextKind::Charter, 11);
    world.refuses(world.p(1), C::Put(charter.clone()), Code::Role);
    world.go("charter");
    world.does(world.p(1), C::Put(charter));
    let mut led = World::usual();
    led.does(led.host(), C::HandOver { seat: seat(4) });
    let charter = put(&led, 4, TextKind::Charter, 1);
    led.does(led.p(4), C::Put(charter));
    let title = put(&led, 4, TextKind::Title, 2);
    led.refuses(led.p(4), C::Put(title), Code::Role);
}

#[test]
fn another_facilitator_puts_theirs_in_the_place_of_what_they_have_read() {
    for kind in [TextKind::Charter, TextKind::Framework] {
        let mut world = World::usual();
        world.does(world.host(), C::Put(put(&world, 1, kind, 10)));
        world.does(world.p(3), C::AgreeCharter);
        let read = |item_id, rev| Some(Replaced { item: item(item_id), rev });
        let by = |world: &World, n, id, replaces| Put { replaces, ..put(world, n, kind, id) };
        world.refuses(world.p(3), C::Put(by(&world, 3, 20, read(10, 1))), Code::Role);
        // What was changed since it was read, never stood, or is their own is not replaced unread.
        world.does(world.host(), C::Put(put(&world, 1, kind, 10)));
        for replaces in [read(10, 1), read(10, 3), read(99, 2)] {
            world.refuses(world.p(2), C::Put(by(&world, 2, 20, replaces)), Code::StaleRevision);
        }
        let changes = world.does(world.p(2), C::Put(by(&world, 2, 20, read(10, 2))));
        assert_eq!(names(&changes), ["item_withdrawn", "written"]);
        let shown = view::shared(&world.room).items;
        let of_kind = |(id, text): (&ItemId, &view::ItemView)| (text.kind == kind).then_some(*id);
        assert_eq!(shown.iter().filter_map(of_kind).collect::<Vec<_>>(), [item(20)]);
        assert_eq!(world.room.seat(seat(3)).unwrap().agreed, kind == TextKind::Framework);
        // And back again. Their own they change as ever.
        world.does(world.p(2), C::Put(put(&world, 2, kind, 20)));
        world.refuses(world.host(), C::Put(put(&world, 1, kind, 11)), Code::Already);
        world.does(world.host(), C::Put(by(&world, 1, 11, read(20, 2))));
        // Where nothing stands there is nothing to take the place of.
        world.does(world.host(), C::WithdrawItem { item: item(11) });
        world.refuses(world.p(2), C::Put(by(&world, 2, 21, read(11, 1))), Code::StaleRevision);
        world.check_clients();
    }
    // Everything else is its author's alone.
    let mut world = World::usual();
    world.does(world.host(), C::Put(put(&world, 1, TextKind::Title, 10)));
    let replaces = Some(Replaced { item: item(10), rev: 1 });
    let title = Put { replaces, ..put(&world, 2, TextKind::Title, 20) };
    world.refuses(world.p(2), C::Put(title), Code::Kind);
}

#[test]
fn a_charter_is_sealed_again_in_any_part_and_stays_agreed() {
    let mut world = World::usual();
    let charter = put(&world, 1, TextKind::Charter, 11);
    world.does(world.p(1), C::Put(charter));
    for n in 1..=7 {
        world.does(world.p(n), C::AgreeCharter);
    }
    world.does(world.host(), C::Start);
    world.go("bids");
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), C::Rekey { keys });
    let again = put(&world, 1, TextKind::Charter, 11);
    world.does(world.p(1), C::Put(again));
    assert!(world.room.seats().values().all(|seat| seat.agreed));
    // Once only: what comes after it would be another charter.
    let other = put(&world, 1, TextKind::Charter, 11);
    world.refuses(world.p(1), C::Put(other), Code::Role);
}

#[test]
fn a_bid_has_terms_and_nothing_else_has() {
    let mut world = World::at("bids");
    let good = put(&world, 3, TextKind::Bid, 1);
    let with = |pressing, minutes| {
        let mut bid = good.clone();
        bid.bid = Some(BidTerms { pressing, minutes });
        C::Put(bid)
    };
    for (pressing, minutes) in [(0, 30), (4, 30), (255, 30), (2, 4), (2, 121), (2, u32::MAX)] {
        world.refuses(world.p(3), with(pressing, minutes), Code::Range);
    }
    let mut bare = good.clone();
    bare.bid = None;
    world.refuses(world.p(3), C::Put(bare), Code::Kind);
    let mut name = put(&world, 3, TextKind::Name, 0);
    name.bid = good.bid;
    world.refuses(world.p(3), C::Put(name), Code::Kind);
    for (n, pressing, minutes) in [(3, 1, 5), (4, 3, 120)] {
        let mut bid = put(&world, n, TextKind::Bid, u16::from(n));
        bid.bid = Some(BidTerms { pressing, minutes });
        world.does(world.p(n), C::Put(bid));
    }
    // One bid each: another one is a revision, or comes after the first is taken back.
    let second = C::Put(put(&world, 3, TextKind::Bid, 9));
    world.refuses(world.p(3), second, Code::Already);
    let revision = C::Put(put(&world, 3, TextKind::Bid, 3));
    world.does(world.p(3), revision);
    world.does(world.p(3), C::WithdrawItem { item: item(3) });
    let second = C::Put(put(&world, 3, TextKind::Bid, 9));
    world.does(world.p(3), second);
}

#[test]
fn a_text_keeps_its_author_and_its_kind() {
    let mut world = World::at("action_review");
    let first = C::Put(put(&world, 3, TextKind::Action, 1));
    world.does(world.p(3), first);
    let theirs = C::Put(put(&world, 4, TextKind::Action, 1));
    world.refuses(world.p(4), theirs, Code::NotYours);
    // Nobody is told whether another's text stands that they do not see.
    let touches = [C::ReleaseItem { item: item(1) }, C::WithdrawItem { item: item(1) }];
    for command in &touches {
        for n in [1, 4] {
            world.refuses(world.p(n), command.clone(), Code::NoItem);
        }
    }
    let mut other = put(&world, 3, TextKind::Bid, 1);
    other.kind = TextKind::Bid;
    world.refuses(world.p(3), C::Put(other), Code::Kind);
    world.refuses(world.p(3), C::ReleaseItem { item: item(9) }, Code::NoItem);
    world.refuses(world.p(3), C::WithdrawItem { item: item(9) }, Code::NoItem);
    let released = Change::ItemReleased { item: item(1) };
    assert_eq!(world.does(world.p(3), C::ReleaseItem { item: item(1) }), [released]);
    for command in touches {
        world.refuses(world.p(4), command, Code::NotYours);
    }
    world.refuses(world.p(3), C::ReleaseItem { item: item(1) }, Code::Already);
    // A revision of what was released is open too; an action can be mended in any part.
    world.go("check_in");
    let again = C::Put(put(&world, 3, TextKind::Action, 1));
    let changes = world.does(world.p(3), again);
    // It is a text of the part in which it was mended.
    let part = world.part_index("check_in");
    assert!(matches!(&changes[..], [Change::Written { item }]
        if item.see == See::Everyone && item.part == part));
    let withdrawn = Change::ItemWithdrawn { item: item(1) };
    assert_eq!(world.does(world.p(3), C::WithdrawItem { item: item(1) }), [withdrawn]);
}

/// That somebody has written shows on their seat, and goes with the text: every view is compared.
#[test]
fn a_hidden_text_that_is_taken_back_leaves_nothing_on_its_authors_seat() {
    let mut world = World::running("question_gift", "gift.write");
    let wrote = |world: &World| view::shared(&world.room).seats[&seat(4)].written;
    let text = C::Put(put(&world, 4, TextKind::Question, 1));
    world.does(world.p(4), text);
    assert!(wrote(&world));
    world.does(world.p(4), C::WithdrawItem { item: item(1) });
    assert!(!wrote(&world));
}

/// A hidden text that is written anew in a later part shows there that its author has one.
#[test]
fn a_hidden_text_shows_in_the_part_that_it_is_written_in() {
    let mut world = World::with("short_90", "question_gift", 1, 4, 1);
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    let wrote = |world: &World| view::shared(&world.room).seats[&seat(4)].written;
    let parts = world.room.meeting().agenda.clone();
    let writing = (0..).zip(parts).filter(|(_, part)| part.id == "gift.write").map(|(at, _)| at);
    let writing: Vec<u32> = writing.collect();
    assert_eq!(writing.len(), 2, "one in each turn");
    for part in &writing {
        world.does(world.host(), C::GoTo { part: *part });
        assert!(!wrote(&world));
        let place = world.room.seq();
        let text = C::Put(put(&world, 4, TextKind::Question, 1));
        world.does(world.p(4), text);
        assert!(wrote(&world) && world.room.seq() == place.next());
        // A second one, and a revision, show nothing more.
        for id in [1, 2 + *part as u16] {
            let text = C::Put(put(&world, 4, TextKind::Question, id));
            world.does(world.p(4), text);
        }
        assert_eq!(world.room.seq(), place.next());
    }
    let place = world.room.seq();
    for (id, gone) in [(1, false), (2 + writing[0] as u16, false), (2 + writing[1] as u16, true)] {
        world.does(world.p(4), C::WithdrawItem { item: item(id) });
        assert_eq!((wrote(&world), world.room.seq() == place), (!gone, !gone), "{id}");
    }
}

#[test]
fn a_reflection_is_never_released() {
    let mut world = World::at("process_review");
    let mine = C::Put(put(&world, 3, TextKind::Reflection, 1));
    world.does(world.p(3), mine);
    world.refuses(world.p(3), C::ReleaseItem { item: item(1) }, Code::Kind);
}

#[test]
fn revisions_and_numbers_rise_and_epochs_fit() {
    let mut world = World::at("action_review");
    let who = world.p(3);
    let good = put(&world, 3, TextKind::Action, 1);
    let with = |change: &dyn Fn(&mut Put)| {
        let mut put = good.clone();
        change(&mut put);
        C::Put(put)
    };
    for rev in [0, 2, u32::MAX] {
        world.refuses(who, with(&|put| put.rev = rev), Code::StaleRevision);
    }
    for epoch in [0, 2, u32::MAX] {
        let wrong = with(&|put| put.sealed = boxed(epoch, 256, 1));
        world.refuses(who, wrong, Code::StaleEpoch);
    }
    for n in [(1 << 53) - 1, u64::MAX] {
        world.refuses(who, with(&|put| put.n = n), Code::StaleOrder);
    }
    world.does(who, with(&|put| put.n = 5));
    assert_eq!(world.room.device(who.device).unwrap().next_n, 6);
    for n in [0, 5] {
        world.refuses(who, with(&|put| (put.rev, put.n) = (2, n)), Code::StaleOrder);
    }
    world.refuses(who, with(&|put| put.n = 6), Code::StaleRevision);
    world.does(who, with(&|put| (put.rev, put.n) = (2, 6)));
}

#[test]
fn boxes_for_their_author_alone_leave_no_gap_in_the_numbers_that_others_see() {
    let mut world = World::at("action_review");
    let who = world.p(3);
    let key = world.own_key_of(seat(3), 1);
    world.does(who, C::OwnKey(key));
    world.does(who, C::Put(world.text(who, TextKind::Name, 0)));
    let next = world.room.device(who.device).unwrap().next_n;
    let own = |world: &World, n: u64| C::Put(Put { n, ..world.own_text(who, TextKind::Action, 1) });
    for n in [next, OWN_NUMBERS - 1, (1 << 53) - 1] {
        world.refuses(who, own(&world, n), Code::StaleOrder);
    }
    for n in [OWN_NUMBERS + 7, OWN_NUMBERS] {
        world.does(who, own(&world, n));
        assert_eq!(world.room.device(who.device).unwrap().next_n, next);
    }
    // Nor can one for the set take such a number, and leave none to go on with.
    let name = world.text(who, TextKind::Name, 0);
    world.refuses(who, C::Put(Put { n: OWN_NUMBERS, ..name }), Code::StaleOrder);
}

#[test]
fn a_text_is_sealed_again_under_a_new_key_wherever_the_meeting_is() {
    let mut world = World::at("bids");
    let bid = put(&world, 3, TextKind::Bid, 1);
    world.does(world.p(3), C::Put(bid));
    world.go("classic.explore");
    let again = C::Put(put(&world, 3, TextKind::Bid, 1));
    world.refuses(world.p(3), again, Code::Kind);
    let keys = world.keys(device(1), None);
    world.does(world.host(), C::Rekey { keys });
    let bids = world.part_index("bids");
    let again = C::Put(put(&world, 3, TextKind::Bid, 1));
    let changes = world.does(world.p(3), again);
    assert!(matches!(&changes[..], [Change::Written { item }]
        if item.part == bids && item.rev == 2 && item.sealed.epoch() == 2));
    let once = C::Put(put(&world, 3, TextKind::Bid, 1));
    world.refuses(world.p(3), once, Code::Kind);
    // Also by somebody who watches by now.
    let keys = world.keys(device(1), None);
    world.does(world.host(), C::Rekey { keys });
    world.does(world.host(), C::SetRole { seat: seat(3), role: Role::Observer, keys: None });
    let again = C::Put(put(&world, 3, TextKind::Bid, 1));
    world.does(world.p(3), again);
}
