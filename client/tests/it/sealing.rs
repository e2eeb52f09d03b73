//! Laws of the sealing, over random input.

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use setroom_client::seal::{
    BUCKETS, BoxContext, DeviceKeys, Grant, GrantContext, KeyList, Link, LinkKeys, LinkRole,
    LinkSecret, OVERHEAD, RosterEntry, SealError, Secret, from_b64u, open_lobby_name, open_text,
    seal_lobby_name, seal_text, unwrap_keys, wrap_keys,
};

fn context(seed: u8) -> BoxContext<'static> {
    BoxContext {
        own: false,
        set: [seed; 16],
        session: [seed.wrapping_add(1); 16],
        epoch: 5,
        member: [seed.wrapping_add(2); 16],
        device: [seed.wrapping_add(3); 16],
        kind: "reflection",
        item: [seed.wrapping_add(4); 16],
        rev: 2,
        n: 40,
        prev: [seed.wrapping_add(5); 32],
    }
}

/// Changes one field of the context; `bit` picks which bit of it.
fn change_one(context: &mut BoxContext<'_>, field: usize, bit: usize) {
    fn flip(bytes: &mut [u8], bit: usize) {
        let at = bit / 8 % bytes.len();
        bytes[at] ^= 1 << (bit % 8);
    }
    match field {
        0 => flip(&mut context.set, bit),
        1 => flip(&mut context.session, bit),
        2 => context.epoch ^= 1 << (bit % 32),
        3 => flip(&mut context.member, bit),
        4 => flip(&mut context.device, bit),
        5 => context.kind = ["name", "reflectio", "reflections", ""][bit % 4],
        6 => flip(&mut context.item, bit),
        7 => context.rev ^= 1 << (bit % 32),
        8 => context.n ^= 1 << (bit % 64),
        9 => context.own = !context.own,
        _ => flip(&mut context.prev, bit),
    }
}

