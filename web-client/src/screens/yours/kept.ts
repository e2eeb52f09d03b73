/** What somebody fills in for themselves: it is kept as it is typed, and not at all while it is empty. */

import { useRoom } from '../room/room-context';

export function useKept<T>(place: string, empty: T): [value: T, keep: (value: T) => void] {
  const { session } = useRoom();
  const kept = session.drafts.all.value.get(place);
  const value = kept === undefined ? empty : (JSON.parse(kept) as T);
  const keep = (next: T): void => {
    const text = JSON.stringify(next);
    session.drafts.keep(place, text === JSON.stringify(empty) ? undefined : text);
  };
  return [value, keep];
}
