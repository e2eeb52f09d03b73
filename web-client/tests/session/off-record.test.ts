/** A round off the record between pages, with a server that carries what it likes from one to the other. */

import { describe, expect, it } from 'vitest';
import { fromB64u, toB64u } from '../../src/seal/bytes';
import { open } from '../../src/seal/box';
import { announcement, roundPair, writeRoundGrant } from '../../src/seal/off-record';
import { Outbox } from '../../src/session/outbox';
import { bytesOf } from '../../src/session/texts';
import { type ClientFrame, type Command, type DeviceId, type ItemId, LIMITS, type OffRecordRound, type Sealed, type Shared } from '../../src/wire.gen';
import { settled } from '../settled';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';
import { Page, presence } from './off-record-page';

const GONE = { ok: false, code: 'gone' };
let circle: Circle;
let host: Page;
let ana: Page;
let ben: Page;
let people: readonly Person[];
let is: OffRecordRound;

/** Has the key handed to a page. */
async function hands(to: Page, count: number): Promise<void> {
  const { key } = await to.asks('off_record_key');
  // A page answers at its pace.
  circle.time.advance(1000);
  host.keys({ [to.device]: key });
  const { grant, device, to: announced } = await host.asks('off_record_grant', count);
  expect([device, announced]).toEqual([to.device, key]);
  to.keys(undefined, grant);
  await when(to.round.ready, (ready) => ready);
}

/** A host, Ana and Ben, in a round that the host has begun. */
async function begun(): Promise<void> {
  circle = new Circle();
  const by = await circle.host();
  const { member } = by.session.links.value;
  people = [by, await circle.join(member, 'Ana', by), await circle.join(member, 'Ben', by)];
  [host, ana, ben] = people.map((person) => new Page(person)) as [Page, Page, Page];
  is = { id: (await host.round.begins()).round, by: host.seat, ends_at: circle.time.now + LIMITS.off_record_ms };
  for (const page of [host, ana, ben]) page.round.take(presence(is));
  await when(host.round.ready, (ready) => ready);
}

describe('a round off the record', () => {
  it('gives its key to the pairs that were announced, and what is written is read', async () => {
    await begun();
    await hands(ana, 1);
    await hands(ben, 2);
    const line = await ana.line('Half a thought');
    for (const page of [host, ben]) page.says([line, line]);
    for (const page of [host, ben]) {
      const lines = await when(page.round.lines, (all) => all.length > 0);
      expect(lines).toEqual([{ item: line.item, seat: ana.seat, text: 'Half a thought' }]);
    }
    // The same again after a line that broke.
    ben.says([line, await ana.line('And more')]);
    await when(ben.round.lines, (all) => all.length === 2);
    expect([host, ana, ben].flatMap(({ faults }) => faults)).toEqual([]);
  });

  it('is dropped at its end, with what was being typed, and nothing of it was kept', async () => {
    await begun();
    await hands(ana, 1);
    const line = await ana.line('Gone soon');
    ana.says([line]);
    await when(ana.round.lines, (all) => all.length === 1);
    ana.round.type('half a line');
    const { key } = await ana.asks('off_record_key');
    const { grant } = await host.asks('off_record_grant');
    const kept = JSON.stringify(people.map(({ profile }) => profile), (_, at: unknown) => (at instanceof Uint8Array ? toB64u(at) : at instanceof Map ? [...at] : at));
    expect(kept.length).toBeGreaterThan(100);
    expect([key, grant, line.box, is.id, 'half a line'].filter((text) => kept.includes(text))).toEqual([]);

    ana.round.take(presence());
    const { round, ready, lines, draft, over } = ana.round;
    expect([round.value, ready.value, lines.value, draft.value, over.value]).toEqual([undefined, false, [], '', true]);
    expect(await ana.round.write('too late')).toEqual(GONE);
    // What comes late is of nothing.
    ana.round.take({ t: 'off_record_lines', round: is.id, lines: [line] });
    ana.round.take({ t: 'off_record', round: is.id, grants: [grant] });
    await Promise.resolve();
    expect([lines.value, ready.value]).toEqual([[], false]);
    ana.round.drop();
    expect(over.value).toBe(false);
  });

  it('goes on over a line that breaks: the same round again changes nothing', async () => {
    await begun();
    await hands(ana, 1);
    ana.round.type('half a line');
    ana.round.take(presence(is));
    expect([ana.round.ready.value, ana.round.draft.value]).toEqual([true, 'half a line']);
    expect(ana.asked.value.filter(({ c }) => c === 'off_record_key')).toHaveLength(1);
  });
});

