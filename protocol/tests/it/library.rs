//! The shipped templates and plans: they load, their checks bite, and every one of them can be
//! played from the start to the close.

use std::collections::BTreeSet;

use setroom_protocol::method::{
    By, Fault, Floor, HandRule, Library, Plan, See, Stance, Template, agenda, library,
};
use setroom_protocol::room::{Clock, Stage, TurnState};
use setroom_protocol::{Change, Code, Command as C, limits};

use crate::support::*;

#[test]
fn all_that_is_shipped_loads() {
    let shipped = Library::shipped().unwrap();
    let templates: Vec<_> = shipped.templates.keys().map(String::as_str).collect();
    assert_eq!(
        templates,
        ["case_clinic", "classic", "gossip", "kollegiale", "question_gift", "troika", "wial"]
    );
    let plans: Vec<_> = shipped.plans.values().map(|p| (p.id.as_str(), p.minutes)).collect();
    let expected = [
        ("half_day_210", 210),
        ("half_day_training_210", 210),
        ("hpma_150", 150),
        ("hpma_180", 180),
        ("short_90", 90),
    ];
    assert_eq!(plans, expected);
    let minutes: Vec<_> = shipped.templates.values().map(|t| t.minutes).collect();
    assert_eq!(minutes, [64, 45, 40, 65, 25, 10, 90]);
}

/// What a browser seals under its author's own key is what no part shows to others.
#[test]
fn what_is_private_is_its_authors_alone_wherever_it_is_written() {
    let templates = library().templates.values().flat_map(|template| &template.phases);
    let mut kinds = BTreeSet::new();
    for write in templates.chain(library().steps.values()).flat_map(|phase| &phase.writes) {
        assert_eq!(write.kind.is_private(), write.see == See::Owner, "{:?}", write.kind);
        kinds.insert(write.kind);
    }
    assert!(kinds.len() > 8, "{kinds:?}");
}

/// Who is offered a note for themselves, as the method's sources have it: where people think, and where
/// whoever brought the issue only listens.
#[test]
fn phases_that_ask_for_writing_offer_a_note() {
    let phases = library().templates.values().flat_map(|template| &template.phases);
    let notes: Vec<_> =
        phases.filter_map(|phase| Some((phase.id.as_str(), phase.notes?))).collect();
    let expected = [
        ("clinic.stillness", By::Each),
        ("clinic.journal", By::Each),
        ("classic.clarify", By::Each),
        ("classic.explore", By::Each),
        ("classic.pause", By::Each),
        ("gossip.talk", By::Presenter),
        ("koll.ask", By::Each),
        ("troika.think", By::Each),
        ("troika.consult", By::Presenter),
        ("wial.inquiry1", By::Each),
        ("wial.inquiry2", By::Each),
        ("wial.inquiry3", By::Each),
    ];
    assert_eq!(notes, expected);
}

/// Every file in the folder is one that is shipped.
#[test]
fn no_data_file_is_forgotten() {
    for (folder, names) in [
        ("templates", library().templates.keys().cloned().collect::<Vec<_>>()),
        ("plans", library().plans.keys().cloned().collect()),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
        let mut files: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort_unstable();
        let expected: Vec<_> = names.iter().map(|name| format!("{name}.json")).collect();
        assert_eq!(files, expected);
    }
}

fn broken(change: impl Fn(&mut Library)) -> Fault {
    let mut copy = library().clone();
    change(&mut copy);
    copy.check().unwrap_err()
}

fn template(library: &mut Library) -> &mut Template {
    library.templates.get_mut("classic").unwrap()
}

fn plan(library: &mut Library) -> &mut Plan {
    library.plans.get_mut("short_90").unwrap()
}

