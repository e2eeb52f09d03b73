//! The server that lies: it sees and may change every frame between honest browsers.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use setroom_client::seal::{Changes, DeviceKeys, SealError};
use setroom_client::{Client, ClientError, Keyring};
use setroom_protocol::{
    Blob, Challenge32, Command, DeviceId, LinkRole, MeetingId, RosterEdit, TextKind,
};

use super::deceived::{edit, followed, made_up, scene, shown};
use super::liar::Liar;
use super::removed::no_key_opens;
use super::review::reached;
use crate::support::people::{door, rng, set};

#[tokio::test]
async fn a_lying_server_that_names_an_old_epoch_gets_nothing_sealed() {
    let mut scene = scene().await;
    let cleo = scene.set.person(LinkRole::Member, "Cleo").await;
    reached(&mut scene.set, &mut [&mut scene.ben]).await;
    let before = scene.set.host.shared().unwrap();
    let seq = scene.set.host.remove(cleo.seat().unwrap()).await.unwrap().done().unwrap();
    scene.ben.catch_up(seq).await.unwrap();
    scene.ben.next_key().await.unwrap();
    scene.writes("Ben, at the new key").await;
    let newest = scene.roster().n().to_string();

    let lies = [
        ("the epoch that was", json!({"epoch": 1})),
        ("the epoch and the list that were", json!({"epoch": 1, "roster": {newest.clone(): null}})),
        ("an epoch before there was one", json!({"epoch": 0})),
        ("the epoch to come, which nobody has signed for", json!({"epoch": 3})),
    ];
    for (what, lie) in lies {
        scene.tells(lie).await;
        scene.gets_nothing(what, SealError::Epoch).await;
        scene.relents().await;
    }
    // Yesterday's whole view, as if a copy had been put back; and to whoever only comes back.
    for restored in [false, true] {
        let (old, newest) = (before.epoch, newest.clone());
        scene.liar.lies(move |frame| {
            if frame["t"] == "snapshot" {
                frame["shared"]["epoch"] = json!(old);
                frame["shared"]["roster"].as_object_mut().unwrap().remove(&newest);
                frame["restored"] = json!(restored);
            }
        });
        scene.ben.come_back_anew().await.unwrap();
        scene.gets_nothing("yesterday's view", SealError::Epoch).await;
        scene.relents().await;
    }
    // What he writes after all of that is nothing to whoever was removed.
    scene.writes("Ben, after all").await;
    let shared = scene.set.host.shared().unwrap();
    let own = scene.ben.seat().unwrap();
    let theirs = |at: &&setroom_protocol::view::ItemView| at.seat == own;
    let (item, view) =
        shared.items.iter().find(|(_, at)| theirs(at)).map(|(id, at)| (*id, at)).unwrap();
    no_key_opens(cleo.keyring(), shared.meeting, item, view);
}

