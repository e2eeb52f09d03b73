/** How a browser asks to join: what it keeps for it, and its first frame. Loaded at the door. */

import { bytesOf, excess } from '../lib/length';
import { type Bytes, fromB64u, toB64u } from '../seal/bytes';
import { type Device, deviceFromPair, newDevice } from '../seal/device';
import { sha256 } from '../seal/derive';
import { helloMac, newNonce, proveDevice } from '../seal/knock';
import type { LinkSecret } from '../seal/keylist';
import { type Link, linkKey, linkKeys } from '../seal/link';
import { sealLobbyName } from '../seal/lobby';
import { type ClientFrame, type DeviceId, LIMITS, PROTOCOL_VERSION, type SetId } from '../wire.gen';
import type { Memory } from './memory';
import type { World } from './world';

/** Keeps what whoever asks to join by this link needs. `links` are a new set's own. */
export async function prepareKnock(
  world: World,
  memory: Memory,
  link: Link,
  name: string,
  links: readonly LinkSecret[],
): Promise<void> {
  const { kept } = memory;
  // Devices of the first form cannot knock; and a known one only by the kind of link it came by.
  const same = kept.device !== undefined && kept.signing !== undefined && kept.role === link.role;
  const device = same ? await deviceFromPair(kept.device, kept.signing) : await newDevice();
  const resume = world.random(32);
  const host = link.host && (toB64u(link.host) as DeviceId);
  // Too long a name is found out before anything is kept.
  await knockFrame(world, link, device, resume, name, '');
  const all: LinkSecret[] = [{ role: 'h', link: 0, secret: link.secret }, ...links];
  await memory.save({
    device: device.pair,
    signing: device.sign?.pair,
    role: link.role,
    resume,
    admit: await linkKey(link, 'admit'),
    name,
    secret: link.secret,
    host,
    // Whoever comes by a link anew begins anew where it is of another host.
    ...(host !== undefined && kept.verified?.host !== host && { verified: undefined }),
    member: undefined,
    hosts: [],
    roster: [],
    ...(link.role === 'h' && { links: all }),
  });
}

/** Bytes of a name that a knock has room for: the second of the sizes that names are padded to. */
const CARRIED = { bytes: 511 };

/**
 * What of a name a knock carries: all of it, but where sixty characters are drawn by many more. Whoever
 * is let in brings the whole. What is too long for any box is left to be found out when it is sealed.
 */
function carried(name: string): string {
  const over = bytesOf(name) > LIMITS.learning_bytes ? 0 : excess(name, CARRIED);
  return over === 0 ? name : [...name].slice(0, -over).join('');
}

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
    sealLobbyName(keys, hello, carried(name), world.random),
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