#[test]
fn every_check_fails_on_a_broken_copy() {
    assert!(library().check().is_ok());
    for minutes in [[5, 4, 8], [1, 9, 8], [1, 2, limits::PART_MINUTES + 1]] {
        let fault = broken(|library| template(library).phases[1].minutes = minutes);
        assert_eq!(fault, Fault::Minutes("classic.clarify".into()), "{minutes:?}");
        let fault = broken(|library| library.steps.get_mut("bids").unwrap().minutes = minutes);
        assert_eq!(fault, Fault::Minutes("bids".into()));
    }
    let fault = broken(|library| template(library).phases[2].cue = "nothing".into());
    assert_eq!(fault, Fault::Cue("classic.explore".into(), "nothing".into()));
    let fault = broken(|library| drop(library.cues.remove("bids")));
    assert_eq!(fault, Fault::Cue("bids".into(), "bids".into()));
    let fault = broken(|library| template(library).minutes = 46);
    assert_eq!(fault, Fault::Sum("classic".into(), 46, 45));
    let fault = broken(|library| template(library).phases[0].id = "classic.act".into());
    assert_eq!(fault, Fault::Name("classic".into(), "classic.act".into()));
    let fault = broken(|library| template(library).phases[0].id = "present".into());
    assert_eq!(fault, Fault::Name("classic".into(), "present".into()));
    let fault = broken(|library| plan(library).steps[0].0 = "nothing".into());
    assert_eq!(fault, Fault::Step("short_90".into(), "nothing".into()));
    let fault = broken(|library| plan(library).steps[0].1 = 6);
    assert_eq!(fault, Fault::Sum("short_90".into(), 90, 91));
    let fault = broken(|library| {
        let plan = plan(library);
        plan.steps = vec![("slot".into(), 64); 11];
        plan.minutes = 11 * 64;
    });
    assert_eq!(fault, Fault::Parts("short_90".into()), "eleven slots of eight phases");
    let fault = broken(|library| {
        let plan = plan(library);
        plan.steps = vec![("slot".into(), 20)];
        plan.minutes = 20;
    });
    assert_eq!(fault, Fault::Sum("short_90 with case_clinic".into(), 20, 37));
    // What is just within a limit is sound.
    let mut edge = library().clone();
    template(&mut edge).phases[1].minutes[2] = limits::PART_MINUTES;
    edge.steps.get_mut("bids").unwrap().minutes[2] = limits::PART_MINUTES;
    let copy = edge.clone();
    let plans = [false, true].map(|first| copy.plans["short_90"].meeting(first));
    let pairs = copy.templates.values().flat_map(|with| plans.iter().map(move |plan| (plan, with)));
    let parts = pairs.map(|(plan, with)| agenda(&copy, plan, with).len());
    let more = limits::PARTS - parts.max().unwrap();
    plan(&mut edge).steps.extend(vec![("settle".into(), 0); more]);
    assert_eq!(edge.check(), Ok(()));
    plan(&mut edge).steps.push(("settle".into(), 0));
    assert_eq!(edge.check(), Err(Fault::Parts("short_90".into())));
    // Fields that nobody knows are a fault of the file, not something to look over.
    let text = include_str!("../../data/plans/short_90.json");
    assert!(serde_json::from_str::<Plan>(text).is_ok());
    let more = text.replacen('{', "{\"colour\": 1,", 1);
    assert!(serde_json::from_str::<Plan>(&more).is_err());
}

/// For all pairs: what is said on the set-up page and in the calendar is what is planned in the room.
#[test]
fn an_agenda_has_the_minutes_of_its_plan_with_every_template() {
    let library = library();
    let mut pairs = 0;
    for plan in library.plans.values().flat_map(|plan| [plan.meeting(false), plan.meeting(true)]) {
        for template in library.templates.values() {
            let name = format!("{} in {}", template.id, plan.id);
            let plan = &plan;
            let parts = agenda(library, plan, template);
            let sum: u32 = parts.iter().map(|part| part.minutes[1]).sum();
            assert_eq!(sum, plan.minutes, "{name}");
            for part in &parts {
                let [least, planned, most] = part.minutes;
                assert!(least <= planned && planned <= most, "{name}: {}", part.id);
                let own = library.steps.get(&part.id);
                let phase = template.phases.iter().find(|phase| phase.id == part.id).or(own);
                let wanted = plan.steps.iter().any(|(step, m)| *step == part.id && *m == planned);
                assert!(wanted || phase.unwrap().minutes[0] <= planned, "{name}: {}", part.id);
            }
            // Each turn is a whole one, in its place.
            let [least, _, most] = template.bounds();
            let slots = parts.iter().filter_map(|part| part.slot).max().unwrap() + 1;
            for slot in 0..slots {
                let own: Vec<_> = parts.iter().filter(|part| part.slot == Some(slot)).collect();
                let sum: u32 = own.iter().map(|part| part.minutes[1]).sum();
                assert!((least..=most).contains(&sum), "{name}: {sum}");
                assert_eq!(own.len(), template.phases.len(), "{name}");
            }
            pairs += 1;
        }
    }
    assert_eq!(pairs, 2 * 35);
}

/// For how many presenters there is time: by plan, with the templates in their order.
#[test]
fn a_plan_has_the_turns_that_fit_into_it() {
    let library = library();
    let table: [(&str, [u32; 7]); 5] = [
        // clinic, classic, gossip, kollegiale, gift, troika, wial
        ("half_day_210", [2, 2, 2, 2, 4, 10, 1]),
        ("half_day_training_210", [2, 3, 3, 2, 3, 9, 1]),
        ("hpma_150", [2, 2, 2, 2, 4, 8, 1]),
        ("hpma_180", [2, 3, 3, 2, 3, 9, 1]),
        ("short_90", [1, 1, 1, 1, 2, 4, 1]),
    ];
    for (plan, expected) in table {
        let slots = library.templates.values().map(|template| {
            let parts = agenda(library, &library.plans[plan], template);
            parts.iter().filter_map(|part| part.slot).max().unwrap() + 1
        });
        assert_eq!(slots.collect::<Vec<_>>(), expected, "{plan}");
    }
    // A slot that goes takes its feedback with it.
    let plan = &library.plans["half_day_training_210"];
    let parts = agenda(library, plan, &library.templates["kollegiale"]);
    assert_eq!(parts.iter().filter(|part| part.id == "trainee_feedback").count(), 2);
}

