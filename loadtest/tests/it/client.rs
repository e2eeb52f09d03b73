//! The client as people: what one types the others read, and a key that changed keeps out whom it
//! was to keep out. The rules are the real ones; only the server around them is small.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use setroom_client::seal::SealError;
use setroom_client::{
    Answer, Client, ClientError, Dial, DialError, Ended, Links, Tape, create_set,
};
use setroom_protocol::{Code, Command, LinkRole, Mode, TextKind};

use super::fake::{self, Fake, Faults};

fn rng(of: u64) -> StdRng {
    StdRng::seed_from_u64(of)
}

struct Room {
    dial: Dial,
    links: Links,
    host: Client,
    _server: Fake,
}

async fn room() -> Room {
    let server = fake::start(Faults::default()).await;
    let dial = Dial::to(&server.url).unwrap();
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(1)).await.unwrap();
    let host = Client::host(&dial, &links, "Tuesday", "Asha", rng(2)).await.unwrap();
    Room { dial, links, host, _server: server }
}

impl Room {
    async fn join(&mut self, role: LinkRole, name: &str, seed: u64) -> Client {
        let link = self.links.of(role);
        let mut client = Client::knock(&self.dial, link, name, rng(seed)).await.unwrap();
        assert!(!client.model().is_in() && client.model().lobby().is_some());
        let answer = self.host.admit(client.device()).await.unwrap();
        assert!(answer.done().is_some(), "{answer:?}");
        client.enter(name).await.unwrap();
        client
    }
}

/// Waits until `reader` sees that person's name, and opens it.
async fn name_of(reader: &mut Client, of: &Client) -> Result<Option<String>, ClientError> {
    let seat = of.seat()?;
    reader
        .wait_for("a name", |model| {
            let shared = model.shared().unwrap();
            shared.items.values().any(|at| at.kind == TextKind::Name && at.seat == seat)
        })
        .await?;
    reader.text(TextKind::Name, seat)
}

#[tokio::test]
async fn what_one_writes_the_others_read() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    let mut cleo = room.join(LinkRole::Observer, "Cleo", 4).await;
    for reader in [&mut cleo, &mut room.host] {
        assert_eq!(name_of(reader, &ben).await.unwrap().as_deref(), Some("Ben"));
    }
    assert_eq!(name_of(&mut ben, &room.host).await.unwrap().as_deref(), Some("Asha"));
    assert_eq!(ben.text(TextKind::Title, room.host.seat().unwrap()).unwrap().unwrap(), "Tuesday");

    // A second revision follows the first, and all views are one.
    let item = setroom_protocol::ItemId::from_bytes(*ben.seat().unwrap().as_bytes());
    let seq = ben.put_again(item, TextKind::Name, "Benjamin", None).await.unwrap().done().unwrap();
    for reader in [&mut ben, &mut cleo, &mut room.host] {
        reader.catch_up(seq).await.unwrap();
        assert_eq!(reader.read(item).unwrap().as_deref(), Some("Benjamin"));
        assert_eq!(reader.model().sequence.lost() + reader.model().sequence.duplicated, 0);
    }
    assert_eq!(ben.model().shared_value(), cleo.model().shared_value());
}

#[tokio::test]
async fn refusals_are_answers() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    assert_eq!(ben.do_(Command::Start).await.unwrap().refused(), Some(Code::Role));
    let must = ben.must("the start", Command::Start).await;
    assert!(matches!(must, Err(ClientError::Refused { what: "the start", code: Code::Role })));
    // Two under way, answered in whatever order they are asked about.
    let (one, two) = (ben.fresh_cid(), ben.fresh_cid());
    let seen = ben.model().seq();
    ben.ask(one, seen, Command::AgreeCharter).await.unwrap();
    ben.ask(two, seen, Command::Start).await.unwrap();
    assert!(matches!(ben.answer_to(two).await, Ok(Answer::Refused { code: Code::Role, .. })));
    assert!(matches!(ben.answer_to(one).await, Ok(Answer::Done(_))));
}

#[tokio::test]
async fn a_removed_person_has_no_key_to_what_follows() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    let cleo = room.join(LinkRole::Member, "Cleo", 4).await;
    let seat = cleo.seat().unwrap();
    let (old, gone) = (room.host.shared().unwrap().epoch, cleo.keyring().clone());
    room.host.catch_up(cleo.model().seq()).await.unwrap();
    assert!(room.host.remove(seat).await.unwrap().done().is_some());

    let epoch = old + 1;
    ben.wait_for("the new key", |model| model.shared().unwrap().epoch == epoch).await.unwrap();
    ben.next_key().await.unwrap();
    let item = setroom_protocol::ItemId::from_bytes(*ben.seat().unwrap().as_bytes());
    let seq = ben.put_again(item, TextKind::Name, "Ben, later", None).await.unwrap().done();
    room.host.catch_up(seq.unwrap()).await.unwrap();
    assert_eq!(room.host.read(item).unwrap().as_deref(), Some("Ben, later"));
    let shared = room.host.shared().unwrap();
    let opened = gone.open(shared.meeting, item, &shared.items[&item]);
    assert_eq!(opened, Err(SealError::Epoch));
}

