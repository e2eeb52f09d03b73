/**
 * What was begun and has no form now: the meeting has moved on, somebody else presents, or this person
 * only watches. One sentence offers it; what is kept can be copied, and used where a form takes it.
 */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import type { TextKind } from '../wire.gen';
import { Btn } from './components';
import { Growing } from './growing';
import { placeOf, PREPARATION } from './draft';
import { Later, yours } from './lazy';
import { type Begun, begunOf, keepBegun, move } from './homes';
import { bare, plain } from './messages';
import { useRoom } from './room/room-context';

/** So many characters of it are enough to know it again. */
const ENOUGH = 60;

/** Its beginning, on one line. */
function beginning(words: string): string {
  const chars = [...words.replaceAll(/\s+/g, ' ').trim()];
  return chars.length <= ENOUGH ? chars.join('') : `${chars.slice(0, ENOUGH).join('')}…`;
}

/** The sentence that offers what was begun, one thing after the other. */
export function BegunOffer(): JSX.Element | null {
  const room = useRoom();
  const { announcer, note, session } = room;
  const begun = room.shared.stage === 'closed' ? undefined : begunOf(room).findLast(({ kept }) => !kept);
  const text = begun && t('begun', { kind: begun.kind, text: beginning(begun.words) });
  const place = begun?.place;
  useEffect(() => {
    if (place !== undefined && text !== undefined) announcer.say({ kind: 'begun', text: bare(text) });
  }, [announcer, place, text]);
  if (begun === undefined) return null;
  const keep = (): void => {
    if (!keepBegun(room, begun)) note(t('begun-kept'));
  };
  return (
    <p class="message" data-begun={begun.kind}>
      <span>{text}</span>
      <span class="row">
        <Btn onPress={keep}>{t('begun-keep')}</Btn>
        <Btn look="quiet" onPress={() => session.drafts.keep(begun.place, undefined)}>{t('begun-drop')}</Btn>
      </span>
    </p>
  );
}

/** Kinds that say what somebody brings. */
const BROUGHT: ReadonlySet<TextKind> = new Set(['bid', 'headline']);

/** For a form that nothing was typed into yet: what was kept and fits, or was prepared. */
export function UseKept({ kind, item }: { readonly kind: TextKind; readonly item?: string | undefined }): JSX.Element | null {
  const room = useRoom();
  const place = placeOf(room.shared.now?.part, kind, item);
  if (room.session.drafts.all.value.has(place)) return null;
  const kept = begunOf(room).find((begun) => begun.kept && begun.kind === kind && (begun.item ?? item) === item);
  if (kept === undefined) {
    const prepared = item === undefined && BROUGHT.has(kind) && room.session.drafts.all.value.has(PREPARATION);
    return prepared ? <Later from={yours} is="UsePrepared" with={{ kind }} /> : null;
  }
  return (
    <p class="row">
      <Btn onPress={() => move(room, kept.place, place)}>{plain('begun-use', { text: beginning(kept.words) })}</Btn>
    </p>
  );
}

/** All that was begun and not sent, in full. */
export function BegunList(): JSX.Element | null {
  const room = useRoom();
  const begun = begunOf(room);
  if (begun.length === 0) return null;
  return (
    <section class="card writer" aria-labelledby="begun-title" data-keep>
      <h2 id="begun-title" tabIndex={-1}>{t('begun-title')}</h2>
      <p class="hint">{t(room.shared.stage === 'closed' ? 'begun-closed' : 'begun-about')}</p>
      {begun.map((each) => <Row key={each.place} begun={each} />)}
    </section>
  );
}

function Row({ begun: { kind, place, words } }: { readonly begun: Begun }): JSX.Element {
  const { session } = useRoom();
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<'copied' | 'begun-copy-by-hand'>();
  const copy = (): void => {
    navigator.clipboard.writeText(words).then(
      () => setCopied('copied'),
      () => {
        field.current?.select();
        setCopied('begun-copy-by-hand');
      },
    );
  };
  const id = `begun-${place.replaceAll(' ', '-')}`;
  return (
    <div class="field">
      <label for={id}>{plain('begun-label', { kind })}</label>
      <Growing id={id} ref={field} rows={1} readOnly value={words} />
      <p class="row">
        <Btn onPress={copy}>{t('copy')}</Btn>
        <Btn look="quiet" onPress={() => session.drafts.keep(place, undefined)}>{t('begun-drop')}</Btn>
        <output>{copied && t(copied)}</output>
      </p>
    </div>
  );
}