describe('a server that lies', () => {
  it('is given no key for a pair that it made itself, or moved to another browser', async () => {
    await begun();
    const { key } = await ana.asks('off_record_key');
    const forged = `${key.slice(0, 200)}${key[200] === 'A' ? 'B' : 'A'}${key.slice(201)}` as Sealed;
    host.keys({ [ben.device]: key, [ana.device]: forged });
    await settled();
    circle.time.advance(1000);
    await settled();
    host.keys({ ['c3RyYW5nZXItc3RyYW5nZQ' as DeviceId]: key });
    await settled();
    circle.time.advance(1000);
    // What is genuine, and comes behind it, is handed on all the same.
    host.keys({ [ana.device]: key });
    const { device, to } = await host.asks('off_record_grant');
    expect([device, to]).toEqual([ana.device, key]);
    expect(host.asked.value.filter(({ c }) => c === 'off_record_grant')).toHaveLength(1);
    expect(host.faults).toEqual([]);
  });

  it('cannot have a page take a key from a member, or one that was handed to an earlier page', async () => {
    await begun();
    await hands(ben, 1);
    const { key } = await ana.asks('off_record_key');
    const context = ben.context;
    const { shared } = need(context.room());
    const of = { set: bytesOf(shared.set), session: bytesOf(shared.meeting), round: bytesOf(is.id), epoch: shared.epoch };
    const { key: setKey } = need(context.keys.sealing);
    // A member who knows all that members know, and a pair of an earlier page.
    const earlier = await roundPair();
    ana.keys(undefined, await writeRoundGrant(of, setKey, context.keys.device, earlier.pub, new Uint8Array(32)));
    ana.keys(undefined, await writeRoundGrant(of, setKey, host.context.keys.device, earlier.pub, new Uint8Array(32)));
    circle.time.advance(1000);
    host.keys({ [ana.device]: key });
    const { grant } = await host.asks('off_record_grant', 2);
    ana.keys(undefined, grant);
    await when(ana.round.ready, (ready) => ready);
    const line = await ana.line('Under the key of all');
    ben.says([line]);
    expect((await when(ben.round.lines, (all) => all.length === 1))[0]?.text).toBe('Under the key of all');
  });

  it('cannot put a line into another mouth, another place or another round', async () => {
    await begun();
    await hands(ana, 1);
    await hands(ben, 2);
    const line = await ana.line('Mine');
    ben.says([{ ...line, seat: host.seat, device: host.device }, { ...line, item: 'bm90IHRoaXMgb25lIGhlcg' as ItemId }]);
    const lines = await when(ben.round.lines, (all) => all.length === 2);
    expect(lines.map(({ text }) => text)).toEqual([undefined, undefined]);
    ben.round.take({ t: 'off_record_lines', round: 'YW5vdGhlciByb3VuZCBub3c' as ItemId, lines: [line] });
    await Promise.resolve();
    expect(ben.round.lines.value).toHaveLength(2);
  });

  it('is handed back by anybody who has it what only the page had of whoever began it', async () => {
    await begun();
    await hands(ana, 1);
    const again = new Page(need(people[0]));
    again.round.take(presence(is));
    const { key } = await again.asks('off_record_key');
    ana.keys({ [again.device]: key });
    const { grant } = await ana.asks('off_record_grant');
    again.keys(undefined, grant);
    await when(again.round.ready, (ready) => ready);
    const line = await ana.line('Before you went');
    again.says([line]);
    expect((await when(again.round.lines, (all) => all.length === 1))[0]?.text).toBe('Before you went');
  });
});

/** What opens a grant that somebody else made: the pair that a page has announced. */
async function announced(page: Page): Promise<{ of: Parameters<typeof writeRoundGrant>[0]; setKey: CryptoKey; pub: Uint8Array<ArrayBuffer> }> {
  const { key } = await page.asks('off_record_key', page.count('off_record_key') || 1);
  const { shared } = need(page.context.room());
  const of = { set: bytesOf(shared.set), session: bytesOf(shared.meeting), round: bytesOf(is.id), epoch: shared.epoch };
  const { key: setKey } = need(page.context.keys.sealing);
  const pub = fromB64u(await open(setKey, announcement(of, bytesOf(page.seat), bytesOf(page.device)), key));
  return { of, setKey, pub: need(pub) as Uint8Array<ArrayBuffer> };
}

