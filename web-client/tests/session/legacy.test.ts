/** Sets of the first form: nobody loses a seat or a text when the page becomes a newer one. */

import { beforeEach, describe, expect, it } from 'vitest';
import { fromB64u, toB64u } from '../../src/seal/bytes';
import { type Device, deviceFromPair } from '../../src/seal/device';
import { signEdit } from '../../src/seal/edit';
import { commitment, newEpochKey } from '../../src/seal/epoch';
import { hostHolder } from '../../src/seal/holder';
import { newLinks } from '../../src/seal/link';
import { hostEntry } from '../../src/session/edits';
import { makeGrant } from '../../src/seal/grant';
import { sessions } from '../../src/session';
import { settled } from '../settled';
import type { Person } from './circle';
import { need, Profile, when } from './fake-world';
import { FirstForm } from './first-form';

let form: FirstForm;

const ready = (person: Person, epoch: number): Promise<unknown> =>
  Promise.all([
    when(person.session.shared, (shared) => (shared?.epoch ?? 0) >= epoch),
    when(person.session.keys, (keys) => keys === 'ready'),
  ]);

beforeEach(async () => {
  form = await new FirstForm().make();
});

describe('a set of the first form', () => {
  it('is read and written in by a member with no host there, who comes back as before', async () => {
    const { circle } = form;
    const member = await form.open('Bethan');
    await ready(member, 1);
    await circle.reads(member, 'from before');
    expect(await member.session.write('question', 'still me')).toEqual({ ok: true });
    expect(circle.room.lines[0]?.sent[0]).toMatchObject({ t: 'resume', v: 3 });
  });

  it('is given a roster by the host, and everybody goes on under it', async () => {
    const { circle } = form;
    const member = await form.open('Bethan');
    const host = await form.open('Amina');
    await ready(host, 2);
    await ready(member, 2);
    expect(circle.room.shared.roster[1]?.whole).toBe(true);
    expect(Object.keys(need(circle.room.book.roster).holders)).toHaveLength(5);
    expect(await member.session.write('question', 'under the roster')).toEqual({ ok: true });
    await circle.reads(host, 'under the roster');
    // Also the keys after the one with which the roster began.
    for (const epoch of [3, 4]) {
      expect(await host.session.rotate('m')).toEqual({ ok: true });
      await ready(member, epoch);
    }
    const late = await circle.join(host.session.links.value.member, 'Huw', host);
    await circle.reads(late, 'from before');
  });

  it.each([false, true])('somebody who was away meanwhile, through more than one key; Firefox’s point: %s', async (guessed) => {
    form = await new FirstForm().make({ guessed });
    const { circle } = form;
    const host = await form.open('Amina');
    await ready(host, 2);
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    const member = await form.open('Bethan');
    await ready(member, 3);
    await circle.reads(member, 'from before');
    await member.session.write('question', 'back again');
    await circle.reads(host, 'back again');
  });

  it('who was away while a co-facilitator made the key is given it when the host is there', async () => {
    const { circle } = form;
    const host = await form.open('Amina');
    await ready(host, 2);
    const co = await circle.join(host.session.links.value.co_facilitator, 'Ewan', host);
    host.session.close();
    expect(await co.session.rotate('m')).toEqual({ ok: true });
    const member = await form.open('Bethan');
    await when(member.session.shared, (shared) => shared?.epoch === 3);
    const back = await circle.reload(host);
    await ready(back, 3);
    await when(back.session.here, (here) => here.has(circle.seat(member)));
    circle.time.advance(8_000);
    await ready(member, 3);
  });

  it('is taken up by a host with nothing but the link', async () => {
    const { circle } = form;
    const member = await form.open('Bethan');
    await ready(member, 1);
    const { world, profile } = circle.world();
    const session = await sessions(world).open(form.links.h);
    await session.knock('Amina at home');
    const host = { session, world, profile };
    await ready(host, 2);
    await ready(member, 2);
    expect(await circle.reads(host, 'from before')).toBeDefined();
  });

  it('a co-facilitator comes in anew by the link, onto the seat that they had', async () => {
    const { circle } = form;
    const host = await form.open('Amina');
    await ready(host, 2);
    const co = await form.open('Dilys');
    expect(co.session.place.value).toEqual({ at: 'door', anew: true });
    await co.session.knock('Dilys');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    const seat = need(Object.entries(circle.room.shared.seats).find(([, at]) => at.role === 'co_facilitator'))[0];
    expect(await host.session.admit(need(knocker).device, seat as never)).toEqual({ ok: true });
    await ready(co, 2);
    expect(circle.seat(co)).toBe(seat);
    await circle.reads(co, 'from before');
    expect(await co.session.rotate('o')).toEqual({ ok: true });
    await ready(host, 3);
  });

  it('somebody who waited at the door on an earlier page asks again after a reload, under the same name', async () => {
    const { circle } = form;
    const host = await form.open('Amina');
    await ready(host, 2);
    const before = need(form.profiles.get('Gareth')?.sets.get(circle.set));
    const { device, role, admit, resume } = before;
    const profile = new Profile();
    const { set, secret } = form.links.m;
    await profile.keep.update(set, { device, role, admit, resume, name: 'Huw', secret } as never);
    form.profiles.set('Huw', profile);
    const waiting = await form.open('Huw');
    await when(waiting.session.place, ({ at }) => at === 'lobby');
    const [knocker] = await when(host.session.knocks, ([first]) => first?.name === 'Huw');
    expect(await host.session.admit(need(knocker).device)).toEqual({ ok: true });
    await ready(waiting, 2);
  });

  it('does not go back to an older key either', async () => {
    const { circle } = form;
    const member = await form.open('Bethan');
    await ready(member, 1);
    circle.room.change('rekeyed', (shared) => {
      shared.epoch = 0;
    });
    await when(member.session.keys, (keys) => keys !== 'ready');
    const profile = need(form.profiles.get('Gareth'));
    const kept = need(profile.sets.get(circle.set));
    profile.sets.set(circle.set, { ...kept, epochs: [...need(kept.epochs), { ...need(need(kept.epochs)[0]), epoch: 2 }] });
    circle.room.change('rekeyed', (shared) => {
      shared.epoch = 1;
    });
    const other = await form.open('Gareth');
    await when(other.session.keys, (keys) => keys === 'behind');
    expect(other.session.keys.value).toBe('behind');
  });

  it('takes no roster that a member and the server made up', async () => {
    const { circle } = form;
    const member = await form.open('Bethan');
    await ready(member, 1);
    const kept = need(form.profiles.get('Gareth')?.sets.get(circle.set));
    const forger: Device = await deviceFromPair(need(kept.device));
    const set = need(fromB64u(circle.set));
    const fake = await hostHolder(newLinks((length) => new Uint8Array(length).fill(3)).h);
    const key = await newEpochKey(2);
    const commit = toB64u(await commitment(key.key, set, 2));
    const mine = { pub: toB64u(forger.pub), seat: circle.seat(member), role: 'c' as const, link: 0 };
    const edit = await signEdit(set, fake, undefined, { n: 1, epoch: 2, commit, whole: true, add: [hostEntry(fake), mine] });
    const { follow } = await import('../../src/seal/roster');
    const roster = await follow(set, undefined, edit);
    if (typeof roster === 'string') throw new Error(roster);
    const at = need(circle.room.devices.get(circle.device(member)));
    const admit = need(need(form.profiles.get('Bethan')?.sets.get(circle.set)).admit);
    const list = { keys: [key], head: { n: 1, hash: need(fromB64u(roster.head)) }, links: [] };
    at.grant = await makeGrant({ set, epoch: 2, role: 'm', admit }, forger, need(fromB64u(at.pub)), list);
    circle.room.book.edits = { 1: edit };
    circle.room.change('rekeyed', (shared) => {
      shared.epoch = 2;
    });
    await when(member.session.shared, (shared) => shared?.epoch === 2);
    await settled();
    expect(member.session.keys.value).toBe('waiting');
    expect(need(form.profiles.get('Bethan')?.sets.get(circle.set)).verified).toBeUndefined();
  });
});
