/**
 * The picture is true or says that it is not: a translator in the page, a slot without a presenter,
 * what an undo takes back, what is to be read aloud, what was saved. A real program, and real browsers.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PLANS, TEMPLATES } from '../src/names.gen';
import { Circle, knock, openLink, TYPED } from './support/circle';
import { Gallery } from './support/gallery';
import type { Person } from './support/person';

const gallery = new Gallery('picture');
let circle: Circle;
let host: Person;
let ana: Person;
let bilal: Person;

beforeAll(async () => {
  circle = await Circle.gather();
  [host, ana, bilal] = [await circle.arrive('host'), await circle.arrive('ana'), await circle.arrive('bilal')];
});
afterAll(() => circle.scatter());

const all = (act: (person: Person) => Promise<unknown>): Promise<unknown> => Promise.all([host, ana, bilal].map(act));

/** As a translator does it: each text gives way to one of its own, in two `font` elements. */
function translate(): void {
  const walker = document.createTreeWalker(document.getElementById('app') ?? document.body, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    const [outer, inner] = [document.createElement('font'), document.createElement('font')];
    inner.textContent = `« ${text.data} »`;
    outer.append(inner);
    text.replaceWith(outer);
  }
}

/** Keeps at it whatever the page does. */
function translateForEver(): void {
  const again = (): void => {
    const text = document.querySelector('.product')?.firstChild;
    if (!(text instanceof Text)) return;
    const font = document.createElement('font');
    font.textContent = '« »';
    text.replaceWith(font);
  };
  again();
  new MutationObserver(again).observe(document.querySelector('.product') ?? document.body, { childList: true });
}

/** The minutes that the timer shows, without its seconds. */
const clock = (person: Person): Promise<string> => person.page.locator('[role="timer"]').getAttribute('aria-label').then((label) => label ?? '');

it('one figure for plan and template: what set-up says is what the calendar has and the room plans', async () => {
  await host.page.goto(`${host.habits.origin}/`);
  await host.press('landing-host-button');
  await host.type('setup-set-name', TYPED.title);
  await host.type('setup-own-name', TYPED.host);
  await host.page.getByLabel(host.words('setup-when'), { exact: true }).fill('2031-07-19T09:30');
  await host.page.getByText(host.words('setup-more')).click();
  await host.choose('plan-hpma-180');
  await host.choose('template-wial');
  await host.page.getByText(host.words('plan-about', { minutes: 180, slots: 1 })).first().waitFor();
  await host.press('setup-create');
  await host.reads(host.words('made-title', { title: TYPED.title }));
  const saved = host.page.waitForEvent('download');
  await host.press('ics-save');
  const file = readFileSync(await (await saved).path(), 'utf8');
  const at = (name: string): number => {
    const [, year, month, day, hour, minute] = /:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/.exec(file.split('\n').find((line) => line.startsWith(name)) ?? '') ?? [];
    return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  };
  expect((at('DTEND') - at('DTSTART')) / 60_000).toBe(180);
  const link = await host.page.locator('#link-member').inputValue();
  await host.press('go-to-room');
  await host.sees('gathering-title');
  await host.reads(host.words('time-minutes', { minutes: 180 }));
  for (const person of [ana, bilal]) {
    await openLink(person, link);
    await knock(person);
    await person.reads(person.words('time-minutes', { minutes: 180 }));
    await host.press('admit-name', { name: person.name });
    await person.sees('gathering-title');
  }
  // Some of the other pairs, as the room plans them; `library.rs` of the rules adds up all 35.
  await host.page.getByText(host.words('plan-change'), { exact: true }).click();
  for (const [at, plan] of PLANS.entries()) {
    const template = TEMPLATES[at]?.id ?? 'classic';
    await host.page.locator(`#plan-${plan.id}`).check();
    await host.reads(host.words(`plan-${plan.id}`.replaceAll('_', '-') as 'plan-short-90'));
    await host.page.locator(`#template-${template}`).check();
    const names = [`plan-${plan.id}`, `template-${template}`].map((id) => host.words(id.replaceAll('_', '-') as 'plan-short-90'));
    await all((person) => person.reads(`${names[0]} · ${names[1]} · ${person.words('time-minutes', { minutes: plan.minutes })}`));
  }
  await host.page.locator('#plan-short_90').check();
  await host.page.locator('#template-question_gift').check();
  await host.reads(host.words('template-question-gift'));
});

