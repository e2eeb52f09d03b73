/** From one meeting of a set to the next: keys, links, and what each browser makes of what was kept. */

import { beforeEach, describe, expect, it } from 'vitest';
import { seal, sealedUnder } from '../../src/seal/box';
import { toB64u } from '../../src/seal/bytes';
import { hkdfKey } from '../../src/seal/derive';
import { Memory } from '../../src/session/memory';
import type { RoomState } from '../../src/session/model';
import { OwnKeys } from '../../src/session/own-keys';
import { Seen } from '../../src/session/seen';
import { bytesOf, contextOf, Texts } from '../../src/session/texts';
import type { DeviceId, ItemId, ItemView, MeetingId, SeatId, Shared, TextKind } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { FakeRoom } from './fake-room';
import { FakeTime, FakeWorld, need, when } from './fake-world';

describe('the next meeting', () => {
  let circle: Circle;
  let host: Person;
  let member: Person;

  const mine = (person: Person) => [...person.session.texts.value.values()].filter(({ kind }) => kind === 'action');

  beforeEach(async () => {
    circle = new Circle();
    host = await circle.host();
    member = await circle.join(host.session.links.value.member, 'Bethan', host);
    await member.session.write('action', 'Speak with my chair');
    await host.session.ask({ c: 'close' });
    await when(member.session.shared, (shared) => shared?.stage === 'closed');
  });

  const opens = async (seenBy = member): Promise<void> => {
    const meeting = host.session.drawMeeting();
    expect(await host.session.nextMeeting(meeting)).toEqual({ ok: true });
    await when(seenBy.session.shared, (shared) => shared?.meeting === meeting);
    await when(seenBy.session.keys, (keys) => keys === 'ready');
  };

  it('has a new key, and the links that people have', async () => {
    const { member: link } = host.session.links.value;
    await opens();
    expect(host.session.shared.value?.epoch).toBe(2);
    expect(host.session.links.value.member).toBe(link);
    const { keys } = circle.room.all('next_meeting')[0] ?? {};
    expect(Object.keys(keys?.links ?? {}).toSorted()).toEqual(['m', 'o']);
    const late = await circle.join(link, 'Gareth', host);
    // Names are sealed again under the key that somebody new has.
    await when(late.session.names, (names) => names.size === 3);
    expect(late.session.title.value).toBe('Thursday set');
    expect(mine(late)).toEqual([]);
  });

  it('has what each said they would do, also in a page that is opened anew, and when it is written on', async () => {
    await opens();
    expect(mine(member)).toMatchObject([{ text: 'Speak with my chair', open: false }]);
    member = await circle.reload(member);
    await when(member.session.texts, () => mine(member)[0]?.text === 'Speak with my chair');
    const item = mine(member)[0]?.id as ItemId;
    expect(await member.session.write('action', 'Done', { item })).toEqual({ ok: true });
    await when(member.session.texts, () => mine(member)[0]?.text === 'Done');
    await host.session.ask({ c: 'close' });
    await when(member.session.shared, (shared) => shared?.stage === 'closed');
    await opens();
    expect(mine(member)).toMatchObject([{ text: 'Done', fault: undefined }]);
  });

  it('opens for somebody whose browser has forgotten them, with what they said they would do', async () => {
    const seat = circle.seat(member);
    member.session.close();
    await opens(host);
    const back = await circle.join(host.session.links.value.member, 'Bethan', host, seat);
    await when(back.session.texts, () => mine(back)[0]?.text === 'Speak with my chair');
    expect(circle.seat(back)).toBe(seat);
  });

  it('opens for them an action that they had shown, since it is under their own key again', async () => {
    const seat = circle.seat(member);
    await opens();
    const [action] = mine(member);
    const item = need(action).id;
    expect(await member.session.ask({ c: 'release_item', item })).toEqual({ ok: true });
    const own = (): boolean => sealedUnder(need(circle.room.items.get(item)).box).own;
    expect(own()).toBe(false);
    await host.session.ask({ c: 'close' });
    await circle.room.until(own);
    await when(member.session.texts, () => mine(member)[0]?.text === 'Speak with my chair');
    member.session.close();
    await opens(host);
    const back = await circle.join(host.session.links.value.member, 'Bethan', host, seat);
    await when(back.session.texts, () => mine(back)[0]?.text === 'Speak with my chair');
  });

  it('seals a practice that is its owner’s alone again under their own key, whatever meeting is on', async () => {
    await opens();
    const action = need(mine(member)[0]).id;
    expect(await member.session.write('practice', 'We ask first', { action })).toEqual({ ok: true });
    const [id, item] = need([...circle.room.items].find(([, { kind }]) => kind === 'practice'));
    circle.room.items.set(id, { ...item, open: false });
    circle.room.unseen();
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    await circle.room.until(() => circle.room.all('put').some(({ kind, rev, box }) => kind === 'practice' && rev === 2 && sealedUnder(box).own));
  });

  it('keeps what is begun again, as before the close', async () => {
    await opens();
    member.session.drafts.keep('1 bid', '"half a wo"');
    await member.session.drafts.ready();
    member = await circle.reload(member);
    expect(member.session.drafts.all.value.get('1 bid')).toBe('"half a wo"');
  });
});

