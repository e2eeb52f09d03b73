/** Time as a shape. It never turns red, never flashes and never counts the last seconds down. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { bare, plain } from '../messages';
import { leftMs, useRoom } from './room-context';

const ROUND = 289.03;
const SOON_MS = 120_000;

/** "4:05", and "+1:20" once the time is over. */
export function exact(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return ms < 0 ? `+${text}` : text;
}

/** Whole minutes, as everybody without the controls sees them. */
export const minutesLeft = (ms: number): number => Math.max(0, Math.ceil(ms / 60_000));

/** In words that time is over; those who run the meeting also hear by how many minutes. */
function overBy(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? t('time-over') : plain('time-over-by', { minutes });
}

export function Ring(): JSX.Element {
  const { shared, own, second } = useRoom();
  const { clock } = shared;
  const left = leftMs(clock, second.value);
  if (left === undefined || clock.is === 'stopped') {
    return <p class="ring stopped">{t('time-none')}</p>;
  }
  const over = left <= 0;
  const minutes = minutesLeft(left);
  // Steps of ten seconds, so that nothing creeps at the edge of the eye.
  const share = Math.max(0, Math.min(1, Math.ceil(left / 10_000) / (clock.total_ms / 10_000)));
  const label = [over ? overBy(own.controls ? -left : 0) : plain('time-left', { minutes })];
  if (clock.is === 'paused') label.push(t('time-paused'));
  const big = own.controls ? exact(left) : over ? t('time-over') : plain('time-minutes', { minutes });
  return (
    <div class={`ring${over ? ' over' : left <= SOON_MS ? ' soon' : ''}`} role="timer" aria-label={bare(label.join(', '))}>
      <svg viewBox="0 0 104 104" aria-hidden="true">
        <circle class="track" cx="52" cy="52" r="46" />
        {!over && (
          <circle
            class="arc"
            cx="52"
            cy="52"
            r="46"
            stroke-dasharray={`${(share * ROUND).toFixed(1)} ${ROUND}`}
            transform="rotate(-90 52 52)"
          />
        )}
      </svg>
      <div aria-hidden="true">
        <b>{big}</b>
        <small>{clock.is === 'paused' ? t('time-paused') : over ? (own.controls ? t('time-over') : '') : t('time-word')}</small>
      </div>
    </div>
  );
}

/** "finishing, no rush", once the time is over. */
export function TimeChip(): JSX.Element | null {
  const { shared, second } = useRoom();
  const left = leftMs(shared.clock, second.value);
  if (left === undefined || left > 0) return null;
  return <span class="chip amber">{t('time-no-rush')}</span>;
}
