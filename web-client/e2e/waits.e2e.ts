/**
 * Nobody waits without a word: behind bad proxies, where nothing may be kept, after Back and Forward,
 * after an outage, and for what never comes.
 */

import { describe, expect, it } from 'vitest';
import { ENGINES, type EngineName, type Tab } from './support/engines';
import { button, comeTo, heading, shownLinks } from './support/making';
import { shows } from './support/service';
import { speech } from './support/speech';
import type { Upgrades } from './support/street';
import { isOnline, isTold, press, spoilt, triesNow, words } from './support/waiting';

const way = spoilt();
const first = ENGINES[0] ?? 'chromium';

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
  it('a host has the links to share, is told why the room does not open, and gets in at once when it can be', async () => {
    const tab = await way.engines.open(engine);
    await way.fillSetUp(tab);
    way.street.upgrades = deals;
    await press(tab, 'setup-create');
    await heading(tab, 'is ready');
    await tab.until(shownLinks);
    await isTold(tab, is);
    await press(tab, 'go-to-room');
    await isTold(tab, is);
    await triesNow(tab, through);
    await heading(tab, words('gathering-title'));
    await tab.close();
  });

  it('a member is told at the door, in place of a moment that never ends', async () => {
    const { tab: host, links } = await way.hosts(engine);
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
    const tab = await way.engines.open(engine);
    way.street.upgrades = deals;
    await tab.goto(`${way.street.origin}/selftest.html`);
    await tab.until(() => document.getElementById('verdict')?.dataset['done'] === 'bad');
    const says = await tab.evaluate(() => document.querySelector('[data-check="socket"]')?.textContent);
    expect(says).toBe(`${words('selftest-mark-bad')}: ${words(`selftest-socket-${is}`)}`);
    // In Welsh as well, without trying anything out anew.
    await tab.click(button('Cymraeg'));
    await heading(tab, speech('cy', 'selftest-title'));
    const cymraeg = await tab.evaluate(() => document.querySelector('[data-check="socket"]')?.textContent);
    expect(cymraeg).toBe(`${speech('cy', 'selftest-mark-bad')}: ${speech('cy', `selftest-socket-${is}`)}`);
    await tab.close();
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

describe.each(ENGINES)(
  'in %s, whose owner lets no site keep anything',
  (engine) => {
    const forbidden = (): Promise<Tab> => way.engines.open(engine, 'nothing');

    it('a member gets in and takes part, and is told what a reload means', async () => {
      const { tab: host, links } = await way.hosts(engine);
      const tab = await forbidden();
      await comeTo(tab, way.street.origin, links.member, 'Bethan');
      await shows(tab, words('not-stored'));
      await host.click(button('Admit Bethan'));
      await heading(tab, words('gathering-title'));
      await shows(tab, words('not-stored'));
      await shows(tab, 'Amina');
      await press(tab, 'charter-agree');
      await shows(tab, words('charter-agreed'));
      await shows(host, '1 of 2 can live by this');
      // It is said for as long as the meeting runs, too.
      await press(host, 'start');
      await tab.until(() => document.querySelector('main.board'));
      await shows(tab, words('not-stored'));
      // The promise: after a reload they have to be let in again.
      await tab.goto('about:blank');
      await comeTo(tab, way.street.origin, links.member, 'Bethan');
      await shows(host, 'One person at the door');
      await Promise.all([tab.close(), host.close()]);
    });

    it('a host makes a set, and is told that the host link is the only way back', async () => {
      const tab = await forbidden();
      await way.fillSetUp(tab);
      await press(tab, 'setup-create');
      await heading(tab, 'is ready');
      await tab.until(shownLinks);
      await shows(tab, words('not-stored-host'));
      const { h = '' } = (await tab.evaluate(shownLinks)) ?? {};
      await press(tab, 'go-to-room');
      await heading(tab, words('gathering-title'));
      // The promise: after a reload that link opens the set again.
      await tab.goto('about:blank');
      await tab.goto(h);
      await heading(tab, words('arrival-title'));
      await shows(tab, words('not-stored-host'));
      await tab.type({ label: words('door-name') }, 'Amina');
      await press(tab, 'door-go-in');
      await heading(tab, words('gathering-title'));
      await tab.close();
    });

    it('the check page says that it works, with that limit', async () => {
      const tab = await forbidden();
      await tab.goto(`${way.street.origin}/selftest.html`);
      await tab.until(() => document.getElementById('verdict')?.dataset['done'] !== undefined);
      const verdicts = await tab.evaluate(() => [...document.querySelectorAll('#results li')].map((at) => (at as HTMLElement).dataset['verdict']));
      expect(verdicts).toEqual(['good', 'good', 'part', 'good']);
      await tab.close();
    });
  },
);

it.each(ENGINES)('in a private window of %s what is said of a reload comes true', async (engine) => {
  const { tab: host, links } = await way.hosts(engine);
  const tab = await way.engines.open(engine, 'private');
  await comeTo(tab, way.street.origin, links.member, 'Bethan');
  await host.click(button('Admit Bethan'));
  await heading(tab, words('gathering-title'));
  const forgets = await tab.evaluate((text) => document.body.innerText.includes(text), words('not-stored'));
  await tab.goto(way.street.origin);
  await heading(tab, words(forgets ? 'landing-title' : 'gathering-title'));
  await Promise.all([tab.close(), host.close()]);
});

describe.each(ENGINES)('in %s', (engine) => {
  it('Back and then Forward come back into the room, with the set open nowhere else', async () => {
    const { tab: host, links } = await way.hosts(engine);
    const tab = await way.engines.open(engine);
    await comeTo(tab, way.street.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(tab, words('gathering-title'));
    for (const page of [tab, host]) {
      await page.goto(`${way.street.origin}/selftest.html`);
      await heading(page, words('selftest-title'));
      await page.back();
      await heading(page, words('gathering-title'));
      await page.forward();
      await heading(page, words('selftest-title'));
      await page.back();
      await heading(page, words('gathering-title'));
      await page.until(() => document.querySelector('.line.live') !== null);
    }
    await shows(host, 'In the room: 2 of 2');
    await Promise.all([tab.close(), host.close()]);
  });

  it('after an outage the line is back at once when it is asked for, or when the browser says that the network is', async () => {
    const { tab } = await way.hosts(engine);
    for (const comesBack of [triesNow, isOnline]) {
      way.street.cut();
      await isTold(tab, 'offline');
      await comesBack(tab, () => way.street.mend());
      await tab.until(() => document.querySelector('.line.live') !== null);
    }
    await tab.close();
  });
});

describe('what is asked for and never comes is said to be late:', () => {
  const LATE = 'No answer so far.';

  it('the words themselves', async () => {
    const tab = await way.engines.open(first);
    way.street.holds = 'GET /assets/en-';
    await tab.goto(way.street.origin);
    await shows(tab, LATE);
    await tab.close();
  });

  it('a part of the page, of which people see nothing otherwise', async () => {
    const tab = await way.engines.open(first);
    way.street.holds = 'GET /assets/deferred-';
    await tab.goto(way.street.origin);
    await shows(tab, LATE);
    await tab.close();
  });

  it('the set that is being made, with what was typed', async () => {
    const tab = await way.engines.open(first);
    await way.fillSetUp(tab);
    way.street.holds = 'POST /api/sets';
    await press(tab, 'setup-create');
    await shows(tab, LATE);
    expect(await tab.evaluate(() => document.querySelector<HTMLInputElement>('#set-title')?.value)).toBe('Thursday set');
    await tab.close();
  });

  it('what somebody needs to knock', async () => {
    const { tab: host, links } = await way.hosts(first);
    const tab = await way.engines.open(first);
    await tab.goto(links.member);
    await heading(tab, words('arrival-title'));
    await tab.type({ label: words('door-name') }, 'Bethan');
    way.street.holds = 'GET /assets/keys-';
    await press(tab, 'door-ask');
    await shows(tab, LATE);
    await Promise.all([tab.close(), host.close()]);
  });
});

it('what fails under a button is said, and goes when the next thing is asked for', async () => {
  const tab = await way.engines.open(first);
  await tab.goto(way.street.origin);
  await tab.until(() => document.activeElement !== document.body);
  way.street.cut();
  await tab.click(button('Cymraeg'));
  await shows(tab, words('failed'));
  way.street.mend();
  await tab.click(button('Cymraeg'));
  await heading(tab, speech('cy', 'landing-title'));
  expect(await tab.evaluate(() => document.querySelector('[data-failure]') === null)).toBe(true);
  await tab.close();
});
