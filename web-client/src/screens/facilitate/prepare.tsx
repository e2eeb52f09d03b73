/** What the facilitator does before the start. */

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../../i18n';
import type { Shared } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn } from '../components';
import { PlanChoice } from './plan';
import { useAsk, useRoom } from '../room/room-context';

type Planned = Pick<Shared, 'plan' | 'template'>;

export function Prepare(): JSX.Element {
  const { session, shared, own, open } = useRoom();
  const ask = useAsk();
  // A part that is pressed and not answered yet goes with the next.
  const last = useRef<Planned | undefined>(undefined);
  const choose = (pressed: Partial<Planned>): void =>
    attempt(async () => {
      const planned = { ...(last.current ?? { plan: shared.plan, template: shared.template }), ...pressed };
      last.current = planned;
      try {
        await session.ask({ c: 'plan', ...planned });
      } finally {
        if (last.current === planned) last.current = undefined;
      }
    });
  return (
    <section class="card" aria-labelledby="prepare-title">
      <h2 id="prepare-title">{t('prepare-title')}</h2>
      <p class="hint">{t('prepare-checks')}</p>
      <p class="row">
        {own.keys && <Btn onPress={() => open('links')}>{t('links')}</Btn>}
        <Btn onPress={() => open('dates')}>{t('dates-open')}</Btn>
        <Btn onPress={() => open('words')}>{t('menu-words')}</Btn>
        {own.keys && <Btn onPress={() => ask({ c: 'lock', on: !shared.locked })}>{t(shared.locked ? 'unlock' : 'lock')}</Btn>}
      </p>
      {shared.locked && <p class="hint">{t('locked-hint')}</p>}
      <details>
        <summary>{t('plan-change')}</summary>
        <PlanChoice
          plan={shared.plan}
          template={shared.template}
          first={shared.agenda.every(({ id }) => id !== 'action_review')}
          onPlan={(plan) => choose({ plan })}
          onTemplate={(template) => choose({ template })}
        />
      </details>
    </section>
  );
}

/** The start, always in reach; what comes into its place goes on from there. */
export function StartDock(): JSX.Element {
  const ask = useAsk();
  return (
    <footer class="dock controls" id="dock" tabIndex={-1} aria-label={t('dock-controls')}>
      <Btn look="main" onPress={() => ask({ c: 'start' })}>{t('start')}</Btn>
    </footer>
  );
}
