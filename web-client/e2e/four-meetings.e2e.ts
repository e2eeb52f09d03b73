/**
 * A set's life: four meetings in eight months, of a facilitator, seven members and an observer. Between them
 * a browser is cleared, a phone is new, somebody leaves, somebody joins, the facilitator's laptop is lost,
 * the service is renewed each time, and once its disk is lost and an earlier copy is put back. A real program
 * by a clock that is put forward, real Chromium.
 */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretOf, sightings } from './support/canary';
import { Circle, knock, openLink, sentBoxes, TYPED, type Who } from './support/circle';
import { Gallery } from './support/gallery';
import { clocks, dayAfter } from './support/months';
import type { Person, Traffic } from './support/person';

type Somebody = Who | 'hana';

/** Days from the first meeting to each. */
const DAYS = [0, 77, 154, 231] as const;
const MEMBERS = ['ana', 'bilal', 'chidi', 'dilys', 'ewa', 'femi', 'hana'] as const;
/** What each says they will do. */
const ACTIONS = {
  ana: 'Stand at one handover, kwimzardo',
  bilal: 'Ask the sister in charge, drofalquen',
  chidi: 'Write down three questions, flinzoquar',
} as const;
const DOERS = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];
const BIDS = ['a handover that keeps going, zibwexal', 'saying no to the board, plorvandim'] as const;
const PURPOSE = 'To lead across wards without a line, grenvolixa';
const QUESTION = 'How do I ask, and not tell, dromeskivar';
const HAPPENED = 'Two of us stood there, wexalpurn';
const LEARNED = 'That waits help nobody, grumvolty';
const PRACTICE = 'We ask before we tell, sprandivolk';

const gallery = new Gallery('four-meetings');
const ahead = clocks();
const people = new Map<Somebody, Person>();
const gone: Person[] = [];
const traffic = new Map<Person, Traffic>();
let circle: Circle;
let links: Record<'host' | 'member' | 'observer', string>;
let day = 0;

const get = (who: Somebody): Person => {
  const person = people.get(who);
  if (person === undefined) throw new Error(`${who} is not there`);
  return person;
};
const everybody = (): Person[] => [...people.values()];
const all = (act: (person: Person) => Promise<unknown>): Promise<unknown> => Promise.all(everybody().map(act));

/** Sits down at a browser that knows nothing; one that this person had is not there any more. */
async function arrive(who: Somebody): Promise<Person> {
  const before = people.get(who);
  if (before !== undefined) {
    gone.push(before);
    await before.context.close();
  }
  const own: Traffic = { elsewhere: circle.traffic.elsewhere, said: [] };
  const person = await circle.arrive(who, own);
  await person.context.clock.install({ time: dayAfter(day) });
  traffic.set(person, own);
  people.set(who, person);
  return person;
}

/** The service is renewed in order, and months have gone by when it is there again: for every browser, too. */
async function goBy(to: number, meanwhile = (): void => undefined): Promise<void> {
  day = ahead === undefined ? 0 : to;
  await circle.setroom.end();
  circle.setroom.env = ahead?.(day) ?? {};
  meanwhile();
  await circle.setroom.start();
  circle.lead();
  await all((person) => person.context.clock.setSystemTime(dayAfter(day)));
}

/** The sealed texts of this kind that somebody sent, at whatever browser. */
function boxes({ name }: Person, kind: string): string[] {
  return [...traffic].flatMap(([whose, { said }]) => (whose.name === name ? sentBoxes(said, kind) : []));
}

/** The journal that is in use. Copies, and what a restore puts aside, are the operator's to erase. */
async function disk(): Promise<string> {
  const kept = [...(await circle.kept())].filter(([place]) => place.startsWith('/data/journal'));
  return kept.map(([, bytes]) => bytes.toString('latin1')).join('');
}

const host = (): Person => get('host');

async function goTo(part: string): Promise<void> {
  await host().press('more');
  await host().pressInSheet('parts-open');
  await host().page.locator(`dialog[open] li[data-part="${part}"] button`).first().click();
  await all((person) => person.isIn(part));
}

/** From the start of a meeting to the charter, to which all agree. */
async function begin(): Promise<void> {
  await host().press('start');
  await all((person) => person.isIn('settle'));
  await goTo('charter');
  await all((person) => person.press('charter-agree'));
}

/** Somebody asks for a slot, gets it, and has it. */
async function present(who: Somebody, bid: string): Promise<void> {
  const person = get(who);
  await goTo('bids');
  await person.type('write-bid', bid);
  await person.press('bid-offer');
  await all((each) => each.reads(bid));
  await host().press('order');
  await host().pressInSheet('order-in', { name: person.name });
  await host().pressInSheet('order-set');
  await host().page.locator('footer.dock button').first().click();
  await all((each) => each.isIn('classic.present'));
}

