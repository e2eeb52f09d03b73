/**
 * Sets that Firefox made, or came back to, while it still guessed the public half of the host link's
 * own pair: the point that it named there is the other one at the same x.
 */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fromB64u, sameBytes, toB64u } from '../../src/seal/bytes';
import { deviceFromPair, deviceId } from '../../src/seal/device';
import { rawKeys } from '../../src/seal/epoch';
import { parseLink } from '../../src/seal/link';
import { mirrored } from '../../src/seal/curve';
import type { pairFromSeed } from '../../src/seal/seed';
import { openLink } from '../../src/session/index';
import { facilitatorsOf, grantBlob } from '../../src/session/lists';
import type { Answer } from '../../src/session/types';
import type { DeviceId } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

/** Whether the browser at work is such a Firefox. */
const guess = vi.hoisted(() => ({ wrong: false }));

vi.mock('../../src/seal/seed', async (original) => {
  const real = await original<{ pairFromSeed: typeof pairFromSeed }>();
  return {
    ...real,
    pairFromSeed: async (seed: Parameters<typeof pairFromSeed>[0]): Promise<CryptoKeyPair> => {
      const pair = await real.pairFromSeed(seed);
      if (!guess.wrong) return pair;
      const { pub } = await deviceFromPair(pair);
      const curve = { name: 'ECDH', namedCurve: 'P-256' };
      const publicKey = await crypto.subtle.importKey('raw', mirrored(pub), curve, true, []);
      return { ...pair, publicKey };
    },
  };
});

let circle: Circle;

beforeEach(() => {
  circle = new Circle();
  guess.wrong = false;
});

const ready = (person: Person, epoch: number): Promise<unknown> =>
  Promise.all([
    when(person.session.shared, (shared) => shared?.epoch === epoch),
    when(person.session.keys, (keys) => keys === 'ready'),
  ]);

const senderOf = (person: Person): string => circle.senderOf(person);

/** The two points of the host link's pair: the right one, and what Firefox took it for. */
async function points(host: Person): Promise<{ right: string; guessed: string }> {
  const right = await circle.linkPub(host);
  return { right, guessed: toB64u(mirrored(need(fromB64u(right)))) };
}

/** The host's link opened in a browser that knows nothing of the set. */
async function comesBack(host: Person): Promise<Person> {
  const { world, profile } = circle.world();
  const session = await openLink(parseLink(host.session.links.value.host ?? ''), world);
  await session.knock('Amina at home');
  await when(session.keys, (keys) => keys === 'ready');
  const back = { session, world, profile };
  await when(session.names, (names) => names.get(circle.seat(back)) !== undefined);
  await circle.quiet(back);
  return back;
}

/**
 * Leaves the room as the old release did: the host's newest browser takes itself for introduced under the
 * host link's pair, of which it named the other point, and so made the grant for the new key itself.
 */
async function leave(back: Person, member: Person, of: DeviceId): Promise<void> {
  const set = circle.set;
  const kept = need(back.profile.sets.get(set));
  const roster = [...need(kept.roster)];
  for (const pub of Object.values(await points(back))) {
    const id = await deviceId(need(fromB64u(pub)));
    if (!roster.some((at) => sameBytes(at.device, id))) {
      roster.push({ device: id, member: new Uint8Array(16), role: 'h', link: 0 });
    }
  }
  back.profile.sets.set(set, { ...kept, roster });
  const device = need(circle.room.devices.get(of));
  const newest = need(kept.epochs).toSorted((a, b) => b.epoch - a.epoch).slice(0, 1);
  const admit = need(member.profile.sets.get(set)?.admit);
  const terms = { set: need(fromB64u(set)), epoch: need(newest[0]).epoch, role: 'm' as const, admit };
  const sender = await deviceFromPair(need(kept.device));
  const list = { keys: rawKeys(newest), roster: facilitatorsOf(roster), links: [] };
  device.grant = await grantBlob(terms, sender, need(fromB64u(device.pub)), list);
  back.session.close();
}

/** The host changes the key and writes, and all these read it. Gives what became of the change. */
async function reaches(host: Person, people: readonly Person[], epoch: number): Promise<Answer> {
  const answer = await host.session.rotate('m');
  for (const person of people) await ready(person, epoch);
  await host.session.write('question', `under key ${epoch}`);
  for (const person of people) await circle.reads(person, `under key ${epoch}`);
  return answer;
}

describe.each([
  { wrong: true, named: 'guessed' },
  { wrong: false, named: 'right' },
] as const)('a set whose members were told of the $named point', ({ wrong, named }) => {
  let host: Person;
  let member: Person;

  beforeEach(async () => {
    guess.wrong = wrong;
    host = await circle.host();
    member = await circle.join(host.session.links.value.member, 'Bethan', host);
    host.session.close();
    guess.wrong = false;
  });

  it('the host comes back in another browser, changes the key, and they read on', async () => {
    const back = await comesBack(host);
    // Pages of the old release believe this point alone.
    await circle.room.until(() => circle.room.all('grant').some(({ device }) => device === circle.device(member)));
    expect(senderOf(member)).toBe((await points(host))[named]);
    expect(await reaches(back, [member], 2)).toEqual({ ok: true });
    expect(senderOf(member)).toBe((await points(host))[named]);
  });

  it('and once more in a third browser, with somebody who came in between', async () => {
    const back = await comesBack(host);
    expect(await reaches(back, [member], 2)).toEqual({ ok: true });
    const late = await circle.join(back.session.links.value.member, 'Gareth', back);
    back.session.close();
    const again = await comesBack(host);
    expect(await reaches(again, [member, late], 3)).toEqual({ ok: true });
  });

  it('a member who was away all the time reads on when back', async () => {
    member.session.close();
    const back = await comesBack(host);
    expect(await back.session.rotate('m')).toEqual({ ok: true });
    expect(await back.session.rotate('o')).toEqual({ ok: true });
    back.session.close();
    const again = await circle.reload(member);
    await ready(again, 3);
  });

  it('what the old release left behind gets well: members who wait for a key from a browser that they never heard of', async () => {
    const device = circle.device(member);
    member.session.close();
    const back = await comesBack(host);
    expect(await back.session.rotate('m')).toEqual({ ok: true });
    await circle.quiet(back);
    await leave(back, member, device);
    const waits = await circle.reload(member);
    await when(waits.session.keys, (keys) => keys === 'waiting');
    const again = await circle.reload(back);
    await when(again.session.here, (here) => here.has(circle.seat(waits)));
    await when(again.session.keys, (keys) => keys === 'ready');
    circle.time.advance(8_000);
    await ready(waits, 2);
    expect(await reaches(again, [waits], 3)).toEqual({ ok: true });
  });
});
