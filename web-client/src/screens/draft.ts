/** What stands in a form: it is there again when the form is, until the server has it. */

import { useState } from 'preact/hooks';
import type { Session } from '../session';
import { NOTE } from '../lib/places';
import { type ItemId, LIMITS, type TextKind } from '../wire.gen';
import { useRoom } from './room/room-context';

/** How long a line of the room may be, a name, and ground rules. */
export const NAME = { chars: LIMITS.name_chars };
export const LINE = { chars: LIMITS.line_chars };
export const RULES = { bytes: LIMITS.form_bytes };

/** Where the sheet stands that somebody fills in before they present. */
export const PREPARATION = `${NOTE}preparation`;
/** Where one's own learning question stands. */
export const LEARNING = `${NOTE}learning`;

/** Where a text that is begun in this part stands; `item` when it is a change of one. */
export function placeOf(part: number | undefined, kind: TextKind, item?: string): string {
  // One's own actions have a page of their own in every part.
  const where = kind === 'action' && item !== undefined ? '' : (part ?? '');
  return [where, kind, ...(item === undefined ? [] : [item])].join(' ');
}

/**
 * The value of a form, as it was typed and not yet sent, else as it is `saved`; how it is changed; and
 * how to say that a value has been sent. What was typed meanwhile stays.
 */
export function useTyped<T>(
  drafts: Session['drafts'],
  place: string,
  saved: T,
): [value: T, change: (value: T) => void, sent: (value: T, next?: T) => void] {
  // What was sent, until what is saved has moved.
  const [last, setLast] = useState<{ readonly value: T; readonly was: string }>();
  const typed = drafts.all.value.get(place);
  const was = JSON.stringify(saved);
  const value = typed !== undefined ? (JSON.parse(typed) as T) : last?.was === was ? last.value : saved;
  const change = (next: T): void => {
    const text = JSON.stringify(next);
    setLast(undefined);
    drafts.keep(place, text === was ? undefined : text);
  };
  const sent = (what: T, next = what): void => {
    if (drafts.all.peek().get(place) !== JSON.stringify(what)) return;
    setLast({ value: next, was });
    drafts.keep(place, undefined);
  };
  return [value, change, sent];
}

/** Goes to a field that cannot be sent as it is, and says why. */
export function useRefuse(): (id: string, why?: string) => void {
  const { announcer } = useRoom();
  return (id, why) => {
    document.getElementById(id)?.focus();
    if (why !== undefined) announcer.say({ kind: 'field', text: why, assertive: true });
  };
}

/** Takes a text back; a change of it that was begun goes once it is gone. */
export function useWithdraw(): (item: ItemId, gone: () => void) => void {
  const { session } = useRoom();
  return (item, gone) => void session.ask({ c: 'withdraw_item', item }).then(({ ok }) => ok && gone());
}

/** `useTyped` for a text of this kind in the present part. */
export function useDraft<T>(kind: TextKind, saved: T, item?: string): ReturnType<typeof useTyped<T>> {
  const { session, shared } = useRoom();
  return useTyped(session.drafts, placeOf(shared.now?.part, kind, item), saved);
}
