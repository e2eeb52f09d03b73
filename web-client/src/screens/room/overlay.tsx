/** When the room holds, and when it is silent. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { cueText } from '../messages';
import { clockText } from '../clock-text';
import { leftMs, presents, useRoom } from './room-context';

/** Clocks are stopped and cues hidden, on every screen. */
export function HoldCard(): JSX.Element {
  const { shared, session } = useRoom();
  const { hold } = shared;
  const alone = hold?.why === 'no_facilitator';
  return (
    <section class="calm" aria-labelledby="hold-title">
      <h2 id="hold-title">{t(alone ? 'hold-waiting-title' : 'hold-title')}</h2>
      <p>{t(alone ? 'hold-no-facilitator' : 'cue-hold-all')}</p>
      {alone && (
        <p class="hint">
          {t('hold-since', { time: clockText(session.noFacilitatorSince.value ?? hold?.since ?? 0) })} {t('hold-nobody-promoted')}
        </p>
      )}
      <p class="hint">{t('tech-lost')}</p>
    </section>
  );
}

/** One slow circle and one sentence. */
export function SilenceCard(): JSX.Element {
  const room = useRoom();
  const { shared, own } = room;
  const left = leftMs(shared.clock, room.second.value);
  const { now } = shared;
  const role = presents(room) ? 'p' : own.controls ? 'f' : 'm';
  const text = now?.floor === 'silence' ? cueText(now.cue, role) : t('silence-asked');
  return (
    <section class="calm" aria-labelledby="silence-title">
      <svg class="breath" viewBox="0 0 104 104" aria-hidden="true">
        <circle cx="52" cy="52" r="46" />
      </svg>
      <h2 id="silence-title">{t('silence-title')}</h2>
      <p>{text}</p>
      {left !== undefined && left <= 0 && now?.floor === 'silence' && <p class="hint">{t('silence-over')}</p>}
      {own.controls && <p class="hint">{t('silence-controls')}</p>}
    </section>
  );
}
