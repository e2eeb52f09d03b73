/** The top of the room: which set, what was agreed, how the line is, and how far the meeting is. */

import type { JSX } from 'preact';
import { plain, partName, word } from '../messages';
import { t } from '../../i18n';
import { Btn, Icon } from '../components';
import { chapterOf, slotsOf, useRoom } from './room-context';
import { meetingText } from '../series';

export function TopBar(): JSX.Element {
  const { session, shared, open } = useRoom();
  const line = session.line.value;
  return (
    <header class="top">
      <p class="product" dir="auto">
        {session.title.value ?? t('product-name')}
        {meetingText(shared) !== undefined && <span class="wide"> · {meetingText(shared)}</span>}
      </p>
      <button type="button" class="chip now" onClick={() => open('agreed')}>
        <Icon is="lock" />
        <span>{word(`mode-${shared.mode}-short`)}</span>
        <span class="sr-only">{t('mode-open')}</span>
      </button>
      <p class={`line ${line}`}>
        <span class="dot" aria-hidden="true" />
        <span class={line === 'live' ? 'wide' : ''}>{word(`line-${line}`)}</span>
      </p>
      <Btn label={t('menu')} onPress={() => open('menu')}>
        <Icon is="dots" />
      </Btn>
    </header>
  );
}

/** "Step 3 of 7: Questions to think with, then Quiet": the steps of this stretch of the meeting. */
export function PhaseBar(): JSX.Element | null {
  const { shared } = useRoom();
  const { now, agenda } = shared;
  if (now === undefined) return null;
  const chapter = chapterOf(agenda, now.part);
  const next = agenda[now.part + 1];
  const step = now.part - chapter.from + 1;
  const steps = chapter.parts.length;
  return (
    <nav class="phases" aria-label={t('steps')} data-part={now.id}>
      <p class="step">
        <b class="here">
          {steps > 1 ? plain('step-of', { step, steps, part: partName(now.id) }) : partName(now.id)}
        </b>
        {chapter.slot !== undefined && (
          <span class="slot">{plain('presenter-of', { n: chapter.slot + 1, of: slotsOf(shared) })}</span>
        )}
        <span class="count" aria-hidden="true">
          {plain('step-n', { step, steps })}
        </span>
        {next && <span class="then">{plain('then-part', { part: partName(next.id) })}</span>}
      </p>
      <ol>
        {chapter.parts.map((part, index) => {
          const at = chapter.from + index;
          const state = at < now.part ? 'done' : at === now.part ? 'now' : 'later';
          return (
            <li key={at} class={state} aria-current={state === 'now' ? 'step' : undefined}>
              {state === 'done' && <Icon is="check" />}
              {partName(part.id)}
              {state === 'done' && <span class="sr-only">{t('step-done')}</span>}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
