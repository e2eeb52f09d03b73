/** An action card: the owner's own words, in five short answers. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../i18n';
import { systemTime } from '../lib/clock';
import { type DateFault, dateFaultIn, dateText } from '../lib/dates';
import type { Text } from '../session';
import { attempt } from './attempt';
import { LIMITS } from '../wire.gen';
import { UseKept } from './begun';
import { type Action, AFTERWARDS, FIELDS, readAction } from './action-text';
import { longestOver } from './form-length';
import { useDraft, useRefuse, useWithdraw } from './draft';
import { Save, useSaved } from './saved';
import { Btn, Choice, Field, tooLong } from './components';
import { life, Later } from './lazy';
import { word } from './messages';
import { useAsk, useRoom } from './room/room-context';

/** How long ago an action may have been due that is still told of. */
const LONG_AGO_DAYS = 366;

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

/** How long one answer may be, and all together. */
const ANSWER = { chars: LIMITS.answer_chars };

/** Which answer is too long, and by how much: by itself, else the longest of all where they are too long together. */
function overOf(action: Action): { readonly field: (typeof FIELDS)[number]; readonly why: string } | undefined {
  for (const field of FIELDS) {
    const why = tooLong(action[field], ANSWER);
    if (why !== undefined) return { field, why };
  }
  return longestOver(action, FIELDS);
}

/** An action to write or to mend; somebody else's is only read. */
export function ActionForm({ text }: { readonly text?: Text }): JSX.Element {
  const { session, shared, own } = useRoom();
  const ask = useAsk();
  const refuse = useRefuse();
  const withdraw = useWithdraw();
  const [action, setAction, taken] = useDraft('action', readAction(text?.text ?? ''), text?.id);
  const [sent, setSent] = useState(false);
  const [wrong, setWrong] = useState<DateFault>();
  const saved = useSaved();
  if (text && text.seat !== own.seat) {
    return text.text === undefined ? <p>{t('text-broken')}</p> : <ActionCard action={readAction(text.text)} />;
  }
  const id = `action-${text?.id ?? 'new'}`;
  const review = shared.now?.id === 'action_review' || action.outcome !== undefined;
  const over = overOf(action);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (sent) return;
    if (over !== undefined) return refuse(`${id}-${over.field}`, over.why);
    if (action.what.trim() === '') return refuse(`${id}-what`);
    const fault = dateFaultIn(`${id}-by`, action.by, systemTime.wall(), LONG_AGO_DAYS);
    setWrong(fault);
    if (fault !== undefined) return refuse(`${id}-by`);
    setSent(true);
    const answer = await session.write('action', JSON.stringify(action), text && { item: text.id });
    setSent(false);
    if (answer.ok) {
      taken(action, text ? action : readAction(''));
      saved();
    }
  };
  const isStored = text !== undefined && JSON.stringify(action) === JSON.stringify(readAction(text.text ?? ''));
  return (
    <>
      <form class="action" onSubmit={(event) => attempt(() => save(event))} noValidate>
        {FIELDS.filter((field) => !AFTERWARDS.has(field) || review).map((field) => (
          <Field
            key={field}
            id={`${id}-${field}`}
            label={word(`action-${field}`)}
            value={action[field]}
            limit={ANSWER}
            fault={over?.field === field ? over.why : field === 'by' && wrong ? word(`date-${wrong}`) : undefined}
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
        <UseKept kind="action" item={text?.id} />
        <p class="row">
          <Save saved={isStored} busy={sent} label={t(text ? 'write-save' : 'action-keep')} />
          {text && !text.open && <Btn onPress={() => ask({ c: 'release_item', item: text.id })}>{t('write-release')}</Btn>}
          {text && <Btn look="quiet" onPress={() => withdraw(text.id, () => taken(action, readAction('')))}>{t('action-withdraw')}</Btn>}
        </p>
        {text && <p class="hint">{t(text.open ? 'write-seen' : 'write-unseen')}</p>}
      </form>
      {text && isStored && <Later from={life} is="Propose" with={{ action: text }} />}
    </>
  );
}
