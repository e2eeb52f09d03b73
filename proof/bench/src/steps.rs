//! What one command costs by its steps, as criterion left it.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The commands and the steps, in the order in which they are shown.
const COMMANDS: [&str; 3] = ["tick", "lower_hand", "put"];
const STEPS: [&str; 7] = ["read", "decide", "write_down", "apply", "apply_and_look", "tell", "all"];

/// One step of one command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which command.
    pub command: String,
    /// Which step.
    pub step: String,
    /// Microseconds, the middle one.
    pub us: f64,
    /// Between these with 95 % confidence.
    pub between: [f64; 2],
}

/// All steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Steps {
    /// The steps.
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

/// Reads what criterion wrote into its folder.
///
/// # Errors
/// When a step is not there.
pub fn read(criterion: &Path) -> io::Result<Steps> {
    let mut steps = Vec::new();
    for command in COMMANDS {
        for step in STEPS {
            let file = criterion.join(command).join(step).join("new/estimates.json");
            let text = std::fs::read_to_string(&file).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", file.display()))
            })?;
            let Estimates { median } = serde_json::from_str(&text)?;
            let us = |ns: f64| ns / 1e3;
            let Interval { lower_bound, upper_bound } = median.confidence_interval;
            steps.push(Step {
                command: command.to_owned(),
                step: step.to_owned(),
                us: us(median.point_estimate),
                between: [us(lower_bound), us(upper_bound)],
            });
        }
    }
    Ok(Steps { steps })
}

/// It as a table, in microseconds, behind the machine.
pub fn markdown(all: &Steps) -> String {
    let mut text = String::from(" Microseconds, the middle one.\n\n| step |");
    COMMANDS.iter().for_each(|command| {
        let _ = write!(text, " `{command}` |");
    });
    text.push_str("\n|---|---|---|---|\n");
    for step in STEPS {
        let _ = write!(text, "| {} |", step.replace('_', " "));
        for command in COMMANDS {
            let found = all.steps.iter().find(|one| one.command == command && one.step == step);
            let shown = found.map_or_else(String::new, |found| format!("{:.2}", found.us));
            let _ = write!(text, " {shown} |");
        }
        text.push('\n');
    }
    text
}
