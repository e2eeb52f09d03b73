/** What belongs to the browser and not to the room: reloads, tabs, storage. */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fromB64u, toB64u } from '../../src/seal/bytes';
import { parseLink } from '../../src/seal/link';
import { sessions } from '../../src/session';
import type { Kept } from '../../src/session/memory';
import { newSession } from '../../src/session/session';
import { HostFault } from '../../src/session/world';
import { Circle, type Person, SET_UP } from './circle';
import { FakeWorld, need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

describe('a reload', () => {
  it('needs no facilitator, no link and no name', async () => {
    host.session.close();
    const seat = circle.seat(member);
    const again = await circle.reload(member);
    await when(again.session.title, (title) => title === 'Thursday set');
    expect(circle.seat(again)).toBe(seat);
    expect(circle.room.lines.at(-1)?.sent[0]).toMatchObject({ t: 'resume' });
    expect(again.session.names.value.get(seat)).toBe('Bethan');
  });

  it('of the host brings back keys and links', async () => {
    const links = host.session.links.value;
    const again = await circle.reload(host);
    await when(again.session.keys, (keys) => keys === 'ready');
    expect(again.session.links.value).toEqual(links);
    await circle.join(links.member, 'Gareth', again);
  });

  it('in the lobby asks again, under the same name', async () => {
    const waiting = await circle.join(host.session.links.value.member, 'Gareth');
    const again = await circle.reload(waiting);
    await when(again.session.place, ({ at }) => at === 'lobby');
    const [knocker] = await when(host.session.knocks, ([first]) => first?.name === 'Gareth');
    expect(await host.session.admit(need(knocker).device)).toEqual({ ok: true });
    await when(again.session.title, (title) => title === 'Thursday set');
    // Once in, the link is kept nowhere.
    expect(again.profile.sets.get(circle.set)).toMatchObject({ secret: undefined });
  });

  it('between key and name still says the name', async () => {
    circle.room.refuse = (cmd) => (cmd.c === 'put' ? { code: 'busy', temporary: true } : undefined);
    const late = await circle.join(host.session.links.value.observer, 'Olwen');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    await host.session.admit(need(knocker).device);
    await when(late.session.keys, (keys) => keys === 'ready');
    circle.room.refuse = () => undefined;
    const again = await circle.reload(late);
    await when(host.session.names, (names) => [...names.values()].includes('Olwen'));
    expect(circle.seat(again)).toBeDefined();
  });

  it('the link opened again leads straight in', async () => {
    member.session.close();
    const world = new FakeWorld(circle.room, circle.time, member.profile);
    const session = await sessions(world).open(parseLink(host.session.links.value.member ?? ''));
    await when(session.title, (title) => title === 'Thursday set');
    expect(session.place.value).toEqual({ at: 'room' });
  });

  it('with a token that is worth nothing any more leads to the door, if there is a link', async () => {
    const device = circle.device(member);
    member.session.close();
    circle.room.devices.delete(device);
    const world = new FakeWorld(circle.room, circle.time, member.profile);
    const session = await sessions(world).open(parseLink(host.session.links.value.member ?? ''));
    await when(session.place, ({ at }) => at === 'door');
    await session.knock('Bethan');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    await host.session.admit(need(knocker).device);
    await when(session.title, (title) => title === 'Thursday set');
    const without = await circle.reload({ session, world, profile: member.profile });
    await when(without.session.title, (title) => title === 'Thursday set');
    circle.room.devices.delete(device);
    circle.room.cut(device);
    circle.time.advance(1_000);
    await when(without.session.place, ({ at }) => at === 'ended');
    expect(without.session.place.value).toEqual({ at: 'ended', why: 'no_place' });
  });

  it('of a set that is not kept opens nothing', async () => {
    const { world } = circle.world();
    expect(await sessions(world).resume()).toBeUndefined();
    for (const set of [need(fromB64u(circle.set)), new Uint8Array(3)]) {
      world.note(set);
      // oxlint-disable-next-line no-await-in-loop -- one after the other, in one browser
      expect(await sessions(world).resume()).toBeUndefined();
    }
    const kept = new FakeWorld(circle.room, circle.time, member.profile);
    member.session.close();
    kept.note(fromB64u(circle.set));
    const session = await sessions(kept).resume();
    expect(session).toBeDefined();
    expect(kept.noted()).toBe(circle.set);
  });
});

describe('forgetting', () => {
  it('goes through the browser’s own order to forget, and leaves other sets as they were', async () => {
    const other = new Uint8Array(16).fill(5);
    await member.profile.keep.update(other, { role: 'o' });
    await member.session.forget();
    expect(member.session.place.value).toEqual({ at: 'ended', why: 'left' });
    expect(member.world.cleared).toBe(1);
    expect([...member.profile.sets.values()]).toEqual([{ role: 'o' }]);
  });

  it('keeps other sets until the order has come, whatever happens to the page meanwhile', async () => {
    const other = new Uint8Array(16).fill(5);
    await member.profile.keep.update(other, { role: 'o' });
    let comes = (): void => undefined;
    member.world.order = new Promise((resolve) => {
      comes = () => resolve(true);
    });
    const forgotten = member.session.forget();
    await when(member.session.place, ({ at }) => at === 'starting');
    await vi.waitUntil(() => member.world.cleared === 1);
    expect([...member.profile.sets.values()]).toEqual([{ role: 'o' }]);
    comes();
    await forgotten;
    expect([...member.profile.sets.values()]).toEqual([{ role: 'o' }]);
    expect(member.session.place.value).toEqual({ at: 'ended', why: 'left' });
  });

  it('says so where the order did not come, and deletes all the same', async () => {
    member.world.order = Promise.resolve(false);
    await member.session.forget();
    expect(member.session.place.value).toEqual({ at: 'ended', why: 'left_keys' });
    expect(member.profile.sets.size).toBe(0);
  });

  // As when the page goes meanwhile, which ends its request.
  it('lets other sets lie where the order did not come', async () => {
    const other = new Uint8Array(16).fill(5);
    await host.profile.keep.update(other, { role: 'o' });
    host.world.order = Promise.resolve(false);
    const writes = host.profile.writes;
    await host.session.forget();
    expect(host.session.place.value).toEqual({ at: 'ended', why: 'left_keys' });
    expect([...host.profile.sets.values()]).toEqual([{ role: 'o' }]);
    expect(host.profile.writes).toBe(writes);
  });

  // As where the order took longer than anybody waits for it.
  it('brings other sets back where the order came after all, and leaves what was written since', async () => {
    const [other, newer] = [new Uint8Array(16).fill(5), new Uint8Array(16).fill(6)];
    for (const set of [other, newer]) host.profile.sets.set(toB64u(set), { role: 'o' });
    vi.spyOn(host.world, 'clear').mockImplementation(async () => {
      host.profile.empty();
      host.profile.sets.set(toB64u(newer), { role: 'm' });
      return false;
    });
    await host.session.forget();
    expect(host.session.place.value).toEqual({ at: 'ended', why: 'left_keys' });
    expect(Object.fromEntries(host.profile.sets)).toEqual({ [toB64u(other)]: { role: 'o' }, [toB64u(newer)]: { role: 'm' } });
  });

  it('counts in every tab: one that takes over afterwards finds nothing', async () => {
    const world = new FakeWorld(circle.room, circle.time, member.profile);
    const tab = newSession(world, need(fromB64u(circle.set)));
    await tab.connection.open();
    expect(tab.place.value).toEqual({ at: 'ended', why: 'elsewhere' });
    await member.session.forget();
    const lines = circle.room.lines.length;
    await tab.takeOver();
    expect(tab.place.value).toEqual({ at: 'ended', why: 'left' });
    expect(circle.room.lines).toHaveLength(lines);
    expect(member.profile.sets.size).toBe(0);
    expect(world.noted()).toBeUndefined();
  });

  it.each(['knock_refused', 'link_changed'] as const)('goes by itself for whoever was not let in, as far as their name and link: %s', async (code) => {
    const late = await circle.join(host.session.links.value.member, 'Olwen');
    const line = need(circle.room.lines.findLast((at) => at.knock && !at.closed));
    line.say({ t: 'refused', code, temporary: false } as never);
    await when(late.session.place, ({ at }) => at === 'ended');
    await late.profile.until(([kept]) => (kept as Kept | undefined)?.name === undefined);
    const [kept] = [...late.profile.sets.values()] as Kept[];
    expect([kept?.name, kept?.secret]).toEqual([undefined, undefined]);
    await late.session.forget();
    expect(late.profile.sets.size).toBe(0);
  });

  it('happens on every way out: who leaves, and who is removed', async () => {
    const late = await circle.join(host.session.links.value.member, 'Olwen', host);
    await late.session.ask({ c: 'leave' });
    await late.profile.until((kept) => kept.length === 0);
    await host.session.remove(circle.seat(member));
    await when(member.session.place, ({ at }) => at === 'ended');
    await member.profile.until((kept) => kept.length === 0);
    expect([late.world.cleared, member.world.cleared]).toEqual([1, 1]);
  });
});

describe('the same person on another device', () => {
  it('gets the seat that the facilitator chooses, and both devices write', async () => {
    const seat = circle.seat(member);
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, seat, member);
    expect(circle.seat(phone)).toBe(seat);
    await phone.session.write('question', 'from the phone');
    await member.session.write('question', 'from the laptop');
    await circle.reads(host, 'from the phone');
    await circle.reads(host, 'from the laptop');
    await host.session.rotate('m');
    for (const { session } of [phone, member]) {
      await when(session.shared, (shared) => shared?.epoch === 2);
      await when(session.keys, (keys) => keys === 'ready');
    }
    expect(host.session.names.value.get(seat)).toBe('Bethan');
  });
});

