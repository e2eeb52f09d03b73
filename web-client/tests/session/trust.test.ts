/** Whose word a browser takes for a key. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, systemRandom } from '../../src/seal/bytes';
import { type Device, newDevice } from '../../src/seal/device';
import type { KeyList, RosterEntry } from '../../src/seal/keylist';
import { linkKey, type LinkRole, newLinks } from '../../src/seal/link';
import { bothPoints } from '../../src/seal/mirror';
import { makeWrap, recoverKey } from '../../src/seal/wrap';
import { Memory } from '../../src/session/kept';
import { Keys } from '../../src/session/keys';
import { grantBlob } from '../../src/session/lists';
import type { Own } from '../../src/wire.gen';
import { FakeRoom } from './fake-room';
import { FakeTime, FakeWorld, need } from './fake-world';

const links = newLinks(systemRandom);
const { set } = links.h;
const raw = (of: number): Bytes => new Uint8Array(32).fill(of);
const list = (epoch: number, roster: RosterEntry[] = [], of = epoch): KeyList => ({
  keys: [{ epoch, raw: raw(of) }], roster, links: [],
});
const named = ({ id }: Device, role: LinkRole = 'c'): RosterEntry => ({
  device: id, member: new Uint8Array(16).fill(1), role, link: 0,
});

let memory: Memory;
let keys: Keys;
let device: Device;
let host: Device;
let other: Device;

async function browser(role: LinkRole): Promise<void> {
  const time = new FakeTime();
  memory = new Memory(new FakeWorld(new FakeRoom(time), time), set);
  keys = new Keys(set, memory);
  await memory.save({ role, admit: await linkKey(links[role], 'admit'), links: [{ role, link: 0, secret: links[role].secret }] });
  keys.begin(device, role);
}

/** A grant as the server hands it on. True when it brought a key. */
async function granted(epoch: number, sender: Device, what: KeyList, role: LinkRole = 'm'): Promise<boolean> {
  const terms = { set, epoch, role, admit: await linkKey(links[role], 'admit') };
  const grant = await grantBlob(terms, sender, device.pub, what);
  return keys.follow({ grant } as Own, epoch);
}

beforeEach(async () => {
  [device, host, other] = await Promise.all([newDevice(), newDevice(), newDevice()]);
  await browser('m');
});

describe('a member', () => {
  it('takes the first key from whoever holds the link, and later ones from them alone', async () => {
    expect(await granted(1, host, list(1))).toBe(true);
    expect(keys.state.value).toBe('ready');
    expect(await granted(2, other, list(2))).toBe(false);
    expect(keys.state.value).toBe('waiting');
    expect(await granted(2, host, list(2))).toBe(true);
    expect(keys.state.value).toBe('ready');
  });

  it('takes later keys from those who were named under seal', async () => {
    await granted(1, host, list(1, [named(host, 'h'), named(other)]));
    expect(await granted(2, other, list(2))).toBe(true);
  });

  it('not from somebody who was named as a member', async () => {
    await granted(1, host, list(1, [named(host, 'h'), named(other, 'm')]));
    expect(await granted(2, other, list(2))).toBe(false);
  });

  // Firefox named the other point of a key; only whoever holds the private key can use either.
  it.each(['pinned', 'named'])('takes a key from either point of somebody %s, and from no other', async (how) => {
    const sender = how === 'pinned' ? host : other;
    await granted(1, host, list(1, [named(host, 'h'), named(other)]));
    const [, point] = await bothPoints(sender.pub);
    expect(await granted(2, { ...sender, ...need(point) }, list(2))).toBe(true);
    const stranger = await newDevice();
    // Somebody else who claims that point cannot make the grant.
    expect(await granted(3, { ...stranger, ...need(point) }, list(3))).toBe(false);
    expect(await granted(3, stranger, list(3))).toBe(false);
  });

  it('believes nobody any more who is missing in a newer roster', async () => {
    await granted(1, host, list(1, [named(host, 'h'), named(other)]));
    expect(await granted(2, other, list(2))).toBe(true);
    await granted(3, host, list(3, [named(host, 'h')]));
    expect(await granted(4, other, list(4))).toBe(false);
    expect(await granted(4, host, list(4))).toBe(true);
  });

  it('keeps a key that it has, whatever another grant says', async () => {
    await granted(1, host, list(1));
    const key = keys.key(1);
    await granted(1, host, list(1, [], 66));
    expect(keys.key(1)).toBe(key);
  });

  it('takes nothing that was made under another link, for another browser or for a later epoch', async () => {
    expect(await granted(1, host, list(1), 'o')).toBe(false);
    const terms = { set, epoch: 1, role: 'm', admit: await linkKey(links.m, 'admit') } as const;
    const elses = await grantBlob(terms, host, other.pub, list(1));
    expect(await keys.follow({ grant: elses } as Own, 1)).toBe(false);
    const later = await grantBlob({ ...terms, epoch: 2 }, host, device.pub, list(2));
    expect(await keys.follow({ grant: later } as Own, 1)).toBe(false);
    expect(await keys.follow({ grant: 'no grant' } as Own, 1)).toBe(false);
    expect(keys.state.value).toBe('none');
  });

  it('opens a grant that was made just before the epoch changed, and waits for the next', async () => {
    const terms = { set, epoch: 1, role: 'm', admit: await linkKey(links.m, 'admit') } as const;
    const grant = await grantBlob(terms, host, device.pub, list(1));
    expect(await keys.follow({ grant } as Own, 2)).toBe(true);
    expect(keys.state.value).toBe('waiting');
  });
});

describe('a host', () => {
  const wrapped = async (epoch: number): Promise<string> =>
    makeWrap(await recoverKey(links.h), set, 'h', list(epoch));

  beforeEach(() => browser('h'));

  it('on a new browser opens the wrap of the present epoch', async () => {
    expect(await keys.follow({ wrap: await wrapped(2) } as Own, 3)).toBe(false);
    expect(await keys.follow({ wrap: await wrapped(3) } as Own, 3)).toBe(true);
  });

  it('with a grant goes by that, and not by a wrap that a former co-facilitator could make', async () => {
    await granted(1, host, list(1), 'h');
    const grant = await grantBlob({ set, epoch: 2, role: 'h', admit: raw(9) }, other, device.pub, list(2));
    expect(await keys.follow({ grant, wrap: await wrapped(2) } as Own, 2)).toBe(false);
  });
});
