//! Two facilitators who change the key at the same moment, one of whom is never told that they were too late.

use setroom_protocol::LinkRole;

use super::{Set, grant_for};

#[test]
fn who_was_too_late_with_a_key_believes_the_one_in_force_and_keeps_no_link_of_their_own() {
    let mut set = Set::begin();
    let mut co = set.joins(LinkRole::CoFacilitator);
    set.host.follow(&set.edits).unwrap();
    let before = set.edits.clone();
    let mut changes = Vec::new();
    for keyring in [&mut co, &mut set.host.clone()] {
        let mut what = set.about(&before, keyring, &[]);
        what.fresh = LinkRole::SHARED.into();
        changes.push(keyring.new_epoch(&what, &mut set.rng).unwrap());
        if keyring.device() == set.host.device() {
            set.host = keyring.clone();
        }
    }
    let [lost, won] = &changes[..] else { unreachable!("two of them") };
    assert_ne!(lost.links, won.links);
    set.record(&won.edit.clone().unwrap());
    co.take_grant(&grant_for(won, &co), 2, &set.edits).unwrap();
    set.host.follow(&set.edits).unwrap();
    assert_eq!(co.keys().key(2), set.host.keys().key(2));
    for role in LinkRole::SHARED {
        assert_eq!(co.links()[&role], set.host.links()[&role], "{role:?}");
    }
    // The next key is made from there, and opens for the host.
    let what = set.about(&set.edits, &co, &[]);
    let next = co.new_epoch(&what, &mut set.rng).unwrap();
    set.record(&next.edit.clone().unwrap());
    let grant = grant_for(&next, &set.host);
    set.host.take_grant(&grant, 3, &set.edits).unwrap();
    assert_eq!(co.keys().key(3), set.host.keys().key(3));
}
