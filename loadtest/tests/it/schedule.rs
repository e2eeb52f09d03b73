//! Laws of the schedule.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use setroom_loadtest::run::Share;
use setroom_loadtest::schedule::{Due, Load, MIX, Wish};

fn all(load: &Load) -> Vec<(usize, Due)> {
    let mut all: Vec<_> =
        (0..load.rooms).flat_map(|room| load.of_room(room).map(move |due| (room, due))).collect();
    all.sort_by_key(|(_, due)| due.at);
    all
}

prop_compose! {
    fn loads()(rooms in 1..30_usize, members in 2..24_usize, rate in 0.5..2000.0_f64,
               ms in 1..5000_u64, seed: u64) -> Load {
        Load { rooms, members, rate, duration: Duration::from_millis(ms), seed }
    }
}

proptest! {
    #[test]
    fn as_many_as_rate_and_duration_make(load in loads()) {
        let wanted = (load.rate * load.duration.as_secs_f64()).floor();
        prop_assert_eq!(all(&load).len() as f64, wanted);
        prop_assert_eq!(load.commands() as f64, wanted);
    }

    #[test]
    fn within_the_run_and_from_seats_that_exist(load in loads()) {
        for (_, due) in all(&load) {
            prop_assert!(due.at <= load.duration);
            prop_assert!(due.seat < load.members);
            if matches!(due.wish, Wish::Clock | Wish::AddTime) {
                prop_assert_eq!(due.seat, 0);
            }
        }
    }

    #[test]
    fn each_room_is_in_order_and_has_its_share(load in loads()) {
        let mut counts = Vec::new();
        for room in 0..load.rooms {
            let of_room: Vec<_> = load.of_room(room).collect();
            prop_assert!(of_room.is_sorted_by_key(|due| due.at));
            counts.push(of_room.len());
        }
        let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
        prop_assert!(most - least <= 1, "{:?}", counts);
    }

    /// The rate is kept all along, not only on average: in any stretch of time.
    #[test]
    fn the_rate_is_even(load in loads(), from in 0.0..1.0_f64, length in 0.0..1.0_f64) {
        let whole = load.duration.as_secs_f64();
        let (from, to) = (from * whole, (from + length).min(1.0) * whole);
        let due = |(_, due): &(usize, Due)| (from..to).contains(&due.at.as_secs_f64());
        let count = all(&load).iter().filter(|at| due(at)).count() as f64;
        // The last turn may be cut off by the end of the run.
        let wanted = load.rate * (to - from);
        prop_assert!((count - wanted).abs() <= 3.0, "{} of {}", count, wanted);
    }

    #[test]
    fn the_same_seed_is_the_same_run(load in loads()) {
        prop_assert_eq!(all(&load), all(&load));
        let other = Load { seed: load.seed.wrapping_add(1), ..load };
        prop_assume!(load.commands() > 20);
        prop_assert_ne!(all(&load), all(&other));
    }
}

#[test]
fn the_mix_is_kept() {
    let load =
        Load { rooms: 10, members: 8, rate: 10_000.0, duration: Duration::from_secs(2), seed: 11 };
    let mut counts = BTreeMap::new();
    all(&load).iter().for_each(|(_, due)| *counts.entry(due.wish).or_insert(0.0) += 1.0);
    assert_eq!(MIX.iter().map(|(_, share)| share).sum::<u32>(), 100);
    for (wish, share) in MIX {
        let wanted = f64::from(share) * 200.0;
        assert!((counts[&wish] - wanted).abs() < wanted * 0.15, "{wish:?}: {}", counts[&wish]);
    }
}

/// Nobody is due in step with anybody else, nor with a clock: a tester that sends in bursts
/// measures its bursts, and one that sends on the beat never meets what happens off it.
#[test]
fn nobody_acts_in_step() {
    let load =
        Load { rooms: 50, members: 4, rate: 50.0, duration: Duration::from_secs(4), seed: 1 };
    let twentieths = |(_, due): &(usize, Due)| due.at.subsec_micros() % 20_000 / 1_000;
    let offsets: std::collections::BTreeSet<_> = all(&load).iter().map(twentieths).collect();
    assert_eq!(offsets.len(), 20, "each turn of 20 ms is used to its full width");
}

/// Three testers play what one would have played: the same rooms, each once, with one schedule.
#[test]
fn shares_make_the_whole() {
    for rooms in [1, 2, 3, 10, 100] {
        let shares = (0..3).map(|index| Share { index, of: 3 });
        let mut all: Vec<usize> = shares.flat_map(|share| share.rooms(rooms)).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..rooms), "{rooms}");
    }
    assert!(Share::WHOLE.rooms(5).eq(0..5));
}
