/** Agendas for the fake, from the data that the server uses. */

import steps from '../../protocol/data/steps.json';
import halfDay from '../../protocol/data/plans/half_day_210.json';
import classic from '../../protocol/data/templates/classic.json';
import gift from '../../protocol/data/templates/question_gift.json';
import type { Now, PartView } from '../src/wire.gen';

const templates = { classic, question_gift: gift } as const;
export type TemplateName = keyof typeof templates;

interface Phase {
  readonly id: string;
  readonly minutes: readonly number[];
  readonly floor: string;
  readonly presenter: string;
  readonly kinds: readonly string[];
  readonly hand: string;
  readonly writes: readonly unknown[];
  readonly cue: string;
}

interface Placed {
  readonly view: PartView;
  readonly phase: Phase;
}

function viewOf({ id, minutes: [least = 1, , most = 1] }: Phase, step: number, minutes: number): PartView {
  return { id, step, minutes, bounds: [Math.min(least, minutes), Math.max(most, minutes)] };
}

function placed(template: TemplateName): Placed[] {
  let slot = -1;
  return halfDay.steps.flatMap(([id, minutes], step): Placed[] => {
    if (id !== 'slot') {
      const phase = steps.find((one) => one.id === id);
      return phase ? [{ view: viewOf(phase, step, Number(minutes)), phase }] : [];
    }
    slot += 1;
    const at = slot;
    return templates[template].phases.map((phase) => ({
      view: { ...viewOf(phase, step, phase.minutes[1] ?? 1), slot: at },
      phase,
    }));
  });
}

export const agendaOf = (template: TemplateName): PartView[] => placed(template).map(({ view }) => view);

/** The present part, by index. */
export function nowAt(template: TemplateName, part: number): Now {
  const found = placed(template)[part];
  if (found === undefined) throw new Error(`no part ${part}`);
  const { view, phase } = found;
  return {
    part,
    id: view.id,
    ...(view.slot !== undefined && { slot: view.slot }),
    floor: phase.floor as Now['floor'],
    stance: phase.presenter as Now['stance'],
    kinds: [...phase.kinds] as Now['kinds'],
    hand: phase.hand as Now['hand'],
    writes: [...phase.writes] as Now['writes'],
    cue: phase.cue,
  };
}

/** The first part with this id. */
export function partAt(template: TemplateName, id: string): number {
  return placed(template).findIndex(({ view }) => view.id === id);
}