#[tokio::test]
async fn a_refused_change_of_keys_leaves_the_old_ones() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    let before = ben.keyring().keys().clone();
    // A member holds no keys to change.
    assert_eq!(ben.rekey(&[]).await.unwrap().refused(), Some(Code::StaleRoster));
    assert_eq!(*ben.keyring().keys(), before);
    assert_eq!(room.host.do_(Command::Leave).await.unwrap().refused(), Some(Code::Role));
    let host_before = room.host.keyring().keys().clone();
    room.host.do_(Command::Start).await.unwrap();
    // The host's own removal is refused.
    let own = room.host.seat().unwrap();
    assert_eq!(room.host.remove(own).await.unwrap().refused(), Some(Code::Role));
    assert_eq!(*room.host.keyring().keys(), host_before);
    assert_eq!(before.current().map(|(epoch, _)| epoch), Some(1));
}

#[tokio::test]
async fn grants_go_on_under_the_link_that_somebody_came_by() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    for epoch in 2..5 {
        room.host.catch_up(ben.model().seq()).await.unwrap();
        let answer = room.host.rekey(&[LinkRole::Member]).await.unwrap();
        assert!(answer.done().is_some(), "{answer:?}");
        ben.wait_for("the new key", |model| model.shared().unwrap().epoch == epoch).await.unwrap();
        ben.next_key().await.unwrap();
        assert!(ben.keyring().keys().key(epoch).is_some());
    }
    assert_ne!(room.host.keyring().links()[&LinkRole::Member], room.links.member);
}

#[tokio::test]
async fn a_co_facilitator_can_do_what_the_host_can() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    let mut co = room.join(LinkRole::CoFacilitator, "Co", 4).await;
    // They check knocks and show the links; the host's own link is the host's alone.
    let links = co.keyring().links().keys().copied().collect::<Vec<_>>();
    assert_eq!(links, LinkRole::SHARED);
    let mut dana = Client::knock(&room.dial, &room.links.member, "Dana", rng(5)).await.unwrap();
    assert!(co.admit(dana.device()).await.unwrap().done().is_some());
    dana.enter("Dana").await.unwrap();
    assert_eq!(name_of(&mut room.host, &dana).await.unwrap().as_deref(), Some("Dana"));

    // Ben was let in by the host before there was a co-facilitator: that there is one now, and who,
    // the roster says, signed by the host.
    co.catch_up(dana.model().seq()).await.unwrap();
    assert!(co.rekey(&[]).await.unwrap().done().is_some());
    for who in [&mut ben, &mut dana, &mut room.host] {
        who.wait_for("a new key", |model| model.shared().unwrap().epoch == 2).await.unwrap();
        who.next_key().await.unwrap();
        assert_eq!(who.keyring().keys().key(2), co.keyring().keys().key(2));
    }
}

#[tokio::test]
async fn the_host_link_opens_the_set_on_a_new_device() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    room.host.cut();
    let mut again = Client::knock(&room.dial, &room.links.host, "Asha", rng(6)).await.unwrap();
    assert!(again.model().is_in(), "the own link needs nobody to admit");
    again.take_grant().unwrap();
    assert_eq!(again.keyring().links().len(), 4);
    assert_eq!(name_of(&mut again, &ben).await.unwrap().as_deref(), Some("Ben"));
    // The new browser takes its place on the roster, and what it hands out from there is believed.
    assert!(again.take_place().await.unwrap().done().is_some());
    assert!(again.rekey(&[]).await.unwrap().done().is_some());
    ben.wait_for("a new key", |model| model.shared().unwrap().epoch == 2).await.unwrap();
    ben.next_key().await.unwrap();
}

