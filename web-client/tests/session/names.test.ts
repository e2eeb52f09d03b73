/** Names that others sealed: no browser takes them to be fit to be shown. */

import { expect, it } from 'vitest';
import type { SeatId } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

/** Comes in under what they typed, past any door that would refuse it. */
async function comes(circle: Circle, host: Person, typed: string): Promise<{ seat: SeatId; person: Person; atDoor: string | undefined }> {
  const person = await circle.join(host.session.links.value.member, typed);
  const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
  await host.session.admit(need(knocker).device);
  await when(person.session.keys, (keys) => keys === 'ready');
  await circle.quiet(person);
  await circle.reads(host, typed);
  await circle.reads(person, typed);
  return { seat: circle.seat(person), person, atDoor: need(knocker).name };
}

it('what nobody can see is not shown, at the door and in the room', async () => {
  const circle = new Circle();
  const host = await circle.host({ title: 'Thursday\u202e set\u200b' });
  const bo = await comes(circle, host, '\u202eBo\u2069 \u200b B');
  expect(bo.atDoor).toBe('Bo B');
  await when(host.session.names, (names) => names.get(bo.seat) === 'Bo B');
  expect(bo.person.session.names.value.get(bo.seat)).toBe('Bo B');
  expect(bo.person.session.title.value).toBe('Thursday set');
});

it('a name of nothing is nobody’s name', async () => {
  const circle = new Circle();
  const host = await circle.host();
  const blank = await comes(circle, host, '\u200b');
  expect(blank.atDoor).toBeUndefined();
  await circle.reads(host, '\u200b');
  expect(host.session.names.value.has(blank.seat)).toBe(false);
});

it('two of one name are numbered in the order of their seats, for everybody', async () => {
  const circle = new Circle();
  const host = await circle.host({ name: 'Ruth' });
  const other = await comes(circle, host, 'Rúth');
  await when(host.session.names, (names) => names.size === 2);
  const shown = ['Ruth (1)', 'Rúth (2)'];
  expect([...host.session.names.value.values()]).toEqual(shown);
  expect([...other.person.session.names.value.values()]).toEqual(shown);
});

it('who corrects it before it was sealed for the first time is called by the newer one', async () => {
  const circle = new Circle();
  const host = await circle.host();
  const person = await circle.join(host.session.links.value.member, 'Bethn');
  // It waits for the key, and so does the first one.
  const corrected = person.session.write('name', 'Bethan');
  const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
  await host.session.admit(need(knocker).device);
  expect(await corrected).toEqual({ ok: true });
  await circle.quiet(person);
  await host.session.rotate('m');
  await when(person.session.keys, (keys) => keys === 'ready');
  await circle.quiet(person);
  await when(host.session.names, (names) => names.size === 2);
  expect([...host.session.names.value.values()]).toEqual(['Amina', 'Bethan']);
});

it('everybody can correct their own', async () => {
  const circle = new Circle();
  const host = await circle.host();
  const { seat, person } = await comes(circle, host, 'Bethn');
  expect(await person.session.write('name', 'Bethan')).toEqual({ ok: true });
  await when(host.session.names, (names) => names.get(seat) === 'Bethan');
  // It stays through a new key.
  await host.session.rotate('m');
  await when(person.session.keys, (keys) => keys === 'ready');
  await circle.quiet(person);
  expect(host.session.names.value.get(seat)).toBe('Bethan');
});
