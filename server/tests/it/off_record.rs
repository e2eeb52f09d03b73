//! A round off the record on a real server: the lines reach who has the key and nothing else, nothing of it
//! is written, and a restart, its time and its end leave nothing.

use std::collections::BTreeSet;

use setroom_client::{Client, ClientError, OffRecordKeys, Tape};
use setroom_protocol::{Code, Command, LinkRole, SeatId, limits};

use crate::support::canaries::Canary;
use crate::support::judged::Judge;
use crate::support::people::{frames, rng};
use crate::support::process::Process;

/// Takes part: announces a pair, and has the key handed over by somebody who has it.
pub(crate) async fn takes_part(
    who: &mut Client,
    by: &mut Client,
    from: &OffRecordKeys,
) -> Result<OffRecordKeys, ClientError> {
    who.wait_for("the round", |model| model.off_record.round.is_some()).await?;
    let (answer, mut keys) = who.announce_off_record().await?;
    assert!(answer.done().is_some(), "{answer:?}");
    by.wait_for("a pair", |model| !model.off_record.wanted.is_empty()).await?;
    by.grant_off_record(from).await?;
    who.wait_for("the key", |model| !model.off_record.grants.is_empty()).await?;
    who.open_off_record(&mut keys)?;
    Ok(keys)
}

pub(crate) async fn writes(who: &mut Client, keys: &OffRecordKeys, text: &str) -> String {
    let command = who.off_record_line(keys, text).unwrap();
    let Command::OffRecordLine(line) = &command else { panic!() };
    let sealed = line.sealed.as_str().to_owned();
    who.must("a line", command).await.unwrap();
    sealed
}

pub(crate) async fn reads(
    who: &mut Client,
    keys: &OffRecordKeys,
    count: usize,
) -> Vec<(SeatId, String)> {
    who.wait_for("the lines", |model| model.off_record.lines.len() == count).await.unwrap();
    who.off_record_lines(keys).unwrap()
}

async fn is_over(who: &mut Client) {
    who.wait_for("the end", |model| model.off_record.round.is_none()).await.unwrap();
    assert!(who.model().off_record.lines.is_empty());
}

/// The kinds of frames of a round that a line was sent.
fn of_round(tape: &Tape) -> BTreeSet<String> {
    let kinds = frames(tape).into_iter().filter_map(|frame| frame["t"].as_str().map(str::to_owned));
    kinds.filter(|kind| kind.starts_with("off_record")).collect()
}

// fault: F30 — whoever comes back to a round that is over is told so, and is sent nothing of it
#[tokio::test]
async fn lines_reach_who_has_the_key_and_nothing_of_them_is_written() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let (mut cleo, tape) = {
        let tape = Tape::default();
        let dial = set.dial.clone().tape(&tape);
        (set.person_by(&dial, LinkRole::Member, "Cleo").await, tape)
    };
    let mut olga = set.person(LinkRole::Observer, "Olga").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben, &mut cleo, &mut olga]).await;
    let before = set.stored().await;

    let (answer, host) = set.host.begin_off_record().await.unwrap();
    assert!(answer.done().is_some(), "{answer:?}");
    set.host.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    let bens = takes_part(&mut ben, &mut set.host, &host).await.unwrap();
    let olgas = takes_part(&mut olga, &mut set.host, &host).await.unwrap();
    let mut boxes = vec![writes(&mut ben, &bens, "canaryBen").await];
    boxes.push(writes(&mut set.host, &host, "canaryHost").await);
    let ben_seat = ben.seat().unwrap();
    let read = reads(&mut olga, &olgas, 2).await;
    assert_eq!(read[0], (ben_seat, "canaryBen".to_owned()));
    assert_eq!(read[1].1, "canaryHost");
    let line = olga.off_record_line(&olgas, "canaryOlga").unwrap();
    assert_eq!(olga.do_(line).await.unwrap().refused(), Some(Code::Role));

    // Cleo has not announced a pair: they know that there is a round, and are sent nothing of it.
    cleo.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    assert_eq!(of_round(&tape), BTreeSet::new());

    // A line that breaks: the same page goes on, and has what was written meanwhile.
    ben.cut();
    boxes.push(writes(&mut set.host, &host, "canaryMeanwhile").await);
    ben.come_back().await.unwrap();
    let read = reads(&mut ben, &bens, 3).await;
    assert_eq!(read[2].1, "canaryMeanwhile");

    // Another page of the same browser: it announces another pair, and the old grant is no use to it.
    let again = takes_part(&mut ben, &mut set.host, &host).await.unwrap();
    assert_eq!(reads(&mut ben, &again, 3).await.len(), 3);

    // The host's own page is another: a member hands the key back.
    let (answer, mut anew) = set.host.announce_off_record().await.unwrap();
    assert!(answer.done().is_some(), "{answer:?}");
    ben.wait_for("the host's pair", |model| !model.off_record.wanted.is_empty()).await.unwrap();
    ben.grant_off_record(&again).await.unwrap();
    set.host.wait_for("the key", |model| !model.off_record.grants.is_empty()).await.unwrap();
    set.host.open_off_record(&mut anew).unwrap();
    assert_eq!(reads(&mut set.host, &anew, 3).await.len(), 3);

    let round = set.host.model().off_record.round.unwrap().id;
    olga.cut();
    set.host_does(Command::EndOffRecord { round }).await;
    is_over(&mut ben).await;
    is_over(&mut cleo).await;
    olga.come_back().await.unwrap();
    is_over(&mut olga).await;
    let after = set.stored().await;
    // An agreement between people is a row of its own; of the round there is none.
    assert_eq!(after, before, "not even that there was a round");
    for sealed in &boxes {
        assert!(!after.contains(sealed));
    }
    let verdict = judge.verdict(&set).await;
    assert!(verdict.is_green(), "{verdict}");
    assert!(verdict.counts.off_record > 15, "{verdict}");
}

