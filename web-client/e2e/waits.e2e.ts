/**
 * Nobody waits without a word: behind bad proxies, where nothing may be kept, after Back and Forward,
 * after an outage, at the door, and before the ground rules are agreed to.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MessageId } from '../src/i18n';
import { Engines, ENGINES, type EngineName, forbidSiteData, privateFirefox, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet, shownLinks } from './support/making';
import { shows } from './support/service';
import { Setroom } from './support/setroom';
import { speech } from './support/speech';
import { Street, type Upgrades } from './support/street';

const engines = new Engines();
const words = (id: MessageId): string => speech('en', id);
const press = (tab: Tab, id: MessageId): Promise<void> => tab.click(button(words(id)));
const first = ENGINES[0] ?? 'chromium';
let street: Street;
let setroom: Setroom;

beforeAll(async () => {
  street = await Street.open();
  setroom = await Setroom.start([street.origin]);
  street.leadsTo = setroom.address;
});
afterAll(async () => {
  await engines.close();
  await setroom?.stop();
  await street?.close();
});
beforeEach(() => {
  street.upgrades = 'through';
  street.holds = undefined;
  street.mend();
});

/** Waits until the page says that this is wrong, and offers to try at once. */
async function isTold(tab: Tab, is: string): Promise<void> {
  await tab.until((wanted) => {
    const box = document.querySelector<HTMLElement>('dialog[open] [data-trouble]') ?? document.querySelector<HTMLElement>('[data-trouble]');
    return box?.dataset['trouble'] === wanted && box.querySelector('button') !== null && box.getClientRects().length > 0;
  }, is);
}

const isTroubled = (tab: Tab): Promise<boolean> => tab.evaluate(() => document.querySelector('[data-trouble]') !== null);

/** Does something, and waits until nothing is wrong any more; says after how many milliseconds. */
async function mends(tab: Tab, act: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await act();
  await tab.until(() => document.querySelector('[data-trouble]') === null);
  return performance.now() - before;
}

const triesNow = (tab: Tab): Promise<number> => mends(tab, () => press(tab, 'try-now'));
const isOnline = (tab: Tab): Promise<number> => mends(tab, () => tab.evaluate(() => void dispatchEvent(new Event('online'))));

/** A host in the room, and the links. */
async function hosts(engine: EngineName): Promise<{ tab: Tab; links: Record<'host' | 'member', string> }> {
  const tab = await engines.open(engine);
  return { tab, links: await hostSet(tab, street.origin) };
}

async function fillSetUp(tab: Tab): Promise<void> {
  await tab.goto(street.origin);
  await press(tab, 'landing-host-button');
  await tab.until(() => document.activeElement !== document.body);
  await tab.type({ label: words('setup-set-name') }, 'Thursday set');
  await tab.type({ label: words('setup-own-name') }, 'Amina');
}

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

