/** Short texts, where the part asks for them and only then. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Text } from '../session';
import { NOTES } from '../names.gen';
import type { See, TextKind } from '../wire.gen';
import { LINE, useDraft, useRefuse, useWithdraw } from './draft';
import { Save, useSaved } from './saved';
import { Btn, Choice, Field, tooLong } from './components';
import { attempt } from './attempt';
import { plain, word } from './messages';
import { ActionForm } from './action';
import { Later, yours } from './lazy';
import { UseKept } from './begun';
import { mineOf, several, writesOf } from './homes';
import { nameOf, presents, textsOf, useAsk, useRoom, wordsOf } from './room/room-context';

/** Forms for all that this person may write now. */
export function Writers(): JSX.Element | null {
  const room = useRoom();
  // A practice is proposed under the action that taught it.
  const writes = writesOf(room).filter(({ kind }) => kind !== 'practice');
  const notes = (room.shared.now?.id ?? '') in NOTES && <Later from={yours} is="Notes" />;
  if (writes.length === 0 || room.session.keys.value === 'none') return <>{notes}</>;
  const forms = writes.map(({ kind, see }) => {
    const key = `${room.shared.now?.part}-${kind}`;
    if (kind === 'bid') return <BidForm key={key} />;
    if (kind === 'action') return <OwnActions key={key} />;
    return <Lines key={key} kind={kind} see={see} />;
  });
  // Who runs the meeting seldom writes in it, and has other things to see.
  if (!room.own.keys || presents(room)) return <>{forms}{notes}</>;
  return (
    <details class="card">
      <summary>{t('write-too')}</summary>
      {forms}
      {notes}
    </details>
  );
}

interface LineFormProps {
  readonly kind: TextKind;
  readonly see: See;
  /** The text to mend, when there is one. */
  readonly text?: Text | undefined;
  /** Whether there is one such text for each person here, new or not. */
  readonly one: boolean;
}

/** One line of at most 140 characters. */
function LineForm({ kind, see, text, one }: LineFormProps): JSX.Element {
  const { session } = useRoom();
  const ask = useAsk();
  const refuse = useRefuse();
  const withdraw = useWithdraw();
  const saved = useSaved();
  const item = one ? undefined : text?.id;
  const [value, setValue, sent] = useDraft(kind, text?.text ?? '', item);
  const [busy, setBusy] = useState(false);
  const id = `line-${kind}-${item ?? 'new'}`;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const why = tooLong(value, LINE);
    if (value.trim() === '' || why !== undefined) return refuse(id, why);
    setBusy(true);
    const answer = await session.write(kind, value.trim(), text && { item: text.id });
    setBusy(false);
    if (answer.ok) {
      sent(value, one || text ? value : '');
      saved();
    }
  };
  return (
    <form onSubmit={(event) => attempt(() => save(event))} noValidate>
      <Field id={id} label={word(text && !one ? `write-${kind}-again` : `write-${kind}`)} limit={LINE} counts value={value} onValue={setValue} />
      <UseKept kind={kind} item={item} />
      <p class="row">
        <Save saved={text !== undefined && value.trim() === text.text} busy={busy} label={t(text ? 'write-save' : 'write-send')} />
        {text && !text.open && see === 'owner' && (
          <Btn onPress={() => ask({ c: 'release_item', item: text.id })}>{t('write-release')}</Btn>
        )}
        {text && <Btn look="quiet" onPress={() => withdraw(text.id, () => sent(value, ''))}>{t('write-withdraw')}</Btn>}
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
  const many = several({ kind, see });
  const mine = mineOf(room, kind);
  const rows = many || mine.length === 0 ? [...mine, undefined] : mine;
  const title = `writer-${kind}`;
  return (
    <section class="card writer" aria-labelledby={title} data-keep>
      <h2 id={title} tabIndex={-1}>{word(`kind-of-${kind}`)}</h2>
      <p class="hint">{t(see === 'everyone' ? 'see-everyone' : see === 'hidden' ? 'see-hidden' : 'see-owner')}</p>
      {rows.map((text, at) => {
        if (text !== undefined && text.text === undefined) return <Shut key={text.id} text={text} />;
        // The form stays the same one when its first text is there: the focus too.
        const one = !many && at === 0;
        return <LineForm key={one ? 'one' : (text?.id ?? 'new')} kind={kind} see={see} text={text} one={one} />;
      })}
      {see === 'owner' && <WhoHelps />}
    </section>
  );
}

/** "If I took time today, it would be about…" */
function BidForm(): JSX.Element {
  const room = useRoom();
  const refuse = useRefuse();
  const withdraw = useWithdraw();
  const bid = textsOf(room, 'bid', room.own.seat).at(-1);
  const { pressing: before = 2, minutes: length = 45 } = bid?.bid ?? {};
  const stored = { value: bid?.text ?? '', pressing: before as number, minutes: `${length}` };
  const [draft, change, taken] = useDraft('bid', stored);
  const { value, pressing, minutes } = draft;
  const [sent, setSent] = useState(false);
  const saved = useSaved();
  const wanted = Number(minutes);
  const wrong = !Number.isInteger(wanted) || wanted < 5 || wanted > 120;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (sent) return;
    const why = tooLong(value, LINE);
    if (value.trim() === '' || why !== undefined) return refuse('bid-text', why);
    if (wrong) return refuse('bid-minutes', t('bid-minutes-fault'));
    setSent(true);
    const answer = await room.session.write('bid', value.trim(), {
      ...(bid && { item: bid.id }),
      bid: { pressing, minutes: wanted },
    });
    setSent(false);
    if (answer.ok) {
      taken(draft);
      saved();
    }
  };
  const isStored = bid !== undefined && value.trim() === stored.value && pressing === stored.pressing && minutes === stored.minutes;
  return (
    <section class="card writer" aria-labelledby="bid-title" data-keep>
      <h2 id="bid-title" tabIndex={-1}>{t('bid-title')}</h2>
      <p class="hint">{t('see-everyone')}</p>
      <form onSubmit={(event) => attempt(() => save(event))} noValidate>
        <Field id="bid-text" label={t('write-bid')} limit={LINE} counts value={value} onValue={(is) => change({ ...draft, value: is })} />
        <UseKept kind="bid" />
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
          {bid && <Btn look="quiet" onPress={() => withdraw(bid.id, () => taken(draft, { value: '', pressing: 2, minutes: '45' }))}>{t('bid-withdraw')}</Btn>}
        </p>
      </form>
    </section>
  );
}

/** The presenter's own next steps; here and on the page of one's own actions. */
export function OwnActions(): JSX.Element {
  const room = useRoom();
  const mine = mineOf(room, 'action');
  const may = writesOf(room).some(({ kind }) => kind === 'action');
  return (
    <section class="card writer" aria-labelledby="actions-title" data-keep>
      <h2 id="actions-title" tabIndex={-1}>{t('actions-title')}</h2>
      <p class="hint">{t('actions-hint')}</p>
      {mine.map((text) => (text.text === undefined ? <Shut key={text.id} text={text} /> : <ActionForm key={text.id} text={text} />))}
      {may && mine.length > 0 && <h3>{t('action-another')}</h3>}
      {may ? <ActionForm key="new" /> : mine.length === 0 && <p>{t('actions-none')}</p>}
      <WhoHelps />
    </section>
  );
}

/** Who can help to open again what only this person may see, and the way to change that. */
export function WhoHelps(): JSX.Element {
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
                {kind !== 'scribe' && <bdi class="hint">{nameOf(room, text.seat)}</bdi>}
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