proptest! {
    #[test]
    fn what_is_sealed_opens(seed: u64, text in "\\PC{0,600}") {
        let mut rng = StdRng::seed_from_u64(seed);
        let key = Secret::generate(&mut rng);
        let sealed = seal_text(&key, &context(1), &text, &mut rng).unwrap();
        prop_assert!(BUCKETS.contains(&(sealed.len() - OVERHEAD)));
        prop_assert_eq!(open_text(&key, &context(1), &sealed).unwrap(), text);
    }

    #[test]
    fn one_changed_byte_never_opens(seed: u64, text in "\\PC{0,300}", at: usize, by in 1..=255_u8) {
        let mut rng = StdRng::seed_from_u64(seed);
        let key = Secret::generate(&mut rng);
        let mut sealed = seal_text(&key, &context(1), &text, &mut rng).unwrap();
        let at = at % sealed.len();
        sealed[at] ^= by;
        prop_assert!(open_text(&key, &context(1), &sealed).is_err());
    }

    #[test]
    fn one_changed_field_never_opens(seed: u64, field in 0..11_usize, bit: usize) {
        let mut rng = StdRng::seed_from_u64(seed);
        let key = Secret::generate(&mut rng);
        let sealed = seal_text(&key, &context(1), "Áine", &mut rng).unwrap();
        let mut other = context(1);
        change_one(&mut other, field, bit);
        prop_assert_ne!(&other, &context(1));
        prop_assert!(open_text(&key, &other, &sealed).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let key = Secret::from_bytes([3; 32]);
        prop_assert!(open_text(&key, &context(1), &bytes).is_err());
        prop_assert!(unwrap_keys(&link(LinkRole::Host).keys(), &bytes).is_err());
    }

    #[test]
    fn links_read_back(set: [u8; 16], seed: u64, role in 0..4_usize) {
        let mut rng = StdRng::seed_from_u64(seed);
        let link = Link::generate(set, LinkRole::ALL[role], &mut rng);
        prop_assert_eq!(link.to_url("https://setroom.example").parse::<Link>(), Ok(link.clone()));
        prop_assert_eq!(format!(" {link}\n").parse::<Link>(), Ok(link));
    }
}

fn link(role: LinkRole) -> Link {
    Link { set: [1; 16], role, secret: Secret::from_bytes([2; 32]), host: None }
}

#[test]
fn links_that_are_not_links() {
    let good = link(LinkRole::Host).to_string();
    for bad in [
        "",
        "hello",
        "1.x.h.y",
        &good.replacen('1', "2", 1),
        &good.replace(".h.", ".p."),
        &good.replace(".h.", ".H."),
        &format!("{good}."),
        &format!("{good}A"),
        &format!("{good}="),
        &good[..good.len() - 1],
    ] {
        assert_eq!(bad.parse::<Link>(), Err(SealError::Link), "{bad}");
    }
}

#[test]
fn base64url_is_strict() {
    assert_eq!(from_b64u("_-8").unwrap(), [0xff, 0xef]);
    for bad in ["_-8=", "/+8", "_-9", "_ -8", "A"] {
        assert_eq!(from_b64u(bad), Err(SealError::Encoding), "{bad}");
    }
}

#[test]
fn a_grant_opens_for_its_device_only() {
    let mut rng = StdRng::seed_from_u64(1);
    let [host, joiner, other] = std::array::from_fn(|_| DeviceKeys::generate(&mut rng));
    let member_link = link(LinkRole::Member).keys();
    let keys = KeyList {
        keys: vec![(1, Secret::generate(&mut rng)), (2, Secret::generate(&mut rng))],
        roster: vec![RosterEntry {
            device: host.device(),
            member: [8; 16],
            role: LinkRole::Host,
            link: 1,
        }],
        head: Some((7, [6; 32])),
        own: vec![(1, Secret::generate(&mut rng))],
        links: Vec::new(),
        by: Some([5; 32]),
    };
    let context =
        GrantContext { link: &member_link, epoch: 2, host: host.public(), joiner: joiner.public() };
    let grant = Grant::make(&host, &context, &keys, &mut rng).unwrap();
    let grant = Grant::from_bytes(&grant.to_bytes()).unwrap();
    assert_eq!(grant.open(&joiner, &context).unwrap(), keys);

    // A grant must hold the key that it is for.
    let empty = Grant::make(&host, &context, &KeyList::default(), &mut rng).unwrap();
    assert_eq!(empty.open(&joiner, &context), Err(SealError::Form));

    assert_eq!(grant.open(&other, &context), Err(SealError::Grant));
    let observer_link = link(LinkRole::Observer).keys();
    let mut other_set = member_link.clone();
    other_set.set[0] ^= 1;
    for forged in [
        GrantContext { epoch: 3, ..context },
        GrantContext { host: other.public(), ..context },
        GrantContext { joiner: other.public(), ..context },
        GrantContext { link: &observer_link, ..context },
        GrantContext { link: &other_set, ..context },
    ] {
        assert_eq!(grant.open(&joiner, &forged), Err(SealError::Grant));
    }

    // Someone who holds the link but not the host's device: the sender is authenticated, not
    // only named in the context.
    assert_eq!(Grant::make(&other, &context, &keys, &mut rng), Err(SealError::Grant));
    let own = GrantContext { host: other.public(), ..context };
    let forged = Grant::make(&other, &own, &keys, &mut rng).unwrap();
    assert_eq!(forged.open(&joiner, &context), Err(SealError::Grant));

    assert_eq!(Grant::from_bytes(&[4; 64]), Err(SealError::Length));
}

#[test]
fn a_recovery_wrap_opens_with_its_link_only() {
    let mut rng = StdRng::seed_from_u64(2);
    let host = link(LinkRole::Host).keys();
    let keys = KeyList {
        links: vec![LinkSecret {
            role: LinkRole::Member,
            link: 2,
            secret: Secret::generate(&mut rng),
        }],
        ..KeyList::single(7, Secret::generate(&mut rng))
    };
    let wrap = wrap_keys(&host, &keys, &mut rng).unwrap();
    assert_eq!(unwrap_keys(&host, &wrap).unwrap(), (7, keys.clone()));
    assert!(BUCKETS.contains(&(wrap.len() - OVERHEAD)), "padded like any box");
    assert_ne!(wrap_keys(&host, &keys, &mut rng).unwrap(), wrap, "a fresh salt each time");

    let co = link(LinkRole::CoFacilitator).keys();
    assert_eq!(unwrap_keys(&co, &wrap), Err(SealError::Commitment));
    // Even the same recovery key is refused under another role or set.
    let other_role = LinkKeys { recover: host.recover.clone(), ..co };
    assert_eq!(unwrap_keys(&other_role, &wrap), Err(SealError::Commitment));
    let mut other_set = host.clone();
    other_set.set[15] ^= 1;
    assert_eq!(unwrap_keys(&other_set, &wrap), Err(SealError::Commitment));

    for at in 0..wrap.len() {
        let mut forged = wrap.clone();
        forged[at] ^= 0x40;
        assert!(unwrap_keys(&host, &forged).is_err(), "byte {at}");
    }
    assert_eq!(unwrap_keys(&host, &[]), Err(SealError::Length));
    assert_eq!(wrap_keys(&host, &KeyList::default(), &mut rng), Err(SealError::Form));
}

#[test]
fn a_lobby_name_fits_its_knock_only() {
    let mut rng = StdRng::seed_from_u64(5);
    let member = link(LinkRole::Member).keys();
    let [joiner, other] = std::array::from_fn(|_| DeviceKeys::generate(&mut rng));
    let [device, elsewhere] =
        [&joiner, &other].map(|keys| setroom_protocol::DeviceId::from_bytes(keys.device()));
    let hello = member.hello(&joiner, &mut rng);
    let name = seal_lobby_name(&member, device, &hello, "Áine", &mut rng).unwrap();
    assert_eq!(open_lobby_name(&member, device, &hello, &name).unwrap(), "Áine");

    let later = member.hello(&joiner, &mut rng);
    let refused = Err(SealError::Commitment);
    assert_eq!(open_lobby_name(&member, device, &later, &name), refused);
    assert_eq!(open_lobby_name(&member, elsewhere, &hello, &name), refused);
    let observer = link(LinkRole::Observer).keys();
    assert_eq!(open_lobby_name(&observer, device, &hello, &name), refused);
}

#[test]
fn secrets_do_not_show_themselves() {
    let mut rng = StdRng::seed_from_u64(3);
    let link = Link::generate([1; 16], LinkRole::Member, &mut rng);
    let keys = KeyList::single(1, link.secret.clone());
    let device = DeviceKeys::generate(&mut rng);
    let shown = format!("{link:?} {:?} {keys:?} {device:?}", link.keys());
    let first_byte = link.secret.as_bytes()[0].to_string();
    assert!(!shown.contains(&link.secret.to_b64u()));
    assert!(!shown.contains(&format!("[{first_byte}, ")), "{shown}");
}

#[test]
fn salts_do_not_repeat() {
    let mut rng = StdRng::seed_from_u64(4);
    let key = Secret::generate(&mut rng);
    let mut salts = std::collections::HashSet::new();
    for _ in 0..2_000 {
        let sealed = seal_text(&key, &context(1), "same words", &mut rng).unwrap();
        assert!(salts.insert(sealed[5..37].to_vec()));
        assert!(!sealed.windows(10).any(|part| part == b"same words"));
    }
}
