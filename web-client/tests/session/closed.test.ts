/** Between two meetings: what the browsers of a closed set can still do. */

import { beforeEach, describe, expect, it } from 'vitest';
import { sealedUnder } from '../../src/seal/box';
import { parseLink } from '../../src/seal/link';
import { sessions } from '../../src/session';
import { dutyOf } from '../../src/session/duties';
import type { SetSession } from '../../src/session/session';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

async function close(): Promise<void> {
  await host.session.ask({ c: 'close' });
  for (const { session } of [host, member]) {
    // oxlint-disable-next-line no-await-in-loop -- two people
    await when(session.shared, (shared) => shared?.stage === 'closed');
  }
}

/** The same person on another browser, while the first is away. */
async function again(person: Person): Promise<Person> {
  const seat = circle.seat(person);
  person.session.close();
  await circle.room.until(() => circle.room.linesOf(seat).length === 0);
  return circle.join(host.session.links.value.member, 'Bethan', host, seat);
}

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

describe('at a closed set', () => {
  it('a host on a new browser comes onto the roster: what is their own opens, and is written on', async () => {
    await host.session.write('learning_question', 'my own');
    await circle.reads(host, 'my own');
    await close();
    const link = parseLink(need(host.session.links.value.host));
    host.session.close();
    const { world, profile } = circle.world();
    const session = await sessions(world).open(link);
    await session.knock('Amina at home');
    const item = await circle.reads({ session, world, profile }, 'my own');
    expect(await session.write('learning_question', 'and more', { item })).toEqual({ ok: true });
    expect(circle.room.all('rekey').slice(1)).toEqual([]);
  });

  it('who was there, and lines that wait, are forgotten with the line: a service that began anew knows neither', async () => {
    await close();
    const { meeting } = need(host.session.shared.value);
    const [line] = circle.room.linesOf(circle.seat(host));
    need(line).say({ t: 'attendance', meeting, seats: { [circle.seat(member)]: 'came' } });
    need(line).say({ t: 'lines', lines: { [circle.seat(member)]: { mine: true } } } as never);
    await when(host.session.attended, (attended) => attended[circle.seat(member)] === 'came');
    await when(host.session.offers, (offers) => Object.keys(offers).length === 1);
    circle.room.cut();
    circle.time.advance(15_000);
    await when(host.session.attended, (attended) => Object.keys(attended).length === 0);
    expect(host.session.offers.value).toEqual({});
  });

  it('an answer that is sent again by itself makes no noise where it is refused, and one that was pressed does', async () => {
    circle.room.refuse = ({ c }) => (c === 'answer_form' ? { code: 'already' } : undefined);
    const refused = { ok: false, code: 'already' };
    const again = member.session.answerForm('{"heard":3}', true);
    await circle.room.until(() => circle.room.all('answer_form').length === 1);
    expect(member.session.unsent.value).toEqual([]);
    expect(await again).toEqual(refused);
    expect(member.session.refusal.value).toBeUndefined();
    expect(await member.session.answerForm('{"heard":3}')).toEqual(refused);
    expect(member.session.refusal.value).toEqual({ command: 'answer_form', code: 'already' });
  });

  it('an answer of the form is under one name, however often a page sends it', async () => {
    for (const again of [undefined, false, true]) {
      // oxlint-disable-next-line no-await-in-loop -- in order
      await member.session.answerForm('{"heard":3}', again);
    }
    await host.session.answerForm('{"heard":1}');
    const sent = circle.room.all('answer_form');
    expect(sent.map(({ again }) => again)).toEqual([undefined, undefined, true, undefined]);
    expect(new Set(sent.slice(0, 3).map(({ item }) => item)).size).toBe(1);
    expect(new Set(sent.map(({ box }) => box)).size).toBe(4);
    expect(sent[3]?.item).not.toBe(sent[0]?.item);
  });

  it('a copy that was put back from before a change of who holds keys is made level, and the next meeting opens', async () => {
    await close();
    const kept = circle.room.copy();
    member = await again(member);
    const { epoch } = need(host.session.shared.value);
    circle.room.putBack(kept);
    circle.time.advance(15_000);
    await when(host.session.shared, (shared) => (shared?.epoch ?? 0) > epoch);
    await when(host.session.keys, (keys) => keys === 'ready');
    expect(circle.room.all('rekey').at(-1)?.keys.edit?.whole).toBe(true);
    expect(await host.session.nextMeeting(host.session.drawMeeting())).toEqual({ ok: true });
  });

  it('no key is due for somebody who left: the next meeting has its own', async () => {
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    const third = await circle.join(host.session.links.value.co_facilitator, 'Olwen', host);
    await close();
    await third.session.ask({ c: 'leave' });
    for (const { session } of [host, co]) {
      // oxlint-disable-next-line no-await-in-loop -- two people
      await when(session.shared, (shared) => shared?.stage === 'closed' && (shared.key_due ?? []).length > 0);
      expect(dutyOf((session as SetSession).connection.context)).toBeUndefined();
    }
  });

  it('what was shown goes under the own key once the return code is typed, on the same page', async () => {
    const means = await member.session.ownCode();
    const code = await means.fresh();
    expect(await means.onlyMe(code)).toEqual({ ok: true });
    member = await again(member);
    await when(member.session.help, (help) => help === 'locked');
    // As another page of theirs had shown it.
    const { writer } = (member.session as SetSession).connection;
    expect(await writer.write({ kind: 'action', text: 'mine', forAll: true })).toEqual({ ok: true });
    const item = await circle.reads(member, 'mine');
    const isOwn = (): boolean => sealedUnder(need(circle.room.items.get(item)).box).own;
    await close();
    await circle.quiet(member);
    expect(isOwn()).toBe(false);
    expect(await (await member.session.ownCode()).open(code)).toBe('opened');
    await circle.room.until(isOwn);
    await circle.reads(member, 'mine');
  });
});
