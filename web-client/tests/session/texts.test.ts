import { beforeEach, describe, expect, it } from 'vitest';
import { seal } from '../../src/seal/box';
import { toB64u } from '../../src/seal/bytes';
import { hkdfKey } from '../../src/seal/derive';
import { Memory } from '../../src/session/memory';
import { OwnKeys } from '../../src/session/own-keys';
import { Seen } from '../../src/session/seen';
import { bytesOf, contextOf, Texts } from '../../src/session/texts';
import type { RoomState } from '../../src/session/model';
import { type DeviceId, type ItemId, type ItemView, LIMITS, type SeatId, type Shared } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { FakeRoom } from './fake-room';
import { FakeTime, FakeWorld, when } from './fake-world';

const id = (of: number): string => toB64u(new Uint8Array(16).fill(of));
const SHARED = { set: id(1), meeting: id(2), epoch: 3, items: {} } as unknown as Shared;
const ITEM = id(9) as ItemId;
const key = await hkdfKey(new Uint8Array(32).fill(7));

const BOUND = {
  kind: 'question', seat: id(4) as SeatId, device: id(5) as DeviceId, rev: 1, n: 0,
  prev: toB64u(new Uint8Array(32)), at: 1, part: 2, open: true,
} as const satisfies Omit<ItemView, 'box'>;

async function view(text: string, parts: Partial<ItemView> = {}, item: string = ITEM, epoch = 3): Promise<ItemView> {
  const bound = { ...BOUND, ...parts };
  return { ...bound, box: await seal(key, contextOf(SHARED, item, bound, { own: false, epoch }), text) };
}

function room(items: Record<string, ItemView>, own: Record<string, ItemView> = {}): RoomState {
  return { shared: { ...SHARED, items }, own: { items: own } } as unknown as RoomState;
}

