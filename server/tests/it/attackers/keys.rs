//! What everybody tries who would change who holds keys, and may not: changes of keys, admissions and
//! edits of the roster, as sound as they can be made without the facilitators' private keys.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use setroom_client::Place;
use setroom_client::seal::{Changes, sign_edit};
use setroom_protocol::command::Put;
use setroom_protocol::roster::NO_SEAT;
use setroom_protocol::{
    Blob, Code, Command, DeviceId, Holder, ItemId, LinkRole, OwnKey, Roster, Sealed, TextKind,
};

use super::forged::halves;
use super::means::{Circle, made_up_links, own_pair};
use crate::support::people::rng;

/// Every change of keys and of the roster that somebody can make who does not hold the keys' links:
/// signed by themselves, in the name of whoever may, and by a host's link that they made up.
pub(super) async fn changes_no_key(circle: &mut Circle) {
    let mut rng = StdRng::seed_from_u64(70);
    let link = circle.link();
    circle.eve.keyring_mut().learn(made_up_links(&link, &mut rng));
    let before = circle.before().await;
    let accomplice = circle.set.knock(LinkRole::Member, "Mal").await;
    let device = accomplice.device();
    circle.set.host.wait_for("the knock", |m| m.knocks.contains_key(&device)).await.unwrap();
    let knock = circle.set.host.model().knocks[&device].clone();

    let mut commands = Vec::new();
    let kept = circle.eve.keyring().clone();
    let seats = circle.others().map(|(_, person)| person.seat().unwrap());
    for fresh in [&[][..], &LinkRole::ALL[..], &[LinkRole::Host], &[LinkRole::Member]] {
        for seat in seats {
            let keys = circle.eve.key_change(Some(seat), fresh).unwrap();
            *circle.eve.keyring_mut() = kept.clone();
            commands.push(Command::Remove { seat, keys });
        }
        let keys = circle.eve.key_change(None, fresh).unwrap();
        *circle.eve.keyring_mut() = kept.clone();
        commands.push(Command::Rekey { keys });
    }
    for seat in [None, Some(seats[0]), Some(seats[2])] {
        let admission = circle.eve.admission(device, &knock, seat).unwrap();
        *circle.eve.keyring_mut() = kept.clone();
        commands.push(admission);
    }
    commands.extend(forged_edits(circle));
    for person in [&circle.ben, &circle.cora] {
        let Some(Command::Admit { grant, .. }) =
            commands.iter().find(|command| matches!(command, Command::Admit { .. })).cloned()
        else {
            panic!("an admission")
        };
        commands.push(Command::Grant { device: person.device(), grant });
    }
    assert!(commands.len() > 35, "{}", commands.len());
    for command in commands {
        let answer = circle.eve.do_(command.clone()).await.unwrap();
        assert_eq!(
            answer.refused(),
            Some(Code::Role),
            "{}",
            serde_json::to_string(&command).unwrap()
        );
    }
    drop(accomplice);
    circle.set.host.wait_for("an empty door", |m| m.knocks.is_empty()).await.unwrap();
    circle.is_unmoved(&before).await;
}

/// Edits of the roster alone, that would follow if they were believed.
fn forged_edits(circle: &mut Circle) -> Vec<Command> {
    let edits = circle.set.host.shared().unwrap().roster;
    circle.set.host.keyring_mut().follow(&edits).unwrap();
    let roster: Roster = circle.set.host.keyring().roster().clone();
    let (set, eve) = (circle.set.links.set(), circle.eve.device());
    let own = own_pair(71);
    let (public, sign) = halves(&own);
    let holder = |seat, role| Holder { public, sign: Some(sign), seat, role, link: 0, came: None };
    let (seat, host) = (circle.eve.seat().unwrap(), circle.set.host.device());
    let commit = roster.commit().unwrap();
    let others = || roster.holders().values().filter(|at| !at.is_of_host_link()).cloned();
    let whole = |add: Vec<Holder>| Changes { whole: true, add, ..Changes::default() };
    let add = |add: Vec<Holder>| Changes { add, ..Changes::default() };
    let drop = |drop: Vec<DeviceId>| Changes { drop, ..Changes::default() };
    let all = [holder(NO_SEAT, LinkRole::Host)].into_iter().chain(others()).collect::<Vec<_>>();
    let raised = Holder { role: LinkRole::CoFacilitator, ..roster.holders()[&eve].clone() };
    let mut edits = Vec::new();
    for changes in [
        whole(all),
        whole(vec![holder(NO_SEAT, LinkRole::Host)]),
        add(vec![holder(seat, LinkRole::Host)]),
        add(vec![holder(seat, LinkRole::CoFacilitator)]),
        add(vec![holder(circle.ben.seat().unwrap(), LinkRole::Member)]),
        add(vec![raised]),
        add(vec![holder(NO_SEAT, LinkRole::Host)]),
        drop(vec![circle.ben.device()]),
        drop(vec![circle.cora.device()]),
        drop(vec![host]),
    ] {
        let n = roster.n() + 1;
        let edit = sign_edit(&roster, set, (n, roster.epoch(), commit), changes.clone(), &own);
        for by in [edit.by, eve, host, roster.host().unwrap()] {
            let mut edit = edit.clone();
            edit.by = by;
            edits.push(Command::EditRoster { edit: edit.into() });
        }
    }
    edits
}

/// What a member or an observer may put down is their own key, and only for their own browsers and
/// facilitators'; and nobody puts down a text under a key that is not the present one.
pub(super) async fn puts_down_no_key_for_others(circle: &mut Circle) {
    let mut own = OwnKey { generation: 1, ..Default::default() };
    let blob = Blob::encode(&[4; 200]);
    for device in [circle.eve.device(), circle.ben.device()] {
        own.boxes.insert(device, blob.clone());
    }
    let before = circle.before().await;
    let others = OwnKey { boxes: [(circle.ben.device(), blob.clone())].into(), ..own.clone() };
    let unknown = OwnKey {
        boxes: [(DeviceId::from_bytes(own_pair(72).device()), blob)].into(),
        ..own.clone()
    };
    for key in [own, others, unknown] {
        let answer = circle.eve.do_(Command::OwnKey(key)).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::StaleRoster));
    }
    let (shared, seat) = (circle.eve.shared().unwrap(), circle.eve.seat().unwrap());
    let item = ItemId::from_bytes(*seat.as_bytes());
    let rev = shared.items[&item].rev + 1;
    let place =
        Place { meeting: shared.meeting, seat, kind: TextKind::Name, item, rev, own: false };
    let put = circle.eve.keyring().seal(&place, "Eve anew", None, &mut rng(73)).unwrap();
    let (n, now) = (circle.eve.model().own().unwrap().next_n, shared.epoch);
    for epoch in [0, now - 1, now + 1, u32::MAX] {
        let mut bytes = put.sealed.decode();
        bytes[1..5].copy_from_slice(&epoch.to_be_bytes());
        let sealed = Sealed::from_bytes(&bytes).unwrap();
        let answer = circle.eve.do_(Command::Put(Put { sealed, n, ..put.clone() })).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::StaleEpoch), "{epoch}");
    }
    circle.is_unmoved(&before).await;
}
