/**
 * Which dates people can make, in every engine: a facilitator on a machine that is set to UTC asks, a
 * member in New York answers, and what is fixed is a date for both, before the meeting, in it and after it.
 */

import { describe, expect, it } from 'vitest';
import { type EngineName, ENGINES, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet } from './support/making';
import { service, shows } from './support/service';

const place = service();

/** A browser of its own, whose machine is set to this zone. */
async function openIn(zone: string, engine: EngineName): Promise<Tab> {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  const tab = await place.engines.open(engine, 'disk');
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
  return tab;
}

/** Gives a field of the open dialog this value, as a picker does. Runs in the page. */
function fill([id, value]: readonly [string, string]): boolean {
  const field = document.querySelector<HTMLInputElement>(`dialog[open] #${id}`);
  if (field === null) return false;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return true;
}

/** Waits until the table of this time reads so: each answer, how many gave it, and who. */
const tells = (tab: Tab, when: string, rows: readonly string[]): Promise<void> =>
  tab.until(([of, lines]) => {
    const plain = (of: Element | null | undefined): string => (of?.textContent ?? '').replace(/[\u2068\u2069]/g, '');
    const item = [...document.querySelectorAll('.asked > li')].find((at) => plain(at.querySelector('h3')) === of);
    const found = [...(item?.querySelectorAll('tr') ?? [])].map((row) => [...row.children].map(plain).join(' ').trim());
    return JSON.stringify(found) === JSON.stringify(lines);
  }, [when, rows] as const);

const pressed = (tab: Tab): Promise<string[]> =>
  tab.evaluate(() => [...document.querySelectorAll('[aria-pressed="true"]')].map((at) => at.getAttribute('aria-label') ?? ''));

const gone = (tab: Tab, text: string): Promise<void> => tab.until((part) => !document.body.innerText.includes(part), text);

const MORNING = 'Tuesday 1 July 2031, 09:30 to 13:00, London time';
const AFTERNOON = 'Tuesday 1 July 2031, 13:30 to 17:00, London time';
const WINTER = 'Monday 27 October 2031, 09:30 to 13:00, London time';

async function ask(host: Tab, times: readonly (readonly [day: string, add: string])[]): Promise<void> {
  for (const [day, add] of times) {
    await host.until(fill, ['ask-day', day] as const);
    await host.click(button(add));
  }
  await host.click(button('Ask everybody'));
}

describe('a set that looks for dates', () => {
  it.each(ENGINES)('asks, answers from another zone and fixes, in %s', async (engine) => {
    const host = await openIn('UTC', engine);
    const links = await hostSet(host, place.origin);
    const guest = await openIn('America/New_York', engine);
    await comeTo(guest, place.origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(guest, 'gathering');

    await host.click(button('Dates…'));
    await host.click(button('Ask who can when…'));
    const [morning, afternoon] = ['Add the morning, 09:30 to 13:00', 'Add the afternoon, 13:30 to 17:00'];
    await ask(host, [['2031-07-01', morning], ['2031-07-01', afternoon]]);
    for (const tab of [host, guest]) {
      await shows(tab, MORNING);
      await shows(tab, AFTERNOON);
    }
    await shows(guest, 'Where you are (New York): Tuesday 1 July 2031, 04:30 to 08:00');
    await shows(host, 'Where you are (UTC): Tuesday 1 July 2031, 08:30 to 12:00');
    await tells(host, MORNING, ['Yes 0', 'If need be 0', 'No 0', 'Not answered 2 Amina, Bethan']);

    await guest.click(button(`Yes: ${MORNING}`));
    await guest.click(button(`If need be: ${AFTERNOON}`));
    await tells(host, AFTERNOON, ['Yes 0', 'If need be 1 Bethan', 'No 0', 'Not answered 1 Amina']);
    // It can be changed, and is there again when the page is.
    await guest.click(button(`No: ${AFTERNOON}`));
    await tells(host, AFTERNOON, ['Yes 0', 'If need be 0', 'No 1 Bethan', 'Not answered 1 Amina']);
    await guest.reload();
    await heading(guest, 'gathering');
    await expect.poll(() => pressed(guest)).toEqual([`Yes: ${MORNING}`, `No: ${AFTERNOON}`]);
    await host.click(button(`Yes: ${MORNING}`));
    for (const tab of [host, guest]) {
      await tells(tab, MORNING, ['Yes 2 Amina, Bethan', 'If need be 0', 'No 0', 'Not answered 0']);
      await shows(tab, 'Best so far');
    }

    await host.click(button(`Fix this: ${MORNING}`));
    await host.click(button('Fix one date'));
    for (const tab of [host, guest]) {
      await shows(tab, 'We begin on Tuesday 1 July 2031 at 09:30, London time');
      await gone(tab, 'Which dates can you make?');
    }
    await shows(guest, 'Where you are (New York): Tuesday 1 July 2031, 04:30');

    // In the meeting it is asked without a word in between, and answered in a dialog.
    await host.click(button('Start the meeting'));
    await host.click(button('More'));
    await host.click(button('Dates…'));
    await host.click(button('Ask who can when…'));
    await ask(host, [['2031-10-27', morning]]);
    await guest.click(button('Dates you are asked about…'));
    await shows(guest, 'Where you are (New York): Monday 27 October 2031, 05:30 to 09:00');
    await guest.click(button(`If need be: ${WINTER}`));
    await guest.click(button('Close'));
    await guest.until(() => document.querySelector('#asked-tip') === null);

    // And after it.
    await host.click(button('More'));
    await host.click(button('Close the meeting…'));
    await host.click(button('Close and destroy'));
    for (const tab of [host, guest]) {
      await heading(tab, 'The meeting is closed');
      await tells(tab, WINTER, ['Yes 0', 'If need be 1 Bethan', 'No 0', 'Not answered 1 Amina']);
    }
    await guest.click(button(`Yes: ${WINTER}`));
    await tells(host, WINTER, ['Yes 1 Bethan', 'If need be 0', 'No 0', 'Not answered 1 Amina']);
    await host.click(button(`Fix this: ${WINTER}`));
    await host.click(button('Fix one date'));
    for (const tab of [host, guest]) {
      await shows(tab, 'Monday 27 October 2031 at 09:30, London time');
      await gone(tab, 'Which dates can you make?');
    }
    await guest.close();
    await host.close();
  });
});