describe('a page ends a round by itself, also where the server says nothing', () => {
  const seats = (): Shared['seats'] => need(ana.context.room()).shared.seats;
  const ends: readonly (readonly [string, () => void])[] = [
    ['the key is another', () => ana.saysOf({ epoch: need(ana.context.room()).shared.epoch + 1 })],
    ['another meeting', () => ana.saysOf({ meeting: 'YW5vdGhlciBtZWV0aW5nIQ' as Shared['meeting'] })],
    ['the meeting is closed', () => ana.saysOf({ stage: 'closed' })],
    ['who began it has left', () => ana.saysOf({ seats: { [ana.seat]: need(seats()[ana.seat]) } })],
    ['who began it is in the lobby', () => ana.saysOf({ seats: { ...seats(), [host.seat]: { ...need(seats()[host.seat]), in_lobby: true } } })],
    ['its time is up', () => circle.time.advance(LIMITS.off_record_ms)],
  ];
  it.each(ends)('%s', async (_, otherwise) => {
    await begun();
    await hands(ana, 1);
    const line = await ana.line('Under the key that somebody else has too');
    ana.round.type('half a line');
    otherwise();
    // At once, also before anything was drawn.
    expect(await ana.round.write('not for them')).toEqual(GONE);
    ana.says([line]);
    await settled();
    const { round, ready, lines, draft, over } = ana.round;
    expect([round.value, ready.value, lines.value, draft.value, over.value]).toEqual([undefined, false, [], '', true]);
    // The server may say it as often as it likes.
    ana.round.take(presence(is));
    await settled();
    expect([round.value, ana.count('off_record_key')]).toEqual([undefined, 1]);
    expect(ana.faults).toEqual([]);
  });

  it('the list of who holds keys has gone on, and the server names the epoch of before', async () => {
    await begun();
    await hands(ana, 1);
    const { keys } = ana.context;
    const before = need(keys.roster);
    // Ben is removed; Ana and the host walk the list, and no presence is sent.
    const { shared } = need(ana.context.room());
    ana.said = { ...ana.said, epoch: shared.epoch, seats: shared.seats };
    host.said = ana.said;
    const by = need(people[0]).session;
    expect((await by.remove(ben.seat)).ok).toBe(true);
    await ana.context.until(() => need(keys.roster).epoch > before.epoch);
    await settled();
    expect([ana.round.round.value, ana.round.over.value, await ana.round.write('x')]).toEqual([undefined, true, GONE]);
    // The host's page, which removed him, hands the key to nobody any more.
    await settled();
    expect([host.round.round.value, host.count('off_record_grant')]).toEqual([undefined, 1]);
  });

  it.each(['is seen here first', 'comes with the line'])('and nothing goes out that was pressed while the line was down: that it is over %s', async (when_) => {
    await begun();
    const frames: ClientFrame[] = [];
    const outbox = new Outbox(ana.context.world, (frame) => frames.push(frame), () => undefined);
    const page = new Page(need(people[1]), outbox);
    outbox.flush();
    page.round.take(presence(is));
    const announces = (): Command | undefined => frames.flatMap((frame) => (frame.t === 'do' ? [frame.cmd] : [])).at(-1);
    await settled();
    const asked = need(announces()) as Command & { c: 'off_record_key' };
    circle.time.advance(1000);
    host.keys({ [page.device]: asked.key });
    page.keys(undefined, (await host.asks('off_record_grant')).grant);
    await when(page.round.ready, (ready) => ready);
    outbox.pause();
    frames.length = 0;
    const written = page.round.write('For those who are here');
    await settled();
    expect(outbox.unsent.value.map(({ command }) => command)).toEqual(['off_record_line']);
    page.said = { ...page.said, epoch: need(page.context.room()).shared.epoch + 1 };
    if (when_ === 'is seen here first') page.context.turn();
    outbox.flush();
    await settled();
    expect(await written).toEqual(GONE);
    expect([frames, outbox.unsent.value]).toEqual([[], []]);
  });

  it('and hands the key to nobody who waits when it ends, and takes none', async () => {
    await begun();
    const { key } = await ana.asks('off_record_key');
    const { of, setKey, pub } = await announced(ana);
    host.saysOf({ stage: 'closed' });
    host.round.take({ t: 'off_record', round: is.id, wanted: { [ana.device]: key } });
    ana.saysOf({ stage: 'closed' });
    ana.round.take({ t: 'off_record', round: is.id, grants: [await writeRoundGrant(of, setKey, host.context.keys.device, pub, new Uint8Array(32))] });
    await settled();
    expect([host.count('off_record_grant'), ana.round.ready.value]).toEqual([0, false]);
  });

  it('a page that slept looks at the clock', async () => {
    await begun();
    await hands(ana, 1);
    const { time } = ana.context.world;
    const wall = time.wall();
    // The computer's clock went on, and nothing else did.
    (time as { wall: () => number }).wall = () => wall + LIMITS.off_record_ms;
    need(people[1]).world.wake();
    await settled();
    expect([ana.round.round.value, ana.round.over.value]).toEqual([undefined, true]);
  });

  it('a page that is left keeps nothing of it, and is another page when somebody comes back to it', async () => {
    await begun();
    await hands(ana, 1);
    ana.says([await ana.line('Not for who comes after')]);
    await when(ana.round.lines, (all) => all.length === 1);
    ana.round.type('half a line');
    need(people[1]).world.turn('away');
    const { round, ready, lines, draft, over } = ana.round;
    expect([round.value, ready.value, lines.value, draft.value, over.value]).toEqual([undefined, false, [], '', false]);
    need(people[1]).world.turn('back');
    ana.round.take(presence(is));
    const [first, second] = [await ana.asks('off_record_key'), await ana.asks('off_record_key', 2)];
    expect(second.key).not.toBe(first.key);
    expect(ready.value).toBe(false);
  });
});

