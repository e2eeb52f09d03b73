import { beforeEach, describe, expect, it } from 'vitest';
import { Announcer } from '../../src/lib/announce';

/** A live region that remembers all that was said in it. */
class Region {
  readonly said: string[] = [];
  #text: string | null = '';

  get textContent(): string | null {
    return this.#text;
  }

  set textContent(text: string | null) {
    this.#text = text;
    this.said.push(text ?? '');
  }
}

let status: Region;
let alert: Region;
let timers: { what: () => void; ms: number }[];
let announcer: Announcer;

/** Lets the one pending timer ring. */
function ring(): void {
  expect(timers).toHaveLength(1);
  timers.shift()?.what();
}

beforeEach(() => {
  status = new Region();
  alert = new Region();
  timers = [];
  announcer = new Announcer({ status, alert }, (what, ms) => void timers.push({ what, ms }));
});

describe('the announcer', () => {
  it('speaks names without the marks that keep them apart on the screen', () => {
    announcer.say({ kind: 'floor', text: '\u2068Ruth\u2069 has the floor.' });
    expect(status.said).toEqual(['Ruth has the floor.']);
  });

  it('says the first line at once and the next 1.5 s later', () => {
    announcer.say({ kind: 'step', text: 'one' });
    announcer.say({ kind: 'hand', text: 'two' });
    expect(status.said).toEqual(['one']);
    expect(timers[0]?.ms).toBe(1500);
    ring();
    expect(status.said).toEqual(['one', 'two']);
    ring();
    expect(timers).toEqual([]);
  });

  it('makes two announcements of fifteen quick changes', () => {
    for (let i = 1; i <= 15; i += 1) announcer.say({ kind: 'hand', text: `hand ${i}` });
    ring();
    ring();
    expect(status.said).toEqual(['hand 1', 'hand 15']);
  });

  it('keeps the place of a line that a newer one replaces', () => {
    announcer.say({ kind: 'x', text: 'x' });
    announcer.say({ kind: 'a', text: 'a1' });
    announcer.say({ kind: 'b', text: 'b' });
    announcer.say({ kind: 'a', text: 'a2' });
    ring();
    ring();
    expect(status.said).toEqual(['x', 'a2', 'b']);
  });

  it('lets what cannot wait go first, in its own region', () => {
    announcer.say({ kind: 'x', text: 'x' });
    announcer.say({ kind: 'a', text: 'a' });
    announcer.say({ kind: 'line', text: 'lost', assertive: true });
    announcer.say({ kind: 'floor', text: 'you have the floor', assertive: true });
    ring();
    ring();
    expect(alert.said).toEqual(['lost', 'you have the floor']);
    expect(status.said).toEqual(['x']);
    ring();
    expect(status.said).toEqual(['x', 'a']);
  });

  it('replaces an urgent line by a calm one of its kind', () => {
    announcer.say({ kind: 'x', text: 'x' });
    announcer.say({ kind: 'line', text: 'lost', assertive: true });
    announcer.say({ kind: 'line', text: 'back' });
    ring();
    ring();
    expect(alert.said).toEqual([]);
    expect(status.said).toEqual(['x', 'back']);
  });

  it('says the same line again as something new', () => {
    announcer.say({ kind: 'a', text: 'same' });
    ring();
    announcer.say({ kind: 'a', text: 'same' });
    ring();
    announcer.say({ kind: 'a', text: 'same' });
    expect(status.said).toEqual(['same', 'same\u00a0', 'same']);
  });

  it('is quiet while held, then says the newest of each kind', () => {
    announcer.hold();
    announcer.say({ kind: 'hand', text: 'old' });
    announcer.say({ kind: 'hand', text: 'new' });
    expect(status.said).toEqual([]);
    announcer.release();
    expect(status.said).toEqual(['new']);
  });

  it('can drop what waited', () => {
    announcer.hold();
    announcer.say({ kind: 'hand', text: 'old' });
    announcer.release(true);
    announcer.say({ kind: 'silence', text: 'The silence has ended' });
    expect(status.said).toEqual(['The silence has ended']);
  });
});
