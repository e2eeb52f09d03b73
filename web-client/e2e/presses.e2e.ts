/** From the front page to a running timer with six people in: how often whoever hosts has to press. */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './support/browser';
import { Person, type Traffic } from './support/person';
import { Setroom } from './support/setroom';

const MOST = 9;
const NAMES = ['Ana', 'Bilal', 'Chidi', 'Dilys', 'Ewa', 'Femi'];
const traffic: Traffic = { elsewhere: [], said: [] };
let setroom: Setroom;
let browser: Browser;

beforeAll(async () => {
  [setroom, browser] = await Promise.all([Setroom.start(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await setroom?.stop();
});

/** Counts what is pressed in the page of `person`, whoever presses it. */
async function counts(person: Person): Promise<() => Promise<number>> {
  let presses = 0;
  await person.page.exposeFunction('counted', () => {
    presses += 1;
  });
  await person.page.addInitScript(() => {
    addEventListener('click', ({ target }) => {
      if (target instanceof Element && target.closest('button, summary, a, input, label') !== null) {
        (window as unknown as { counted: () => void }).counted();
      }
    }, { capture: true });
  });
  return async () => presses;
}

it('takes at most nine presses', async () => {
  const origin = `http://${setroom.address}`;
  const host = await Person.arrive(browser, { name: 'Ruth', origin, traffic });
  const presses = await counts(host);
  await host.page.goto(`${origin}/`);
  await host.press('landing-host-button');
  await host.type('setup-set-name', 'Thursday set');
  await host.type('setup-own-name', host.name);
  await host.press('setup-create');
  await host.sees('link-member');
  const link = await host.page.locator('#link-member').inputValue();
  await host.press('copy-member');
  await host.press('go-to-room');
  await host.sees('gathering-title');
  const members = await Promise.all(
    NAMES.map(async (name) => {
      const person = await Person.arrive(browser, { name, origin, traffic });
      await person.page.goto(link);
      await person.type('door-name', name);
      await person.press('door-ask');
      await person.sees('lobby-title');
      return person;
    }),
  );
  await host.press('admit-these', { count: NAMES.length });
  for (const member of members) await member.sees('gathering-title');
  await host.press('start');
  for (const member of members) await member.page.getByRole('timer').waitFor();
  await host.page.getByRole('timer').waitFor();
  console.log(`presses: ${await presses()}`);
  expect(await presses()).toBeLessThanOrEqual(MOST);
  expect(await presses()).toBeGreaterThan(4);
});
