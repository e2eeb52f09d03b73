/**
 * The pages that were shipped with earlier versions of the protocol, as they were built then, in front of the
 * service of today, in every engine: at a link, at the door and before a new set. In rooms:
 * `pages-shipped-rooms.e2e.ts`. Their sentences are written out here as they were.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engines, ENGINES, type Tab } from './support/engines';
import { button, heading, hostSet } from './support/making';
import { shows } from './support/service';
import { Shipped, type Version } from './support/shipped';

const engines = new Engines();
const NAME = 'Your name, as the set should see it';
const NEWER = 'There is a newer version of this page';
const TITLE = 'Monday set';

/** Waits until a page that has come up has given its heading the focus: before that, it would take it from others. */
const settled = (tab: Tab): Promise<void> => tab.until(() => document.activeElement !== document.body);

/** What stands in the field with this id. */
const held = (tab: Tab, id: string): Promise<string | undefined> =>
  tab.evaluate((at) => document.querySelector<HTMLInputElement>(`#${at}`)?.value, id);

/** A link as pages of earlier versions made it: it does not say who the host is. */
const asMadeThen = (link: string): string => link.replace('#2.', '#1.').replace(/\.[\w-]{22}$/, '');

afterAll(() => engines.close());

/** A set of today, behind a service that has this page; for all tests of a group. */
function setBehind(version: Version) {
  let shipped: Shipped;
  let host: Tab;
  let link: string;

  beforeAll(async () => {
    shipped = await Shipped.open(version, 'nothing');
    host = await engines.open('chromium');
    const links = await hostSet(host, shipped.today.origin);
    link = links.member.replace(shipped.today.origin, shipped.origin);
  });
  afterAll(async () => {
    await host?.close();
    await shipped?.close();
  });

  return {
    /** Today's link for members. */
    get link() {
      return link;
    },
    get origin() {
      return shipped.origin;
    },
    /** The old page, opened before the service was renewed. */
    async before(engine: Tab['engine'], way: string): Promise<Tab> {
      shipped.renewed = false;
      const tab = await engines.open(engine);
      await tab.goto(way);
      await settled(tab);
      return tab;
    },
    renew(): void {
      shipped.renewed = true;
    },
    /** Lets in who waits under this name, and closes that browser. Gives what it showed last. */
    async letIn(tab: Tab, name: string): Promise<string> {
      await heading(tab, 'You are at the door');
      await host.click(button(`Admit ${name}`));
      await heading(tab, 'gathering');
      await shows(tab, name);
      const shown = await tab.text();
      await tab.close();
      return shown;
    },
  };
}

/** Fills in the form of a new set, and sends it when the service has been renewed. */
async function makesSet(tab: Tab, renew: () => void): Promise<void> {
  await tab.click(button('Set up a set'));
  await heading(tab, 'Set up a set');
  await settled(tab);
  await tab.type({ label: 'Name of the set' }, TITLE);
  await tab.type({ label: NAME }, 'Chidi');
  // What it has not fetched so far is not there any more.
  renew();
  await tab.click(button('Create the set'));
}

const inForm = async (tab: Tab): Promise<unknown> => [await held(tab, 'set-title'), await held(tab, 'set-name')];

describe.each([1, 2] as const)('a page of version %i', (version) => {
  const set = setBehind(version);

  // fault: F32 — a page as it was shipped says to reload when a link of today is opened on it
  it.each(ENGINES)('that is opened in %s by a link of today says to reload, and then it leads in', async (engine) => {
    expect(set.link).toContain('/j#2.');
    const tab = await set.before(engine, set.link);
    await shows(tab, 'This link was made by a newer Setroom. Reload this page and try again.');
    set.renew();
    await tab.reload();
    await settled(tab);
    await tab.type({ label: 'Your link' }, set.link);
    await tab.click(button('Go to the set'));
    await settled(tab);
    await tab.type({ label: NAME }, `Ana in ${engine}`);
    await tab.click(button('Ask to join'));
    await set.letIn(tab, `Ana in ${engine}`);
  });

  // fault: F32 — whoever knocks on a page as it was shipped waits under the same name afterwards
  it.each(ENGINES)('says to reload in %s to whoever asks to join, who waits under the same name after it', async (engine) => {
    const tab = await set.before(engine, asMadeThen(set.link));
    await tab.type({ label: NAME }, `Bilal in ${engine}`);
    await tab.click(button('Ask to join'));
    await heading(tab, NEWER);
    await shows(tab, 'Reload the page, then open your link again.');
    set.renew();
    await tab.click(button('Reload'));
    expect(await set.letIn(tab, `Bilal in ${engine}`)).toContain('Thursday set');
  });
});

describe('a page of version 2 of which parts are gone', () => {
  const set = setBehind(2);

  // fault: F32 — whoever makes a set on a page with parts gone is told so and has what they typed
  it.each(ENGINES)('says to reload in %s to whoever makes a set, and what was filled in is there after it', async (engine) => {
    const tab = await set.before(engine, `${set.origin}/`);
    await makesSet(tab, set.renew);
    await shows(tab, 'there is a newer version of this page. Reload it and create the set again. What you typed is still here.');
    expect(await inForm(tab)).toEqual([TITLE, 'Chidi']);
    await tab.reload();
    await settled(tab);
    await tab.click(button('Set up a set'));
    await shows(tab, 'What you had begun here before is here again.');
    expect(await inForm(tab)).toEqual([TITLE, 'Chidi']);
    await tab.close();
  });

  it.each(ENGINES)('says to reload in %s to whoever asks to join, and has the name that was typed', async (engine) => {
    const tab = await set.before(engine, asMadeThen(set.link));
    await tab.type({ label: NAME }, `Dilys in ${engine}`);
    set.renew();
    await tab.click(button('Ask to join'));
    await shows(tab, 'Check your connection and try again; if it stays so, reload the page.');
    await tab.reload();
    await settled(tab);
    await tab.type({ label: 'Your link' }, asMadeThen(set.link));
    await tab.click(button('Go to the set'));
    await heading(tab, 'You have a link');
    expect(await held(tab, 'name')).toBe(`Dilys in ${engine}`);
    await tab.click(button('Ask to join'));
    await set.letIn(tab, `Dilys in ${engine}`);
  });
});

describe('a page of version 1', () => {
  const set = setBehind(1);

  // It knew no other word for this, and keeps nothing over a reload: so it does not ask for one.
  it.each(ENGINES)('has in %s the form of a new set as it was filled in, when the service does not take it', async (engine) => {
    const tab = await set.before(engine, `${set.origin}/`);
    await makesSet(tab, set.renew);
    await shows(tab, 'The set could not be created. Check your connection and try again. What you typed is still here.');
    expect(await inForm(tab)).toEqual([TITLE, 'Chidi']);
    await tab.close();
  });
});
