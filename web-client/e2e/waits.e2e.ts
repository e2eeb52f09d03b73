/**
 * Nobody waits without a word: after Back and Forward, after an outage, and for what never comes.
 */

import { describe, expect, it } from 'vitest';
import { ENGINES } from './support/engines';
import { button, comeTo, heading } from './support/making';
import { shows } from './support/service';
import { speech } from './support/speech';
import { first, isOnline, isTold, press, spoilt, triesNow, words } from './support/waiting';

const way = spoilt();

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
    const { tab: host, links } = await way.hosts();
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
