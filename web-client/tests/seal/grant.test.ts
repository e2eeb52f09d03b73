/** Handing keys on: knock, grant, epochs, recovery wraps. */

import { describe, expect, it } from 'vitest';
import { fitName } from '../../src/lib/names';
import { type Bytes, concat, fromB64u, systemRandom, toB64u, toHex } from '../../src/seal/bytes';
import { hkdf, hkdfKey } from '../../src/seal/derive';
import { newDevice } from '../../src/seal/device';
import { newEpochKey, rawKeys, takeKeys } from '../../src/seal/epoch';
import { SealFault } from '../../src/seal/fault';
import { type GrantTerms, makeGrant, openGrant } from '../../src/seal/grant';
import { type KeyList, readKeyList, writeKeyList } from '../../src/seal/keylist';
import { newNonce } from '../../src/seal/knock';
import { linkKeys, newLinks } from '../../src/seal/link';
import { openLobbyName, sealLobbyName } from '../../src/seal/lobby';
import { flip } from '../../src/seal/vectors';
import { makeWrap, openWrap, recoverKey, returnKey } from '../../src/seal/wrap';
import { knockFrame } from '../../src/session/entrance';
import type { World } from '../../src/session/world';
import { type ClientFrame, LIMITS, type Sealed } from '../../src/wire.gen';
import { need } from '../session/fake-world';

type Knock = ClientFrame & { t: 'knock' };

async function fault(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => 'opened',
    (error: unknown) => (error instanceof SealFault ? error.code : `other: ${String(error)}`),
  );
}

const links = newLinks(systemRandom);
const keys = await linkKeys(links.m);
const host = await newDevice();
const joiner = await newDevice();
const joinerSign = joiner.sign?.pub ?? expect.fail('a fresh device can sign');
const terms: GrantTerms = { set: links.m.set, epoch: 4, role: 'm', admit: keys.admit };

/** The same grant, said to be from another. */
function sentBy(pub: Bytes, grant: string): string {
  return toB64u(concat(pub, (fromB64u(grant) as Bytes).slice(65)));
}

function keyList(epoch = 4): KeyList {
  return {
    keys: [{ epoch, raw: systemRandom(32) }],
    head: { n: 7, hash: systemRandom(32) },
    links: [{ role: 'm', link: 0, secret: links.m.secret }],
  };
}

describe('a device', () => {
  it('never gives its private key away', async () => {
    await expect(crypto.subtle.exportKey('jwk', host.pair.privateKey)).rejects.toThrow('not extractable');
    await expect(crypto.subtle.exportKey('pkcs8', host.pair.privateKey)).rejects.toThrow('not extractable');
    expect(host.pub).toHaveLength(65);
    expect(host.id).toHaveLength(16);
  });
});

describe('a name in the lobby', () => {
  const hello = { set: links.m.set, role: 'm' as const, pub: joiner.pub, sign: joinerSign, nonce: newNonce() };

  it('opens for whoever has the link, and for one knock', async () => {
    const sealed = await sealLobbyName(keys, hello, 'Siân');
    expect(await openLobbyName(keys, hello, sealed)).toBe('Siân');
    const other = await linkKeys(links.o);
    expect(await fault(openLobbyName(other, hello, sealed))).toBe('commit');
    for (const field of ['set', 'pub', 'sign', 'nonce'] as const) {
      const changed = { ...hello, [field]: flip(hello[field], 1) };
      expect(await fault(openLobbyName(keys, changed, sealed)), field).toBe('commit');
    }
  });
});

describe('a knock', () => {
  it.each(['x', 'ŵ', '漢', '😀', '\u0958', '\u{1d160}'])('has room for the longest name of %j', async (letter) => {
    const name = need(fitName(`a${letter.repeat(LIMITS.name_chars - 1)}`));
    const world = { random: systemRandom } as World;
    const frame = (await knockFrame(world, links.m, joiner, systemRandom(32), name, '')) as Knock;
    expect(frame.name.length).toBeLessThanOrEqual(LIMITS.knock_name_chars);
    const hello = { set: links.m.set, role: 'm' as const, pub: joiner.pub, sign: joinerSign, nonce: need(fromB64u(frame.nonce)) };
    const shown = need(fitName(await openLobbyName(keys, hello, frame.name as Sealed)));
    expect(name.startsWith(shown)).toBe(true);
    expect(shown === name || letter === '\u{1d160}').toBe(true);
    expect([...shown].length).toBeGreaterThan(30);
  });
});

