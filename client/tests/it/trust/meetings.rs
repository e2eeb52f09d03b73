//! Texts over the meetings of a set: what the close kept opens in the next one, and nothing else does.

use setroom_client::Place;
use setroom_protocol::view::ItemView;
use setroom_protocol::{ItemId, LinkRole, MeetingId, TextKind, Timestamp};

use super::Set;

#[test]
fn only_what_a_close_keeps_opens_as_of_an_earlier_meeting() {
    let mut set = Set::begin();
    let ben = set.joins(LinkRole::Member);
    let seat = ben.roster().holders()[&ben.device()].seat;
    let [first, next, other] = [1, 2, 3].map(|n| MeetingId::from_bytes([n; 16]));
    for kind in TextKind::ALL {
        let item = ItemId::from_bytes([9; 16]);
        let place = Place { meeting: first, seat, kind, item, rev: 1, own: false };
        let put = ben.seal(&place, "Something", None, &mut set.rng).unwrap();
        let shown = |meeting| ItemView {
            kind,
            rev: 1,
            n: put.n,
            prev: put.prev,
            sealed: put.sealed.clone(),
            seat,
            device: ben.device(),
            at: Timestamp(0),
            part: 0,
            open: true,
            bid: None,
            meeting,
        };
        let opens = |at, meeting| ben.open(at, item, &shown(meeting)).is_ok();
        assert!(opens(first, None), "{kind:?}");
        let kept = [
            TextKind::Title,
            TextKind::Name,
            TextKind::Charter,
            TextKind::Framework,
            TextKind::Practice,
            TextKind::Action,
            TextKind::LearningQuestion,
        ];
        assert_eq!(opens(next, Some(first)), kept.contains(&kind), "{kind:?}");
        assert!(!opens(next, None) && !opens(next, Some(other)), "{kind:?}");
    }
}
