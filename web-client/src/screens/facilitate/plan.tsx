/** Choosing a meeting plan and the way the set works with an issue. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { PLANS, TEMPLATES } from '../../names.gen';
import { Choice } from '../components';
import { plain, word } from '../messages';

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
        options={PLANS.map(({ id, minutes, ...turns }) => {
          const slots: Readonly<Record<string, number>> = first ? turns.first : turns.slots;
          return { is: id as string, label: word(`plan-${id}`), about: plain('plan-about', { minutes, slots: slots[template] ?? 1 }) };
        })}
        onValue={onPlan}
      />
      <Choice
        legend={t('template-legend')}
        name="template"
        hint={t('template-hint')}
        value={template}
        options={TEMPLATES.map(({ id, minutes: [least, usual, most], min_meetings }) => ({
          is: id as string,
          label: word(`template-${id}`),
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
