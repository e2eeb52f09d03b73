/** *Only me*: what only its author may see, under a return code that nobody else has. */

import { beforeEach, describe, expect, it } from 'vitest';
import { sealedUnder } from '../../src/seal/box';
import { newCode, writeCode } from '../../src/seal/code';
import type { SetSession } from '../../src/session/session';
import type { Session } from '../../src/session/types';
import type { OwnKey } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

const held = (person: Person): OwnKey => need(circle.room.book.own.get(circle.seat(person)));
const help = ({ session }: Person, is: Session['help']['value']): Promise<unknown> => when(session.help, (now) => now === is);
const private_ = () => [...circle.room.items.values()].filter(({ kind }) => kind === 'action').map(({ box }) => sealedUnder(box));

/** Somebody chooses it, and keeps the code. */
async function choose({ session }: Person): Promise<string> {
  const means = await session.ownCode();
  const code = await means.fresh();
  expect(await means.onlyMe(code)).toEqual({ ok: true });
  return code;
}

/** The same person on another browser, while the first is away. */
async function again(person: Person, by = host): Promise<Person> {
  const seat = circle.seat(person);
  person.session.close();
  await circle.room.until(() => circle.room.linesOf(seat).length === 0);
  return circle.join(by.session.links.value.member, 'Bethan again', by, seat);
}

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

describe('only me', () => {
  it('leaves facilitators out, and what stood there moves under a key that they never had', async () => {
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    await member.session.write('action', 'from before');
    expect(member.session.help.value).toBe('facilitators');
    expect(Object.keys(held(member).boxes)).toContain(circle.device(co));
    await choose(member);
    expect(member.session.help.value).toBe('only_me');
    expect(held(member)).toMatchObject({ gen: 2, code: expect.any(String) });
    expect(held(member).host).toBeUndefined();
    expect(Object.keys(held(member).boxes)).toEqual([circle.device(member)]);
    await circle.room.until(() => private_().every(({ epoch }) => epoch === 2));
    await when(host.session.own, (own) => own?.recover?.[circle.seat(member)] === undefined);
    await when(co.session.own, (own) => own?.recover?.[circle.seat(member)] === undefined);
  });

  it('can be chosen before there is anything, and after a reload it still is so', async () => {
    await choose(member);
    await member.session.write('action', 'mine');
    expect(held(member).host).toBeUndefined();
    const reloaded = await circle.reload(member);
    await help(reloaded, 'only_me');
    await reloaded.session.write('action', 'mine too');
    expect(held(reloaded).host).toBeUndefined();
  });

  it('changes nothing as long as the code has not been typed again', async () => {
    const means = await member.session.ownCode();
    const code = await means.fresh();
    const before = circle.room.all('own_key').length;
    expect(await means.onlyMe(`${code.slice(0, -1)}${code.endsWith('7') ? '8' : '7'}`)).toBe('slip');
    expect(await means.onlyMe('')).toBe('slip');
    expect(await means.onlyMe(await writeCode(newCode()))).toBe('slip');
    expect(member.session.help.value).toBe('facilitators');
    expect(circle.room.all('own_key')).toHaveLength(before);
  });

  it('holds for whoever becomes a facilitator later, and for a room that says it is not so', async () => {
    await choose(member);
    await member.session.write('action', 'mine');
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    // A server that lies shows neither the code nor that there is one.
    circle.room.twist = (frame, line) => {
      if (line.device !== circle.device(member) || frame.t !== 'own' || !frame.own.own_key) return frame;
      const { code: _, ...shown } = frame.own.own_key;
      return { ...frame, own: { ...frame.own, own_key: { ...shown, code: null } } } as never;
    };
    await member.session.write('action', 'mine too');
    await circle.quiet(member);
    await host.session.rotate('m');
    await when(member.session.keys, (keys) => keys === 'ready');
    await member.session.write('action', 'mine still');
    for (const key of circle.room.all('own_key').slice(1)) {
      expect(key.host).toBeUndefined();
      expect(Object.keys(key.boxes)).not.toContain(circle.device(co));
    }
  });

  it('is not undone by an older wrap that is shown again', async () => {
    await member.session.write('action', 'mine');
    const before = held(member);
    await choose(member);
    circle.room.book.own.set(circle.seat(member), before);
    circle.room.unseen();
    await when(member.session.own, (own) => own?.own_key?.gen === 1);
    const known = circle.room.all('own_key').length;
    expect(await member.session.write('action', 'mine too')).toEqual({ ok: true });
    expect(member.session.help.value).toBe('only_me');
    for (const key of circle.room.all('own_key').slice(known)) expect(key.host).toBeUndefined();
  });

  it('is not undone by a facilitator who puts a key of their own into a grant', async () => {
    const { grantNow } = await import('../../src/session/keychange');
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    await choose(member);
    await member.session.write('action', 'mine');
    const { context } = (co.session as SetSession).connection;
    const roster = need(context.keys.roster);
    const holder = need(roster.holders[circle.device(member)]);
    const raw = new Uint8Array(32).fill(6);
    for (const gen of [need(held(member)).gen, 9]) {
      // oxlint-disable-next-line no-await-in-loop -- one grant after the other
      need(circle.room.devices.get(circle.device(member))).grant = await grantNow(context, context.keys.device, roster, holder, [{ gen, raw }]);
      circle.room.unseen();
      // oxlint-disable-next-line no-await-in-loop -- as above
      await circle.quiet(member);
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await member.session.write('action', `mine, ${gen}`)).toEqual({ ok: true });
    }
    expect(member.session.help.value).toBe('only_me');
    expect(held(member)).toMatchObject({ gen: 2 });
    const kept = need(member.profile.sets.get(circle.set)) as { own?: { keys: { raw: Uint8Array }[] } };
    expect(kept.own?.keys.some((key) => key.raw.every((byte) => byte === 6))).toBe(false);
    for (const key of circle.room.all('own_key').slice(1)) expect(key.host).toBeUndefined();
    // Nor on a browser that has nothing yet.
    const back = await again(member);
    await help(back, 'locked');
    const at = need(context.keys.roster?.holders[circle.device(back)]);
    need(circle.room.devices.get(circle.device(back))).grant = await grantNow(context, context.keys.device, need(context.keys.roster), at, [{ gen: 9, raw }]);
    circle.room.unseen();
    await circle.quiet(back);
    expect(await back.session.write('action', 'meanwhile')).toEqual({ ok: false, code: 'own_locked' });
  });

  it('can be left again: facilitators can help from then on', async () => {
    const code = await choose(member);
    await member.session.write('action', 'mine');
    expect(await (await member.session.ownCode()).helped()).toEqual({ ok: true });
    expect(member.session.help.value).toBe('facilitators');
    expect(held(member)).toMatchObject({ gen: held(member).gen, host: expect.any(String) });
    expect(held(member).code).toBeUndefined();
    const back = await again(member);
    await circle.reads(back, 'mine');
    expect(back.session.help.value).toBe('facilitators');
    expect(await (await back.session.ownCode()).open(code)).toBe('other');
  });
});

