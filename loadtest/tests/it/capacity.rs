//! The search for the largest load: against loads that are known, and against a server.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;
use setroom_client::{Dial, Sealing};
use setroom_loadtest::capacity::{
    By, Capacity, Limit, Next, Plan, Search, SearchAsked, Seen, ServerSeen, Slo, Thread, find,
};
use setroom_loadtest::measure::verdict::Verdict;
use setroom_loadtest::progress::Progress;
use setroom_loadtest::run::{CannotRun, Run, Share};
use setroom_loadtest::scenario::Scenario;
use tokio::sync::watch;

use super::fake::{self, Faults};
use super::schema;

/// Searches where `keeps` says what a load comes to; gives the search and how many tries it took.
fn searched(mut search: Search, mut keeps: impl FnMut(Next) -> bool) -> (Search, u32) {
    let mut tries = 0;
    while let Some(next) = search.next() {
        search.tried(next, keeps(next));
        tries += 1;
        assert!(tries < 200, "it does not end");
    }
    (search, tries)
}

proptest! {
    /// Whatever the truth and wherever it begins, the answer is within the precision of it.
    #[test]
    fn the_answer_is_as_close_as_wished(truth in 1..50_000_u64, from in 1..3000_u64, ceiling in 1..60_000_u64) {
        let (search, tries) = searched(Search::new(from, ceiling, 1.08), |next| next.load <= truth);
        let kept = search.kept().unwrap();
        prop_assert!(kept <= truth.min(ceiling), "{} of {}", kept, truth);
        prop_assert!((truth.min(ceiling) as f64) < kept as f64 * 1.08 + 1.0, "{} of {}", kept, truth);
        prop_assert!(search.is_confirmed());
        let at_ceiling = (search.kept(), search.broke()) == (Some(ceiling), None);
        prop_assert_eq!(at_ceiling, truth >= ceiling);
        prop_assert!(tries < 60, "{}", tries);
    }

    /// One bad moment does not change the answer.
    #[test]
    fn a_bad_moment_is_not_believed(truth in 50..20_000_u64, bad in 0..12_usize) {
        let mut at = 0;
        let (search, _) = searched(Search::new(50, 100_000, 1.08), |next| {
            at += 1;
            at - 1 != bad && next.load <= truth
        });
        let kept = search.kept().unwrap();
        prop_assert!(kept <= truth && truth as f64 <= kept as f64 * 1.08 + 1.0, "{} of {}", kept, truth);
    }

    /// However bad the machine is, it ends, and what it calls kept was kept.
    #[test]
    fn chance_alone_still_ends(draws in prop::collection::vec(any::<bool>(), 1..40)) {
        let mut draws = draws.into_iter().cycle();
        let mut kept_once = std::collections::BTreeSet::new();
        let mut search = Search::new(50, 5000, 1.08);
        for _ in 0..400 {
            let Some(next) = search.next() else { break };
            let kept = draws.next().unwrap();
            search.tried(next, kept);
            if kept { kept_once.insert(next.load); }
        }
        prop_assert!(search.next().is_none());
        prop_assert!(search.kept().is_none_or(|load| kept_once.contains(&load)));
    }
}

#[test]
fn an_answer_that_does_not_last_is_not_the_answer() {
    let (search, _) = searched(Search::new(50, 10_000, 1.08), |next| {
        next.load <= if next.confirming { 700 } else { 1000 }
    });
    let kept = search.kept().unwrap();
    assert!((600..=700).contains(&kept) && search.is_confirmed(), "{kept}");
}

#[test]
fn where_not_even_one_is_carried_there_is_no_answer() {
    let (search, _) = searched(Search::new(50, 10_000, 1.08), |_| false);
    assert_eq!((search.kept(), search.broke()), (None, Some(1)));
}

#[test]
fn what_cannot_be_offered_is_not_tried() {
    let mut search = Search::new(50, 10_000, 1.08);
    search.tried(search.next().unwrap(), true);
    assert_eq!(search.next(), Some(Next { load: 100, confirming: false }));
    search.at_most(80);
    let (search, _) = searched(search, |next| {
        assert!(next.load <= 80);
        true
    });
    assert_eq!((search.kept(), search.broke()), (Some(80), None));
}

fn seen() -> Seen {
    Seen {
        p99_ms: 400.0,
        late_ms: 5.0,
        cores: 2.0,
        tester_cores: Some(0.3),
        busy_cores: Some(1.2),
        server: Some(ServerSeen {
            cores: 0.8,
            memory_bytes: Some(1 << 30),
            rss_bytes: 100 << 20,
            files: Some(500),
            files_allowed: Some(20_000),
            ..ServerSeen::default()
        }),
        ..Seen::default()
    }
}

