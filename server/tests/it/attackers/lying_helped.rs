//! The server that lies, and somebody who helps it: a member, or a co-facilitator who was removed.

use std::sync::Arc;

use serde_json::json;
use setroom_client::seal::{Changes, DeviceKeys, SealError};
use setroom_client::{Client, ClientError, Edits, Keyring, Model, Rekeying};
use setroom_protocol::view::OwnKeyView;
use setroom_protocol::{Blob, KeyChange, LinkRole, RosterEdit, TextKind};

use super::deceived::{edit, followed, made_up, scene, shown};
use super::review::reached;
use crate::support::people::rng;

#[tokio::test]
async fn a_lying_server_with_whoever_holds_the_link_shows_a_newcomer_no_set_of_their_own() {
    let mut scene = scene().await;
    let dial = scene.liar.instead_of(&scene.set.dial);
    let roles = [LinkRole::Member, LinkRole::Observer, LinkRole::CoFacilitator];
    // And by a link of an earlier page, which does not say who the host is: what is kept from them is so
    // by the link.
    let ways = roles.map(|role| (role, true)).into_iter().chain([(roles[0], false)]);
    for (seed, (role, says)) in (65..).zip(ways) {
        let mut link = scene.set.links.of(role).clone();
        link.host = link.host.filter(|_| says);
        let mut dana = Client::knock(&dial, &link, "Dana", rng(seed)).await.unwrap();
        let at_door = |model: &Model| model.knocks.contains_key(&dana.device());
        scene.set.host.wait_for("the knock", at_door).await.unwrap();
        let knock = scene.set.host.model().knocks[&dana.device()].clone();
        // They make up a host, who lets her in under the very link that she came by.
        let (mut theirs, change) = made_up(&scene.set.host);
        theirs.learn([link]);
        let first = change.edit.unwrap();
        let mut edits = Edits::from([(first.n, first)]);
        theirs.follow(&edits).unwrap();
        let (grant, lets_in) = theirs.admit(&knock, None, &edits, None, &mut rng(64)).unwrap();
        edits.insert(lets_in.n, lets_in);
        scene.liar.lies(move |frame| {
            if frame["t"] == "snapshot" {
                frame["shared"]["roster"] = json!(edits);
                frame["shared"]["epoch"] = json!(1);
                frame["own"]["grant"] = json!(grant);
            }
        });
        assert!(scene.set.host.admit(dana.device()).await.unwrap().done().is_some());
        if !says {
            dana.wait_for("to be let in", Model::is_in).await.unwrap();
            dana.take_grant().unwrap();
            assert_ne!(dana.keyring().roster().host(), scene.set.host.keyring().roster().host());
            break;
        }
        let entered = dana.enter("Dana").await;
        assert!(matches!(entered, Err(ClientError::Seal(SealError::Roster))), "{entered:?}");
        for kind in [TextKind::Name, TextKind::Reflection] {
            assert!(dana.put(kind, "Dana", None).await.is_err());
        }
        assert!(scene.liar.heard("own_key").is_empty());
        scene.liar.is_honest();
        dana.come_back_anew().await.unwrap();
        dana.enter("Dana").await.unwrap();
    }
}

