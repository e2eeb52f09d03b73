/** *Only me* against the real service: what is under a return code opens by it on another browser, in each engine. */

import { describe, expect, it } from 'vitest';
import { ENGINES, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet } from './support/making';
import { service, shows } from './support/service';

const room = service();
const { engines } = room;

/** Presses the button of the open dialog whose words end so. */
async function pressInSheet(tab: Tab, end: string): Promise<void> {
  const there = (last: string): HTMLElement | undefined =>
    [...document.querySelectorAll<HTMLElement>('dialog[open] button')].find((at) => at.textContent.replace(/[\u2068\u2069]/g, '').endsWith(last));
  await tab.until(there, end);
  await tab.evaluate((last: string) => {
    [...document.querySelectorAll<HTMLElement>('dialog[open] button')].find((at) => at.textContent.replace(/[\u2068\u2069]/g, '').endsWith(last))?.click();
  }, end);
}

const written = (tab: Tab, text: string): Promise<void> =>
  tab.until((what) => [...document.querySelectorAll('textarea')].some((at) => at.value === what), text);

describe.each(ENGINES)('%s', (engine) => {
  it('a person who wants no help opens what is theirs with their code, and with nothing else', async () => {
    const { origin } = room;
    const [host, laptop, phone] = await Promise.all([engines.open(engine), engines.open(engine), engines.open(engine)]);
    const links = await hostSet(host, origin);
    await comeTo(laptop, origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(laptop, 'gathering');
    await host.click(button('Start the meeting'));
    await host.click(button('More'));
    await pressInSheet(host, 'Go to any part');
    await pressInSheet(host, 'Closing round');
    await laptop.click(button('I can live by this'));
    await laptop.type({ label: 'My next step' }, 'Ask about the rota');
    await laptop.click(button('Keep this action'));
    await shows(laptop, 'Only you see this.');

    await laptop.click(button('Who can help me open these again?'));
    await laptop.until(() => document.getElementById('own-by-only_me'));
    await laptop.evaluate(() => document.getElementById('own-by-only_me')?.click());
    await pressInSheet(laptop, 'Make a return code');
    await laptop.until(() => document.querySelector('output.code'));
    const code = await laptop.evaluate(() => document.querySelector('output.code')?.textContent.replaceAll('\u200B', '') ?? '');
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    await laptop.type({ label: 'Type the code, to be sure that you have it' }, code.toLowerCase());
    await pressInSheet(laptop, 'Only me from now on');
    await shows(laptop, 'your return code opens what only you see');
    await laptop.close();

    await comeTo(phone, origin, links.member, 'Bethan');
    await host.click(button('Was here before on another device?'));
    await host.click(button('Admit as Bethan'));
    await shows(phone, 'What only you see is locked here');
    expect(await phone.evaluate(() => document.body.innerText.includes('Ask about the rota'))).toBe(false);
    // Where the code may be in other hands they are told to make a new one, also before it is typed here.
    await phone.click(button('Menu'));
    await phone.click(button('Your other browsers'));
    await shows(phone, 'If your return code was typed there, make a new one too.');
    await phone.click(button('Cancel'));
    await phone.type('#own-code', '0000 0000 0000 0000 0000 0000 0000');
    await phone.click(button('Open'));
    await shows(phone, 'one slip is enough');
    await phone.type('#own-code', code.replaceAll('-', ' '));
    await phone.click(button('Open'));
    await written(phone, 'Ask about the rota');
    await phone.until(() => document.getElementById('own-code') === null);
    await Promise.all([host.close(), phone.close()]);
  });
});
