/** A seat is not taken silently: its person is asked, and the facilitator sees what they said. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceId, SeatId } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;
let phone: Person;
let device: DeviceId;
let seat: SeatId;

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
  phone = await circle.join(host.session.links.value.member, 'Bethan');
  const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
  device = need(knocker).device;
  seat = circle.seat(member);
});

describe('somebody at the door who says that they are a person in the room', () => {
  it('is not let in on that seat without a question', async () => {
    expect(await host.session.admit(device, seat)).toEqual({ ok: false, code: 'seat_here' });
    expect(phone.session.place.value.at).toBe('lobby');
  });

  it('comes in after a yes, and everybody can tell', async () => {
    const told: string[] = [];
    member.session.onHappening(({ what }) => told.push(what));
    await circle.consent(device, seat, host, member, true);
    expect(await host.session.admit(device, seat)).toEqual({ ok: true });
    await when(phone.session.keys, (keys) => keys === 'ready');
    expect(circle.seat(phone)).toBe(seat);
    expect(told).toContain('device_added');
    await when(member.session.claims, (claims) => claims.length === 0);
  });

  it('stays outside after a no, however often it is tried', async () => {
    await circle.consent(device, seat, host, member, false);
    expect(host.session.knocks.value[0]?.claim).toEqual({ seat, yes: false });
    for (let tries = 0; tries < 2; tries += 1) {
      expect(await host.session.admit(device, seat)).toEqual({ ok: false, code: 'not_them' });
    }
    expect(await host.session.ask({ c: 'ask_seat', device, seat })).toEqual({ ok: false, code: 'already' });
  });

  it('is asked about no more once they went while the line was gone', async () => {
    await host.session.ask({ c: 'ask_seat', device, seat });
    await when(member.session.claims, (claims) => claims.length === 1);
    circle.room.cut(circle.device(member));
    phone.session.close();
    await when(host.session.knocks, (knocks) => knocks.length === 0);
    await circle.back(member);
    expect(member.session.claims.value).toEqual([]);
  });

  it('comes in at once when nobody is connected there', async () => {
    member.session.close();
    expect(await host.session.admit(device, seat)).toEqual({ ok: true });
    await when(phone.session.keys, (keys) => keys === 'ready');
    expect(circle.seat(phone)).toBe(seat);
  });

  it('may be somebody new after all', async () => {
    expect(await host.session.admit(device)).toEqual({ ok: true });
    await when(phone.session.keys, (keys) => keys === 'ready');
    expect(circle.seat(phone)).not.toBe(seat);
  });

  it('is asked about in every browser of that person, also in the other one that came later', async () => {
    await circle.consent(device, seat, host, member, true);
    await host.session.admit(device, seat);
    await when(phone.session.keys, (keys) => keys === 'ready');
    const tablet = await circle.join(host.session.links.value.member, 'Bethan');
    const [next] = await when(host.session.knocks, (knocks) => knocks.some((at) => at.device !== device));
    await host.session.ask({ c: 'ask_seat', device: need(next).device, seat });
    await when(member.session.claims, (claims) => claims.length === 1);
    await when(phone.session.claims, (claims) => claims.length === 1);
    expect(await phone.session.ask({ c: 'answer_seat', device: need(next).device, yes: true })).toEqual({ ok: true });
    await when(member.session.claims, (claims) => claims.length === 0);
    tablet.session.close();
  });
});