#[tokio::test]
async fn what_is_for_its_author_alone_takes_no_place_and_is_under_their_own_key() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    ben.must("the charter", Command::AgreeCharter).await.unwrap();
    room.host.must("the start", Command::Start).await.unwrap();
    let agenda = room.host.shared().unwrap().agenda;
    let part = agenda.iter().position(|part| part.id == "close").unwrap();
    let part = u32::try_from(part).unwrap();
    let seq = room.host.must("the move", Command::GoTo { part }).await.unwrap();
    ben.catch_up(seq).await.unwrap();
    let (seat, at) = (ben.seat().unwrap(), ben.model().seq());
    let (item, answer) = ben.put(TextKind::Action, "Call Nia", None).await.unwrap();
    // The answer names the place that everybody is at.
    assert_eq!(answer, Answer::Done(at));
    ben.wait_for("the own text", |model| model.own().unwrap().items.contains_key(&item))
        .await
        .unwrap();
    let own = ben.model().own().unwrap();
    assert!(own.items[&item].sealed.is_own());
    assert_eq!(ben.read(item).unwrap().as_deref(), Some("Call Nia"));
    assert_eq!(room.host.read(item).unwrap(), None);
    // The next thing that all can see has the next place.
    assert_eq!(ben.must("a tick", Command::Tick { on: true }).await.unwrap(), at.next());

    // To let others see it, it has to be sealed for them.
    let released = ben.do_(Command::ReleaseItem { item }).await.unwrap();
    assert_eq!(released.refused(), Some(Code::SealedOwn));
    let (hidden, _) = ben.put(TextKind::Action, "Sleep on it", None).await.unwrap();
    let seq = ben.release(item).await.unwrap().done().unwrap();
    room.host.catch_up(seq).await.unwrap();
    assert_eq!(room.host.read(item).unwrap().as_deref(), Some("Call Nia"));

    // On another browser of theirs, the facilitator who lets them in helps them to the rest.
    room.host
        .wait_for("help", |model| model.own().unwrap().recover.contains_key(&seat))
        .await
        .unwrap();
    ben.cut();
    let mut again = Client::knock(&room.dial, &room.links.member, "Ben", rng(8)).await.unwrap();
    let answer = loop {
        // As long as he is there, he would be asked first.
        let answer = room.host.admit_as(again.device(), Some(seat)).await.unwrap();
        if answer.refused() != Some(Code::SeatHere) {
            break answer;
        }
    };
    assert!(answer.done().is_some(), "{answer:?}");
    again.enter("Ben").await.unwrap();
    assert_eq!(again.read(hidden).unwrap().as_deref(), Some("Sleep on it"));
}

#[tokio::test]
async fn a_cut_line_comes_back_to_the_same_seat() {
    let mut room = room().await;
    let mut ben = room.join(LinkRole::Member, "Ben", 3).await;
    let seat = ben.seat().unwrap();
    ben.cut();
    assert!(matches!(
        ben.do_(Command::AgreeCharter).await,
        Err(ClientError::Ended(Ended::Lost(_)))
    ));
    let seq = room.host.must("the start", Command::Start).await.unwrap();
    ben.come_back().await.unwrap();
    ben.catch_up(seq).await.unwrap();
    assert_eq!(ben.seat().unwrap(), seat);
    assert_eq!(ben.model().snapshots, 2);
    assert_eq!(ben.model().shared_value(), room.host.model().shared_value());
}

#[tokio::test]
async fn forged_knocks_are_not_admitted() {
    let mut room = room().await;
    // Somebody with a link's token but not its secret: here, with another link to the same set.
    let mut forged = room.links.member.clone();
    forged.secret = setroom_client::seal::Secret::from_bytes([9; 32]);
    let stranger = Client::knock(&room.dial, &forged, "Ben", rng(7)).await.unwrap();
    let admitted = room.host.admit(stranger.device()).await;
    assert!(matches!(admitted, Err(ClientError::Seal(SealError::Mac))), "{admitted:?}");
}

#[tokio::test]
async fn the_tape_keeps_what_came_and_no_text_is_in_it() {
    let mut room = room().await;
    let tape = Tape::default();
    room.dial = room.dial.clone().tape(&tape);
    let ben = room.join(LinkRole::Member, "Ben of the canary", 3).await;
    assert!(tape.holds(br#"{"t":"lobby""#) && tape.holds(br#"{"t":"snapshot""#));
    assert!(tape.holds(ben.seat().unwrap().to_string().as_bytes()));
    assert!(!tape.holds(b"canary"));
}

#[tokio::test]
async fn what_never_comes_is_waited_for_in_vain() {
    let room = room().await;
    let mut lonely = Client::knock(&room.dial, &room.links.member, "Ben", rng(3)).await.unwrap();
    lonely.wait_at_most(std::time::Duration::from_millis(50));
    let waited = lonely.wait_for("a miracle", |_| false).await;
    assert!(matches!(waited, Err(ClientError::Late("a miracle"))), "{waited:?}");
    for bad in ["", "ws://x", "http://", "http://a b", "http://u@h", "http://h/x"] {
        assert!(matches!(Dial::to(bad), Err(DialError::Url(_))), "{bad}");
    }
}
