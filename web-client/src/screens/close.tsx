/** After the close: one's own actions, and the receipt of what was destroyed and what is kept. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../i18n';
import { systemTime } from '../lib/clock';
import { dateFaultIn, dateTimeText } from '../lib/dates';
import { icsFile } from '../lib/ics';
import type { Receipt, TextKind } from '../wire.gen';
import { saveFile } from './files';
import { BegunList } from './begun';
import { Btn, Field, Title } from './components';
import { useTyped } from './draft';
import { ActionCard, dayText } from './action';
import { type Action, FIELDS, readAction } from './action-text';
import { textsOf, useRoom } from './room/room-context';
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
      ]
    : [];
  const title = session.title.value ?? t('product-name');
  const save = (): void => saveFile('setroom.txt', 'text/plain', plainText(title, mine, lines));
  return (
    <main id="content" tabIndex={-1} class="summary">
      <Title>{t('summary-title')}</Title>
      <p class="lead" dir="auto">{title}</p>
      <p class="tip warn">{t('summary-only-here')}</p>
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
      <BegunList />
      <section class="card" aria-labelledby="receipt-title">
        <h2 id="receipt-title">{t('receipt-title')}</h2>
        {lines.map((line) => <p key={line}>{line}</p>)}
      </section>
      <p class="row no-print">
        <Btn look="main" onPress={() => window.print()}>{t('print')}</Btn>
        <Btn onPress={save}>{t('save-file')}</Btn>
      </p>
      <NextDate set={title} />
      <section class="card no-print" aria-labelledby="forget-title">
        <h2 id="forget-title">{t('forget')}</h2>
        <p>{t('forget-about')}</p>
        <p><Btn onPress={() => session.forget()}>{t('forget')}</Btn></p>
      </section>
    </main>
  );
}

/** The summary as a text file. */
function plainText(title: string, actions: readonly Action[], lines: readonly string[]): string {
  const cards = actions.map((action) =>
    FIELDS.filter((field) => action[field] !== '')
      .map((field) => `${word(`action-${field}`)}\n${field === 'by' ? dayText(action.by) : action[field]}`)
      .concat(action.outcome ? [`${t('action-outcome')}\n${word(`outcome-${action.outcome}`)}`] : [])
      .join('\n\n'),
  );
  return [title, t('my-actions'), ...cards, t('receipt-title'), ...lines, ''].join('\n\n');
}

/** The next date, typed here and saved here: the service does not learn it. */
function NextDate({ set }: { readonly set: string }): JSX.Element {
  const { session, shared } = useRoom();
  const [when, setWhen] = useTyped(session.drafts, 'next', '');
  const [fault, setFault] = useState<string>();
  const minutes = shared.agenda.reduce((sum, part) => sum + part.minutes, 0);
  const save = (event: Event): void => {
    event.preventDefault();
    const start = new Date(when).getTime();
    const wrong = dateFaultIn('next-date', when, systemTime.wall(), 1);
    if (wrong !== undefined || Number.isNaN(start)) {
      setFault(wrong === undefined ? t('next-date-fault') : word(`date-${wrong}`));
      document.getElementById('next-date')?.focus();
      return;
    }
    setFault(undefined);
    const uid = `${shared.set}-${start}@setroom`;
    saveFile('setroom.ics', 'text/calendar', icsFile([{ uid, start, end: start + minutes * 60_000, summary: set }], systemTime.wall()));
  };
  return (
    <section class="card no-print" aria-labelledby="next-title">
      <h2 id="next-title">{t('next-title')}</h2>
      <form onSubmit={save} noValidate>
        <Field id="next-date" type="datetime-local" label={t('next-date')} hint={t('next-date-hint')} fault={fault} value={when} onValue={setWhen} />
        <Btn submit>{t('ics-save')}</Btn>
      </form>
    </section>
  );
}
