/** That an earlier copy was put back is told once for all, and what it makes a browser forget is not forgotten without. */

import { beforeEach, describe, expect, it } from 'vitest';
import { fromB64u } from '../../src/seal/bytes';
import { sessions } from '../../src/session';
import type { Kept } from '../../src/session/memory';
import type { ItemId, ItemView, ServerFrame } from '../../src/wire.gen';
import { settled } from '../settled';
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

describe('that an earlier copy was put back', () => {
  /** What the next whole view shows, with no change before it. */
  function stands(id: ItemId, at: ItemView): void {
    circle.room.items.set(id, at);
    circle.room.shared = { ...circle.room.shared, items: { ...circle.room.shared.items, [id]: at } };
  }
  const view = (id: ItemId): ItemView => need(circle.room.items.get(id));
  /** Another tab of this browser takes the set. */
  async function anotherTab({ profile }: Person): Promise<Person> {
    const { world } = circle.world(profile);
    world.note(fromB64u(circle.set));
    const session = need(await sessions(world).resume());
    await session.takeOver();
    await when(session.title, (title) => title !== undefined);
    return { session, world, profile };
  }
  /** How this browser takes what the server shows of a text. */
  async function shown({ session }: Person, id: ItemId, at: ItemView): Promise<unknown> {
    circle.room.items.set(id, at);
    circle.room.change('written', () => undefined);
    const texts = await when(session.texts, (all) => all.get(id)?.rev === at.rev);
    return texts.get(id)?.text ?? texts.get(id)?.fault;
  }
  async function twice(by: Person): Promise<{ item: ItemId; was: ItemView; copy: ReturnType<typeof circle.room.copy> }> {
    await by.session.write('question', 'first thought');
    const item = await circle.reads(by, 'first thought');
    await Promise.all([host, member].map((reader) => circle.reads(reader, 'first thought')));
    const [was, copy] = [view(item), circle.room.copy()];
    await by.session.write('question', 'second thought', { item });
    await Promise.all([host, member].map((reader) => circle.reads(reader, 'second thought')));
    return { item, was, copy };
  }

  /** A copy with the first of two thoughts is put back while another tab of their browser has the set. */
  async function toldInAnotherTab(by: Person): Promise<{ item: ItemId; other: Person }> {
    const { item, copy } = await twice(by);
    const other = await anotherTab(by);
    circle.room.putBack(copy);
    await circle.back(other);
    await when(other.session.rolledBack, (told) => told);
    return { item, other };
  }

  // fault: F13 — people are told until they have seen it, whatever becomes of the first page
  it('is said on pages that are opened anew, until it is dismissed', async () => {
    const kept = circle.room.copy();
    circle.room.change('locked', () => undefined);
    circle.room.putBack(kept);
    await circle.back(member);
    await when(member.session.rolledBack, (told) => told);
    member = await circle.reload(member);
    await when(member.session.rolledBack, (told) => told);
    member.session.dropLost();
    member = await circle.reload(member);
    await when(member.session.title, (title) => title !== undefined);
    expect(member.session.rolledBack.value).toBe(false);
  });

  // fault: F31 — a copy that is put back, and a page that is ended at once: it is told all the same
  it('is said where the page was ended in the same moment', async () => {
    const { item, was } = await twice(member);
    stands(item, was);
    circle.room.snapshot(circle.line(host), false, true);
    circle.line(host).close(4426);
    await when(host.session.place, ({ at }) => at === 'ended');
    host = await circle.reload(host);
    await circle.reads(host, 'first thought');
    expect(host.session.rolledBack.value).toBe(true);
  });

  // fault: F31 — a tab that has the set again knows what the other one saw
  it('is not so where another tab had the set meanwhile: what that one saw is not shown as it was before', async () => {
    await member.session.write('question', 'first thought');
    const item = await circle.reads(host, 'first thought');
    const was = view(item);
    const other = await anotherTab(host);
    await member.session.write('question', 'second thought', { item });
    await circle.reads(other, 'second thought');
    stands(item, was);
    await host.session.takeOver();
    const texts = await when(host.session.texts, (all) => all.has(item));
    expect(texts.get(item)?.fault).toBe('broken');
    expect(host.session.rolledBack.value).toBe(false);
  });

  it('is said in a tab that gets the set again, which offers its own texts', async () => {
    const { item } = await toldInAnotherTab(member);
    await member.session.takeOver();
    await circle.reads(member, 'first thought');
    expect(member.session.rolledBack.value).toBe(true);
    expect(member.session.lost.value.map(({ id, text }) => [id, text])).toEqual([[item, 'second thought']]);
  });

  // fault: F31 — a page that comes back by Back knows what another tab saw while it was put away
  it('is not so on a page that comes back by Back: what another tab saw meanwhile it has seen too', async () => {
    await member.session.write('question', 'first thought');
    const item = await circle.reads(host, 'first thought');
    await member.session.write('question', 'to be taken back');
    const other = await circle.reads(host, 'to be taken back');
    const was = view(item);
    host.world.turn('away');
    const tab = await anotherTab(host);
    await member.session.write('question', 'second thought', { item });
    await circle.reads(tab, 'second thought');
    tab.session.close();
    await member.session.ask({ c: 'withdraw_item', item: other });
    stands(item, was);
    host.world.turn('back');
    await when(host.session.texts, (texts) => texts.has(item) && !texts.has(other));
    await when(host.session.texts, (texts) => texts.get(item)?.fault === 'broken');
    expect(host.session.rolledBack.value).toBe(false);
  });

  it('is not so on a page that was put to sleep and lost its hold for a while', async () => {
    const item = await member.session.write('question', 'first thought').then(() => circle.reads(host, 'first thought'));
    const kept = need(host.profile.sets.get(circle.set)) as Kept;
    const seen = need(kept.seen);
    // As another tab leaves it that saw the text go.
    host.profile.sets.set(circle.set, { ...kept, seen: { ...seen, items: { ...seen.items, [item]: [1] } } } as never);
    const holder = need(host.profile.holders.get(circle.set));
    host.profile.holders.delete(circle.set);
    holder.lose();
    await when(host.session.texts, (texts) => texts.get(item)?.fault === 'broken');
    expect(host.session.place.value).toEqual({ at: 'room' });
  });

  it('is not so where a page begins anew by Back: what was pressed there goes out, and what was typed in another tab stays', async () => {
    circle.room.change('closed', (shared) => {
      shared.stage = 'closed';
    });
    await when(member.session.shared, (shared) => shared?.stage === 'closed');
    const iv = (): unknown => (need(member.profile.sets.get(circle.set)) as Kept).drafts?.iv;
    /** What is typed has been kept, once more than before. */
    async function written(was = iv()): Promise<void> {
      await member.profile.until(() => iv() !== was);
      await settled();
    }
    member.session.drafts.keep('note 1', '"of the first page"');
    await written();
    member.session.drafts.keep('3 bid', '"on that page alone"');
    await member.session.ask({ c: 'raise_hand' });
    circle.room.deaf = true;
    const hand = member.session.ask({ c: 'lower_hand' });
    await circle.room.until(() => circle.room.all('lower_hand').length === 1);
    member.world.turn('away');
    circle.room.deaf = false;
    const tab = await anotherTab(member);
    expect(tab.session.drafts.all.value.get('note 1')).toBe('"of the first page"');
    await settled();
    tab.session.drafts.keep('note 1', '"of the second"');
    await written();
    tab.session.close();
    member.world.turn('back');
    expect(await hand).toEqual({ ok: true });
    const typed = member.session.drafts.all.value;
    expect([typed.get('note 1'), typed.get('3 bid')]).toEqual(['"of the second"', '"on that page alone"']);
  });

  it('is not so where a page begins anew by Back: an older text of it goes over none that another tab has saved', async () => {
    await member.session.write('question', 'first thought');
    const item = await circle.reads(member, 'first thought');
    circle.room.deaf = true;
    const puts = (): number => circle.room.all('put').length;
    const before = puts();
    const older = member.session.write('question', 'an older one', { item });
    await circle.room.until(() => puts() > before);
    member.world.turn('away');
    circle.room.deaf = false;
    const tab = await anotherTab(member);
    await circle.reads(tab, 'first thought');
    expect(await tab.session.write('question', 'a newer one', { item })).toEqual({ ok: true });
    await circle.reads(tab, 'a newer one');
    tab.session.close();
    member.world.turn('back');
    expect(await older).toEqual({ ok: false, code: 'gone' });
    expect(await circle.reads(member, 'a newer one')).toBe(item);
    await circle.quiet(member);
    expect(view(item).rev).toBe(2);
  });

  it('makes nobody leave whose browser keeps nothing any more by the time that they come back', async () => {
    host.world.turn('away');
    host.profile.durable = false;
    host.profile.sets.clear();
    host.world.turn('back');
    await when(host.session.line, (line) => line === 'live');
    expect(await host.session.write('question', 'still here')).toEqual({ ok: true });
    await circle.reads(member, 'still here');
  });

  it('is said once: not again in another tab, after it was dismissed in one', async () => {
    const { item, other } = await toldInAnotherTab(member);
    other.session.dropLost();
    await circle.reads(other, 'first thought');
    await member.session.takeOver();
    await circle.reads(member, 'first thought');
    expect(member.session.rolledBack.value).toBe(false);
    // What only this page has is offered all the same.
    expect(member.session.lost.value.map(({ id, text }) => [id, text])).toEqual([[item, 'second thought']]);
  });

  // fault: F31 — what a copy lacks of one meeting is written again for nobody of the next
  it('has nothing written again in the next meeting that was of the one before', async () => {
    const copy = circle.room.copy();
    await member.session.write('question', 'of this meeting');
    await circle.reads(member, 'of this meeting');
    await member.session.write('action', 'one’s own');
    await circle.reads(member, 'one’s own');
    circle.room.putBack(copy);
    await circle.back(member);
    await when(member.session.lost, (lost) => lost.length === 2);
    await circle.back(host);
    await when(host.session.shared, (shared) => (shared?.epoch ?? 0) > 1);
    await host.session.ask({ c: 'close' });
    await host.session.nextMeeting(host.session.drawMeeting());
    await when(member.session.keys, (keys) => keys === 'ready');
    const before = circle.room.all('put').length;
    expect(member.session.lost.value.map(({ text }) => text)).toEqual(['one’s own']);
    await member.session.writeAgain();
    expect(member.session.lost.value).toEqual([]);
    expect(circle.room.all('put').slice(before).map(({ kind }) => kind)).not.toContain('question');
  });

  it('leaves what is of a later meeting than the copy for when that one is on again', async () => {
    const copy = circle.room.copy();
    await host.session.ask({ c: 'close' });
    const meeting = host.session.drawMeeting();
    const opens = async (): Promise<void> => {
      expect(await host.session.nextMeeting(meeting)).toEqual({ ok: true });
      await when(member.session.shared, (shared) => shared?.meeting === meeting);
      await when(member.session.keys, (keys) => keys === 'ready');
    };
    await opens();
    await member.session.write('question', 'of the second meeting');
    await circle.reads(member, 'of the second meeting');
    circle.room.putBack(copy);
    await circle.back(member);
    await when(member.session.rolledBack, (told) => told);
    await circle.back(host);
    await when(host.session.shared, (shared) => (shared?.epoch ?? 0) > 2);
    expect(member.session.lost.value).toEqual([]);
    member.session.dropLost();
    await host.session.ask({ c: 'close' });
    await opens();
    expect(member.session.lost.value.map(({ text }) => text)).toEqual(['of the second meeting']);
    await member.session.writeAgain();
    await circle.reads(host, 'of the second meeting');
  });

  it('offers nothing that its author took back in another tab', async () => {
    const copy = circle.room.copy();
    await member.session.write('question', 'to be taken back');
    const item = await circle.reads(member, 'to be taken back');
    await member.session.write('question', 'to stay');
    await circle.reads(member, 'to stay');
    const other = await anotherTab(member);
    await circle.reads(other, 'to be taken back');
    await other.session.ask({ c: 'withdraw_item', item });
    other.session.close();
    circle.room.putBack(copy);
    await member.session.takeOver();
    const lost = await when(member.session.lost, (texts) => texts.length > 0);
    expect(lost.map(({ text }) => text)).toEqual(['to stay']);
  });

  it('is said to whoever is in the lobby by it, who is offered their own texts once they are in', async () => {
    const seat = circle.seat(member);
    await host.session.ask({ c: 'send_to_lobby', seat });
    await when(member.session.place, ({ at }) => at === 'lobby');
    const copy = circle.room.copy();
    circle.room.bringBack(seat);
    await when(member.session.place, ({ at }) => at === 'room');
    await member.session.write('question', 'from Bethan');
    await circle.reads(member, 'from Bethan');
    circle.room.putBack(copy);
    circle.time.advance(15_000);
    await when(member.session.place, ({ at }) => at === 'lobby');
    await circle.back(host);
    circle.room.bringBack(seat);
    await when(member.session.place, ({ at }) => at === 'room');
    await when(member.session.rolledBack, (told) => told);
    expect(member.session.lost.value.map(({ text }) => text)).toEqual(['from Bethan']);
  });

  // fault: F31 — what stands in the copy is remembered as it stands there
  it('leaves what stands in it as the newest: it does not fall back from there, nor after a reload', async () => {
    const { item, was } = await twice(member);
    const copy = circle.room.copy();
    circle.room.change('locked', () => undefined);
    circle.room.putBack(copy);
    await circle.back(host);
    await circle.back(member);
    await when(host.session.rolledBack, (told) => told);
    const stands = view(item);
    expect(await shown(host, item, was)).toBe('broken');
    expect(await shown(host, item, stands)).toBe('second thought');
    host = await circle.reload(host);
    expect(await shown(host, item, was)).toBe('broken');
  });

  it('counts at once: what was being opened in that moment is not remembered as newer', async () => {
    await member.session.write('question', 'first thought');
    const item = await circle.reads(host, 'first thought');
    const was = view(item);
    let late: ServerFrame | undefined;
    circle.room.twist = (frame, { device }) => {
      if (frame.t !== 'change' || device !== circle.device(host)) return frame;
      late = frame;
      return undefined;
    };
    await member.session.write('question', 'second thought', { item });
    circle.room.twist = (frame) => frame;
    circle.line(host).say(need(late));
    stands(item, was);
    circle.room.snapshot(circle.line(host), false, true);
    await when(host.session.texts, (texts) => texts.get(item)?.rev === 1);
    expect(await circle.reads(host, 'first thought')).toBe(item);
  });
});