#[tokio::test]
async fn a_knock_that_a_lying_server_replays_wins_nothing() {
    let mut set = set().await;
    let liar = Liar::before(&set.dial).await;
    set.host.redial(&liar.instead_of(&set.dial));
    set.host.come_back().await.unwrap();
    let cleo = set.person(LinkRole::Member, "Cleo").await;
    let mut ben = set.knock(LinkRole::Member, "Ben").await;
    let device = ben.device();
    set.host.wait_for("the knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let genuine = serde_json::to_value(&set.host.model().knocks[&device]).unwrap();
    assert!(set.host.admit(device).await.unwrap().done().is_some());
    ben.enter("Ben").await.unwrap();
    set.host.wait_for("an empty door", |model| model.knocks.is_empty()).await.unwrap();

    // What is not the knock that it shows is not let in: no grant goes out for it.
    let spy = cleo.keyring();
    let other = DeviceId::of(&spy.public(), None);
    let with = |field: &str, value: Value| {
        let mut knock = genuine.clone();
        knock[field] = value;
        knock
    };
    let sign = followed(&cleo).roster().holders()[&cleo.device()].sign;
    for (what, id, knock) in [
        ("another's key for grants", device, with("pub", json!(spy.public()))),
        ("another's signing key", device, with("sign", json!(sign))),
        ("over another challenge", device, with("challenge", json!(Challenge32([8; 32])))),
        ("another link than theirs", device, with("role", json!(LinkRole::Observer))),
        ("a higher link than theirs", device, with("role", json!(LinkRole::CoFacilitator))),
        ("somebody's seat for a fresh one", device, with("fresh", json!(cleo.seat().unwrap()))),
        ("another browser's", other, genuine.clone()),
        ("the browser of somebody inside", cleo.device(), genuine.clone()),
    ] {
        let before = liar.heard("admit").len();
        let frame = json!({"t": "knocks", "knocks": {id.to_string(): knock}});
        liar.says(&frame);
        set.host.wait_for(what, |model| model.knocks.len() == 1).await.unwrap();
        let answer = set.host.admit(id).await;
        assert!(matches!(answer, Err(ClientError::Seal(_))), "{what}: {answer:?}");
        assert_eq!(liar.heard("admit").len(), before, "{what}");
        liar.says(&json!({"t": "knocks", "knocks": {}}));
        set.host.wait_for("an empty door", |model| model.knocks.is_empty()).await.unwrap();
    }

    // The very knock, once more: what the host makes of it opens in Ben's browser and in no other.
    liar.says(&json!({"t": "knocks", "knocks": {device.to_string(): genuine}}));
    let answer = set.host.admit(device).await.unwrap();
    assert!(answer.refused().is_some(), "the real one knows of no such knock");
    let admitted = liar.heard("admit").pop().unwrap();
    let grant: Blob = serde_json::from_value(admitted["grant"].clone()).unwrap();
    let edits = set.host.shared().unwrap().roster;
    assert!(spy.clone().take_grant(&grant, 1, &edits).is_err());
    let eve = Keyring::new(&set.links.member, Default::default(), &mut rng(64));
    assert!(eve.clone().take_grant(&grant, 1, &edits).is_err());
    // As a first frame of somebody else's it is nothing either.
    let recorded = ben.knock_by(&set.links.member, "Ben", &Challenge32([8; 32])).unwrap();
    assert_eq!(door(&set.dial, &recorded).await, (vec![], 4401));

    // Nor do grants win anything: another's, or one's own from before the key changed.
    let first = ben.model().own().unwrap().grant.unwrap();
    let of_cleo = cleo.model().own().unwrap().grant.unwrap();
    let seq = set.host.remove(cleo.seat().unwrap()).await.unwrap().done().unwrap();
    ben.catch_up(seq).await.unwrap();
    let edits = ben.shared().unwrap().roster;
    for grant in [&first, &of_cleo, &grant] {
        assert!(ben.keyring().clone().take_grant(grant, 2, &edits).is_err());
    }
    ben.next_key().await.unwrap();
}

#[tokio::test]
async fn a_lying_server_cannot_forge_an_edit_of_the_roster() {
    let mut scene = scene().await;
    let cleo = scene.set.person(LinkRole::Member, "Cleo").await;
    let pair = DeviceKeys::generate(&mut rng(70));
    reached(&mut scene.set, &mut [&mut scene.ben]).await;
    let (roster, host) = (scene.roster(), &scene.set.host);
    let by = |signer: &DeviceKeys, changes| edit(&roster, host, signer, changes);
    let nothing = || by(&pair, Changes::default());
    let of_cleo = roster.holders()[&cleo.device()].clone();
    let host_signs = roster.holders()[&host.device()].clone();
    let genuine = host.keyring().clone().own_place(host.seat().unwrap(), &scene.edits()).unwrap();
    let of_member = followed(&cleo).own_place(cleo.seat().unwrap(), &scene.edits()).unwrap();
    let mut sig = genuine.sig;
    sig.0[40] ^= 1;
    let last = Arc::clone(&roster.edits()[&roster.n()]);
    let whole =
        Changes { whole: true, add: vec![host_signs.clone(), of_cleo], ..Changes::default() };
    let own_link = made_up(host).1.edit.unwrap();
    let forged = [
        ("by nobody", nothing()),
        ("by nobody, in the host's name", RosterEdit { by: host.device(), ..nothing() }),
        (
            "by nobody, in the host link's name",
            RosterEdit { by: roster.host().unwrap(), ..nothing() },
        ),
        ("by a member", (*of_member).clone()),
        ("a bit of it", RosterEdit { sig, ..(*genuine).clone() }),
        ("somebody dropped beside", RosterEdit { drop: vec![cleo.device()], ..(*genuine).clone() }),
        ("with the key of another", RosterEdit { commit: own_link.commit, ..(*genuine).clone() }),
        ("with the next epoch", RosterEdit { epoch: 2, ..(*genuine).clone() }),
        ("at a later place", RosterEdit { n: roster.n() + 2, ..(*genuine).clone() }),
        ("an earlier one again", RosterEdit { n: roster.n() + 1, ..(*last).clone() }),
        ("said to be whole", RosterEdit { whole: true, ..(*genuine).clone() }),
        ("whole, by nobody", by(&pair, whole)),
        ("whole, by another host link", RosterEdit { n: roster.n() + 1, ..(*own_link).clone() }),
    ];
    for (what, edit) in forged {
        scene.tells(json!({"roster": shown(&edit)})).await;
        scene.gets_nothing(what, SealError::Roster).await;
        // Nor anything behind it, were it genuine.
        assert_eq!(scene.ben.keyring().roster(), &roster, "{what}");
        scene.relents().await;
    }
    scene.writes("Ben, all the same").await;
}

/// What is done to the roster in a snapshot; the places are counted from both ends.
type Story = Box<dyn Fn(&mut Map<String, Value>) + Send>;

fn without(roster: &mut Map<String, Value>, from_the_end: usize) {
    let mut places: Vec<u32> = roster.keys().map(|n| n.parse().unwrap()).collect();
    places.sort_unstable();
    let place = places[places.len() - 1 - from_the_end];
    roster.remove(&place.to_string());
}

#[tokio::test]
async fn a_lying_server_shows_a_newcomer_no_other_roster() {
    let mut scene = scene().await;
    let dial = scene.liar.instead_of(&scene.set.dial);
    let another = made_up(&scene.set.host).1.edit.unwrap();
    let other = Arc::clone(&another);
    let stories: [(&str, Story); 6] = [
        ("none", Box::new(Map::clear)),
        ("without its beginning", Box::new(|roster| drop(roster.remove("1")))),
        ("without its end", Box::new(|roster| without(roster, 0))),
        ("without what came before", Box::new(|roster| without(roster, 1))),
        (
            "by another host link",
            Box::new(move |roster| {
                roster.clear();
                roster.insert("1".to_owned(), json!(other));
            }),
        ),
        (
            "the beginning once more at its end",
            Box::new(|roster| {
                let n = roster.len();
                let mut twice = roster["1"].clone();
                twice["n"] = json!(n);
                roster.insert(n.to_string(), twice);
            }),
        ),
    ];
    for (what, story) in stories {
        let mut dana = scene.set.knock_by(&dial, LinkRole::Observer, "Dana").await;
        scene.liar.lies(move |frame| {
            if frame["t"] == "snapshot" {
                story(frame["shared"]["roster"].as_object_mut().unwrap());
            }
        });
        assert!(scene.set.host.admit(dana.device()).await.unwrap().done().is_some());
        let entered = dana.enter("Dana").await;
        let is_refused = matches!(entered, Err(ClientError::Seal(SealError::Roster)));
        assert!(is_refused, "{what}: {entered:?}");
        // Nothing is sealed for those in such a story, and no key of her own wrapped for them.
        for kind in [TextKind::Name, TextKind::Reflection] {
            assert!(dana.put(kind, "Dana", None).await.is_err(), "{what}");
        }
        assert!(scene.liar.heard("own_key").is_empty(), "{what}");
        scene.liar.is_honest();
        dana.come_back_anew().await.unwrap();
        dana.enter("Dana").await.unwrap();
    }
    // No grant: no key, and nothing sealed.
    let mut ed = scene.set.knock_by(&dial, LinkRole::Member, "Ed").await;
    let before = scene.liar.heard("put").len();
    scene.liar.lies(|frame| frame["own"]["grant"] = Value::Null);
    assert!(scene.set.host.admit(ed.device()).await.unwrap().done().is_some());
    assert!(matches!(ed.enter("Ed").await, Err(ClientError::Missing("grant"))));
    assert!(ed.put(TextKind::Name, "Ed", None).await.is_err());
    assert_eq!(scene.liar.heard("put").len(), before);

    // A host with nothing but the link, shown a roster that another host link has signed.
    scene.liar.lies(move |frame| {
        if frame["t"] == "snapshot" {
            frame["shared"]["roster"] = shown(&another);
        }
    });
    let mut host = Client::knock(&dial, &scene.set.links.host, "Asha", rng(65)).await.unwrap();
    let entered = host.enter("Asha").await;
    assert!(matches!(entered, Err(ClientError::Seal(SealError::Roster))), "{entered:?}");
    scene.liar.is_honest();
    host.come_back_anew().await.unwrap();
    host.enter("Asha").await.unwrap();
}

#[tokio::test]
async fn a_lying_server_that_names_a_meeting_that_is_over_gets_nothing_sealed() {
    let mut scene = scene().await;
    reached(&mut scene.set, &mut [&mut scene.ben]).await;
    let (item, answer) =
        scene.ben.put(TextKind::Reflection, "what I said then", None).await.unwrap();
    assert!(answer.done().is_some());
    let first = scene.ben.shared().unwrap().meeting;
    let destroyed = scene.ben.model().own().unwrap().items[&item].clone();
    assert!(scene.ben.keyring().open(first, item, &destroyed).is_ok());
    scene.set.host_does(Command::Close).await;
    let next = MeetingId::from_bytes([0x21; 16]);
    let seq = scene.set.host.next_meeting(next).await.unwrap().done().unwrap();
    scene.ben.catch_up(seq).await.unwrap();
    scene.ben.next_key().await.unwrap();

    // In one frame, and from the first frame of a new line on; one that never was, too.
    for lie in [first, MeetingId::from_bytes([0x77; 16])] {
        scene.tells(json!({"meeting": lie})).await;
        scene.gets_nothing("another meeting", SealError::Meeting).await;
        scene.liar.lies(move |frame| {
            if frame["t"] == "snapshot" {
                frame["shared"]["meeting"] = json!(lie);
            }
        });
        scene.ben.come_back_anew().await.unwrap();
        assert_eq!(scene.ben.shared().unwrap().meeting, lie);
        scene.gets_nothing("another meeting from the start", SealError::Meeting).await;
        let opened = scene.ben.keyring().open(lie, item, &destroyed);
        assert_eq!(opened, Err(SealError::Meeting), "nothing of it is believed");
        scene.relents().await;
    }
    scene.writes("Ben is here").await;
}