fn server(change: impl FnOnce(&mut ServerSeen)) -> Seen {
    let mut seen = seen();
    change(seen.server.as_mut().unwrap());
    seen
}

#[test]
fn each_limit_is_called_by_its_name() {
    let thread = |name: &str, share| Some(Thread { name: name.into(), share });
    let refused = |name: &str| BTreeMap::from([(name.to_owned(), 3), ("busy".to_owned(), 90)]);
    let writer = "journal-writer";
    let cases = [
        (server(|it| it.gone = true), Limit::ServerEnded, "process ended"),
        (
            Seen { refused: refused("connections"), ..seen() },
            Limit::Named("connections".into()),
            "`connections` was met (3 times)",
        ),
        (server(|it| it.files = Some(19_990)), Limit::Descriptors, "19990 of 20000"),
        (server(|it| it.rss_bytes = 1000 << 20), Limit::Memory, "1000 of 1024 MiB"),
        (
            server(|it| it.waiting = thread(writer, 0.8)),
            Limit::Disk(writer.into()),
            "waited for it 80 %",
        ),
        (
            server(|it| it.busiest = thread(writer, 0.97)),
            Limit::Thread(writer.into()),
            "ran 97 % of the time",
        ),
        (
            Seen { busy_cores: Some(1.95), ..server(|it| it.cores = 1.5) },
            Limit::Processor,
            "1.9 of 2 were busy, 1.5 with the server",
        ),
        (
            Seen { busy_cores: Some(2.0), ..server(|it| it.cores = 0.4) },
            Limit::Others,
            "1.3 with neither",
        ),
        (
            Seen { busy_cores: Some(2.0), tester_cores: Some(1.5), ..server(|it| it.cores = 0.5) },
            Limit::Tester("processor".into()),
            "1.5 with it",
        ),
        (
            Seen { busy_cores: Some(2.0), server: None, ..seen() },
            Limit::Tester("processor".into()),
            "this tester gave first",
        ),
        (
            Seen { late_ms: 300.0, ..seen() },
            Limit::Tester("lateness".into()),
            "late itself by 300 ms",
        ),
        (
            Seen { refused: BTreeMap::from([("busy".into(), 9)]), ..seen() },
            Limit::Named("busy".into()),
            "met with `busy` (9 times)",
        ),
        (seen(), Limit::Unknown, "all had room"),
        (Seen { server: None, ..seen() }, Limit::Unknown, "--server-pid"),
    ];
    for (seen, limit, words) in cases {
        assert_eq!(seen.limit(), limit);
        let said = limit.in_words(&seen);
        assert!(said.contains(words), "{said}");
    }
    assert!(Limit::Tester(String::new()).is_not_the_servers());
    assert!(!Limit::Processor.is_not_the_servers());
    assert!(!seen().is_shared());
    assert!(Seen { tester_cores: Some(0.5), ..seen() }.is_shared());
    // Others count only when there was nothing left for the server.
    assert!(!Seen { busy_cores: Some(1.7), ..seen() }.is_disturbed());
    assert!(Seen { busy_cores: Some(2.0), ..seen() }.is_disturbed());
}

fn plan(url: &str) -> Plan {
    Plan {
        run: Run {
            url: url.to_owned(),
            dial: Dial::to(url).unwrap(),
            scenario: Scenario::steady(8, 3, 1.0, Duration::from_secs(1)),
            seed: 5,
            salt: 1,
            sealing: Sealing::Opaque,
            server_pid: None,
            drain: Duration::from_secs(2),
            share: Share::WHOLE,
            gate: None,
            servers: None,
            logs: None,
            leave_open: false,
        },
        asked: SearchAsked {
            url: url.to_owned(),
            by: By::Rooms,
            members: 3,
            rate_per_room: Some(10.0),
            rooms: None,
            from: 2,
            most: 6,
            // Far from what a busy machine does: only faults are to break a load here.
            slo: Slo { p99_ms: 20_000.0 },
            warm_up_seconds: 0.1,
            // Twice as long, at the largest load, is enough for a 99th percentile.
            window_seconds: 0.5,
            at_least: Some(6),
            opaque: true,
            seed: 5,
            version: String::new(),
        },
        within: Duration::from_secs(600),
        precision: 1.08,
    }
}

/// The same, asked for something else.
fn asking(url: &str, change: impl FnOnce(&mut SearchAsked)) -> Plan {
    let mut plan = plan(url);
    change(&mut plan.asked);
    plan
}