it('the page asks not to be translated, and says why where people look', async () => {
  const asks = await ana.page.evaluate(() => [document.documentElement.getAttribute('translate'), document.querySelector('meta[name="google"]')?.getAttribute('content')]);
  expect(asks).toEqual(['no', 'notranslate']);
  await ana.press('menu');
  await ana.pressInSheet('menu-help');
  await ana.sees('kept-translate');
  await ana.pressInSheet('close-sheet');
});

it('the start and the first part are said once, and the facilitator ticks with the others', async () => {
  await bilal.page.evaluate(() => {
    const said: string[] = ((window as unknown as { said: string[] }).said = []);
    const status = document.getElementById('say-status');
    if (status) new MutationObserver(() => said.push(status.textContent ?? '')).observe(status, { childList: true, characterData: true, subtree: true });
  });
  await host.press('start');
  await all((person) => person.isIn('settle'));
  await all((person) => person.press('tick-settle'));
  await expect.poll(() => host.page.getByText(host.words('has-ticked'), { exact: true }).count()).toBe(3);
  const said = async (part: string): Promise<number> => {
    const lines = await bilal.page.evaluate(() => (window as unknown as { said: string[] }).said);
    return lines.filter((line) => line.includes(bilal.partName(part))).length;
  };
  await expect.poll(() => said('settle')).toBe(1);
  await host.moveOnTo('check_in');
  await all((person) => person.isIn('check_in'));
  await expect.poll(() => said('check_in')).toBe(1);
  expect(await said('settle')).toBe(1);
});

it('an undo gives a turn back, not a part', async () => {
  const turn = async (): Promise<string | null> => bilal.page.locator('[data-floor]').getAttribute('data-floor');
  const first = await turn();
  await host.press('round-done-for', { name: TYPED.ana });
  await expect.poll(turn).not.toBe(first);
  await host.press('undo');
  await expect.poll(turn).toBe(first);
  await all((person) => person.isIn('check_in'));
  // And a press on the clock.
  const before = await clock(host);
  await host.press('add-2');
  await expect.poll(() => clock(host)).not.toBe(before);
  await host.press('undo');
  await expect.poll(() => clock(host)).toBe(before);
  await all((person) => person.isIn('check_in'));
});

it('the running order can be set though nobody typed a bid', async () => {
  // It is their first meeting: there are no actions to review.
  for (const part of ['charter', 'bids']) {
    await host.moveOnTo(part);
    await all((person) => person.isIn(part));
    if (part === 'charter') await all((person) => person.press('charter-agree'));
  }
  const order = host.page.locator('section[aria-labelledby="table-title"]').getByRole('button', { name: host.words('order') });
  await expect.poll(() => order.count()).toBe(1);
});

it('a slot that nobody presents asks who, by name, before its clock runs', async () => {
  await host.moveOnTo('gift.present');
  await all((person) => person.isIn('gift.present'));
  await all((person) => person.sees('who-presents'));
  await ana.sees('who-presents-waits');
  await gallery.shoot('who', [host, ana]);
  await gallery.examine('who', [host, ana]);
  expect(await ana.page.locator('[role="timer"]').count()).toBe(0);
  await host.page.getByRole('button', { name: host.words('who-presents-name', { name: TYPED.ana }), exact: true }).click();
  await ana.sees('you-present');
  await all((person) => person.readsNoMore(person.words('who-presents')));
  expect(await clock(bilal)).not.toContain(bilal.words('time-paused'));
});

