/** Nobody waits without a word behind a proxy that does with WebSockets what it should not, or where all is well. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, type EngineName, type Tab } from './support/engines';
import { button, heading, shownLinks } from './support/making';
import { speech } from './support/speech';
import type { Upgrades } from './support/street';
import { isTold, press, spoilt, triesNow, words } from './support/waiting';

const way = spoilt();

/** What a proxy does with WebSockets, and what people are told; each in an engine that is here. */
const PROXIES = ([
  ['chromium', 'refused', 'refused'],
  ['chromium', 'unanswered', 'silent'],
  ['chromium', 'silent', 'silent'],
  ['chromium', 'cut', 'silent'],
  ['firefox', 'refused', 'refused'],
  ['firefox', 'unanswered', 'silent'],
  ['webkit', 'refused', 'refused'],
] as const satisfies readonly (readonly [EngineName, Upgrades, string])[]).filter(([engine]) => ENGINES.includes(engine));

const through = (): void => void (way.street.upgrades = 'through');

describe.each(PROXIES)('in %s, where a WebSocket is %s', (engine, deals, is) => {
  let browser: Tab;

  beforeAll(async () => {
    browser = await way.engines.open(engine);
  });
  afterAll(() => browser.close());

  it('a host has the links to share, is told why the room does not open, and gets in at once when it can be', async () => {
    await way.fillSetUp(browser);
    way.street.upgrades = deals;
    await press(browser, 'setup-create');
    await heading(browser, 'is ready');
    await browser.until(shownLinks);
    await isTold(browser, is);
    await press(browser, 'go-to-room');
    await isTold(browser, is);
    await triesNow(browser, through);
    await heading(browser, words('gathering-title'));
  });

  it('a member is told at the door, in place of a moment that never ends', async () => {
    const { tab: host, links } = await way.hosts();
    way.street.upgrades = deals;
    const tab = await way.engines.open(engine);
    await tab.goto(way.street.origin);
    await tab.until(() => document.activeElement !== document.body);
    await tab.type({ label: words('landing-link-label') }, links.member);
    await press(tab, 'landing-link-button');
    await heading(tab, words('arrival-title'));
    await tab.type({ label: words('door-name') }, 'Bethan');
    await press(tab, 'door-ask');
    await isTold(tab, is);
    await triesNow(tab, through);
    await heading(tab, words('lobby-title'));
    await Promise.all([tab.close(), host.close()]);
  });

  it('the check page says so, and promises no other way', async () => {
    way.street.upgrades = deals;
    await browser.goto(`${way.street.origin}/selftest.html`);
    await browser.until(() => document.getElementById('verdict')?.dataset['done'] === 'bad');
    const says = await browser.evaluate(() => document.querySelector('[data-check="socket"]')?.textContent);
    expect(says).toBe(`${words('selftest-mark-bad')}: ${words(`selftest-socket-${is}`)}`);
    // In Welsh as well, without trying anything out anew.
    await browser.click(button('Cymraeg'));
    await heading(browser, speech('cy', 'selftest-title'));
    const cymraeg = await browser.evaluate(() => document.querySelector('[data-check="socket"]')?.textContent);
    expect(cymraeg).toBe(`${speech('cy', 'selftest-mark-bad')}: ${speech('cy', `selftest-socket-${is}`)}`);
  });
});

it.each(ENGINES)('the check page in %s says that all is well where it is', async (engine) => {
  const tab = await way.engines.open(engine);
  await tab.goto(`${way.street.origin}/selftest.html`);
  await tab.until(() => document.getElementById('verdict')?.dataset['done'] !== undefined);
  const shown = await tab.evaluate(() => [...document.querySelectorAll('#results li')].map((at) => (at as HTMLElement).dataset['verdict']));
  expect(shown).toEqual(['good', 'good', 'good', 'good']);
  expect(await tab.evaluate(() => document.getElementById('verdict')?.textContent)).toBe(words('selftest-done-good'));
  await tab.close();
});
