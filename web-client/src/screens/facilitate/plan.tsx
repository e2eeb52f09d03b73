/** Choosing a meeting plan and the way the set works with an issue. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { PLANS, TEMPLATES } from '../../names.gen';
import { Choice } from '../components';
import { plain, word } from '../messages';

/** What most sets begin with. */
export const USUAL = { plan: 'half_day_210', template: 'classic' } as const;

/** The shortest first; of two that are as long, the one with fewer presenters. */
const BY_LENGTH = PLANS.toSorted((a, b) => a.minutes - b.minutes || a.slots[USUAL.template] - b.slots[USUAL.template]);
const BY_USE = TEMPLATES.toSorted((a, b) => Number(b.id === USUAL.template) - Number(a.id === USUAL.template));

/** The name of a choice, with a word at the one that most make. */
function named(kind: keyof typeof USUAL, id: string): string {
  const name = word(`${kind}-${id}`);
  return id === USUAL[kind] ? plain('usual', { name }) : name;
}

interface PlanChoiceProps {
  readonly plan: string;
  readonly template: string;
  /** Whether these people have not met before. */
  readonly first: boolean;
  readonly onPlan: (plan: string) => void;
  readonly onTemplate: (template: string) => void;
}

export function PlanChoice({ plan, template, first, onPlan, onTemplate }: PlanChoiceProps): JSX.Element {
  return (
    <>
      <Choice
        legend={t('plan-legend')}
        name="plan"
        hint={t('plan-hint')}
        value={plan}
        options={BY_LENGTH.map(({ id, minutes, ...turns }) => {
          const slots: Readonly<Record<string, number>> = first ? turns.first : turns.slots;
          return { is: id as string, label: named('plan', id), about: plain('plan-about', { minutes, slots: slots[template] ?? 1 }) };
        })}
        onValue={onPlan}
      />
      <Choice
        legend={t('template-legend')}
        name="template"
        hint={t('template-hint')}
        value={template}
        options={BY_USE.map(({ id, minutes: [least, usual, most], min_meetings }) => ({
          is: id as string,
          label: named('template', id),
          about: [
            word(`template-${id}-about`),
            plain('template-minutes', { least, usual, most }),
            min_meetings > 1 ? t('template-warm') : '',
          ].join(' '),
        }))}
        onValue={onTemplate}
      />
    </>
  );
}
