/**
 * Sets that the release before this one made, with a host in Firefox: their host comes back by the host
 * link in every engine, changes the key in each, and their member reads on. One of them was left
 * with a member who waits for a key that never came; it gets well by itself.
 *
 * The journal, the links and what the member's browser kept were made by that release's own program
 * in real browsers (`data/first-release.json` says how).
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageId } from '../src/i18n';
import { LIMITS } from '../src/wire.gen';
import { Engines, ENGINES, type EngineName, type Tab } from './support/engines';
import { remember } from './support/remembered';
import { Setroom } from './support/setroom';
import { speech } from './support/speech';

const file = (name: string): string => fileURLToPath(new URL(`data/${name}`, import.meta.url));

interface Told {
  readonly what: string;
  readonly epoch: number;
  readonly set: string;
  readonly host: string;
  readonly member: string;
  readonly kept: unknown;
}

const { sets } = JSON.parse(readFileSync(file('first-release.json'), 'utf8')) as { sets: readonly Told[] };

const engines = new Engines();
let setroom: Setroom;

beforeAll(async () => {
  setroom = await Setroom.start([], file('first-release.sqlite3'));
});
afterAll(async () => {
  await engines.close();
  await setroom?.stop();
});

const words = (id: MessageId): string => speech('en', id);
const button = (id: MessageId) => ({ role: 'button', name: words(id) }) as const;
const at = (link: string): string => `http://${setroom.address}${link}`;

function sees(tab: Tab, text: string): Promise<void> {
  return tab.until(
    (part) => document.getElementById('app')?.innerText.replace(/[\u2068\u2069]/g, '').includes(part),
    text,
  );
}

/** Whether the browser holds the key of this epoch. Runs in the page. */
async function holds({ set, epoch }: { set: string; epoch: number }): Promise<boolean> {
  const opening = indexedDB.open('setroom', 1);
  return new Promise((answer) => {
    opening.addEventListener('success', () => {
      const reading = opening.result.transaction('sets', 'readonly').objectStore('sets').get(set);
      reading.addEventListener('success', () => {
        opening.result.close();
        const { epochs } = reading.result as { epochs: readonly { epoch: number }[] };
        answer(epochs.some((key) => key.epoch === epoch));
      });
    });
  });
}

/** The member's browser, as it was left. */
async function ana({ set, kept, member }: Told): Promise<Tab> {
  const tab = await engines.open('chromium');
  await tab.goto(at('/selftest.html'));
  await tab.evaluate(remember, { set, kept });
  await tab.goto(at(member));
  await sees(tab, words('gathering-title'));
  return tab;
}

/** The host opens the set by the host link, in a browser that has never seen it. */
async function ruth(engine: EngineName, { host }: Told): Promise<Tab> {
  const tab = await engines.open(engine);
  await tab.goto(at(host));
  await tab.type({ label: words('door-name') }, `Ruth in ${engine}`);
  await tab.click(button('door-go-in'));
  await sees(tab, words('gathering-title'));
  return tab;
}

async function changesTheKey(host: Tab): Promise<void> {
  await host.click(button('links'));
  await host.click(button('rotate-member'));
  await host.click(button('rotate-do'));
}

describe.each(sets)('a set of the last release: $what', (told) => {
  const first = (sets.indexOf(told) + 1) % ENGINES.length;
  // A seat has room for so many browsers, and Ruth came in one for each key so far.
  const left = LIMITS.devices_per_seat - told.epoch;
  const order = [...ENGINES.slice(first), ...ENGINES.slice(0, first)].slice(0, left);

  it(`the host comes back in ${order.join(', then ')}, and the member reads on`, async () => {
    const member = await ana(told);
    let { epoch } = told;
    for (const engine of order) {
      const host = await ruth(engine, told);
      // A text that was written just now, under the key in force.
      await sees(member, `Ruth in ${engine}`);
      await member.until(() => document.querySelector('.product')?.textContent === 'Probe');
      await changesTheKey(host);
      epoch += 1;
      await member.until(holds, { set: told.set, epoch });
      await host.close();
    }
    const said = await member.evaluate(() => document.getElementById('app')?.innerText ?? '');
    expect(said).not.toContain(words('keys-waiting'));
    await member.close();
  });
});
