/** Short texts, where the part asks for them and only then. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Text } from '../session';
import { LIMITS, type See, type TextKind, type Write } from '../wire.gen';
import { useDraft } from './draft';
import { Save, useSaved } from './saved';
import { Btn, Choice, Field } from './components';
import { bare, plain, word } from './messages';
import { ActionForm } from './action';
import { nameOf, observes, presents, textsOf, useAsk, useRoom, wordsOf, type RoomContext } from './room/room-context';

/** Whether this person may write it in this part. The server decides; this only keeps forms away. */
function mayWrite(room: RoomContext, { by }: Write): boolean {
  if (observes(room)) return false;
  if (by === 'presenter') return presents(room);
  if (by === 'scribe') return room.shared.scribe === room.own.seat;
  return by === 'each' || !presents(room);
}

/** Forms for all that this person may write now. */
export function Writers(): JSX.Element | null {
  const room = useRoom();
  const writes = (room.shared.now?.writes ?? []).filter((write) => mayWrite(room, write));
  if (writes.length === 0 || room.session.keys.value === 'none') return null;
  const forms = writes.map(({ kind, see }) => {
    const key = `${room.shared.now?.part}-${kind}`;
    if (kind === 'bid') return <BidForm key={key} />;
    if (kind === 'action') return <OwnActions key={key} />;
    return <Lines key={key} kind={kind} see={see} />;
  });
  // Who runs the meeting seldom writes in it, and has other things to see.
  if (!room.own.keys || presents(room)) return <>{forms}</>;
  return (
    <details class="card">
      <summary>{t('write-too')}</summary>
      {forms}
    </details>
  );
}

/** Kinds of which one person may write several. */
const SEVERAL: ReadonlySet<TextKind> = new Set(['question', 'scribe']);

interface LineFormProps {
  readonly kind: TextKind;
  readonly see: See;
  /** The text to mend, when there is one. */
  readonly text?: Text | undefined;
  /** Which of several new ones it is. */
  readonly place?: number;
}

/** One line of at most 140 characters. */
function LineForm({ kind, see, text, place }: LineFormProps): JSX.Element {
  const { session } = useRoom();
  const ask = useAsk();
  const [value, setValue, drop] = useDraft(`${kind} ${text?.id ?? place}`, text?.text ?? '');
  const [sent, setSent] = useState(false);
  const saved = useSaved();
  const id = `line-${kind}-${text?.id ?? 'new'}`;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (value.trim() === '') return document.getElementById(id)?.focus();
    setSent(true);
    const answer = await session.write(kind, value.trim(), text && { item: text.id });
    setSent(false);
    if (answer.ok && text === undefined && SEVERAL.has(kind)) setValue('');
    if (answer.ok) {
      drop();
      saved();
    }
  };
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <Field
        id={id}
        label={text && SEVERAL.has(kind) ? word(`write-${kind}-again`) : word(`write-${kind}`)}
        hint={plain('line-left', { left: LIMITS.line_chars - [...value].length })}
        value={value}
        max={LIMITS.line_chars}
        onValue={setValue}
      />
      <p class="row">
        <Save saved={text !== undefined && value.trim() === text.text} busy={sent} label={t(text ? 'write-save' : 'write-send')} />
        {text && !text.open && see === 'owner' && (
          <Btn onPress={() => ask({ c: 'release_item', item: text.id })}>{t('write-release')}</Btn>
        )}
        {text && <Btn look="quiet" onPress={() => ask({ c: 'withdraw_item', item: text.id })}>{t('write-withdraw')}</Btn>}
      </p>
      {text && <p class="hint">{t(text.open ? 'write-seen' : 'write-unseen')}</p>}
    </form>
  );
}

/** One's own text that does not open, or not yet: no form, or an empty one would be saved in its place. */
function Shut({ text }: { readonly text: Text }): JSX.Element {
  const ask = useAsk();
  return (
    <p class="row">
      <span>{wordsOf(text)}</span>
      <Btn look="quiet" onPress={() => ask({ c: 'withdraw_item', item: text.id })}>{t('write-withdraw')}</Btn>
    </p>
  );
}

function Lines({ kind, see }: { readonly kind: TextKind; readonly see: See }): JSX.Element {
  const room = useRoom();
  const part = room.shared.now?.part;
  const several = SEVERAL.has(kind) && see === 'everyone';
  const mine = textsOf(room, kind, room.own.seat).filter((text) => kind === 'headline' || text.part === part);
  const title = `writer-${kind}`;
  return (
    <section class="card writer" aria-labelledby={title} data-keep>
      <h2 id={title} tabIndex={-1}>{word(`kind-of-${kind}`)}</h2>
      <p class="hint">{t(see === 'everyone' ? 'see-everyone' : see === 'hidden' ? 'see-hidden' : 'see-owner')}</p>
      {mine.map((text) => (text.text === undefined ? <Shut key={text.id} text={text} /> : <LineForm key={`${text.id}-form`} kind={kind} see={see} text={text} />))}
      {(several || mine.length === 0) && <LineForm key={`new-${mine.length}`} kind={kind} see={see} place={mine.length} />}
      {see === 'owner' && <WhoHelps />}
    </section>
  );
}