/// Minutes are given and taken where the most room is left, so no phase is squeezed while another
/// has plenty.
#[test]
fn a_slot_is_fitted_minute_by_minute() {
    let library = library();
    let table = [
        ("short_90", [7, 5, 18, 2, 5, 5, 3]),
        ("half_day_210", [7, 5, 23, 2, 5, 5, 3]),
        ("hpma_150", [6, 5, 14, 2, 5, 5, 3]),
        ("hpma_180", [4, 3, 13, 2, 5, 5, 3]),
    ];
    for (plan, expected) in table {
        let parts = agenda(library, &library.plans[plan], &library.templates["classic"]);
        let first = parts.iter().filter(|part| part.slot == Some(0));
        let minutes: Vec<_> = first.map(|part| part.minutes[1]).collect();
        assert_eq!(minutes, expected, "{plan}");
    }
}

#[test]
fn every_template_is_played_from_start_to_close_in_every_plan() {
    for plan in library().plans.keys() {
        for template in library().templates.keys() {
            let mut world = World::with(plan, template, 1, 4, 1);
            world.everyone_agrees();
            let host = world.host();
            world.does(host, C::SetOrder { order: vec![seat(3), seat(4), seat(5)] });
            // The fourth and later turns have nobody in the order: they are asked for.
            world.does(host, C::Start);
            let parts = world.room.meeting().agenda.len();
            for index in 0..parts {
                if index > 0 {
                    world.does(host, C::Next);
                }
                if world.room.lacks_presenter() {
                    world.does(host, C::ChoosePresenter { seat: Some(seat(5)) });
                }
                play_part(&mut world);
            }
            world.refuses(host, C::Next, Code::NoPart);
            world.does(host, C::Close);
            assert_eq!(world.room.meeting().stage, Stage::Closed);
            assert_eq!(world.room.faults(), Vec::<String>::new());
            world.check_clients();
        }
    }
}

/// What each kind of floor must let people do, and must not.
fn play_part(world: &mut World) {
    let part = std::sync::Arc::clone(world.room.part().unwrap());
    let name = part.id.clone();
    let meeting = world.room.meeting();
    let total_ms = u64::from(part.minutes[1]) * 60_000;
    let ends_at = world.now.plus(total_ms);
    assert_eq!(meeting.now.clock, Clock::Running { ends_at, total_ms }, "{name}");
    let presenter = part.slot.map(|slot| seat(3 + slot.min(2) as u8));
    assert_eq!(meeting.now.presenter, presenter, "{name}");
    let asker = seat(6);
    let raise = C::RaiseHand { kind: part.kinds.first().copied(), seat: None };
    match part.floor {
        Floor::Round => {
            let listens = matches!(part.presenter, Stance::Listens | Stance::Chooses);
            let circle = if part.slot.is_some() { 4 - usize::from(listens) } else { 6 };
            assert_eq!(meeting.now.round.len(), circle, "{name}");
            world.refuses(world.of(asker), raise, Code::Part);
            while let Some(turn) = world.room.round_turn() {
                assert!(!listens || Some(turn) != presenter);
                world.does(world.of(turn), C::EndRoundTurn);
            }
            let done = world.room.meeting().now.round.values();
            assert_eq!(done.filter(|turn| turn.is == TurnState::Done).count(), circle);
        }
        Floor::Queue => {
            assert_eq!(part.hand, HandRule::Ask, "{name}");
            world.does(world.of(asker), raise);
            let given = world.ticks();
            assert!(
                matches!(&given[..], [Change::FloorGiven { seat, .. }] if *seat == asker),
                "{name}"
            );
            world.does(world.of(presenter.unwrap()), C::EndTurn);
        }
        Floor::Silence => {
            world.refuses(world.of(asker), raise, Code::Part);
            world.refuses(world.host(), C::Invite { seat: asker }, Code::Part);
            world.does(world.of(asker), C::Tick { on: true });
            assert_eq!(world.due(), None, "nobody is called into a silence");
        }
        Floor::Presenter | Floor::Facilitator | Floor::Open => {
            match part.hand {
                HandRule::Off => world.refuses(world.of(asker), raise, Code::Part),
                HandRule::Ask => {
                    world.does(world.of(asker), raise);
                    assert_eq!(world.ticks().len(), 1, "{name}");
                    world.does(world.of(asker), C::EndTurn);
                }
                HandRule::Turn => {
                    world.does(world.of(asker), raise);
                    assert_eq!(world.ticks(), [], "{name}: the facilitator calls");
                }
            }
            world.does(world.host(), C::Invite { seat: seat(2) });
            world.does(world.host(), C::EndTurn);
        }
    }
    world.passes(total_ms + 60_000);
    assert_eq!(world.ticks(), [], "{name}: nothing moves on by itself at zero");
}
