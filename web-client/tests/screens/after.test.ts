/** The form at the end: what of it is opened, and what this page says of its own answer. */

import { type Signal, signal } from '@preact/signals';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Answering, heldOf, sends } from '../../src/screens/after/answer';
import { openAll, type Ratings } from '../../src/screens/after/rules';
import type { Answer, Line } from '../../src/session';
import type { ItemId, MeetingId, Sealed, Shared } from '../../src/wire.gen';

const boxes = (count: number): [ItemId, Sealed][] => Array.from({ length: count }, (_, n) => [`item ${n}` as ItemId, `box ${n}` as Sealed]);

describe('answers that are shown', () => {
  it('are opened from five on, and of fewer none is', async () => {
    let opened = 0;
    const open = (): Promise<string> => {
      opened += 1;
      return Promise.resolve('{"heard":3}');
    };
    expect(await openAll(boxes(4), open)).toBe('few');
    expect(opened).toBe(0);
    expect(await openAll(boxes(5), open)).toEqual(Array.from({ length: 5 }, () => ({ heard: 3 })));
    expect(opened).toBe(5);
  });

  it('are no more when the others beside them are of nobody', async () => {
    const open = (at: string): Promise<string | undefined> => Promise.resolve(at === 'item 0' ? '{"safe":1}' : undefined);
    expect(await openAll(boxes(9), open)).toBe('few');
    const most = (at: string): Promise<string | undefined> => Promise.resolve(at === 'item 0' ? undefined : '{"safe":1}');
    expect(await openAll(boxes(6), most)).toHaveLength(5);
  });
});

describe('an answer of this page', () => {
  const meeting = 'now' as MeetingId;
  const given: Ratings = { heard: 3 };
  let asked: [text: string, again: boolean | undefined][];
  let says: (answer: Answer) => void;
  let line: Signal<Line>;
  let shared: Signal<Shared | undefined>;
  let session: Answering;
  /** What was known of it before the service had answered. */
  let untold: unknown;
  const settle = (): Promise<void> => new Promise((done) => setTimeout(done));
  const held = (): unknown => heldOf(session).value?.sent?.counts;

  beforeEach(async () => {
    asked = [];
    line = signal<Line>('live');
    shared = signal({ meeting, epoch: 4, form: {} } as unknown as Shared);
    session = {
      line, shared,
      answerForm: (text, again) => {
        asked.push([text, again]);
        return new Promise((done) => {
          says = done;
        });
      },
    };
    heldOf(session).value = { meeting, given };
    const sending = sends(session, meeting, 4);
    untold = held();
    says({ ok: true });
    await sending;
  });

  it('counts once the service has taken it, and not any more when the line is gone: then it is sent again', async () => {
    expect(untold).toBeUndefined();
    expect(held()).toBe(true);
    // Marked since, and not sent.
    const now = heldOf(session).value;
    heldOf(session).value = { ...now, meeting, given: { heard: 1 } };
    line.value = 'waiting';
    expect(held()).toBe(false);
    line.value = 'connecting';
    expect(asked).toHaveLength(1);
    line.value = 'live';
    expect(asked.slice(1)).toEqual([['{"heard":3}', true]]);
    expect(held()).toBe(false);
    says({ ok: true });
    await settle();
    expect(held()).toBe(true);
    expect(heldOf(session).value?.given).toEqual({ heard: 1 });
  });

  it('does not count where it was refused, or the line went meanwhile', async () => {
    line.value = 'waiting';
    line.value = 'live';
    says({ ok: false, code: 'stale_epoch' });
    await settle();
    expect(held()).toBe(false);
    line.value = 'waiting';
    line.value = 'live';
    line.value = 'trouble';
    says({ ok: true });
    await settle();
    expect(held()).toBe(false);
  });

  it.each<[string, object]>([
    ['another key', { epoch: 5 }],
    ['another meeting', { meeting: 'next' }],
    ['answers that are shown', { form: { a: 'box' } }],
  ])('is not sent again by itself after %s', (_, other) => {
    line.value = 'waiting';
    shared.value = { ...shared.value, ...other } as Shared;
    line.value = 'live';
    expect(asked).toHaveLength(1);
  });

  it('is the newest: one that was sent meanwhile is not taken for the one before it', async () => {
    line.value = 'waiting';
    line.value = 'live';
    const again = says;
    heldOf(session).value = { ...heldOf(session).value, meeting, given: { heard: 2 } };
    const sending = sends(session, meeting, 4);
    says({ ok: true });
    await sending;
    again({ ok: true });
    await settle();
    expect(heldOf(session).value?.sent).toEqual({ text: '{"heard":2}', epoch: 4, counts: true });
  });
});