describe('texts', () => {
  let texts: Texts;
  let held: Map<number, CryptoKey>;
  let world: FakeWorld;
  let memory: Memory;
  const shown = () => texts.all.value.get(ITEM);

  /** A browser that has kept nothing yet, or what `kept` has. */
  function opener(kept = new Memory(world, bytesOf(id(1)))): Texts {
    memory = kept;
    const page = new Texts((epoch) => held.get(epoch), new OwnKeys(kept), new Seen(kept));
    page.begin();
    return page;
  }

  beforeEach(() => {
    const time = new FakeTime();
    world = new FakeWorld(new FakeRoom(time), time);
    held = new Map([[3, key]]);
    texts = opener();
  });

  it('open, with what is known of them', async () => {
    await texts.update(room({ [ITEM]: await view('What did you hope for?') }));
    const { kind, seat, rev, part, at } = BOUND;
    expect(shown()).toEqual({
      id: ITEM, kind, seat, rev, part, at, open: true, text: 'What did you hope for?', fault: undefined,
      bid: undefined,
    });
  });

  it('of one’s own part are there, too, and not open to all', async () => {
    const { open: _, ...rest } = await view('mine', { kind: 'learning' });
    await texts.update(room({}, { [ITEM]: rest }));
    expect(shown()).toMatchObject({ text: 'mine', open: false });
  });

  it('wait for the key of their epoch, and open when it comes', async () => {
    held.clear();
    const state = room({ [ITEM]: await view('later') });
    await texts.update(state);
    expect(shown()).toMatchObject({ text: undefined, fault: 'key' });
    held.set(3, key);
    await texts.update(state);
    expect(shown()).toMatchObject({ text: 'later', fault: undefined });
  });

  it('that are gone are gone', async () => {
    await texts.update(room({ [ITEM]: await view('x') }));
    await texts.update(room({}));
    expect(texts.all.value.size).toBe(0);
  });

  it('are opened once: what did not change keeps its result without a key', async () => {
    const item = await view('x');
    await texts.update(room({ [ITEM]: item }));
    held.clear();
    await texts.update(room({ [ITEM]: { ...item, part: 5 } }));
    expect(shown()).toMatchObject({ text: 'x', part: 5 });
  });

  it.each([
    ['seat', { seat: id(40) as SeatId }],
    ['device', { device: id(41) as DeviceId }],
    ['field', { kind: 'action' }],
    ['revision', { rev: 2 }],
    ['number', { n: 1 }],
    ['chain', { prev: toB64u(new Uint8Array(32).fill(1)) }],
  ] as const)('moved to another %s are broken', async (_, moved) => {
    await texts.update(room({ [ITEM]: { ...(await view('genuine')), ...moved } }));
    expect(shown()).toMatchObject({ text: undefined, fault: 'broken' });
  });

  // fault: F31 — a text that was moved elsewhere is shown as broken
  it('moved to another item, meeting or set are broken', async () => {
    const other = id(99) as ItemId;
    await texts.update(room({ [other]: await view('genuine') }));
    expect(texts.all.value.get(other)?.fault).toBe('broken');
    for (const part of ['set', 'meeting'] as const) {
      const state = room({ [ITEM]: await view('genuine') });
      await opener().update(state);
      const moved = { ...state, shared: { ...state.shared, [part]: id(77) } } as RoomState;
      const fresh = opener();
      await fresh.update(moved);
      expect(fresh.all.value.get(ITEM)?.fault).toBe('broken');
    }
  });

  it('that were changed, or are no boxes at all, are broken', async () => {
    const item = await view('genuine');
    // A letter in the middle: the last may be an A already, or differ in bits that no byte uses.
    const at = item.box.length >> 1;
    const letter = item.box[at] === 'A' ? 'B' : 'A';
    const changed = `${item.box.slice(0, at)}${letter}${item.box.slice(at + 1)}`;
    for (const box of [changed, 'plain text', '']) {
      const fresh = opener();
      await fresh.update(room({ [ITEM]: { ...item, box: box as never } }));
      expect(fresh.all.value.get(ITEM)).toMatchObject({ text: undefined, fault: 'broken' });
    }
  });

  // fault: F31 — an older text that is shown again is seen as broken
  it('may rise in revision, and never fall back', async () => {
    const first = await view('first');
    await texts.update(room({ [ITEM]: first }));
    await texts.update(room({ [ITEM]: await view('second', { rev: 2, n: 1 }) }));
    expect(shown()).toMatchObject({ text: 'second' });
    await texts.update(room({ [ITEM]: first }));
    expect(shown()).toMatchObject({ text: undefined, fault: 'broken' });
    // Not even by way of being taken back.
    await texts.update(room({}));
    await texts.update(room({ [ITEM]: first }));
    expect(shown()).toMatchObject({ fault: 'broken' });
  });

  // fault: F31 — an older text that is shown again is seen as broken, by a new page as well
  it('may not fall back in a page that is opened anew, nor come again after it was withdrawn', async () => {
    const first = await view('first');
    const second = await view('second', { rev: 2, n: 1 });
    await texts.update(room({ [ITEM]: second }));
    const page = opener(memory);
    await page.update(room({ [ITEM]: first }));
    expect(page.all.value.get(ITEM)?.fault).toBe('broken');
    await page.update(room({ [ITEM]: second }));
    expect(page.all.value.get(ITEM)?.text).toBe('second');
    await page.update(room({}));
    await page.withdrawn([ITEM]);
    const after = opener(memory);
    await after.update(room({ [ITEM]: second }));
    expect(after.all.value.get(ITEM)).toMatchObject({ text: undefined, fault: 'broken' });
    // Said aloud to everybody: an earlier copy of the room was put back.
    after.wentBack();
    const copied = opener(memory);
    await copied.update(room({ [ITEM]: await view('first') }));
    expect(memory.kept.seen?.items[ITEM]).toBeDefined();
  });

  it('are remembered up to a number, the oldest going first', async () => {
    const seen = new Seen(memory);
    seen.open(SHARED.meeting, () => false);
    for (let of = 0; of < 2 * LIMITS.items + 5; of += 1) seen.takes(`${of}` as ItemId, 1, 'x');
    await seen.keep();
    const { items } = memory.kept.seen ?? { items: {} };
    expect(Object.keys(items)).toHaveLength(2 * LIMITS.items);
    expect(items).not.toHaveProperty('4');
    expect(items).toHaveProperty('5');
  });

  // fault: F31 — who fills what is remembered makes nobody's text fall back
  it('that stand are remembered, however many others were withdrawn since', async () => {
    const first = await view('first');
    const second = await view('second', { rev: 2, n: 1 });
    const seen = new Seen(memory);
    const page = new Texts((epoch) => held.get(epoch), new OwnKeys(memory), seen);
    await page.update(room({ [ITEM]: second }));
    for (let of = 0; of < 2 * LIMITS.items + 5; of += 1) {
      seen.takes(`${of}` as ItemId, 1, 'x');
      seen.withdrawn(`${of}` as ItemId);
    }
    await page.update(room({ [ITEM]: first }));
    expect(page.all.value.get(ITEM)?.fault).toBe('broken');
    expect(Object.keys(memory.kept.seen?.items ?? {}).length).toBeLessThanOrEqual(2 * LIMITS.items);
  });

  // fault: F31 — two contents of one revision are not both believed
  it('of one revision with two contents: the second one is broken', async () => {
    await texts.update(room({ [ITEM]: await view('one') }));
    await texts.update(room({ [ITEM]: await view('two') }));
    expect(shown()).toMatchObject({ text: undefined, fault: 'broken' });
  });

  // fault: F31 — two stories told by one device are noticed
  it('with one number of one device: the fork is broken, the genuine one stays', async () => {
    const other = id(50) as ItemId;
    const genuine = await view('genuine');
    await texts.update(room({ [ITEM]: genuine }));
    const fork = await view('fork', {}, other);
    await texts.update(room({ [ITEM]: genuine, [other]: fork }));
    expect(texts.all.value.get(other)?.fault).toBe('broken');
    expect(shown()?.text).toBe('genuine');
  });

  it('a forgery does not keep the genuine text out', async () => {
    const genuine = await view('genuine');
    await texts.update(room({ [ITEM]: { ...genuine, rev: 9 } }));
    await texts.update(room({ [ITEM]: genuine }));
    expect(shown()?.text).toBe('genuine');
  });

  it('a name stands for its own seat only', async () => {
    const seat = id(4) as string as ItemId;
    await texts.update(room({ [ITEM]: await view('Asha', { kind: 'name' }) }));
    expect(shown()?.fault).toBe('broken');
    await texts.update(room({ [seat]: await view('Asha', { kind: 'name', n: 1 }, seat) }));
    expect(texts.all.value.get(seat)?.text).toBe('Asha');
  });

  it('show who holds which key', async () => {
    await texts.update(room({ [ITEM]: { ...(await view('x')), n: 4 } }));
    expect(texts.holds(BOUND.device, 3)).toBe(false);
    await texts.update(room({ [ITEM]: await view('x') }));
    expect(texts.holds(BOUND.device, 3)).toBe(true);
    expect(texts.holds(BOUND.device, 4)).toBe(false);
  });

  it('hidden are not shown, and come back', async () => {
    const state = room({ [ITEM]: await view('x') });
    await texts.update(state);
    texts.hide();
    expect(texts.all.value.size).toBe(0);
    await texts.update(state);
    expect(shown()?.text).toBe('x');
  });
});

