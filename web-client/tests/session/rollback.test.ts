/** An earlier copy of the room is put back: people are told, and what they wrote can be written again. */

import { beforeEach, describe, expect, it } from 'vitest';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

describe('after an earlier copy was put back', () => {
  // fault: F13 — clients that saw more than the restored copy say so and offer their own texts again
  it('people are told, and own texts that are gone can be written again', async () => {
    const early = await member.session.write('question', 'first thought');
    expect(early).toEqual({ ok: true });
    const item = await circle.reads(host, 'first thought');
    const kept = circle.room.copy();
    await member.session.write('question', 'second thought', { item });
    await member.session.write('question', 'a new one');
    await host.session.write('question', 'not Bethan\u2019s');
    // Whoever wrote a text must have seen it too: only what stood on a page is known to be lost.
    const all = ['second thought', 'a new one', 'not Bethan\u2019s'];
    await Promise.all([host, member].flatMap((person) => all.map((text) => circle.reads(person, text))));
    circle.room.putBack(kept);
    await circle.back(member);
    await when(member.session.rolledBack, (told) => told);
    const lost = member.session.lost.value.map(({ text }) => text).toSorted();
    expect(lost).toEqual(['a new one', 'second thought']);
    await when(member.session.texts, (texts) => texts.get(item)?.text === 'first thought');

    await member.session.writeAgain();
    expect(member.session.lost.value).toEqual([]);
    await circle.back(host);
    expect(host.session.rolledBack.value).toBe(true);
    expect(host.session.lost.value.map(({ text }) => text)).toEqual(['not Bethan\u2019s']);
    // Others can read them: they are not taken for forgeries of what stood there before.
    await circle.reads(host, 'second thought');
    await circle.reads(host, 'a new one');
    const texts = [...host.session.texts.value.values()];
    expect(texts.every(({ fault }) => fault === undefined)).toBe(true);
    host.session.dropLost();
    expect(host.session.lost.value).toEqual([]);
    expect(host.session.rolledBack.value).toBe(false);
    expect(member.session.rolledBack.value).toBe(true);
  });

  it('a practice is written again with the action that it comes from', async () => {
    await member.session.write('action', 'I will ask her');
    const action = await circle.reads(member, 'I will ask her');
    const kept = circle.room.copy();
    expect(await member.session.write('practice', 'We ask first', { action })).toEqual({ ok: true });
    await circle.reads(member, 'We ask first');
    circle.room.putBack(kept);
    circle.room.practices.clear();
    await circle.back(member);
    await when(member.session.rolledBack, (told) => told);
    await member.session.writeAgain();
    expect(member.session.lost.value).toEqual([]);
    expect(circle.room.all('put').at(-1)).toMatchObject({ kind: 'practice', action });
    await circle.reads(host, 'We ask first');
  });

  it('what was pressed and not answered goes out again by itself, once', async () => {
    const kept = circle.room.copy();
    await member.session.ask({ c: 'raise_hand' });
    circle.room.deaf = true;
    const answer = member.session.ask({ c: 'lower_hand' });
    await circle.room.until(() => circle.room.all('lower_hand').length === 1);
    circle.room.putBack(kept);
    circle.room.deaf = false;
    await circle.back(member);
    expect(await answer).toEqual({ ok: true });
    const [first, second] = circle.room.commands.filter(({ cmd }) => cmd.c === 'lower_hand');
    expect(second?.cid).toEqual(first?.cid);
    expect(circle.room.all('raise_hand')).toHaveLength(1);
  });

  it('a place that the new branch has too is not taken for the old one', async () => {
    const kept = circle.room.copy();
    circle.room.change('locked', () => undefined);
    circle.room.change('locked', () => undefined);
    await when(member.session.shared, () => circle.room.lines.length > 0);
    circle.room.putBack(kept);
    for (let n = 0; n < 3; n += 1) {
      circle.room.change('silence_set', (shared) => {
        shared.silence = true;
      });
    }
    await circle.back(member);
    await when(member.session.rolledBack, (told) => told);
    expect(member.session.shared.value?.silence).toBe(true);
  });

  it('a page that is loaded again is told too', async () => {
    const kept = circle.room.copy();
    circle.room.change('locked', () => undefined);
    circle.room.putBack(kept);
    const again = await circle.reload(member);
    circle.time.advance(15_000);
    await when(again.session.rolledBack, (told) => told);
    expect(again.session.lost.value).toEqual([]);
  });

  // fault: F13 — a page that was closed meanwhile reads what stands in the copy, older than it knew
  it('a page that is loaded again reads the texts as they stand in the copy, and once more after that', async () => {
    await member.session.write('question', 'first thought');
    const item = await circle.reads(host, 'first thought');
    const kept = circle.room.copy();
    await member.session.write('question', 'second thought', { item });
    await circle.reads(host, 'second thought');
    host.session.close();
    circle.room.putBack(kept);
    host = await circle.reload(host);
    await when(host.session.rolledBack, (told) => told);
    await circle.reads(host, 'first thought');
    host = await circle.reload(host);
    expect(await circle.reads(host, 'first thought')).toBe(item);
  });

  it('a key that was made since is not gone back on: the host makes one above it', async () => {
    const kept = circle.room.copy();
    const before = host.session.shared.value?.epoch ?? 0;
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    await when(member.session.shared, (shared) => shared?.epoch === before + 1);
    await when(member.session.keys, (keys) => keys === 'ready');
    circle.room.putBack(kept);
    await circle.back(host);
    await circle.back(member);
    await when(member.session.shared, (shared) => (shared?.epoch ?? 0) > before + 1);
    await when(member.session.keys, (keys) => keys === 'ready');
    expect(circle.room.all('rekey').at(-1)?.keys.edit?.whole).toBe(true);
    expect(await host.session.write('question', 'under the new key')).toEqual({ ok: true });
    await circle.reads(member, 'under the new key');
  });

  // fault: F13 — who comes into a copy by the door is told, and reads what is older there
  it('whoever came in after the copy was made keeps their texts for when they are in again', async () => {
    await member.session.write('question', 'first thought');
    const item = await circle.reads(host, 'first thought');
    const kept = circle.room.copy();
    const late = await circle.join(host.session.links.value.member, 'Carys', host);
    await late.session.write('question', 'from Carys');
    await circle.reads(late, 'from Carys');
    await member.session.write('question', 'second thought', { item });
    await circle.reads(late, 'second thought');
    circle.room.putBack(kept);
    circle.time.advance(15_000);
    await when(late.session.place, ({ at }) => at === 'door');
    await late.session.knock('Carys');
    await when(host.session.knocks, (knocks) => knocks.length === 1);
    await host.session.admit(need(host.session.knocks.value[0]).device);
    const lost = await when(late.session.lost, (texts) => texts.length > 0);
    expect(lost.map(({ text }) => text)).toEqual(['from Carys']);
    expect(late.session.rolledBack.value).toBe(true);
    await circle.reads(late, 'first thought');
  });

  it('whoever was put out before that is offered only what the copy lacks', async () => {
    const seat = circle.seat(member);
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, seat, member);
    await member.session.write('question', 'stands in the copy');
    await circle.reads(member, 'stands in the copy');
    const kept = circle.room.copy();
    await member.session.write('question', 'came later');
    await circle.reads(member, 'came later');
    await phone.session.ask({ c: 'drop_other_devices' });
    await when(member.session.place, ({ at }) => at === 'door');
    circle.room.putBack(kept);
    circle.time.advance(15_000);
    await member.session.knock('Bethan');
    await when(host.session.knocks, (knocks) => knocks.length === 1);
    expect(await host.session.admit(need(host.session.knocks.value[0]).device)).toEqual({ ok: true });
    const lost = await when(member.session.lost, (texts) => texts.length > 0);
    expect(lost.map(({ text }) => text)).toEqual(['came later']);
  });

  it('whoever was put out, and is in again, is offered nothing: no copy was put back', async () => {
    const seat = circle.seat(member);
    const phone = await circle.join(host.session.links.value.member, 'Bethan', host, seat, member);
    await member.session.write('question', 'from Bethan');
    const item = await circle.reads(phone, 'from Bethan');
    await circle.reads(member, 'from Bethan');
    await phone.session.ask({ c: 'drop_other_devices' });
    await when(member.session.place, ({ at }) => at === 'door');
    await phone.session.ask({ c: 'withdraw_item', item });
    await member.session.knock('Bethan');
    await when(host.session.knocks, (knocks) => knocks.length === 1);
    const { device } = need(host.session.knocks.value[0]);
    await circle.consent(device, seat, host, phone, true);
    expect(await host.session.admit(device, seat)).toEqual({ ok: true });
    await when(member.session.place, ({ at }) => at === 'room');
    await when(member.session.keys, (keys) => keys === 'ready');
    expect(member.session.lost.value).toEqual([]);
  });

  it('nobody is told anything when only the line was lost', async () => {
    await member.session.write('question', 'mine');
    circle.room.cut();
    await circle.back(member);
    expect(member.session.rolledBack.value).toBe(false);
    expect(member.session.lost.value).toEqual([]);
  });
});