#[tokio::test]
async fn a_lying_server_with_a_member_opens_no_own_box() {
    let mut scene = scene().await;
    let cleo = scene.set.person(LinkRole::Member, "Cleo").await;
    reached(&mut scene.set, &mut [&mut scene.ben]).await;
    let secret = "what I would tell nobody";
    let (item, answer) = scene.ben.put(TextKind::Reflection, secret, None).await.unwrap();
    assert!(answer.done().is_some());
    let (seat, own) = (scene.ben.seat().unwrap(), scene.ben.model().own().unwrap());
    let (meeting, theirs) = (scene.ben.shared().unwrap().meeting, own.items[&item].clone());
    let sealed = serde_json::to_value(&theirs.sealed).unwrap();
    assert_eq!(scene.liar.heard("put").last().unwrap()["box"], sealed, "the server has it");

    // The member has the set's key, and is handed every wrap that went by.
    let mut spy = followed(&cleo);
    let wraps = scene.liar.heard("own_key").remove(0);
    let boxes = wraps["boxes"].as_object().unwrap().values().chain([&wraps["host"]]);
    let boxes: Vec<Blob> =
        boxes.map(|wrap| serde_json::from_value(wrap.clone()).unwrap()).collect();
    assert_eq!(boxes.len(), 2, "for himself, and for the host's link");
    for wrap in boxes {
        assert!(spy.take_own_key(seat, &handed(1, &wrap)).is_err());
    }
    assert_eq!(spy.open(meeting, item, &theirs), Err(SealError::Epoch));

    // A key of theirs shown to him as his own is not taken, and his next one is not theirs.
    let planted = spy.own_key(seat, None, &mut rng(63)).unwrap().unwrap();
    let wrap = planted.boxes[&scene.ben.device()].clone();
    scene.liar.lies(move |frame| {
        if frame["t"] == "snapshot" {
            frame["own"]["own_key"]["box"] = json!(wrap);
            frame["own"]["own_key"]["gen"] = json!(1);
        }
    });
    scene.ben.come_back_anew().await.unwrap();
    assert!(matches!(scene.ben.take_grant(), Err(ClientError::Seal(SealError::Grant))));
    let answer = scene.ben.put_again(item, TextKind::Reflection, secret, None).await.unwrap();
    assert!(answer.done().is_some());
    scene.relents().await;
    let theirs = scene.ben.model().own().unwrap().items[&item].clone();
    assert!(theirs.sealed.is_own() && spy.open(meeting, item, &theirs).is_err());
    assert_eq!(scene.ben.read(item).unwrap().as_deref(), Some(secret));

    // Said to be open to all, it is not sealed for all.
    scene.tells(json!({"items": {item.to_string(): theirs}})).await;
    let answer = scene.ben.put_again(item, TextKind::Reflection, secret, None).await;
    assert!(answer.is_ok(), "{answer:?}");
    scene.relents().await;
    for put in scene.liar.heard("put") {
        let private = put["kind"] == "reflection";
        let sealed: setroom_protocol::Sealed = serde_json::from_value(put["box"].clone()).unwrap();
        assert_eq!(sealed.is_own(), private, "{}", put["kind"]);
    }

    // Their browser said to be one of his: nobody has signed for that, and nothing is wrapped for it.
    let before = scene.liar.heard("own_key").len();
    let device = cleo.device().to_string();
    scene.tells(json!({"devices": {device.clone(): {"seat": seat}}})).await;
    let answer = scene.ben.put_again(item, TextKind::Reflection, secret, None).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert!(scene.liar.heard("own_key").iter().all(|key| key["boxes"].get(&device).is_none()));
    scene.relents().await;
    let edit = spy.own_place(seat, &scene.edits()).unwrap();
    scene.tells(json!({"roster": shown(&edit)})).await;
    scene.gets_nothing("a browser more by a member's word", SealError::Roster).await;
    assert_eq!(scene.liar.heard("own_key").len(), before);
}

fn handed(generation: u32, wrap: &Blob) -> OwnKeyView {
    let (wrap, code, host) = (Some(wrap.clone()), None, false);
    OwnKeyView { generation, wrap, code, wrapped_for: Vec::new(), host }
}

/// The key that a co-facilitator would make who has seen this of the roster.
fn key_of(keys: &Keyring, of: &Client, edits: &Edits) -> (Keyring, KeyChange) {
    let mut keys = keys.clone();
    keys.follow(edits).unwrap();
    let what = Rekeying {
        epoch: keys.roster().epoch(),
        edits,
        stay: keys.roster().holders().keys().copied().collect(),
        seat: of.seat().unwrap(),
        fresh: [].into(),
        takes: None,
        meeting: Some(of.shared().unwrap().meeting),
    };
    let change = keys.new_epoch(&what, &mut rng(80)).unwrap();
    (keys, change)
}

