/** An action card: the owner's own words, in five short answers. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../i18n';
import { dateText } from '../lib/dates';
import type { Text } from '../session';
import { useDraft } from './draft';
import { Save, useSaved } from './saved';
import { Btn, Choice, Field } from './components';
import { word } from './messages';
import { useAsk, useRoom } from './room/room-context';

/** How an action went, told at the next meeting. */
export type Outcome = 'done' | 'changed' | 'not_yet' | 'let_go';

export interface Action {
  readonly what: string;
  /** A date such as 2026-12-10, or empty. */
  readonly by: string;
  readonly first: string;
  readonly help: string;
  readonly stakeholders: string;
  readonly outcome?: Outcome | undefined;
  readonly learned: string;
}

const EMPTY: Action = { what: '', by: '', first: '', help: '', stakeholders: '', learned: '' };
export const FIELDS = ['what', 'by', 'first', 'help', 'stakeholders', 'learned'] as const;

/** Reads an action's text. What is not one of ours becomes the first answer: nothing is lost. */
export function readAction(text: string): Action {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== 'object' || found === null || Array.isArray(found)) throw new Error('no card');
    const card = found as Partial<Record<keyof Action, unknown>>;
    const action: Record<string, string | undefined> = { ...EMPTY };
    for (const field of FIELDS) if (typeof card[field] === 'string') action[field] = card[field];
    const outcomes: readonly unknown[] = ['done', 'changed', 'not_yet', 'let_go'];
    if (outcomes.includes(card.outcome)) action.outcome = card.outcome as Outcome;
    return action as unknown as Action;
  } catch {
    return { ...EMPTY, what: text };
  }
}

/** A date in words; what is no date stays as it was typed. */
export function dayText(by: string): string {
  const at = Date.parse(`${by}T12:00:00Z`);
  return Number.isNaN(at) ? by : dateText(at, language.value);
}

/** An action that only is read. */
export function ActionCard({ action }: { readonly action: Action }): JSX.Element {
  return (
    <dl class="action">
      {FIELDS.filter((field) => action[field] !== '').map((field) => (
        <div key={field}>
          <dt>{word(`action-${field}`)}</dt>
          <dd dir="auto">{field === 'by' ? dayText(action.by) : action[field]}</dd>
        </div>
      ))}
      {action.outcome && (
        <div>
          <dt>{t('action-outcome')}</dt>
          <dd>{word(`outcome-${action.outcome}`)}</dd>
        </div>
      )}
    </dl>
  );
}

/** An action to write or to mend; somebody else's is only read. */
export function ActionForm({ text, place }: { readonly text?: Text; readonly place?: number }): JSX.Element {
  const { session, shared, own } = useRoom();
  const ask = useAsk();
  const [action, setAction, drop] = useDraft(`action ${text?.id ?? place}`, readAction(text?.text ?? ''));
  const [sent, setSent] = useState(false);
  const saved = useSaved();
  if (text && text.seat !== own.seat) {
    return text.text === undefined ? <p>{t('text-broken')}</p> : <ActionCard action={readAction(text.text)} />;
  }
  const id = `action-${text?.id ?? 'new'}`;
  const review = shared.now?.id === 'action_review' || action.outcome !== undefined;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (action.what.trim() === '') return document.getElementById(`${id}-what`)?.focus();
    setSent(true);
    const answer = await session.write('action', JSON.stringify(action), text && { item: text.id });
    setSent(false);
    if (answer.ok) {
      drop();
      saved();
    }
  };
  const isStored = text !== undefined && JSON.stringify(action) === JSON.stringify(readAction(text.text ?? ''));
  return (
    <form class="action" onSubmit={(event) => void save(event)} noValidate>
      {FIELDS.filter((field) => field !== 'learned' || review).map((field) => (
        <Field
          key={field}
          id={`${id}-${field}`}
          label={word(`action-${field}`)}
          value={action[field]}
          max={200}
          {...(field === 'what' ? { rows: 2 } : field === 'by' ? { type: 'date' as const } : {})}
          onValue={(value) => setAction({ ...action, [field]: value })}
        />
      ))}
      {review && (
        <Choice
          legend={t('action-outcome')}
          name={`${id}-outcome`}
          across
          value={action.outcome}
          options={(['done', 'changed', 'not_yet', 'let_go'] as const).map((is) => ({ is, label: word(`outcome-${is}`) }))}
          onValue={(outcome) => setAction({ ...action, outcome })}
        />
      )}
      <p class="row">
        <Save saved={isStored} busy={sent} label={t(text ? 'write-save' : 'action-keep')} />
        {text && !text.open && <Btn onPress={() => ask({ c: 'release_item', item: text.id })}>{t('write-release')}</Btn>}
        {text && <Btn look="quiet" onPress={() => ask({ c: 'withdraw_item', item: text.id })}>{t('action-withdraw')}</Btn>}
      </p>
      {text && <p class="hint">{t(text.open ? 'write-seen' : 'write-unseen')}</p>}
    </form>
  );
}
