//! The other two engines of the browser tests: Firefox, and WebKit as WebKitGTK has it. Installs them
//! by apt where they are missing; elsewhere an engine that is not there is left out, and the gate
//! says which and why. Where `CI` is set nobody may read that, so there it fails.

use std::ffi::OsStr;

use anyhow::{Result, bail};

use super::{apt, named, on_path};
use crate::run::{Job, say};

/// An engine's programs and where they come from.
struct Engine {
    /// As the tests call it.
    name: &'static str,
    /// The variable in which a person may name the browser, and what it may be called.
    variable: &'static str,
    programs: &'static [&'static str],
    /// Other programs that it is driven by or drawn on.
    needs: &'static [&'static str],
    /// Debian's packages.
    packages: &'static [&'static str],
}

const ENGINES: [Engine; 2] = [
    Engine {
        name: "firefox",
        variable: "SETROOM_FIREFOX",
        programs: &["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
        needs: &[],
        packages: &["firefox-esr"],
    },
    Engine {
        name: "webkit",
        variable: "SETROOM_WEBKIT_DRIVER",
        programs: &["WebKitWebDriver"],
        needs: &["Xvfb"],
        packages: &["webkit2gtk-driver", "xvfb"],
    },
];

/// The engines that the browser tests play in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Engines {
    /// Those that are here, Chromium first.
    pub(crate) here: Vec<&'static str>,
    /// Those that are left out, and why.
    pub(crate) left_out: Vec<(&'static str, String)>,
}

impl Engines {
    /// As the tests read it from `SETROOM_ENGINES`.
    pub(crate) fn to_variable(&self) -> String {
        self.here.join(",")
    }

    /// # Errors
    /// When an engine is left out where `ci`, the variable `CI`, says that nobody looks on.
    fn enough_for(self, ci: Option<&OsStr>) -> Result<Self> {
        let in_ci = ci.is_some_and(|set| !NO_CI.iter().any(|none| set == *none));
        match self.left_out.first() {
            Some((name, why)) if in_ci => bail!("CI is set, and {name} would be left out: {why}"),
            _ => Ok(self),
        }
    }
}

/// Values of `CI` that mean that it is none.
const NO_CI: [&str; 3] = ["", "0", "false"];

/// Makes sure of the engines beside Chromium, as far as this machine can have them.
///
/// # Errors
/// When apt has a package but cannot install it, a variable names a program that is not there, or one
/// is missing in CI.
pub(crate) fn run() -> Result<Engines> {
    let mut engines = Engines { here: vec!["chromium"], left_out: Vec::new() };
    for engine in &ENGINES {
        if !is_here(engine)? && apt_has(engine.packages) {
            let packages = engine.packages.join(" ");
            say(&format!("no {}: installing {packages} with apt-get", engine.name));
            apt(engine.packages)?;
        }
        if is_here(engine)? {
            engines.here.push(engine.name);
        } else {
            let needed = [engine.programs.get(..1).unwrap_or_default(), engine.needs].concat();
            let why = format!("no {} here, and no apt that has it", needed.join(" with "));
            say(&format!("{}: left out, {why}", engine.name));
            engines.left_out.push((engine.name, why));
        }
    }
    say(&format!("engines: {}", engines.here.join(", ")));
    engines.enough_for(std::env::var_os("CI").as_deref())
}

fn is_here(engine: &Engine) -> Result<bool> {
    let browser = named(engine.variable)?.is_some()
        || engine.programs.iter().any(|program| on_path(program).is_some());
    Ok(browser && engine.needs.iter().all(|program| on_path(program).is_some()))
}

/// Whether apt is here and knows all of these packages.
pub(super) fn apt_has(packages: &[&str]) -> bool {
    let known = |package: &&str| {
        Job::new("apt-cache", &["show", "--no-all-versions", package])
            .read()
            .is_ok_and(|shown| !shown.trim().is_empty())
    };
    on_path("apt-get").is_some() && packages.iter().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_are_told_which_engines_there_are() {
        let left_out = vec![("webkit", "none".to_owned())];
        let engines = Engines { here: vec!["chromium", "firefox"], left_out };
        assert_eq!(engines.to_variable(), "chromium,firefox");
    }

    #[test]
    fn what_is_left_out_fails_in_ci_and_there_alone() {
        let all = Engines { here: vec!["chromium", "firefox", "webkit"], left_out: Vec::new() };
        let left_out = vec![("webkit", "no WebKitWebDriver here".to_owned())];
        let some = Engines { here: vec!["chromium", "firefox"], left_out };
        for none in [None, Some(""), Some("0"), Some("false")] {
            assert_eq!(some.clone().enough_for(none.map(OsStr::new)).ok().as_ref(), Some(&some));
        }
        for ci in ["true", "1", "yes"] {
            let ci = Some(OsStr::new(ci));
            let failed = some.clone().enough_for(ci).map_err(|error| error.to_string());
            let said = "CI is set, and webkit would be left out: no WebKitWebDriver here";
            assert_eq!(failed.as_ref().err().map(String::as_str), Some(said));
            assert_eq!(all.clone().enough_for(ci).ok().as_ref(), Some(&all));
        }
    }
}
