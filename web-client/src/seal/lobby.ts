/**
 * The name of somebody who waits in the lobby. They hold no epoch key yet, so
 * it is a box under the link's `lobby` key: whoever holds the link, and no
 * server, can read it. The knock's nonce stands as the item, so a name fits
 * one knock only; what does not exist yet is zero.
 */

import { type RandomBytes, systemRandom } from './bytes';
import { open, type SealContext, type Sealed, seal } from './box';
import { hkdfKey } from './derive';
import { deviceId } from './device';
import type { Hello } from './knock';
import type { LinkKeys } from './link';

async function lobbyContext(hello: Hello): Promise<SealContext> {
  return {
    set: hello.set,
    session: new Uint8Array(16),
    epoch: 0,
    member: new Uint8Array(16),
    device: await deviceId(hello.pub, hello.sign),
    kind: 'name',
    item: hello.nonce,
    rev: 1,
    n: 0,
    prev: new Uint8Array(32),
  };
}

/** Seals the name that a knock carries. Throws `SealFault` `too_long`. */
export async function sealLobbyName(
  keys: Pick<LinkKeys, 'lobby'>,
  hello: Hello,
  name: string,
  random: RandomBytes = systemRandom,
): Promise<Sealed> {
  return seal(await hkdfKey(keys.lobby), await lobbyContext(hello), name, random);
}

/** Opens the name of a knock. Throws `SealFault`. Check the knock's mac first. */
export async function openLobbyName(
  keys: Pick<LinkKeys, 'lobby'>,
  hello: Hello,
  name: Sealed,
): Promise<string> {
  return open(await hkdfKey(keys.lobby), await lobbyContext(hello), name);
}
