/**
 * The first five minutes of a member and of a facilitator, as `docs/first-five-minutes-member.md` and
 * `docs/first-five-minutes-facilitator.md` tell them, and the pictures there. `npm run pictures` takes
 * them anew; otherwise what the screens say is compared with what it was when they were taken.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MessageId } from '../src/i18n';
import { launchBrowser } from './support/browser';
import { Person, type Traffic } from './support/person';
import { Setroom } from './support/setroom';

const anew = process.env['SETROOM_PICTURES'] === 'anew';
const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const committed = folder('../../docs/pictures/');
const pictures = anew ? committed : folder('../test-results/pictures/');
const words = `${committed}words.json`;
const traffic: Traffic = { elsewhere: [], said: [] };
const shown: Record<string, string[]> = {};

let setroom: Setroom;
let browser: Browser;
let origin: string;
let host: Person;
let ana: Person;
let others: Person[];
let link: string;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  [setroom, browser] = await Promise.all([Setroom.start(), launchBrowser()]);
  origin = `http://${setroom.address}`;
});
afterAll(async () => {
  await browser?.close();
  await setroom?.stop();
});

/** What can be read and pressed on the page. Runs in the page. */
function names(): string[] {
  const all = [...document.querySelectorAll('h1, h2, h3, button, label, summary')].filter((at) => at.checkVisibility());
  const texts = all.map((at) => at.textContent.replaceAll(/[\u2068\u2069]/g, '').replaceAll(/\s+/g, ' ').trim());
  return [...new Set(texts)].toSorted();
}

/** Takes a picture of this person's page; gives what can be read and pressed there. */
async function shoot(name: string, { page }: Person): Promise<string[]> {
  await page.evaluate(() => document.fonts.ready);
  const said = await page.evaluate(names);
  shown[name] = said;
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement && document.activeElement.tagName !== 'TEXTAREA') document.activeElement.blur();
  });
  await page.screenshot({ path: `${pictures}${name}.png`, animations: 'disabled', caret: 'hide' });
  return said;
}

/** Lists in which all of these are. */
const having = (...ids: (MessageId | readonly [MessageId, Record<string, string | number>])[]): unknown =>
  expect.arrayContaining(ids.map((id) => (typeof id === 'string' ? host.words(id) : host.words(...id))));

const arrive = (name: string, size: readonly [number, number]): Promise<Person> => Person.arrive(browser, { name, origin, traffic, size });
const FACILITATOR = [800, 580] as const;
const MEMBER = [380, 660] as const;

/** Where the meeting is, for everybody. */
const allAreIn = (part: string): Promise<unknown> => Promise.all([host, ana, ...others].map((person) => person.isIn(part)));

it('the facilitator makes a set and gets its links', async () => {
  host = await arrive('Ruth', FACILITATOR);
  await host.page.goto(`${origin}/`);
  await host.sees('landing-host-title');
  expect(await shoot('facilitator-first-page', host)).toEqual(having('landing-host-button'));
  await host.press('landing-host-button');
  await host.type('setup-set-name', 'Thursday set');
  await host.type('setup-own-name', 'Ruth');
  expect(await shoot('facilitator-set-up', host)).toEqual(having('setup-set-name', 'setup-own-name', 'setup-when'));
  await host.press('setup-create');
  await host.page.locator('.qr svg').waitFor();
  expect(await shoot('facilitator-links', host)).toEqual(having('link-member', 'copy'));
  link = await host.page.locator('#link-member').inputValue();
  await host.press('go-to-room');
  await host.sees('gathering-title');
});

it('a member opens the link, types a name and asks to join', async () => {
  ana = await arrive('Ana', MEMBER);
  await ana.page.goto(link);
  await ana.sees('arrival-title');
  await ana.type('door-name', 'Ana');
  expect(await shoot('member-door', ana)).toEqual(having('arrival-title', 'door-name', 'door-ask'));
  await ana.press('door-ask');
  await ana.sees('lobby-here');
  expect(await shoot('member-waits', ana)).toEqual(having('lobby-title'));
});

it('the facilitator lets everybody in, and starts', async () => {
  others = await Promise.all(['Bilal', 'Chidi', 'Dilys'].map((name) => arrive(name, MEMBER)));
  // One after the other, so that the picture has them in this order.
  for (const person of others) {
    // oxlint-disable-next-line no-await-in-loop -- see above
    await person.page.goto(link);
    // oxlint-disable-next-line no-await-in-loop -- see above
    await person.type('door-name', person.name);
    // oxlint-disable-next-line no-await-in-loop -- see above
    await person.press('door-ask');
    // oxlint-disable-next-line no-await-in-loop -- see above
    await person.sees('lobby-title');
  }
  await host.sees('knocks-title', { count: 4 });
  expect(await shoot('facilitator-door', host)).toEqual(having(['admit-these', { count: 4 }], 'admit'));
  await host.press('admit-these', { count: 4 });
  for (const person of [ana, ...others]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await person.sees('gathering-title');
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await person.reads('Ruth');
  }
  await ana.button('charter-agree').scrollIntoViewIfNeeded();
  expect(await shoot('member-ground-rules', ana)).toEqual(having('charter-title', 'charter-agree'));
  for (const person of [host, ana, ...others]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await person.press('charter-agree');
  }
  await host.sees('charter-count', { count: 5, all: 5 });
  await host.page.evaluate(() => scrollTo(0, 0));
  expect(await shoot('facilitator-before', host)).toEqual(having('prepare-title', 'start'));
  await host.press('start');
  await allAreIn('settle');
  expect(await shoot('member-settles', ana)).toEqual(having('tick-settle', 'where'));
  expect(await shoot('facilitator-runs', host)).toEqual(having(['next-part', { part: host.partName('check_in') }], 'pause', 'hold', 'silence', 'more'));
});

it('everybody has a turn, and hands are put up', async () => {
  await host.moveOnTo('check_in');
  await allAreIn('check_in');
  await ana.button('turn-end').waitFor();
  expect(await shoot('member-turn', ana)).toEqual(having('turn-end', 'turn-pass', 'turn-later-me'));
  await host.press('more');
  await host.pressInSheet('parts-open');
  await host.page.locator('dialog[open] li[data-part="classic.clarify"] button').first().click();
  await allAreIn('classic.clarify');
  await host.press('who-presents-name', { name: 'Chidi' });
  await ana.reads(ana.words('presents', { name: 'Chidi' }));
  await ana.press('hand-raise');
  await ana.sees('ask-end');
  expect(await shoot('member-asks', ana)).toEqual(having('ask-end'));
  await others[0]?.press('hand-raise');
  await host.page.locator('ol.rows > li[data-seat]').filter({ hasText: 'Bilal' }).waitFor();
  await host.page.evaluate(() => scrollTo(0, 0));
  expect(await shoot('facilitator-questions', host)).toEqual(having('more'));
});

it('what the screens say is what they said when the pictures were taken', () => {
  if (anew) writeFileSync(words, `${JSON.stringify(shown, undefined, 1)}\n`);
  expect(shown, 'take the pictures anew: npm run pictures').toEqual(JSON.parse(readFileSync(words, 'utf8')));
});
