/** What the set is for: purpose, objectives and parameters, with a day to look at them again. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Text } from '../../session';
import { attempt } from '../attempt';
import { Btn, Field } from '../components';
import { longestOver } from '../form-length';
import { useRefuse, useTyped } from '../draft';
import { word } from '../messages';
import { textsOf, useRoom, wordsOf } from '../room/room-context';
import { Save, useSaved } from '../saved';
import { over, StandsNow } from '../standing';
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
  const editable = own.controls && session.keys.value === 'ready' && (text === undefined || text.text !== undefined);
  if (text === undefined && !editable) return null;
  const frame = readFrame(text?.text ?? '');
  return (
    <section class="card" aria-labelledby="framework-title" data-keep>
      <h2 id="framework-title" tabIndex={-1}>{t('framework-title')}</h2>
      {text !== undefined && text.text === undefined && <p>{wordsOf(text)}</p>}
      {text === undefined && !editing && <p class="hint">{t('framework-none')}</p>}
      {editing ? <FrameForm stands={text} onDone={() => setEditing(false)} /> : <Lines frame={frame} />}
      {editable && !editing && (
        <p class="no-print"><Btn onPress={() => setEditing(true)}>{t(text === undefined ? 'framework-write' : 'framework-edit')}</Btn></p>
      )}
      {text !== undefined && <LookAgain of="framework" />}
    </section>
  );
}

function Lines({ frame }: { readonly frame: Frame }): JSX.Element {
  return (
    <dl class="action">
      {FIELDS.filter((field) => frame[field] !== '').map((field) => (
        <div key={field}>
          <dt>{word(`framework-${field}`)}</dt>
          <dd dir="auto" class="lines">{frame[field]}</dd>
        </div>
      ))}
    </dl>
  );
}

const PLACE = 'framework of the set';

function FrameForm({ stands, onDone }: { readonly stands: Text | undefined; readonly onDone: () => void }): JSX.Element {
  const room = useRoom();
  const { session } = room;
  const frame = readFrame(stands?.text ?? '');
  const refuse = useRefuse();
  const saved = useSaved();
  const [value, setValue, sent] = useTyped(session.drafts, PLACE, frame);
  const [busy, setBusy] = useState(false);
  const long = longestOver(value, FIELDS);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (long !== undefined) return refuse(`framework-${long.field}`, long.why);
    setBusy(true);
    const answer = await session.write('framework', JSON.stringify(value), over(room, stands));
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
          fault={long?.field === field ? long.why : undefined}
          value={value[field]}
          onValue={(text) => setValue({ ...value, [field]: text })}
        />
      ))}
      <StandsNow stands={stands} is={JSON.stringify(frame)} typed={JSON.stringify(value)} place={PLACE}>
        <Lines frame={frame} />
      </StandsNow>
      <p class="row">
        <Save saved={false} busy={busy} label={t('write-save')} />
        <Btn look="quiet" onPress={onDone}>{t('cancel')}</Btn>
      </p>
    </form>
  );
}