async function close(): Promise<void> {
  await host().press('more');
  await host().pressInSheet('close-meeting');
  await host().pressInSheet('close-do');
  await all((person) => person.sees('summary-title'));
}

/** Opens the next meeting of the closed set; everybody with a seat is in it. */
async function openNext(number: number): Promise<void> {
  await host().press('next-open');
  await host().press('next-open-do');
  await all((person) => person.sees('gathering-title'));
  // Of the last one nobody knows that it is the last: there may be dates to come.
  await all((person) => person.reads(number < DAYS.length ? person.words('meeting-of', { number, of: 4 }) : person.words('meeting-n', { number })));
}

const screen = (person: Person): Promise<string> => person.page.locator('#app').innerText();

/** Nobody but its owner reads this, nor was ever sent a box of it. */
async function ownersAlone(owner: Person, kind: string, text: string): Promise<void> {
  const own = boxes(owner, kind);
  expect(own.length).toBeGreaterThan(0);
  for (const [person, { said }] of traffic) {
    if (person.name === owner.name) continue;
    const frames = said.map(String).join('\n');
    expect({ who: person.name, sent: own.filter((box) => frames.includes(box)) }).toEqual({ who: person.name, sent: [] });
  }
  for (const person of everybody().filter((one) => one !== owner)) expect(await screen(person)).not.toContain(text);
}