describe('a key list', () => {
  const raw = new Uint8Array(32).fill(3);

  it('passes over what it does not know, as of which meeting its keys are in lists of earlier pages', () => {
    const list = { keys: [{ epoch: 2, raw }], links: [] };
    const text = JSON.stringify({ ...(JSON.parse(writeKeyList(list)) as object), meetings: [[2, 'AAAA']] });
    expect(readKeyList(text)).toEqual(list);
  });
});

describe('a grant', () => {
  const list = keyList();

  it('opens on the device it is for', async () => {
    const grant = await makeGrant(terms, host, joiner.pub, list);
    expect(await openGrant(terms, joiner, grant)).toEqual(list);
  });

  it('opens nowhere else', async () => {
    const grant = await makeGrant(terms, host, joiner.pub, list);
    const other = await newDevice();
    const open = (changed: Partial<GrantTerms>, device = joiner, from = host.pub) =>
      fault(openGrant({ ...terms, ...changed }, device, sentBy(from, grant)));
    expect(await open({})).toBe('opened');
    expect(await open({}, other), 'another device').toBe('grant');
    expect(await open({}, joiner, other.pub), 'another host').toBe('grant');
    expect(await open({}, joiner, systemRandom(65)), 'a host key that is none').toBe('grant');
    expect(await open({}, joiner, flip(host.pub, 64)), 'a host key beside the curve').toBe('grant');
    expect(await open({ epoch: 5 }), 'another epoch').toBe('grant');
    expect(await open({ role: 'h' }), 'another role').toBe('grant');
    expect(await open({ set: flip(terms.set, 0) }), 'another set').toBe('grant');
    expect(await open({ admit: flip(terms.admit, 0) }), 'another link').toBe('grant');
  });

  it('does not open with any byte changed', async () => {
    const small = { ...list, roster: [], links: [] };
    const whole = fromB64u(await makeGrant(terms, host, joiner.pub, small)) as Bytes;
    for (let at = 0; at < whole.length; at += 1) {
      const verdict = await fault(openGrant(terms, joiner, toB64u(flip(whole, at))));
      expect(verdict, `byte ${at}`).toBe('grant');
    }
    expect(await fault(openGrant(terms, joiner, toB64u(whole.slice(0, 60))))).toBe('grant');
    expect(await fault(openGrant(terms, joiner, ''))).toBe('grant');
    expect(await fault(openGrant(terms, joiner, 'not base64!'))).toBe('grant');
  });

  it('cannot be made by somebody who left, with the link and all old keys', async () => {
    const former = await newDevice();
    const grant = await makeGrant({ ...terms, epoch: 5 }, former, joiner.pub, keyList(5));
    expect(await fault(openGrant({ ...terms, epoch: 5 }, joiner, sentBy(host.pub, grant)))).toBe('grant');
  });

  it('must bring the epoch that it is for', async () => {
    const grant = await makeGrant(terms, host, joiner.pub, keyList(3));
    expect(await fault(openGrant(terms, joiner, grant))).toBe('grant_form');
  });
});

describe('a key list', () => {
  it('comes back as it was', () => {
    const list = keyList();
    expect(readKeyList(writeKeyList(list))).toEqual(list);
  });

  it('leaves empty lists out', () => {
    const text = writeKeyList({ ...keyList(), head: undefined, links: [] });
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['v', 'keys']);
  });

  const id = toB64u(new Uint8Array(16));
  const key = toB64u(new Uint8Array(32));
  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"v":2,"keys":[]}',
    '{"v":1}',
    '{"v":1,"keys":{}}',
    '{"v":1,"keys":[3]}',
    `{"v":1,"keys":[["3","${key}"]]}`,
    `{"v":1,"keys":[[-1,"${key}"]]}`,
    `{"v":1,"keys":[[1.5,"${key}"]]}`,
    `{"v":1,"keys":[[3,"${id}"]]}`,
    '{"v":1,"keys":[[3]]}',
    `{"v":1,"keys":[],"roster":[["${id}","${id}","x"]]}`,
    `{"v":1,"keys":[],"roster":[["${key}","${id}","m"]]}`,
    `{"v":1,"keys":[],"links":[["m",0,"${id}"]]}`,
  ])('%j is none', (text) => {
    expect(() => readKeyList(text)).toThrow(new SealFault('grant_form'));
  });
});

