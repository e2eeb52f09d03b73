/** The stage that all chapters of the meeting play on: the circle, the pictures, and what all must see. */

import { expect, vi } from 'vitest';
import type { MessageId } from '../../../src/i18n';
import { agree } from '../agreement';
import { secretOf, sightings } from '../canary';
import { Circle, type Links, MEMBERS, TYPED, type Who } from '../circle';
import { Gallery } from '../gallery';
import type { Person } from '../person';

/** What is no secret: the name of the plan. */
const OPEN = 'short_90';
const PATIENT = { timeout: 60_000, interval: 150 };

export const ALL: readonly Who[] = ['host', 'co', ...MEMBERS, 'gwen'];
export const gallery = new Gallery('meeting');

let gathered: Circle | undefined;
let given: Links | undefined;

/** Starts the service and the browser. */
export async function gather(): Promise<void> {
  gathered = await Circle.gather();
}

export async function scatter(): Promise<void> {
  await gathered?.scatter();
}

export function circle(): Circle {
  if (gathered === undefined) throw new Error('nobody has come');
  return gathered;
}

/** The links of the set, once it has been made. */
export function links(): Links {
  if (given === undefined) throw new Error('no links yet');
  return given;
}

export function giveLinks(links: Links): void {
  given = links;
}

export const get = (who: Who | 'hana'): Person => circle().get(who);

/** Everybody who is here, or those of them that are named. */
export const all = (...whom: (Who | 'hana')[]): Person[] => circle().all(...whom);

/** All of these do it at the same time. */
export const each = (whom: readonly Who[], act: (person: Person) => Promise<unknown>): Promise<unknown> =>
  Promise.all(whom.map((who) => act(get(who))));

export const everybodyIn = (part: string): Promise<unknown> =>
  Promise.all(all().map((person) => person.isIn(part)));

export const everybodySees = (id: MessageId, args?: Readonly<Record<string, string | number>>): Promise<unknown> =>
  Promise.all(all().map((person) => person.sees(id, args)));

export const nobodySees = (id: MessageId): Promise<unknown> =>
  Promise.all(all().map((person) => person.readsNoMore(person.words(id))));

export const everybodyReads = (text: string): Promise<unknown> =>
  Promise.all(all().map((person) => person.reads(text)));

/** Whose seat is whose, as everybody's screen marks it. */
export async function seats(): Promise<Map<string, string>> {
  const rows = await get('co').page.locator('.people li[data-seat]').evaluateAll((found) =>
    found.map((row) => [row.getAttribute('data-seat') ?? '', row.textContent ?? ''] as const),
  );
  const whose = all().map(({ name }) => {
    const seat = rows.find(([, text]) => text.includes(name))?.[0];
    return [name, seat ?? ''] as const;
  });
  return new Map(whose);
}

/**
 * Whose turn comes when in the round that is on the screens. A round goes in the order in which people
 * were let in; where two let people in at the same time, that is for them and the service to settle.
 */
export async function roundOrder(): Promise<(Who | 'hana')[]> {
  const bySeat = new Map([...(await seats())].map(([name, seat]) => [seat, name]));
  const round = await vi.waitFor(async () => {
    const shown = (await agree(all())).round ?? '';
    expect(shown).not.toBe('');
    return shown;
  }, PATIENT);
  return round.split('\n').map((row) => {
    const name = bySeat.get(row.split(' ')[0] ?? '');
    const who = [...circle().people].find(([, person]) => person.name === name)?.[0];
    if (who === undefined) throw new Error(`nobody has the seat of ${row}`);
    return who;
  });
}

/** Waits until everybody sees that this person, or nobody, has the floor. */
export async function floor(who?: Who | 'hana'): Promise<void> {
  const seat = who === undefined ? '' : (await seats()).get(TYPED[who]);
  await vi.waitFor(async () => expect((await agree(all())).floor).toBe(seat), PATIENT);
}

export const turn = (who: Who | 'hana'): Promise<void> => floor(who);

/** Waits until everybody sees exactly these hands, in this order. */
export const waiting = (...whom: Who[]): Promise<void> => waitingFor(all(), ...whom);

export async function waitingFor(people: readonly Person[], ...whom: Who[]): Promise<void> {
  const of = await seats();
  const wanted = whom.map((who) => of.get(TYPED[who])).join('\n');
  await vi.waitFor(async () => expect((await agree(people, all())).queue).toBe(wanted), PATIENT);
}

/** Puts a hand up and waits until it is, so that the next one comes after it. */
export async function raised(who: Who, kind?: Parameters<Person['raiseHand']>[0]): Promise<void> {
  await get(who).raiseHand(kind);
  await get(who).sees('hand-lower');
}

/**
 * Looks for what was typed, and for the secrets of links, wherever the service could have kept them.
 * Gives the text of all places whose name ends so.
 */
export async function searched(when: string): Promise<(ending: string) => string> {
  const words: string[] = Object.values(TYPED).map((text) => text.split(' ').at(-1) ?? text);
  words.push(...Object.values(links()).map(secretOf));
  const places = await circle().kept();
  for (const [place, bytes] of places) {
    expect({ place, seen: sightings(words, bytes) }, when).toEqual({ place, seen: [] });
  }
  // The search is no search of empty shelves: what may be seen is seen.
  const text = (ending: string): string =>
    [...places].flatMap(([place, bytes]) => (place.endsWith(ending) ? [bytes.toString('latin1')] : [])).join('');
  for (const place of ['.sqlite3', 'frames']) expect({ place, seen: text(place).includes(OPEN) }, when).toEqual({ place, seen: true });
  expect(text('log.jsonl').includes('"message":"listening"'), when).toBe(true);
  expect(text('metrics'), when).toMatch(/^setroom_\w+/m);
  return text;
}
