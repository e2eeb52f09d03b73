/** A person's own key: what only they may see opens to nobody else, and to all of their browsers. */

import { beforeEach, describe, expect, it } from 'vitest';
import { open, sealedUnder } from '../../src/seal/box';
import { hkdfKey } from '../../src/seal/derive';
import type { SetSession } from '../../src/session/session';
import { contextOf } from '../../src/session/texts';
import { type ItemId, type ItemView, LIMITS } from '../../src/wire.gen';
import { settled } from '../settled';
import { Circle, type Person, ready } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;
let other: Person;

const view = (id: ItemId): ItemView => need(circle.room.items.get(id));
const kept = ({ profile }: Person) => need(profile.sets.get(circle.set)) as { own?: { keys: { gen: number; raw: Uint8Array<ArrayBuffer> }[] } } & ReturnType<typeof profile.sets.get>;
const gen = ({ session }: Person): number => session.own.value?.own_key?.gen ?? 0;
/** The same person on another browser, let in by `by` onto their seat. */
async function again(person: Person, by: Person, role: 'member' | 'co_facilitator' = 'member'): Promise<Person> {
  const seat = circle.seat(person);
  person.session.close();
  const { room } = circle;
  await room.until(() => room.linesOf(seat).length === 0);
  return circle.join(by.session.links.value[role], 'Bethan again', by, seat);
}

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
  other = await circle.join(host.session.links.value.member, 'Gareth', host);
});

describe('a text that only its author may see', () => {
  // fault: F31 — a member and the server together read nothing that is its author's alone
  it('is sealed under a key that another member and the server together do not have', async () => {
    expect(await member.session.write('action', 'tell nobody')).toEqual({ ok: true });
    const item = await circle.reads(member, 'tell nobody');
    const under = sealedUnder(view(item).box);
    expect(under).toEqual({ own: true, epoch: 1 });
    // Every key of the other member, on the very box from the server's disk.
    for (const { key } of need(kept(other).epochs)) {
      for (const as of [under, { own: false, epoch: 1 }]) {
        await expect(open(key, contextOf(circle.room.shared, item, view(item), as), view(item).box)).rejects.toThrow(/version|commit/);
      }
    }
    const [own] = need(kept(member).own).keys;
    const key = await hkdfKey(need(own).raw);
    expect(await open(key, contextOf(circle.room.shared, item, view(item), under), view(item).box)).toBe('tell nobody');
    // Shown to another browser it is no more than a box.
    circle.room.items.set(item, { ...view(item), open: true });
    circle.room.change('item_released', () => undefined);
    await when(other.session.texts, (texts) => texts.get(item) !== undefined);
    expect(other.session.texts.value.get(item)).toMatchObject({ text: undefined, fault: 'key' });
  });

  it('makes no key before the first one', async () => {
    await member.session.write('question', 'for all');
    expect(circle.room.all('own_key')).toEqual([]);
    expect(sealedUnder(view(await circle.reads(member, 'for all')).box).own).toBe(false);
  });

  it('takes no place that others could count', async () => {
    const before = circle.room.seq;
    await member.session.write('reflection', 'mine');
    await member.session.write('learning', 'mine too');
    expect(circle.room.seq).toBe(before);
    expect(await member.session.write('question', 'for all')).toEqual({ ok: true });
    await circle.reads(other, 'for all');
  });

  it('is there after a reload, and is written again under the same key', async () => {
    await member.session.write('action', 'first');
    const item = await circle.reads(member, 'first');
    const reloaded = await circle.reload(member);
    await circle.reads(reloaded, 'first');
    await reloaded.session.write('action', 'second', { item });
    expect(sealedUnder(view(item).box)).toEqual({ own: true, epoch: 1 });
    expect(circle.room.all('own_key')).toHaveLength(1);
  });

  it('is sealed again where the next meeting opened while it was on its way', async () => {
    await member.session.write('learning_question', 'a first thought');
    const item = await circle.reads(member, 'a first thought');
    await host.session.ask({ c: 'close' });
    await when(member.session.shared, (shared) => shared?.stage === 'closed');
    const before = circle.room.shared.meeting;
    // It is heard once the next meeting is on, and nothing of that has been told to whoever wrote it.
    let late: Promise<unknown> | undefined;
    circle.room.refuse = (cmd) => {
      if (cmd.c === 'put' && cmd.kind === 'learning_question' && late === undefined) {
        late = host.session.nextMeeting(host.session.drawMeeting());
        return { code: 'busy', temporary: true };
      }
      return undefined;
    };
    const written = member.session.write('learning_question', 'a second one', { item });
    await circle.room.until(() => circle.room.shared.meeting !== before);
    circle.time.advance(60_000);
    expect(await written).toEqual({ ok: true });
    const { meeting } = circle.room.shared;
    expect(circle.room.all('put').findLast(({ kind }) => kind === 'learning_question')).toMatchObject({ meeting });
    await circle.reads(member, 'a second one');
  });

  it('waits for the meeting that is on by the time its key is made', async () => {
    const before = circle.room.shared.meeting;
    let next: Promise<unknown> | undefined;
    circle.room.refuse = (cmd) => {
      if (cmd.c !== 'own_key' || circle.room.shared.meeting !== before) return undefined;
      next ??= host.session.ask({ c: 'close' }).then(() => host.session.nextMeeting(host.session.drawMeeting()));
      return { code: 'busy', temporary: true };
    };
    const written = member.session.write('learning_question', 'a first thought');
    await circle.room.until(() => circle.room.shared.meeting !== before);
    await when(member.session.shared, (shared) => shared?.meeting !== before);
    await when(member.session.keys, (keys) => keys === 'ready');
    circle.time.advance(60_000);
    expect(await written).toEqual({ ok: true });
    const { meeting } = circle.room.shared;
    const puts = circle.room.all('put').filter(({ kind }) => kind === 'learning_question');
    expect(puts.map((put) => put.meeting)).toEqual([meeting]);
    await circle.reads(member, 'a first thought');
  });

  it('is written for all before it is released', async () => {
    await member.session.write('action', 'I will ask her');
    const item = await circle.reads(member, 'I will ask her');
    expect(await member.session.ask({ c: 'release_item', item })).toEqual({ ok: true });
    expect(sealedUnder(view(item).box)).toEqual({ own: false, epoch: 1 });
    await circle.reads(other, 'I will ask her');
    await when(member.session.texts, (texts) => texts.get(item)?.open === true);
    expect(await member.session.write('action', 'I will ask them', { item })).toEqual({ ok: true });
    await circle.reads(other, 'I will ask them');
  });

  it('is not sealed for all because the server says that it is released', async () => {
    await member.session.write('action', 'tell nobody');
    const item = await circle.reads(member, 'tell nobody');
    circle.room.items.set(item, { ...view(item), open: true });
    circle.room.change('item_released', () => undefined);
    await host.session.rotate('m');
    await ready(member, 2);
    await member.session.write('action', 'still nobody', { item });
    expect(circle.room.all('put').filter(({ kind }) => kind === 'action').every(({ box }) => sealedUnder(box).own)).toBe(true);
  });

  it('that stands under the set’s key is read, and moves under the own key when the set’s changes', async () => {
    // As a page of an earlier version wrote it.
    const { writer } = (member.session as SetSession).connection;
    await writer.write({ kind: 'action', text: 'from before', forAll: true });
    const item = await circle.reads(member, 'from before');
    expect(sealedUnder(view(item).box).own).toBe(false);
    await host.session.rotate('m');
    await ready(member, 2);
    await circle.room.until(() => sealedUnder(view(item).box).own);
    await circle.reads(member, 'from before');
  });
});

