//! What is asked at the end: a meeting is played, and disk and everybody's lines are searched for what is
//! nobody's.

use serde_json::Value;
use setroom_client::{Client, Tape};
use setroom_protocol::attendance::Attended;
use setroom_protocol::{
    BOX_OVERHEAD, Code, Command, FormAnswer, ItemId, LinkRole, MeetingId, Mode, Sealed, Timestamp,
};

use crate::support::judged::Judge;
use crate::support::people::{Set, frames};
use crate::support::soon;

fn answer(of: &Client, n: u8) -> (Command, String) {
    let mut bytes = vec![n; BOX_OVERHEAD + 256];
    bytes[0] = 1;
    bytes[1..5].copy_from_slice(&of.shared().unwrap().epoch.to_be_bytes());
    let sealed = Sealed::from_bytes(&bytes).unwrap();
    let text = sealed.as_str().to_owned();
    (
        Command::AnswerForm(FormAnswer { item: ItemId::from_bytes([n; 16]), sealed, again: false }),
        text,
    )
}

#[tokio::test]
async fn answers_are_in_no_entry_and_on_no_line_until_five_are_shown_at_once() {
    let judge = Judge::new();
    let host = Tape::default();
    let mut set = judge.taped(&host).await;
    let mut people = Vec::new();
    for name in ["Ben", "Cleo", "Dilys", "Efa"] {
        people.push(set.taped(LinkRole::Member, name).await);
    }
    set.host_does(Command::Start).await;
    set.agree(&mut people.iter_mut().map(|(person, _)| person).collect::<Vec<_>>()).await;
    for (person, _) in &mut people {
        person.must("the rules", Command::AgreeCharter).await.unwrap();
    }
    set.agree(&mut people.iter_mut().map(|(person, _)| person).collect::<Vec<_>>()).await;
    let (disk, before) = (set.stored().await, frames(&host).len());
    let mut boxes = Vec::new();
    for (n, (person, _)) in (0x91..).zip(&mut people) {
        let (command, text) = answer(person, n);
        person.must("an answer", command).await.unwrap();
        boxes.push(text);
    }
    assert_eq!(set.host.do_(Command::ShowForm).await.unwrap().refused(), Some(Code::Few));
    assert_eq!(set.stored().await, disk, "nothing is written down");
    assert!(frames(&host)[before..].iter().all(|frame| frame["t"] != "change"));
    let (command, text) = answer(&set.host, 0x90);
    boxes.push(text);
    set.host_does(command).await;
    set.host_does(Command::ShowForm).await;
    let view =
        set.agree(&mut people.iter_mut().map(|(person, _)| person).collect::<Vec<_>>()).await;
    assert_eq!(view["form"].as_object().unwrap().len(), 5);
    let written = set.stored().await.replace(&disk, "");
    assert!(boxes.iter().all(|text| written.contains(text)), "the search can find");
    let told: Vec<_> = frames(&host).iter().map(Value::to_string).collect();
    let told = told.iter().find(|frame| frame.contains("form_shown")).unwrap();
    for (person, _) in &people {
        for who in [person.seat().unwrap().to_string(), person.device().to_string()] {
            assert!(!written.contains(&who) && !told.contains(&who), "{written}");
        }
    }
    judge.finds_nothing(&set).await;
}

