import { beforeEach, describe, expect, it } from 'vitest';
import { toB64u } from '../../src/seal/bytes';
import { openWrap, recoverKey } from '../../src/seal/wrap';
import { parseLink } from '../../src/seal/link';
import type { KeptSet } from '../../src/seal/keep';
import { openLink } from '../../src/session/index';
import type { DeviceId } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;
let co: Person;

const ready = (person: Person, epoch: number): Promise<unknown> =>
  Promise.all([
    when(person.session.shared, (shared) => shared?.epoch === epoch),
    when(person.session.keys, (keys) => keys === 'ready'),
  ]);
const senderOf = (person: Person): string => circle.senderOf(person);
const pubOf = (person: Person): string => circle.room.shared.devices[circle.device(person)]?.pub ?? '';
/** Whether a browser takes this device for one that may hand out keys. */
const names = (kept: KeptSet | undefined, device: DeviceId): boolean =>
  kept?.roster?.some((at) => toB64u(at.device) === device) === true;
/** The host's link opened in a browser that knows nothing of the set. */
async function hostAgain(): Promise<Person> {
  const { world, profile } = circle.world();
  const session = await openLink(parseLink(host.session.links.value.host ?? ''), world);
  await session.knock('Amina at home');
  await when(session.keys, (keys) => keys === 'ready');
  return { session, world, profile };
}

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
  co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
});

describe('a co-facilitator', () => {
  it('sees the links that are theirs to share, and not the host’s', () => {
    const { host: hosts, ...others } = host.session.links.value;
    expect(hosts).toBeDefined();
    expect(co.session.links.value).toEqual({ ...others, host: undefined });
  });

  it('checks knocks and admits, with no host there', async () => {
    host.session.close();
    const late = await circle.join(co.session.links.value.member, 'Gareth', co);
    expect(senderOf(late)).toBe(pubOf(co));
    expect(late.session.title.value).toBe('Thursday set');
  });

  it('removes with no host there, and everybody who stays takes their word for the new key', async () => {
    const other = await circle.join(host.session.links.value.member, 'Gareth', host);
    circle.room.cut(circle.device(host));
    await co.session.remove(circle.seat(member));
    expect(member.session.place.value).toEqual({ at: 'ended', why: 'removed' });
    await ready(other, 2);
    expect(senderOf(other)).toBe(pubOf(co));
    await other.session.write('question', 'carry on');
    await circle.reads(co, 'carry on');
    // The host comes back, gets key and new link from the grant, and goes on.
    circle.time.advance(1_000);
    await ready(host, 2);
    await circle.reads(host, 'carry on');
    await when(host.session.links, ({ member }) => member === co.session.links.value.member);
    const late = await circle.join(host.session.links.value.member, 'Huw', host);
    await circle.reads(late, 'carry on');
  });

  it('gives no key to somebody it has not heard of, and the host gives it as soon as it is back', async () => {
    // The newcomer's name is held up, so nothing shows the co-facilitator that it was admitted.
    circle.room.refuse = (cmd) => (cmd.c === 'put' ? { code: 'busy', temporary: true } : undefined);
    const late = await circle.join(host.session.links.value.observer, 'Olwen');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    await host.session.admit(need(knocker).device);
    await when(late.session.keys, (keys) => keys === 'ready');
    circle.room.cut(circle.device(host));
    const patience = circle.time.asked(2_000);
    const rotated = co.session.rotate('m');
    await patience;
    circle.time.advance(2_000);
    expect(await rotated).toEqual({ ok: true });
    await ready(member, 2);
    expect(senderOf(late)).not.toBe(pubOf(co));
    circle.room.refuse = () => undefined;
    circle.time.advance(1_000);
    await ready(host, 2);
    await when(host.session.here, (here) => here.has(circle.seat(host)));
    circle.time.advance(8_000);
    await ready(late, 2);
    expect(senderOf(late)).toBe(await circle.linkPub(host));
    await when(host.session.names, (names) => [...names.values()].includes('Olwen'));
  });

  it('renews both wraps, so that the host can come back to them', async () => {
    await co.session.rotate('m');
    const link = parseLink(host.session.links.value.host ?? '');
    const wrap = await openWrap(await recoverKey(link), link.set, 'h', circle.room.wraps.h ?? '');
    expect(wrap.keys[0]?.epoch).toBe(2);
    // Nothing in it lets anybody in as the host.
    expect(wrap.links.map(({ role }) => role)).not.toContain('h');
    const back = await hostAgain();
    await when(back.session.title, (title) => title === 'Thursday set');
  });

  it('is known to whoever came before them, and forgotten by all once removed', async () => {
    const links = { ...host.session.links.value };
    const colleague = circle.device(co);
    await member.profile.until(([kept]) => names(kept, colleague));
    await host.session.remove(circle.seat(co));
    const [removal] = circle.room.all('remove');
    expect(Object.keys(removal?.keys.links ?? {}).toSorted()).toEqual(['c', 'm', 'o']);
    for (const kind of ['co_facilitator', 'member', 'observer'] as const) {
      expect(host.session.links.value[kind]).not.toBe(links[kind]);
    }
    await member.profile.until(([kept]) => !names(kept, colleague));
    await ready(member, 2);
    expect(names(member.profile.sets.get(circle.set), circle.device(host))).toBe(true);
  });

  it('two facilitators who change the key together: both changes happen, one after the other', async () => {
    const rotations = Promise.all([host.session.rotate('m'), co.session.rotate('o')]);
    expect(await rotations).toEqual([{ ok: true }, { ok: true }]);
    expect(circle.room.shared.epoch).toBe(3);
    await ready(member, 3);
    await ready(host, 3);
    await ready(co, 3);
    await when(host.session.links, (links) => links.observer === co.session.links.value.observer);
    await when(co.session.links, (links) => links.member === host.session.links.value.member);
    await circle.join(co.session.links.value.member, 'Gareth', co);
    await circle.join(host.session.links.value.observer, 'Olwen', host);
  });

  it('somebody who was admitted while the key changed is given the new one', async () => {
    const waiting = await circle.join(host.session.links.value.observer, 'Olwen');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    // The co-facilitator is quicker than the host's press.
    circle.room.deaf = true;
    const admitted = host.session.admit(need(knocker).device);
    await circle.room.until(() => circle.room.all('admit').length === 3);
    circle.room.deaf = false;
    await co.session.rotate('m');
    circle.time.advance(15_000);
    expect(await admitted).toEqual({ ok: true });
    await ready(waiting, 2);
    await waiting.session.write('question', 'I am in');
    await circle.reads(member, 'I am in');
  });
});

