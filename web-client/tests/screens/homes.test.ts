/** Where what is typed belongs: which forms there are, and what was begun and stands in none of them. */

import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it } from 'vitest';
import { begunOf, keepBegun } from '../../src/screens/homes';
import type { RoomContext } from '../../src/screens/room/room-context';
import type { Text } from '../../src/session';
import type { Write } from '../../src/wire.gen';

const ME = 'me';
const EACH_ACTION: Write = { by: 'each', kind: 'action', see: 'owner' };
const BIDS: Write = { by: 'each', kind: 'bid', see: 'everyone' };
const QUESTIONS: Write = { by: 'members', kind: 'question', see: 'everyone' };

const all = signal<ReadonlyMap<string, string>>(new Map());
const texts = signal<ReadonlyMap<string, Partial<Text>>>(new Map());
const drafts = {
  all,
  keep(place: string, text: string | undefined): void {
    const next = new Map(all.value);
    if (text === undefined) next.delete(place);
    else next.set(place, text);
    all.value = next;
  },
};

interface Scene {
  readonly part?: number;
  readonly id?: string;
  readonly writes?: readonly Write[];
  readonly stage?: string;
  readonly role?: string;
  readonly presenter?: string;
  readonly controls?: boolean;
}

function room({ part = 3, id = '', writes = [], stage = 'running', role = 'member', presenter, controls = false }: Scene): RoomContext {
  const now = stage === 'running' ? { part, id, writes } : undefined;
  const shared = { stage, now, presenter, agenda: [] };
  const own = { seat: ME, role, controls };
  return { session: { drafts, texts }, shared, own } as unknown as RoomContext;
}

const places = (scene: Scene): string[] => begunOf(room(scene)).map(({ place }) => place);

beforeEach(() => {
  all.value = new Map();
  texts.value = new Map();
});

describe('what is begun', () => {
  it('is at home in its part, and offered in every other one', () => {
    drafts.keep('3 bid', '{"value":"A handover","pressing":2,"minutes":"45"}');
    expect(places({ writes: [BIDS] })).toEqual([]);
    expect(places({ part: 4, writes: [BIDS] })).toEqual(['3 bid']);
    expect(begunOf(room({ part: 4 }))).toEqual([
      { place: '3 bid', kind: 'bid', item: undefined, kept: false, words: 'A handover' },
    ]);
  });

  it('is offered to whoever may not write it any more: who watches now, and where another presents', () => {
    drafts.keep('3 headline', '"My ward"');
    const writes: Write[] = [{ by: 'presenter', kind: 'headline', see: 'everyone' }];
    expect(places({ writes, presenter: ME })).toEqual([]);
    expect(places({ writes, presenter: 'another' })).toEqual(['3 headline']);
    drafts.keep('3 question', '"Who"');
    expect(places({ writes: [QUESTIONS], role: 'observer' })).toEqual(['3 headline', '3 question']);
    expect(places({ writes: [QUESTIONS], presenter: ME })).toEqual(['3 headline', '3 question']);
  });

  it('of ground rules is at home where they can be changed', () => {
    drafts.keep(' charter', '"One voice"');
    expect(places({ stage: 'gathering', controls: true })).toEqual([]);
    expect(places({ part: 0, controls: true })).toEqual([' charter']);
    drafts.keep('2 charter', '"One voice"');
    expect(places({ part: 2, id: 'charter', controls: true })).toEqual([' charter']);
    expect(places({ part: 2, id: 'charter' })).toEqual([' charter', '2 charter']);
  });

  it('of a text of one’s own is at home as long as that has a form', () => {
    const text = { id: 'one', kind: 'question', seat: ME, part: 3, at: 1, text: 'Who' } as unknown as Text;
    texts.value = new Map([['one', text]]);
    drafts.keep('3 question one', '"Who else"');
    expect(places({ writes: [QUESTIONS] })).toEqual([]);
    texts.value = new Map();
    expect(places({ writes: [QUESTIONS] })).toEqual(['3 question one']);
  });

  it('is not told of when it was sent after all, only the answer got lost', () => {
    drafts.keep('3 question', '" Who else "');
    drafts.keep('3 action', '{"what":"Ask"}');
    const sent = (id: string, kind: string, text: string): [string, Partial<Text>] => [id, { kind, seat: ME, part: 3, at: 1, text } as Partial<Text>];
    texts.value = new Map([sent('a', 'question', 'Who else'), sent('b', 'action', '{"what":"Ask"}')]);
    expect(places({ part: 9 })).toEqual([]);
  });

  it('is all told of when the meeting is closed, and what is no text of the room never', () => {
    for (const place of ['door', 'set-up', 'next', 'made title', 'secret code', '3 bid', 'kept 0 question', '3 question 0']) {
      drafts.keep(place, '"typed"');
    }
    expect(places({ stage: 'closed' })).toEqual(['3 bid', 'kept 0 question', '3 question 0']);
  });

  it('is shown whole: an action with all its answers', () => {
    drafts.keep('3 action', '{"what":"Ask","by":"2031-07-19","first":"","help":"Ana"}');
    expect(begunOf(room({ part: 4 }))[0]?.words).toBe('Ask\n2031-07-19\nAna');
  });
});

describe('to keep it', () => {
  const keep = (scene: Scene): boolean => {
    const here = room(scene);
    const [begun] = begunOf(here);
    return begun !== undefined && keepBegun(here, begun);
  };

  it('puts it into the form of the part that takes it', () => {
    drafts.keep('3 question', '"Who"');
    expect(keep({ part: 7, writes: [QUESTIONS] })).toBe(true);
    expect([...all.value]).toEqual([['7 question', '"Who"']]);
  });

  it('keeps it for later where no form takes it, or where something else stands there', () => {
    drafts.keep('3 question', '"Who"');
    expect(keep({ part: 4 })).toBe(false);
    drafts.keep('7 question', '"What"');
    drafts.keep('5 question', '"When"');
    expect(places({ part: 7, writes: [QUESTIONS] })).toEqual(['kept 0 question', '5 question']);
    const here = room({ part: 7, writes: [QUESTIONS] });
    expect(keepBegun(here, begunOf(here)[1] as never)).toBe(false);
    expect(Object.fromEntries(all.value)).toEqual({
      'kept 0 question': '"Who"',
      '7 question': '"What"',
      'kept 1 question': '"When"',
    });
  });

  it('keeps a change of an action with that action', () => {
    const action = { id: 'one', kind: 'action', seat: ME, part: 3, at: 1, text: '{"what":"Ask"}' } as unknown as Text;
    texts.value = new Map([['one', action]]);
    drafts.keep(' action one', '{"what":"Ask Ana"}');
    expect(places({ writes: [EACH_ACTION] })).toEqual([]);
    expect(keep({ part: 4 })).toBe(false);
    expect([...all.value.keys()]).toEqual(['kept 0 action one']);
  });
});
