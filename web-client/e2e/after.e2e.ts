/**
 * What is asked at the beginning and at the end of a meeting: whether anything records, how it was, who was
 * there and who cannot come. A real program, and real browsers.
 */

import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Circle, knock, openLink, TYPED, type Who } from './support/circle';
import { Gallery } from './support/gallery';
import type { Person } from './support/person';

const gallery = new Gallery('after');
const GUESTS = ['ana', 'bilal', 'chidi', 'dilys'] as const;
let circle: Circle;
let host: Person;
let link: string;

beforeAll(async () => {
  circle = await Circle.gather();
  host = await circle.arrive('host');
  for (const who of GUESTS) await circle.arrive(who);
  // The smallest phone, in the dark.
  await circle.get('chidi').page.setViewportSize({ width: 320, height: 640 });
});
afterAll(() => circle.scatter());

const all = (act: (person: Person) => Promise<unknown>): Promise<unknown> => Promise.all(circle.all().map(act));

async function comesIn(person: Person): Promise<void> {
  await openLink(person, link);
  await knock(person);
  await host.press('admit-name', { name: person.name });
}

async function goTo(part: string): Promise<void> {
  await host.press('more');
  await host.pressInSheet('parts-open');
  await host.page.locator(`dialog[open] li[data-part="${part}"] button`).click();
  await all((person) => person.isIn(part));
}

async function closes(): Promise<void> {
  await host.press('more');
  await host.pressInSheet('close-meeting');
  await host.pressInSheet('close-do');
  await all((person) => person.sees('summary-title'));
}

/** Somebody's own mark for a statement of the form. */
function mark(person: Person, statement: 'form-heard' | 'form-safe', is: 'form-scale-1' | 'form-scale-2' | 'form-scale-3'): Locator {
  return person.page.getByRole('group', { name: person.words(statement), exact: true }).getByLabel(person.words(is), { exact: true });
}

async function answers(who: Who, is: 'form-scale-1' | 'form-scale-3'): Promise<void> {
  const person = circle.get(who);
  await person.page.locator('#form-title').click();
  await mark(person, 'form-heard', 'form-scale-3').check();
  await mark(person, 'form-safe', is).check();
  await person.press('form-send');
  await person.sees('form-sent');
}

/** The file of who was there. */
async function attendance(): Promise<string> {
  const saved = host.page.waitForEvent('download');
  await host.press('attendance-save');
  return readFileSync(await (await saved).path(), 'utf8');
}

async function keepsAs(person: Person, is: 'attended-came' | 'attended-apologies'): Promise<void> {
  await host.page.getByLabel(person.name, { exact: true }).selectOption({ label: host.words(is) });
  await host.press('attendance-keep');
}

const counted = (person: Person, of: readonly (readonly ['attended-came' | 'attended-apologies' | 'attended-absent', number])[]): string =>
  of.map(([is, count]) => `${person.words(is)}: ${count}`).join(' · ');

it('at the gathering everybody says whether anything records, and whoever has something on is named to all', async () => {
  await host.page.goto(`${host.habits.origin}/`);
  await host.press('landing-host-button');
  await host.type('setup-set-name', TYPED.title);
  await host.type('setup-own-name', TYPED.host);
  await host.page.getByLabel(host.words('setup-when'), { exact: true }).fill('2031-01-14T09:30');
  await host.press('setup-create');
  await host.reads(host.words('made-title', { title: TYPED.title }));
  link = await host.page.locator('#link-member').inputValue();
  await host.press('go-to-room');
  await host.sees('recorder-title');
  for (const who of GUESTS) await comesIn(circle.get(who));
  await all((person) => person.sees('recorder-about'));
  await gallery.shoot('asked', circle.all());
  await gallery.examine('asked', circle.all('host', 'chidi', 'dilys'));
  await host.press('recorder-no');
  await host.sees('recorder-open', { count: 4 });
  const [ana] = circle.all('ana');
  await ana?.press('recorder-yes');
  for (const person of circle.all()) {
    await person.sees('recorder-on');
    await person.page.locator('section.warn bdi', { hasText: TYPED.ana }).waitFor();
  }
  await gallery.shoot('recording', circle.all());
  await gallery.examine('recording', circle.all('host', 'chidi', 'dilys'));
  await ana?.press('recorder-off-now');
  for (const who of ['bilal', 'chidi', 'dilys'] as const) await circle.get(who).press('recorder-no');
  await all((person) => person.sees('recorder-none'));
  const warned = await Promise.all(circle.all().map(async ({ page }) => page.locator('section.warn', { hasText: TYPED.ana }).count()));
  expect(warned).toEqual(circle.all().map(() => 0));
});

