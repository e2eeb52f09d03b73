//! The browser tests: the release binary, played in real browsers.

use anyhow::Result;

use crate::install::{self, Browsers};
use crate::place::Place;
use crate::run::Job;

/// Builds what the browser tests need, then runs them.
pub(crate) fn run(place: &Place) -> Result<()> {
    let browsers = install::run()?;
    build_release(place)?;
    if !place.web().join("node_modules").exists() {
        Job::new("npm", &["ci"]).within(&place.web()).run()?;
    }
    playing(place, &browsers, &[])?.run()
}

/// The two programs that are shipped, as they are shipped.
pub(crate) fn build_release(place: &Place) -> Result<()> {
    let words =
        ["build", "--release", "--locked", "-p", "setroom-server", "-p", "setroom-loadtest"];
    with_client(Job::new("cargo", &words).within(&place.root)).run()
}

/// A cargo job that builds the client into the service, whatever this shell is set to.
pub(crate) fn with_client(job: Job) -> Job {
    job.without("SETROOM_WEB_BUILD")
}

/// The tests against a built service: all of them, or these files one after the other.
pub(crate) fn playing(place: &Place, browsers: &Browsers, files: &[&str]) -> Result<Job> {
    let mut words = vec!["run", "e2e"];
    if !files.is_empty() {
        words.extend(["--", "--maxWorkers=1"]);
        words.extend(files);
    }
    Ok(Job::new("npm", &words)
        .within(&place.web())
        .with("SETROOM_BIN", place.binary("release", "setroom")?)
        .with("SETROOM_CHROMIUM", &browsers.chromium)
        .with("SETROOM_ENGINES", browsers.engines.to_variable()))
}
