/** What is asked at the beginning and at the end, in every engine: what is said and sealed in one is what the others see. */

import { describe, expect, it } from 'vitest';
import { ENGINES, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet } from './support/making';
import { service, shows } from './support/service';

const place = service();

/** Marks the first statement of the form with the last mark, in the form that is open. Runs in the page. */
function marks(): boolean {
  const details = document.querySelector('#form-title')?.closest('details');
  const box = details?.querySelectorAll<HTMLInputElement>('fieldset input')[2];
  if (!details || !box) return false;
  details.open = true;
  box.click();
  return box.checked;
}

async function answers(tab: Tab): Promise<void> {
  await tab.until(marks);
  await tab.click(button('Send'));
  await shows(tab, 'Sent. Until the answers are shown');
}

describe('what is asked at the beginning and at the end', () => {
  it.each(ENGINES)('is said, sealed and opened in %s, and seen in Chromium', async (engine) => {
    const host = await place.engines.open(engine);
    const links = await hostSet(host, place.origin);
    const guests: Tab[] = [];
    for (const name of ['Bethan', 'Chris', 'Dilys', 'Ewa']) {
      const guest = await place.engines.open('chromium');
      await comeTo(guest, place.origin, links.member, name);
      await host.click(button(`Admit ${name}`));
      await heading(guest, 'gathering');
      guests.push(guest);
    }
    await host.click(button('Something records'));
    for (const tab of [host, ...guests]) await shows(tab, 'Recording now, as they said: Amina');
    await host.click(button('Mine is off now'));
    for (const guest of guests) await guest.click(button('Nothing records here'));
    for (const tab of [host, ...guests]) await shows(tab, 'Everybody here has said that nothing records.');

    await host.click(button('Start the meeting'));
    await host.click(button('More'));
    await host.click(button('Close the meeting…'));
    await host.click(button('Close and destroy'));
    for (const tab of [host, ...guests]) await heading(tab, 'The meeting is closed');
    for (const tab of [host, ...guests]) await shows(tab, 'came: 5');
    await Promise.all([host, ...guests].map(answers));
    await host.click(button('Show the answers'));
    for (const tab of [host, ...guests]) {
      await shows(tab, '5 answers, without names.');
      await shows(tab, 'Not met: 0 · Partly: 0 · Fully: 5');
      expect(await tab.text()).not.toContain('Sent. Until the answers are shown');
    }
    await Promise.all([host, ...guests].map((tab) => tab.close()));
  });
});
