/** What the facilitator does before the start. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { Btn } from '../components';
import { PlanChoice } from './plan';
import { useAsk, useRoom } from '../room/room-context';

export function Prepare(): JSX.Element {
  const { shared, own, open } = useRoom();
  const ask = useAsk();
  return (
    <section class="card" aria-labelledby="prepare-title">
      <h2 id="prepare-title">{t('prepare-title')}</h2>
      <p class="hint">{t('prepare-checks')}</p>
      <p class="row">
        {own.keys && <Btn onPress={() => open('links')}>{t('links')}</Btn>}
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
          onPlan={(plan) => ask({ c: 'plan', plan, template: shared.template })}
          onTemplate={(template) => ask({ c: 'plan', plan: shared.plan, template })}
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
