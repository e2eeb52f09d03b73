/** A service behind a way that tests spoil, people who come to it, and what they are told. */

import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { MessageId } from '../../src/i18n';
import { Engines, ENGINES, type EngineName, type Tab } from './engines';
import { button, hostSet } from './making';
import { Setroom } from './setroom';
import { speech } from './speech';
import { Street } from './street';

/** The engine of whoever could be in any. */
export const first: EngineName = ENGINES[0] ?? 'chromium';

export const words = (id: MessageId): string => speech('en', id);
export const press = (tab: Tab, id: MessageId): Promise<void> => tab.click(button(words(id)));

export interface Spoilt {
  readonly engines: Engines;
  /** The way to the service, as good as new before each test. */
  readonly street: Street;
  /** A host in the room, and the links. */
  hosts(engine?: EngineName): Promise<{ tab: Tab; links: Record<'host' | 'member', string> }>;
  /** Fills the page on which a set is made. */
  fillSetUp(tab: Tab): Promise<void>;
}

/** To be called once in a file, outside all tests. */
export function spoilt(): Spoilt {
  const engines = new Engines();
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

  return {
    engines,
    get street() {
      return street;
    },
    async hosts(engine = first) {
      const tab = await engines.open(engine);
      return { tab, links: await hostSet(tab, street.origin) };
    },
    async fillSetUp(tab) {
      await tab.goto(street.origin);
      await press(tab, 'landing-host-button');
      await tab.until(() => document.activeElement !== document.body);
      await tab.type({ label: words('setup-set-name') }, 'Thursday set');
      await tab.type({ label: words('setup-own-name') }, 'Amina');
    },
  };
}

/** Waits until the page says that this is wrong, and offers to try at once. */
export async function isTold(tab: Tab, is: string): Promise<void> {
  await tab.until((wanted) => {
    const box = document.querySelector<HTMLElement>('dialog[open] [data-trouble]') ?? document.querySelector<HTMLElement>('[data-trouble]');
    const offered = box?.querySelector('button');
    if (box?.dataset['trouble'] !== wanted || offered === null || offered === undefined) return false;
    // Its words fit into it.
    if (offered.scrollWidth > offered.clientWidth) return false;
    const { left, top, width, height } = offered.getBoundingClientRect();
    // Where a finger would find it: neither behind a dialog nor under anything else.
    return document.elementFromPoint(left + width / 2, top + height / 2) === offered;
  }, is);
}

export const isTroubled = (tab: Tab): Promise<boolean> => tab.evaluate(() => document.querySelector('[data-trouble]') !== null);

/** Whatever the page waits for ends, and what it would do later by itself it does not do: what comes answers people. */
function losePatience(): void {
  const last = Number(setTimeout(() => undefined));
  for (let timer = 1; timer <= last; timer += 1) clearTimeout(timer);
  const real = window.setTimeout;
  // The shortest wait of the page is longer than any of whoever drives it.
  const short = (run: TimerHandler, ms = 0): number => (ms < 200 ? real(run, ms) : 0);
  window.setTimeout = short as typeof setTimeout;
  addEventListener('patience', () => void (window.setTimeout = real), { once: true });
}

/**
 * Mends the way, does something, and waits until nothing is wrong any more: by that alone, not by what the
 * page would do in time.
 */
async function mends(tab: Tab, mend: () => void, act: () => Promise<void>): Promise<void> {
  await tab.evaluate(losePatience);
  mend();
  await act();
  await tab.until(() => document.querySelector('[data-trouble]') === null);
  await tab.evaluate(() => void dispatchEvent(new Event('patience')));
}

/** Presses *Try now*, unless the page was quicker. */
export const tryNow = (tab: Tab): Promise<void> =>
  tab.evaluate(() => [...document.querySelectorAll<HTMLElement>('[data-trouble] button')].at(-1)?.click());

/** With the way mended *Try now* is enough. */
export const triesNow = (tab: Tab, mend: () => void): Promise<void> => mends(tab, mend, () => tryNow(tab));

/** So is a browser that says that the network is back; again, ever more seldom, where the page was just trying. */
export const isOnline = (tab: Tab, mend: () => void): Promise<void> =>
  mends(tab, mend, () =>
    tab.until(() => {
      const looks = Number(document.body.dataset['looks'] ?? 0) + 1;
      document.body.dataset['looks'] = String(looks);
      if (Number.isInteger(Math.log2(looks))) dispatchEvent(new Event('online'));
      return document.querySelector('[data-trouble]') === null;
    }),
  );
