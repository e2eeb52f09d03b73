/** When the meeting ends, and when each presenter's time does, as things stand: from the gathering to the close. */

import type { JSX } from 'preact';
import { t } from '../i18n';
import { nameOf, useRoom } from './room/room-context';
import { endsOf } from './fit';
import { plain } from './messages';
import { hourText } from './clock-text';

const MINUTE_MS = 60_000;
/** Nobody is told of a time that is not a whole minute. */
const whole = (at: number): number => Math.ceil(at / MINUTE_MS) * MINUTE_MS;

export function Ends(): JSX.Element | null {
  const room = useRoom();
  const { shared, second } = room;
  // What has no date begins nobody knows when.
  if (shared.stage === 'gathering' && shared.starts_at === undefined) return null;
  const { meeting, slots } = endsOf(shared, second.value);
  const order = new Map(Object.entries(shared.seats).map(([seat, { presents }]) => [presents, seat as keyof typeof shared.seats]));
  const who = (slot: number): string => {
    const seat = slot === shared.now?.slot ? shared.presenter : order.get(slot);
    const n = slot + 1;
    return seat === undefined ? plain('slot-n', { n }) : plain('ends-who', { n, name: nameOf(room, seat) });
  };
  return (
    <section class="card" aria-labelledby="ends-title">
      <h2 id="ends-title">{t('ends-title')}</h2>
      <ul class="rows">
        {[...slots].map(([slot, at]) => (
          <li key={slot} data-slot={slot}>
            <span class="who">{who(slot)}</span>
            <span class="hint">{hourText(whole(at))}</span>
          </li>
        ))}
        <li data-slot="meeting">
          <span class="who">{t('ends-meeting')}</span>
          <span class="hint">{hourText(whole(meeting))}</span>
        </li>
      </ul>
      <p class="hint">{t('ends-about')}</p>
    </section>
  );
}
