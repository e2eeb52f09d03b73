//! The charts of a run.

use super::plot::{Across, Plot, Points, Series};
use crate::measure::timeline::Slot;
use crate::report::Report;
use crate::words::{bytes, count, ms, number, seconds, several};

/// Latency, second by second, with what was broken when.
pub(super) fn latency(report: &Report) -> Option<Plot> {
    let found = &report.outcome;
    let span = Span { from: found.load_began, to: found.load_began + found.load_seconds };
    let at = |quantile| move |slot: &Slot| slot.latency.at(quantile);
    let (half, most) = (span.points(report, at(0.5)), span.points(report, at(0.99)));
    let (when, worst) = peak(&most)?;
    let (unit, each) = unit_of(worst);
    let limit = report.thresholds.p99_ms;
    let over = most.iter().filter(|(_, value)| value.is_some_and(|value| value > limit)).count();
    let slots = most.iter().filter(|(_, value)| value.is_some()).count();
    let step = match found.timeline.step_seconds {
        1 => "second".to_owned(),
        step => several(step.into(), "second", "seconds"),
    };
    let mut caption = format!(
        "Counted for each {step} by when something was done, from when everybody was in. Half of all were seen within the lower \
         line (p50), 99 of 100 within the upper one (p99). The slowest moment was {} into the test, at {}. ",
        seconds(when.round()),
        ms(worst),
    );
    caption += &match over {
        0 => format!(
            "The limit of {} was kept at every moment in which something was done.",
            ms(limit)
        ),
        over => format!(
            "{} of {} were above the limit of {}.",
            count(over as u64),
            several(slots as u64, "moment", "moments"),
            ms(limit),
        ),
    };
    let moments = moments(report, span.from);
    if !moments.is_empty() {
        caption += " The numbers at the top are what was broken, listed under “Coming back”.";
    }
    Some(Plot {
        title: "Time until everybody had seen it".into(),
        caption,
        across: Across::Time(span.length()),
        unit,
        series: vec![
            Series::line("p50", "two", divided(half, each)),
            Series::line("p99", "one", divided(most, each)),
        ],
        limit: Some((limit / each, format!("limit {}", ms(limit)))),
        moments,
    })
}

/// Latency by the share of receipts that it covers.
pub(super) fn percentiles(report: &Report) -> Option<Plot> {
    let latency = &report.outcome.latency;
    // The furthest share that at least one receipt stands for.
    let most = (latency.count() as f64).log10().floor().clamp(1.0, 6.0);
    let worst = latency.at(1.0 - 10_f64.powf(-most));
    if latency.count() == 0 {
        return None;
    }
    let (unit, each) = unit_of(worst);
    let steps = 40.0 * most;
    let points = (0_u16..=240).map(f64::from).take_while(|step| *step <= steps).map(|step| {
        let nines = step / 40.0;
        (nines, Some(latency.at(1.0 - 10_f64.powf(-nines)) / each))
    });
    let (all, limit) = (report.figures.latency_ms, report.thresholds.p99_ms);
    Some(Plot {
        title: "How rare the slow ones were".into(),
        caption: format!(
            "Further right is rarer. 9 of 10 were seen within {}, 99 of 100 within {}, 999 of 1,000 \
             within {}; the slowest of {} took {}.",
            ms(all.p90),
            ms(all.p99),
            ms(all.p999),
            count(latency.count()),
            ms(all.max),
        ),
        across: Across::Nines(most),
        unit,
        series: vec![Series::line("", "one", points.collect())],
        limit: Some((limit / each, format!("limit {}", ms(limit)))),
        moments: Vec::new(),
    })
}

/// People coming in.
pub(super) fn joins(report: &Report) -> Option<Plot> {
    let found = &report.outcome;
    let step = f64::from(found.timeline.step_seconds);
    let last = found.timeline.slots.iter().rposition(|slot| slot.joins > 0)?;
    let span = Span { from: 0.0, to: (last + 1) as f64 * step };
    let points = span.points(report, |slot| Some(slot.joins as f64 / step));
    let (_, busiest) = peak(&points)?;
    Some(Plot {
        title: "People coming in".into(),
        caption: format!(
            "{} came in within {}, at most {} in a second. From knocking to being in took {} for \
             half of them and at most {} for 99 of 100.",
            several(report.figures.joined, "person", "people"),
            seconds(found.join_seconds),
            number(busiest),
            ms(report.figures.join_ms.p50),
            ms(report.figures.join_ms.p99),
        ),
        across: Across::Time(span.length()),
        unit: "people a second",
        series: vec![Series { bars: true, ..Series::line("", "one", points) }],
        limit: None,
        moments: Vec::new(),
    })
}

