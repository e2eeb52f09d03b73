/**
 * A co-facilitator whose browser writes what is not so into what it seals for others: each lie is found out or
 * outlived. The host parts with them, people come in by new links, and members read on.
 */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fromB64u, toB64u } from '../../src/seal/bytes';
import type { Device } from '../../src/seal/device';
import type { KeyList } from '../../src/seal/keylist';
import { parseLink } from '../../src/seal/link';
import { sessions } from '../../src/session';
import type { SetSession } from '../../src/session/session';
import type { MeetingId } from '../../src/wire.gen';
import { settled } from '../settled';
import { Circle, type Person } from './circle';
import { need, Profile, when } from './fake-world';

const liar = vi.hoisted(() => ({
  /** The browser that lies. */
  pub: '',
  /** What stands in a list of theirs for whoever has this public key. */
  says: undefined as ((list: unknown, to: string) => unknown) | undefined,
  /** What stands in every list beside. */
  more: {} as object,
  meeting: undefined as string | undefined,
  /** Which number they put on the roster for whomever they let in. */
  link: undefined as number | undefined,
}));
const lied = (sender: Device, to: Uint8Array<ArrayBuffer>, list: KeyList): KeyList =>
  toB64u(sender.pub) === liar.pub && liar.says !== undefined ? (liar.says(list, toB64u(to)) as KeyList) : list;
vi.mock('../../src/seal/grant', async (original) => {
  const real = await original<typeof import('../../src/seal/grant')>();
  const makeGrant: typeof real.makeGrant = (terms, from, to, list) => real.makeGrant(terms, from, to, lied(from, to, list));
  return { ...real, makeGrant };
});
vi.mock('../../src/seal/recovery', async (original) => {
  const real = await original<typeof import('../../src/seal/recovery')>();
  const sealRecovery: typeof real.sealRecovery = (set, epoch, from, to, list) =>
    real.sealRecovery(set, epoch, from, to, lied(from, to, list));
  return { ...real, sealRecovery };
});
vi.mock('../../src/seal/keylist', async (original) => {
  const real = await original<typeof import('../../src/seal/keylist')>();
  const writeKeyList: typeof real.writeKeyList = (list) =>
    JSON.stringify({ ...(JSON.parse(real.writeKeyList(list)) as object), ...liar.more });
  return { ...real, writeKeyList };
});
vi.mock('../../src/seal/edit', async (original) => {
  const real = await original<typeof import('../../src/seal/edit')>();
  const signEdit: typeof real.signEdit = (set, by, before, edit) => {
    if (toB64u(by.pub) !== liar.pub) return real.signEdit(set, by, before, edit);
    const { meeting, link } = liar;
    const add = link === undefined ? edit.add : edit.add?.map((holder) => ({ ...holder, link }));
    const lie = { ...edit, ...(meeting !== undefined && { meeting: meeting as MeetingId }), ...(add && { add }) };
    return real.signEdit(set, by, before, lie);
  };
  return { ...real, signEdit };
});

const OTHER = toB64u(new Uint8Array(16).fill(5));
let circle: Circle;
let host: Person;
let member: Person;
let co: Person;

const pubOf = (person: Person): string => circle.room.shared.devices[circle.device(person)]?.pub ?? '';
const epochOf = ({ session }: Person): number => session.shared.value?.epoch ?? 0;

/** The host's link opened in a browser that knows nothing of the set. */
async function hostAgain(): Promise<Person> {
  const { world, profile } = circle.world();
  const session = await sessions(world).open(parseLink(need(host.session.links.value.host)));
  await session.knock('Amina at home');
  return { session, world, profile };
}

/** What comes of it while time goes on, for whoever waits a while before they do what they owe the room. */
async function inTime<T>(done: Promise<T>): Promise<T> {
  const wait = { over: false };
  const over = done.finally(() => {
    wait.over = true;
  });
  while (!wait.over) {
    circle.time.advance(1_000);
    // oxlint-disable-next-line no-await-in-loop -- one second after the other
    await settled();
  }
  return over;
}

/** The host parts with the liar, lets somebody in by the new link, and everybody reads on. */
async function goesOn(by: Person, ...others: Person[]): Promise<void> {
  liar.says = undefined;
  const { member: known } = by.session.links.value;
  expect(await by.session.remove(circle.seat(co))).toEqual({ ok: true });
  expect(co.session.place.value).toEqual({ at: 'ended', why: 'removed' });
  const { member: link } = await when(by.session.links, (links) => links.member !== known);
  const late = await circle.join(link, 'Gareth', by);
  for (const [at, person] of [by, member, late, ...others].entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await when(person.session.keys, (keys) => keys === 'ready');
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await person.session.write('question', `still here ${at}`)).toEqual({ ok: true });
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    for (const reader of [by, member, late, ...others]) await circle.reads(reader, `still here ${at}`);
  }
}

