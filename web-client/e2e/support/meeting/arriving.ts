/** How nine people come in. */

import { expect, it } from 'vitest';
import { knock, MEMBERS, openLink, TYPED } from '../circle';
import { all, circle, gallery, get, giveLinks, links } from './stage';

export function arriving(): void {
  it('the facilitator sets the set up and gets its links', async () => {
    const host = await circle().arrive('host');
    await host.page.goto(`${host.habits.origin}/`);
    await host.press('landing-host-button');
    await host.type('setup-set-name', TYPED.title);
    await host.type('setup-own-name', TYPED.host);
    await host.page.getByText(host.words('setup-more')).click();
    await host.choose('setup-met-again');
    await host.choose('plan-short-90');
    await host.page.getByLabel(host.words('usual', { name: host.words('template-classic') })).check();
    await host.choose('mode-set');
    const charter = host.page.getByLabel(host.words('charter-lines'));
    await charter.fill(`${await charter.inputValue()}\n${TYPED.charter}`);
    await gallery.shoot('set-up', [host]);
    await gallery.examine('set-up', [host]);
    await host.press('setup-create');
    await host.reads(host.words('made-title', { title: TYPED.title }));
    const read = async (role: string): Promise<string> => host.page.locator(`#link-${role}`).inputValue();
    const links = {
      host: await read('host'),
      co: await read('co_facilitator'),
      member: await read('member'),
      observer: await read('observer'),
    };
    giveLinks(links);
    expect(new Set(Object.values(links)).size).toBe(4);
    for (const link of Object.values(links)) expect(link.startsWith(`${host.habits.origin}/j#`)).toBe(true);
    await host.page.locator('.qr svg').waitFor();
    await gallery.shoot('links', [host]);
    await gallery.examine('links', [host]);
    await host.press('go-to-room');
    await host.sees('gathering-title');
  });

  it('the others open their links, and a link alone opens nothing', async () => {
    const arrivals = (['co', ...MEMBERS, 'gwen'] as const).map(async (who) => {
      const person = await circle().arrive(who);
      await openLink(person, who === 'co' ? links().co : who === 'gwen' ? links().observer : links().member);
      if (who === 'ana') await gallery.shoot('door', [person]);
      await knock(person);
    });
    await Promise.all(arrivals);
    const host = get('host');
    await host.sees('knocks-title', { count: 8 });
    expect(await host.page.getByText(host.words('knock-unverified')).count()).toBe(0);
    await gallery.shoot('lobby', all('host', 'ana', 'dilys', 'chidi'));
    await gallery.examine('lobby', all('host', 'ana'));
  });

  it('facilitators admit each by the name they typed, and names open everywhere', async () => {
    const host = get('host');
    await host.press('admit-name', { name: TYPED.co });
    const co = get('co');
    await co.sees('gathering-title');
    for (const who of MEMBERS) {
      const by = who === 'dilys' || who === 'femi' ? co : host;
      await by.press('admit-name', { name: TYPED[who] });
    }
    await host.press('admit-name', { name: TYPED.gwen });
    await Promise.all(
      all().map(async (person) => {
        for (const { name } of all()) await person.reads(name);
        await person.reads(TYPED.title);
        await person.reads(TYPED.charter);
      }),
    );
    await gallery.shoot('gathering', all());
    await gallery.examine('gathering', all('host', 'chidi', 'gwen'));
  });
}
