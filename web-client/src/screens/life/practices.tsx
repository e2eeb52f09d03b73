/** Practices: what the set is asked about, what it has adopted, and letting one go again. */

import type { JSX } from 'preact';
import { language, t } from '../../i18n';
import { dateText } from '../../lib/dates';
import type { Text } from '../../session';
import type { PracticeView } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn } from '../components';
import { plain } from '../messages';
import { circleOf, nameOf, observes, rulesFirst, textsOf, useAsk, useRoom, wordsOf } from '../room/room-context';

interface Shown {
  readonly text: Text;
  readonly practice: PracticeView;
}

/** Practices whose text the set sees, oldest first. */
function shownOf(room: ReturnType<typeof useRoom>): Shown[] {
  return textsOf(room, 'practice').flatMap((text) => {
    const practice = room.shared.practices?.[text.id];
    return practice === undefined ? [] : [{ text, practice }];
  });
}

/** The taps: how many there are, and one's own. */
function Taps({ text, practice }: Shown): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { own, shared } = room;
  if (practice.taps === undefined) return null;
  const circle = circleOf(shared).filter(([, seat]) => seat.role !== 'observer' && seat.in_lobby !== true);
  const adopted = practice.adopted_at !== undefined;
  const answer = (yes: boolean) => (): void => ask({ c: 'answer_practice', item: text.id, yes });
  return (
    <div class="stack">
      <p>{t(adopted ? 'practice-go-asked' : 'practice-asked')}</p>
      <p class="hint">{plain('proposal-count', { count: practice.taps, all: circle.length })} {t('practice-away')}</p>
      {!observes(room) && !rulesFirst(room) &&
        (own.practice_taps?.includes(text.id) === true ? (
          <p>{t('proposal-done')}</p>
        ) : (
          <p class="row">
            <Btn look="main" onPress={answer(true)}>{t('proposal-yes')}</Btn>
            <Btn onPress={answer(false)}>{t('proposal-no')}</Btn>
          </p>
        ))}
      <p class="hint">{t(adopted ? 'practice-no-stays' : 'practice-no-hint')}</p>
    </div>
  );
}

/** One of them: its sentence, whose action it came from, and since when the set works by it. */
function Practice({ text, practice }: Shown): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const { own, session, shared } = room;
  const since = practice.adopted_at;
  const acts = since !== undefined && practice.taps === undefined && shared.stage === 'running' && !observes(room) && !rulesFirst(room);
  const passOn = async (): Promise<void> => {
    const from = text.seat === own.seat ? undefined : text.seat;
    if (text.text !== undefined) await session.offer(text.text, from);
  };
  return (
    <li data-practice={text.id}>
      <p dir="auto">{wordsOf(text)}</p>
      <p class="hint no-print">
        {t('practice-from', { name: nameOf(room, text.seat) })}
        {since !== undefined && ` · ${plain('practice-since', { when: dateText(since, language.value) })}`}
      </p>
      <Taps text={text} practice={practice} />
      {acts && (
        <p class="row no-print">
          {shared.mode === 'open_learning' && text.text !== undefined && <Btn onPress={() => attempt(passOn)}>{t('practice-pass')}</Btn>}
          <Btn look="quiet" onPress={() => ask({ c: 'let_practice_go', item: text.id })}>{t('practice-let-go')}</Btn>
        </p>
      )}
    </li>
  );
}

/** What the set is asked about now, above all else. */
export function PracticesAsked(): JSX.Element | null {
  const asked = shownOf(useRoom()).filter(({ practice }) => practice.taps !== undefined);
  if (asked.length === 0) return null;
  return (
    <section class="card" aria-labelledby="practices-asked-title" data-keep>
      <h2 id="practices-asked-title" tabIndex={-1}>{t('practices-asked-title')}</h2>
      <ul class="stack plain">{asked.map((each) => <Practice key={each.text.id} {...each} />)}</ul>
    </section>
  );
}

/** What the set works by, and what this person alone still has of it. */
export function Practices(): JSX.Element | null {
  const room = useRoom();
  const adopted = shownOf(room).filter(({ practice }) => practice.adopted_at !== undefined && practice.taps === undefined);
  const alone = textsOf(room, 'practice', room.own.seat).filter(({ id }) => id in room.own.items);
  if (adopted.length + alone.length === 0) return null;
  return (
    <section class="card" aria-labelledby="practices-title" data-keep>
      <h2 id="practices-title" tabIndex={-1}>{t('practices-title')}</h2>
      {adopted.length > 0 && <ul class="stack plain">{adopted.map((each) => <Practice key={each.text.id} {...each} />)}</ul>}
      {alone.length > 0 && (
        <>
          <p class="hint">{t('practice-alone')}</p>
          <ul class="stack plain">{alone.map((text) => <li key={text.id} dir="auto">{wordsOf(text)}</li>)}</ul>
        </>
      )}
    </section>
  );
}
