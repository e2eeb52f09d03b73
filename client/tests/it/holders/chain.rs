//! The roster of the vectors, edit by edit.

use std::sync::Arc;

use serde_json::{Value, json};
use setroom_client::seal::{Changes, DeviceKeys, commitment, sign_edit, walk};
use setroom_protocol::{Holder, LinkRole, MeetingId, Roster, RosterEdit};

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
            let edit = unsigned(&roster, place, changes, &signer);
            Step::made(what, &mut roster, edit)
        })
        .collect()
}

/// What follows from the whole chain: each key says of which meeting it is, and roles are given and taken.
pub(super) fn next(end: &Roster) -> Vec<Step> {
    let meeting = Some(MeetingId::from_bytes([0x4d; 16]));
    let made = LATER.holder().with_role(LinkRole::CoFacilitator);
    let mut all = whole(&[HOST, CO]);
    all.add.push(made.clone());
    let plan = [
        ("the next meeting, with a key of its own", (11, 6), Changes::default(), HOST_AGAIN.keys()),
        ("the host makes a member co-facilitator", (12, 7), adds(vec![made]), HOST.keys()),
        ("a whole one says who was made co-facilitator", (20, 9), all, host_link()),
        ("the host makes them a member again", (21, 10), adds(vec![LATER.holder()]), HOST.keys()),
    ];
    let mut roster = end.clone();
    (plan.into_iter())
        .map(|(what, place, changes, signer)| {
            let changes = Changes { meeting, ..changes };
            let edit = unsigned(&roster, place, changes, &signer);
            let step = Step::made(what, &mut roster, edit);
            assert_eq!(roster.meeting(), meeting);
            step
        })
        .collect()
}

impl Step {
    /// The edit, which follows.
    fn made(what: &'static str, roster: &mut Roster, edit: RosterEdit) -> Self {
        let (before, edit) = (roster.clone(), Arc::new(edit));
        walk(roster, set(), &edit).expect(what);
        Self { what, before, edit, after: roster.clone() }
    }

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