describe('a browser that a facilitator put onto the seat while its person was away', () => {
  let strange: Person;
  const readsNothing = ({ session }: Person): boolean =>
    [...session.texts.value.values()].every(({ kind, text }) => kind !== 'action' || text === undefined);
  const keysOf = ({ profile }: Person): string[] => {
    const { own } = need(profile.sets.get(circle.set)) as { own?: { keys: { gen: number; raw: Uint8Array }[] } };
    return (own?.keys ?? []).map(({ gen, raw }) => `${gen} ${raw.join()}`);
  };

  beforeEach(async () => {
    await choose(member);
    await member.session.write('action', 'mine');
    strange = await again(member);
    await help(strange, 'locked');
  });

  it('is given no key when the person is back, whatever is made anew', async () => {
    const back = await circle.reload(member);
    await circle.reads(back, 'mine');
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    await host.session.remove(circle.seat(co));
    await when(back.session.keys, (keys) => keys === 'ready');
    expect(await back.session.write('action', 'mine too')).toEqual({ ok: true });
    await circle.quiet(back);
    await circle.quiet(strange);
    expect(keysOf(strange)).toEqual([]);
    expect(readsNothing(strange)).toBe(true);
    expect(held(back).host).toBeUndefined();
  });

  it.each(['before they are back', 'while they are here'])('makes a key that the person’s browser does not take, %s', async (at) => {
    const first = at === 'before they are back' ? undefined : await circle.reload(member);
    if (first !== undefined) await circle.reads(first, 'mine');
    expect(await (await strange.session.ownCode()).helped()).toEqual({ ok: true });
    expect(await strange.session.write('reflection', 'of somebody else')).toEqual({ ok: true });
    const back = first ?? (await circle.reload(member));
    await circle.reads(back, 'mine');
    expect(await back.session.write('action', 'mine too')).toEqual({ ok: true });
    await circle.reads(back, 'mine too');
    expect(back.session.help.value).toBe('only_me');
    expect(held(back)).toMatchObject({ code: expect.any(String) });
    expect(held(back).host).toBeUndefined();
    await help(strange, 'locked');
    await circle.quiet(strange);
    expect(keysOf(back).filter((key) => keysOf(strange).includes(key))).toEqual([]);
    expect(readsNothing(strange)).toBe(true);
  });

  it('is told from one that the person uses: that one follows when the code is given up', async () => {
    const back = await circle.reload(member);
    await circle.reads(back, 'mine');
    const means = await back.session.ownCode();
    const code = await means.fresh();
    expect(await means.onlyMe(code)).toEqual({ ok: true });
    expect(await (await strange.session.ownCode()).open(code)).toBe('opened');
    await circle.reads(strange, 'mine');
    expect(await means.helped()).toEqual({ ok: true });
    await help(strange, 'facilitators');
    expect(await strange.session.write('action', 'helped')).toEqual({ ok: true });
    await circle.reads(back, 'helped');
    expect(held(back)).toMatchObject({ host: expect.any(String) });
  });
});

