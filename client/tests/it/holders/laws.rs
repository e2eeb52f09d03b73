//! No changed bit ever verifies or opens, wherever it is.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use setroom_client::seal::{
    DeviceKeys, KeyList, OwnKeyOf, Secret, open_text, unwrap_for, verifies, walk, wrap_for,
};
use setroom_protocol::{LinkRole, RosterEdit};

use super::chain::{Step, chain};
use super::locked::{own, own_wrap, place, recovery, sealed};
use super::people::{CO, LATER, host_link, own_key, set};

static CHAIN: LazyLock<Vec<Step>> = LazyLock::new(chain);

fn flip(bytes: &mut [u8], bit: usize) {
    let at = bit / 8 % bytes.len();
    bytes[at] ^= 1 << (bit % 8);
}

/// Changes one field of an edit; `bit` picks what of it.
fn change_one(edit: &mut RosterEdit, field: usize, bit: usize) {
    let holder = edit.add.first_mut();
    match (field, holder) {
        (0, _) => edit.n ^= 1 << (bit % 32),
        (1, _) => edit.epoch ^= 1 << (bit % 32),
        (2, _) => flip(&mut edit.commit.0, bit),
        (3, _) => edit.whole = !edit.whole,
        (4, _) => flip(&mut edit.sig.0, bit),
        (5, _) => edit.by = if edit.by == CO.id() { LATER.id() } else { CO.id() },
        (6, Some(holder)) => flip(&mut holder.public.0, bit),
        (7, Some(holder)) => match &mut holder.sign {
            Some(sign) => flip(&mut sign.0, bit),
            none => *none = Some(holder.public),
        },
        (8, Some(holder)) => {
            let mut seat = *holder.seat.as_bytes();
            flip(&mut seat, bit);
            holder.seat = setroom_protocol::SeatId::from_bytes(seat);
        }
        (9, Some(holder)) => {
            let others = LinkRole::ALL.into_iter().filter(|role| *role != holder.role);
            holder.role = others.cycle().nth(bit % 3).unwrap();
        }
        (10, Some(holder)) => holder.link ^= 1 << (bit % 32),
        (11, Some(_)) => drop(edit.add.pop()),
        _ if edit.drop.pop().is_none() => edit.drop.push(CO.id()),
        _ => {}
    }
}

proptest! {
    #[test]
    fn an_edit_with_one_change_does_not_follow(step in 0..7_usize, field in 0..13_usize, bit: usize) {
        let Step { before, edit, .. } = &CHAIN[step];
        let mut changed = (**edit).clone();
        change_one(&mut changed, field, bit);
        prop_assert_ne!(&changed, &**edit);
        prop_assert!(walk(&mut before.clone(), set(), &Arc::new(changed)).is_err());
        let mut other_set = *set().as_bytes();
        flip(&mut other_set, bit);
        let other_set = setroom_protocol::SetId::from_bytes(other_set);
        prop_assert!(walk(&mut before.clone(), other_set, edit).is_err());
    }

    #[test]
    fn an_edit_follows_at_its_place_alone(step in 0..7_usize, at in 0..7_usize) {
        let mut roster = CHAIN[at].before.clone();
        let follows = walk(&mut roster, set(), &CHAIN[step].edit).is_ok();
        // A whole one leaps from wherever it is later.
        prop_assert_eq!(follows, step == at || (step == 5 && at < 5));
    }

    #[test]
    fn a_signature_holds_for_its_bytes_and_key_alone(seed: [u8; 32], mut bytes: Vec<u8>, bit: usize) {
        let keys = DeviceKeys::derive(&seed);
        let mut signature = keys.sign(&bytes);
        prop_assert!(verifies(&keys.sign_public(), &bytes, &signature));
        prop_assert!(!verifies(&CO.keys().sign_public(), &bytes, &signature));
        flip(&mut signature.0, bit);
        prop_assert!(!verifies(&keys.sign_public(), &bytes, &signature));
        flip(&mut signature.0, bit);
        bytes.push(0);
        prop_assert!(!verifies(&keys.sign_public(), &bytes, &signature));
    }

    #[test]
    fn wraps_open_for_whoever_they_are_for(seed: u64, set: [u8; 16], seat: [u8; 16], key: [u8; 32]) {
        let mut rng = StdRng::seed_from_u64(seed);
        let [sender, recipient] = std::array::from_fn(|_| DeviceKeys::generate(&mut rng));
        let own = OwnKeyOf { set, seat };
        let keys = vec![(1, Secret::from_bytes(key))];
        let wrap = own.wrap(&keys, &sender, recipient.public(), &mut rng).unwrap();
        prop_assert_eq!(own.unwrap(&wrap, &recipient), Ok((sender.public().clone(), keys)));
        let list = KeyList::single(3, Secret::from_bytes(key));
        let wrap = wrap_for(&set, &list, &sender, recipient.public(), &mut rng).unwrap();
        let opened = unwrap_for(&set, 3, &wrap, &recipient);
        prop_assert_eq!(opened, Ok((sender.public().clone(), list)));
    }

    #[test]
    fn a_wrap_with_one_change_does_not_open(bit: usize) {
        let mut wrap = own_wrap(&CO.keys(), "co");
        flip(&mut wrap, bit);
        prop_assert!(own().unwrap(&wrap, &CO.keys()).is_err());
        let mut elsewhere = own();
        flip(&mut elsewhere.seat, bit);
        prop_assert!(elsewhere.unwrap(&own_wrap(&CO.keys(), "co"), &CO.keys()).is_err());

        let end = &CHAIN[6].after;
        let mut wrap = recovery(end);
        flip(&mut wrap, bit);
        prop_assert!(unwrap_for(set().as_bytes(), end.epoch(), &wrap, &host_link()).is_err());
    }

    #[test]
    fn an_own_box_with_one_change_does_not_open(bit: usize) {
        let mut bytes = sealed(&place(), 2);
        flip(&mut bytes, bit);
        prop_assert!(open_text(&own_key(2), &place(), &bytes).is_err());
    }
}
