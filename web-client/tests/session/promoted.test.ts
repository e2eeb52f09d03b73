/** The host makes a member co-facilitator, and a member of them again; and a second link in one browser. */

import { beforeEach, describe, expect, it } from 'vitest';
import { parseLink } from '../../src/seal/link';
import { follow, withRole } from '../../src/seal/roster';
import { deviceFromPair } from '../../src/seal/device';
import { signEdit } from '../../src/seal/edit';
import { fromB64u } from '../../src/seal/bytes';
import { sessions } from '../../src/session';
import type { Session } from '../../src/session';
import type { Holder } from '../../src/wire.gen';
import { Circle, type Person, ready } from './circle';
import { FakeWorld, need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;
let other: Person;

const keptBy = (person: Person) => need(person.profile.sets.get(circle.set));
const NONE = { host: undefined, co_facilitator: undefined, member: undefined, observer: undefined };

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
  other = await circle.join(host.session.links.value.member, 'Gareth', host);
});

async function promoted(): Promise<void> {
  expect(await host.session.setFacilitator(circle.seat(member), true)).toEqual({ ok: true });
  await Promise.all([host, member, other].map((person) => ready(person, 2)));
  await when(member.session.links, (links) => links.co_facilitator !== undefined);
}

describe('a member who is made co-facilitator', () => {
  it('holds keys and links, but for the host’s, and lets people in with no host there', async () => {
    await promoted();
    const { host: _, ...links } = host.session.links.value;
    expect(member.session.links.value).toEqual({ ...links, host: undefined });
    host.session.close();
    const late = await circle.join(member.session.links.value.member, 'Huw', member);
    expect(late.session.title.value).toBe('Thursday set');
    await member.session.remove(circle.seat(other));
    await ready(late, 3);
    await late.session.write('question', 'carry on');
    await circle.reads(member, 'carry on');
  });

  it('keeps seat, name and what they wrote for themselves alone', async () => {
    await member.session.write('action', 'mine alone');
    const [seat, id] = [circle.seat(member), await circle.reads(member, 'mine alone')];
    await promoted();
    expect(circle.seat(member)).toBe(seat);
    await circle.reads(member, 'mine alone');
    expect(circle.room.items.get(id)?.seat).toBe(seat);
    expect(member.session.names.value.get(seat)).toBe('Bethan');
  });

  it('who was away meanwhile has it all the same after another key, and after a reload', async () => {
    const seat = circle.seat(member);
    member.session.close();
    expect(await host.session.setFacilitator(seat, true)).toEqual({ ok: true });
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    const again = await circle.reload(member);
    await ready(again, 3);
    await when(again.session.links, (links) => links.member === host.session.links.value.member);
    const once = await circle.reload(again);
    await when(once.session.links, (links) => links.co_facilitator !== undefined);
    await circle.join(once.session.links.value.member, 'Huw', once);
  });

  it('is it for everybody, and what the five words cover is one for all', async () => {
    const heads = (): (string | undefined)[] => [host, member, other].map((person) => keptBy(person).verified?.head);
    const [before] = heads();
    await promoted();
    const all = heads();
    expect(new Set(all).size).toBe(1);
    expect(all[0]).not.toBe(before);
    expect(keptBy(other).verified?.holders[circle.device(member)]).toMatchObject({ role: 'c', came: 'm' });
  });

  it('is a member again with a new key and new links, and keeps none that facilitators hold', async () => {
    await promoted();
    const known = member.session.links.value;
    expect(await host.session.setFacilitator(circle.seat(member), false)).toEqual({ ok: true });
    await ready(member, 3);
    await when(member.session.links, (links) => links.member === undefined);
    expect(member.session.links.value).toEqual(NONE);
    expect(host.session.links.value.member).not.toBe(known.member);
    expect(host.session.links.value.co_facilitator).not.toBe(known.co_facilitator);
    const kept = keptBy(member);
    expect(kept.links).toEqual([]);
    expect(kept.epochs?.some(({ raw }) => raw !== undefined)).toBe(false);
    // They go on as the member that they are.
    await member.session.write('question', 'still here');
    await circle.reads(other, 'still here');
    expect(await member.session.setFacilitator(circle.seat(member), true)).toMatchObject({ ok: false });
  });
});

