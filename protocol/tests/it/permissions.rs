//! Every cell of the permission table, against a matrix that was written by hand from what the
//! roles are for, and through `decide`.

use std::collections::BTreeSet;

use setroom_protocol::permission::{TABLE, permit};
use setroom_protocol::room::Stage;
use setroom_protocol::{Act, Code, Command, Role, Seq};

use crate::samples;
use crate::support::{World, seat};

/// One line for each act, read by the checker too. Columns: host, co-facilitator, trainee, member,
/// observer, and each of trainee and member with the controls handed over. In a cell stand the stages
/// in which they may: g gathering, r running, c closed; a dash says never.
const MATRIX: &str = include_str!("../data/permissions.txt");

const COLUMNS: [(Role, bool); 7] = [
    (Role::Host, false),
    (Role::CoFacilitator, false),
    (Role::Trainee, false),
    (Role::Member, false),
    (Role::Observer, false),
    (Role::Trainee, true),
    (Role::Member, true),
];
const STAGES: [(char, Stage); 3] =
    [('g', Stage::Gathering), ('r', Stage::Running), ('c', Stage::Closed)];

fn rows() -> Vec<(&'static str, Vec<&'static str>)> {
    MATRIX
        .lines()
        .skip(1)
        .map(|line| {
            let mut words = line.split_whitespace();
            (words.next().unwrap(), words.collect())
        })
        .collect()
}

fn name(act: Act) -> String {
    serde_json::to_value(act).unwrap().as_str().unwrap().to_owned()
}

/// A word of the matrix, as the table must answer for one stage.
fn expected(cell: &str, letter: char) -> Result<(), Code> {
    match cell {
        "-" => Err(Code::Role),
        cell if cell.contains(letter) => Ok(()),
        _ => Err(Code::Stage),
    }
}

#[test]
fn each_act_is_in_the_table_once_and_in_the_matrix_once() {
    let table: Vec<_> = TABLE.iter().map(|(act, ..)| name(*act)).collect();
    let matrix: Vec<_> = rows().into_iter().map(|(act, _)| act.to_owned()).collect();
    assert_eq!(table.iter().collect::<BTreeSet<_>>().len(), table.len());
    assert_eq!(table, matrix);
    let acts: Vec<_> = samples::commands().iter().map(|command| name(command.act())).collect();
    assert_eq!(acts, samples::names::<Command>("c"), "a command's act has its name");
    assert_eq!(table, acts);
}

#[test]
fn every_cell_of_the_table() {
    let mut cells = 0;
    for ((act, ..), (row, words)) in TABLE.iter().zip(rows()) {
        assert_eq!(words.len(), COLUMNS.len(), "{row}");
        for ((role, lead), cell) in COLUMNS.iter().zip(&words) {
            for (letter, stage) in STAGES {
                let answer = permit(*act, *role, *lead, stage).map_err(|refusal| refusal.code);
                assert_eq!(answer, expected(cell, letter), "{row} {role:?} {lead} {stage:?}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, TABLE.len() * 7 * 3);
}

/// A world at a stage, and who stands in each column there.
fn world(stage: Stage) -> World {
    let mut world = World::with("short_90", "classic", 1, 4, 1);
    world.does(world.host(), Command::SetRole { seat: seat(3), role: Role::Trainee, keys: None });
    world.does(world.host(), Command::SetRole { seat: seat(5), role: Role::Trainee, keys: None });
    if stage != Stage::Gathering {
        world.does(world.host(), Command::Start);
    }
    if stage == Stage::Closed {
        world.does(world.host(), Command::Close);
    }
    world
}

#[test]
fn a_cell_that_says_no_is_refused_before_any_other_rule() {
    let mut yes = 0;
    for (letter, stage) in STAGES {
        let plain = world(stage);
        for (column, (_, lead)) in COLUMNS.iter().enumerate() {
            let n = [1, 2, 3, 4, 7, 5, 6][column];
            let mut world = plain.clone();
            if *lead && stage != Stage::Closed {
                world.does(world.host(), Command::HandOver { seat: seat(n) });
            }
            // Closing takes a hand-over back, so there nobody stands in the last two columns.
            let cell_of = |words: &[&'static str]| match (lead, stage) {
                (true, Stage::Closed) => words[column - 3],
                _ => words[column],
            };
            for (command, (row, words)) in samples::commands().into_iter().zip(rows()) {
                let who = world.p(n);
                // A screen from before everything, and ids of nothing: any rule would refuse.
                let answer = world.would(who, &command, Seq(0));
                match expected(cell_of(&words), letter) {
                    Err(code) => assert_eq!(answer, Err(code), "{row} by {n} {stage:?}"),
                    Ok(()) => {
                        yes += 1;
                        // Rules of their own that speak of roles: who may not go, what an observer
                        // may not write, and that the host alone makes a co-facilitator.
                        let own = [
                            ("leave", Role::Host),
                            ("put", Role::Observer),
                            ("set_role", Role::CoFacilitator),
                        ];
                        // After the close a text is only sealed again, by a rule of its own.
                        let again = row == "put" && stage == Stage::Closed;
                        let role = world.room.seat(who.seat).unwrap().role;
                        if !again && !own.contains(&(row, role)) {
                            let no = matches!(answer, Err(Code::Role | Code::Stage));
                            assert!(!no, "{row} by {n} {stage:?}: {answer:?}");
                        }
                    }
                }
            }
        }
    }
    let cells = STAGES.iter().flat_map(|(letter, stage)| {
        let rows = rows();
        (0..COLUMNS.len()).flat_map(move |column| {
            let after = *stage == Stage::Closed && COLUMNS[column].1;
            let at = if after { column - 3 } else { column };
            rows.clone().into_iter().map(move |(_, words)| expected(words[at], *letter))
        })
    });
    assert_eq!(yes, cells.filter(Result::is_ok).count());
}