describe('the host on a new browser', () => {
  it('opens the wrap, and is taken at its word by those who never met that browser', async () => {
    await circle.quiet(host);
    host.session.close();
    const back = await hostAgain();
    expect(circle.seat(back)).toBe(Object.entries(circle.room.shared.seats).find(([, at]) => at.role === 'host')?.[0]);
    await when(back.session.title, (title) => title === 'Thursday set');
    await when(back.session.names, (names) => names.get(circle.seat(back)) === 'Amina at home');
    expect(back.session.links.value).toEqual(host.session.links.value);
    // Everybody is told of it, under the host link's own key pair.
    for (const { profile } of [member, co]) await profile.until(([kept]) => names(kept, circle.device(back)));
    expect(senderOf(member)).toBe(await circle.linkPub(host));
    await back.profile.until(([kept]) => names(kept, circle.device(back)));
    await back.session.remove(circle.seat(co));
    await ready(member, 2);
    await member.session.write('question', 'with the new laptop');
    await circle.reads(back, 'with the new laptop');
    // And everything later, too: somebody who was away meanwhile has heard of nothing else.
    expect(senderOf(member)).toBe(await circle.linkPub(host));
  });

  it('gives the key to members who were admitted after the wrap was made, since they have sealed with it', async () => {
    host.session.close();
    co.session.close();
    const back = await hostAgain();
    await circle.reads(back, 'Bethan');
    await back.session.rotate('m');
    await ready(member, 2);
    expect(await member.session.write('question', 'no break')).toEqual({ ok: true });
    await circle.reads(back, 'no break');
  });

  it('an old wrap does not pass for the newest', async () => {
    const { wraps } = circle.room;
    await host.session.rotate('m');
    circle.room.wraps = wraps;
    const { world } = circle.world();
    const session = await openLink(parseLink(host.session.links.value.host ?? ''), world);
    await session.knock('Amina');
    await when(session.shared, (shared) => shared !== undefined);
    await circle.room.until(() => circle.room.lines.at(-1)?.seated === true);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(session.keys.value).not.toBe('ready');
  });
});

describe('somebody leaves', () => {
  it.each([
    ['observer', 'observer', undefined],
    ['co_facilitator', 'co_facilitator', ['c', 'm', 'o']],
  ] as const)('as %s: there is a new key', async (_, kind, links) => {
    const before = circle.room.shared.epoch;
    const goes = kind === 'observer' ? await circle.join(host.session.links.value.observer, 'Olwen', host) : co;
    await goes.session.ask({ c: 'leave' });
    await ready(member, before + 1);
    const change = circle.room.all('rekey').at(-1)?.keys.links;
    expect(change && Object.keys(change).toSorted()).toEqual(links);
  });

  it('as member: the key stays', async () => {
    await member.session.ask({ c: 'leave' });
    await when(host.session.shared, (shared) => Object.keys(shared?.seats ?? {}).length === 2);
    expect(await host.session.ask({ c: 'hold' })).toEqual({ ok: true });
    expect(circle.room.shared.epoch).toBe(1);
  });
});
