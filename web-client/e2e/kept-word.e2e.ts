/**
 * What the page promises in words, and no other file shows to be true: before somebody is let in, while
 * they are in the room, when they leave, and after the close. `locales/promises.txt` says which sentence
 * leans on which of these.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Circle, knock, openLink, TYPED } from './support/circle';
import type { Person } from './support/person';

const WHEN = `${TYPED.by}T09:30`;

let circle: Circle;
beforeAll(async () => {
  circle = await Circle.gather();
});
afterAll(() => circle?.scatter());

describe('before anybody is in a set', () => {
  it('a page that is not secure has no door, and says what it needs', async () => {
    const page = await circle.browser.newPage();
    await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
    await page.goto(circle.street.origin);
    await page.getByText('Setroom needs a secure address').waitFor();
    expect(await page.locator('main').locator('button, input, textarea').count()).toBe(0);
    await page.close();
  });

  it('the check of a browser sends nothing but requests for its own files, and keeps nothing', async () => {
    const context = await circle.browser.newContext();
    const page = await context.newPage();
    const sent: string[] = [];
    page.on('request', (request) => {
      const { pathname, search, origin } = new URL(request.url());
      const own = origin === circle.street.origin && search === '' && request.method() === 'GET';
      if (!own || request.postData() !== null) sent.push(`${request.method()} ${pathname}`);
    });
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
    await page.goto(`${circle.street.origin}/selftest.html`);
    await page.locator('#verdict[data-done="good"]').waitFor();
    expect(sent).toEqual([]);
    const kept = await page.evaluate(async () => [
      ...(await indexedDB.databases()).map(({ name }) => name),
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
      ...(await caches.keys()),
    ]);
    expect(kept).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  it('a part of the page that is late is waited for, and used when it comes at last', async () => {
    const person = await circle.arrive('femi');
    let come = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      come = resolve;
    });
    await person.page.route('**/assets/deferred-*.js', async (route) => {
      await until;
      await route.continue();
    });
    await person.page.goto(person.habits.origin);
    await person.sees('late');
    come();
    await person.sees('landing-title');
    expect(await person.page.getByText(person.words('late')).count()).toBe(0);
    await person.context.close();
  });
});

