/** What the set agrees on: its charter, and a change of what may leave the room. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Mode, SeatId } from '../wire.gen';
import { UseKept } from './begun';
import { placeOf, RULES, useDraft, useRefuse } from './draft';
import { Btn, Choice, Field, tooLong } from './components';
import { mayChangeRules } from './homes';
import { attempt } from './attempt';
import { plain, word } from './messages';
import { charterOf, circleOf, nameOf, observes, textsOf, useAsk, useRoom } from './room/room-context';
import { over, StandsNow } from './standing';

/** The charter, and "I can live by this". */
export function Charter(): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const [opened, setEditing] = useState(false);
  const { shared, own, session } = room;
  const agreed = shared.seats[own.seat]?.agreed === true;
  const all = circleOf(shared);
  const stands = textsOf(room, 'charter').at(-1);
  // What cannot be read is not changed.
  const editable = mayChangeRules(room) && session.keys.value !== 'none' && (stands === undefined || stands.text !== undefined);
  const editing = editable && (opened || session.drafts.all.value.has(placeOf(shared.now?.part, 'charter')));
  // In its own part the card above has this name already, and no two landmarks share one.
  const named = shared.now?.id === 'charter' ? undefined : 'charter-title';
  return (
    <section class="card" aria-labelledby={named} data-keep>
      <h2 id="charter-title" tabIndex={-1}>{t('charter-title')}</h2>
      {editing ? (
        <CharterForm onDone={() => setEditing(false)} />
      ) : (
        <Rules />
      )}
      <p class="hint">
        {plain('charter-count', { count: all.filter(([, seat]) => seat.agreed).length, all: all.length })}
      </p>
      <p class="row">
        {agreed ? <span class="chip now">{t('charter-agreed')}</span> : <Btn look="main" onPress={() => ask({ c: 'agree_charter' })}>{t('charter-agree')}</Btn>}
        {editable && !editing && <Btn onPress={() => setEditing(true)}>{t('charter-edit')}</Btn>}
      </p>
    </section>
  );
}

function Rules(): JSX.Element {
  const room = useRoom();
  return (
    <ul class="charter">
      {charterOf(room).map((line) => <li key={line} dir="auto">{line}</li>)}
    </ul>
  );
}

/** For whoever runs the meeting: who cannot take part yet, and why. */
export function NotAgreed(): JSX.Element | null {
  const room = useRoom();
  const { seats, lead } = room.shared;
  const runs = (seat: SeatId): boolean => seat === lead || ['host', 'co_facilitator'].includes(seats[seat]?.role ?? '');
  const open = circleOf(room.shared).filter(([seat, view]) => !view.agreed && view.in_lobby !== true && !runs(seat));
  if (open.length === 0) return null;
  return (
    <section class="card" aria-labelledby="not-agreed-title">
      <h2 id="not-agreed-title">{t('not-agreed-title')}</h2>
      <p class="hint">{t('not-agreed-about')}</p>
      <ul class="chips">
        {open.map(([seat, view]) => (
          <li key={seat} class="chip">
            <bdi>{nameOf(room, seat)}</bdi>
            {view.role === 'observer' && <span class="hint"> ({t('role-observer')})</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function CharterForm({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const room = useRoom();
  const refuse = useRefuse();
  const standing = charterOf(room).join('\n');
  const [value, setValue, sent] = useDraft('charter', standing);
  const stands = textsOf(room, 'charter').at(-1);
  const place = placeOf(room.shared.now?.part, 'charter');
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const why = tooLong(value, RULES);
    if (why !== undefined) return refuse('charter-lines', why);
    const answer = await room.session.write('charter', value.trim(), over(room, stands));
    if (!answer.ok) return;
    sent(value);
    onDone();
  };
  const cancel = (): void => {
    setValue(standing);
    onDone();
  };
  return (
    <form onSubmit={(event) => attempt(() => save(event))}>
      <Field id="charter-lines" label={t('charter-lines')} hint={t('charter-lines-hint')} rows={12} limit={RULES} value={value} onValue={setValue} />
      <StandsNow stands={stands} is={standing} typed={value} place={place}><Rules /></StandsNow>
      <UseKept kind="charter" />
      <p class="row">
        <Btn submit look="main">{t('write-save')}</Btn>
        <Btn look="quiet" onPress={cancel}>{t('cancel')}</Btn>
      </p>
    </form>
  );
}

const MODES: readonly Mode[] = ['set', 'double', 'chatham', 'open_learning'];

interface ModeChoiceProps {
  readonly mode: Mode;
  readonly hint?: string;
  readonly onMode: (mode: Mode) => void;
}

/** The choice of what may leave the room. */
export function ModeChoice({ mode, hint, onMode }: ModeChoiceProps): JSX.Element {
  return (
    <Choice
      legend={t('mode-legend')}
      name="mode"
      {...(hint && { hint })}
      value={mode}
      options={MODES.map((is) => ({ is, label: word(`mode-${is}`), about: word(`mode-${is}-about`) }))}
      onValue={onMode}
    />
  );
}

/** A proposed mode: everyone who is there taps, or it stays as it is. */
export function ModeProposal(): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { shared, own } = room;
  if (shared.proposed === undefined) return null;
  const circle = circleOf(shared).filter(([, seat]) => seat.role !== 'observer' && seat.in_lobby !== true);
  return (
    <section class="card" aria-labelledby="proposal-title" data-keep>
      <h2 id="proposal-title" tabIndex={-1}>{t('proposal-title', { mode: word(`mode-${shared.proposed}`) })}</h2>
      <p>{t('proposal-stays', { mode: word(`mode-${shared.mode}`) })}</p>
      <ModeWords mode={shared.proposed} />
      <p class="hint">{plain('proposal-count', { count: shared.mode_taps ?? 0, all: circle.length })} {t('proposal-away')}</p>
      {!observes(room) &&
        (own.mode_agreed === true ? (
          <p>{t('proposal-done')}</p>
        ) : (
          <>
            <p class="row">
              <Btn look="main" onPress={() => ask({ c: 'answer_mode', yes: true })}>{t('proposal-yes')}</Btn>
              <Btn onPress={() => ask({ c: 'answer_mode', yes: false })}>{t('proposal-no')}</Btn>
            </p>
            <p class="hint">{t('proposal-no-hint')}</p>
          </>
        ))}
    </section>
  );
}

/** For whoever was away when another mode was agreed: what it is now, above the rules that they are asked for. */
export function ModeMissed(): JSX.Element {
  const { mode } = useRoom().shared;
  return (
    <section class="card" aria-labelledby="mode-missed-title" data-keep>
      <h2 id="mode-missed-title" tabIndex={-1}>{t('mode-missed-title', { mode: word(`mode-${mode}`) })}</h2>
      <p>{t('mode-missed-about')}</p>
      <ModeWords mode={mode} />
    </section>
  );
}

/** What a mode asks of people, and what it does with what is written. */
function ModeWords({ mode }: { readonly mode: Mode }): JSX.Element {
  return (
    <>
      <p>{word(`mode-${mode}-about`)}</p>
      <p>{word(`mode-${mode}-kept`)}</p>
    </>
  );
}
