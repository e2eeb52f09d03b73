/** Dates and the next meeting in every engine: what is typed in one is what all of them show. */

import { describe, expect, it } from 'vitest';
import { ENGINES, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet } from './support/making';
import { service, shows } from './support/service';

const place = service();

/** Fills the fields for dates in the dialog, in order. Runs in the page, as a person's calendar picker does. */
function fillDates(dates: string[]): boolean {
  const fields = [...document.querySelectorAll<HTMLInputElement>('dialog[open] input[type="datetime-local"]')];
  if (fields.length !== dates.length) return false;
  fields.forEach((field, at) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, dates[at]);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  return true;
}

const dated = (tab: Tab): Promise<string[]> =>
  tab.evaluate(() => [...document.querySelectorAll<HTMLInputElement>('dialog[open] input[type="datetime-local"]')].map((field) => field.value));

describe('a set that meets again', () => {
  it.each(ENGINES)('is dated and opened in %s, and seen in Chromium', async (engine) => {
    const host = await place.engines.open(engine);
    const links = await hostSet(host, place.origin);
    const guest = await place.engines.open('chromium');
    await comeTo(guest, place.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(guest, 'gathering');

    await host.click(button('Dates…'));
    await host.click(button('Add a meeting'));
    // In summer, so that a clock that is not London's would show another hour.
    await host.until(fillDates, ['2031-07-01T09:30']);
    await host.click(button('Add a meeting'));
    await expect.poll(() => dated(host)).toEqual(['2031-07-01T09:30', '2031-08-26T09:30']);
    await host.click(button('Save the dates'));
    for (const tab of [host, guest]) {
      await shows(tab, 'Meeting 1 of 2');
      await shows(tab, 'Tuesday 1 July 2031 at 09:30, London time');
      await shows(tab, 'Tuesday 26 August 2031 at 09:30, London time');
    }

    await host.click(button('Start the meeting'));
    await host.click(button('More'));
    await host.click(button('Close the meeting…'));
    await host.click(button('Close and destroy'));
    for (const tab of [host, guest]) await heading(tab, 'The meeting is closed');
    await shows(guest, 'Tuesday 26 August 2031 at 09:30, London time');
    await host.click(button('Open the next meeting…'));
    await host.click(button('Open it now'));
    for (const tab of [host, guest]) {
      await heading(tab, 'gathering');
      await shows(tab, 'We begin on Tuesday 26 August 2031 at 09:30, London time');
      await shows(tab, 'Bethan');
    }
    await guest.close();
    await host.close();
  });
});