describe('another browser of the same person', () => {
  it('reads it when the host lets them in again', async () => {
    await member.session.write('action', 'after eight weeks');
    await circle.reads(member, 'after eight weeks');
    const back = await again(member, host);
    const item = await circle.reads(back, 'after eight weeks');
    await back.session.write('action', 'done', { item });
    expect(view(item).device).toBe(circle.device(back));
  });

  it('reads it when a co-facilitator lets them in again', async () => {
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    await member.session.write('action', 'after eight weeks');
    await when(co.session.own, (own) => own?.recover?.[circle.seat(member)] !== undefined);
    circle.room.cut(circle.device(host));
    host.session.close();
    expect(await circle.reads(await again(member, co), 'after eight weeks')).toBeDefined();
  });

  it('is given it by the other one, where both are there', async () => {
    await member.session.write('action', 'on both');
    const seat = circle.seat(member);
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, seat, member);
    await circle.reads(phone, 'on both');
    await when(member.session.own, (own) => own?.own_key?.for.includes(circle.device(phone)) === true);
    await phone.session.write('action', 'from the phone');
    expect(await circle.reads(member, 'from the phone')).toBeDefined();
  });

  it('the host’s own, with nothing but the link', async () => {
    await host.session.write('reflection', 'my own');
    await circle.reads(host, 'my own');
    const { sessions } = await import('../../src/session');
    const { parseLink } = await import('../../src/seal/link');
    const link = parseLink(need(host.session.links.value.host));
    host.session.close();
    const { world, profile } = circle.world();
    const session = await sessions(world).open(link);
    await session.knock('Amina at home');
    expect(await circle.reads({ session, world, profile }, 'my own')).toBeDefined();
  });

  it('of another person is given nothing, whatever the server says of seats', async () => {
    await member.session.write('action', 'mine');
    const intruder = circle.device(other);
    circle.room.change('device_added', (shared) => {
      shared.devices = { ...shared.devices, [intruder]: { ...need(shared.devices[intruder]), seat: circle.seat(member) } };
    });
    await member.session.write('action', 'still mine');
    const boxes = circle.room.all('own_key').flatMap((key) => Object.keys(key.boxes));
    expect(boxes).not.toContain(intruder);
  });

  it('is given no key that somebody else made for them', async () => {
    const { wrapOwnKeys } = await import('../../src/seal/own');
    const { deviceFromPair } = await import('../../src/seal/device');
    const { fromB64u } = await import('../../src/seal/bytes');
    const seat = circle.seat(member);
    const forger = await deviceFromPair(need(kept(other).device), kept(other).signing);
    const { pub } = need(circle.room.devices.get(circle.device(member)));
    const of = { set: need(fromB64u(circle.set)), seat: need(fromB64u(seat)) };
    const box = await wrapOwnKeys(of, forger, need(fromB64u(pub)), { own: [{ gen: 1, raw: new Uint8Array(32).fill(6) }] });
    circle.room.book.own.set(seat, { gen: 1, boxes: { [circle.device(member)]: box } });
    circle.room.unseen();
    await when(member.session.own, (own) => own?.own_key?.gen === 1);
    await member.session.write('action', 'mine');
    const item = await circle.reads(member, 'mine');
    expect(sealedUnder(view(item).box)).toEqual({ own: true, epoch: 2 });
    expect(kept(member).own?.keys.map((key) => key.raw[0] === 6 && key.raw[1] === 6)).toEqual([false]);
  });
});