describe('a text of an earlier meeting', () => {
  const id = (of: number): string => toB64u(new Uint8Array(16).fill(of));
  const [FIRST, SECOND, ITEM] = [id(2) as MeetingId, id(3) as MeetingId, id(9) as ItemId];
  let key: CryptoKey;
  let memory: Memory;

  const shared = (meeting: MeetingId, items: Record<string, ItemView>): RoomState =>
    ({ shared: { set: id(1), meeting, epoch: 3, items } as unknown as Shared, own: { items: {} } }) as unknown as RoomState;

  async function view(kind: TextKind, text: string, rev = 1, n = 0): Promise<ItemView> {
    const bound = {
      kind, seat: id(4) as SeatId, device: id(5) as DeviceId, rev, n, prev: toB64u(new Uint8Array(32)), at: 1, part: 2, open: true,
    } as Omit<ItemView, 'box'>;
    return { ...bound, box: await seal(key, contextOf(shared(FIRST, {}).shared, ITEM, bound, { own: false, epoch: 3 }), text) };
  }

  const texts = (): Texts => {
    const page = new Texts(() => key, new OwnKeys(memory), new Seen(memory));
    page.begin();
    return page;
  };
  const shown = async (all: Texts, meeting: MeetingId, item: ItemView) => {
    await all.update(shared(meeting, { [ITEM]: item }));
    const { text, fault } = all.all.value.get(ITEM) ?? {};
    return text ?? fault;
  };

  beforeEach(async () => {
    key = await hkdfKey(new Uint8Array(32).fill(7));
    const time = new FakeTime();
    memory = new Memory(new FakeWorld(new FakeRoom(time), time), bytesOf(id(1)));
  });

  it.each(['action', 'title', 'charter'] as const)('opens in the next one, if it is of a kind that was kept: %s', async (kind) => {
    const kept = { ...(await view(kind, 'kept')), meeting: FIRST };
    expect(await shown(texts(), SECOND, kept)).toBe('kept');
    expect(await shown(texts(), SECOND, { ...kept, meeting: id(8) as MeetingId })).toBe('broken');
    const { meeting: _, ...bare } = kept;
    expect(await shown(texts(), SECOND, bare)).toBe('broken');
  });

  // fault: F31 — what the close destroyed is not shown again, not even by a page that has it
  it.each(['question', 'bid', 'headline', 'scribe', 'sentence', 'learning', 'reflection'] as const)('does not, if the close destroyed it: %s', async (kind) => {
    const gone = await view(kind, 'destroyed');
    const open = texts();
    expect(await shown(open, FIRST, gone)).toBe('destroyed');
    expect(await shown(open, SECOND, { ...gone, meeting: FIRST })).toBe('broken');
    expect(await shown(texts(), SECOND, { ...gone, meeting: FIRST })).toBe('broken');
  });

  // fault: F31 — an older text that is shown again is seen as broken, in the next meeting too
  it('does not fall back to what was seen to be older', async () => {
    const [first, second] = [await view('action', 'first'), await view('action', 'second', 2, 1)];
    const open = texts();
    expect(await shown(open, FIRST, first)).toBe('first');
    expect(await shown(open, FIRST, second)).toBe('second');
    expect(await shown(open, SECOND, { ...second, meeting: FIRST })).toBe('second');
    expect(await shown(open, SECOND, { ...first, meeting: FIRST })).toBe('broken');
    const fresh = texts();
    expect(await shown(fresh, SECOND, { ...first, meeting: FIRST })).toBe('broken');
    expect(await shown(fresh, SECOND, { ...second, meeting: FIRST })).toBe('second');
  });
});