/** "If I took time today, it would be about…" */
function BidForm(): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const bid = textsOf(room, 'bid', room.own.seat).at(-1);
  const { pressing: before = 2, minutes: length = 45 } = bid?.bid ?? {};
  const stored = { value: bid?.text ?? '', pressing: before as number, minutes: `${length}` };
  const [draft, change, drop] = useDraft('bid', stored);
  const { value, pressing, minutes } = draft;
  const [sent, setSent] = useState(false);
  const saved = useSaved();
  const wanted = Number(minutes);
  const wrong = !Number.isInteger(wanted) || wanted < 5 || wanted > 120;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (value.trim() === '') return document.getElementById('bid-text')?.focus();
    if (wrong) return document.getElementById('bid-minutes')?.focus();
    setSent(true);
    const answer = await room.session.write('bid', value.trim(), {
      ...(bid && { item: bid.id }),
      bid: { pressing, minutes: wanted },
    });
    setSent(false);
    if (answer.ok) {
      drop();
      saved();
    }
  };
  const isStored = bid !== undefined && value.trim() === stored.value && pressing === stored.pressing && minutes === stored.minutes;
  return (
    <section class="card writer" aria-labelledby="bid-title" data-keep>
      <h2 id="bid-title" tabIndex={-1}>{t('bid-title')}</h2>
      <p class="hint">{t('see-everyone')}</p>
      <form onSubmit={(event) => void save(event)} noValidate>
        <Field id="bid-text" label={t('write-bid')} hint={plain('line-left', { left: LIMITS.line_chars - [...value].length })} value={value} max={LIMITS.line_chars} onValue={(is) => change({ ...draft, value: is })} />
        <Choice
          legend={t('bid-pressing')}
          name="pressing"
          across
          value={pressing}
          options={[1, 2, 3].map((is) => ({ is, label: word(`bid-pressing-${is}`) }))}
          onValue={(is) => change({ ...draft, pressing: is })}
        />
        <Field id="bid-minutes" type="number" label={t('bid-minutes')} hint={t('bid-minutes-hint')} fault={wrong ? t('bid-minutes-fault') : undefined} value={minutes} onValue={(is) => change({ ...draft, minutes: is })} />
        <p class="row">
          <Save saved={isStored} busy={sent} label={t(bid ? 'bid-change' : 'bid-offer')} />
          {bid && <Btn look="quiet" onPress={() => ask({ c: 'withdraw_item', item: bid.id })}>{t('bid-withdraw')}</Btn>}
        </p>
      </form>
    </section>
  );
}

/** The presenter's own next steps; here and on the page of one's own actions. */
export function OwnActions(): JSX.Element {
  const room = useRoom();
  const { shared, own } = room;
  const mine = textsOf(room, 'action', own.seat);
  const may = (shared.now?.writes ?? []).some((write) => write.kind === 'action' && mayWrite(room, write));
  return (
    <section class="card writer" aria-labelledby="actions-title" data-keep>
      <h2 id="actions-title" tabIndex={-1}>{t('actions-title')}</h2>
      <p class="hint">{t('actions-hint')}</p>
      {mine.map((text) => (text.text === undefined ? <Shut key={text.id} text={text} /> : <ActionForm key={`${text.id}-form`} text={text} />))}
      {may && mine.length > 0 && <h3>{t('action-another')}</h3>}
      {may ? <ActionForm key={`new-${mine.length}`} place={mine.length} /> : mine.length === 0 && <p>{t('actions-none')}</p>}
      <WhoHelps />
    </section>
  );
}

/** Who can help to open again what only this person may see, and the way to change that. */
function WhoHelps(): JSX.Element {
  const { session, open } = useRoom();
  return (
    <p class="row hint who-helps">
      <span>{word(`own-help-${session.help.value}`)}</span>
      <Btn look="quiet" onPress={() => open('own')}>{t('own-help-open')}</Btn>
    </p>
  );
}

const TABLE: readonly TextKind[] = ['bid', 'question', 'scribe', 'skill', 'sentence', 'learning'];

/** What the set has written for all to see, in this slot or stretch of the meeting. */
export function Table({ from }: { readonly from: number }): JSX.Element | null {
  const room = useRoom();
  const shown = TABLE.map((kind) => ({
    kind,
    texts: textsOf(room, kind).filter((text) => text.open && text.part >= from),
  })).filter(({ texts }) => texts.length > 0);
  const released = textsOf(room, 'action').filter((text) => text.open && text.part >= from && text.seat !== room.own.seat);
  // The running order is set also when nobody typed a bid.
  const orders = room.own.controls && room.shared.now?.id === 'bids';
  if (shown.length === 0 && released.length === 0 && !orders) return null;
  return (
    <section class="card" aria-labelledby="table-title">
      <h2 id="table-title">{t('table-title')}</h2>
      {shown.map(({ kind, texts }) => (
        <div key={kind} class="texts">
          <h3>{word(`kind-of-${kind}`)}</h3>
          <ul>
            {texts.map((text) => (
              <li key={text.id} data-seat={text.seat}>
                <span dir="auto">{wordsOf(text)}</span>{' '}
                {kind !== 'scribe' && <span class="hint">{bare(nameOf(room, text.seat))}</span>}
                {text.bid && (
                  <span class="hint">
                    {' · '}
                    {word(`bid-pressing-${text.bid.pressing}`)}, {plain('time-minutes', { minutes: text.bid.minutes })}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {orders && (
        <p><Btn onPress={() => room.open('order')}>{t('order')}</Btn></p>
      )}
      {released.map((text) => (
        <div key={text.id} class="texts">
          <h3>{t('action-of', { name: nameOf(room, text.seat) })}</h3>
          <ActionForm text={text} />
        </div>
      ))}
    </section>
  );
}