#[tokio::test]
async fn who_was_there_is_numbers_on_the_disk_and_a_list_for_those_with_the_controls() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let (mut ben, tape) = set.taped(LinkRole::Member, "Ben").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben]).await;
    let disk = set.stored().await;
    set.host_does(Command::Close).await;
    let seat = ben.seat().unwrap();
    set.host.wait_for("the list", |model| model.attended.contains_key(&seat)).await.unwrap();
    let seats = [(seat, Attended::LeftEarly), (set.host.seat().unwrap(), Attended::Came)].into();
    let meeting = set.host.shared().unwrap().meeting;
    set.host_does(Command::SetAttendance { meeting, seats }).await;
    let left = |model: &setroom_client::Model| model.attended[&seat] == Attended::LeftEarly;
    set.host.wait_for("the correction", left).await.unwrap();
    let view = set.agree(&mut [&mut ben]).await;
    let kept = view["attendance"].as_object().unwrap().values().next().unwrap();
    assert_eq!(kept["counts"], serde_json::json!({ "came": 1, "left_early": 1 }));
    assert!(kept.get("by").is_none());
    let written = set.stored().await.replace(&disk, "");
    // Behind the numbers would be who it was.
    assert!(written.contains(r#""counts":{"came":1,"left_early":1}}"#), "{written}");
    assert!(frames(&tape).iter().all(|frame| frame["t"] != "attendance"));
    judge.finds_nothing(&set).await;
}

#[tokio::test]
async fn where_people_may_not_travel_no_line_and_no_entry_says_who_was_there() {
    let judge = Judge::new();
    let host = Tape::default();
    let mut set = judge.taped(&host).await;
    set.host_does(Command::SetMode { mode: Mode::Chatham }).await;
    set.host_does(Command::Start).await;
    set.host_does(Command::Close).await;
    let view = set.agree(&mut []).await;
    assert_eq!(view["attendance"], serde_json::json!({}));
    let disk = set.stored().await;
    assert!(!disk.contains("attendance") && !disk.contains("counts"), "{disk}");
    assert!(frames(&host).iter().all(|frame| frame["t"] != "attendance"));
}

/// A meeting of two who agree to names was held, and the next one is begun.
pub(crate) async fn meets_by_name(set: &mut Set, ben: &mut Client) {
    set.host_does(Command::AgreeNames { on: true }).await;
    ben.must("names", Command::AgreeNames { on: true }).await.unwrap();
    set.agree(&mut [&mut *ben]).await;
    set.host_does(Command::Start).await;
    set.host_does(Command::Close).await;
    let next = set.host.next_meeting(MeetingId::from_bytes([0x21; 16])).await.unwrap();
    assert!(next.done().is_some());
    set.host_does(Command::Start).await;
}

#[tokio::test]
async fn one_who_takes_names_back_takes_them_off_the_disk_also_while_a_meeting_runs() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let (mut ben, _) = set.taped(LinkRole::Member, "Ben").await;
    meets_by_name(&mut set, &mut ben).await;
    let view = set.agree(&mut [&mut ben]).await;
    let kept = view["attendance"].as_object().unwrap().values().next().unwrap();
    let named = format!(r#""by":{{"{}""#, kept["by"].as_object().unwrap().keys().next().unwrap());
    assert!(set.stored().await.contains(&named), "the search can find");
    ben.must("no names", Command::AgreeNames { on: false }).await.unwrap();
    // The next answer comes behind what was made small.
    ben.must("a recorder", Command::SayRecorder { on: false }).await.unwrap();
    let disk = set.stored().await;
    assert!(disk.contains(r#""counts":{"came":2}"#) && !disk.contains(&named), "{disk}");
    // What the next meeting made small cannot be looked at any more.
    let verdict = judge.verdict(&set).await;
    assert!(verdict.is_green(), "{verdict}");
}

#[tokio::test]
async fn who_comes_and_has_not_agreed_takes_names_off_the_disk_and_a_moved_date_who_could_not_come()
{
    let judge = Judge::new();
    let mut set = judge.set().await;
    let (mut ben, _) = set.taped(LinkRole::Member, "Ben").await;
    meets_by_name(&mut set, &mut ben).await;
    assert!(set.stored().await.contains(r#""by":{""#), "the search can find");
    let (mut cleo, _) = set.taped(LinkRole::Member, "Cleo").await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
    ben.must("a recorder", Command::SayRecorder { on: false }).await.unwrap();
    let disk = set.stored().await;
    assert!(disk.contains(r#""counts":{"came":2}"#) && !disk.contains(r#""by":{""#), "{disk}");

    let ahead = MeetingId::from_bytes([0x31; 16]);
    let clock = Timestamp(set.server.running.state().clock.now_ms());
    let on = |day: u64| {
        let starts_at = clock.plus(day * 86_400_000);
        Command::SetDates { dates: [(ahead, starts_at)].into(), fixes: false }
    };
    let (first, then) = (on(30), on(31));
    set.host_does(first).await;
    ben.must("away", Command::CannotCome { meeting: ahead, on: true }).await.unwrap();
    assert!(set.stored().await.contains("absence_said"), "the search can find");
    set.host_does(then).await;
    ben.must("a recorder", Command::SayRecorder { on: true }).await.unwrap();
    let disk = set.stored().await;
    assert!(disk.contains("absence_said"), "it was made small a moment ago, and is so at a pace");
    set.server.clock.advance(5_000);
    let gone = async {
        loop {
            let disk = set.stored().await;
            if !disk.contains("absence_said") && !disk.contains(r#""away""#) {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    soon(gone).await;
}
