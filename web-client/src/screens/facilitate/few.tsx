/** Fewer can come than a set usually needs: the date is moved, or the meeting goes ahead small. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { PLANS } from '../../names.gen';
import type { MeetingId } from '../../wire.gen';
import { Btn } from '../components';
import { plain } from '../messages';
import { useAsk, useRoom } from '../room/room-context';
import { fewCan } from '../series';

/** The plan that needs the least of everybody. */
const SMALL = PLANS.reduce((small, plan) => (plan.minutes < small.minutes ? plan : small));

export function FewCan({ meeting }: { readonly meeting: MeetingId }): JSX.Element | null {
  const { open, shared } = useRoom();
  const ask = useAsk();
  const few = fewCan(shared, meeting);
  if (few === undefined) return null;
  const { plan, template } = shared;
  const present = meeting === shared.meeting && shared.stage === 'gathering';
  const slots: Readonly<Record<string, number>> = shared.agenda.some(({ id }) => id === 'action_review') ? SMALL.slots : SMALL.first;
  return (
    <div class="tip" data-few>
      <p><b>{plain('few-can', few)}</b> {t('few-about')}</p>
      {present && plan !== SMALL.id && <p>{plain('few-small-about', { minutes: SMALL.minutes, slots: slots[template] ?? 1 })}</p>}
      {!present && <p class="hint">{t('few-later')}</p>}
      <p class="row">
        <Btn onPress={() => open('dates')}>{t('few-move')}</Btn>
        {present && plan !== SMALL.id && <Btn onPress={() => ask({ c: 'plan', plan: SMALL.id, template })}>{t('few-small')}</Btn>}
      </p>
    </div>
  );
}
