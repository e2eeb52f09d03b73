/** A link in brackets and a name with what nobody can see, in every engine: each shows the same to all. */

import { describe, expect, it } from 'vitest';
import { ENGINES, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet } from './support/making';
import { service, shows } from './support/service';

const place = service();
/** Names on the page, each in the isolate that it stands in. */
const names = (tab: Tab): Promise<string[]> =>
  tab.evaluate(() => [...document.querySelectorAll('.people bdi')].map((at) => at.textContent));

describe('names', () => {
  it.each(ENGINES)('are the same in %s as in Chromium', async (engine) => {
    const host = await place.engines.open('chromium');
    const links = await hostSet(host, place.origin);
    const guest = await place.engines.open(engine);
    await comeTo(guest, place.origin, `The set: (${links.member}).`, 'A\u200bmi\u202ena\u2060 \u00b7 \u3164');
    await shows(host, 'looks like Amina, who is here');
    await host.click(button('Admit Amina'));
    await heading(guest, 'gathering');
    for (const tab of [host, guest]) {
      await shows(tab, 'Amina (2)');
      expect(await names(tab)).toEqual(['Amina (1)', 'Amina (2)']);
    }
    await guest.close();
    await host.close();
  });

  it.each(ENGINES)('can be corrected in %s, and the focus goes back to where it came from', async (engine) => {
    const tab = await place.engines.open(engine);
    await hostSet(tab, place.origin);
    // The name that was typed is here: what stands in the field is that, and stays.
    await tab.until(() => document.querySelector('.people bdi')?.textContent === 'Amina');
    await tab.click(button('Menu'));
    await tab.click(button('My name'));
    await tab.type('#own-name', 'Amina Okafor');
    await tab.click(button('Change it'));
    await tab.until(() => document.querySelector('.people bdi')?.textContent === 'Amina Okafor');
    await tab.until(() => document.activeElement?.getAttribute('aria-label') === 'Menu');
    expect(await names(tab)).toEqual(['Amina Okafor']);
    await tab.close();
  });
});
