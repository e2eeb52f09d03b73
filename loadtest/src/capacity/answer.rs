//! What a search comes to: one sentence, then every step.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Finding, Limit, LoadStep, Seen, Slo};
use crate::measure::verdict::Verdict;

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Rooms, each at a steady rate.
    Rooms,
    /// Commands a second, in a steady number of rooms.
    Rate,
}

/// The result of a search. `loadtest/schema/capacity.json` describes its JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Pass when an answer was found, and it is at least what was wished; fail when the server
    /// ended, or carries less; could not be judged when something else than the server gave first,
    /// it was stopped, or too little was timed.
    pub verdict: Verdict,
    /// All of it in one sentence or two.
    pub sentence: String,
    /// The largest load that was kept, in what was varied; none when not even the smallest was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest: Option<u64>,
    /// The smallest load that broke; none when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broke: Option<u64>,
    /// Rooms at the largest load.
    pub rooms: u64,
    /// Seats at the largest load.
    pub seats: u64,
    /// Commands a second at the largest load, in all rooms together.
    pub rate: f64,
    /// Deliveries a second at the largest load.
    pub deliveries_per_second: f64,
    /// Which limit gave first.
    pub limit: Limit,
    /// The same in words, with the figures that show it.
    pub limit_in_words: String,
    /// Whether the server may well carry more: something else gave first, or took its share of
    /// the server's own machine.
    pub lower_bound: bool,
    /// Whether the answer was also kept for twice as long.
    pub confirmed: bool,
    /// Whether the search ended before it was as precise as wished: by hand, or for want of time.
    pub partial: bool,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What was looked for.
    pub asked: SearchAsked,
    /// Every load that was tried, in order.
    pub steps: Vec<LoadStep>,
}

/// What was looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchAsked {
    /// The server.
    pub url: String,
    /// What was varied.
    pub by: By,
    /// Seats in each room, the facilitator's included.
    pub members: u64,
    /// Commands a second in each room, when rooms were varied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_per_room: Option<f64>,
    /// Rooms, when the rate was varied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms: Option<u64>,
    /// The load that it began with.
    pub from: u64,
    /// The most that was to be tried.
    pub most: u64,
    /// What had to be kept.
    pub slo: Slo,
    /// Seconds that each load was played before it counted.
    pub warm_up_seconds: f64,
    /// Seconds that each load was measured.
    pub window_seconds: f64,
    /// What the answer had to be at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// Whether boxes were random bytes and not sealed.
    pub opaque: bool,
    /// The seed that repeats it.
    pub seed: u64,
    /// Version of the tester.
    pub version: String,
}

impl Finding<'_> {
    /// What the search came to.
    pub(super) fn answer(self, stopped: bool) -> Capacity {
        let Self { plan, search, steps, ceiling, nobody, began, .. } = self;
        let (largest, broke) = (search.kept(), search.broke());
        // The last step of a load tells of it.
        let last = |load: u64, kept: bool| {
            let (rooms, rate) = (plan.rooms(load) as u64, plan.rate(load));
            let of_load = |step: &&LoadStep| step.rooms == rooms && step.rate == rate;
            steps.iter().rev().filter(of_load).find(|step| step.kept() == kept)
        };
        let (limit, seen) = match (broke.and_then(|load| last(load, false)), ceiling) {
            // Whatever broke before, that is what there is to know.
            (_, Some((Limit::ServerEnded, seen))) => (Limit::ServerEnded, seen),
            (Some(step), _) => (step.seen.limit(), step.seen.clone()),
            (None, Some((limit, seen))) => (limit, seen),
            (None, None) => (Limit::Asked, Seen::default()),
        };
        let at_answer = largest.and_then(|load| last(load, true));
        let known = at_answer.is_none_or(LoadStep::is_known);
        let rooms = largest.map_or(0, |load| plan.rooms(load) as u64);
        let mut answer = Capacity {
            verdict: Verdict::Unjudged,
            sentence: String::new(),
            largest,
            broke,
            rooms,
            seats: rooms * plan.run.scenario.seats_each() as u64,
            rate: largest.map_or(0.0, |load| plan.rate(load)),
            deliveries_per_second: at_answer.map_or(0.0, |step| step.deliveries_per_second),
            lower_bound: limit.is_not_the_servers() || seen.is_shared(),
            limit_in_words: limit.in_words(&seen),
            limit,
            confirmed: search.is_confirmed(),
            partial: stopped || !(nobody || search.next().is_none()),
            seconds: began.elapsed().as_secs_f64(),
            asked: plan.asked.clone(),
            steps,
        };
        answer.verdict = answer.judged(stopped, known);
        answer.sentence = answer.in_words(&seen, stopped, known);
        answer
    }
}

