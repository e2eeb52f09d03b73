import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outlastsClose, reduce, type RoomState } from '../../src/session/model';
import type { ItemId, SeatId, ServerFrame } from '../../src/wire.gen';

const SNAPSHOT = {
  t: 'snapshot', seq: 5, at: 1, build: 'one',
  shared: { set: 's', epoch: 1, queue: { a: { rank: 1 } }, items: {}, stage: 'running' },
  own: { seat: 'a', keys: true, items: {}, next_n: 0 },
} as unknown as ServerFrame & { t: 'snapshot' };

const start = reduce(undefined, SNAPSHOT) as RoomState;
const change = (seq: number, shared: object): ServerFrame =>
  ({ t: 'change', seq, at: 2, what: 'hand_raised', shared }) as unknown as ServerFrame;

describe('the room after a frame', () => {
  it('begins with a snapshot, and with nothing before it', () => {
    expect(start).toMatchObject({ seq: 5, shared: SNAPSHOT.shared, own: SNAPSHOT.own });
    expect(reduce(undefined, { t: 'presence', here: [] })).toBeUndefined();
  });

  it('merges a change, shares what it does not touch, and changes nothing in place', () => {
    const before = structuredClone(start.shared);
    const next = reduce(start, change(6, { queue: { b: { rank: 2 } }, stage: null })) as RoomState;
    expect(next.seq).toBe(6);
    expect(next.shared.queue).toEqual({ a: { rank: 1 }, b: { rank: 2 } });
    expect('stage' in next.shared).toBe(false);
    expect(next.shared.items).toBe(start.shared.items);
    expect(start.shared).toEqual(before);
  });

  it('what only its author may see takes no place', () => {
    const own = reduce(start, { t: 'own', seq: 5, own: {} }) as RoomState;
    expect(own.seq).toBe(5);
    expect(reduce(own, change(6, {}))).toMatchObject({ seq: 6 });
  });

  it('knows which browsers at the door are said to be this person’s', () => {
    const asked = reduce(start, { t: 'claims', claims: { d: { at: 3 } } } as never) as RoomState;
    expect(asked.claims).toEqual({ d: { at: 3 } });
    expect((reduce(asked, { t: 'claims', claims: {} }) as RoomState).claims).toEqual({});
  });

  it('never merges over a hole', () => {
    expect(reduce(start, change(7, {}))).toBe('hole');
    expect(reduce(start, { t: 'own', seq: 6, own: {} })).toBe('hole');
    expect(reduce(start, { t: 'done', seq: 6, cid: 'c' as never })).toBe('hole');
    expect(reduce(undefined, change(1, {}))).toBe('hole');
  });

  it('what was seen before says nothing new', () => {
    expect(reduce(start, change(5, { epoch: 9 }))).toBe(start);
    expect(reduce(start, { t: 'done', seq: 5, cid: 'c' as never })).toBe(start);
  });

  it('takes the own part as a patch, or whole after a return', () => {
    const patched = reduce(start, { t: 'own', seq: 5, own: { next_n: 3 } }) as RoomState;
    expect(patched.own).toMatchObject({ seat: 'a', next_n: 3 });
    const own = { seat: 'b' } as never;
    expect((reduce(start, { t: 'own', seq: 4, own, whole: true }) as RoomState).own).toEqual({ seat: 'b' });
  });

  it('takes presence and the door as they are', () => {
    const seat = 'a' as SeatId;
    const here = reduce(start, { t: 'presence', here: [seat], no_facilitator_since: 7 }) as RoomState;
    expect([[...here.here], here.noFacilitatorSince]).toEqual([[seat], 7]);
    const gone = reduce(here, { t: 'presence', here: [] }) as RoomState;
    expect([[...gone.here], gone.noFacilitatorSince]).toEqual([[], undefined]);
    const knocks = { d: { role: 'm' } } as never;
    const door = reduce(start, { t: 'knocks', knocks }) as RoomState;
    expect(door.knocks).toEqual(knocks);
    // Somebody who no longer holds keys sees nobody at the door.
    const demoted = { ...SNAPSHOT, own: { ...SNAPSHOT.own, keys: false } };
    expect((reduce(door, demoted) as RoomState).knocks).toEqual({});
  });

  it('other frames leave it as it is', () => {
    expect(reduce(start, { t: 'beat', at: 1 })).toBe(start);
    expect(reduce(start, { t: 'refused', code: 'busy' })).toBe(start);
  });
});

// The frames that the protocol's own tests made: what they say must come out here, too.
const WIRE = new URL('../../../protocol/tests/data/wire/', import.meta.url);
const namesIn = (dir: string): string[] =>
  readdirSync(new URL(dir, WIRE)).filter((name) => name.endsWith('.json'));
const read = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, WIRE), 'utf8')) as T;

interface Sequence {
  readonly snapshot: ServerFrame;
  readonly frames: readonly ServerFrame[];
  readonly expect_shared: unknown;
  readonly expect_own: unknown;
}

describe('a practice in the room of a set in pairs', () => {
  const practices = { proposed: {}, adopted: { adopted_at: 1 } };
  const room = { shared: { mode: 'double', practices }, own: { items: { theirs: {} } } } as unknown as RoomState;

  it.each([['proposed', false], ['adopted', true], ['theirs', true]] as const)('%s: outlasts the close %s', (id, outlasts) => {
    expect(outlastsClose(room, id as unknown as ItemId, 'practice')).toBe(outlasts);
  });
});

describe('golden sequences', () => {
  it.each(namesIn('sequences/'))('%s', (name) => {
    const golden = read<Sequence>(`sequences/${name}`);
    let room = reduce(undefined, golden.snapshot);
    for (const frame of golden.frames) {
      if (room === 'hole') throw new Error(`a hole before ${JSON.stringify(frame).slice(0, 80)}`);
      room = reduce(room, frame);
    }
    if (room === undefined || room === 'hole') throw new Error('no room');
    expect(room.shared).toEqual(golden.expect_shared);
    expect(room.own).toEqual(golden.expect_own);
  });
});

describe('golden frames', () => {
  it.each(namesIn('server/'))('%s is taken without a fault', (name) => {
    const { frame } = read<{ frame: ServerFrame }>(`server/${name}`);
    expect(['hole', 'object']).toContain(reduce(start, frame) === 'hole' ? 'hole' : typeof reduce(start, frame));
  });
});
