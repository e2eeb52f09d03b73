/** A server that lies about which meeting is on: what the close of one destroyed stays destroyed. */

import { beforeEach, describe, expect, it } from 'vitest';
import { toB64u } from '../../src/seal/bytes';
import type { Kept } from '../../src/session/memory';
import type { Command, DeviceId, ServerFrame, Shared } from '../../src/wire.gen';
import { settled } from '../settled';
import { Circle, type Person, ready } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

const questions = (): (Command & { c: 'put' })[] => circle.room.all('put').filter(({ kind }) => kind === 'question');
/** What the server says to everybody from now on is changed. */
const lie = (change: (frame: ServerFrame) => ServerFrame | undefined, to?: DeviceId): void => {
  circle.room.twist = (frame, line) => (to === undefined || line.device === to ? change(frame) : frame);
};

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

describe('the server names another meeting than the one that is on', () => {
  const ITEM = 'what the close destroyed';
  let first: Shared['meeting'];
  /** The room as it was in the meeting that is over. */
  let old: ReturnType<typeof circle.room.copy>;
  let oldItems: Shared['items'];

  /** One meeting, in which the member asked something; then the next one. */
  async function twoMeetings(): Promise<void> {
    await member.session.write('question', ITEM);
    await circle.reads(host, ITEM);
    first = circle.room.shared.meeting;
    old = circle.room.copy();
    oldItems = circle.room.shared.items;
    await host.session.ask({ c: 'close' });
    await when(member.session.shared, (shared) => shared?.stage === 'closed');
    expect(await host.session.nextMeeting(host.session.drawMeeting())).toEqual({ ok: true });
  }
  /** The place of what the member was told last that way. */
  let told: number;
  beforeEach(() => {
    told = 0;
  });
  const says = (shared: object): void => {
    told = Math.max(told, circle.room.seq) + 1;
    circle.line(member).say({ t: 'change', seq: told, at: 0, what: 'x', shared } as never);
  };
  const asked = (person: Person) => [...person.session.texts.value.values()].find(({ kind }) => kind === 'question');
  const NOTHING = { shown: undefined, sealed: 0 };
  /** What is shown as genuine of what the close destroyed, and how many questions are sealed when one is asked. */
  async function holds(person: Person): Promise<object> {
    await settled();
    const before = questions().length;
    void person.session.write('question', 'secret');
    await settled();
    return { shown: asked(person)?.text, sealed: questions().length - before };
  }

  // fault: F31 — a meeting that is over is not shown as the one that is on
  it('one that is over, in one frame: nothing is sealed, nothing of it opens, and the screen says so', async () => {
    await twoMeetings();
    await ready(member, 2);
    says({ meeting: first, items: oldItems });
    await when(member.session.keys, (keys) => keys === 'past');
    await when(member.session.texts, () => asked(member)?.fault === 'broken');
    expect(await holds(member)).toEqual(NOTHING);
    says({ meeting: circle.room.shared.meeting });
    await when(member.session.keys, (keys) => keys === 'ready');
  });

  it('one that is over, to a page that is opened anew', async () => {
    await twoMeetings();
    await ready(member, 2);
    lie((frame) => (frame.t === 'snapshot' ? { ...frame, shared: { ...frame.shared, meeting: first, items: oldItems } } : frame));
    const again = await circle.reload(member);
    await when(again.session.keys, (keys) => keys === 'past');
    expect(await holds(again)).toEqual(NOTHING);
  });

  it.each(['in the room', 'away'])('the first one still, to somebody who was %s when the next one opened', async (where) => {
    const away = where === 'away';
    lie((frame) => {
      const { meeting: _, stage: __, items: ___, ...shared } = ('shared' in frame ? frame.shared : {}) as Partial<Shared>;
      if (frame.t === 'snapshot' && first !== undefined) {
        return { ...frame, shared: { ...frame.shared, meeting: first, stage: 'gathering', items: oldItems } };
      }
      return frame.t === 'change' && oldItems !== undefined ? ({ ...frame, shared } as ServerFrame) : frame;
    }, circle.device(member));
    await member.session.write('question', ITEM);
    first = circle.room.shared.meeting;
    oldItems = circle.room.shared.items;
    if (away) member.session.close();
    await host.session.ask({ c: 'close' });
    expect(await host.session.nextMeeting(host.session.drawMeeting())).toEqual({ ok: true });
    const there = away ? await circle.reload(member) : member;
    await when(there.session.shared, (shared) => shared?.epoch === 2);
    await when(there.session.keys, (keys) => keys === 'past');
    expect(await holds(there)).toEqual(NOTHING);
    // Not with the next key either.
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    await when(there.session.shared, (shared) => shared?.epoch === 3);
    await when(there.session.keys, (keys) => keys === 'past');
    expect(await holds(there)).toEqual(NOTHING);
  });

  it('one that has not opened, or never was', async () => {
    says({ meeting: toB64u(new Uint8Array(16).fill(5)) });
    await when(member.session.keys, (keys) => keys === 'waiting');
    void member.session.write('question', 'secret');
    await settled();
    expect(questions()).toEqual([]);
  });

  it('one that is over, to somebody who was not there then', async () => {
    await twoMeetings();
    const late = await circle.join(host.session.links.value.member, 'Gareth');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    lie((frame) => (frame.t === 'snapshot' ? { ...frame, shared: { ...frame.shared, meeting: first, items: oldItems } } : frame), need(knocker).device);
    await host.session.admit(need(knocker).device);
    await when(late.session.shared, (shared) => shared?.epoch === 2);
    await when(late.session.keys, (keys) => keys === 'waiting');
    expect(await holds(late)).toEqual(NOTHING);
  });

  it('as if a copy had been put back: the host makes a key, and nothing of the meeting that is over is sealed again', async () => {
    await twoMeetings();
    await ready(member, 2);
    // The host knows numbers of the member's boxes that the copy does not.
    await member.session.write('headline', 'of the second meeting');
    await circle.reads(host, 'of the second meeting');
    circle.room.putBack(old);
    circle.time.advance(15_000);
    await when(member.session.shared, (shared) => (shared?.epoch ?? 0) > 2);
    await when(member.session.keys, (keys) => keys === 'ready');
    expect(member.session.rolledBack.value).toBe(true);
    expect(member.session.shared.value?.meeting).toBe(first);
    await circle.quiet(member);
    expect(asked(member)).toMatchObject({ text: undefined, fault: 'broken' });
    expect(questions()).toHaveLength(1);
    expect(await member.session.write('question', 'on we go')).toEqual({ ok: true });
    await circle.reads(host, 'on we go');
    // The next one opens as ever.
    await host.session.ask({ c: 'close' });
    await when(host.session.shared, (shared) => shared?.stage === 'closed');
    expect(await host.session.nextMeeting(host.session.drawMeeting())).toEqual({ ok: true });
    await when(member.session.keys, (keys) => keys === 'ready');
  });

  it('where an earlier page made the present key: what the room says with it counts, until the next one', async () => {
    /** As it was kept before it was signed of which meeting a key is. */
    const forgetful = ({ profile }: Person): void => {
      const { meeting: _, verified, ...rest } = need(profile.sets.get(circle.set)) as Kept;
      const { meeting: __, ...roster } = need(verified);
      profile.sets.set(circle.set, { ...rest, verified: roster } as never);
    };
    await member.session.write('question', ITEM);
    for (const person of [host, member]) forgetful(person);
    host = await circle.reload(host);
    member = await circle.reload(member);
    await ready(member, 1);
    await when(member.session.texts, () => asked(member)?.text === ITEM);
    await when(host.session.keys, (keys) => keys === 'ready');
    await twoMeetings();
    await ready(member, 2);
    says({ meeting: first, items: oldItems });
    await when(member.session.keys, (keys) => keys === 'past');
    expect(await holds(member)).toEqual(NOTHING);
  });
});