beforeEach(async () => {
  Object.assign(liar, { pub: '', says: undefined, more: {}, meeting: undefined, link: undefined });
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
  co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
  liar.pub = pubOf(co);
});

describe('which meeting a key is of', () => {
  it('is not a list’s to say: the same browser, another one of the host’s and the link alone go on', async () => {
    liar.more = { meetings: [[2, OTHER]] };
    expect(await co.session.rotate('m')).toEqual({ ok: true });
    for (const { session } of [host, member]) {
      // oxlint-disable-next-line no-await-in-loop -- two people
      await when(session.shared, (shared) => shared?.epoch === 2);
      // oxlint-disable-next-line no-await-in-loop -- two people
      await when(session.keys, (keys) => keys === 'ready');
    }
    const other = await hostAgain();
    await when(other.session.keys, (keys) => keys === 'ready');
    host = await circle.reload(host);
    await when(host.session.keys, (keys) => keys === 'ready');
    await goesOn(host, other);
  });

  it('is signed by whoever makes it, and no other is taken by the room', async () => {
    liar.meeting = OTHER;
    expect(await inTime(co.session.rotate('m'))).toMatchObject({ ok: false, code: 'stale_roster' });
    expect(circle.room.shared.epoch).toBe(1);
    liar.meeting = undefined;
    await goesOn(host);
  });
});