it('what was saved looks saved and is said', async () => {
  await ana.type('write-headline', TYPED.headline);
  await ana.press('write-send');
  await bilal.reads(TYPED.headline);
  const saved = ana.button('saved');
  await saved.waitFor();
  expect(await saved.getAttribute('aria-disabled')).toBe('true');
  // The form is another one now; whoever goes by keyboard is still at it.
  await expect.poll(() => ana.page.evaluate(() => document.activeElement?.closest('section.writer') !== null)).toBe(true);
  await ana.page.waitForFunction((text) => document.getElementById('say-status')?.textContent?.includes(text), ana.words('say-saved'));
  await gallery.shoot('saved', [ana]);
  await ana.type('write-headline', `${TYPED.headline}, too`);
  await ana.button('write-save').waitFor();
});

it('who gives a question sees it when told to read it, and who chooses sees all of them', async () => {
  for (const part of ['gift.clarify', 'gift.write']) {
    await host.moveOnTo(part);
    await all((person) => person.isIn(part));
  }
  const question = 'What would you miss if it were solved?';
  await bilal.type('write-question', question);
  await bilal.press('write-send');
  await bilal.button('saved').waitFor();
  // It is quiet, and it is said all the same, for it answers a press.
  await bilal.page.waitForFunction((text) => document.getElementById('say-status')?.textContent?.includes(text), bilal.words('say-saved'));
  await host.moveOnTo('gift.give');
  await all((person) => person.isIn('gift.give'));
  await bilal.sees('read-aloud');
  await bilal.reads(question);
  expect(await ana.page.locator('#app').innerText()).not.toContain(question);
  await gallery.shoot('read-aloud', [bilal]);
  await gallery.examine('read-aloud', [bilal]);
  await bilal.press('turn-end');
  await ana.reads(question);
  await host.moveOnTo('gift.choose');
  await all((person) => person.isIn('gift.choose'));
  await ana.reads(question);
  await gallery.shoot('choose', [ana]);
  await gallery.examine('choose', [ana]);
});

it('a timer says by name that it is paused', async () => {
  await host.moveOnTo('gift.think_aloud');
  await all((person) => person.isIn('gift.think_aloud'));
  await host.press('pause');
  await expect.poll(() => clock(bilal)).toContain(bilal.words('time-paused'));
  await host.press('resume');
  await expect.poll(() => clock(bilal)).not.toContain(bilal.words('time-paused'));
});

it('a translator in the page leaves no old picture: words are put back, and the page says so', async () => {
  await bilal.page.evaluate(translate);
  await bilal.page.locator('[data-translated="kept"]').waitFor();
  await gallery.shoot('translated', [bilal]);
  await gallery.examine('translated', [bilal]);
  expect(await bilal.page.locator('#app font').count()).toBe(0);
  await host.moveOnTo('gift.act');
  await bilal.isIn('gift.act');
  await bilal.reads(bilal.partName('gift.act'));
  expect(await bilal.page.locator('nav.phases .here').innerText()).toContain(bilal.partName('gift.act'));
});

it('a translator that does not stop is told of, and the page offers to be reloaded', async () => {
  await bilal.page.evaluate(translateForEver);
  await bilal.page.locator('[data-translated="old"]').waitFor();
  await gallery.shoot('translated-old', [bilal]);
  await Promise.all([bilal.page.waitForEvent('load'), bilal.page.locator('[data-translated="old"] button').click()]);
  await bilal.isIn('gift.act');
  expect(await bilal.page.locator('[data-translated]').count()).toBe(0);
});

it('nobody who is out reads of a link that nobody has', async () => {
  for (const language of ['en', 'cy']) {
    const text = readFileSync(join(import.meta.dirname, `../locales/${language}.ftl`), 'utf8');
    expect(text).not.toMatch(/^ended-closed-do = .*(has the link|ddolen i'r cyfarfod nesaf gan)/m);
  }
});

it('none of these screens has a fault', () => {
  expect(gallery.faults).toEqual([]);
});