describe('a copy of the room that is put back', () => {
  it('from before somebody was made co-facilitator takes it from nobody', async () => {
    const copy = circle.room.copy();
    await promoted();
    circle.room.putBack(copy);
    circle.time.advance(1_000);
    for (const person of [host, member, other]) {
      await when(person.session.shared, (shared) => (shared?.epoch ?? 0) > 2);
      await when(person.session.keys, (keys) => keys === 'ready');
    }
    expect(keptBy(other).verified?.holders[circle.device(member)]).toMatchObject({ role: 'c', came: 'm' });
    expect(circle.room.shared.seats[circle.seat(member)]?.role).toBe('co_facilitator');
    host.session.close();
    await circle.join(need(member.session.links.value.member), 'Huw', member);
  });

  it('from before they were it no more gives them no keys back', async () => {
    await promoted();
    const copy = circle.room.copy();
    const known = { ...circle.room.links };
    expect(await host.session.setFacilitator(circle.seat(member), false)).toEqual({ ok: true });
    await ready(member, 3);
    circle.room.putBack(copy);
    circle.time.advance(1_000);
    await when(member.session.shared, (shared) => (shared?.epoch ?? 0) > 3);
    await when(member.session.keys, (keys) => keys === 'ready');
    expect(member.session.links.value).toEqual(NONE);
    expect(keptBy(other).verified?.holders[circle.device(member)]).toMatchObject({ role: 'm' });
    expect(circle.room.shared.seats[circle.seat(member)]?.role).toBe('member');
    expect((['c', 'm', 'o'] as const).filter((kind) => circle.room.links[kind] === known[kind])).toEqual([]);
    expect(await member.session.remove(circle.seat(other))).toMatchObject({ ok: false });
  });
});

describe('what is for one person alone', () => {
  it('can be helped by whoever is made co-facilitator, and is under another key once they are it no more', async () => {
    await other.session.write('action', 'for me alone');
    const [seat, device] = [circle.seat(other), circle.device(member)];
    const own = () => circle.room.book.own.get(seat);
    await promoted();
    await circle.room.until(() => own()?.boxes[device] !== undefined);
    expect(own()?.gen).toBe(1);
    await host.session.setFacilitator(circle.seat(member), false);
    await circle.room.until(() => own()?.gen === 2);
    expect(own()?.boxes[device]).toBeUndefined();
    await circle.reads(other, 'for me alone');
  });
});

describe('nobody is raised', () => {
  const raise = async (by: Person, role: 'c' | 'm' = 'c', more: Partial<Holder> = {}) => {
    const { verified, device, signing } = keptBy(by);
    const roster = need(verified);
    const { pub, ...rest } = Object.values(roster.holders).find(({ seat }) => seat === circle.seat(other)) as Holder;
    const pair = await deviceFromPair(need(device), signing);
    const { epoch, n, commits } = roster;
    const place = { n: n + 1, epoch, commit: need(commits[epoch]), add: [{ ...withRole({ pub, ...rest }, role), ...more }] };
    const edit = await signEdit(need(fromB64u(circle.set)), pair, roster, place);
    return follow(need(fromB64u(circle.set)), roster, edit);
  };

  it('by a member, or by a co-facilitator who was made, with a server that lets them', async () => {
    expect(await raise(member)).toBe('signer');
    await promoted();
    await when(member.session.keys, (keys) => keys === 'ready');
    expect(await raise(member)).toBe('signer');
    expect(await raise(member, 'm')).toHaveProperty('n');
    expect(await raise(host)).toHaveProperty('holders');
  });

  it('in another way than the one that there is, nor to host, by whoever signs', async () => {
    for (const [role, came] of [['h', 'm'], ['o', 'm'], ['m', 'm'], ['c', 'c'], ['m', 'h']] as const) {
      // oxlint-disable-next-line no-await-in-loop -- a few ways
      await expect(raise(host, 'c', { role, came }), `${role} by ${came}`).rejects.toThrow('not an edit of a roster');
    }
  });

  it('by a server that calls a member co-facilitator: their browser has no keys to hand on', async () => {
    circle.room.change('role_set', (next) => {
      next.seats = { ...next.seats, [circle.seat(member)]: { ...need(next.seats[circle.seat(member)]), role: 'co_facilitator' } };
    });
    await when(member.session.own, (own) => own?.keys === true);
    expect(member.session.links.value).toEqual(NONE);
    expect(keptBy(host).verified?.holders[circle.device(member)]?.role).toBe('m');
    expect(await member.session.remove(circle.seat(other))).toMatchObject({ ok: false });
  });
});

