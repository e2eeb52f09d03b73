/** Where nothing may be kept, or not for long, people are told what that means, and it comes true. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, type Tab } from './support/engines';
import { button, comeTo, heading, shownLinks } from './support/making';
import { shows } from './support/service';
import { press, spoilt, words } from './support/waiting';

const way = spoilt();

describe.each(ENGINES)(
  'in %s, whose owner lets no site keep anything',
  (engine) => {
    let tab: Tab;

    // One for all: nothing is kept from one test to the next.
    beforeAll(async () => {
      tab = await way.engines.open(engine, 'nothing');
    });
    afterAll(() => tab.close());

    it('a member gets in and takes part, and is told what a reload means', async () => {
      const { tab: host, links } = await way.hosts();
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
      await host.close();
    });

    it('a host makes a set, and is told that the host link is the only way back', async () => {
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
    });

    it('the check page says that it works, with that limit', async () => {
      await tab.goto(`${way.street.origin}/selftest.html`);
      await tab.until(() => document.getElementById('verdict')?.dataset['done'] !== undefined);
      const verdicts = await tab.evaluate(() => [...document.querySelectorAll('#results li')].map((at) => (at as HTMLElement).dataset['verdict']));
      expect(verdicts).toEqual(['good', 'good', 'part', 'good']);
    });
  },
);

it.each(ENGINES)('in a private window of %s what is said of a reload comes true', async (engine) => {
  const { tab: host, links } = await way.hosts();
  const tab = await way.engines.open(engine, 'private');
  await comeTo(tab, way.street.origin, links.member, 'Bethan');
  await host.click(button('Admit Bethan'));
  await heading(tab, words('gathering-title'));
  const forgets = await tab.evaluate((text) => document.body.innerText.includes(text), words('not-stored'));
  await tab.goto(way.street.origin);
  await heading(tab, words(forgets ? 'landing-title' : 'gathering-title'));
  await Promise.all([tab.close(), host.close()]);
});
