/** The first frame of a browser that asks to join. Loaded at the door. */

import { type Bytes, fromB64u, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { sha256 } from '../seal/derive';
import { helloMac, newNonce, proveDevice } from '../seal/knock';
import { type Link, linkKeys } from '../seal/link';
import { sealLobbyName } from '../seal/lobby';
import { type ClientFrame, PROTOCOL_VERSION, type SetId } from '../wire.gen';
import type { World } from './world';

/**
 * The frame that asks to join. Made anew for each connection, since it is signed over what the server
 * drew for that connection alone. Throws `SealFault` `too_long` when
 * the name is too long for any box.
 */
export async function knockFrame(
  world: World,
  link: Link,
  device: Device,
  resume: Bytes,
  name: string,
  challenge: string,
): Promise<ClientFrame> {
  const { pub, sign } = device;
  if (sign === undefined) throw new Error('this device cannot knock');
  const keys = await linkKeys(link);
  const hello = { set: link.set, role: link.role, pub, sign: sign.pub, nonce: newNonce(world.random) };
  const [pop, mac, box, hash] = await Promise.all([
    proveDevice(sign, fromB64u(challenge) ?? new Uint8Array(32), hello),
    helloMac(keys.admit, hello),
    sealLobbyName(keys, hello, name, world.random),
    sha256(resume),
  ]);
  return {
    t: 'knock',
    v: PROTOCOL_VERSION,
    set: toB64u(link.set) as SetId,
    role: link.role,
    token: toB64u(keys.token),
    pub: toB64u(pub),
    sign: toB64u(sign.pub),
    nonce: toB64u(hello.nonce),
    mac: toB64u(mac),
    pop: toB64u(pop),
    name: box,
    resume: toB64u(hash),
  };
}