describe('in a set', () => {
  let host: Person;
  let ana: Person;
  let bilal: Person;
  let link: string;

  it('whoever waits sees when it begins and what is agreed and kept, and is seen as soon as a facilitator comes', async () => {
    host = await circle.arrive('host');
    await host.page.goto(`${host.habits.origin}/`);
    await host.press('landing-host-button');
    await host.type('setup-set-name', TYPED.title);
    await host.type('setup-own-name', TYPED.host);
    await host.type('setup-when', WHEN);
    await host.page.locator('details.folded > summary').click();
    await host.choose('mode-chatham');
    await host.press('setup-create');
    link = await host.page.locator('#link-member').inputValue();
    const back = await host.page.locator('#link-host').inputValue();
    await host.press('go-to-room');
    await host.sees('gathering-title');
    await host.page.close();

    ana = await circle.arrive('ana');
    await ana.page.addInitScript(() => {
      const asked: string[] = [];
      Object.assign(window, { asked });
      const ask = navigator.wakeLock.request.bind(navigator.wakeLock);
      navigator.wakeLock.request = (kind) => {
        asked.push(kind ?? '');
        return ask(kind);
      };
    });
    await openLink(ana, link);
    await knock(ana);
    await ana.sees('lobby-not-here');
    const facts = await ana.page.locator('dl.facts').innerText();
    expect(facts).toContain(ana.words('lobby-starts'));
    expect(facts).toContain('09:30');
    for (const id of ['mode-chatham', 'mode-chatham-about', 'mode-chatham-kept', 'mode-limit'] as const) await ana.sees(id);

    host.page = await host.secondTab();
    await host.page.goto(back);
    await host.sees('knocks-title', { count: 1 });
    await ana.sees('lobby-here');
    await host.press('admit-name', { name: ana.name });
    await ana.sees('gathering-title');
  });

  it('the screen is kept awake, also when the page comes back from behind another one', async () => {
    const asked = (): Promise<string[]> => ana.page.evaluate(() => (window as unknown as { asked: string[] }).asked);
    await expect.poll(asked).toEqual(['screen']);
    await ana.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(asked).toEqual(['screen', 'screen']);
  });

  it('whoever observes is seen as an observer by everybody', async () => {
    bilal = await circle.arrive('bilal');
    await openLink(bilal, link);
    await knock(bilal);
    await host.press('admit-name', { name: bilal.name });
    await host.press('links');
    const observers = await host.page.locator('#link-observer').inputValue();
    await host.pressInSheet('close-sheet');
    const gwen = await circle.arrive('gwen');
    await openLink(gwen, observers);
    await knock(gwen);
    await host.press('admit-name', { name: gwen.name });
    await gwen.sees('gathering-title');
    for (const person of [host, ana, bilal, gwen]) {
      const row = person.page.locator('.people > li').filter({ hasText: TYPED.gwen });
      await expect.poll(() => row.textContent()).toContain(person.words('role-observer'));
    }
  });

  it('in a silence the others see only that, and whoever runs the meeting has the controls', async () => {
    for (const person of [ana, bilal]) await person.press('charter-agree');
    await host.press('start');
    await ana.isIn('settle');
    await host.press('silence');
    await ana.sees('silence-asked');
    expect(await ana.page.locator('main h2').allInnerTexts()).toEqual([ana.words('silence-title')]);
    await host.sees('silence-controls');
    await host.press('silence-end');
    await ana.readsNoMore(ana.words('silence-asked'));
  });

  it('whoever leaves for good takes their seat and their texts along', async () => {
    await host.press('more');
    await host.pressInSheet('parts-open');
    await host.page.locator('dialog[open] li[data-part="bids"] button').click();
    await ana.isIn('bids');
    await ana.type('write-bid', TYPED.bid);
    await ana.press('bid-offer');
    for (const person of [host, bilal]) await person.reads(TYPED.bid);
    const first = ana.page;
    const second = await ana.secondTab();
    ana.page = second;
    await second.goto(ana.habits.origin + link.slice(link.indexOf('/j#')));
    await ana.sees('ended-elsewhere');
    ana.page = first;
    await ana.press('menu');
    await ana.pressInSheet('menu-leave');
    await ana.pressInSheet('leave-set');
    await ana.sees('ended-left');
    for (const person of [host, bilal]) {
      await person.readsNoMore(TYPED.bid);
      expect(await person.page.locator('.people').allInnerTexts()).not.toContain(TYPED.ana);
    }
    // Nor does another tab bring back what this browser has forgotten.
    ana.page = second;
    await ana.press('take-over');
    await ana.sees('ended-left');
    expect(await second.evaluate(() => sessionStorage.length)).toBe(0);
    circle.people.delete('ana');
  });

  it('after the close nothing that is saved or printed lists who was here', async () => {
    await host.press('more');
    await host.pressInSheet('close-meeting');
    await host.pressInSheet('close-do');
    await host.sees('summary-title');
    const saved = host.page.waitForEvent('download');
    await host.press('save-file');
    const file = readFileSync((await (await saved).path()) ?? '', 'utf8');
    expect(file).toContain(TYPED.title);
    await host.page.emulateMedia({ media: 'print' });
    const printed = await host.page.locator('body').innerText();
    await host.page.emulateMedia({ media: 'screen' });
    expect(printed).toContain(TYPED.title);
    for (const text of [file, printed]) for (const { name } of [host, ana, bilal]) expect(text).not.toContain(name);
  });

  it('no page complained', () => {
    for (const { name, complaints } of circle.everybody) {
      expect({ name, ...complaints }).toEqual({ name, policy: [], errors: [] });
    }
  });
});
