//! One command for every chore of the repository. `cargo xtask` alone lists them.

mod bench;
mod browser;
mod ci;
mod counts;
mod deny;
mod faults;
mod install;
mod kill;
mod operate;
mod place;
mod run;
mod sim;
mod tidy;
mod titles;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::place::Place;
use crate::run::{Job, say};
use xtask::written;

const USAGE: &str = "\
cargo xtask <chore>

  ci [--quick]       everything that must pass before a change is merged;
                     --quick leaves out the release build and what needs it
  codegen [--check]  write the client's types, the contract's tables and the table of
                     faults from their sources, or only compare
  deny               what may come in from outside, by deny.toml
  tidy               the rules that no compiler or linter knows
  test-browser       build the service and play it in real browsers
  bench [words]      measure the service beside other servers; --help for its words
  sim [words]        meetings in a simulated network that breaks by a seed: --seeds N
  kill [words]       kill the service under load, again and again, and check what
                     came of it: --rounds 1000
  operate            type docs/OPERATIONS.md as root in a system that is booted for it,
                     under the shipped unit; needs root and systemd-nspawn
  install            make sure of Node, and of Chromium, Firefox and WebKit for the
                     browser tests";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match chore(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("\nerror: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn chore(words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let place = Place::find()?;
    match words.as_slice() {
        ["ci"] => ci::run(&place, ci::Extent::Full),
        ["ci", "--quick"] => ci::run(&place, ci::Extent::Quick),
        ["codegen", words @ ..] => {
            let start = ["run", "--quiet", "--locked", "--package", "setroom-codegen", "--"];
            Job::new("cargo", &[&start, words].concat()).within(&place.root).run()?;
            let files = [(faults::FILE, faults::fresh(&place)?)];
            if words.is_empty() {
                written::write(&place.root, &files)
            } else {
                written::check(&place.root, &files)
            }
        }
        ["deny"] => deny::check(&place),
        ["tidy"] => tidy::run(&place),
        ["bench", words @ ..] => bench::run(&place, words),
        ["sim", words @ ..] => sim::run(&place, words),
        ["kill", words @ ..] => kill::run(&place, words),
        ["test-browser"] => browser::run(&place),
        ["operate"] => operate::rehearse(&place),
        ["install"] => install::run().map(drop),
        [] | ["help" | "--help" | "-h"] => {
            say(USAGE);
            Ok(())
        }
        other => bail!("no chore `{}`\n\n{USAGE}", other.join(" ")),
    }
}
