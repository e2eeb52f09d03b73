/**
 * People in a room on the pages that were shipped with earlier versions of the protocol, when their service has
 * become the one of today, in every engine. The rooms and what the browsers kept of them were written by those
 * pages and their own services: `old-pages/README.md`.
 */

import { afterAll, expect, it } from 'vitest';
import { Engines, ENGINES, type Tab } from './support/engines';
import { button, heading } from './support/making';
import { remember } from './support/remembered';
import { shows } from './support/service';
import { left, Shipped, type Version } from './support/shipped';

const engines = new Engines();
afterAll(() => engines.close());

const BID = { label: 'If I took time today, it would be about…' };

/** Somebody of the set that was left, at a browser as theirs was: the old page comes up in the room. */
async function back(shipped: Shipped, version: Version, who: 'ruth' | 'ana', engine: Tab['engine']): Promise<Tab> {
  const { set, kept } = left(version);
  const tab = await engines.open(engine);
  await tab.goto(`${shipped.origin}/`);
  await heading(tab, 'Run an action learning set');
  await tab.evaluate(remember, { set, kept: kept[who] });
  await tab.evaluate((of) => sessionStorage.setItem('setroom-set', of), set);
  await tab.goto(`${shipped.origin}/`);
  return tab;
}

/** What stands in the form of one's bid. */
const field = (tab: Tab): Promise<string | undefined> =>
  tab.evaluate(() => document.querySelector<HTMLInputElement>('#bid-text')?.value);

const inBids = (tab: Tab): Promise<void> => tab.until(() => document.querySelector('nav.phases')?.getAttribute('data-part') === 'bids');

// fault: F32 — what was half typed in a room on a page of version 2 stands on that of today
it.each(ENGINES)('whoever was in a room on a page of version 2 is told to reload in %s, and goes on with what they had half typed', async (engine) => {
  const shipped = await Shipped.open(2, 'left');
  const ana = await back(shipped, 2, 'ana', engine);
  const ruth = await back(shipped, 2, 'ruth', engine);
  for (const tab of [ana, ruth]) {
    await heading(tab, 'There is a newer version of this page');
    await shows(tab, 'Reload the page, then open your link again.');
  }
  shipped.renewed = true;
  for (const tab of [ana, ruth]) await tab.click(button('Reload'));
  for (const tab of [ana, ruth]) await inBids(tab);
  await ruth.click(button('Write something yourself'));
  await expect.poll(() => field(ruth)).toBe('saying no to the board');
  await expect.poll(() => field(ana)).toBe('a handover that keeps going');
  const pressing = await ana.evaluate(() => document.querySelector<HTMLInputElement>('.writer input:checked')?.labels?.[0]?.textContent);
  expect(pressing).toContain('pressing');
  await ana.click(button('Offer it'));
  await shows(ruth, 'a handover that keeps going');
  await ana.close();
  await ruth.close();
  await shipped.close();
});

/**
 * That page holds its place until it is gone, of which WebKit tells the next one late: then that one asks, as
 * it does for two tabs.
 */
async function goesOn(tab: Tab): Promise<void> {
  const asked = 'Use it here';
  await tab.until((words) => document.querySelector('nav.phases') ?? document.body.innerText.includes(words), asked);
  if ((await tab.text()).includes(asked)) await tab.click(button(asked));
}

// fault: F32 — a page of version 1, which keeps nothing that is typed, goes on in the room
it.each(ENGINES)('whoever is in a room on a page of version 1 goes on in %s, and reloads when they like', async (engine) => {
  const shipped = await Shipped.open(1, 'left');
  const ana = await back(shipped, 1, 'ana', engine);
  const ruth = await back(shipped, 1, 'ruth', engine);
  for (const tab of [ana, ruth]) await inBids(tab);
  await ana.type(BID, 'a rota that nobody reads');
  await ana.click(button('Offer it'));
  await shows(ruth, 'a rota that nobody reads');
  shipped.renewed = true;
  for (const tab of [ruth, ana]) await tab.reload();
  for (const tab of [ruth, ana]) {
    await goesOn(tab);
    await inBids(tab);
    await shows(tab, 'a rota that nobody reads');
  }
  expect(await field(ana)).toBe('a rota that nobody reads');
  await ana.close();
  await ruth.close();
  await shipped.close();
});
