/** Whoever waits in the room or at its door: they are seen, and see what the others see. */

import { describe, expect, it } from 'vitest';
import { button, comeTo, heading, shownLinks } from './support/making';
import { shows } from './support/service';
import { first, isTold, isTroubled, press, spoilt, triesNow, words } from './support/waiting';

const way = spoilt();

describe('whoever waits at the door', () => {
  it('is seen by a facilitator who still reads the links, and by one who has a dialog open', async () => {
    const host = await way.engines.open(first);
    await way.fillSetUp(host);
    await press(host, 'setup-create');
    await heading(host, 'is ready');
    await host.until(shownLinks);
    const links = (await host.evaluate(shownLinks)) ?? {};
    const bethan = await way.engines.open(first);
    await comeTo(bethan, way.street.origin, links['m'] ?? '', 'Bethan');
    await shows(bethan, words('lobby-here'));
    await host.click(button('Admit Bethan'));
    await heading(bethan, words('gathering-title'));

    await press(host, 'go-to-room');
    await heading(host, words('gathering-title'));
    for (const [name, open] of [['Gareth', 'links'], ['Olwen', 'menu'], ['Mair', 'menu-words']] as const) {
      await press(host, open);
      await host.until(() => document.querySelector('dialog[open]') !== null);
      const tab = await way.engines.open(first);
      await comeTo(tab, way.street.origin, links['m'] ?? '', name);
      await host.click(button(`Admit ${name}`));
      await heading(tab, words('gathering-title'));
      await host.click(button(words('close-sheet')));
      await tab.close();
    }
    await Promise.all([bethan.close(), host.close()]);
  });

  it('a dialog that waits for the service says what is wrong, and tries again from there', async () => {
    const { tab: host } = await way.hosts();
    await press(host, 'menu');
    await host.until(() => document.querySelector('dialog[open]') !== null);
    way.street.cut();
    await isTold(host, 'offline');
    expect(await host.evaluate(() => document.querySelector('dialog[open] [data-trouble]') !== null)).toBe(true);
    await triesNow(host, () => way.street.mend());
    expect(await isTroubled(host)).toBe(false);
    await host.close();
  });
});

describe('whoever has not agreed to the ground rules', () => {
  it('sees the meeting, and the facilitator sees who it is', async () => {
    const { tab: host, links } = await way.hosts();
    const member = await way.engines.open(first);
    await comeTo(member, way.street.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(member, words('gathering-title'));
    await press(host, 'links');
    const { o: observers = '' } = (await host.evaluate(shownLinks)) ?? {};
    await host.click(button(words('close-sheet')));
    const observer = await way.engines.open(first);
    await comeTo(observer, way.street.origin, observers, 'Gwen');
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
    await expect.poll(told).toContain('Bethan');
    // A name stands there once its key has come.
    await expect.poll(told).toContain('Gwen');

    await shows(member, words('charter-first-member'));
    // The state of the room is there as well: what is on now, and who is here.
    await member.until(() => document.querySelector('.now-card, .calm') !== null);
    await shows(member, 'In the room: 3 of 3');
    await shows(observer, words('charter-first-observer'));
    await shows(observer, words('observer-dock-rules'));
    expect(await observer.evaluate(() => document.body.innerText)).not.toContain(words('observer-dock'));

    for (const tab of [member, observer]) {
      // Not by the pointer: drivers scroll it under the foot of the room.
      await tab.until((name) => {
        const agree = [...document.querySelectorAll<HTMLElement>('main button')].find((at) => at.textContent === name);
        agree?.click();
        return agree !== undefined;
      }, words('charter-agree'));
      await tab.until(() => document.querySelector('#charter-title') === null);
    }
    await shows(observer, words('observer-dock'));
    await host.until(() => document.querySelector('#not-agreed-title') === null);
    await Promise.all([host.close(), member.close(), observer.close()]);
  });
});