describe('links', () => {
  const renumbered = (list: KeyList, link: number): KeyList => {
    const newest = Math.max(...list.links.filter(({ role }) => role === 'm').map((at) => at.link));
    return { ...list, links: list.links.map((at) => (at.role === 'm' && at.link === newest ? { ...at, link } : at)) };
  };

  it.each([4_294_967_295, 2, 1_000])('one with the number %i breaks nothing', async (number) => {
    liar.says = (list) => renumbered(list as KeyList, number);
    expect(await co.session.rotate('m')).toEqual({ ok: true });
    // The host's browser was not told of the link in force as one that there can be, and makes others.
    await when(host.session.shared, (shared) => (shared?.epoch ?? 0) > 2);
    liar.says = undefined;
    await when(host.session.keys, (keys) => keys === 'ready');
    const third = await circle.join(host.session.links.value.co_facilitator, 'Olwen', host);
    const other = await hostAgain();
    await when(other.session.keys, (keys) => keys === 'ready');
    await goesOn(host, third, other);
    for (const { session } of [third, other]) {
      // oxlint-disable-next-line no-await-in-loop -- two people
      await when(session.links, (links) => links.member === host.session.links.value.member);
    }
  });

  it('another secret than is in force, for the host alone: new ones are made, and who came by theirs reads on', async () => {
    const [seat, hosts, link] = [circle.seat(host), pubOf(host), await circle.linkPub(host)];
    host.session.close();
    await circle.room.until(() => circle.room.linesOf(seat).length === 0);
    liar.says = (list, to) => {
      const of = list as KeyList;
      const secret = new Uint8Array(32).fill(9);
      return to === hosts || to === link ? { ...of, links: of.links.map((at) => ({ ...at, secret })) } : of;
    };
    expect(await co.session.rotate('m')).toEqual({ ok: true });
    const late = await circle.join(co.session.links.value.member, 'Huw', co);
    host = await circle.reload(host);
    await when(host.session.shared, (shared) => (shared?.epoch ?? 0) > 2);
    await when(late.session.keys, (keys) => keys === 'ready');
    await goesOn(host, late);
  });

  it('an earlier one that people came by, in the list for the host’s link: they read on', async () => {
    liar.says = (list, to) => {
      const of = list as KeyList;
      const wrong = of.links.map((at) => (at.link === 0 ? { ...at, secret: new Uint8Array(32).fill(9) } : at));
      return to === link ? { ...of, links: wrong } : of;
    };
    const link = await circle.linkPub(host);
    for (const kind of ['m', 'o', 'c'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one key after the other
      expect(await co.session.rotate(kind)).toEqual({ ok: true });
    }
    await circle.quiet(host);
    host.session.close();
    const other = await hostAgain();
    await when(other.session.keys, (keys) => keys === 'ready');
    await goesOn(other);
  });
});

describe('numbers of links', () => {
  /** Their list with the links in force under these numbers too. */
  const numbered = (numbers: readonly number[]) => (list: unknown): KeyList => {
    const of = list as KeyList;
    const more = of.links.filter(({ role }) => role !== 'o').flatMap((at) => numbers.map((link) => ({ ...at, link })));
    return { ...of, links: [...of.links, ...more] };
  };

  it('of links that are still to be made take no place from them: who made one shows it, and people come in by it', async () => {
    liar.says = numbered(Array.from({ length: 130 }, (_, at) => at + 1));
    // A key, and then a letter that changes nothing.
    expect(await co.session.rotate('o')).toEqual({ ok: true });
    await when(host.session.shared, (shared) => shared?.epoch === 2);
    await when(host.session.keys, (keys) => keys === 'ready');
    const other = await hostAgain();
    await when(other.session.keys, (keys) => keys === 'ready');
    await goesOn(host, other);
    await circle.quiet(host);
    // One key for the removal: nobody had to make the links once more.
    expect(epochOf(host)).toBe(3);
    const { member: link } = host.session.links.value;
    await when(other.session.links, (links) => links.member === link);
    host = await circle.reload(host);
    await when(host.session.links, (links) => links.member === link);
    await circle.join(other.session.links.value.member, 'Olwen', other);
    expect(epochOf(host)).toBe(3);
  });

  it('that were stored by an earlier page give way to what this browser makes', async () => {
    host.session.close();
    for (const [set, kept] of host.profile.sets) {
      const early = (kept.links ?? []).filter(({ role }) => role !== 'h');
      const late = [1, 2, 64, 65].flatMap((link) => early.map(({ role, secret }) => ({ role, link, secret })));
      host.profile.sets.set(set, { ...kept, links: [...(kept.links ?? []), ...late] });
    }
    host = await circle.reload(host);
    await when(host.session.keys, (keys) => keys === 'ready');
    await goesOn(host);
    await circle.quiet(host);
    expect(epochOf(host)).toBe(2);
  });

  it('that nobody came by, on the roster and in the lists for the host: who came by another one opens every key', async () => {
    expect(await co.session.rotate('o')).toEqual({ ok: true });
    await when(host.session.shared, (shared) => shared?.epoch === 2);
    await circle.quiet(host);
    const { member: first } = host.session.links.value;
    liar.says = numbered([1]);
    expect(await co.session.rotate('o')).toEqual({ ok: true });
    await when(host.session.shared, (shared) => shared?.epoch === 3);
    await circle.quiet(host);
    host.session.close();
    // Nothing but the link: what this one knows of links, the liar has told it.
    const other = await hostAgain();
    await when(other.session.keys, (keys) => keys === 'ready');
    liar.says = undefined;
    expect(await co.session.rotate('m')).toEqual({ ok: true });
    const { member: link } = await when(co.session.links, (links) => links.member !== first);
    liar.link = 1;
    const late = await circle.join(link, 'Huw', co);
    expect(circle.room.book.roster?.holders[circle.device(late)]?.link).toBe(1);
    host = await circle.reload(host);
    for (const { session } of [host, other]) {
      // oxlint-disable-next-line no-await-in-loop -- one key after the other
      expect(await session.rotate('o')).toEqual({ ok: true });
      const epoch = session.shared.value?.epoch ?? 0;
      // oxlint-disable-next-line no-await-in-loop -- one key after the other
      await when(late.session.shared, (shared) => (shared?.epoch ?? 0) >= epoch);
      // oxlint-disable-next-line no-await-in-loop -- one key after the other
      await when(late.session.keys, (keys) => keys === 'ready');
    }
    await goesOn(host, other, late);
  });
});

describe('who was let in, and had no line until the next key was there', () => {
  /** Somebody whom the host lets in, and whose page goes before it has opened the key. */
  async function away(): Promise<Person> {
    const them = await circle.join(host.session.links.value.member, 'Huw');
    const kept = new Map(them.profile.sets);
    const [knock] = await when(host.session.knocks, ([at]) => at?.verified ?? false);
    expect(await host.session.admit(need(knock).device)).toEqual({ ok: true });
    const member = need(fromB64u(circle.seat(them)));
    await circle.quiet(them);
    them.session.close();
    // What the page kept of it is not in this one.
    const profile = new Profile();
    for (const [set, of] of kept) profile.sets.set(set, { ...of, member });
    return { ...them, profile };
  }

  it('opens it by the link that they came by', async () => {
    const them = await away();
    expect(await host.session.rotate('o')).toEqual({ ok: true });
    const back = await circle.reload(them);
    await when(back.session.keys, (keys) => keys === 'ready');
    await goesOn(host, back);
  });

  it('believes nobody who does not show that they hold that link', async () => {
    const them = await away();
    await when(co.session.shared, (shared) => Object.keys(shared?.seats ?? {}).length === 4);
    liar.says = (list) => ({ ...(list as KeyList), by: new Uint8Array(32) });
    expect(await co.session.rotate('o')).toEqual({ ok: true });
    const back = await circle.reload(them);
    await when(back.session.place, ({ at }) => at === 'room');
    await (back.session as SetSession).connection.context.keys.followed;
    expect(back.session.keys.value).toBe('none');
    liar.says = undefined;
    expect(await host.session.rotate('o')).toEqual({ ok: true });
    await when(back.session.keys, (keys) => keys === 'ready');
  });
});

describe('a key that opens for nobody', () => {
  const junk = (): void => {
    liar.says = (list) => ({ ...(list as KeyList), keys: [{ epoch: 1, raw: new Uint8Array(32) }] });
  };

  it('and a host who has nothing left but the link: that browser makes the next one', async () => {
    host.session.close();
    junk();
    expect(await co.session.rotate('m')).toEqual({ ok: true });
    const other = await hostAgain();
    await when(other.session.keys, (keys) => keys === 'shut');
    await inTime(when(other.session.keys, (keys) => keys === 'ready'));
    await goesOn(other);
  });

  it.each(['the same browser', 'the same, opened anew', 'nothing but the link'])('and then a close: the host opens the next meeting with %s', async (by) => {
    if (by !== 'the same browser') host.session.close();
    junk();
    const spoilt = co.session.rotate('m');
    await circle.room.until(() => circle.room.all('rekey').length >= 2);
    await co.session.ask({ c: 'close' });
    await spoilt;
    if (by === 'the same, opened anew') host = await circle.reload(host);
    const there = by === 'nothing but the link' ? await hostAgain() : host;
    await when(there.session.shared, (shared) => shared?.stage === 'closed');
    await inTime(when(there.session.keys, (keys) => keys === 'ready'));
    expect(epochOf(there)).toBeGreaterThan(2);
    expect(await there.session.nextMeeting(there.session.drawMeeting())).toEqual({ ok: true });
    await goesOn(there);
  });
});

describe('a co-facilitator who leaves', () => {
  const KINDS = ['member', 'co_facilitator', 'observer'] as const;

  it.each(['after the close', 'a moment before it'])('%s: the next meeting has other links, and the three of before open nothing', async (at) => {
    const before = { ...host.session.links.value };
    // No key is made between the two.
    circle.room.refuse = (cmd) => (cmd.c === 'rekey' ? { code: 'busy', temporary: true } : undefined);
    if (at === 'after the close') await host.session.ask({ c: 'close' });
    await co.session.ask({ c: 'leave' });
    if (at !== 'after the close') await host.session.ask({ c: 'close' });
    circle.room.refuse = () => undefined;
    await when(host.session.shared, (shared) => shared?.stage === 'closed' && shared.key_due?.includes('c') === true);
    expect(await host.session.nextMeeting(host.session.drawMeeting())).toEqual({ ok: true });
    await when(host.session.links, (links) => KINDS.every((kind) => links[kind] !== before[kind]));
    for (const kind of KINDS) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const session = await sessions(circle.world().world).open(parseLink(need(before[kind])));
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await session.knock('Dilys again');
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await when(session.place, (place) => place.at === 'ended');
      expect(circle.room.lines.at(-1)?.knock).toBeUndefined();
    }
    await circle.join(host.session.links.value.member, 'Gareth', host);
  });

  it('while another link is changed: the three are changed with it', async () => {
    const before = { ...host.session.links.value };
    circle.room.refuse = (cmd) => (cmd.c === 'rekey' ? { code: 'busy' } : undefined);
    await co.session.ask({ c: 'leave' });
    // The key that is due was refused, and is not asked for again at once.
    await circle.room.until(() => circle.room.all('rekey').length > 1);
    await circle.quiet(host);
    circle.room.refuse = () => undefined;
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    await when(host.session.links, (links) => KINDS.every((kind) => links[kind] !== before[kind]));
  });
});
