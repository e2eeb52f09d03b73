//! The shipped templates, plans and cues, read from `protocol/data` and checked.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::{By, Floor, HandRule, Kind, Stance, Write, agenda};
use crate::limits;

/// A process template: how one presenter's slot goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name in commands and locale files, as `classic`.
    pub id: String,
    /// One line on what it is and where it comes from.
    pub about: String,
    /// The sum of the phases' usual minutes.
    pub minutes: u32,
    /// Where advice is welcome: `none`, `invited` or `phase`.
    pub advice: String,
    /// Meetings that a set should have had before it uses this template.
    pub min_meetings: u32,
    /// The phases in order.
    pub phases: Vec<Phase>,
}

/// A phase of a slot, or a step of a plan: a soft timebox with rules of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name, as `classic.explore` or `check_in`.
    pub id: String,
    /// Minutes: least, usual, most.
    pub minutes: [u32; 3],
    /// Whose moment it is.
    pub floor: Floor,
    /// What the presenter does.
    pub presenter: Stance,
    /// Kinds of question on offer.
    pub kinds: Vec<Kind>,
    /// Whether hands may go up.
    pub hand: HandRule,
    /// Who may write what.
    pub writes: Vec<Write>,
    /// Who is offered a note for themselves, which stays on their device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<By>,
    /// Key of the cue texts.
    pub cue: String,
    /// Keeps its least minutes when time is taken away.
    pub protected: bool,
}

/// A step of a plan: its name and its minutes.
pub type Step = (String, u32);

/// A meeting plan: what wraps the slots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name, as `half_day_210`.
    pub id: String,
    /// One line on what it is for.
    pub about: String,
    /// The sum of the steps' minutes.
    pub minutes: u32,
    /// Steps in order; `slot` stands for a whole template.
    pub steps: Vec<Step>,
}

/// What is wrong with a data file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not the JSON that is expected.
    #[error("{0}: {1}")]
    Json(&'static str, String),
    /// Minutes out of order.
    #[error("{0}: minutes must be least <= usual <= most, and most at most {max}", max = limits::PART_MINUTES)]
    Minutes(String),
    /// The usual minutes do not add up.
    #[error("{0}: says {1} minutes, its parts make {2}")]
    Sum(String, u32, u32),
    /// A cue without texts.
    #[error("{0}: there is no cue {1}")]
    Cue(String, String),
    /// A plan names a step that is not in steps.json.
    #[error("{0}: there is no step {1}")]
    Step(String, String),
    /// A phase's name does not fit, or is there twice.
    #[error("{0}: the name {1} is there twice or does not fit")]
    Name(String, String),
    /// More parts than an agenda may have.
    #[error("{0}: more than {max} parts", max = limits::PARTS)]
    Parts(String),
}

/// All templates, plans, steps and cues that are shipped.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// Templates by name.
    pub templates: BTreeMap<String, Template>,
    /// Plans by name.
    pub plans: BTreeMap<String, Plan>,
    /// What a step other than `slot` is like.
    pub steps: BTreeMap<String, Phase>,
    /// Cue keys, and who has words of their own: `f`, `p`, `m` or `all`.
    pub cues: BTreeMap<String, Vec<String>>,
}

macro_rules! files {
    ($dir:literal: $($name:literal),*) => {
        [$((concat!($dir, "/", $name), include_str!(concat!("../../data/", $dir, "/", $name, ".json")))),*]
    };
}

fn read<'a, T: Deserialize<'a>>(file: &'static str, text: &'a str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|e| Fault::Json(file, e.to_string()))
}

/// A file is named as what is in it, so that nothing takes another's place.
fn named(file: &'static str, id: &str) -> Result<(), Fault> {
    if file.rsplit('/').next() == Some(id) {
        return Ok(());
    }
    Err(Fault::Name(file.to_owned(), id.to_owned()))
}