describe('members who do their worst', () => {
  it('get one answer at a time, at the pace of the page, and the newest pair of each browser counts', async () => {
    await begun();
    // In the order in which the host's page answers: whoever comes behind its own browser first.
    const behind = ({ device }: Page): boolean => device > host.device;
    const [one, other] = [ana, ben].toSorted((a, b) => Number(behind(b)) - Number(behind(a)) || (a.device < b.device ? -1 : 1)) as [Page, Page];
    const [ones, others] = [await one.asks('off_record_key'), await other.asks('off_record_key')];
    let answer = (): void => undefined;
    host.answered = new Promise((done) => {
      answer = done;
    });
    circle.time.advance(1000);
    host.keys({ [one.device]: ones.key, [other.device]: others.key });
    await settled();
    circle.time.advance(10_000);
    await settled();
    expect(host.count('off_record_grant'), 'the first is not answered').toBe(1);
    // The first of them announces pair after pair, meanwhile.
    const again: Sealed[] = [];
    for (let n = 0; n < 20; n += 1) {
      const page = new Page(need(people[one === ana ? 1 : 2]));
      page.round.take(presence(is));
      again.push((await page.asks('off_record_key')).key);
      page.round.drop();
      host.keys({ [one.device]: need(again.at(-1)), [other.device]: others.key });
    }
    await settled();
    expect(host.count('off_record_grant')).toBe(1);
    answer();
    host.answered = Promise.resolve();
    await host.asks('off_record_grant', 2);
    await settled();
    expect(host.count('off_record_grant'), 'no two at once').toBe(2);
    circle.time.advance(1000);
    await host.asks('off_record_grant', 3);
    circle.time.advance(10_000);
    await settled();
    const to = host.asked.value.flatMap((asked) => (asked.c === 'off_record_grant' ? [asked.to] : []));
    expect(to.toSorted()).toEqual([ones.key, need(again.at(-1)), others.key].toSorted());
  });

  it('wait the less the more pages answer: each begins at another place', async () => {
    await begun();
    await hands(ana, 1);
    await hands(ben, 2);
    const [first, middle, last] = [host, ana, ben].toSorted((a, b) => (a.device < b.device ? -1 : 1)) as [Page, Page, Page];
    const again = [first, last].map((page) => new Page(need(people[[host, ana, ben].indexOf(page)])));
    for (const page of again) page.round.take(presence(is));
    const pairs = await Promise.all(again.map(async (page) => [page.device, (await page.asks('off_record_key')).key] as const));
    const before = middle.count('off_record_grant');
    circle.time.advance(1000);
    middle.keys(Object.fromEntries(pairs) as Record<DeviceId, Sealed>);
    expect((await middle.asks('off_record_grant', before + 1)).device).toBe(last.device);
    circle.time.advance(1000);
    expect((await middle.asks('off_record_grant', before + 2)).device).toBe(first.device);
  });

  it('keep nobody out with a grant that does not open, or one of another key', async () => {
    await begun();
    await hands(ana, 1);
    await hands(ben, 2);
    const line = await ana.line('Before you went');
    const again = new Page(need(people[0]));
    again.round.take(presence(is));
    const { of, setKey, pub } = await announced(again);
    const other = await writeRoundGrant(of, setKey, ben.context.keys.device, pub, new Uint8Array(32).fill(7));
    const junk = toB64u(new Uint8Array(178));
    // Ben is quickest, and the lines come right behind.
    again.keys(undefined, junk, other);
    again.says([line]);
    await settled();
    expect([again.round.ready.value, again.round.lines.value]).toEqual([false, []]);
    const { key } = await again.asks('off_record_key');
    ana.keys({ [again.device]: key });
    const { grant } = await ana.asks('off_record_grant');
    again.keys(undefined, grant);
    await when(again.round.ready, (ready) => ready);
    expect((await when(again.round.lines, (all) => all.length === 1))[0]?.text).toBe('Before you went');
    expect(again.faults).toEqual([]);
  });
});
