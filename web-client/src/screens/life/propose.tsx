/** Under an action that was looked back on: what it taught, as a practice for the whole set. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { charsOf } from '../../lib/length';
import type { Text } from '../../session';
import type { ItemId } from '../../wire.gen';
import { readAction } from '../action-text';
import { attempt } from '../attempt';
import { Btn, Field, tooLong } from '../components';
import { LINE, useRefuse, useTyped } from '../draft';
import { writesOf } from '../homes';
import { useRoom } from '../room/room-context';

export function Propose({ action }: { readonly action: Text }): JSX.Element | null {
  const room = useRoom();
  const { own, session, shared } = room;
  const refuse = useRefuse();
  const { learned } = readAction(action.text ?? '');
  // What it taught is a first wording, where it is short enough to be one.
  const first = charsOf(learned) <= (LINE.chars ?? 0) ? learned : '';
  const [value, setValue, sent] = useTyped(session.drafts, `practice of ${action.id}`, first);
  const [busy, setBusy] = useState(false);
  const mine = (Object.entries(own.practice_of ?? {}) as [ItemId, ItemId][]).find(([, of]) => of === action.id)?.[0];
  if (mine !== undefined) {
    const practice = shared.practices?.[mine];
    return <p class="tip">{t(practice === undefined ? 'practice-mine-alone' : practice.adopted_at === undefined ? 'practice-mine-asked' : 'practice-mine-adopted')}</p>;
  }
  if (!writesOf(room).some(({ kind }) => kind === 'practice')) return null;
  const id = `practice-${action.id}`;
  const propose = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const why = tooLong(value, LINE);
    if (value.trim() === '' || why !== undefined) return refuse(id, why);
    setBusy(true);
    const answer = await session.write('practice', value.trim(), { action: action.id });
    setBusy(false);
    if (answer.ok) sent(value, '');
  };
  return (
    <details class="propose">
      <summary>{t('practice-propose-title')}</summary>
      <form onSubmit={(event) => attempt(() => propose(event))} noValidate>
        <Field id={id} label={t('practice-line')} hint={t('practice-propose-hint')} limit={LINE} counts value={value} onValue={setValue} />
        <p class="row"><Btn submit look="main" off={busy}>{t('practice-propose')}</Btn></p>
      </form>
    </details>
  );
}
