//! Ben, a member, who reaches the server by way of one that lies to him, and what it shows him.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use setroom_client::seal::{Changes, DeviceKeys, Link, SealError, sign_edit};
use setroom_client::{Client, ClientError, Edits, Keyring, Model, Rekeying};
use setroom_protocol::{KeyChange, LinkRole, Roster, RosterEdit, TextKind};

use super::liar::Liar;
use crate::support::people::{Set, rng, set};

/// A set in which Ben, a member, reaches the server by way of one that lies.
pub(super) struct Scene {
    pub(super) set: Set,
    pub(super) liar: Liar,
    pub(super) ben: Client,
    lies_told: u32,
}

pub(super) async fn scene() -> Scene {
    let mut set = set().await;
    let liar = Liar::before(&set.dial).await;
    let ben = set.person_by(&liar.instead_of(&set.dial), LinkRole::Member, "Ben").await;
    Scene { set, liar, ben, lies_told: 0 }
}

impl Scene {
    /// Tells Ben of a change that there was not, and waits until it is in his view.
    pub(super) async fn tells(&mut self, shared: Value) {
        self.lies_told += 1;
        let (seq, what) = (self.ben.model().seq(), format!("lie {}", self.lies_told));
        let frame = json!({"t": "change", "seq": seq, "at": 0, "what": what, "shared": shared});
        self.liar.says(&frame);
        let told = |model: &Model| model.last_change() == Some(what.as_str());
        self.ben.wait_for("the lie", told).await.unwrap();
    }

    /// The truth once more.
    pub(super) async fn relents(&mut self) {
        self.liar.is_honest();
        self.ben.come_back_anew().await.unwrap();
    }

    /// Ben writes, and nothing of it goes out: for all, and for himself.
    pub(super) async fn gets_nothing(&mut self, what: &str, why: SealError) {
        let before = self.liar.heard("put").len();
        for kind in [TextKind::Name, TextKind::Reflection] {
            let written = self.ben.put(kind, "for those who are here", None).await;
            assert!(
                matches!(&written, Err(ClientError::Seal(fault)) if *fault == why),
                "{what}: {written:?}"
            );
        }
        assert_eq!(self.liar.heard("put").len(), before, "{what}");
    }

    pub(super) async fn writes(&mut self, text: &str) {
        let (name, answer) = self.ben.put(TextKind::Name, text, None).await.unwrap();
        self.set.host.catch_up(answer.done().unwrap()).await.unwrap();
        assert_eq!(self.set.host.read(name).unwrap().as_deref(), Some(text));
    }

    pub(super) fn edits(&self) -> Edits {
        self.set.host.shared().unwrap().roster
    }

    pub(super) fn roster(&self) -> Roster {
        followed(&self.set.host).roster().clone()
    }
}

/// The secrets of somebody's browser, which has seen the newest roster.
pub(super) fn followed(of: &Client) -> Keyring {
    let mut keys = of.keyring().clone();
    keys.follow(&of.shared().unwrap().roster).unwrap();
    keys
}

/// The next edit by these pairs, with the key that there is.
pub(super) fn edit(
    roster: &Roster,
    of: &Client,
    signer: &DeviceKeys,
    changes: Changes,
) -> RosterEdit {
    let place = (roster.n() + 1, roster.epoch(), roster.commit().unwrap());
    sign_edit(roster, of.keyring().set(), place, changes, signer)
}

pub(super) fn shown(edit: &RosterEdit) -> Value {
    json!({ edit.n.to_string(): edit })
}

/// A roster of the same set by somebody who has made up another host link.
pub(super) fn made_up(of: &Client) -> (Keyring, KeyChange) {
    let link = Link::generate(*of.keyring().set().as_bytes(), LinkRole::Host, &mut rng(60));
    let mut keys = Keyring::new(&link, Default::default(), &mut rng(61));
    let (edits, stay) = (Edits::new(), BTreeSet::from([keys.device()]));
    let (epoch, seat, fresh) = (0, of.seat().unwrap(), BTreeSet::new());
    let what = Rekeying {
        epoch,
        edits: &edits,
        stay,
        seat,
        fresh,
        takes: None,
        meeting: Some(of.shared().unwrap().meeting),
    };
    let change = keys.new_epoch(&what, &mut rng(62)).unwrap();
    (keys, change)
}
