//! The middle of the page: how long people waited, came in and came back, what was refused, what
//! the server used, what gives first, and what hardware is needed.

use std::collections::BTreeMap;

use super::charts;
use super::markup::Column::{Number, Text};
use super::markup::{Markup, put};
use super::plot::Plot;
use super::verdict::{capital, tile};
use crate::refusal::{self, Kind};
use crate::report::{Hardware, Report};
use crate::words::{bytes, count, number, seconds, several};

pub(super) fn write(report: &Report, into: &mut Markup) {
    into.raw(
        "<section><h2>How long people waited</h2>\
         <p>Time counts from the moment when somebody would have pressed a button, whether or not \
         the server was busy then, to the moment when each of the others had it.</p>",
    );
    let nothing = "Nothing was seen by anybody, so there is nothing to draw.";
    draw(charts::latency(report), nothing, into);
    draw(charts::percentiles(report), "", into);
    into.raw("</section>\n<section><h2>Coming in</h2>");
    draw(charts::joins(report), "Nobody came in.", into);
    into.raw("</section>\n<section><h2>Coming back</h2>");
    back(report, into);
    into.raw("</section>\n<section><h2>Refused</h2>");
    refused(report, into);
    into.raw("</section>\n<section><h2>What the server used</h2>");
    let unknown =
        "Not known: the server’s process was not watched. With --server-pid the tester tells it.";
    draw(charts::processor(report), unknown, into);
    draw(charts::memory(report), "", into);
    into.raw("</section>\n<section><h2>What would give first</h2>");
    headroom(report, into);
    into.raw("</section>\n<section><h2>What hardware is needed</h2>");
    match &report.hardware {
        Some(hardware) => needed(hardware, into),
        None => {
            into.raw(if report.hindered() {
                "<p>Not known: people were kept from working, so what the server used for it tells \
                 nothing of what they need.</p>"
            } else {
                "<p>Not known: the server’s process was not watched. With --server-pid the tester \
                 estimates it.</p>"
            });
        }
    }
    into.raw("</section>\n");
}

fn draw(plot: Option<Plot>, otherwise: &'static str, into: &mut Markup) {
    match plot {
        Some(plot) => plot.draw(into),
        None if otherwise.is_empty() => {}
        None => {
            put!(into, "<p>{}</p>", otherwise);
        }
    }
}

fn back(report: &Report, into: &mut Markup) {
    let found = &report.outcome;
    let at = &found.reconnects;
    let ended: u64 = found.ended.values().sum();
    if found.faults.is_empty() && at.cut == 0 && ended == 0 {
        into.raw("<p>Nothing was broken on purpose in this test, and nobody had to come back.</p>");
        return;
    }
    if ended > 0 {
        let many = capital(&several(ended, "connection", "connections"));
        put!(into, "<p>{} ended by themselves: the test had not cut them.", many);
        if at.cut == 0 {
            into.raw(
                " People of this test do not come back, so nobody knows whether they could have.",
            );
        }
        into.raw("</p>");
    }
    if at.cut > 0 {
        put!(
            into,
            "<p>{} lost in all. {} came back and only needed what they had missed, {} were told \
             everything afresh, and {} never came back.",
            capital(&several(at.cut, "connection was", "connections were")),
            count(at.by_ring),
            count(at.by_snapshot),
            count(at.never),
        );
        if report.outcome.back.count() > 0 {
            let times = report.figures.back_ms;
            let (half, most) = (seconds(times.p50 / 1000.0), seconds(times.p99 / 1000.0));
            put!(into, " Half were whole again within {}, 99 of 100 within {}.", half, most);
        }
        into.raw("</p>");
    }
    if !found.faults.is_empty() {
        let caption = "What was broken on purpose, with its number in the charts. Times count from \
                       the first person’s coming.";
        let columns = [
            Number("Number"),
            Number("At"),
            Text("What"),
            Number("Connections"),
            Number("Everybody back after"),
        ];
        into.table("What was broken", caption, &columns);
        for (index, fault) in found.faults.iter().enumerate() {
            let back = fault.back_seconds.map_or("not everybody".to_owned(), seconds);
            into.raw("<tr>").number(index + 1).number(seconds(fault.at.round()));
            into.row_name(capital(&fault.what)).number(count(fault.touched)).number(back);
            into.raw("</tr>");
        }
        into.end_table();
    }
    draw(charts::connected(report), "", into);
}

