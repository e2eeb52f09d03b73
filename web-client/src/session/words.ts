/** Five words by which people hear that they are in one set. Fetched when somebody looks at them. */

import { fiveWords } from '../seal/words';
import type { Context } from './context';
import { bytesOf } from './texts';

/** Those of the present key; none where there is no key. */
export async function wordsOf({ keys, room, until }: Context): Promise<string[]> {
  await until(() => room() !== undefined && keys.state.value === 'ready');
  const shared = room()?.shared;
  const key = shared && keys.key(shared.epoch);
  if (shared === undefined || key === undefined) return [];
  const { roster, set } = keys;
  // In a set that has no roster yet they cover everybody's public key.
  const over = roster ? [roster.head] : Object.values(shared.devices).map(({ pub }) => pub);
  return fiveWords(key, set, shared.epoch, over.map(bytesOf));
}