impl Capacity {
    /// What is certain of the server, and what is only this search's own end: that it was `stopped`,
    /// or that it is not `known` whether the answer was kept.
    pub fn judged(&self, stopped: bool, known: bool) -> Verdict {
        let enough = self.largest.is_some_and(|most| most >= self.asked.at_least.unwrap_or(1));
        // Either a load was too much for it, or it let nobody more in.
        let too_much = self.steps.iter().any(LoadStep::is_too_much) || self.broke.is_none();
        if self.limit == Limit::ServerEnded {
            Verdict::Fail
        } else if stopped {
            Verdict::Unjudged
        } else if enough {
            if known { Verdict::Pass } else { Verdict::Unjudged }
        } else if !self.partial && too_much && !self.limit.is_not_the_servers() {
            Verdict::Fail
        } else {
            Verdict::Unjudged
        }
    }

    fn in_words(&self, seen: &Seen, stopped: bool, known: bool) -> String {
        let (asked, p99) = (&self.asked, self.asked.slo.p99_ms);
        let word = self.verdict.word();
        let mut text = match self.largest {
            None => format!(
                "{word}: not even {} was carried with p99 at or below {p99} ms: {}.",
                self.load_in_words(self.broke.unwrap_or(asked.from)),
                self.limit_in_words,
            ),
            Some(largest) => format!(
                "{word}: {}{} ({} seats, {:.0} commands and {:.0} deliveries a second) with p99 at or \
                 below {p99} ms; {}{}.",
                if self.lower_bound { "at least " } else { "" },
                self.load_in_words(largest),
                self.seats,
                self.rate,
                self.deliveries_per_second,
                self.broke.map_or_else(String::new, |at| format!("at {at} ")),
                self.limit_in_words,
            ),
        };
        if self.limit.is_not_the_servers() {
            text += " The server's own limit lies higher.";
        } else if self.lower_bound {
            let used = seen.tester_cores.unwrap_or_default();
            text += &format!(
                " The tester shared the machine and used {used:.1} of its processors: alone, the \
                 server carries more."
            );
        }
        if let Some(least) = asked.at_least
            && self.largest.is_none_or(|largest| largest < least)
        {
            text += &format!(" That is below the {least} that were wished.");
        }
        if !known {
            text += " So little was timed that a p99 of it says nothing: take a longer --window.";
        }
        if stopped {
            text += " It was stopped before its end.";
        } else if self.partial {
            text += " There was no time to be more precise.";
        } else if self.largest.is_some() && !self.confirmed {
            text += " There was no time to see it kept for longer.";
        }
        text
    }

    fn load_in_words(&self, load: u64) -> String {
        let asked = &self.asked;
        match asked.by {
            By::Rooms => format!(
                "{load} {} of {} at {} commands a second each",
                if load == 1 { "room" } else { "rooms" },
                asked.members,
                asked.rate_per_room.unwrap_or_default(),
            ),
            By::Rate => format!(
                "{load} commands a second in {} rooms of {}",
                asked.rooms.unwrap_or_default(),
                asked.members,
            ),
        }
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sentence)?;
        writeln!(f)?;
        writeln!(f, "{}", LoadStep::HEADING)?;
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        write!(f, "{:.0} s in all; repeat with --seed {}", self.seconds, self.asked.seed)
    }
}

impl LoadStep {
    /// The names of the columns of [`LoadStep`]'s display.
    pub const HEADING: &str = " at s   rooms  commands/s   deliver./s    p50 ms    p99 ms   late ms  \
                               server CPU   RSS MiB  result";
}

impl fmt::Display for LoadStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.seen.server.as_ref();
        let cpu = server.map_or_else(|| "-".into(), |server| format!("{:.2}", server.cores));
        let rss = server.map_or_else(|| "-".into(), |at| format!("{}", at.rss_bytes >> 20));
        let result = match (self.kept(), self.confirming) {
            (true, true) => "kept, for longer".to_owned(),
            (true, false) => "kept".to_owned(),
            (false, _) => format!("broke: {}", self.broke.join(", ")),
        };
        let Self { at, rooms, rate, p50_ms, p99_ms, .. } = self;
        write!(
            f,
            "{at:>5.0}  {rooms:>6}  {rate:>10.0}  {:>11.0}  {p50_ms:>8.1}  {p99_ms:>8.1}  {:>8.1}  \
             {cpu:>10}  {rss:>8}  {result}",
            self.deliveries_per_second, self.seen.late_ms,
        )
    }
}
