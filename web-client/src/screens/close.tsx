/** After the close: when the next meeting is, one's own actions, and the receipt of what was destroyed and what is kept. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../i18n';
import { dateTimeText } from '../lib/dates';
import type { Receipt, TextKind } from '../wire.gen';
import { saveFile } from './files';
import { BegunList } from './begun';
import { Btn, Title } from './components';
import { ActionCard, dayText } from './action';
import { type Action, FIELDS, readAction } from './action-text';
import { Lasting } from './lasting';
import { after, control, Later, life, passed, yours } from './lazy';
import { NextMeeting } from './next-meeting';
import { textsOf, useAsk, useRoom } from './room/room-context';
import { meetingText } from './series';
import { bare, plain, word } from './messages';

/** "3 bids, 1 headline", or that there was nothing. */
function counted(counts: Receipt['kept']): string {
  const some = (Object.entries(counts) as [TextKind, number][]).filter(([, count]) => count > 0);
  if (some.length === 0) return t('receipt-nothing');
  return some.map(([kind, count]) => bare(word(`count-${kind}`, { count }))).join(', ');
}

export function Summary(): JSX.Element {
  const room = useRoom();
  const { shared, own, session } = room;
  const { receipt } = shared;
  const mine = textsOf(room, 'action', own.seat).flatMap(({ text }) => (text === undefined ? [] : [readAction(text)]));
  const lines = receipt
    ? [
        plain('receipt-line', { when: dateTimeText(receipt.at, language.value), people: receipt.people }),
        plain('receipt-destroyed', { what: counted(receipt.destroyed) }),
        plain('receipt-kept', { what: counted(receipt.kept) }),
        t('receipt-actions'),
        ...(receipt.returns === true ? [t('receipt-returns')] : []),
        ...(receipt.mode === 'double' ? [t('receipt-double')] : []),
      ]
    : [];
  const headlines = textsOf(room, 'headline', own.seat).flatMap(({ text }) => (text === undefined ? [] : [text]));
  const title = session.title.value ?? t('product-name');
  const save = (): void => saveFile('setroom.txt', 'text/plain', plainText(title, headlines, mine, lines));
  return (
    <main id="content" tabIndex={-1} class="summary">
      <Title>{t('summary-title')}</Title>
      <p class="lead" dir="auto">{[title, meetingText(shared)].filter(Boolean).join(' · ')}</p>
      {own.keys && <Later from={control} is="Knocks" with={{ session }} />}
      <NextMeeting />
      <Later from={after} is="CannotCome" />
      <Later from={after} is="FormCard" />
      <section aria-labelledby="mine-title">
        <h2 id="mine-title">{t('my-actions')}</h2>
        {mine.length === 0 ? (
          <p>{t('summary-no-actions')}</p>
        ) : (
          mine.map((action) => (
            <div class="card" key={action.what}>
              <ActionCard action={action} />
            </div>
          ))
        )}
      </section>
      {headlines.length > 0 && (
        <section class="card" aria-labelledby="headline-kept-title">
          <h2 id="headline-kept-title">{t('headline-kept-title')}</h2>
          {headlines.map((line) => <p key={line} dir="auto">{line}</p>)}
          <p class="hint">{t('headline-kept-about')}</p>
        </section>
      )}
      {Object.keys(shared.lines ?? {}).length > 0 && <Later from={passed} is="Passed" />}
      <Later from={life} is="Practices" />
      <Later from={life} is="Framework" />
      <Later from={life} is="CharterReview" />
      <BegunList />
      <Later from={yours} is="NotesKept" />
      <Later from={yours} is="Preparation" />
      <Later from={yours} is="LearningQuestion" />
      <section class="card" aria-labelledby="receipt-title">
        <h2 id="receipt-title">{t('receipt-title')}</h2>
        {lines.map((line) => <p key={line}>{line}</p>)}
        <Lasting session={session} />
      </section>
      <p class="row no-print">
        <Btn look="main" onPress={() => window.print()}>{t('print')}</Btn>
        <Btn onPress={save}>{t('save-file')}</Btn>
      </p>
      <Later from={after} is="AttendanceCard" />
      {own.keys && <EraseSet />}
      <section class="card no-print" aria-labelledby="forget-title">
        <h2 id="forget-title">{t('forget')}</h2>
        <p>{t('forget-about')}</p>
        <p><Btn onPress={() => session.forget()}>{t('forget')}</Btn></p>
      </section>
    </main>
  );
}

/** The facilitator ends the set: asked once more, for nothing brings it back. */
function EraseSet(): JSX.Element {
  const ask = useAsk();
  const { shared } = useRoom();
  const [asked, setAsked] = useState(false);
  return (
    <section class="card no-print" aria-labelledby="erase-title">
      <h2 id="erase-title">{t('erase-title')}</h2>
      <p>{t('erase-about')}</p>
      {shared.erased === true ? (
        <output>{t('erase-doing')}</output>
      ) : asked ? (
        <div class="stack">
          {/* Nothing that harms lies where the first press was: a double click must not be enough. */}
          <p><Btn onPress={() => setAsked(false)}>{t('cancel')}</Btn></p>
          <p><Btn look="danger" onPress={() => ask({ c: 'erase_set' })}>{t('erase-sure')}</Btn></p>
        </div>
      ) : (
        <p><Btn onPress={() => setAsked(true)}>{t('erase-do')}</Btn></p>
      )}
    </section>
  );
}

/** The summary as a text file. */
function plainText(title: string, headlines: readonly string[], actions: readonly Action[], lines: readonly string[]): string {
  const cards = actions.map((action) =>
    FIELDS.filter((field) => action[field] !== '')
      .map((field) => `${word(`action-${field}`)}\n${field === 'by' ? dayText(action.by) : action[field]}`)
      .concat(action.outcome ? [`${t('action-outcome')}\n${word(`outcome-${action.outcome}`)}`] : [])
      .join('\n\n'),
  );
  const brought = headlines.length > 0 ? [t('headline-kept-title'), ...headlines] : [];
  return [title, ...brought, t('my-actions'), ...cards, t('receipt-title'), ...lines, ''].join('\n\n');
}
