//! The gate: every check that must pass before a change is merged, in an order that fails early.
//!
//! Tests and browsers mostly wait for what people wait for; what can be built and judged beside them
//! is. Whatever judges by how fast something was has the machine for itself.

mod again;
mod smoke;

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use again::Failed;

use crate::browser;
use crate::counts::Counts;
use crate::deny;
use crate::faults;
use crate::install;
use crate::operate;
use crate::place::Place;
use crate::run::{Beat, Job, aside, say};
use crate::sim;
use crate::tidy;
use xtask::written;

/// How much of the gate is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Full,
    /// Without the release build, and so without the smoke run and the browser.
    Quick,
}

/// Runs the gate and ends with a table of its steps.
///
/// # Errors
/// That of the first step that fails; the steps after it are not run.
pub(crate) fn run(place: &Place, extent: Extent) -> Result<()> {
    say("the gate: its steps say when they begin, and each minute that they still go on");
    let mut gate = Gate::begin();
    let result = steps(&mut gate, place, extent);
    gate.show(result.is_ok());
    result
}

fn steps(gate: &mut Gate, place: &Place, extent: Extent) -> Result<()> {
    let ((), browsers) = gate.both(
        |gate| {
            gate.step("tidy", |_| tidy::run(place))?;
            gate.step("format", |_| cargo(place, &["fmt", "--all", "--check"]))?;
            gate.step("clippy", |_| {
                cargo(
                    place,
                    &["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"],
                )
            })
        },
        |gate| gate.step("install", |_| install::run()),
    )?;
    for (engine, why) in &browsers.engines.left_out {
        gate.skip(engine, why);
    }
    // After the first step that compiles, because the service's build script installs them too.
    gate.step("web packages", |_| packages(place))?;
    gate.step("web check", |_| npm(place, &["run", "check"], &mut Counts::default()))?;
    // What follows from the protocol is compared by a test of `setroom-codegen`.
    gate.step("faults", |_| written::check(&place.root, &[(faults::FILE, faults::fresh(place)?)]))?;
    let ((of_cargo, of_web), of_browsers) = gate.both(
        |gate| {
            let all = ["test", "--locked", "--workspace", "--no-fail-fast"];
            let failed = gate.step("test", |counts| again::run(cargo_job(place, &all), counts))?;
            Ok((failed, untimed(gate, place)?))
        },
        |gate| of_browsers(gate, place, extent, &browsers),
    )?;
    gate.again("test", "test alone", &of_cargo, |names| {
        let words = ["test", "--locked", "--workspace", "--", "--exact"];
        Ok(cargo_job(place, &[&words, names].concat()))
    })?;
    gate.again("web test", "web test alone", &of_web, |files| {
        Ok(npm_job(place, &[&["test", "--"], files].concat()))
    })?;
    gate.again("browser", "browser alone", &of_browsers, |files| {
        browser::playing(place, &browsers, files)
    })?;
    if extent == Extent::Quick {
        for name in ["release", "browser", "smoke", "operate"] {
            gate.skip(name, "--quick");
        }
        return Ok(());
    }
    gate.step("smoke", |_| smoke::run(place))?;
    match operate::cannot() {
        None => gate.step("operate", |_| operate::run(place)),
        Some(why) => {
            gate.skip("operate", &why);
            Ok(())
        }
    }
}

/// The browsers: the longest way, which mostly waits, and so do the tests of the workspace beside it.
fn of_browsers(
    gate: &mut Gate,
    place: &Place,
    extent: Extent,
    browsers: &install::Browsers,
) -> Result<Failed> {
    if extent == Extent::Quick {
        return Ok(Failed::default());
    }
    gate.step("release", |_| browser::build_release(place))?;
    gate.step("browser", |counts| again::run(browser::playing(place, browsers, &[])?, counts))
}

/// What can be judged beside anything else: how long it takes decides nothing. Gives what failed of the
/// client's own tests.
fn untimed(gate: &mut Gate, place: &Place) -> Result<Failed> {
    gate.step("simulate", |counts| {
        sim::check(place)?;
        sim::test(place)?.watch(|line| counts.note_cargo(line))
    })?;
    gate.step("doc", |_| {
        cargo_job(place, &["doc", "--locked", "--workspace", "--no-deps"])
            .with("RUSTDOCFLAGS", "-D warnings")
            .run()
    })?;
    gate.step("deny", |_| deny::check(place))?;
    let failed = gate.step("web test", |counts| again::run(npm_job(place, &["test"]), counts))?;
    gate.step("web budget", |counts| {
        npm(place, &["run", "build"], counts)?;
        npm(place, &["run", "budget"], counts)
    })?;
    Ok(failed)
}

