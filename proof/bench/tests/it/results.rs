//! What is said of measurements.

use setroom_bench::figures::Figures;
use setroom_bench::goals::{self, Verdict};
use setroom_bench::report::Report;
use setroom_bench::results::{Measured, Results};
use setroom_bench::servers::Server;
use setroom_bench::table;
use setroom_bench::workload::Workload;

fn measured(round: usize, server: Server, cpu_us: f64, disturbed: bool) -> Measured {
    Measured {
        round,
        workload: Workload::Sparse,
        server,
        figures: Some(Figures { cpu_us, p50_us: 100.0, ..Figures::default() }),
        disturbed: disturbed.then(|| "others used 1.20 of a core".to_owned()),
    }
}

/// The floor at 4 µs and the service at these, in as many rounds.
fn results(service: &[(f64, bool)]) -> Results {
    let rounds = service.iter().enumerate().flat_map(|(round, (cpu, disturbed))| {
        [
            measured(round, Server::Floor, 4.0, false),
            measured(round, Server::SetroomMemory, *cpu, *disturbed),
        ]
    });
    Results {
        command: "cargo xtask bench".to_owned(),
        machine: "a machine".to_owned(),
        rounds: service.len(),
        seconds: 5.0,
        measured: rounds.collect(),
    }
}

fn verdict(results: &Results) -> Verdict {
    let goal = goals::ALL[0];
    assert_eq!((goal.workload, goal.what), (Workload::Sparse, "CPU per delivery, to the floor"));
    goal.verdict(results).unwrap()
}

#[test]
fn a_goal_is_judged_by_its_middle_round() {
    let of =
        |cpus: &[f64]| verdict(&results(&cpus.iter().map(|cpu| (*cpu, false)).collect::<Vec<_>>()));
    assert_eq!(of(&[4.2, 4.3, 9.0]), Verdict::Aim);
    assert_eq!(of(&[4.2, 4.6, 9.0]), Verdict::Must);
    assert_eq!(of(&[4.2, 5.0, 9.0]), Verdict::Missed);
}

#[test]
fn there_is_no_verdict_on_a_disturbed_machine() {
    assert_eq!(verdict(&results(&[(4.2, false), (4.2, true), (4.2, false)])), Verdict::Unknown(2));
    assert_eq!(verdict(&results(&[(4.2, true)])), Verdict::Unknown(0));
    // Enough calm rounds are enough.
    let mut rounds = vec![(4.2, false); 5];
    rounds.push((9.9, true));
    let six = results(&rounds);
    assert_eq!(verdict(&six), Verdict::Aim);
    let value = goals::ALL[0].value(&six).unwrap();
    assert!(value.most < 1.1, "what was disturbed is left out: {value:?}");
    let shown = table::markdown(&results(&[(4.2, true)]));
    assert!(shown.contains("no verdict: 0 calm rounds"), "{shown}");
}

#[test]
fn a_server_that_failed_is_told_and_counts_for_nothing() {
    let mut one = results(&[(4.2, false), (4.3, false)]);
    let failed = Some("failed: the server closed a connection with 4408".to_owned());
    one.measured[3] = Measured { figures: None, disturbed: failed, ..one.measured[3].clone() };
    assert_eq!(verdict(&one), Verdict::Unknown(1));
    assert!(table::line(&one.measured[3]).ends_with("closed a connection with 4408"));
    assert!(table::markdown(&one).contains("| setroom-memory | 4.20 (4.20–4.20) |"));
}

#[test]
fn a_goal_that_was_not_measured_is_not_judged() {
    let shown = table::markdown(&results(&[(4.2, false)]));
    assert!(shown.contains("| sparse | CPU per delivery, to the floor | 1.05"), "{shown}");
    assert!(!shown.contains("to Bun | 1"), "{shown}");
    assert!(!shown.contains("| wide |"), "{shown}");
}

/// Tables of the document come from stored results; neither is changed by hand.
#[test]
fn the_document_shows_what_is_stored() {
    use setroom_bench::{allocations, document, growth, idle_rooms, steps};
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("../../docs/PERFORMANCE.md")).unwrap();
    fn shown<T: serde::de::DeserializeOwned>(stored: &str, markdown: fn(&T) -> String) -> String {
        markdown(&serde_json::from_str(stored).unwrap())
    }
    fn reported<T: serde::de::DeserializeOwned>(stored: &str, body: fn(&T) -> String) -> String {
        serde_json::from_str::<Report<T>>(stored).unwrap().markdown(body)
    }
    let check = |name: &str, markdown: &dyn Fn(&str) -> String| {
        let stored = std::fs::read_to_string(root.join(format!("results/{name}.json")));
        // What was never measured shows nothing.
        let wanted = stored.map_or_else(|_| String::new(), |stored| markdown(&stored));
        assert_eq!(document::part(&text, name).unwrap(), wanted.trim_matches('\n'), "{name}");
    };
    check("comparison", &|stored| shown(stored, table::markdown));
    check("growth", &|stored| reported(stored, growth::markdown));
    check("idle-rooms", &|stored| reported(stored, idle_rooms::markdown));
    check("allocations", &|stored| shown(stored, allocations::markdown));
    check("command", &|stored| reported(stored, steps::markdown));
}