describe('four meetings in eight months', () => {
  beforeAll(async () => {
    circle = await Circle.gather();
    await goBy(0);
  });
  afterAll(() => circle?.scatter());

  it('a set is made, with four dates, and nine people come', async () => {
    const facilitator = await arrive('host');
    await facilitator.page.goto(`${facilitator.habits.origin}/`);
    await facilitator.press('landing-host-button');
    await facilitator.type('setup-set-name', TYPED.title);
    await facilitator.type('setup-own-name', TYPED.host);
    await facilitator.page.getByText(facilitator.words('setup-more')).click();
    await facilitator.type('charter-lines', TYPED.charter);
    await facilitator.press('setup-create');
    await facilitator.reads(facilitator.words('made-title', { title: TYPED.title }));
    const read = (role: string): Promise<string> => facilitator.page.locator(`#link-${role}`).inputValue();
    links = { host: await read('host'), member: await read('member'), observer: await read('observer') };
    await facilitator.press('go-to-room');
    await facilitator.sees('gathering-title');
    for (const who of [...MEMBERS, 'gwen'] as const) {
      const person = await arrive(who);
      await openLink(person, who === 'gwen' ? links.observer : links.member);
      await knock(person);
      await facilitator.press('admit-name', { name: person.name });
      await person.sees('gathering-title');
    }
    await facilitator.press('dates-open');
    for (const _ of DAYS) await facilitator.pressInSheet('dates-add');
    const fields = facilitator.page.locator('dialog[open] input[type="datetime-local"]');
    for (const [at, days] of DAYS.entries()) {
      const date = new Date(dayAfter(days + 1)).toISOString().slice(0, 10);
      await fields.nth(at).fill(`${date}T09:30`);
    }
    await facilitator.pressInSheet('dates-save');
    await all((person) => person.reads(person.words('meeting-of', { number: 1, of: 4 })));
    await facilitator.press('framework-write');
    await facilitator.type('framework-purpose', PURPOSE);
    await facilitator.press('write-save');
    await all((person) => person.reads(PURPOSE));
    expect(await facilitator.page.locator('.people li[data-seat]').count()).toBe(9);
    await gallery.shoot('first', [facilitator, get('ana'), get('gwen')]);
  });

  it('the first meeting: one presents, three say what they will do, one keeps a learning question', async () => {
    await begin();
    await present('ana', BIDS[0]);
    await goTo('close');
    for (const who of DOERS) {
      const person = get(who);
      await person.type('action-what', ACTIONS[who]);
      await person.press('action-keep');
      await person.button('saved').first().waitFor();
    }
    const ana = get('ana');
    await ana.openMine();
    await ana.unfold('learning-title');
    await ana.type('learning-question', QUESTION);
    await ana.press('learning-keep');
    await ana.press('learning-store');
    await ana.button('saved').last().waitFor();
    await ana.press('back-to-room');
    await close();
    const [bid = ''] = boxes(ana, 'bid');
    expect(bid.length).toBeGreaterThan(100);
    await expect.poll(disk).not.toContain(bid);
    for (const who of DOERS) {
      await get(who).reads(ACTIONS[who]);
      await ownersAlone(get(who), 'action', ACTIONS[who]);
    }
    await ownersAlone(ana, 'learning_question', QUESTION);
    await gallery.shoot('closed', [host(), ana, get('gwen')]);
  });

  it('between: a cleared browser is let back to its seat, and somebody leaves', async () => {
    await all((person) => person.page.close());
    await goBy(60);
    const facilitator = host();
    await comeBack(facilitator);
    const ana = await arrive('ana');
    await openLink(ana, links.member);
    await knock(ana);
    await facilitator.sees('knocks-closed');
    await facilitator.press('admit-as', { name: ana.name });
    await ana.sees('summary-title');
    await ana.reads(ACTIONS.ana);
    expect(await screen(facilitator)).not.toContain(ACTIONS.ana);
    const dilys = get('dilys');
    await comeBack(dilys);
    await dilys.press('menu');
    await dilys.pressInSheet('menu-leave');
    await dilys.pressInSheet('leave-set');
    await dilys.sees('ended-left');
    await gallery.shoot('left', [dilys, ana]);
    await dilys.context.close();
    gone.push(dilys);
    people.delete('dilys');
  });

  it('the second meeting: a new phone, a new member, and what became of what people said', async () => {
    await goBy(DAYS[1]);
    await Promise.all(everybody().filter(({ page }) => page.isClosed()).map(comeBack));
    await openNext(2);
    const chidi = await arrive('chidi');
    await openLink(chidi, links.member);
    await knock(chidi);
    await host().unfold('knock-was-here');
    await host().press('admit-as', { name: chidi.name });
    await chidi.sees('gathering-title');
    const tomos = await arrive('co');
    await openLink(tomos, links.member);
    await knock(tomos);
    await host().press('admit-name', { name: tomos.name });
    await tomos.sees('gathering-title');
    for (const text of [TYPED.title, TYPED.charter, PURPOSE, TYPED.ana, TYPED.femi]) await tomos.reads(text);
    await all((person) => person.readsNoMore(TYPED.dilys));
    await begin();
    await goTo('action_review');
    for (const who of DOERS) {
      const card = get(who).page.locator('form.action').first();
      await expect.poll(() => card.locator('textarea').first().inputValue()).toBe(ACTIONS[who]);
    }
    const ana = get('ana');
    const card = ana.page.locator('form.action').first();
    await card.getByLabel(ana.words('outcome-done'), { exact: true }).check();
    await card.getByLabel(ana.words('action-happened'), { exact: true }).fill(HAPPENED);
    await card.getByLabel(ana.words('action-learned'), { exact: true }).fill(LEARNED);
    await card.getByRole('button', { name: ana.words('write-save'), exact: true }).click();
    await ana.button('saved').first().waitFor();
    await gallery.shoot('review', [host(), ana, chidi, tomos]);
    await ana.openMine();
    await ana.unfold('practice-propose-title');
    await ana.type('practice-line', PRACTICE);
    await ana.press('practice-propose');
    await ana.sees('practice-mine-asked');
    await ana.press('back-to-room');
    await Promise.all(everybody().filter((person) => person !== ana && person !== get('gwen')).map((person) => person.press('proposal-yes')));
    await present('bilal', BIDS[1]);
    await close();
    await all((person) => person.reads(PRACTICE));
    const [bid = ''] = boxes(get('bilal'), 'bid');
    expect(bid.length).toBeGreaterThan(100);
    await expect.poll(disk).not.toContain(bid);
    await ana.reads(LEARNED);
    await ownersAlone(ana, 'action', HAPPENED);
    await gallery.shoot('closed-again', [host(), ana, tomos]);
  });

  it('the third meeting: the facilitator’s laptop is lost, and the host’s link opens the set', async () => {
    await all((person) => person.page.close());
    await goBy(DAYS[2]);
    const facilitator = await arrive('host');
    await openLink(facilitator, links.host);
    await facilitator.type('door-name', facilitator.name);
    await facilitator.press('door-go-in');
    await facilitator.sees('summary-title');
    for (const text of [TYPED.title, PURPOSE, PRACTICE]) await facilitator.reads(text);
    await gallery.shoot('laptop', [facilitator]);
    await Promise.all(everybody().filter(({ page }) => page.isClosed()).map(comeBack));
    await openNext(3);
    for (const name of [TYPED.ana, TYPED.femi, TYPED.co, TYPED.gwen]) await facilitator.reads(name);
    await begin();
    await goTo('bids');
    await facilitator.press('order');
    const row = (who: Somebody) => facilitator.page.locator('dialog[open] li', { hasText: TYPED[who] });
    await expect.poll(() => row('ana').innerText()).toMatch(/meeting 1; had/);
    await expect.poll(() => row('bilal').innerText()).toMatch(/meeting 2; had/);
    expect(await row('femi').innerText()).toContain(facilitator.words('order-not-yet'));
    await facilitator.pressInSheet('cancel');
    await goTo('close');
    await close();
    circle.setroom.run('backup', join(circle.setroom.folder, 'copy'));
  });

  it('the disk is lost: an earlier copy is put back, and people are told what may be missing', async () => {
    const ana = get('ana');
    await host().press('dates-open');
    const when = new Date(dayAfter(DAYS[3] + 1)).toISOString().slice(0, 10);
    await host().page.getByLabel(host().words('date-of-meeting', { number: 4 }), { exact: true }).fill(`${when}T14:00`);
    await host().pressInSheet('dates-save');
    await host().page.locator('dialog[open]').waitFor({ state: 'detached' });
    await goBy(DAYS[3], () => circle.setroom.run('restore', join(circle.setroom.folder, 'copy'), '--replace'));
    await all((person) => person.sees('set-back'));
    await gallery.shoot('put-back', [host(), ana]);
    await ana.reads(ACTIONS.ana);
    for (const text of [LEARNED, PRACTICE]) await ana.reads(text);
    // What came after the copy is gone: the date is the earlier one.
    expect(await screen(ana)).not.toContain('14:00');
  });

  it('the fourth meeting is the last, and after it the set ends', async () => {
    await openNext(4);
    await begin();
    const ana = get('ana');
    await ana.openMine();
    await ana.unfold('learning-title');
    await expect.poll(() => ana.page.getByLabel(ana.words('learning-question'), { exact: true }).inputValue()).toBe(QUESTION);
    await ana.press('back-to-room');
    const begun = dayAfter(day);
    await close();
    const receipt = await screen(ana);
    await gallery.shoot('last', [host(), ana, get('gwen')]);
    await gallery.examine('last', [host(), ana]);
    // The receipt says that the months have gone by.
    const date = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', day: 'numeric', month: 'long', year: 'numeric' });
    expect([begun, dayAfter(day)].map((at) => date.format(at)).filter((at) => receipt.includes(at))).not.toEqual([]);
    // What was hers is sealed again at the close: the newest of it comes to the disk.
    const newest = (): string => boxes(ana, 'action').at(-1) ?? '';
    await expect.poll(async () => (await disk()).includes(newest())).toBe(true);
    const kept = newest();
    expect(kept.length).toBeGreaterThan(100);
    await host().press('erase-do');
    await host().press('erase-sure');
    await all((person) => person.sees('ended-erased'));
    expect(await disk()).not.toContain(kept);
    await gallery.shoot('erased', [host(), ana]);
  });

  it('nothing that was typed was ever where the service could read it', async () => {
    const last = (text: string): string => text.split(' ').at(-1) ?? text;
    const words = [...Object.values(TYPED), ...Object.values(ACTIONS), ...BIDS, PURPOSE, QUESTION, HAPPENED, LEARNED, PRACTICE].map(last);
    words.push(...Object.values(links).map(secretOf));
    const places = await circle.kept();
    for (const [person, { said }] of traffic) places.set(`what went to and from ${person.name}`, Buffer.concat(said.map((each) => Buffer.from(each))));
    for (const [place, bytes] of places) expect({ place, seen: sightings(words, bytes) }).toEqual({ place, seen: [] });
    expect(places.get('/log.jsonl')?.includes('"message":"listening"')).toBe(true);
    expect([...traffic.values()].every(({ said }) => said.length > 0)).toBe(true);
  });

  it('nothing was broken on the way', () => {
    expect(gallery.faults).toEqual([]);
    expect(circle.traffic.elsewhere).toEqual([]);
    for (const { name, complaints } of [...gone, ...everybody()]) {
      expect({ name, policy: complaints.policy, errors: complaints.errors }).toEqual({ name, policy: [], errors: [] });
    }
  });
});

/** Opens the set again in the browser that knows it, weeks later. */
async function comeBack(person: Person): Promise<void> {
  const link = person === host() ? links.host : person === get('gwen') ? links.observer : links.member;
  await person.reopen();
  await person.page.goto(person.habits.origin + link.slice(link.indexOf('/j#')));
  await person.sees('summary-title');
}