fn refused(report: &Report, into: &mut Markup) {
    let found = &report.outcome;
    if found.commands.refused.is_empty() && found.turned_away.is_empty() && found.ended.is_empty() {
        into.raw(
            "<p>Nobody was turned away, nothing that anybody did was refused, and no connection \
             ended that was not meant to.</p>",
        );
        return;
    }
    into.raw(
        "<p>What somebody does a moment too late is refused too: a hand cannot be lowered twice. \
         Such refusals are part of a real meeting. Everything else kept somebody from working.</p>",
    );
    let columns = [Text("What"), Text("Name"), Text("What it means"), Number("How often")];
    into.table("Refusals", "Everything that was refused or ended, by name.", &columns);
    let kept_out = |_: &str| "somebody did not get in at once";
    rows(into, "Connection turned away", kept_out, &found.turned_away);
    let meaning = |name: &str| match refusal::kind(name) {
        Kind::TooLate => "the meeting had moved on",
        Kind::Service => "somebody was kept from working",
        Kind::Nobodys => "no screen offers that: a fault",
    };
    rows(into, "Command refused", meaning, &found.commands.refused);
    rows(into, "Connection ended", |_| "somebody was cut off", &found.ended);
    into.end_table();
}

fn rows(
    into: &mut Markup,
    what: &str,
    meaning: impl Fn(&str) -> &'static str,
    counts: &BTreeMap<String, u64>,
) {
    for (name, number) in counts {
        put!(into.raw("<tr>").row_name(what), "<td><code>{}</code></td>", name);
        put!(into, "<td>{}</td>", meaning(name)).number(count(*number)).raw("</tr>");
    }
}

fn headroom(report: &Report, into: &mut Markup) {
    let headroom = &report.headroom;
    put!(into, "<p>{}</p>", headroom.sentence);
    // What a server used that did not do its work tells nothing of how much more it bears.
    if headroom.resources.is_empty() || report.hindered() {
        return;
    }
    let caption = "The nearest first. How many times this load it bears is an estimate: it takes for \
                   granted that use grows with the load.";
    let columns = [Text("What"), Number("Used"), Number("There is"), Number("Bears this load")];
    into.table("What there is", caption, &columns);
    for resource in &headroom.resources {
        let times = if resource.times > 100.0 {
            "more than 100 times".to_owned()
        } else {
            format!("{} times", number(resource.times))
        };
        into.raw("<tr>").row_name(capital(resource.name)).number(&resource.used);
        into.number(&resource.limit).number(times).raw("</tr>");
    }
    into.end_table();
}

fn needed(hardware: &Hardware, into: &mut Markup) {
    put!(
        into,
        "<p><strong>Estimate.</strong> For {} with {} at once, a server with:</p>\
         <ul class=\"tiles\">",
        several(hardware.sets, "set", "sets"),
        several(hardware.people, "person", "people"),
    );
    let cores = if hardware.cores == 1 { "processor core" } else { "processor cores" };
    tile(into, count(hardware.cores), cores);
    tile(into, bytes(hardware.memory_bytes as f64), "memory");
    tile(into, count(hardware.open_files), "open files allowed");
    if let Some(written) = hardware.written_bytes_per_second {
        tile(into, format!("{}/s", bytes(written)), "written to files");
    }
    into.raw("</ul><ul>");
    for assumption in &hardware.assumptions {
        put!(into, "<li>{}</li>", assumption);
    }
    into.raw("</ul>");
}
