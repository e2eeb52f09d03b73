/** Somebody comes with a second browser while they are in the room: they are asked, on both sides by pressing. */

import { describe, expect, it } from 'vitest';
import { ENGINES, type Tab } from './support/engines';
import { comeTo, hostSet, button, heading } from './support/making';
import { service, shows } from './support/service';

const room = service();
const { engines } = room;

describe('a second browser', () => {
  it('is let in on somebody’s seat only after they have said yes, and stays outside after a no', async () => {
    const engine = ENGINES[0] ?? 'chromium';
    const { origin } = room;
    const [host, laptop, phone, stranger] = await Promise.all([1, 2, 3, 4].map(() => engines.open(engine))) as [Tab, Tab, Tab, Tab];
    const links = await hostSet(host, origin);
    await comeTo(laptop, origin, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(laptop, 'gathering');

    await comeTo(phone, origin, links.member, 'Bethan');
    await host.click(button('Was here before on another device?'));
    await host.click(button('Ask Bethan whether to let this second browser in as well'));
    await shows(laptop, 'Is this you?');
    await shows(host, 'Bethan has not answered yet');
    await laptop.click(button('Yes, let it in'));
    await host.click(button('Let it in as Bethan'));
    await heading(phone, 'gathering');
    await shows(phone, 'In the room: 2 of 2');

    await comeTo(stranger, origin, links.member, 'Bethan');
    await host.click(button('Was here before on another device?'));
    await host.click(button('Ask Bethan whether to let this second browser in as well'));
    await shows(laptop, 'Is this you?');
    // Any of their browsers may answer.
    await phone.click(button('No, that is not me'));
    await shows(host, 'Bethan said that it is not them.');
    await laptop.until(() => !document.body.textContent.includes('Is this you?'));
    expect(await stranger.evaluate(() => document.querySelector('h1')?.textContent)).toBe('You are at the door');

    // The laptop is lost: the phone puts it out, and a key is made that it has not.
    await phone.click(button('Menu'));
    await phone.click(button('Your other browsers'));
    await shows(phone, 'You are in this set with one browser besides this one.');
    await phone.click(button('Put the others out'));
    await shows(phone, 'Your other browsers are out.');
    await shows(laptop, 'You have a link to a learning set');
    await laptop.reload();
    await shows(laptop, 'This browser has no place in the set any more');
    await phone.click(button('Menu'));
    await phone.until(() => ![...document.querySelectorAll('button')].some((at) => at.textContent === 'Your other browsers'));
  });
});
