//! Whether a scenario's values make sense together.

use std::time::Duration;

use setroom_protocol::limits;
use setroom_protocol::method::library;

use super::steady::PART;
use super::{Break, People, Scenario};

impl Scenario {
    /// Looks at every value; flags may have changed them since the file was read.
    ///
    /// # Errors
    /// What is wrong, in words that name the key.
    pub fn check(&self) -> Result<(), String> {
        let library = library();
        known("plan", &self.plan, library.plans.keys())?;
        known("template", &self.template, library.templates.keys())?;
        number("compress", self.compress, 1.0, 3600.0)?;
        number("rooms", f64::from(self.rooms), 1.0, 100_000.0)?;
        if self.people.members == 0 {
            return Err("people.members must be at least 1".into());
        }
        if self.seats_each() > limits::PEOPLE {
            return Err(format!(
                "people: {} seats in a room are over the limit `people`, which is {}",
                self.seats_each(),
                limits::PEOPLE
            ));
        }
        if self.repeat && self.duration.is_none() {
            return Err("repeat without duration would never end".into());
        }
        number("meetings", f64::from(self.meetings), 1.0, limits::MEETINGS as f64)?;
        share("arrival.late", self.arrival.late)?;
        self.check_rate()?;
        let (at, kept) = (&self.behaviour, &self.thresholds);
        for (key, value, least, most) in [
            ("behaviour.ready", Some(at.ready), 0.0, 1.0),
            ("behaviour.passes", Some(at.passes), 0.0, 1.0),
            ("behaviour.ticks", Some(at.ticks), 0.0, 1.0),
            ("behaviour.writes", Some(at.writes), 0.0, 1.0),
            ("behaviour.hands", Some(at.hands), 0.0, 60.0),
            ("behaviour.presses", Some(at.presses), 0.0, 600.0),
            ("behaviour.reloads", Some(at.reloads), 0.0, 600.0),
            ("behaviour.drop_offs", Some(at.drop_offs), 0.0, 600.0),
            ("thresholds.p99_ms", Some(kept.p99_ms), 0.001, 1e6),
            ("thresholds.join_p99_ms", kept.join_p99_ms, 0.001, 1e6),
            ("thresholds.rss_growth", kept.rss_growth, 1.0, 1000.0),
            ("thresholds.rss_trend", kept.rss_trend, 1.0, 1000.0),
        ] {
            value.map_or(Ok(()), |value| number(key, value, least, most))?;
        }
        self.check_faults()
    }

    /// A steady mix is everybody's from the beginning to the end.
    fn check_rate(&self) -> Result<(), String> {
        let Some(rate) = self.rate else { return Ok(()) };
        number("rate", rate, 1e-6, 1e6)?;
        if self.duration.is_none() || self.repeat || self.meetings > 1 {
            return Err("a rate needs a duration, one meeting, and no repeat".into());
        }
        if !matches!(self.people, People { co_facilitators: 0, observers: 0, .. })
            || self.arrival.late > 0.0
        {
            return Err("a rate is for a facilitator and members who are there in time".into());
        }
        if self.mixed_part().is_none() {
            return Err(format!("a rate needs a plan and a template with the part {PART}"));
        }
        if self.load(0).is_some_and(|load| load.commands() == 0) {
            return Err("rate and duration together make no single command: raise one".into());
        }
        Ok(())
    }

    fn check_faults(&self) -> Result<(), String> {
        let mut before = Duration::ZERO;
        for fault in &self.faults {
            share("fault.share", fault.share)?;
            if fault.at < before {
                return Err("fault.at must rise from one fault to the next".into());
            }
            before = fault.at;
            if (fault.what == Break::Delay) != fault.by.is_some() {
                return Err("fault.by belongs to a delay, and a delay needs it".into());
            }
            if (fault.what == Break::Rolling) != fault.every.is_some() {
                return Err("fault.every belongs to rolling, and rolling needs it".into());
            }
        }
        Ok(())
    }
}

fn known<'a>(
    key: &str,
    name: &str,
    mut all: impl Iterator<Item = &'a String> + Clone,
) -> Result<(), String> {
    let names: Vec<_> = all.clone().map(String::as_str).collect();
    if all.any(|known| known == name) {
        return Ok(());
    }
    Err(format!("{key} `{name}` is not known; there are {}", names.join(", ")))
}

fn number(key: &str, value: f64, least: f64, most: f64) -> Result<(), String> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(format!("{key} must be between {least} and {most}"))
}

fn share(key: &str, value: f64) -> Result<(), String> {
    number(key, value, 0.0, 1.0)
}