describe.each(PROXIES)('in %s, where a WebSocket is %s', (engine, deals, is) => {
  it('a host has the links to share, is told why the room does not open, and gets in at once when it can be', async () => {
    const tab = await engines.open(engine);
    await fillSetUp(tab);
    street.upgrades = deals;
    await press(tab, 'setup-create');
    await heading(tab, 'is ready');
    await tab.until(shownLinks);
    await isTold(tab, is);
    await press(tab, 'go-to-room');
    await isTold(tab, is);
    street.upgrades = 'through';
    await triesNow(tab);
    await heading(tab, words('gathering-title'));
    await tab.close();
  });

  it('a member is told at the door, in place of a moment that never ends', async () => {
    const { tab: host, links } = await hosts(engine);
    street.upgrades = deals;
    const tab = await engines.open(engine);
    await tab.goto(street.origin);
    await tab.until(() => document.activeElement !== document.body);
    await tab.type({ label: words('landing-link-label') }, links.member);
    await press(tab, 'landing-link-button');
    await heading(tab, words('arrival-title'));
    await tab.type({ label: words('door-name') }, 'Bethan');
    await press(tab, 'door-ask');
    await isTold(tab, is);
    street.upgrades = 'through';
    await triesNow(tab);
    await heading(tab, words('lobby-title'));
    await Promise.all([tab.close(), host.close()]);
  });

  it('the check page says so, and promises no other way', async () => {
    const tab = await engines.open(engine);
    street.upgrades = deals;
    await tab.goto(`${street.origin}/selftest.html`);
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
  const tab = await engines.open(engine);
  await tab.goto(`${street.origin}/selftest.html`);
  await tab.until(() => document.getElementById('verdict')?.dataset['done'] !== undefined);
  const shown = await tab.evaluate(() => [...document.querySelectorAll('#results li')].map((at) => (at as HTMLElement).dataset['verdict']));
  expect(shown).toEqual(['good', 'good', 'good', 'good']);
  expect(await tab.evaluate(() => document.getElementById('verdict')?.textContent)).toBe(words('selftest-done-good'));
  await tab.close();
});

describe.each((['chromium', 'firefox'] as const).filter((engine) => ENGINES.includes(engine)))(
  'in %s, whose owner lets no site keep anything',
  (engine) => {
    const forbidden = async (): Promise<Tab> => {
      const folder = await engines.folder(engine);
      await forbidSiteData(engine, folder);
      return engines.open(engine, folder);
    };

    it('a member gets in and takes part, and is told what a reload means', async () => {
      const { tab: host, links } = await hosts(engine);
      const tab = await forbidden();
      await comeTo(tab, street.origin, links.member, 'Bethan');
      await shows(tab, words('not-stored'));
      await host.click(button('Admit Bethan'));
      await heading(tab, words('gathering-title'));
      await shows(tab, words('not-stored'));
      await shows(tab, 'Amina');
      await press(tab, 'charter-agree');
      await shows(tab, words('charter-agreed'));
      await shows(host, '1 of 2 can live by this');
      // The promise: after a reload they have to be let in again.
      await tab.goto('about:blank');
      await comeTo(tab, street.origin, links.member, 'Bethan');
      await shows(host, 'One person at the door');
      await Promise.all([tab.close(), host.close()]);
    });

    it('a host makes a set, and is told that the host link is the only way back', async () => {
      const tab = await forbidden();
      await fillSetUp(tab);
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
      await tab.goto(`${street.origin}/selftest.html`);
      await tab.until(() => document.getElementById('verdict')?.dataset['done'] !== undefined);
      const verdicts = await tab.evaluate(() => [...document.querySelectorAll('#results li')].map((at) => (at as HTMLElement).dataset['verdict']));
      expect(verdicts).toEqual(['good', 'good', 'part', 'good']);
      await tab.close();
    });
  },
);

it.each(ENGINES.filter((engine) => engine === 'firefox'))('in a private window of %s what is said of a reload comes true', async (engine) => {
  const { tab: host, links } = await hosts(engine);
  const folder = await engines.folder(engine);
  await privateFirefox(folder);
  const tab = await engines.open(engine, folder);
  await comeTo(tab, street.origin, links.member, 'Bethan');
  await host.click(button('Admit Bethan'));
  await heading(tab, words('gathering-title'));
  const forgets = await tab.evaluate((text) => document.body.innerText.includes(text), words('not-stored'));
  await tab.goto(street.origin);
  await heading(tab, words(forgets ? 'landing-title' : 'gathering-title'));
  await Promise.all([tab.close(), host.close()]);
});

describe.each(ENGINES)('in %s', (engine) => {
  it('Back and then Forward come back into the room, with the set open nowhere else', async () => {
    const { tab: host, links } = await hosts(engine);
    const tab = await engines.open(engine);
    await comeTo(tab, street.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(tab, words('gathering-title'));
    for (const page of [tab, host]) {
      await page.goto(`${street.origin}/selftest.html`);
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
    const { tab } = await hosts(engine);
    for (const comesBack of [triesNow, isOnline]) {
      street.cut();
      await isTold(tab, 'offline');
      // The waits between attempts have grown by then.
      const before = street.turnedAway;
      await expect.poll(() => street.turnedAway - before).toBeGreaterThan(3);
      street.mend();
      expect(await comesBack(tab)).toBeLessThan(2_000);
      await tab.until(() => document.querySelector('.line.live') !== null);
    }
    await tab.close();
  });
});

describe('what is asked for and never comes is said to be late:', () => {
  const LATE = 'No answer so far.';

  it('the words themselves', async () => {
    const tab = await engines.open(first);
    street.holds = 'GET /assets/en-';
    await tab.goto(street.origin);
    await shows(tab, LATE);
    await tab.close();
  });

  it('a part of the page, of which people see nothing otherwise', async () => {
    const tab = await engines.open(first);
    street.holds = 'GET /assets/deferred-';
    await tab.goto(street.origin);
    await shows(tab, LATE);
    await tab.close();
  });

  it('the set that is being made, with what was typed', async () => {
    const tab = await engines.open(first);
    await fillSetUp(tab);
    street.holds = 'POST /api/sets';
    await press(tab, 'setup-create');
    await shows(tab, LATE);
    expect(await tab.evaluate(() => document.querySelector<HTMLInputElement>('#set-title')?.value)).toBe('Thursday set');
    await tab.close();
  });

  it('what somebody needs to knock', async () => {
    const { tab: host, links } = await hosts(first);
    const tab = await engines.open(first);
    await tab.goto(links.member);
    await heading(tab, words('arrival-title'));
    await tab.type({ label: words('door-name') }, 'Bethan');
    street.holds = 'GET /assets/keys-';
    await press(tab, 'door-ask');
    await shows(tab, LATE);
    await Promise.all([tab.close(), host.close()]);
  });
});

it('what fails under a button is said, and goes when the next thing is asked for', async () => {
  const tab = await engines.open(first);
  await tab.goto(street.origin);
  await tab.until(() => document.activeElement !== document.body);
  street.cut();
  await tab.click(button('Cymraeg'));
  await shows(tab, words('failed'));
  street.mend();
  await tab.click(button('Cymraeg'));
  await heading(tab, speech('cy', 'landing-title'));
  expect(await tab.evaluate(() => document.querySelector('[data-failure]') === null)).toBe(true);
  await tab.close();
});

describe('whoever waits at the door', () => {
  it('is seen by a facilitator who still reads the links, and by one who has a dialog open', async () => {
    const host = await engines.open(first);
    await fillSetUp(host);
    await press(host, 'setup-create');
    await heading(host, 'is ready');
    await host.until(shownLinks);
    const links = (await host.evaluate(shownLinks)) ?? {};
    const bethan = await engines.open(first);
    await comeTo(bethan, street.origin, links['m'] ?? '', 'Bethan');
    await shows(bethan, words('lobby-here'));
    await host.click(button('Admit Bethan'));
    await heading(bethan, words('gathering-title'));

    await press(host, 'go-to-room');
    await heading(host, words('gathering-title'));
    for (const [name, open] of [['Gareth', 'links'], ['Olwen', 'menu'], ['Mair', 'menu-words']] as const) {
      await press(host, open);
      await host.until(() => document.querySelector('dialog[open]') !== null);
      const tab = await engines.open(first);
      await comeTo(tab, street.origin, links['m'] ?? '', name);
      await host.click(button(`Admit ${name}`));
      await heading(tab, words('gathering-title'));
      await host.click(button(words('close-sheet')));
      await tab.close();
    }
    await Promise.all([bethan.close(), host.close()]);
  });

  it('a dialog that waits for the service says what is wrong, and tries again from there', async () => {
    const { tab: host } = await hosts(first);
    await press(host, 'menu');
    await host.until(() => document.querySelector('dialog[open]') !== null);
    street.cut();
    await isTold(host, 'offline');
    expect(await host.evaluate(() => document.querySelector('dialog[open] [data-trouble]') !== null)).toBe(true);
    street.mend();
    expect(await triesNow(host)).toBeLessThan(2_000);
    expect(await isTroubled(host)).toBe(false);
    await host.close();
  });
});

describe('whoever has not agreed to the ground rules', () => {
  it('sees the meeting, and the facilitator sees who it is', async () => {
    const { tab: host, links } = await hosts(first);
    const member = await engines.open(first);
    await comeTo(member, street.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(member, words('gathering-title'));
    await press(host, 'links');
    const { o: observers = '' } = (await host.evaluate(shownLinks)) ?? {};
    await host.click(button(words('close-sheet')));
    const observer = await engines.open(first);
    await comeTo(observer, street.origin, observers, 'Gwen');
    await host.click(button('Admit Gwen'));
    await heading(observer, words('gathering-title'));

    await press(host, 'start');
    await host.until(() => document.querySelector('nav.phases') !== null);
    await press(host, 'more');
    await press(host, 'parts-open');
    // Past the part in which the rules are agreed to.
    await host.until(() => document.querySelector('ol.parts') !== null);
    await host.evaluate(() => {
      const rows = [...document.querySelectorAll<HTMLElement>('ol.parts li')];
      const at = rows.findIndex((row) => row.dataset['part'] === 'charter');
      rows[at + 1]?.querySelector('button')?.click();
    });
    await shows(host, words('not-agreed-title'));
    const told = (): Promise<string> => host.evaluate(() => document.querySelector('[aria-labelledby="not-agreed-title"]')?.textContent ?? '');
    expect(await told()).toContain('Bethan');
    expect(await told()).toContain('Gwen');

    await shows(member, words('charter-first-member'));
    // The state of the room is there as well: what is on now, and who is here.
    await member.until(() => document.querySelector('.now-card, .calm') !== null);
    await shows(member, 'In the room: 3 of 3');
    await shows(observer, words('charter-first-observer'));
    await shows(observer, words('observer-dock-rules'));
    expect(await observer.evaluate(() => document.body.innerText)).not.toContain(words('observer-dock'));

    for (const tab of [member, observer]) {
      // High enough for all twelve rules and the foot of the room.
      await tab.resize(1280, 1300);
      await press(tab, 'charter-agree');
      await tab.until(() => document.querySelector('#charter-title') === null);
    }
    await shows(observer, words('observer-dock'));
    await host.until(() => document.querySelector('#not-agreed-title') === null);
    await Promise.all([host.close(), member.close(), observer.close()]);
  });
});
