//! The report as lines of text, the verdict first.

use std::collections::BTreeMap;
use std::fmt;

use super::Report;
use super::summary::is_blind;
use crate::measure::latency::Quantiles;
use crate::measure::outcome::{Commands, Deliveries, Reconnects, Views};
use crate::measure::strain::strained;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.headline)?;
        for reason in &self.reasons {
            writeln!(f, "- {reason}")?;
        }
        let (found, figures) = (&self.outcome, &self.figures);
        let (asked, latency) = (&found.asked, &figures.latency_ms);
        writeln!(f)?;
        let what = match &asked.scenario {
            Some(name) => format!("meetings of {name}"),
            None => format!("{} commands/s", asked.rate),
        };
        let (rooms, members) = (asked.rooms, asked.members);
        let seconds = (asked.duration_seconds * 10.0).round() / 10.0;
        let early = if found.partial { " (stopped early)" } else { "" };
        writeln!(f, "load         {rooms} rooms × {members} seats, {what} for {seconds} s{early}")?;
        let Quantiles { p50, p90, p99, p999, max } = latency;
        writeln!(
            f,
            "latency      p50 {p50:.1}  p90 {p90:.1}  p99 {p99:.1}  p99.9 {p999:.1}  max {max:.1} ms, \
             due to received"
        )?;
        let Deliveries { expected, received, lost, duplicated, out_of_order, .. } =
            found.deliveries;
        let known = if is_blind(found) { " as far as is known" } else { "" };
        writeln!(
            f,
            "deliveries   {received} of {expected} received, {lost} lost{known}, {duplicated} twice, \
             {out_of_order} out of order, {:.0}/s",
            figures.deliveries_per_second
        )?;
        let Commands { due, sent, done, refused } = &found.commands;
        let refusals = found.commands.refusals();
        write!(f, "commands     {due} due, {sent} sent, {done} done, {refusals} refused")?;
        list(f, refused)?;
        let Quantiles { p50, p99, max, .. } = figures.late_ms;
        writeln!(f, "generator    late p50 {p50:.1}  p99 {p99:.1}  max {max:.1} ms")?;
        if let Some(why) = strained(found) {
            writeln!(f, "             too busy to judge times by: {why}")?;
        }
        let (seats, join_seconds) = (found.seats, found.join_seconds);
        let here = seats.saturating_sub(found.not_in);
        let Quantiles { p50, p99, .. } = figures.join_ms;
        writeln!(
            f,
            "joins        {here} of {seats} people in {join_seconds:.1} s, p50 {p50:.0}  p99 {p99:.0} ms"
        )?;
        let Views { checked, equal } = found.views;
        writeln!(
            f,
            "views        {checked} of {seats} people’s compared with a fresh snapshot, {equal} of \
             them equal"
        )?;
        let Reconnects { cut, by_ring, by_snapshot, never } = found.reconnects;
        if cut > 0 {
            let Quantiles { p50, p99, .. } = figures.back_ms;
            writeln!(
                f,
                "reconnects   {cut} cut, {by_ring} back by what they had missed, {by_snapshot} by a \
                 snapshot, {never} never, p50 {p50:.0}  p99 {p99:.0} ms"
            )?;
        }
        for fault in &found.faults {
            write!(f, "fault        at {:.0} s {}: ", fault.at, fault.what)?;
            match fault.back_seconds {
                Some(back) => writeln!(f, "all back after {back:.1} s")?,
                None => writeln!(f, "not all came back")?,
            }
        }
        if !found.turned_away.is_empty() {
            write!(f, "turned away  {}", found.turned_away.values().sum::<u64>())?;
            list(f, &found.turned_away)?;
        }
        if !found.ended.is_empty() {
            write!(f, "connections  {} ended by themselves", found.ended.values().sum::<u64>())?;
            list(f, &found.ended)?;
        }
        if found.unreachable {
            writeln!(f, "server       could not be reached any more at the end")?;
        }
        if found.process_ended {
            writeln!(f, "server       its process ended in the middle; what it used until then:")?;
        }
        if let Some(used) = &figures.server {
            writeln!(
                f,
                "server       {:.1} µs CPU per delivery ({:.1} s), {:.1} KiB per seat, {:.1} MiB resident",
                used.cpu_us_per_delivery,
                used.cpu_seconds,
                used.rss_bytes_per_seat / 1024.0,
                used.rss_bytes as f64 / 1_048_576.0,
            )?;
        }
        if found.server.is_some() || self.hindered() {
            writeln!(f, "gives first  {}", self.headroom.sentence)?;
        }
        write!(f, "repeat with  --seed {}", asked.seed)
    }
}

fn list(f: &mut fmt::Formatter<'_>, counts: &BTreeMap<String, u64>) -> fmt::Result {
    if counts.is_empty() {
        return writeln!(f);
    }
    let each: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    writeln!(f, " ({})", each.join(", "))
}