/// Connections over time, where some were cut.
pub(super) fn connected(report: &Report) -> Option<Plot> {
    let span = Span::whole(report);
    let points = span.points(report, |slot| slot.connected.map(|connected| connected as f64));
    let (_, most) = peak(&points)?;
    let moments = moments(report, 0.0);
    let numbers =
        if moments.is_empty() { "" } else { " The numbers at the top are what was broken." };
    Some(Plot {
        title: "People connected".into(),
        caption: format!("At most {} were connected at once.{numbers}", number(most)),
        across: Across::Time(span.length()),
        unit: "people",
        series: vec![Series::line("connected", "one", points)],
        limit: None,
        moments,
    })
}

/// What the server's process computed.
pub(super) fn processor(report: &Report) -> Option<Plot> {
    let found = &report.outcome;
    let cores = found.server.as_ref()?.machine.cores;
    let (span, step) = (Span::whole(report), f64::from(found.timeline.step_seconds));
    let server = span.points(report, |slot| slot.server.map(|at| at.cpu_seconds / step));
    let tester = span.points(report, |slot| slot.tester_cpu_seconds.map(|cpu| cpu / step));
    let (when, most) = peak(&server)?;
    Some(Plot {
        title: "Processor".into(),
        caption: format!(
            "The server used at most {} of {}, {} after the first person came; people came in \
             during the first {}. The tester, which plays them, is shown beside it.",
            number(most),
            several(cores, "core", "cores"),
            seconds(when.round()),
            seconds(found.join_seconds),
        ),
        across: Across::Time(span.length()),
        unit: "cores",
        series: vec![Series::line("tester", "two", tester), Series::line("server", "one", server)],
        limit: Some((cores as f64, format!("all {}", several(cores, "core", "cores")))),
        moments: moments(report, 0.0),
    })
}

/// What the server's process held in memory.
pub(super) fn memory(report: &Report) -> Option<Plot> {
    let found = &report.outcome;
    let server = found.server.as_ref()?;
    let span = Span::whole(report);
    let points = span.points(report, |slot| slot.server.map(|at| at.rss_bytes as f64));
    let (_, most) = peak(&points)?;
    let (unit, each) =
        if most >= 1_073_741_824.0 { ("GiB", 1_073_741_824.0) } else { ("MiB", 1_048_576.0) };
    let (start, end) = (server.start.rss_bytes as f64, server.end.rss_bytes as f64);
    let moved = if end >= start { "grew" } else { "shrank" };
    Some(Plot {
        title: "Memory".into(),
        caption: format!(
            "The server held at most {}. From the moment when everybody was in to {} it {moved} by {} \
             ({} %).",
            bytes(most),
            if found.process_ended { "its own end" } else { "the end" },
            bytes((end - start).abs()),
            number(100.0 * (end - start).abs() / start.max(1.0)),
        ),
        across: Across::Time(span.length()),
        unit,
        series: vec![Series::line("server", "one", divided(points, each))],
        limit: None,
        moments: moments(report, 0.0),
    })
}

/// Seconds read better where milliseconds would need five digits.
fn unit_of(worst: f64) -> (&'static str, f64) {
    if worst > 5_000.0 { ("seconds", 1000.0) } else { ("milliseconds", 1.0) }
}

/// What was broken, by number, in seconds after `from`.
fn moments(report: &Report, from: f64) -> Vec<(f64, String)> {
    let faults = report.outcome.faults.iter().enumerate();
    faults.map(|(index, fault)| (fault.at - from, (index + 1).to_string())).collect()
}

/// A stretch of the timeline, in seconds.
struct Span {
    from: f64,
    to: f64,
}

impl Span {
    fn whole(report: &Report) -> Self {
        let found = &report.outcome;
        let slots = found.timeline.slots.len() as f64 * f64::from(found.timeline.step_seconds);
        let end = found.load_began + found.load_seconds;
        Self { from: 0.0, to: if end > 0.0 { slots.min(end.ceil()) } else { slots } }
    }

    fn length(&self) -> f64 {
        (self.to - self.from).max(1.0)
    }

    /// A value for the middle of each slot that is in the stretch.
    fn points(&self, report: &Report, value: impl Fn(&Slot) -> Option<f64>) -> Points {
        let timeline = &report.outcome.timeline;
        let step = f64::from(timeline.step_seconds);
        let all = timeline.seconds();
        all.filter(|(begins, _)| begins + step > self.from && *begins < self.to)
            .map(|(begins, slot)| {
                let middle = (begins.max(self.from) + (begins + step).min(self.to)) / 2.0;
                (middle - self.from, value(slot))
            })
            .collect()
    }
}

fn peak(points: &[(f64, Option<f64>)]) -> Option<(f64, f64)> {
    let all = points.iter().filter_map(|(at, value)| Some((*at, (*value)?)));
    all.max_by(|one, two| one.1.total_cmp(&two.1))
}

fn divided(points: Points, by: f64) -> Points {
    points.into_iter().map(|(at, value)| (at, value.map(|value| value / by))).collect()
}