describe('a second tab', () => {
  it('says that the set is open elsewhere, and can take it over', async () => {
    const world = new FakeWorld(circle.room, circle.time, member.profile);
    world.note(fromB64u(circle.set));
    const session = await sessions(world).resume();
    expect(session?.place.value).toEqual({ at: 'ended', why: 'elsewhere' });
    await session?.takeOver();
    await when(member.session.place, ({ at }) => at === 'ended');
    expect(member.session.place.value).toEqual({ at: 'ended', why: 'elsewhere' });
    if (session !== undefined) await when(session.title, (title) => title === 'Thursday set');
    expect(await session?.write('question', 'from the new tab')).toEqual({ ok: true });
    await circle.reads(host, 'from the new tab');
    // And back again, with the chain where the other tab left it.
    await member.session.takeOver();
    await when(member.session.title, (title) => title === 'Thursday set');
    expect(await member.session.write('question', 'back in the old one')).toEqual({ ok: true });
    await circle.reads(host, 'back in the old one');
    expect(session?.place.value).toEqual({ at: 'ended', why: 'elsewhere' });
  });
});

describe('storage', () => {
  // fault: F34 — where nothing can be kept it is said, and the meeting works all the same
  it('that does not last is said, and everything works for as long as the page lives', async () => {
    expect(member.session.stored.value).toBe(true);
    const { world, profile } = circle.world();
    profile.durable = false;
    const session = await sessions(world).open(parseLink(host.session.links.value.member ?? ''));
    await session.knock('Gareth');
    await when(session.stored, (stored) => !stored);
    const [knocker] = await when(host.session.knocks, ([first]) => first?.name === 'Gareth');
    await host.session.admit(need(knocker).device);
    await when(session.title, (title) => title === 'Thursday set');
    expect(await session.write('question', 'all the same')).toEqual({ ok: true });
  });

  it('is emptied by forgetting', async () => {
    await member.session.forget();
    expect(member.profile.sets.size).toBe(0);
    expect(member.session.place.value).toEqual({ at: 'ended', why: 'left' });
    expect(member.session.keys.value).toBe('none');
  });

  it('holds no key of a member that could be read out', () => {
    const kept = member.profile.sets.get(circle.set);
    expect(kept?.epochs?.map(({ key, raw }) => [key.extractable, raw])).toEqual([[false, undefined]]);
    expect(kept?.device?.privateKey.extractable).toBe(false);
    expect(kept?.links).toBeUndefined();
  });
});

describe('making a set', () => {
  it.each(['offline', 'refused', 'too_fast', 'unavailable'] as const)('that fails as %s opens nothing', async (code) => {
    const { world, profile } = circle.world();
    const fails = Object.assign(world, {
      create: () => Promise.reject(new HostFault(code)),
    });
    await expect(sessions(fails).create(SET_UP)).rejects.toMatchObject({ code });
    expect(profile.writes).toBe(0);
  });

  it('sends hashes of the link tokens, never tokens or secrets', async () => {
    const link = parseLink(host.session.links.value.member ?? '');
    const wire = JSON.stringify([circle.room.links, circle.room.lines.map(({ sent }) => sent)]);
    const { toB64u } = await import('../../src/seal/bytes');
    expect(wire).not.toContain(toB64u(link.secret));
    expect(fromB64u(circle.room.links.m ?? '')).toHaveLength(32);
  });
});
