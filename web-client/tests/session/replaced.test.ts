/** What the set has one of, such as its ground rules, is written anew by another of those who may. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { ItemId } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let co: Person;
let item: ItemId;

const rules = ({ session }: Person): string[] =>
  [...session.texts.value.values()].filter(({ kind }) => kind === 'charter').map(({ text, fault }) => text ?? fault ?? '');

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
  await host.session.write('charter', 'We begin on time');
  item = await circle.reads(co, 'We begin on time');
});

describe('ground rules that another facilitator wrote', () => {
  it('are replaced as they were read, for everybody', async () => {
    expect(await co.session.write('charter', 'We end on time', { replaces: { item, rev: 1 } })).toEqual({ ok: true });
    expect(circle.room.all('put').at(-1)).toMatchObject({ kind: 'charter', rev: 1, replaces: { item, rev: 1 } });
    for (const person of [host, co]) {
      await circle.reads(person, 'We end on time');
      expect(rules(person)).toEqual(['We end on time']);
    }
  });

  it('are not replaced unread, however often the page tries, and what was typed is refused in words', async () => {
    await host.session.write('charter', 'We begin at nine', { item });
    await circle.reads(co, 'We begin at nine');
    const answer = await co.session.write('charter', 'We end on time', { replaces: { item, rev: 1 } });
    expect(answer).toEqual({ ok: false, code: 'stale_revision' });
    expect(co.session.refusal.value).toEqual({ code: 'stale_revision', command: 'put' });
    expect(rules(host)).toEqual(['We begin at nine']);
    expect(await co.session.write('charter', 'We end on time', { replaces: { item, rev: 2 } })).toEqual({ ok: true });
  });

  // fault: F31 — what was replaced is not shown as genuine again
  it('do not come back where the server goes on showing them', async () => {
    const was = need(circle.room.items.get(item));
    await co.session.write('charter', 'We end on time', { replaces: { item, rev: 1 } });
    await circle.reads(host, 'We end on time');
    circle.room.items.set(item, was);
    circle.room.change('written', () => undefined);
    for (const person of [host, co]) {
      await when(person.session.texts, (texts) => texts.has(item));
      expect(rules(person)).toEqual(expect.arrayContaining(['We end on time', 'broken']));
    }
    co = await circle.reload(co);
    await when(co.session.texts, (texts) => texts.get(item)?.fault === 'broken');
  });

  // fault: F13 — clients that saw more than the restored copy say so and offer their own texts again
  it('are written again in the place of those that an earlier copy has', async () => {
    const kept = circle.room.copy();
    await co.session.write('charter', 'We end on time', { replaces: { item, rev: 1 } });
    await Promise.all([host, co].map((person) => circle.reads(person, 'We end on time')));
    circle.room.putBack(kept);
    await circle.back(co);
    await when(co.session.rolledBack, (told) => told);
    await circle.reads(co, 'We begin on time');
    await co.session.writeAgain();
    expect(co.session.lost.value).toEqual([]);
    expect(circle.room.all('put').at(-1)).toMatchObject({ kind: 'charter', replaces: { item, rev: 1 } });
    await circle.reads(co, 'We end on time');
    expect(rules(co)).toEqual(['We end on time']);
  });
});
