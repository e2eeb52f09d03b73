/**
 * The part of the address after `#`: read once, then taken out of the address
 * bar, which is seen in shared screens and screenshots. The browser's own
 * history may keep it all the same, so nothing may rely on this for secrecy.
 */

/** What `takeFragment` needs of a window. */
export interface AddressWindow {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  readonly history: Pick<History, 'replaceState' | 'state'>;
}

/** The fragment without `#`; empty when there was none. Clears it from the address bar. */
export function takeFragment(from: AddressWindow): string {
  const { hash, pathname, search } = from.location;
  if (hash.length < 2) return '';
  from.history.replaceState(from.history.state, '', pathname + search);
  return hash.slice(1);
}
