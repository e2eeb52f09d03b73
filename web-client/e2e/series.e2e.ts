/**
 * A set that meets again: dates for everybody's calendar, the next meeting over a restart, what was kept
 * and what was destroyed. A real program, and real browsers.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Circle, knock, openLink, TYPED } from './support/circle';
import { Gallery } from './support/gallery';
import type { Person } from './support/person';

const gallery = new Gallery('series');
let circle: Circle;
let host: Person;
let ana: Person;
let bilal: Person;
let link: string;

beforeAll(async () => {
  circle = await Circle.gather();
  [host, ana, bilal] = [await circle.arrive('host'), await circle.arrive('ana'), await circle.arrive('bilal')];
});
afterAll(() => circle.scatter());

const all = (act: (person: Person) => Promise<unknown>): Promise<unknown> => Promise.all([host, ana, bilal].map(act));

/** An entry of a calendar file. */
type Entry = Readonly<Record<string, string>>;

/** The calendar file that somebody saves, as its entries in order of time. */
async function calendar(person: Person): Promise<Entry[]> {
  const saved = person.page.waitForEvent('download');
  await person.press('ics-save');
  const lines = readFileSync(await (await saved).path(), 'utf8').replaceAll('\r\n ', '').split('\r\n');
  return lines.join('\n').split('BEGIN:VEVENT').slice(1).map((entry) =>
    Object.fromEntries(entry.split('\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    })),
  );
}

const of = (entries: readonly Entry[], field: string): (string | undefined)[] => entries.map((entry) => entry[field]);

/** All that is in the journal's files. */
async function files(): Promise<string> {
  const kept = await circle.kept();
  return [...kept].filter(([place]) => place.includes('journal')).map(([, bytes]) => bytes.toString('latin1')).join('');
}

async function goTo(part: string): Promise<void> {
  await host.press('more');
  await host.pressInSheet('parts-open');
  await host.page.locator(`dialog[open] li[data-part="${part}"] button`).click();
  await all((person) => person.isIn(part));
}

async function typeDate(number: number, when: string): Promise<void> {
  await host.page.getByLabel(host.words('date-of-meeting', { number }), { exact: true }).fill(when);
}

it('the first meeting has a date, and so have those after it, for everybody', async () => {
  await host.page.goto(`${host.habits.origin}/`);
  await host.press('landing-host-button');
  await host.type('setup-set-name', TYPED.title);
  await host.type('setup-own-name', TYPED.host);
  await host.page.getByLabel(host.words('setup-when'), { exact: true }).fill('2031-01-14T09:30');
  await host.page.getByText(host.words('setup-more')).click();
  await host.type('charter-lines', TYPED.charter);
  await host.press('setup-create');
  await host.reads(host.words('made-title', { title: TYPED.title }));
  const first = await calendar(host);
  expect([of(first, 'DTSTART'), of(first, 'SEQUENCE')]).toEqual([['20310114T093000Z'], ['0']]);
  link = await host.page.locator('#link-member').inputValue();
  expect(of(first, 'LOCATION')).toEqual([link]);
  await host.press('go-to-room');
  await host.sees('gathering-title');
  for (const person of [ana, bilal]) {
    await openLink(person, link);
    await knock(person);
    await host.press('admit-name', { name: person.name });
    await person.sees('gathering-title');
  }
  await host.press('dates-open');
  await host.page.getByLabel(host.words('dates-weeks'), { exact: true }).fill('9');
  for (const _ of [2, 3]) await host.pressInSheet('dates-add');
  // Nine weeks later at the same hour; the third after the clocks have changed.
  const fields = host.page.locator('dialog[open] input[type="datetime-local"]');
  expect(await fields.evaluateAll((found) => found.map((field) => (field as HTMLInputElement).value))).toEqual([
    '2031-01-14T09:30', '2031-03-18T09:30', '2031-05-20T09:30',
  ]);
  await gallery.shoot('dates', [host]);
  await gallery.examine('dates', [host]);
  await host.pressInSheet('dates-save');
  await all((person) => person.reads(person.words('meeting-of', { number: 1, of: 3 })));
  await all((person) => person.reads('Tuesday 18 March 2031 at 09:30, London time'));
  const [mine, theirs] = [await calendar(host), await calendar(ana)];
  expect(of(theirs, 'UID')).toEqual(of(mine, 'UID'));
  expect(of(mine, 'UID')[0]).toBe(of(first, 'UID')[0]);
  expect(of(theirs, 'DTSTART')).toEqual(['20310114T093000Z', '20310318T093000Z', '20310520T083000Z']);
  // A member's browser does not keep the link.
  expect(of(theirs, 'LOCATION')).toEqual(of(theirs, 'UID').map(() => ana.habits.origin));
  await gallery.shoot('gathering', [host, ana]);
});

it('a date that cannot be is said at its field, and nothing typed is lost', async () => {
  await host.press('dates-open');
  await typeDate(2, '2031-01-14T09:30');
  await host.pressInSheet('dates-save');
  await host.sees('date-twice');
  await host.page.getByRole('button', { name: host.words('cancel'), exact: true }).click();
  await host.press('dates-open');
  expect(await host.page.getByLabel(host.words('date-of-meeting', { number: 2 }), { exact: true }).inputValue()).toBe('2031-01-14T09:30');
  await typeDate(2, '2031-03-18T09:30');
  await host.pressInSheet('dates-save');
  await host.page.locator('dialog[open]').waitFor({ state: 'detached' });
});

it('where few can come whoever runs the set is told, and goes ahead small, and back', async () => {
  const when = 'Tuesday 14 January 2031 at 09:30, London time';
  await bilal.button('away-cannot-on', { when }).click();
  await host.sees('few-can', { count: 2, all: 3 });
  await gallery.shoot('few', [host]);
  await gallery.examine('few', [host]);
  await host.press('few-small');
  for (const person of [ana, bilal]) await person.reads(person.words('plan-short-90'));
  expect(await host.button('few-small').count()).toBe(0);
  await host.unfold('plan-change');
  await host.page.locator('#plan-half_day_210').check();
  for (const person of [ana, bilal]) await person.readsNoMore(person.words('plan-short-90'));
  await bilal.button('away-can-on', { when }).click();
  await host.page.locator('[data-few]').waitFor({ state: 'detached' });
});

it('a closed meeting says when the next one is, also to whoever comes back later', async () => {
  await host.press('start');
  await all((person) => person.isIn('settle'));
  await goTo('charter');
  await all((person) => person.press('charter-agree'));
  await goTo('bids');
  await bilal.type('write-bid', TYPED.bid);
  await bilal.press('bid-offer');
  await ana.reads(TYPED.bid);
  await host.press('order');
  expect(await host.page.locator('dialog[open]').innerText()).not.toContain(host.words('order-not-yet'));
  await host.pressInSheet('order-in', { name: ana.name });
  await host.pressInSheet('order-set');
  await host.page.locator('footer.dock button').first().click();
  await all((person) => person.isIn('classic.present'));
  await goTo('close');
  await ana.type('action-what', TYPED.what);
  await ana.type('action-first', TYPED.first);
  await ana.press('action-keep');
  await ana.sees('write-unseen');
  await host.press('more');
  await host.pressInSheet('close-meeting');
  await host.pressInSheet('close-do');
  await all((person) => person.sees('summary-title'));
  await all((person) => person.reads('Tuesday 18 March 2031 at 09:30, London time'));
  await ana.reads(TYPED.what);
  await gallery.shoot('closed', [host, ana]);
  await gallery.examine('closed', [host, ana]);
  // Eight weeks later, say: the service was renewed meanwhile.
  await circle.setroom.kill();
  await circle.setroom.start();
  circle.lead();
  await ana.page.reload();
  await ana.sees('summary-title');
  await ana.reads('Tuesday 18 March 2031 at 09:30, London time');
  await ana.reads(TYPED.what);
  expect(of(await calendar(ana), 'DTSTART')).toEqual(['20310318T093000Z', '20310520T083000Z']);
  const late = await circle.arrive('chidi');
  await late.page.goto(late.habits.origin + link.slice(link.indexOf('/j#')));
  await late.sees('arrival-title');
  await late.type('door-name', late.name);
  await late.press('door-ask');
  // The door of a set that is over: nobody new is let in, and it says so.
  await late.sees('stage-closed');
  await host.sees('knocks-closed');
  expect(await host.button('admit-name', { name: late.name }).count()).toBe(0);
  await late.press('lobby-leave');
  await late.sees('ended-left-do');
});

it('the next meeting has the same people, and what each said they would do', async () => {
  await bilal.page.reload();
  await bilal.sees('summary-title');
  await host.page.reload();
  await host.press('next-open');
  await gallery.shoot('opens', [host]);
  await host.press('next-open-do');
  await all((person) => person.sees('gathering-title'));
  await all((person) => person.reads(person.words('meeting-of', { number: 2, of: 3 })));
  await ana.sees('last-title');
  await ana.reads(TYPED.what);
  await ana.reads(TYPED.bilal);
  // The set's own rules, to be agreed to once more.
  await ana.reads(TYPED.charter);
  await gallery.shoot('again', [host, ana, bilal]);
  await gallery.examine('again', [host, ana]);
  expect(await bilal.page.getByText(bilal.words('last-title'), { exact: true }).count()).toBe(0);
  // By the same link, in the browser that has a seat, nobody is at the door.
  await bilal.page.goto(bilal.habits.origin);
  await bilal.page.goto(bilal.habits.origin + link.slice(link.indexOf('/j#')));
  await bilal.sees('gathering-title');
  // The link is the one that people have.
  await host.press('links');
  expect(await host.page.locator('#link-member').inputValue()).toBe(link);
  await host.page.locator('dialog[open]').getByRole('button', { name: host.words('close-sheet'), exact: true }).click();
  const chidi = circle.get('chidi');
  await openLink(chidi, link);
  await knock(chidi);
  await host.press('admit-name', { name: chidi.name });
  await chidi.sees('gathering-title');
  // Names are sealed again for whoever is new.
  for (const name of [TYPED.host, TYPED.ana, TYPED.bilal]) await chidi.reads(name);
  await chidi.reads(TYPED.title);
  await host.press('start');
  await all((person) => person.isIn('settle'));
  await goTo('charter');
  await all((person) => person.press('charter-agree'));
  await goTo('action_review');
  const card = ana.page.locator('form.action').first();
  expect(await card.locator('textarea').first().inputValue()).toBe(TYPED.what);
  await card.getByLabel(ana.words('outcome-changed'), { exact: true }).check();
  await card.getByLabel(ana.words('action-happened'), { exact: true }).fill(TYPED.reflection);
  await card.getByLabel(ana.words('action-learned'), { exact: true }).fill(TYPED.learned);
  await gallery.shoot('review', [ana, bilal]);
  await gallery.examine('review', [ana]);
  await card.getByRole('button', { name: ana.words('write-save'), exact: true }).click();
  await ana.button('saved').first().waitFor();
  await ana.page.reload();
  await ana.isIn('action_review');
  await expect.poll(() => card.getByLabel(ana.words('action-learned'), { exact: true }).inputValue()).toBe(TYPED.learned);
  expect(await card.getByLabel(ana.words('action-happened'), { exact: true }).inputValue()).toBe(TYPED.reflection);
});

it('who has presented, and for how long, is seen by whoever sets the order', async () => {
  await goTo('bids');
  await host.press('order');
  const row = (person: Person) => host.page.locator('dialog[open] li', { hasText: person.name });
  // Begun minutes count whole.
  await expect.poll(() => row(ana).innerText()).toMatch(/meeting 1; had 1 of \d\d min/);
  expect(await row(bilal).innerText()).toContain(host.words('order-not-yet'));
  await gallery.shoot('order', [host]);
  await gallery.examine('order', [host]);
  await host.pressInSheet('cancel');
});

it('what was destroyed is in no file and on no screen, and dates that move or fall out are told to calendars', async () => {
  const screens = [host, ana, bilal, circle.get('chidi')].map(({ page }) => page.locator('body').innerText());
  for (const screen of await Promise.all(screens)) expect(screen).not.toContain(TYPED.bid);
  const [box = ''] = circle.boxes('bid');
  expect(box.length).toBeGreaterThan(100);
  await expect.poll(async () => (await files()).includes(box)).toBe(false);
  expect(await files()).toContain(circle.boxes('action').at(-1));

  await host.press('more');
  await host.pressInSheet('dates-open');
  await typeDate(3, '2031-07-01T14:00');
  await host.pressInSheet('dates-add');
  await host.pressInSheet('dates-save');
  await all((person) => person.reads(person.words('meeting-of', { number: 2, of: 4 })));
  await host.press('more');
  await host.pressInSheet('dates-open');
  await host.pressInSheet('date-drop', { number: 3 });
  await host.pressInSheet('dates-save');
  await host.press('more');
  await host.pressInSheet('close-meeting');
  await host.pressInSheet('close-do');
  await all((person) => person.sees('summary-title'));
  await ana.reads('Tuesday 26 August 2031 at 14:00, London time');
  const entries = await calendar(ana);
  expect(of(entries, 'DTSTART')).toEqual(['20310701T130000Z', '20310826T130000Z']);
  expect(of(entries, 'STATUS')).toEqual(['CANCELLED', 'CONFIRMED']);
  expect(of(entries, 'SEQUENCE')).toEqual(['2', '0']);
  await ana.reads(TYPED.learned);
});

it('whoever was to run it has the controls once it is open, and nobody changes alone what all had agreed to', async () => {
  await host.press('dates-open');
  await host.page.locator('dialog[open] select').last().selectOption({ label: bilal.name });
  await gallery.shoot('leads', [host]);
  await gallery.examine('leads', [host]);
  await host.pressInSheet('cancel');
  await all((person) => person.reads(person.words('lead-of', { name: bilal.name })));
  await host.press('next-open');
  await host.press('next-open-do');
  await all((person) => person.sees('gathering-title'));
  await bilal.button('start').waitFor();
  expect(await ana.button('start').count()).toBe(0);
  await host.press('menu');
  await host.pressInSheet('menu-agreed');
  await host.sees('mode-later');
  expect(await host.page.locator('dialog[open] summary').getByText(host.words('mode-change-open')).count()).toBe(0);
  await host.pressInSheet('close-sheet');
  await bilal.press('start');
  await all((person) => person.isIn('settle'));
  await host.press('more');
  await host.pressInSheet('close-meeting');
  await host.pressInSheet('close-do');
  await all((person) => person.sees('summary-title'));
});

it('the host ends the set: everybody is told when nothing of it is left on the disk, and that is so', async () => {
  const action = circle.boxes('action').at(-1) ?? '';
  expect(action.length).toBeGreaterThan(100);
  await host.press('erase-do');
  await host.press('erase-sure');
  await all((person) => person.sees('ended-erased'));
  expect(await files()).not.toContain(action);
  await ana.page.reload();
  expect(await ana.page.locator('body').innerText()).not.toContain(TYPED.learned);
});

it('no screen of it has a fault that axe finds, and nothing went wrong anywhere', () => {
  expect(gallery.faults).toEqual([]);
  for (const { complaints } of circle.everybody) expect(complaints).toEqual({ policy: [], errors: [] });
});