#[tokio::test]
async fn a_round_ends_after_ninety_minutes_by_the_servers_clock() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben]).await;
    let (_, host) = set.host.begin_off_record().await.unwrap();
    set.host.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    let bens = takes_part(&mut ben, &mut set.host, &host).await.unwrap();
    writes(&mut ben, &bens, "a line").await;
    reads(&mut set.host, &host, 1).await;
    set.server.clock.advance(limits::OFF_RECORD_MS - 60_000);
    writes(&mut ben, &bens, "a last line").await;
    reads(&mut set.host, &host, 2).await;
    let late = ben.off_record_line(&bens, "too late").unwrap();
    set.server.clock.advance(60_000);
    is_over(&mut ben).await;
    is_over(&mut set.host).await;
    assert_eq!(ben.do_(late).await.unwrap().refused(), Some(Code::NoItem));
}

#[tokio::test]
async fn a_round_ends_when_who_began_it_leaves_and_when_somebody_is_removed() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut co = set.person(LinkRole::CoFacilitator, "Cora").await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let (mut cleo, tape) = set.taped(LinkRole::Member, "Cleo").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo]).await;
    let (_, _) = co.begin_off_record().await.unwrap();
    for person in [&mut set.host, &mut ben, &mut cleo] {
        person.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    }
    // A page that is closed is no leave: it may be a reload.
    co.go().await.unwrap();
    co.come_back().await.unwrap();
    co.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    co.do_(Command::Leave).await.ok();
    for person in [&mut set.host, &mut ben, &mut cleo] {
        is_over(person).await;
    }

    let (_, host) = set.host.begin_off_record().await.unwrap();
    set.host.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    let bens = takes_part(&mut ben, &mut set.host, &host).await.unwrap();
    let cleos = takes_part(&mut cleo, &mut set.host, &host).await.unwrap();
    writes(&mut ben, &bens, "with Cleo").await;
    reads(&mut cleo, &cleos, 1).await;
    let first = set.host.model().off_record.round.unwrap().id.to_string();
    let late = ben.off_record_line(&bens, "without Cleo").unwrap();
    let removed = set.host.remove(cleo.seat().unwrap()).await.unwrap();
    assert!(removed.done().is_some(), "{removed:?}");
    is_over(&mut set.host).await;
    is_over(&mut ben).await;
    assert_eq!(ben.do_(late).await.unwrap().refused(), Some(Code::NoItem));
    cleo.until_ended().await.unwrap();
    // The next round is another: she is sent nothing of it, and the key that she has kept is none of it.
    ben.next_key().await.unwrap();
    let (_, host) = set.host.begin_off_record().await.unwrap();
    set.host.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    let bens = takes_part(&mut ben, &mut set.host, &host).await.unwrap();
    let sealed = writes(&mut ben, &bens, "without Cleo").await;
    reads(&mut set.host, &host, 1).await;
    let next = set.host.model().off_record.round.unwrap().id.to_string();
    assert!(tape.holds(first.as_bytes()));
    assert!(!tape.holds(next.as_bytes()) && !tape.holds(sealed.as_bytes()));
    assert!(set.host.off_record_lines(&cleos).is_err(), "with the key of the round before");
}

// fault: F29 — the round is gone by design, nothing of it is found, and everybody is told so
#[tokio::test]
async fn a_restart_loses_the_round_and_leaves_no_trace_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let process = Process::start(&data, &log);
    let dial = process.dial.clone();
    let links = setroom_client::create_set(
        &dial,
        "short_90",
        "classic",
        setroom_protocol::Mode::Set,
        &mut rng(5),
    )
    .await
    .unwrap();
    let mut host = Client::host(&dial, &links, "Tuesday set", "Ruth", rng(6)).await.unwrap();
    let mut ben = Client::knock(&dial, links.of(LinkRole::Member), "Ben", rng(7)).await.unwrap();
    host.admit(ben.device()).await.unwrap();
    ben.enter("Ben").await.unwrap();
    host.must("the start", Command::Start).await.unwrap();
    let (_, keys) = host.begin_off_record().await.unwrap();
    host.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    let bens = takes_part(&mut ben, &mut host, &keys).await.unwrap();
    let sealed = writes(&mut ben, &bens, "canaryRestart9").await;
    let id = host.model().off_record.round.unwrap().id;
    process.kill();

    let process = Process::start(&data, &log);
    for person in [&mut host, &mut ben] {
        person.cut();
        person.redial(&process.dial);
        person.come_back().await.unwrap();
        is_over(person).await;
    }
    let line = Command::EndOffRecord { round: id };
    assert_eq!(host.do_(line).await.unwrap().refused(), Some(Code::Already));
    process.kill();
    let canaries = [
        Canary::word("canaryRestart9"),
        Canary::exact("the box", &sealed),
        Canary::exact("the round", &id.to_string()),
        Canary::secret("the key", keys.key.unwrap().as_bytes()),
    ];
    let places = [data, log];
    let verdict = setroom_checker::canaries::look(&canaries, &places).unwrap();
    assert!(verdict.is_green(), "{verdict}");
    // The search can find: the set's own id is there.
    let known = [Canary::secret("the set", links.set().as_bytes())];
    assert!(!setroom_checker::canaries::look(&known, &places).unwrap().is_green());
}