describe('writing', () => {
  let circle: Circle;
  let host: Person;
  let member: Person;

  beforeEach(async () => {
    circle = new Circle();
    host = await circle.host();
    member = await circle.join(host.session.links.value.member, 'Bethan', host);
  });

  const puts = (person: Person) => {
    const device = circle.device(person);
    return circle.room.commands.flatMap(({ cmd, ...at }) =>
      cmd.c === 'put' && at.device === device ? [{ ...cmd, cid: at.cid }] : [],
    );
  };

  it('reaches the others, opened', async () => {
    expect(await member.session.write('question', 'What next?')).toEqual({ ok: true });
    const item = await circle.reads(host, 'What next?');
    expect(host.session.texts.value.get(item)).toMatchObject({ kind: 'question', rev: 1, seat: circle.seat(member) });
  });

  it('carries a bid’s terms, and keeps one text of a kind that has only one', async () => {
    const bid = { pressing: 3, minutes: 40 };
    await member.session.write('bid', 'first', { bid });
    await member.session.write('bid', 'second', { bid: { ...bid, minutes: 30 } });
    const item = await circle.reads(host, 'second');
    expect(host.session.texts.value.get(item)).toMatchObject({ rev: 2, bid: { minutes: 30 } });
    expect([...host.session.texts.value.values()].filter(({ kind }) => kind === 'bid')).toHaveLength(1);
  });

  it('numbers boxes and names the one before, also across a reload', async () => {
    await member.session.write('question', 'one');
    await member.session.write('question', 'two');
    member = await circle.reload(member);
    await when(member.session.keys, (keys) => keys === 'ready');
    await member.session.write('question', 'three');
    const boxes = puts(member);
    expect(boxes.map(({ n }) => n)).toEqual([0, 1, 2, 3]);
    for (const [place, { prev }] of boxes.entries()) {
      const before = boxes[place - 1]?.box;
      const hash = before && new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(before)));
      expect(prev).toBe(toB64u(hash ?? new Uint8Array(32)));
    }
  });

  it('starts at the number that the server says when its own head is not known', async () => {
    await member.session.write('question', 'one');
    const set = circle.set;
    member.profile.sets.set(set, { ...member.profile.sets.get(set), chain: undefined as never });
    member = await circle.reload(member);
    await when(member.session.keys, (keys) => keys === 'ready');
    await member.session.write('question', 'two');
    expect(puts(member).at(-1)).toMatchObject({ n: 2, prev: toB64u(new Uint8Array(32)) });
    await circle.reads(host, 'two');
  });

  it.each(['stale_order', 'stale_revision'] as const)('refused as %s, is made again once', async (code) => {
    let no = true;
    circle.room.refuse = (cmd) => {
      if (cmd.c !== 'put' || !no) return undefined;
      no = false;
      return { code };
    };
    expect(await member.session.write('question', 'again')).toEqual({ ok: true });
    circle.room.refuse = (cmd) => (cmd.c === 'put' ? { code } : undefined);
    expect(await member.session.write('question', 'never')).toEqual({ ok: false, code });
    expect(puts(member).filter(({ kind }) => kind === 'question')).toHaveLength(4);
    expect(member.session.refusal.value).toEqual({ code, command: 'put' });
  });

  it('sends one text at a time, and all of them after a lost line', async () => {
    circle.room.deaf = true;
    const answers = [member.session.write('question', 'one'), member.session.write('question', 'two')];
    await circle.room.until(() => puts(member).length === 2);
    expect(member.session.unsent.value).toHaveLength(2);
    circle.room.cut(circle.device(member));
    circle.room.deaf = false;
    circle.time.advance(1_000);
    expect(await Promise.all(answers)).toEqual([{ ok: true }, { ok: true }]);
    const [first, again] = puts(member).filter(({ kind }) => kind === 'question');
    expect(again).toEqual(first);
    await circle.reads(host, 'two');
  });

  it('a box that is too long for any is refused before it is sent', async () => {
    const before = puts(member).length;
    expect(await member.session.write('question', 'x'.repeat(9_000))).toEqual({ ok: false, code: 'long_text' });
    expect(puts(member)).toHaveLength(before);
    expect(await member.session.write('question', 'short')).toEqual({ ok: true });
  });
});
