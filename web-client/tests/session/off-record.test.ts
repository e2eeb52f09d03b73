/** A round off the record between pages, with a server that carries what it likes from one to the other. */

import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { toB64u } from '../../src/seal/bytes';
import { roundPair, writeRoundGrant } from '../../src/seal/off-record';
import type { Context } from '../../src/session/context';
import { newOffRecord } from '../../src/session/off-record';
import type { SetSession } from '../../src/session/session';
import { bytesOf } from '../../src/session/texts';
import type { OffRecord } from '../../src/session/types';
import type { Command, DeviceId, ItemId, OffRecordLine, OffRecordRound, Sealed, SeatId, ServerFrame } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

type Of<C extends Command['c']> = Command & { c: C };

/** One page: what it holds of the round, and what it has asked for. */
class Page {
  readonly asked = signal<readonly Command[]>([]);
  readonly context: Context;
  readonly round: OffRecord;
  readonly faults: unknown[] = [];
  readonly seat: SeatId;
  readonly device: DeviceId;

  constructor({ session }: Person) {
    const { context } = (session as SetSession).connection;
    const outbox = {
      take: (name: Command['c']) => ({ cid: 'x', name, seen: 0, since: 0, quiet: true }),
      send: async (_: unknown, command: Command) => {
        this.asked.value = [...this.asked.value, command];
        return { ok: true };
      },
      drop: () => undefined,
    } as unknown as Context['outbox'];
    const aside = (work: Promise<unknown>): void => {
      work.catch((fault: unknown) => this.faults.push(fault));
    };
    this.context = { ...context, outbox, aside };
    this.round = newOffRecord(this.context, signal(true));
    const own = need(session.own.value);
    [this.seat, this.device] = [own.seat, own.device];
  }

  async asks<C extends Command['c']>(name: C, count = 1): Promise<Of<C>> {
    const of = (all: readonly Command[]): Command[] => all.filter(({ c }) => c === name);
    return of(await when(this.asked, (all) => of(all).length >= count))[count - 1] as Of<C>;
  }

  keys(wanted?: Record<DeviceId, Sealed>, grant?: string): void {
    const round = need(this.round.round.value).id;
    this.round.take({ t: 'off_record', round, ...(wanted && { wanted }), ...(grant !== undefined && { grant }) });
  }

  says(lines: OffRecordLine[]): void {
    this.round.take({ t: 'off_record_lines', round: need(this.round.round.value).id, lines });
  }

  async line(text: string): Promise<OffRecordLine> {
    const { item, box } = need(await this.round.line(text));
    return { item, seat: this.seat, device: this.device, box };
  }
}

const presence = (off_record?: OffRecordRound): ServerFrame => ({ t: 'presence', here: [], ...(off_record && { off_record }) });

let host: Page;
let ana: Page;
let ben: Page;
let people: readonly Person[];
let is: OffRecordRound;

/** Has the key handed to a page. */
async function hands(to: Page, count: number): Promise<void> {
  const { key } = await to.asks('off_record_key');
  host.keys({ [to.device]: key });
  const { grant, device, to: announced } = await host.asks('off_record_grant', count);
  expect([device, announced]).toEqual([to.device, key]);
  to.keys(undefined, grant);
  await when(to.round.ready, (ready) => ready);
}

/** A host, Ana and Ben, in a round that the host has begun. */
async function begun(): Promise<void> {
  const circle = new Circle();
  const by = await circle.host();
  const { member } = by.session.links.value;
  people = [by, await circle.join(member, 'Ana', by), await circle.join(member, 'Ben', by)];
  [host, ana, ben] = people.map((person) => new Page(person)) as [Page, Page, Page];
  is = { id: host.round.begins().round, by: host.seat, ends_at: 1 };
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
    expect(await ana.round.line('too late')).toBeUndefined();
    // What comes late is of nothing.
    ana.round.take({ t: 'off_record_lines', round: is.id, lines: [line] });
    ana.round.take({ t: 'off_record', round: is.id, grant });
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
    host.keys({ ['c3RyYW5nZXItc3RyYW5nZQ' as DeviceId]: key });
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
