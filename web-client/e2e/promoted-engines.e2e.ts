/** The wrong link first: what a second link does in the same browser, and how the host makes a member co-facilitator. */

import { describe, expect, it } from 'vitest';
import { ENGINES } from './support/engines';
import { button, comeTo, heading, hostSet, shownLinks } from './support/making';
import { service, shows } from './support/service';

const place = service();

describe('whoever should be co-facilitator and came by the member’s link', () => {
  it.each(ENGINES)('is told in %s what to do, and becomes it where they are', async (engine) => {
    const host = await place.engines.open('chromium');
    const links = await hostSet(host, place.origin);
    await host.click(button('Links'));
    await host.until(shownLinks);
    const second = ((await host.evaluate(shownLinks)) ?? {})['c'] ?? '';
    await host.click(button('Close'));
    const guest = await place.engines.open(engine);
    await comeTo(guest, place.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(guest, 'gathering');
    // The right link, in the browser that has the seat already.
    await guest.goto(place.origin + second.slice(second.indexOf('/j#')));
    await heading(guest, 'gathering');
    await shows(guest, 'You opened another link of this set. This browser has your place already, as member, and nothing has changed.');
    await shows(guest, 'To become co-facilitator with the place that you have, ask the host');
    expect(await guest.text()).not.toContain('Start the meeting');

    await host.click(button('Options for Bethan'));
    await host.click(button('Make them co-facilitator…'));
    await shows(host, 'Make Bethan co-facilitator?');
    await host.click(button('Make them co-facilitator'));
    await shows(guest, 'Start the meeting');
    await guest.until(() => document.querySelector('[data-other-link]') === null);
    // Keys and links are there, also after a reload.
    await guest.reload();
    await guest.click(button('Links'));
    await guest.until((link) => [...document.querySelectorAll('input')].some(({ value }) => value === link), second);
    expect(await guest.text()).not.toContain('#1.h');
    await guest.click(button('Close'));
    const late = await place.engines.open('chromium');
    await host.close();
    await comeTo(late, place.origin, links.member, 'Gareth');
    await guest.click(button('Admit Gareth'));
    await heading(late, 'gathering');
    await shows(late, 'Bethan');
    await late.close();
    await guest.close();
  });

  it.each(ENGINES)('is a member again in %s, without the links that they had', async (engine) => {
    const host = await place.engines.open('chromium');
    const links = await hostSet(host, place.origin);
    const guest = await place.engines.open(engine);
    await comeTo(guest, place.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(guest, 'gathering');
    await host.click(button('Options for Bethan'));
    await host.click(button('Make them co-facilitator…'));
    await host.click(button('Make them co-facilitator'));
    await shows(guest, 'Start the meeting');
    await host.click(button('Options for Bethan'));
    await host.click(button('Make them a member again…'));
    await shows(host, 'The set gets a new key and new links');
    await host.click(button('Make them a member'));
    await guest.until(() => !document.body.innerText.includes('Start the meeting'));
    await guest.reload();
    await heading(guest, 'gathering');
    await shows(guest, 'Amina');
    expect(await guest.text()).not.toContain('Start the meeting');
    await host.click(button('Links'));
    await host.until((old) => !([...document.querySelectorAll('input')].some(({ value }) => value === old)), links.member);
    await guest.close();
    await host.close();
  });
});
