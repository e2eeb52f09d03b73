//! Keys, hashes of links and knocks: whom they reach, and that they reach nobody else.

use setroom_protocol::{Command as C, LinkRole, view};

use crate::hidden::secretive;
use crate::support::*;

#[test]
fn keys_hashes_and_knocks_reach_nobody_else() {
    let mut world = secretive();
    let mut knock = world.knock_as(LinkRole::Member, 77, 88);
    knock.name = blob("the name of somebody at the door");
    world.around.knock(knock.clone()).unwrap();
    world.does(world.host(), C::Lock { on: true });
    // Grants reach the browser that they are for, wraps the role of their link.
    for record in &world.records {
        let Some(keys) = record.change.keys() else { continue };
        for (target, grant) in &keys.grants {
            for (id, client) in &world.clients {
                let has = client.log.iter().any(|frame| frame.contains(grant.as_str()));
                assert_eq!(has, id == target, "a grant at {id}");
            }
        }
        for (role, wrap) in &keys.wraps {
            for client in world.clients.values() {
                let has = client.log.iter().any(|frame| frame.contains(wrap.as_str()));
                let is = world.room.seat(client.seat).unwrap().role == role.role();
                assert_eq!(has, is, "the wrap of {role:?}");
            }
        }
    }
    // A person's own key reaches those whom it is wrapped for, and its code that person alone.
    let key = world.room.seat(seat(4)).unwrap().own_key.clone().unwrap();
    let wraps = key.boxes.iter().map(|(id, wrap)| (wrap, vec![*id]));
    let all = wraps.chain([
        (key.host.as_ref().unwrap(), vec![device(1)]),
        (key.code.as_ref().unwrap(), vec![device(4)]),
    ]);
    for (wrap, to) in all {
        for (id, client) in &world.clients {
            let has = client.log.iter().any(|frame| frame.contains(wrap.as_str()));
            assert_eq!(has, to.contains(id), "own key at {id}");
        }
    }
    // What only the server needs reaches nobody at all.
    let hash = |role| as_text(&world.room.link(role).unwrap().0);
    let mut never = vec![hash(LinkRole::Host)];
    // A facilitator's browser compares the links that it is told of with those that are in force.
    for role in LinkRole::SHARED {
        for (id, client) in &world.clients {
            let has = client.log.iter().any(|frame| frame.contains(&hash(role)));
            assert_eq!(
                has,
                world.room.seat(world.room.device(*id).unwrap().seat).unwrap().role.holds_keys(),
                "{role:?} at {id}"
            );
        }
    }
    // Made-up hashes are of the same few bytes: those of links are compared above.
    let shown = |text: &String| LinkRole::ALL.iter().any(|role| hash(*role) == *text);
    let resumes = world.room.devices().values().map(|device| as_text(&device.resume.0));
    never.extend(resumes.filter(|text| !shown(text)));
    never.extend([knock.name.as_str().to_owned(), as_text(&knock.nonce.0), as_text(&knock.mac.0)]);
    never.extend([as_text(&knock.challenge.0), as_text(&knock.pop.0)]);
    never.push(knock.device.to_string());
    never.push(knock.fresh.to_string());
    let door = json(&view::lobby(&world.room, &world.around, knock.device)).to_string();
    for secret in &never {
        for (id, client) in &world.clients {
            assert!(!client.log.iter().any(|frame| frame.contains(secret)), "{secret} at {id}");
        }
        assert!(!door.contains(secret), "{secret} at the door");
    }
    let knocks = json(&view::knocks(&world.room, &world.around)).to_string();
    assert!(knocks.contains(knock.name.as_str()), "who admits sees who knocks");
    assert!(!knocks.contains(&as_text(&knock.resume.0)));
    assert!(knocks.contains(&knock.fresh.to_string()), "and the seat that their edit must name");
}

fn as_text(bytes: &[u8]) -> String {
    setroom_protocol::Blob::encode(bytes).as_str().to_owned()
}