impl Library {
    /// Reads and checks everything in `protocol/data`.
    ///
    /// # Errors
    /// The first [`Fault`] that is found, with the name of the file or part.
    pub fn shipped() -> Result<Self, Fault> {
        let mut all =
            Self { cues: read("cues", include_str!("../../data/cues.json"))?, ..Self::default() };
        let steps: Vec<Phase> = read("steps", include_str!("../../data/steps.json"))?;
        for step in steps {
            all.steps.insert(step.id.clone(), step);
        }
        for (file, text) in files!("templates": "classic", "wial", "gossip", "kollegiale",
            "case_clinic", "troika", "question_gift")
        {
            let template: Template = read(file, text)?;
            named(file, &template.id)?;
            all.templates.insert(template.id.clone(), template);
        }
        for (file, text) in files!("plans": "half_day_210", "half_day_training_210", "hpma_180",
            "hpma_150", "short_90")
        {
            let plan: Plan = read(file, text)?;
            named(file, &plan.id)?;
            all.plans.insert(plan.id.clone(), plan);
        }
        all.check()?;
        Ok(all)
    }

    /// Checks that everything fits together, as an engine that knows no more needs it to.
    ///
    /// # Errors
    /// The first [`Fault`] that is found, with the name of the part.
    pub fn check(&self) -> Result<(), Fault> {
        self.steps.values().try_for_each(|step| self.check_phase(step))?;
        self.templates.values().try_for_each(|template| self.check_template(template))?;
        self.plans.values().try_for_each(|plan| self.check_plan(plan))
    }

    fn check_phase(&self, phase: &Phase) -> Result<(), Fault> {
        let [least, usual, most] = phase.minutes;
        if least > usual || usual > most || most > limits::PART_MINUTES {
            return Err(Fault::Minutes(phase.id.clone()));
        }
        if !self.cues.contains_key(&phase.cue) {
            return Err(Fault::Cue(phase.id.clone(), phase.cue.clone()));
        }
        Ok(())
    }

    fn check_template(&self, template: &Template) -> Result<(), Fault> {
        let mut seen = std::collections::BTreeSet::new();
        for phase in &template.phases {
            self.check_phase(phase)?;
            if !seen.insert(&phase.id) || !phase.id.contains('.') {
                return Err(Fault::Name(template.id.clone(), phase.id.clone()));
            }
        }
        let [_, sum, _] = template.bounds();
        if sum != template.minutes {
            return Err(Fault::Sum(template.id.clone(), template.minutes, sum));
        }
        Ok(())
    }

    fn check_plan(&self, plan: &Plan) -> Result<(), Fault> {
        for (name, _) in &plan.steps {
            if name != "slot" && !self.steps.contains_key(name) {
                return Err(Fault::Step(plan.id.clone(), name.clone()));
            }
        }
        let sum = plan.steps.iter().map(|(_, minutes)| minutes).sum();
        if sum != plan.minutes {
            return Err(Fault::Sum(plan.id.clone(), plan.minutes, sum));
        }
        let pairs = |first| self.templates.values().map(move |template| (first, template));
        for (first, template) in pairs(false).chain(pairs(true)) {
            let parts = agenda(self, &plan.meeting(first), template);
            if parts.len() > limits::PARTS {
                return Err(Fault::Parts(plan.id.clone()));
            }
            let sum = parts.iter().map(|part| part.minutes[1]).sum();
            if sum != plan.minutes {
                return Err(Fault::Sum(
                    format!("{} with {}", plan.id, template.id),
                    plan.minutes,
                    sum,
                ));
            }
        }
        Ok(())
    }
}

impl Template {
    /// Sums of the phases' least, usual and most minutes.
    pub fn bounds(&self) -> [u32; 3] {
        self.phases.iter().fold([0, 0, 0], |[a, b, c], phase| {
            let [least, usual, most] = phase.minutes;
            [a + least, b + usual, c + most]
        })
    }
}

/// The shipped library, read once.
#[allow(clippy::expect_used, reason = "the files are compiled in, and a test reads them all")]
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::shipped().expect("the shipped data files are sound"))
}
