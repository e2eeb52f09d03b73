/** The main job by keyboard alone: from the set-up to the close, and the focus is never lost on the way. */

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest';
import { findChromium, launchBrowser } from './support/browser';
import { Keyboard } from './support/keyboard';
import { Person, type Traffic } from './support/person';
import { Setroom } from './support/setroom';

const traffic: Traffic = { elsewhere: [], said: [] };
let setroom: Setroom;
let browser: Browser;
let host: Keyboard;
let ana: Keyboard;
let failed = false;

const sits = async (name: string, size: readonly [number, number]): Promise<Keyboard> => {
  const origin = `http://${setroom.address}`;
  return new Keyboard(await Person.arrive(browser, { name, origin, traffic, size }));
};

beforeAll(async () => {
  // With windows: where there are none, Tab does not go the way that it goes for people.
  [setroom, browser] = await Promise.all([Setroom.start(), launchBrowser(findChromium())]);
  host = await sits('Ruth', [1280, 800]);
  ana = await sits('Ana', [380, 800]);
  // Whoever reaches for the mouse is found out.
  for (const { person } of [host, ana]) {
    await person.page.addInitScript(() => {
      addEventListener('pointerdown', () => document.documentElement.setAttribute('data-mouse', ''), { capture: true });
    });
  }
});

afterAll(async () => {
  await browser?.close();
  await setroom?.stop();
});

beforeEach(() => {
  if (failed) throw new Error('the meeting broke off before');
  onTestFailed(() => {
    failed = true;
  });
});

afterEach(async () => {
  for (const { person } of [host, ana]) {
    // oxlint-disable-next-line vitest/no-standalone-expect -- holds for every test here
    expect(await person.page.locator('html[data-mouse]').count()).toBe(0);
  }
});

/** Both of them still have the focus somewhere, whoever did something. */
const somewhere = async (): Promise<void> => {
  await Promise.all([host.isSomewhere(), ana.isSomewhere()]);
};

it('sets a set up', async () => {
  const { person } = host;
  await person.page.goto(`${person.habits.origin}/`);
  await host.press('landing-host-button');
  await person.sees('setup-title');
  await host.isSomewhere();
  await host.type('setup-set-name', 'Thursday set');
  await host.type('setup-own-name', person.name);
  await host.goTo(person.page.locator('details.folded > summary'));
  await person.page.keyboard.press('Enter');
  await host.choose('plan-short-90');
  await host.press('setup-create');
  await person.sees('link-member');
  await host.isSomewhere();
});

it('comes in and is admitted', async () => {
  const link = await host.person.page.locator('#link-member').inputValue();
  await host.press('go-to-room');
  await host.person.sees('gathering-title');
  await host.isSomewhere();
  await ana.person.page.goto(link);
  await ana.person.sees('arrival-title');
  await ana.type('door-name', ana.person.name);
  await ana.person.page.keyboard.press('Enter');
  await ana.person.sees('lobby-title');
  await ana.isSomewhere();
  await host.press('admit-name', { name: 'Ana' });
  await ana.person.sees('gathering-title');
  await somewhere();
  await ana.press('charter-agree', undefined, 'Space');
  await ana.person.sees('charter-agreed');
  await somewhere();
});

it('starts, and moves on', async () => {
  await host.press('start');
  await ana.person.isIn('settle');
  await somewhere();
  await ana.press('tick-settle');
  await ana.person.sees('tick-undo');
  await ana.isSomewhere();
  await host.press('next-part', { part: host.person.partName('check_in') });
  await ana.person.isIn('check_in');
  await somewhere();
});

it('has a turn in the round', async () => {
  await ana.press('turn-later-me');
  await host.person.sees('your-turn');
  await somewhere();
  await host.press('turn-end');
  await ana.person.sees('your-turn');
  await somewhere();
  await ana.press('turn-end');
  await ana.person.sees('round-own-done');
  await somewhere();
});

it('goes to any part, and makes somebody the presenter', async () => {
  await host.press('more');
  await host.pressInSheet('parts-open');
  const part = host.person.partName('classic.explore');
  const wanted = host.person.page.locator('dialog[open] [data-part="classic.explore"] button');
  await host.goTo(wanted);
  await host.person.page.keyboard.press('Enter');
  await ana.person.isIn('classic.explore');
  await ana.person.reads(part);
  await somewhere();
  // Nobody is in the running order, so it is asked, and the clock waits.
  await host.press('who-presents-name', { name: 'Ruth' });
  await ana.person.reads(ana.person.words('presents', { name: 'Ruth' }));
  await somewhere();
});

it('puts a hand up, says what for, asks and ends', async () => {
  const kinds = ana.person.page.locator('details.kinds > summary');
  await ana.goTo(kinds);
  await ana.person.page.keyboard.press('Enter');
  await ana.choose('kind-challenge');
  await ana.press('hand-raise', undefined, 'Space');
  await ana.person.sees('you-ask');
  await somewhere();
  await ana.press('ask-end');
  await ana.person.sees('settling');
  await somewhere();
  await host.press('pause');
  await ana.person.sees('time-paused');
  await host.press('resume');
  await host.press('add-2');
  await host.press('silence');
  await ana.person.sees('silence-title');
  await somewhere();
  await host.press('silence-end');
  await ana.person.page.locator('#now-title').waitFor();
  await somewhere();
});

it('presents, and writes an action', async () => {
  await host.press('options-for', { name: 'Ana' });
  await host.pressInSheet('presenter-choose');
  await ana.person.sees('you-present');
  await somewhere();
  await host.press('next-part', { part: host.person.partName('classic.pause') });
  await ana.person.isIn('classic.pause');
  await somewhere();
  await host.press('next-part', { part: host.person.partName('classic.act') });
  await ana.person.isIn('classic.act');
  await somewhere();
  await ana.type('action-what', 'Stand at one handover');
  await ana.type('action-first', 'Text the sister in charge');
  await ana.press('action-keep');
  await ana.person.sees('write-unseen');
  await ana.isSomewhere();
  await ana.press('write-release');
  await host.person.reads('Stand at one handover');
  await somewhere();
});

it('closes, with what remains', async () => {
  await host.press('more');
  await host.pressInSheet('close-meeting');
  await host.person.sees('close-title');
  await host.isSomewhere();
  await host.pressInSheet('close-do');
  await ana.person.sees('summary-title');
  await host.person.sees('summary-title');
  await ana.person.reads('Stand at one handover');
  await somewhere();
  for (const { person } of [host, ana]) expect(person.complaints).toMatchObject({ policy: [], errors: [] });
});
