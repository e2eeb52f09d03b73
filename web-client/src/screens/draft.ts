/** What stands in a form: it is there again when the form is, until it has been sent. */

import { useState } from 'preact/hooks';
import { useRoom } from './room/room-context';

/**
 * The value of a form, as it was typed and not yet sent, else as it is `saved`; how it is changed; and
 * how to say that it has been sent. `form` tells it from the other forms of this part of the meeting.
 */
export function useDraft<T>(form: string, saved: T): [value: T, change: (value: T) => void, sent: () => void] {
  const { session, shared } = useRoom();
  const place = `${shared.now?.part ?? ''} ${form}`;
  const [value, setValue] = useState<T>(() => {
    const typed = session.drafts.read(place);
    return typed === undefined ? saved : (JSON.parse(typed) as T);
  });
  const change = (next: T): void => {
    setValue(next);
    session.drafts.keep(place, JSON.stringify(next));
  };
  return [value, change, () => session.drafts.keep(place, undefined)];
}
