//! The report as lines of text, the verdict first.

use std::collections::BTreeMap;
use std::fmt;

use super::Report;
use super::summary::is_blind;
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
        writeln!(
            f,
            "load         {} rooms × {} seats, {what} for {} s{}",
            asked.rooms,
            asked.members,
            (asked.duration_seconds * 10.0).round() / 10.0,
            if found.partial { " (stopped early)" } else { "" },
        )?;
        writeln!(
            f,
            "latency      p50 {:.1}  p90 {:.1}  p99 {:.1}  p99.9 {:.1}  max {:.1} ms, due to received",
            latency.p50, latency.p90, latency.p99, latency.p999, latency.max,
        )?;
        let at = &found.deliveries;
        writeln!(
            f,
            "deliveries   {} of {} received, {} lost{}, {} twice, {} out of order, {:.0}/s",
            at.received,
            at.expected,
            at.lost,
            if is_blind(found) { " as far as is known" } else { "" },
            at.duplicated,
            at.out_of_order,
            figures.deliveries_per_second,
        )?;
        let at = &found.commands;
        write!(
            f,
            "commands     {} due, {} sent, {} done, {} refused",
            at.due,
            at.sent,
            at.done,
            at.refusals()
        )?;
        list(f, &at.refused)?;
        let late = &figures.late_ms;
        writeln!(
            f,
            "generator    late p50 {:.1}  p99 {:.1}  max {:.1} ms",
            late.p50, late.p99, late.max,
        )?;
        if let Some(why) = strained(found) {
            writeln!(f, "             too busy to judge times by: {why}")?;
        }
        let join = &figures.join_ms;
        writeln!(
            f,
            "joins        {} of {} people in {:.1} s, p50 {:.0}  p99 {:.0} ms",
            found.seats.saturating_sub(found.not_in),
            found.seats,
            found.join_seconds,
            join.p50,
            join.p99,
        )?;
        writeln!(
            f,
            "views        {} of {} people’s compared with a fresh snapshot, {} of them equal",
            found.views.checked, found.seats, found.views.equal
        )?;
        let at = &found.reconnects;
        if at.cut > 0 {
            writeln!(
                f,
                "reconnects   {} cut, {} back by what they had missed, {} by a snapshot, {} never, p50 {:.0}  p99 {:.0} ms",
                at.cut,
                at.by_ring,
                at.by_snapshot,
                at.never,
                figures.back_ms.p50,
                figures.back_ms.p99,
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
        if self.outcome.unreachable {
            writeln!(f, "server       could not be reached any more at the end")?;
        }
        if self.outcome.process_ended {
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