describe('somebody who had it has gone', () => {
  it('a co-facilitator: there is another key, and the texts move under it', async () => {
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    await member.session.write('action', 'mine');
    const item = await circle.reads(member, 'mine');
    expect(Object.keys(need(circle.room.book.own.get(circle.seat(member))).boxes)).toContain(circle.device(co));
    await host.session.remove(circle.seat(co));
    await when(member.session.own, () => gen(member) === 2);
    await circle.room.until(() => sealedUnder(view(item).box).epoch === 2);
    expect(Object.keys(need(circle.room.book.own.get(circle.seat(member))).boxes)).toEqual([circle.device(member)]);
    // The older text still opens where it stood, for whoever comes back.
    const back = await again(member, host);
    await circle.reads(back, 'mine');
  });

  it('again and again, beside many who stay: it fits, and nobody is kept from writing by a number', async () => {
    for (let n = 0; n < 12; n += 1) {
      // oxlint-disable-next-line no-await-in-loop -- a few people
      await circle.join(host.session.links.value.co_facilitator, `Dilys ${n}`, host);
    }
    await member.session.write('action', 'mine');
    // As after so many goings.
    const before = need(kept(member).own);
    const keys = Array.from({ length: 14 }, (_, n) => ({ gen: 15 - n, raw: new Uint8Array(32).fill(n) }));
    member.profile.sets.set(circle.set, { ...kept(member), own: { ...before, keys: [...keys, ...before.keys] } } as never);
    member = await circle.reload(member);
    await when(member.session.own, () => gen(member) >= 15);
    await member.session.write('action', 'mine too');
    const sizes = circle.room.all('own_key').map(({ boxes, host: wrap = '', code = '' }) =>
      [...Object.values(boxes), wrap, code].join('').length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.own_key_chars);
    expect(Math.max(...sizes)).toBeGreaterThan(0.8 * LIMITS.own_key_chars);
    await circle.reads(await again(member, host), 'mine too');
  });

  it('one of the person’s own browsers: there is another key', async () => {
    await member.session.write('action', 'mine');
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, circle.seat(member), member);
    await when(member.session.own, (own) => own?.own_key?.for.length === 2);
    await settled();
    const lost = circle.device(member);
    expect(await phone.session.ask({ c: 'drop_other_devices' })).toEqual({ ok: true });
    await when(member.session.place, ({ at }) => at === 'door');
    await when(phone.session.own, () => gen(phone) === 2);
    // The host's page makes the set a new key, without the browser that was lost.
    await when(phone.session.shared, (shared) => shared?.epoch === 2);
    await when(phone.session.keys, (keys) => keys === 'ready');
    expect(Object.keys(need(kept(phone).verified?.holders))).not.toContain(lost);
    expect(Object.keys(need(circle.room.book.own.get(circle.seat(phone))).boxes)).not.toContain(lost);
  });

  it('a copy of the room with an older own key: nothing is sealed under that', async () => {
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    await member.session.write('action', 'mine');
    const copy = circle.room.book.own.get(circle.seat(member));
    await host.session.remove(circle.seat(co));
    await when(member.session.own, () => gen(member) === 2);
    await circle.quiet(member);
    circle.room.book.own.set(circle.seat(member), need(copy));
    circle.room.unseen();
    const before = circle.room.all('put').length;
    expect(await member.session.write('action', 'later')).toEqual({ ok: true });
    expect(circle.room.all('put').slice(before).every(({ box }) => sealedUnder(box).epoch > 1)).toBe(true);
  });
});

