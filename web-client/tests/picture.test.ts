/** What is said aloud is true, said once, and not said into a silence that does not need it. */

import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from '../src/lib/announce';
import { PLANS, TEMPLATES } from '../src/names.gen';
import { announceHappenings, TimeMarks } from '../src/screens/announcements';
import type { RoomContext } from '../src/screens/room/room-context';
import type { Happening, Session } from '../src/session';
import type { Shared } from '../src/wire.gen';

const NOW = 1_790_000_000_000;
const MINUTE = 60_000;

/** Messages are not loaded here, so a line is its id. */
let said: string[];
let announcer: Announcer;

beforeEach(() => {
  // The title of the page says where people are.
  vi.stubGlobal('document', { title: '' });
  said = [];
  const region = {
    get textContent(): string {
      return '';
    },
    set textContent(text: string) {
      said.push(text);
    },
  };
  announcer = new Announcer({ status: region, alert: region }, (what) => what());
});

function at(left: number, total: number, more: object = {}): RoomContext {
  const shared = {
    now: { part: 3, floor: 'open' },
    clock: { is: 'running', ends_at: NOW + left, total_ms: total },
    silence: false,
    round: {},
    ...more,
  } as unknown as Shared;
  return { shared, own: { seat: 'me' }, announcer, second: signal(NOW) } as unknown as RoomContext;
}

describe('marks of time', () => {
  it.each([1, 2, 5])('a part of %i minutes does not begin with how long it is', (minutes) => {
    const marks = new TimeMarks();
    marks.tick(at(minutes * MINUTE, minutes * MINUTE));
    marks.tick(at(minutes * MINUTE - 1000, minutes * MINUTE));
    expect(said).toEqual([]);
  });

  it('a longer one says five, two and time, once each', () => {
    const marks = new TimeMarks();
    for (let left = 6 * MINUTE; left >= -5000; left -= 1000) {
      const room = at(left, 6 * MINUTE);
      // The deadline stays; it is the seconds that pass.
      (room.shared.clock as { ends_at: number }).ends_at = NOW + 6 * MINUTE;
      (room.second as { value: number }).value = NOW + 6 * MINUTE - left;
      marks.tick(room);
    }
    expect(said).toEqual(['say-time', 'say-time', 'say-time']);
  });

  it.each([
    { why: 'asked for', more: { silence: true } },
    { why: 'of the part', more: { now: { part: 3, floor: 'silence' } } },
  ])('a silence $why hears none', ({ more }) => {
    const marks = new TimeMarks();
    marks.tick(at(6 * MINUTE, 6 * MINUTE, more));
    for (const left of [4 * MINUTE, MINUTE, -1000]) marks.tick(at(left, 6 * MINUTE, more));
    expect(said).toEqual([]);
  });
});

describe('happenings', () => {
  function happen(...happenings: readonly Partial<Happening>[]): void {
    let tell: (happening: Happening) => void = () => undefined;
    const session = {
      own: signal({ seat: 'me', controls: false }),
      shared: signal(undefined),
      knocks: signal([]),
      claims: signal([]),
      line: signal('live'),
      refusal: signal(undefined),
      here: signal(new Set()),
      names: signal(new Map()),
      onHappening: (listener: typeof tell) => {
        tell = listener;
        return () => undefined;
      },
    } as unknown as Session;
    const stop = announceHappenings(session, announcer);
    for (const happening of happenings) tell(happening as Happening);
    stop();
  }

  const before = { stage: 'gathering', round: {}, queue: {} } as unknown as Shared;
  const running = (more: object): Shared =>
    ({ stage: 'running', round: {}, queue: {}, silence: false, now: { part: 0, id: 'settle', floor: 'open', cue: 'settle' }, ...more }) as unknown as Shared;

  it('the start is said once', () => {
    happen({ what: 'started', before, after: running({}) }, { what: 'moved', before: running({}), after: running({}) });
    expect(said).toEqual(['say-part']);
  });

  it('a press that is taken back is no new part', () => {
    happen({ what: 'undone', before: running({}), after: running({}) });
    expect(said).toEqual(['say-undone']);
  });
});

it('an answer to one’s own press is said in a silence, and nothing else', () => {
  announcer.hold();
  announcer.say({ kind: 'time', text: 'two minutes' });
  announcer.say({ kind: 'saved', text: 'saved', own: true });
  announcer.say({ kind: 'hand', text: 'a hand' });
  expect(said).toEqual(['saved']);
  announcer.release();
  expect(said).toEqual(['saved', 'two minutes', 'a hand']);
});

it('every plan says for how many presenters it has time with every way of working', () => {
  for (const { slots } of PLANS) {
    expect(Object.keys(slots)).toEqual(TEMPLATES.map(({ id }) => id));
    for (const count of Object.values(slots)) expect(count).toBeGreaterThan(0);
  }
});
