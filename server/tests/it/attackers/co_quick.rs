//! The co-facilitator who is quicker than the host: whatever the host prepares of who holds keys is late
//! when it comes, because something moved a moment before. They have three lines, as anybody may.

use std::sync::Arc;

use setroom_client::seal::{Changes, sign_edit};
use setroom_client::{Client, Connection};
use setroom_protocol::{
    ClientFrame, CloseCode, Code, Command, CommandId, LinkRole, Seq, ServerFrame,
};

use super::rogue::{Scene, new_key, roster_of, scene};
use crate::support::people::{Set, closed, line, rest, rng};
use crate::support::soon;

/// A browser gives a change up after so many tries.
const TRIES: usize = 6;
/// For so long the room is the host's.
const HOST_FIRST_MS: u64 = 5_000;

struct Quick {
    co: Client,
    others: [Connection; 2],
    asked: u8,
}

impl Quick {
    async fn of(set: &Set, co: Client) -> Self {
        let first = co.keyring().come_back(None);
        let others = [line(&set.dial, &first).await, line(&set.dial, &first).await];
        Self { co, others, asked: 0 }
    }

    /// A new key, by the next of their lines; why it was refused.
    async fn moves(&mut self) -> Option<Code> {
        self.asked += 1;
        let keys = new_key(&self.co, &[], &[]);
        let epoch = keys.epoch;
        let command = Command::Rekey { keys };
        let refused = match self.asked % 3 {
            0 => self.co.do_(command).await.unwrap().refused(),
            at => asked(&mut self.others[usize::from(at) - 1], self.asked, command).await,
        };
        if refused.is_none() {
            let shown = self.co.wait_for("it", |model| model.shared().unwrap().epoch == epoch);
            shown.await.unwrap();
        }
        refused
    }
}

async fn asked(line: &mut Connection, n: u8, cmd: Command) -> Option<Code> {
    let cid = CommandId::from_bytes([n; 16]);
    line.send(&ClientFrame::Do { cid, seen: Seq(0), cmd }).await.unwrap();
    loop {
        let frame = soon(line.next_text()).await.unwrap();
        let frame: ServerFrame = serde_json::from_str(&frame).unwrap();
        if matches!(frame, ServerFrame::Done { cid: of, .. } if of == cid) {
            return None;
        }
        if let ServerFrame::Refused { cid: Some(of), code, .. } = frame
            && of == cid
        {
            return Some(code);
        }
    }
}

/// What the host wants is done, though they are quicker with every line as often as the room lets them.
async fn done_in_the_end(
    set: &mut Set,
    quick: &mut Quick,
    what: &str,
    prepared: impl Fn(&Client) -> Command,
) {
    quick.co.catch_up(set.host.model().seq()).await.unwrap();
    for tried in 0..TRIES {
        set.host.catch_up(quick.co.model().seq()).await.unwrap();
        let command = prepared(&set.host);
        for _ in 0..3 {
            let refused = quick.moves().await;
            // Nobody is kept from anything before the host was late, nor once the host is served.
            assert_eq!(refused, (tried > 0).then_some(Code::TooFast), "{what}, {tried}");
        }
        let Some(code) = set.host.do_(command).await.unwrap().refused() else { return };
        assert!(matches!(code, Code::StaleEpoch | Code::StaleRoster), "{what}: {code:?}");
    }
    panic!("{what}: always late");
}

#[tokio::test]
async fn a_co_facilitator_who_is_always_quicker_keeps_the_host_from_nothing() {
    let Scene { mut set, co, ben, .. } = scene().await;
    let (seat, own) = (co.seat().unwrap(), co.device());
    let mut quick = Quick::of(&set, co).await;

    let links = |host: &Client| Command::Rekey { keys: new_key(host, &[], &[LinkRole::Observer]) };
    done_in_the_end(&mut set, &mut quick, "a link", links).await;

    let cleo = set.knock(LinkRole::Member, "Cleo").await;
    let device = cleo.device();
    set.host.wait_for("the knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let admits = |host: &Client| {
        let (mut keys, knock) = (host.keyring().clone(), &host.model().knocks[&device]);
        let edits = &host.shared().unwrap().roster;
        let (grant, edit) = keys.admit(knock, None, edits, None, &mut rng(41)).unwrap();
        Command::Admit { device, grant, seat: None, edit: Some(edit) }
    };
    done_in_the_end(&mut set, &mut quick, "somebody new", admits).await;

    let signer = set.links.host.keys().host_holder();
    let shorter = |host: &Client| {
        let roster = roster_of(host);
        let all = roster.holders().values().cloned().collect();
        let whole = Changes { whole: true, add: all, ..Changes::default() };
        let place = (roster.n() + 1, roster.epoch(), roster.commit().unwrap());
        let edit = sign_edit(&roster, host.keyring().set(), place, whole, &signer);
        Command::EditRoster { edit: Arc::new(edit) }
    };
    done_in_the_end(&mut set, &mut quick, "a shorter chain", shorter).await;
    quick.co.catch_up(set.host.model().seq()).await.unwrap();
    // It is what the host's browser puts a spoilt key right with, so that what the host wants can follow.
    assert_eq!(quick.moves().await, Some(Code::TooFast));
    set.server.clock.advance(HOST_FIRST_MS);

    let removes = |host: &Client| Command::Remove { seat, keys: new_key(host, &[own], &[]) };
    done_in_the_end(&mut set, &mut quick, "them", removes).await;
    let shared = set.host.shared().unwrap();
    assert!(!shared.devices.contains_key(&own) && !shared.seats.contains_key(&seat));
    assert!(shared.devices.contains_key(&ben.device()) && shared.devices.contains_key(&device));
    for line in &mut quick.others {
        assert_eq!(closed(&soon(rest(line)).await.1), CloseCode::NotAllowed.code());
    }
}

/// A host who was late and does not come again keeps nobody waiting.
#[tokio::test]
async fn a_host_who_was_late_is_waited_for_a_few_seconds_and_no_longer() {
    let Scene { mut set, co, .. } = scene().await;
    let mut quick = Quick::of(&set, co).await;
    let late = Command::Rekey { keys: new_key(&set.host, &[], &[]) };
    assert_eq!(quick.moves().await, None);
    assert_eq!(set.host.do_(late).await.unwrap().refused(), Some(Code::StaleEpoch));
    set.server.clock.advance(HOST_FIRST_MS - 1);
    assert_eq!(quick.moves().await, Some(Code::TooFast));
    // Everything else is theirs as before.
    quick.co.must("the door", Command::Lock { on: true }).await.unwrap();
    set.server.clock.advance(1);
    assert_eq!(quick.moves().await, None);
}
