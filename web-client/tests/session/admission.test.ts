import { describe, expect, it } from 'vitest';
import { parseLink } from '../../src/seal/link';
import { sessions } from '../../src/session';
import type { SetSession } from '../../src/session/session';
import { settled } from '../settled';
import { Circle } from './circle';
import { need, when } from './fake-world';

describe('a new set', () => {
  it('gets its first key, its title and its host from the host’s browser', async () => {
    const circle = new Circle();
    const host = await circle.host({ charter: 'We listen.' });
    await circle.reads(host, 'We listen.');
    expect(circle.room.shared.epoch).toBe(1);
    const [rekey] = circle.room.all('rekey');
    expect(rekey?.keys.grants).toEqual({});
    expect(Object.keys(rekey?.keys.wraps ?? {})).toEqual(['h']);
    expect(host.session.title.value).toBe('Thursday set');
    expect([...host.session.names.value.values()]).toEqual(['Amina']);
    expect(host.session.links.value.member).toMatch(/^https:\/\/set\.test\/j#2\./);
    expect(host.session.links.value.host).toMatch(/^https:\/\/set\.test\/j#1\./);
  });

  it('shows the server nothing that was typed', async () => {
    const circle = new Circle();
    const host = await circle.host({ title: 'CANARY-1', name: 'CANARY-2', charter: 'CANARY-3' });
    await circle.reads(host, 'CANARY-3');
    const wire = JSON.stringify([circle.room.lines.map(({ sent }) => sent), circle.room.shared]);
    expect(wire).not.toContain('CANARY');
  });
});

describe('the door', () => {
  it('sends and stores nothing until a name is typed', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const { world, profile } = circle.world();
    const lines = circle.room.lines.length;
    const link = parseLink(host.session.links.value.member ?? '');
    const session = await sessions(world).open(link);
    expect(session.place.value).toEqual({ at: 'door' });
    circle.time.advance(30_000);
    expect(circle.room.lines).toHaveLength(lines);
    expect(profile.writes).toBe(0);
    expect(world.noted()).toBeUndefined();
  });

  it('a knock is verified, its name opened, and Admit hands over key and texts', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const member = await circle.join(host.session.links.value.member, 'Bethan');
    expect(member.session.place.value).toMatchObject({ at: 'lobby', back: false });
    expect(member.session.keys.value).toBe('none');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    expect(knocker).toMatchObject({ name: 'Bethan', verified: true, role: 'member', seat: undefined });
    expect(await host.session.admit(need(knocker).device)).toEqual({ ok: true });
    await when(member.session.title, (title) => title === 'Thursday set');
    await when(host.session.names, (names) => names.size === 2);
    expect(member.session.place.value).toEqual({ at: 'room' });
    expect(host.session.names.value.get(circle.seat(member))).toBe('Bethan');
    expect(host.session.knocks.value).toEqual([]);
    expect(member.session.links.value.member).toBeUndefined();
  });

  it('a knock without the link’s secret is shown as unverified, nameless, and not let in', async () => {
    const circle = new Circle();
    const host = await circle.host();
    circle.room.twist = (frame) => {
      if (frame.t !== 'knocks') return frame;
      const knocks = Object.entries(frame.knocks).map(([id, at]) => [id, { ...at, mac: 'A'.repeat(43) }]);
      return { ...frame, knocks: Object.fromEntries(knocks) };
    };
    await circle.join(host.session.links.value.member, 'Mallory');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    expect(knocker).toMatchObject({ verified: false, name: undefined });
    const answer = await host.session.admit(need(knocker).device);
    expect(answer).toEqual({ ok: false, code: 'no_knock' });
    expect(circle.room.all('admit')).toEqual([]);
    expect(host.session.refusal.value).toEqual({ code: 'no_knock', command: 'admit' });
    host.session.dismissRefusal();
    expect(host.session.refusal.value).toBeUndefined();
  });

  it('a device that is not the hash of its key is not verified', async () => {
    const circle = new Circle();
    const host = await circle.host();
    circle.room.twist = (frame) => {
      if (frame.t !== 'knocks') return frame;
      const knocks = Object.values(frame.knocks).map((at) => ['A'.repeat(22), at]);
      return { ...frame, knocks: Object.fromEntries(knocks) };
    };
    await circle.join(host.session.links.value.member, 'Mallory');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    expect(knocker?.verified).toBe(false);
  });

  it.each([
    ['locked', 'locked'],
    ['people', 'full'],
    ['lobby', 'full'],
    ['stage', 'closed'],
    ['lobby_stay', 'lobby_stay'],
    ['link_changed', 'link_changed'],
    ['knock_refused', 'refused'],
  ] as const)('a refusal %s at the door ends as %s', async (code, why) => {
    const circle = new Circle();
    const host = await circle.host();
    const member = await circle.join(host.session.links.value.member, 'Bethan');
    circle.room.lines.at(-1)?.say({ t: 'refused', code });
    expect(member.session.place.value).toEqual({ at: 'ended', why });
    expect(circle.room.lines.at(-1)?.closed).toBe(true);
  });

  it('whoever was turned away may ask again', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const member = await circle.join(host.session.links.value.member, 'Bethan');
    circle.room.lines.at(-1)?.say({ t: 'refused', code: 'locked' });
    await member.session.knock('Bethan R');
    await when(member.session.place, ({ at }) => at === 'lobby');
    const knocks = await when(host.session.knocks, ([first]) => first?.name === 'Bethan R');
    expect(knocks).toHaveLength(1);
  });

  it('a link that is dead ends as one', async () => {
    const circle = new Circle();
    const host = await circle.host();
    circle.room.links.m = 'other';
    const { world } = circle.world();
    const session = await sessions(world).open(parseLink(host.session.links.value.member ?? ''));
    await session.knock('Bethan');
    await when(session.place, ({ at }) => at === 'ended');
    expect(session.place.value).toEqual({ at: 'ended', why: 'auth' });
  });

  it('somebody who is sent back sees the lobby alone, and then the room again', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const member = await circle.join(host.session.links.value.member, 'Bethan', host);
    const seat = circle.seat(member);
    await host.session.ask({ c: 'send_to_lobby', seat });
    await when(member.session.place, ({ at }) => at === 'lobby');
    expect(member.session.place.value).toMatchObject({ at: 'lobby', back: true });
    expect(member.session.shared.value).toBeUndefined();
    expect(member.session.texts.value.size).toBe(0);
    circle.room.bringBack(seat);
    await when(member.session.title, (title) => title === 'Thursday set');
    expect(member.session.place.value).toEqual({ at: 'room' });
  });
});

describe('the door', () => {
  it('somebody at the door is shown later, where a part of the page did not arrive at first', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const { context } = (host.session as SetSession).connection;
    const newest = context.keys.newest.bind(context.keys);
    let failed = false;
    context.keys.newest = (role) => {
      if (failed || circle.room.lines.every(({ knock }) => knock === undefined)) return newest(role);
      failed = true;
      throw new Error('no such file');
    };
    await circle.join(host.session.links.value.member, 'Bethan');
    // Less than a line may be silent: nothing is asked for anew meanwhile.
    for (let second = 0; second < 20 && host.session.knocks.value.length === 0; second += 1) {
      await settled();
      circle.time.advance(1_000);
    }
    await when(host.session.knocks, (knocks) => knocks.some(({ name }) => name === 'Bethan'));
    expect(failed).toBe(true);
  });
});
