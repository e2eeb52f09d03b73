//! From a plan and a template to an agenda: the flat list of parts that a meeting walks through.

use serde::{Deserialize, Serialize};

use super::{Floor, HandRule, Kind, Library, Phase, Plan, Stance, Template, Write};

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

/// Lays a plan out with one template in every slot; each slot's phases are fitted to its minutes.
pub fn agenda(library: &Library, plan: &Plan, template: &Template) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut slots = 0;
    for (step, (name, minutes)) in (0u32..).zip(&plan.steps) {
        if name == "slot" {
            for (phase, planned) in template.phases.iter().zip(fit(template, *minutes)) {
                parts.push(Part::new(phase, step, Some(slots), planned));
            }
            slots += 1;
        } else if let Some(phase) = library.steps.get(name) {
            parts.push(Part::new(phase, step, None, *minutes));
        }
    }
    parts
}

/// Minutes for each phase so that together they come as near to `minutes` as least and most allow.
///
/// Starts from the usual minutes, then gives or takes one minute at a time where the most room is
/// left, so no phase is squeezed while another has plenty.
fn fit(template: &Template, minutes: u32) -> Vec<u32> {
    let mut planned: Vec<u32> = template.phases.iter().map(|phase| phase.minutes[1]).collect();
    let mut sum: u32 = planned.iter().sum();
    while sum != minutes {
        let grow = sum < minutes;
        let room = |(phase, now): (&Phase, u32)| {
            let [least, _, most] = phase.minutes;
            if grow { most.saturating_sub(now) } else { now.saturating_sub(least) }
        };
        let best = (0..planned.len())
            .filter_map(|i| Some((i, room((template.phases.get(i)?, *planned.get(i)?)))))
            .filter(|(_, room)| *room > 0)
            // The earlier phase wins a tie, so that the result does not depend on iteration luck.
            .max_by_key(|(i, room)| (*room, usize::MAX - i));
        let Some(slot) = best.and_then(|(i, _)| planned.get_mut(i)) else { break };
        if grow {
            *slot += 1;
            sum += 1;
        } else {
            *slot -= 1;
            sum -= 1;
        }
    }
    planned
}