describe('another link of the set, opened in the same browser', () => {
  it('changes nothing there, and is said', async () => {
    const links = host.session.links.value;
    member.session.close();
    for (const [link, role] of [[links.co_facilitator, 'c'], [links.observer, 'o'], [links.host, 'h']] as const) {
      const world = new FakeWorld(circle.room, circle.time, member.profile);
      const session = await sessions(world).open(parseLink(need(link)));
      await when(session.keys, (keys) => keys === 'ready');
      expect([session.place.value.at, session.opened, session.role]).toEqual(['room', role, 'm']);
      session.close();
    }
    const same = await sessions(new FakeWorld(circle.room, circle.time, member.profile)).open(parseLink(need(links.member)));
    await when(same.keys, (keys) => keys === 'ready');
    expect([same.opened, same.role]).toEqual(['m', 'm']);
  });

  /** A second tab of somebody who waits in the lobby by the member's link, opened by another link, takes over. */
  async function takesOver(waits: Person, link: string | undefined): Promise<Session> {
    const session = await sessions(new FakeWorld(circle.room, circle.time, waits.profile)).open(parseLink(need(link)));
    expect(session.place.value.at).toBe('door');
    await session.knock('Nia');
    expect(session.place.value).toEqual({ at: 'ended', why: 'elsewhere' });
    await session.takeOver();
    expect(session.place.value.at).toBe('door');
    return session;
  }

  // fault: F31 — a browser knocks by the link that it was made for, and by no other
  it('while another tab waits by the first one is at the door with a browser of its own, and reads what it is let in to', async () => {
    const links = host.session.links.value;
    for (const link of ['co_facilitator', 'observer', 'host'] as const) {
      const waits = await circle.join(links.member, 'Nia');
      const session = await takesOver(waits, links[link]);
      await session.knock('Nia');
      if (link !== 'host') {
        const [knock] = await when(host.session.knocks, (knocks) => knocks.some(({ role }) => role === link));
        await host.session.admit(need(knock).device);
      }
      await when(session.keys, (keys) => keys === 'ready');
      expect(session.role).toBe({ co_facilitator: 'c', observer: 'o', host: 'h' }[link]);
      session.close();
    }
  });

  it('goes back to the tab that waits, which is at the door where the other one knocked meanwhile', async () => {
    const links = host.session.links.value;
    const waits = await circle.join(links.member, 'Nia');
    const session = await takesOver(waits, links.co_facilitator);
    await session.knock('Nia');
    await when(session.place, ({ at }) => at === 'lobby');
    await waits.session.takeOver();
    expect(waits.session.place.value.at).toBe('door');
    await waits.session.knock('Nia');
    await when(waits.session.place, ({ at }) => at === 'lobby');
    const [knock] = await when(host.session.knocks, (knocks) => knocks.some(({ role }) => role === 'member'));
    expect(await host.session.admit(need(knock).device)).toEqual({ ok: true });
    await when(waits.session.keys, (keys) => keys === 'ready');
  });
});