describe('two browsers that make the first key at one moment', () => {
  /** Every box of the person's own, with the key of the browser that did not make it. */
  const opens = async (by: Person): Promise<string[]> => {
    const texts: string[] = [];
    for (const [id, at] of circle.room.items) {
      const under = sealedUnder(at.box);
      if (!under.own) continue;
      for (const { gen: of, raw } of need(kept(by).own).keys) {
        if (of !== under.epoch) continue;
        // oxlint-disable-next-line no-await-in-loop -- a few texts
        texts.push(await open(await hkdfKey(raw), contextOf(circle.room.shared, id, at, under), at.box));
      }
    }
    return texts.toSorted();
  };

  it('one is taken; the other takes that one, and what was typed there is written under it', async () => {
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, circle.seat(member), member);
    const answers = await Promise.all([
      member.session.write('action', 'on the laptop'), phone.session.write('action', 'on the phone'),
    ]);
    expect(answers).toEqual([{ ok: true }, { ok: true }]);
    // Right away: nothing has to be wrapped once more for anybody to read it.
    expect(circle.room.all('own_key').map(({ gen: of, more }) => [of, more])).toEqual([[1, undefined], [1, undefined]]);
    for (const browser of [member, phone]) {
      // oxlint-disable-next-line no-await-in-loop -- two browsers
      expect(await opens(browser)).toEqual(['on the laptop', 'on the phone']);
      expect(kept(browser).own?.keys).toHaveLength(1);
    }
    await circle.reads(member, 'on the phone');
    await circle.reads(phone, 'on the laptop');
  });

  it('the one that was refused and reloaded at once takes the other one too', async () => {
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, circle.seat(member), member);
    // Its answer is lost with the page.
    circle.room.twist = (frame, line) => (frame.t === 'refused' && line.device === circle.device(phone) ? undefined : frame);
    const [first] = await Promise.all([member.session.write('action', 'on the laptop'), Promise.race([
      phone.session.write('action', 'on the phone'), circle.room.until(() => circle.room.all('own_key').length === 2),
    ])]);
    expect(first).toEqual({ ok: true });
    circle.room.twist = (frame) => frame;
    const again_ = await circle.reload(phone);
    await circle.reads(again_, 'on the laptop');
    expect(await again_.session.write('action', 'on the phone')).toEqual({ ok: true });
    // Where the phone was the quicker one after all, its text had been taken before it was reloaded.
    expect([...new Set(await opens(member))]).toEqual(['on the laptop', 'on the phone']);
  });

  it('after a co-facilitator has left: one next key, and both read everything', async () => {
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, circle.seat(member), member);
    await member.session.write('action', 'from before');
    await circle.reads(phone, 'from before');
    await host.session.remove(circle.seat(co));
    await when(member.session.own, () => gen(member) === 2);
    await when(phone.session.own, () => gen(phone) === 2);
    await Promise.all([member.session.write('action', 'on the laptop'), phone.session.write('action', 'on the phone')]);
    await circle.reads(member, 'on the phone');
    await circle.reads(phone, 'on the laptop');
    await circle.reads(phone, 'from before');
    expect(need(kept(member).own).keys).toEqual(need(kept(phone).own).keys);
  });
});

describe('a co-facilitator who left by themselves', () => {
  it('is given no wrap any more, although no new key has been made: what is typed is written', async () => {
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    const gone = circle.device(co);
    circle.room.cut(circle.device(host));
    host.session.close();
    await co.session.ask({ c: 'leave' });
    await when(member.session.shared, (shared) => shared?.devices[gone] === undefined);
    expect(member.session.shared.value?.roster).toBeDefined();
    expect(await member.session.write('action', 'mine')).toEqual({ ok: true });
    expect(circle.room.all('own_key').flatMap(({ boxes }) => Object.keys(boxes))).not.toContain(gone);
  });
});