async fn found(plan: &Plan) -> Capacity {
    let (_stop, stopped) = watch::channel(false);
    let found = find(plan, stopped, &Progress::Silent).await.unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../schema/capacity.json")).unwrap();
    let value = serde_json::to_value(&found).unwrap();
    assert_eq!(schema::faults(&schema, &value, ""), Vec::<String>::new());
    found
}

#[tokio::test]
async fn a_sound_server_is_loaded_up_to_the_ceiling() {
    let server = fake::start(Faults::default()).await;
    let found = found(&plan(&server.url)).await;
    assert_eq!((found.verdict, found.largest, found.broke), (Verdict::Pass, Some(6), None));
    let tried: Vec<_> = found.steps.iter().map(|step| (step.rooms, step.confirming)).collect();
    assert_eq!(tried, [(2, false), (4, false), (6, false), (6, true)], "{found}");
    assert!(found.lower_bound && found.confirmed && !found.partial, "{found}");
    assert!(
        found.sentence.starts_with("Passed: at least 6 rooms of 3 at 10 commands a second"),
        "{found}"
    );
    assert_eq!(found.limit, Limit::Asked);
    assert!(found.deliveries_per_second > 0.0, "{found}");
}

#[tokio::test]
async fn a_server_that_is_too_slow_carries_nothing() {
    let delay = Duration::from_millis(30);
    let server = fake::start(Faults { delay, ..Faults::default() }).await;
    let plan = asking(&server.url, |asked| {
        (asked.by, asked.rate_per_room, asked.rooms) = (By::Rate, None, Some(2));
        (asked.from, asked.most, asked.slo.p99_ms) = (300, 300, 25.0);
    });
    let found = found(&plan).await;
    assert_eq!((found.largest, found.broke), (None, Some(1)), "{found}");
    assert!(found.sentence.contains(": not even 1 commands a second in 2 rooms of 3"), "{found}");
    // What this machine did meanwhile says only whether the server is to blame. Where nothing else
    // gave first it is, and where something else did nobody can tell.
    let judged = |limit| Capacity { limit, ..found.clone() }.judged(false, true);
    assert_eq!(judged(Limit::Unknown), Verdict::Fail, "{found}");
    assert_eq!(judged(Limit::Tester("processor".into())), Verdict::Unjudged);
    assert_eq!(found.verdict, judged(found.limit.clone()), "{found}");
}

#[tokio::test]
async fn an_answer_by_too_few_is_no_answer() {
    let server = fake::start(Faults::default()).await;
    let plan = asking(&server.url, |asked| {
        (asked.window_seconds, asked.most, asked.at_least) = (0.1, 2, None);
    });
    let found = found(&plan).await;
    assert_eq!((found.verdict, found.largest), (Verdict::Unjudged, Some(2)), "{found}");
    assert!(found.sentence.starts_with("Could not be judged: at least 2 rooms"), "{found}");
    assert!(found.sentence.contains("take a longer --window"), "{found}");
}

#[tokio::test]
async fn what_the_search_was_not_to_try_is_not_held_against_the_server() {
    let server = fake::start(Faults::default()).await;
    let found = found(&asking(&server.url, |asked| asked.at_least = Some(7))).await;
    assert_eq!((found.verdict, found.largest), (Verdict::Unjudged, Some(6)), "{found}");
}

#[tokio::test]
async fn a_server_that_lets_nobody_in_has_failed() {
    let server = fake::start(Faults { full: true, ..Faults::default() }).await;
    let found = found(&plan(&server.url)).await;
    assert_eq!((found.verdict, found.largest), (Verdict::Fail, None), "{found}");
    assert!(found.sentence.starts_with("Failed: not even 2 rooms of 3"), "{found}");
}

#[tokio::test]
async fn loads_that_lose_something_are_too_much_and_their_rooms_are_not_used_again() {
    let server = fake::start(Faults { hurt: Some(fake::Hurt::Drop), nth: 3, ..Faults::default() });
    let server = server.await;
    let found = found(&plan(&server.url)).await;
    // The fault comes once: what broke is played again, and believed when it is kept.
    assert!(found.steps.iter().any(|step| step.broke.contains(&"1 lost".into())), "{found}");
    assert_eq!(found.largest, Some(6), "{found}");
}

#[tokio::test]
async fn stopped_before_the_first_load_there_is_no_answer() {
    let server = fake::start(Faults::default()).await;
    let (_stop, stopped) = watch::channel(true);
    let none = find(&plan(&server.url), stopped, &Progress::Silent).await;
    assert!(matches!(none, Err(CannotRun::Stopped)));
}