#[tokio::test]
async fn a_lying_server_with_a_removed_co_facilitator_swaps_no_key() {
    const SEED: u64 = 81;
    let mut scene = scene().await;
    let pair = DeviceKeys::generate(&mut rng(SEED));
    let link = scene.set.links.of(LinkRole::CoFacilitator);
    let mut co = Client::knock(&scene.set.dial, link, "Dilys", rng(SEED)).await.unwrap();
    assert!(scene.set.host.admit(co.device()).await.unwrap().done().is_some());
    co.enter("Dilys").await.unwrap();
    reached(&mut scene.set, &mut [&mut scene.ben, &mut co]).await;
    let (before, knows) = (scene.edits(), followed(&co));
    let seq = scene.set.host.remove(co.seat().unwrap()).await.unwrap().done().unwrap();
    scene.ben.catch_up(seq).await.unwrap();
    scene.ben.next_key().await.unwrap();
    let (edits, roster, ben) = (scene.edits(), scene.roster(), scene.ben.device());
    // The host reaches the server by way of it too from here on, and so does their new browser.
    let dial = scene.liar.instead_of(&scene.set.dial);
    scene.set.host.redial(&dial);
    scene.set.host.come_back_anew().await.unwrap();

    // The story in which they were not removed, and made the next key themselves.
    let (theirs, instead) = key_of(&knows, &co, &before);
    let rival = instead.edit.clone().unwrap();
    // And the one in which they made it after their removal: signed as it should be, by nobody's leave.
    let place = RosterEdit {
        epoch: 3,
        commit: rival.commit,
        ..edit(&roster, &co, &pair, Changes::default())
    };
    let mut behind = place;
    behind.sig = pair.sign(&behind.signed(co.keyring().set(), roster.head()));

    for (what, lie, grant) in [
        (
            "in the place of their removal",
            json!({"epoch": 2, "roster": shown(&rival)}),
            instead.grants[&ben].clone(),
        ),
        (
            "behind their removal",
            json!({"epoch": 3, "roster": shown(&behind)}),
            instead.grants[&ben].clone(),
        ),
    ] {
        scene.tells(lie).await;
        let seq = scene.ben.model().seq();
        scene.liar.says(&json!({"t": "own", "seq": seq, "own": {"grant": grant}}));
        let handed =
            |model: &Model| model.own().is_some_and(|own| own.grant.as_ref() == Some(&grant));
        scene.ben.wait_for("their grant", handed).await.unwrap();
        assert!(scene.ben.take_grant().is_err(), "{what}");
        assert_eq!(scene.ben.keyring().roster(), &roster, "{what}");
        // Under the key that the host has signed for, or not at all.
        let before = scene.liar.heard("put").len();
        let written = scene.ben.put(TextKind::Name, "Ben, still", None).await;
        if what.starts_with("behind") {
            assert!(written.is_err());
            assert_eq!(scene.liar.heard("put").len(), before);
        } else {
            let (name, answer) = written.unwrap();
            scene.set.host.catch_up(answer.done().unwrap()).await.unwrap();
            assert_eq!(scene.set.host.read(name).unwrap().as_deref(), Some("Ben, still"));
            let shared = scene.set.host.shared().unwrap();
            assert!(theirs.open(shared.meeting, name, &shared.items[&name]).is_err());
        }
        scene.relents().await;
    }

    // Whoever follows their story refuses what is true, and is told: nobody goes on under two keys.
    let mut led_on = knows.clone();
    led_on.follow(&Edits::from([(rival.n, Arc::clone(&rival))])).unwrap();
    assert_ne!(led_on.roster().head(), roster.head());

    // The wrap for the host's link, and no grant: the host who has walked takes none of theirs, nor does
    // the host with nothing but the link who is shown the roster.
    let wrap = instead.wraps[&LinkRole::Host].clone();
    scene.liar.lies(move |frame| {
        if frame["t"] == "snapshot" {
            frame["own"]["grant"] = json!(null);
            frame["own"]["wrap"] = json!(wrap);
        }
    });
    scene.set.host.come_back_anew().await.unwrap();
    let taken = scene.set.host.take_grant();
    assert!(matches!(taken, Err(ClientError::Seal(SealError::Grant))), "{taken:?}");
    let mut again = Client::knock(&dial, &scene.set.links.host, "Asha", rng(82)).await.unwrap();
    let entered = again.enter("Asha").await;
    assert!(matches!(entered, Err(ClientError::Seal(SealError::Grant))), "{entered:?}");
    assert!(again.keyring().keys().current().is_none());
    scene.liar.is_honest();
    scene.set.host.come_back_anew().await.unwrap();
    again.come_back_anew().await.unwrap();
    again.enter("Asha").await.unwrap();

    // Everybody is under the host's key, and theirs opens nothing of it.
    scene.writes("Ben, after them").await;
    let key = |keys: &Keyring| keys.keys().current().map(|(epoch, key)| (epoch, *key.as_bytes()));
    let now = key(scene.set.host.keyring());
    assert_eq!((key(again.keyring()), key(scene.ben.keyring())), (now, now));
    let others = [&knows, &theirs].map(|keys| key(keys).unwrap().1);
    assert!(now.is_some_and(|(epoch, key)| epoch == 2 && !others.contains(&key)));
    assert_eq!(scene.edits().len(), edits.len());
}
