//! A co-facilitator's browser that sends what it likes, in a set with a host and a member.

use std::sync::Arc;

use setroom_client::seal::{Changes, DeviceKeys, sign_edit};
use setroom_client::{Client, Rekeying};
use setroom_protocol::{
    Blob, Code, Command, DeviceId, Holder, KeyChange, LinkRole, Roster, RosterEdit,
};

use crate::support::people::{Set, rng, set};

/// A set with a host, a co-facilitator and a member.
pub(super) struct Scene {
    pub(super) set: Set,
    pub(super) co: Client,
    /// What the co-facilitator's browser signs with.
    pub(super) pair: DeviceKeys,
    pub(super) ben: Client,
}

pub(super) const SEED: u64 = 900;

pub(super) async fn scene() -> Scene {
    Box::pin(scene_of(set().await)).await
}

async fn scene_of(mut set: Set) -> Scene {
    // A browser draws its pairs before anything else, so whoever knows its seed has them.
    let pair = DeviceKeys::generate(&mut rng(SEED));
    let link = set.links.of(LinkRole::CoFacilitator);
    let mut co = Client::knock(&set.dial, link, "Dilys", rng(SEED)).await.unwrap();
    assert!(set.host.admit(co.device()).await.unwrap().done().is_some());
    co.enter("Dilys").await.unwrap();
    let ben = set.person(LinkRole::Member, "Ben").await;
    all_see(&mut set, &mut [&mut co]).await;
    Scene { set, co, pair, ben }
}

/// Whoever is to forge something has first seen all that there is.
pub(super) async fn all_see(set: &mut Set, people: &mut [&mut Client]) {
    set.agree(people).await;
}

pub(super) fn roster_of(of: &Client) -> Roster {
    let mut keys = of.keyring().clone();
    keys.follow(&of.shared().unwrap().roster).unwrap();
    keys.roster().clone()
}

/// The next edit as somebody signs it.
pub(super) fn edit(of: &Client, signer: &DeviceKeys, changes: Changes) -> Arc<RosterEdit> {
    let roster = roster_of(of);
    let place = (roster.n() + 1, roster.epoch(), roster.commit().unwrap());
    Arc::new(sign_edit(&roster, of.keyring().set(), place, changes, signer))
}

pub(super) fn adds(holder: Holder) -> Changes {
    Changes { add: vec![holder], ..Changes::default() }
}

pub(super) fn drops(id: DeviceId) -> Changes {
    Changes { drop: vec![id], ..Changes::default() }
}

/// What a key change of this person's would be, without some browsers, and with other links.
pub(crate) fn new_key(of: &Client, without: &[DeviceId], fresh: &[LinkRole]) -> KeyChange {
    let shared = of.shared().unwrap();
    let stay = shared.devices.keys().filter(|id| !without.contains(id)).copied().collect();
    let what = Rekeying {
        epoch: shared.epoch,
        edits: &shared.roster,
        stay,
        seat: of.seat().unwrap(),
        fresh: fresh.iter().copied().collect(),
        takes: None,
        meeting: Some(shared.meeting),
    };
    of.keyring().clone().new_epoch(&what, &mut rng(40)).unwrap()
}

pub(super) fn junk() -> Blob {
    Blob::encode(&[7; 300])
}

pub(super) async fn refused(who: &mut Client, what: &str, command: Command, code: Code) {
    let answer = who.do_(command).await.unwrap();
    assert_eq!(answer.refused(), Some(code), "{what}");
}
