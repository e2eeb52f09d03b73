//! Whether memory is flat.

use setroom_loadtest::measure::outcome::Outcome;
use setroom_loadtest::measure::timeline::{Sample, Slot};
use setroom_loadtest::measure::trend::{memory, minutes};

/// A run of so many seconds, with the memory of each, in KiB; people joined for ten seconds.
fn run(seconds: u32, kib: impl Fn(f64) -> f64) -> Outcome {
    let mut outcome =
        Outcome { load_began: 10.0, load_seconds: f64::from(seconds), ..Outcome::default() };
    for second in 0..seconds + 10 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
        let rss_bytes = (kib(f64::from(second)) * 1024.0) as u64;
        let server = Sample { cpu_seconds: 0.5, rss_bytes, ..Sample::default() };
        let slot = Slot { deliveries: 20, server: Some(server), ..Slot::default() };
        outcome.timeline.slots.push(slot);
    }
    outcome
}

#[test]
fn a_leak_is_told_to_the_kib_and_what_was_warming_up_is_not_one() {
    // 2 KiB each second.
    let trend = memory(&run(600, |second| 100_000.0 + 2.0 * second)).unwrap();
    assert!((trend.bytes_per_minute / 1024.0 - 120.0).abs() < 0.1, "{trend:?}");
    assert!((trend.minutes - 6.65).abs() < 0.1, "{trend:?}");
    assert!((trend.percent - 0.79).abs() < 0.02, "{trend:?}");
    // It fills up for the first third, and then stays.
    let filling = |second: f64| 50_000.0 + 500.0 * second.min(200.0);
    assert_eq!(memory(&run(600, filling)).unwrap().bytes_per_minute, 0.0);
}

#[test]
fn a_few_odd_samples_do_not_move_it() {
    let odd = |second: f64| if second % 10.0 == 3.0 { 900_000.0 } else { 100_000.0 };
    assert_eq!(memory(&run(600, odd)).unwrap().bytes_per_minute, 0.0);
    let falling = memory(&run(600, |second| 200_000.0 - 10.0 * second)).unwrap();
    assert!(falling.bytes_per_minute < 0.0 && falling.percent < 0.0, "{falling:?}");
}

#[test]
fn too_short_or_not_watched_is_not_known() {
    assert_eq!(memory(&run(3, |_| 1000.0)), None);
    assert_eq!(memory(&Outcome::default()), None);
}

#[test]
fn minutes_begin_with_the_measured_part() {
    let minutes = minutes(&run(150, |second| 1024.0 * second));
    let numbers: Vec<_> = minutes.iter().map(|minute| minute.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let first = &minutes[0];
    assert_eq!((first.deliveries_per_second, first.server_cores), (20.0, Some(0.5)));
    assert_eq!((first.rss_bytes, first.p99_ms), (Some(69 << 20), None));
}
