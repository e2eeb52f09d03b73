/**
 * What people see when an earlier copy of the journal is put back under them, and when their set's
 * record is damaged. A real program, the operator's own commands, real browsers, wide and narrow.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { agree } from './support/agreement';
import { Circle, knock, openLink, TYPED } from './support/circle';
import { Gallery } from './support/gallery';
import type { Person } from './support/person';

const gallery = new Gallery('set-back');
let circle: Circle;
let people: Person[];

beforeAll(async () => {
  circle = await Circle.gather();
  people = [await circle.arrive('host'), await circle.arrive('ana'), await circle.arrive('bilal')];
});
afterAll(() => circle.scatter());

const all = (act: (person: Person) => Promise<unknown>): Promise<unknown> => Promise.all(people.map(act));

/** The service is stopped, this is done to its data, and it starts where it was. */
async function meanwhile(act: () => void): Promise<void> {
  await circle.setroom.end();
  act();
  await circle.setroom.start();
}

const copy = (): string => join(circle.setroom.folder, 'copy');
const putBack = (): string => circle.setroom.run('restore', copy(), '--replace');

it('a host and two members are in a meeting, where bids are typed', async () => {
  const [host, ...members] = people as [Person, Person, Person];
  await host.page.goto(`${host.habits.origin}/`);
  await host.press('landing-host-button');
  await host.type('setup-set-name', TYPED.title);
  await host.type('setup-own-name', TYPED.host);
  await host.press('setup-create');
  const link = await host.page.locator('#link-member').inputValue();
  await host.press('go-to-room');
  for (const member of members) {
    await openLink(member, link);
    await knock(member);
    await host.press('admit-name', { name: member.name });
    await member.sees('gathering-title');
  }
  await host.press('start');
  await all((person) => person.isIn('settle'));
  for (const part of ['check_in', 'charter', 'bids']) {
    await host.moveOnTo(part);
    await all((person) => person.isIn(part));
    if (part === 'charter') await all((person) => person.press('charter-agree'));
  }
  expect(await host.page.locator('.line.live').count()).toBe(1);
});

// fault: F13 — in a real browser people are told, offer their text again, and others get it
it('a copy that was put back: people are told, and what they wrote since goes to everybody again', async () => {
  const [host, ana, bilal] = people as [Person, Person, Person];
  circle.setroom.run('backup', copy());
  for (const [person, bid, minutes] of [[ana, TYPED.bid, '40'], [bilal, TYPED.otherBid, '25']] as const) {
    await person.type('write-bid', bid);
    await person.choose('bid-pressing-1');
    await person.type('bid-minutes', minutes);
    await person.press('bid-offer');
    await all((each) => each.reads(bid));
  }
  await meanwhile(putBack);
  await all((person) => person.sees('set-back'));
  await Promise.all([ana, bilal].map((person) => person.sees('lost-texts', { count: 1 })));
  await host.readsNoMore(TYPED.bid);
  await gallery.shoot('told', people);
  await gallery.examine('told', people);
  await ana.press('write-again');
  await Promise.all([host, bilal].map((person) => person.reads(TYPED.bid)));
  await ana.readsNoMore(ana.words('lost-texts', { count: 1 }));
  await bilal.press('write-again');
  await all((person) => person.reads(TYPED.otherBid));
  await bilal.press('dismiss');
  await bilal.readsNoMore(bilal.words('set-back'));
  const { table } = await agree(people);
  expect([TYPED.bid, TYPED.otherBid].every((bid) => table?.includes(bid))).toBe(true);
  await gallery.shoot('written-again', people);
  await gallery.examine('written-again', [ana]);
});

it('a damaged record: people read so, are not sent round in circles, and go on once a copy is back', async () => {
  await meanwhile(() => {
    const file = join(circle.setroom.folder, 'data', 'journal.sqlite3');
    const bytes = readFileSync(file);
    // The beginning of a text that is stored; the rest may be on another page of the file.
    const box = Buffer.from(circle.boxes('bid').at(-1)?.slice(0, 60) ?? '');
    expect(box.length).toBe(60);
    let places = 0;
    for (let at = bytes.indexOf(box); at >= 0; at = bytes.indexOf(box, at + 1)) {
      bytes[at + 40] = bytes[at + 40] === 65 ? 66 : 65;
      places += 1;
    }
    expect(places).toBeGreaterThan(0);
    writeFileSync(file, bytes);
  });
  await all((person) => person.sees('ended-damaged'));
  await gallery.shoot('damaged', people);
  await gallery.examine('damaged', people);
  for (const person of people) {
    let dialled = 0;
    person.page.on('websocket', () => (dialled += 1));
    await person.press('reload');
    await person.sees('ended-damaged');
    expect(dialled, 'one look, and no more').toBe(1);
  }
  await meanwhile(putBack);
  for (const person of people) {
    await person.press('reload');
    await person.isIn('bids');
  }
  await gallery.shoot('mended', people);
});

it('nothing was broken on the way', () => {
  expect(gallery.faults).toEqual([]);
  expect(circle.traffic.elsewhere).toEqual([]);
  for (const { name, complaints } of circle.everybody) {
    expect({ name, policy: complaints.policy, errors: complaints.errors }).toEqual({ name, policy: [], errors: [] });
  }
});