it('who cannot come says so without a reason, and the others see it', async () => {
  await host.press('dates-open');
  await host.pressInSheet('dates-add');
  await host.pressInSheet('dates-save');
  await all((person) => person.sees('away-title'));
  const chidi = circle.get('chidi');
  await chidi.button('away-cannot-on', { when: 'Tuesday 11 March 2031 at 09:30, London time' }).click();
  await all(async (person) => person.page.locator('section[aria-labelledby="away-title"]', { hasText: TYPED.chidi }).waitFor());
  // Four of five can: those with the controls are told, and nobody else.
  await host.sees('few-can', { count: 4, all: 5 });
  expect(await chidi.page.locator('[data-few]').count()).toBe(0);
  await gallery.shoot('away', circle.all('host', 'chidi', 'dilys'));
  await gallery.examine('away', circle.all('host', 'chidi', 'dilys'));
  await chidi.button('away-can-on', { when: 'Tuesday 11 March 2031 at 09:30, London time' }).click();
  await host.readsNoMore(`: ${TYPED.chidi}`);
  expect(await host.page.locator('section[aria-labelledby="away-title"]').innerText()).not.toContain(TYPED.chidi);
  await host.page.locator('[data-few]').waitFor({ state: 'detached' });
});

it('while the meeting runs nobody is asked who has said it, and whoever joins is', async () => {
  await host.press('start');
  await all((person) => person.isIn('settle'));
  await all((person) => person.readsNoMore(person.words('recorder-title')));
  const ewa = await circle.arrive('ewa');
  await comesIn(ewa);
  await ewa.sees('recorder-about');
  await host.sees('recorder-open', { count: 1 });
  await gallery.shoot('joins', [host, ewa]);
  await gallery.examine('joins', [host, ewa]);
  await ewa.press('recorder-no');
  for (const person of [host, ewa]) {
    await person.readsNoMore(person.words('recorder-title'));
    expect(await person.page.getByText(person.words('recorder-about')).count()).toBe(0);
  }
});

it('answers of the form are nobody’s to see before five are there, and then are sums', async () => {
  await goTo('charter');
  await all((person) => person.press('charter-agree'));
  await goTo('close');
  const before = circle.traffic.said.length;
  for (const who of GUESTS) await answers(who, who === 'ana' ? 'form-scale-1' : 'form-scale-3');
  await gallery.shoot('form', circle.all());
  await gallery.examine('form', circle.all('chidi', 'dilys'));
  await host.page.locator('#form-title').click();
  await host.press('form-show');
  await host.sees('code-few');
  // Nobody was told of any of them, and none is written down.
  const said = circle.traffic.said.slice(before).filter((frame) => typeof frame === 'string' && frame.startsWith('{"t":"change"'));
  expect(said).toEqual([]);
  const boxes = circle.traffic.said.slice(before).flatMap((frame) => {
    if (typeof frame !== 'string' || !frame.startsWith('{"t":"do"')) return [];
    const { cmd } = JSON.parse(frame) as { cmd: { c: string; box?: string } };
    return cmd.c === 'answer_form' && cmd.box !== undefined ? [cmd.box] : [];
  });
  // All of one size.
  expect(boxes.map(({ length }) => length)).toEqual([1, 2, 3, 4].map(() => boxes[0]?.length));
  const journal = async (): Promise<string> =>
    [...(await circle.kept())].filter(([place]) => place.includes('journal')).map(([, bytes]) => bytes.toString('latin1')).join('');
  for (const box of boxes) expect(await journal()).not.toContain(box);
  // The host answers in the form that is open, and shows all.
  await mark(host, 'form-heard', 'form-scale-3').check();
  await mark(host, 'form-safe', 'form-scale-3').check();
  await host.press('form-send');
  await host.sees('form-sent');
  await host.press('form-show');
  for (const person of circle.all()) {
    await person.sees('form-shown-about', { count: 5 });
    const [none, some, full] = (['form-scale-1', 'form-scale-2', 'form-scale-3'] as const).map((id) => person.words(id));
    await person.reads(`${none}: 0 · ${some}: 0 · ${full}: 5`);
    await person.reads(`${none}: 1 · ${some}: 0 · ${full}: 4`);
  }
  for (const box of boxes) expect(await journal()).toContain(box);
  // That there were too few is not so any more.
  await host.readsNoMore(host.words('code-few'));
  const shown = circle.traffic.said.slice(before).find((frame) => typeof frame === 'string' && frame.includes('"form_shown"'));
  const { by, shared } = JSON.parse(String(shown)) as { by: string; shared: { seats?: unknown; form: Record<string, string> } };
  expect(Object.keys(shared)).toEqual(['form']);
  expect(by).toMatch(/^[\w-]{22}$/);
  // By their ids, which are random, and not as they came.
  expect(Object.keys(shared.form)).toEqual(Object.keys(shared.form).toSorted());
  await gallery.shoot('shown', circle.all());
  await gallery.examine('shown', circle.all('host', 'chidi', 'dilys'));
});

