//! From a plan and a template to an agenda: the flat list of parts that a meeting walks through.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Floor, HandRule, Kind, Library, Phase, Plan, Stance, Template, Write, library};

/// One part of a meeting: a step of the plan, or a phase of a presenter's slot.
///
/// A part carries its rules with it, so that a journal replays the same meeting even after the
/// shipped files have changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Part {
    /// `check_in`, or `classic.explore`.
    pub id: String,
    /// Index of the plan's step that it belongs to, from 0.
    pub step: u32,
    /// Which presenter's slot it belongs to, from 0; absent outside slots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u32>,
    /// Minutes: least, planned, most.
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
    /// Key of the cue texts.
    pub cue: String,
    /// Keeps its least minutes when time is taken away.
    pub protected: bool,
}

impl Part {
    fn new(phase: &Phase, step: u32, slot: Option<u32>, planned: u32) -> Self {
        let [least, _, most] = phase.minutes;
        Self {
            id: phase.id.clone(),
            step,
            slot,
            minutes: [least.min(planned), planned, most.max(planned)],
            floor: phase.floor,
            presenter: phase.presenter,
            kinds: phase.kinds.clone(),
            hand: phase.hand,
            writes: phase.writes.clone(),
            cue: phase.cue.clone(),
            protected: phase.protected,
        }
    }
}

/// The step of a plan that stands for presenters' turns.
const SLOT: &str = "slot";
/// A step that belongs to the slot before it, and goes with it.
const FEEDBACK: &str = "trainee_feedback";

/// The step in which people tell what became of their actions.
pub const REVIEW: &str = "action_review";

impl Plan {
    /// The plan of a meeting. In a first one there is nothing to review: its slots have that time.
    pub fn meeting(&self, first: bool) -> Self {
        let mut plan = self.clone();
        let slots = plan.steps.iter().filter(|(name, _)| name == SLOT).count();
        if first && slots > 0 {
            let review = |(name, _): &&(String, u32)| name == REVIEW;
            let spare = plan.steps.iter().filter(review).map(|(_, minutes)| minutes).sum();
            plan.steps.retain(|(name, _)| name != REVIEW);
            let more = share(spare, u32::try_from(slots).unwrap_or(u32::MAX));
            let slots = plan.steps.iter_mut().filter(|(name, _)| name == SLOT);
            slots.zip(more).for_each(|((_, minutes), more)| *minutes += more);
        }
        plan
    }
}

/// A step as it is laid out: its index in the plan, its name, its minutes.
type Laid<'a> = (u32, &'a str, u32);

/// The agenda of a shipped plan and template, by their names, for a `first` meeting or a later one;
/// `None` where there is no such plan or template.
pub(crate) fn shipped_agenda(plan: &str, template: &str, first: bool) -> Option<Vec<Arc<Part>>> {
    let library = library();
    let plan = library.plans.get(plan)?.meeting(first);
    let parts = agenda(library, &plan, library.templates.get(template)?);
    Some(parts.into_iter().map(Arc::new).collect())
}

/// Lays a plan out with one template, to the plan's own minutes.
///
/// A slot that is long enough for it holds several turns of a short template, each with a presenter of
/// its own. Where the template needs more than a slot has there are fewer slots, which have the time
/// of all; where even one of them is too short, the steps round it give what they can.
pub fn agenda(library: &Library, plan: &Plan, template: &Template) -> Vec<Part> {
    let slots = plan.steps.iter().filter(|(name, _)| name == SLOT).count();
    let fits = |steps: &Vec<Laid<'_>>| {
        let mut slots = steps.iter().filter(|(_, name, _)| *name == SLOT);
        slots.all(|(_, _, minutes)| turns(template, *minutes).is_some())
    };
    let laid = (1..=slots).rev().map(|kept| keep(plan, kept)).find(fits);
    let mut parts = Vec::new();
    let mut slot = 0;
    for (step, name, minutes) in laid.unwrap_or_else(|| squeezed(library, plan, template)) {
        if name == SLOT {
            for minutes in share(minutes, turns(template, minutes).unwrap_or(1)) {
                for (phase, planned) in template.phases.iter().zip(fit(&bounds(template), minutes))
                {
                    parts.push(Part::new(phase, step, Some(slot), planned));
                }
                slot += 1;
            }
        } else if let Some(phase) = library.steps.get(name) {
            parts.push(Part::new(phase, step, None, minutes));
        }
    }
    parts
}

