//! What one command costs, step by step, in a set as full as sets are: read, decide, write down,
//! apply and look, tell. `cargo bench -p setroom-bench`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark ends where its setting-up is wrong, as a test does"
)]
#![allow(missing_docs, reason = "criterion's macros write public functions")]

mod set;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use set::{Set, scribed};
use setroom_protocol::{Command, CommandId, Entry, Recorded, Seq, TextKind, decode, view};

/// A member who is neither presenting nor asking.
const MEMBER: u8 = 7;
const SCRIBE: u8 = 4;

/// The commands that are measured, with who asks.
fn commands(set: &Set) -> [(&'static str, u8, Command); 3] {
    let text = set.text(SCRIBE, TextKind::Scribe, scribed(1));
    [
        ("tick", MEMBER, Command::Tick { on: true }),
        ("lower_hand", MEMBER, Command::LowerHand { seat: None }),
        ("put", SCRIBE, Command::Put(text)),
    ]
}

/// Applies records as the service does, and gives the frames that tell of them.
fn step(set: &mut Set, records: &[Recorded]) -> Vec<String> {
    let devices = set.devices();
    let tell = |record: &Recorded| {
        let mut step = view::step(&mut set.room, record, devices.iter().copied());
        step.told(record).map(|frame| frame.encode())
    };
    records.iter().filter_map(tell).collect()
}

fn one_command(criterion: &mut Criterion) {
    let full = Set::full();
    for (name, who, command) in commands(&full) {
        let mut group = criterion.benchmark_group(name);
        let frame = setroom_protocol::ClientFrame::Do {
            cid: CommandId::from_bytes([3; 16]),
            seen: Seq(full.room.seq().0),
            cmd: command.clone(),
        };
        let text = serde_json::to_string(&frame).unwrap();
        group.bench_function("read", |b| b.iter(|| decode(black_box(&text), false).unwrap()));
        group.bench_function("decide", |b| b.iter(|| full.decide(who, black_box(&command))));
        let mut set = full.clone();
        let changes = set.decide(who, &command);
        let records = set.records(who, changes);
        group.bench_function("write_down", |b| b.iter(|| Entry::encode(black_box(&records))));
        group.bench_function("apply", |b| {
            let apply = |set: &mut Set| records.iter().for_each(|record| set.room.apply(record));
            b.iter_batched_ref(|| full.clone(), apply, BatchSize::SmallInput);
        });
        let devices = full.devices();
        group.bench_function("apply_and_look", |b| {
            let look = |set: &mut Set| {
                let step = |record| view::step(&mut set.room, record, devices.iter().copied());
                records.iter().map(step).collect::<Vec<_>>()
            };
            b.iter_batched_ref(|| full.clone(), look, BatchSize::SmallInput);
        });
        let steps: Vec<_> = records
            .iter()
            .map(|record| view::step(&mut set.room, record, devices.iter().copied()))
            .collect();
        group.bench_function("tell", |b| {
            let tell = |steps: &mut Vec<view::Step>| {
                let both = steps.iter_mut().zip(&records);
                let told = both.filter_map(|(step, record)| step.told(record));
                told.map(|frame| frame.encode().len()).sum::<usize>()
            };
            b.iter_batched_ref(|| steps.clone(), tell, BatchSize::SmallInput);
        });
        group.bench_function("all", |b| {
            let all = |set: &mut Set| {
                let _ = black_box(decode(&text, false));
                let changes = set.decide(who, &command);
                let records = set.records(who, changes);
                black_box(Entry::encode(&records));
                step(set, &records)
            };
            b.iter_batched_ref(|| full.clone(), all, BatchSize::SmallInput);
        });
        group.finish();
    }
}

fn views(criterion: &mut Criterion) {
    let full = Set::full();
    criterion.bench_function("snapshot/shared", |b| {
        b.iter(|| serde_json::to_string(&view::shared(black_box(&full.room))).unwrap().len());
    });
}

criterion_group!(benches, one_command, views);
criterion_main!(benches);
