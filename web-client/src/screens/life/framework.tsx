/** What the set is for: purpose, objectives and parameters, with a day to look at them again. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { attempt } from '../attempt';
import { Btn, Field } from '../components';
import { longestOver } from '../form-length';
import { useRefuse, useTyped } from '../draft';
import { word } from '../messages';
import { nameOf, textsOf, useRoom, wordsOf } from '../room/room-context';
import { Save, useSaved } from '../saved';
import { LookAgain } from './review';

const FIELDS = ['purpose', 'objectives', 'parameters'] as const;
type Frame = Readonly<Record<(typeof FIELDS)[number], string>>;
const EMPTY: Frame = { purpose: '', objectives: '', parameters: '' };

/** Reads a framework's text. What is not one of ours becomes the purpose: nothing is lost. */
function readFrame(text: string): Frame {
  if (text === '') return EMPTY;
  try {
    const found = JSON.parse(text) as Partial<Record<keyof Frame, unknown>>;
    const word = (field: keyof Frame): string => (typeof found[field] === 'string' ? found[field] : '');
    return { purpose: word('purpose'), objectives: word('objectives'), parameters: word('parameters') };
  } catch {
    return { ...EMPTY, purpose: text };
  }
}

export function Framework(): JSX.Element | null {
  const room = useRoom();
  const { own, session } = room;
  const text = textsOf(room, 'framework').at(-1);
  const [editing, setEditing] = useState(false);
  const mine = text === undefined || text.seat === own.seat;
  const editable = own.controls && session.keys.value === 'ready' && (text === undefined || text.text !== undefined);
  if (text === undefined && !editable) return null;
  const frame = readFrame(text?.text ?? '');
  return (
    <section class="card" aria-labelledby="framework-title" data-keep>
      <h2 id="framework-title" tabIndex={-1}>{t('framework-title')}</h2>
      {text !== undefined && text.text === undefined && <p>{wordsOf(text)}</p>}
      {text === undefined && !editing && <p class="hint">{t('framework-none')}</p>}
      {editing && mine ? (
        <FrameForm frame={frame} onDone={() => setEditing(false)} />
      ) : (
        <dl class="action">
          {FIELDS.filter((field) => frame[field] !== '').map((field) => (
            <div key={field}>
              <dt>{word(`framework-${field}`)}</dt>
              <dd dir="auto" class="lines">{frame[field]}</dd>
            </div>
          ))}
        </dl>
      )}
      {editable && mine && !editing && (
        <p class="no-print"><Btn onPress={() => setEditing(true)}>{t(text === undefined ? 'framework-write' : 'framework-edit')}</Btn></p>
      )}
      {own.controls && text !== undefined && !mine && <p class="hint no-print">{t('framework-of', { name: nameOf(room, text.seat) })}</p>}
      {text !== undefined && <LookAgain of="framework" />}
    </section>
  );
}

function FrameForm({ frame, onDone }: { readonly frame: Frame; readonly onDone: () => void }): JSX.Element {
  const { session } = useRoom();
  const refuse = useRefuse();
  const saved = useSaved();
  const [value, setValue, sent] = useTyped(session.drafts, 'framework of the set', frame);
  const [busy, setBusy] = useState(false);
  const over = longestOver(value, FIELDS);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (over !== undefined) return refuse(`framework-${over.field}`, over.why);
    setBusy(true);
    const answer = await session.write('framework', JSON.stringify(value));
    setBusy(false);
    if (!answer.ok) return;
    sent(value);
    saved();
    onDone();
  };
  return (
    <form onSubmit={(event) => attempt(() => save(event))} noValidate>
      <p class="hint">{t('framework-about')}</p>
      {FIELDS.map((field) => (
        <Field
          key={field}
          id={`framework-${field}`}
          rows={3}
          label={word(`framework-${field}`)}
          fault={over?.field === field ? over.why : undefined}
          value={value[field]}
          onValue={(text) => setValue({ ...value, [field]: text })}
        />
      ))}
      <p class="row">
        <Save saved={false} busy={busy} label={t('write-save')} />
        <Btn look="quiet" onPress={onDone}>{t('cancel')}</Btn>
      </p>
    </form>
  );
}