/// The steps of a plan with only so many of its slots, which have the time of those that go.
fn keep(plan: &Plan, kept: usize) -> Vec<Laid<'_>> {
    let (mut seen, mut spare) = (0, 0);
    let mut steps: Vec<Laid<'_>> = Vec::new();
    for (index, (name, minutes)) in (0..).zip(&plan.steps) {
        seen += usize::from(name == SLOT);
        if seen > kept && (name == SLOT || name == FEEDBACK) {
            spare += minutes;
        } else {
            steps.push((index, name, *minutes));
        }
    }
    let more = share(spare, u32::try_from(kept).unwrap_or(u32::MAX));
    let slots = steps.iter_mut().filter(|(_, name, _)| *name == SLOT);
    slots.zip(more).for_each(|((_, _, minutes), more)| *minutes += more);
    steps
}

/// The steps of a plan with one slot, to which the others give what it needs.
fn squeezed<'a>(library: &Library, plan: &'a Plan, template: &Template) -> Vec<Laid<'a>> {
    let mut steps = keep(plan, 1);
    let [least, _, most] = template.bounds();
    let bounds: Vec<_> = steps
        .iter()
        .map(|(_, name, minutes)| match library.steps.get(*name) {
            Some(phase) => {
                let [least, _, most] = phase.minutes;
                [least.min(*minutes), *minutes, most.max(*minutes)]
            }
            None => [(*minutes).clamp(least, most); 3],
        })
        .collect();
    let fitted = fit(&bounds, plan.minutes);
    steps.iter_mut().zip(fitted).for_each(|((_, _, minutes), fitted)| *minutes = fitted);
    steps
}

/// How many turns of a template make so many minutes: as near to its usual ones as can be.
fn turns(template: &Template, minutes: u32) -> Option<u32> {
    let [least, usual, most] = template.bounds();
    (1..=minutes)
        .filter(|turns| (turns * least..=turns * most).contains(&minutes))
        .min_by_key(|turns| (turns * usual).abs_diff(minutes))
}

/// Minutes shared among some; the earlier ones have the odd minutes.
fn share(minutes: u32, among: u32) -> impl Iterator<Item = u32> {
    let among = among.max(1);
    (0..among).map(move |at| minutes / among + u32::from(at < minutes % among))
}

fn bounds(template: &Template) -> Vec<[u32; 3]> {
    template.phases.iter().map(|phase| phase.minutes).collect()
}

/// Minutes for each part so that together they come as near to `minutes` as least and most allow.
///
/// Starts from the usual minutes, then gives or takes one minute at a time where the most room is
/// left, so no part is squeezed while another has plenty.
fn fit(bounds: &[[u32; 3]], minutes: u32) -> Vec<u32> {
    let mut planned: Vec<u32> = bounds.iter().map(|[_, usual, _]| *usual).collect();
    let mut sum: u32 = planned.iter().sum();
    while sum != minutes {
        let grow = sum < minutes;
        let room = |([least, _, most], now): ([u32; 3], u32)| {
            if grow { most.saturating_sub(now) } else { now.saturating_sub(least) }
        };
        let best = (0..planned.len())
            .filter_map(|i| Some((i, room((*bounds.get(i)?, *planned.get(i)?)))))
            .filter(|(_, room)| *room > 0)
            // The earlier part wins a tie, so that the result does not depend on iteration luck.
            .max_by_key(|(i, room)| (*room, usize::MAX - i));
        let Some(part) = best.and_then(|(i, _)| planned.get_mut(i)) else { break };
        if grow {
            *part += 1;
            sum += 1;
        } else {
            *part -= 1;
            sum -= 1;
        }
    }
    planned
}
