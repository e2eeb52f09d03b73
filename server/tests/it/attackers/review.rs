//! A meeting that has come to the part in which everybody may write for themselves alone.

use setroom_client::Client;
use setroom_protocol::Command;

use crate::support::people::Set;

/// Brings the set there, and everybody with it.
pub(super) async fn reached(set: &mut Set, people: &mut [&mut Client]) {
    let host = set.host.seat().unwrap();
    set.host_does(Command::SetOrder { order: vec![host] }).await;
    set.host_does(Command::Start).await;
    let parts = set.host.shared().unwrap().agenda;
    let at = parts.iter().position(|part| part.id == "process_review").unwrap();
    let seq = set.host_does(Command::GoTo { part: u32::try_from(at).unwrap() }).await;
    for person in people {
        person.catch_up(seq).await.unwrap();
        person.must("the charter", Command::AgreeCharter).await.unwrap();
    }
}
