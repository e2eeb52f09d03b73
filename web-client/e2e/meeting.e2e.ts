/** A whole meeting of nine people at nine browsers, from the set-up to the close, with everything that goes wrong. */

import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { agree } from './support/agreement';
import { Circle, knock, type Links, MEMBERS, openLink, TYPED, type Who } from './support/circle';
import { Gallery } from './support/gallery';
import type { Person } from './support/person';

let circle: Circle;
let links: Links;
let failed = false;
const gallery = new Gallery('meeting');

beforeAll(async () => {
  circle = await Circle.gather();
});

afterAll(() => circle?.scatter());

// One meeting in many steps: after a fault the later ones would only fail slowly.
beforeEach(() => {
  if (failed) throw new Error('the meeting broke off before');
  onTestFailed(async ({ task }) => {
    failed = true;
    await gallery.shoot(`broken-${task.name.replaceAll(/\W+/g, '-')}`, circle.all());
  });
});

const get = (who: Who | 'hana'): Person => circle.get(who);
const each = (whom: readonly Who[], act: (person: Person) => Promise<unknown>): Promise<unknown> =>
  Promise.all(whom.map((who) => act(get(who))));

describe('before the meeting', () => {
  it('the facilitator sets the set up and gets its links', async () => {
    const host = await circle.arrive('host');
    await host.page.goto(`${host.habits.origin}/`);
    await host.press('landing-host-button');
    await host.type('setup-set-name', TYPED.title);
    await host.type('setup-own-name', TYPED.host);
    await host.choose('plan-short-90');
    await host.choose('template-classic');
    await host.choose('mode-set');
    await host.page.getByText(host.words('setup-charter')).click();
    const charter = host.page.getByLabel(host.words('charter-lines'));
    await charter.fill(`${await charter.inputValue()}\n${TYPED.charter}`);
    await gallery.shoot('set-up', [host]);
    await gallery.examine('set-up', [host]);
    await host.press('setup-create');
    await host.reads(host.words('made-title', { title: TYPED.title }));
    const read = async (role: string): Promise<string> => host.page.locator(`#link-${role}`).inputValue();
    links = {
      host: await read('host'),
      co: await read('co_facilitator'),
      member: await read('member'),
      observer: await read('observer'),
    };
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
      const person = await circle.arrive(who);
      await openLink(person, who === 'co' ? links.co : who === 'gwen' ? links.observer : links.member);
      if (who === 'ana') await gallery.shoot('door', [person]);
      await knock(person);
    });
    await Promise.all(arrivals);
    const host = get('host');
    await host.sees('knocks-title', { count: 8 });
    expect(await host.page.getByText(host.words('knock-unverified')).count()).toBe(0);
    await gallery.shoot('lobby', circle.all('host', 'ana', 'dilys', 'chidi'));
    await gallery.examine('lobby', circle.all('host', 'ana'));
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
      circle.all().map(async (person) => {
        for (const { name } of circle.all()) await person.reads(name);
        await person.reads(TYPED.title);
        await person.reads(TYPED.charter);
      }),
    );
    await gallery.shoot('gathering', circle.all());
    await gallery.examine('gathering', circle.all('host', 'chidi', 'gwen'));
  });
});

void agree;
void each;
