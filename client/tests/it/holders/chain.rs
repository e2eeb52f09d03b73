//! The roster of the vectors, edit by edit.

use std::sync::Arc;

use serde_json::{Value, json};
use setroom_client::seal::{Changes, DeviceKeys, commitment, sign_edit, walk};
use setroom_protocol::{Holder, MeetingId, Roster, RosterEdit};

use super::hex;
use super::people::{
    CO, HOST, HOST_AGAIN, LATER, MEMBER, OLD, Person, holder_of_link, host_link, key, set,
};

/// One edit, and what stood before it.
pub(super) struct Step {
    pub(super) what: &'static str,
    pub(super) before: Roster,
    pub(super) edit: Arc<RosterEdit>,
    pub(super) after: Roster,
}

/// What an edit says, before it is signed.
pub(super) fn unsigned(
    roster: &Roster,
    (n, epoch): (u32, u32),
    changes: Changes,
    signer: &DeviceKeys,
) -> RosterEdit {
    let commit = commitment(&key(epoch), set().as_bytes(), epoch);
    sign_edit(roster, set(), (n, epoch, commit), changes, signer)
}

pub(super) fn adds(add: Vec<Holder>) -> Changes {
    Changes { add, ..Changes::default() }
}

/// A whole roster of these, the host link's own holder first.
pub(super) fn whole(people: &[Person]) -> Changes {
    let link = [holder_of_link(&host_link())].into_iter();
    let add = link.chain(people.iter().map(Person::holder)).collect();
    Changes { whole: true, add, ..Changes::default() }
}

pub(super) fn chain() -> Vec<Step> {
    let drops = |who: &Person| Changes { drop: vec![who.id()], ..Changes::default() };
    let plan = [
        ("the first edit, with a browser of the first form", (1, 1), whole(&[HOST, OLD]), None),
        ("the host admits a member", (2, 1), adds(vec![MEMBER.holder()]), Some(HOST)),
        ("the host admits a co-facilitator", (3, 1), adds(vec![CO.holder()]), Some(HOST)),
        ("the co-facilitator removes the member, with a new key", (4, 2), drops(&MEMBER), Some(CO)),
        (
            "the co-facilitator admits by a changed link",
            (5, 2),
            adds(vec![LATER.holder()]),
            Some(CO),
        ),
        ("a later whole one, which leaps", (9, 5), whole(&[HOST, CO, LATER]), None),
        (
            "a host's new browser, by the link's holder",
            (10, 5),
            adds(vec![HOST_AGAIN.holder()]),
            None,
        ),
    ];
    let mut roster = Roster::default();
    plan.into_iter()
        .map(|(what, place, changes, signer)| {
            let signer = signer.map_or_else(host_link, |person: Person| person.keys());
            let before = roster.clone();
            let edit = Arc::new(unsigned(&before, place, changes, &signer));
            walk(&mut roster, set(), &edit).expect(what);
            Step { what, before, edit, after: roster.clone() }
        })
        .collect()
}

/// What follows from the whole chain, and says of which meeting its key is.
pub(super) fn next(before: Roster) -> Step {
    let meeting = Some(MeetingId::from_bytes([0x4d; 16]));
    let what = "the next meeting, with a key of its own";
    let changes = Changes { meeting, ..Changes::default() };
    let edit = Arc::new(unsigned(&before, (11, 6), changes, &HOST_AGAIN.keys()));
    let mut after = before.clone();
    walk(&mut after, set(), &edit).expect(what);
    assert_eq!(after.meeting(), meeting);
    Step { what, before, edit, after }
}

impl Step {
    pub(super) fn shown(&self) -> Value {
        let holders: Vec<_> =
            self.after.holders().keys().map(|device| hex(device.as_bytes())).collect();
        json!({
            "what": self.what,
            "edit": *self.edit,
            "signed": hex(&self.edit.signed(set(), self.before.head())),
            "head": hex(&self.after.head().0),
            "epoch": self.after.epoch(),
            "holders": holders,
        })
    }
}