it('who was there is proposed at the close and put right by the facilitator, as numbers', async () => {
  await closes();
  await all((person) => person.reads(counted(person, [['attended-came', 6]])));
  await host.page.getByText(host.words('attendance-correct'), { exact: true }).click();
  await keepsAs(circle.get('dilys'), 'attended-apologies');
  await all((person) => person.reads(counted(person, [['attended-came', 5], ['attended-apologies', 1]])));
  await gallery.shoot('attendance', circle.all());
  await gallery.examine('attendance', circle.all('host', 'chidi', 'dilys'));
  const file = await attendance();
  expect(file).toContain('"5","0","0","1","0"');
  for (const who of [...GUESTS, 'host', 'ewa'] as const) expect(file).not.toContain(TYPED[who]);
});

it('by name once everybody agrees, and no more when one takes it back', async () => {
  const [ana, dilys] = [circle.get('ana'), circle.get('dilys')];
  for (const person of circle.all()) await person.press('attendance-names-yes');
  await all((person) => person.sees('attendance-names', { count: 6, all: 6 }));
  await keepsAs(dilys, 'attended-apologies');
  const listed = (person: Person): string => `${TYPED.dilys}: ${person.words('attended-apologies')}`;
  await all((person) => person.reads(listed(person)));
  await gallery.shoot('names', circle.all());
  await gallery.examine('names', circle.all('host', 'chidi', 'dilys'));
  const file = await attendance();
  for (const who of [...GUESTS, 'host', 'ewa'] as const) expect(file).toContain(TYPED[who]);
  await ana.press('attendance-names-no');
  await all((person) => person.readsNoMore(listed(person)));
  expect(await attendance()).not.toContain(TYPED.dilys);
});

it('the next meeting asks anew, and what was shown is gone', async () => {
  await host.press('next-open');
  await host.press('next-open-do');
  await all((person) => person.sees('gathering-title'));
  await all((person) => person.sees('recorder-about'));
  await host.press('recorder-no');
  await host.press('start');
  await all((person) => person.isIn('settle'));
  await goTo('charter');
  await all((person) => person.press('charter-agree'));
  await goTo('close');
  for (const person of circle.all()) {
    await person.page.locator('#form-title').waitFor();
    expect(await person.page.getByText(person.words('form-shown-about', { count: 5 }), { exact: true }).count()).toBe(0);
  }
  await host.page.locator('#form-title').click();
  await host.press('form-show');
  await host.sees('code-few');
});

it('where people may not travel, what was kept goes, and there is nothing to save', async () => {
  await host.press('menu');
  await host.pressInSheet('menu-agreed');
  await host.page.locator('dialog[open] summary').getByText(host.words('mode-propose-open')).click();
  await host.choose('mode-chatham');
  await host.pressInSheet('mode-propose');
  for (const person of circle.all()) if (person !== host) await person.press('proposal-yes');
  await all((person) => person.page.getByText(person.words('mode-chatham-short')).first().waitFor());
  await closes();
  for (const person of circle.all()) {
    expect(await person.page.getByRole('heading', { name: person.words('attendance-title'), exact: true }).count()).toBe(0);
    expect(await person.button('attendance-save').count()).toBe(0);
  }
  // Nor does the service send it to anybody: not in a picture of the whole, either.
  const before = circle.traffic.said.length;
  await host.page.reload();
  await host.sees('summary-title');
  const whole = circle.traffic.said.slice(before).find((frame) => typeof frame === 'string' && frame.startsWith('{"t":"snapshot"'));
  expect((JSON.parse(String(whole)) as { shared: { attendance: unknown } }).shared.attendance).toEqual({});
  expect(circle.traffic.said.slice(before).some((frame) => typeof frame === 'string' && frame.startsWith('{"t":"attendance"'))).toBe(false);
  await gallery.shoot('chatham', [host]);
});

it('no mark that anybody gave can be read by whoever runs the service', async () => {
  for (const [place, bytes] of await circle.kept()) expect(bytes.includes('"heard":'), place).toBe(false);
});

it('no page complained, and nothing is amiss on any screen', () => {
  for (const { name, complaints } of circle.everybody) {
    expect({ name, ...complaints }).toEqual({ name, policy: [], errors: [] });
  }
  expect(gallery.faults).toEqual([]);
});