describe('on another browser', () => {
  it('the code opens it; without it nothing is sealed, and nothing is lost', async () => {
    const code = await choose(member);
    await member.session.write('action', 'after eight weeks');
    const back = await again(member);
    await help(back, 'locked');
    const kept = held(back);
    expect(await back.session.write('action', 'meanwhile')).toEqual({ ok: false, code: 'own_locked' });
    expect(back.session.refusal.value).toEqual({ code: 'own_locked', command: 'put' });
    expect(held(back)).toEqual(kept);
    const means = await back.session.ownCode();
    expect(await means.open('anchor velvet')).toBe('slip');
    expect(await means.open(await writeCode(newCode()))).toBe('other');
    expect(await means.onlyMe(await means.fresh())).toEqual({ ok: false, code: 'own_locked' });
    expect(await means.open(code.toLowerCase().replaceAll('-', ' '))).toBe('opened');
    await help(back, 'only_me');
    await circle.reads(back, 'after eight weeks');
    expect(await back.session.write('action', 'meanwhile')).toEqual({ ok: true });
    await circle.reads(back, 'meanwhile');
    expect(held(back).host).toBeUndefined();
    // The code stays the same, also for the browser after this one.
    const next = await again(back);
    await help(next, 'locked');
    expect(await (await next.session.ownCode()).open(code)).toBe('opened');
    await circle.reads(next, 'meanwhile');
    await circle.reads(next, 'after eight weeks');
  });

  it('a question, which all may see, needs no code', async () => {
    await choose(member);
    const back = await again(member);
    await help(back, 'locked');
    expect(await back.session.write('question', 'what if?')).toEqual({ ok: true });
  });

  it('where the first one is there the code is asked for too, and from then on either makes the next key', async () => {
    const code = await choose(member);
    await member.session.write('action', 'on both');
    const seat = circle.seat(member);
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, seat, member);
    await help(phone, 'locked');
    expect(await (await phone.session.ownCode()).open(code)).toBe('opened');
    await circle.reads(phone, 'on both');
    await help(phone, 'only_me');
    await phone.session.write('action', 'on this one');
    await circle.reads(member, 'on both');
    const { gen } = held(phone);
    // The first one goes: the next key is made by the other, under the same code.
    const gone = circle.device(member);
    member.session.close();
    await circle.room.until(() => circle.room.linesOf(seat).length === 1);
    circle.room.devices.delete(gone);
    circle.room.change('device_dropped', (shared) => {
      const { [gone]: _, ...devices } = shared.devices;
      shared.devices = devices as typeof shared.devices;
    });
    await when(phone.session.own, (own) => (own?.own_key?.gen ?? 0) > gen);
    expect(held(phone).host).toBeUndefined();
    await phone.session.write('action', 'on the phone');
    const next = await again(phone);
    await help(next, 'locked');
    expect(await (await next.session.ownCode()).open(code)).toBe('opened');
    await circle.reads(next, 'on both');
    await circle.reads(next, 'on the phone');
  });

  it('whoever lost the code begins anew; what is under it stays shut', async () => {
    await choose(member);
    await member.session.write('action', 'gone for good');
    const back = await again(member);
    await help(back, 'locked');
    expect(await (await back.session.ownCode()).helped()).toEqual({ ok: true });
    expect(back.session.help.value).toBe('facilitators');
    expect(await back.session.write('action', 'a new one')).toEqual({ ok: true });
    await circle.reads(back, 'a new one');
    expect([...back.session.texts.value.values()].filter(({ kind }) => kind === 'action').map(({ text, fault }) => text ?? fault).toSorted()).toEqual(['a new one', 'key']);
    const next = await again(back);
    await circle.reads(next, 'a new one');
  });

  it('of a host with nothing but the link, too', async () => {
    const code = await choose(host);
    await host.session.write('reflection', 'my own');
    const { sessions } = await import('../../src/session');
    const { parseLink } = await import('../../src/seal/link');
    const link = parseLink(need(host.session.links.value.host));
    host.session.close();
    const { world } = circle.world();
    const session = await sessions(world).open(link);
    await session.knock('Amina at home');
    await when(session.help, (now) => now === 'locked');
    expect(await (await session.ownCode()).open(code)).toBe('opened');
    await when(session.texts, (texts) => [...texts.values()].some(({ text }) => text === 'my own'));
  });
});