describe('epoch keys', () => {
  it('cannot be read back by members, and can be handed on by facilitators', async () => {
    const fresh = await newEpochKey(7);
    const list: KeyList = { keys: rawKeys([fresh]), roster: [], links: [] };
    for (const role of ['m', 'o'] as const) {
      const [taken] = await takeKeys(role, list);
      expect(taken?.raw).toBe(undefined);
      expect(taken?.key.extractable).toBe(false);
      expect(rawKeys([taken ?? fresh])).toEqual([]);
      await expect(crypto.subtle.exportKey('raw', taken?.key as CryptoKey)).rejects.toThrow('not extractable');
    }
    for (const role of ['h', 'c'] as const) {
      expect(rawKeys(await takeKeys(role, list))).toEqual(list.keys);
    }
  });

  it('are the same key on both sides, oldest first', async () => {
    const [five, two] = [await newEpochKey(5), await newEpochKey(2)];
    const taken = await takeKeys('m', { keys: [five, two], roster: [], links: [] });
    expect(taken.map((at) => at.epoch)).toEqual([2, 5]);
    const derive = async (key: CryptoKey | undefined) =>
      toHex(await hkdf(key as CryptoKey, new Uint8Array(1), new Uint8Array(1), 32));
    expect(await derive(taken[1]?.key)).toBe(await derive(five.key));
    expect(await derive(taken[0]?.key)).not.toBe(await derive(five.key));
    expect(await derive(await hkdfKey(two.raw))).toBe(await derive(two.key));
  });
});

describe('a recovery wrap', () => {
  const list = keyList(9);
  const { set } = links.h;

  it('opens with the host link alone', async () => {
    const recover = await recoverKey(links.h);
    const wrap = await makeWrap(recover, set, 'h', list);
    expect(await openWrap(await recoverKey(links.h), set, 'h', wrap)).toEqual({ ...list, epoch: 9 });
  });

  it('opens with no other link, set, role or code', async () => {
    const wrap = await makeWrap(await recoverKey(links.h), set, 'h', list);
    const open = (recover: Bytes, in_set: Bytes, role: 'h' | 'c') =>
      fault(openWrap(recover, in_set, role, wrap));
    const recover = await recoverKey(links.h);
    expect(await open(recover, set, 'h')).toBe('opened');
    expect(await open(await recoverKey(links.c), set, 'h')).toBe('commit');
    expect(await open(recover, flip(set, 0), 'h')).toBe('commit');
    expect(await open(recover, set, 'c')).toBe('commit');
    expect(await open(await returnKey(set, links.h.secret), set, 'h')).toBe('commit');
  });

  it('does not open with any byte changed', async () => {
    const recover = await recoverKey(links.h);
    const small = { keys: list.keys, roster: [], links: [] };
    const whole = fromB64u(await makeWrap(recover, set, 'h', small)) as Bytes;
    for (let at = 0; at < whole.length; at += 1) {
      const verdict = await fault(openWrap(recover, set, 'h', toB64u(flip(whole, at))));
      expect(verdict, `byte ${at}`).toBe(at === 0 ? 'version' : at < 69 ? 'commit' : 'decrypt');
    }
    expect(await fault(openWrap(recover, set, 'h', toB64u(whole.slice(0, -1))))).toBe('length');
    expect(await fault(openWrap(recover, set, 'h', ''))).toBe('length');
  });

  it('has room for 30 epochs', async () => {
    const many: KeyList = {
      keys: Array.from({ length: 30 }, (_, epoch) => ({ epoch, raw: systemRandom(32) })),
      links: list.links,
    };
    const recover = await recoverKey(links.h);
    const wrap = await makeWrap(recover, set, 'h', many);
    expect((await openWrap(recover, set, 'h', wrap)).keys).toHaveLength(30);
  });
});