fn cargo(place: &Place, words: &[&str]) -> Result<()> {
    cargo_job(place, words).run()
}

fn cargo_job(place: &Place, words: &[&str]) -> Job {
    browser::with_client(Job::new("cargo", words).within(&place.root))
}

/// Installs the client's packages, unless what is there is what the lock file says.
fn packages(place: &Place) -> Result<()> {
    if Job::new("npm", &["ls", "--all"]).within(&place.web()).read().is_ok() {
        say("installed as package-lock.json says");
        return Ok(());
    }
    npm(place, &["ci"], &mut Counts::default())
}

fn npm(place: &Place, words: &[&str], counts: &mut Counts) -> Result<()> {
    npm_job(place, words).watch(|line| counts.note_vitest(line))
}

fn npm_job(place: &Place, words: &[&str]) -> Job {
    Job::new("npm", words).within(&place.web())
}

/// What became of the steps so far.
struct Gate {
    begun: Instant,
    done: Vec<Done>,
}

struct Done {
    name: &'static str,
    took: Duration,
    ended: String,
    counts: Counts,
}

impl Gate {
    #[allow(clippy::disallowed_methods, reason = "a stopwatch for people; it decides nothing")]
    fn begin() -> Self {
        Self { begun: Instant::now(), done: Vec::new() }
    }

    /// Steps beside other steps. What the others say is shown when both are done.
    ///
    /// # Errors
    /// That of the first, else that of the others.
    fn both<A, B: Send>(
        &mut self,
        first: impl FnOnce(&mut Self) -> Result<A>,
        others: impl FnOnce(&mut Self) -> Result<B> + Send,
    ) -> Result<(A, B)> {
        let mut second = Self::begin();
        let (result, other) = std::thread::scope(|scope| {
            let running = scope.spawn(|| aside(|| others(&mut second)));
            let result = first(self);
            say("\n━━ beside it");
            (result, running.join())
        });
        let (other, said) = other.map_err(|_| anyhow!("what ran beside it panicked"))?;
        said.iter().for_each(|line| say(line));
        self.done.extend(second.done);
        Ok((result?, other?))
    }

    /// Tries what failed in a step once more, now that nothing runs beside it.
    ///
    /// # Errors
    /// When it fails again.
    fn again(
        &mut self,
        of: &str,
        name: &'static str,
        failed: &Failed,
        job: impl FnOnce(&[&str]) -> Result<Job>,
    ) -> Result<()> {
        if failed.is_empty() {
            return Ok(());
        }
        self.step(name, |counts| failed.try_alone(job, counts))?;
        let done = self.done.iter_mut().filter(|done| done.name == of);
        done.for_each(|done| done.counts.passed_alone());
        Ok(())
    }

    fn step<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&mut Counts) -> Result<T>,
    ) -> Result<T> {
        say(&format!("\n━━ {name}"));
        let beat = Beat::start(name);
        let begun = Self::begin().begun;
        let mut counts = Counts::default();
        let result = work(&mut counts);
        drop(beat);
        let took = begun.elapsed();
        let ended = if result.is_ok() { "ok" } else { "FAILED" };
        say(&format!("━━ {name}: {ended}, {:.1} s", took.as_secs_f32()));
        self.done.push(Done { name, took, ended: ended.to_owned(), counts });
        result.map_err(|error| error.context(format!("{name} failed")))
    }

    fn skip(&mut self, name: &'static str, why: &str) {
        say(&format!("\n━━ {name}: left out, {why}"));
        let ended = format!("left out: {why}");
        self.done.push(Done { name, took: Duration::ZERO, ended, counts: Counts::default() });
    }

    fn show(&self, passed: bool) {
        say(&format!("\n{:<14} {:>8}  {:<30} result", "step", "seconds", "tests"));
        let mut all = Counts::default();
        for Done { name, took, ended, counts } in &self.done {
            let seconds = took.as_secs_f32();
            say(&format!("{name:<14} {seconds:>8.1}  {:<30} {ended}", counts.to_string()));
            all += *counts;
        }
        let verdict = if passed { "passed" } else { "FAILED" };
        // By the clock: some steps ran beside others.
        let seconds = self.begun.elapsed().as_secs_f32();
        say(&format!("{:<14} {seconds:>8.1}  {:<30} {verdict}", "all", all.to_string()));
    }
}
