/** Which dates people can make: one's own answers, everybody's, and what a facilitator fixes. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { AskedTime, MeetingId } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Icon, Late } from '../components';
import { bare, plain, word } from '../messages';
import { nameOf, observes, useAsk, useRoom } from '../room/room-context';
import { asksDates } from '../series';
import { type Closing, Sheet } from '../sheet';
import { Here } from '../zone';
import { ANSWERS, bestOf, datesWith, tallyOf, timesAsked, whenText } from './times';

interface ToggleProps {
  readonly on: boolean;
  readonly name: string;
  readonly when: string;
  readonly onPress: () => void;
}

/** A button that stays pressed; the mark in it says so as well as its colour. */
function Toggle({ on, name, when, onPress }: ToggleProps): JSX.Element {
  return (
    <button type="button" aria-pressed={on} aria-label={plain('asked-answer', { answer: name, when })} onClick={() => attempt(onPress)}>
      {on && <Icon is="check" />}
      {name}
    </button>
  );
}

interface TimeProps {
  readonly id: MeetingId;
  readonly asked: AskedTime;
  readonly best: boolean;
  /** For who may fix it: whether it is chosen, and what chooses it. */
  readonly fixed?: boolean;
  readonly onFix: () => void;
}

function Time({ id, asked, best, fixed, onFix }: TimeProps): JSX.Element {
  const room = useRoom();
  const { own, shared } = room;
  const ask = useAsk();
  const { starts_at, minutes } = asked.time;
  const when = whenText(starts_at, minutes);
  return (
    <li>
      <h3>{when}</h3>
      <p class="chips">
        {best && <span class="chip now"><Icon is="check" />{t('asked-best')}</span>}
        <Here at={starts_at} minutes={minutes} />
      </p>
      {!observes(room) && (
        <p class="row">
          {ANSWERS.map((answer) => (
            <Toggle
              key={answer}
              on={asked.answers[own.seat] === answer}
              name={word(`answer-${answer}`)}
              when={when}
              onPress={() => asked.answers[own.seat] === answer || ask({ c: 'answer_date', time: id, answer })}
            />
          ))}
        </p>
      )}
      <table>
        <caption class="sr-only">{plain('asked-table', { when })}</caption>
        <tbody>
          {tallyOf(shared, asked).map(([is, seats]) => (
            <tr key={is}>
              <th scope="row">{word(`answer-${is}`)}</th>
              <td>{seats.length}</td>
              <td dir="auto">{seats.map((seat) => bare(nameOf(room, seat))).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {fixed !== undefined && <p><Toggle on={fixed} name={t('asked-fix')} when={when} onPress={onFix} /></p>}
    </li>
  );
}

/** All of it: in the page while the set gathers and after the close, in a dialog during the meeting. */
function Times(): JSX.Element {
  const { announcer, open, own, session, shared } = useRoom();
  const ask = useAsk();
  const times = timesAsked(shared);
  const best = bestOf(times);
  const [chosen, choose] = useState<ReadonlySet<MeetingId>>(new Set());
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const fixed = new Set(times.flatMap(([id]) => (chosen.has(id) ? [id] : [])));
  const toggle = (id: MeetingId): void => choose(new Set(fixed.has(id) ? [...fixed].filter((other) => other !== id) : [...fixed, id]));
  const fix = async (): Promise<void> => {
    setBusy(true);
    const { ok } = await session.ask({ c: 'set_dates', dates: datesWith(shared, fixed), fixes: true });
    setBusy(false);
    if (ok) announcer.say({ kind: 'dates', text: t('dates-saved') });
  };
  return (
    <>
      <p class="hint">{t('asked-about')}</p>
      <ul class="asked">
        {times.map(([id, asked]) => (
          <Time key={id} id={id} asked={asked} best={best.has(id)} {...(own.controls && { fixed: fixed.has(id) })} onFix={() => toggle(id)} />
        ))}
      </ul>
      {own.controls && (
        <div class="no-print" data-keep>
          <p class="hint" id="fix-about">{t('asked-fix-about')}</p>
          <p class="row">
            <Btn look={fixed.size === 0 ? undefined : 'main'} off={busy || fixed.size === 0} describedBy="fix-about" onPress={() => attempt(fix)}>
              {plain('asked-fix-do', { count: fixed.size })}
            </Btn>
            <Btn onPress={() => open('ask')}>{t('asked-change')}</Btn>
            {!sure && <Btn look="danger" onPress={() => setSure(true)}>{t('asked-stop')}</Btn>}
          </p>
          {sure && (
            <div class="tip">
              <p>{t('asked-stop-about')}</p>
              <p class="row">
                <Btn look="danger" onPress={() => ask({ c: 'ask_dates', times: {} })}>{t('asked-stop-do')}</Btn>
                <Btn look="quiet" onPress={() => setSure(false)}>{t('close-not-yet')}</Btn>
              </p>
            </div>
          )}
          <Late waits={busy} />
        </div>
      )}
    </>
  );
}

/** Where the set gathers, and on the page of a closed meeting. */
export function AskedCard(): JSX.Element | null {
  const { shared } = useRoom();
  if (!asksDates(shared)) return null;
  return (
    <section class="card" aria-labelledby="asked-title">
      <h2 id="asked-title">{t('asked-title')}</h2>
      <Times />
    </section>
  );
}

/** The same in a meeting that runs. */
export function AskedSheet({ onClose }: Closing): JSX.Element {
  const { shared } = useRoom();
  return (
    <Sheet heading={t('asked-title')} onClose={onClose}>
      {asksDates(shared) ? <Times /> : <p>{t('asked-over')}</p>}
    </Sheet>
  );
}

/** In a meeting that runs: the way there, until one has answered. */
export function AskedTip(): JSX.Element | null {
  const room = useRoom();
  const { open, own, shared } = room;
  const due = !observes(room) && timesAsked(shared).some(([, { answers }]) => answers[own.seat] === undefined);
  if (!due) return null;
  return (
    <section class="tip" aria-labelledby="asked-tip">
      <p id="asked-tip">{t('say-dates-asked')}</p>
      <p><Btn onPress={() => open('asked')}>{t('asked-open')}</Btn></p>
    </section>
  );
}
