/**
 * Somebody comes back after weeks with a browser that has forgotten everything, to a set whose meeting is
 * over: they are let back to the place that they had. A real program, real browsers.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { Circle, knock, openLink, TYPED } from './support/circle';
import { Gallery } from './support/gallery';
import type { Person } from './support/person';

const gallery = new Gallery('comes-back');
let circle: Circle;
let host: Person;
let ana: Person;
let link: string;

beforeAll(async () => {
  circle = await Circle.gather();
  [host, ana] = [await circle.arrive('host'), await circle.arrive('ana')];
});
afterAll(() => circle.scatter());

it('a member leaves an action in a meeting that is closed', async () => {
  await host.page.goto(`${host.habits.origin}/`);
  await host.press('landing-host-button');
  await host.type('setup-set-name', TYPED.title);
  await host.type('setup-own-name', TYPED.host);
  await host.press('setup-create');
  link = await host.page.locator('#link-member').inputValue();
  await host.press('go-to-room');
  await openLink(ana, link);
  await knock(ana);
  await host.press('admit-name', { name: ana.name });
  await ana.sees('gathering-title');
  await ana.press('charter-agree');
  await host.press('start');
  await ana.isIn('settle');
  await host.press('more');
  await host.pressInSheet('parts-open');
  await host.page.locator('dialog[open] li[data-part="close"] button').first().click();
  await ana.isIn('close');
  await ana.type('action-what', TYPED.what);
  await ana.type('action-first', TYPED.first);
  await ana.press('action-keep');
  await ana.sees('write-unseen');
  await host.press('more');
  await host.pressInSheet('close-meeting');
  await host.pressInSheet('close-do');
  await ana.sees('summary-title');
  await ana.sees('receipt-returns');
  await ana.reads(TYPED.what);
  expect(await host.page.locator('#app').innerText()).not.toContain(TYPED.what);
});

it('a browser that has forgotten everything is let back to its place in a closed set, with its own actions', async () => {
  // Another browser altogether, as after weeks: the first one keeps nothing for it.
  await ana.page.close();
  const back = await circle.arrive('ana');
  await openLink(back, link);
  await knock(back);
  await back.sees('lobby-closed-here');
  await host.sees('knocks-closed');
  // There is no way in as somebody new.
  expect(await host.button('admit-name', { name: ana.name }).count()).toBe(0);
  await gallery.shoot('door', [host, back]);
  await gallery.examine('door', [host, back]);
  await host.press('admit-as', { name: ana.name });
  await back.sees('summary-title');
  await back.reads(TYPED.what);
  await back.reads(TYPED.title);
  expect(await host.page.locator('#app').innerText()).not.toContain(TYPED.what);
  await back.page.reload();
  await back.reads(TYPED.what);
  // In the next meeting they are there, with what they said they would do.
  await host.press('next-open');
  await host.press('next-open-do');
  await back.sees('gathering-title');
  await back.reads(TYPED.what);
});

it('a person whose browser is there is not taken for somebody at the door unasked', async () => {
  const stranger = await circle.arrive('bilal');
  await host.press('start');
  await host.press('more');
  await host.pressInSheet('close-meeting');
  await host.pressInSheet('close-do');
  await host.sees('summary-title');
  await openLink(stranger, link);
  await knock(stranger);
  await stranger.sees('stage-closed');
  await host.button('knock-ask', { name: ana.name }).click();
  await host.sees('knock-asked', { name: ana.name });
  expect(await host.button('admit-as', { name: ana.name }).count()).toBe(0);
  const back = circle.get('ana');
  await back.press('claim-no');
  await host.sees('knock-no', { name: ana.name });
  expect(await stranger.page.locator('#app').innerText()).not.toContain(TYPED.what);
});

it('no screen of it has a fault that axe finds, and nothing went wrong anywhere', () => {
  expect(gallery.faults).toEqual([]);
  for (const { complaints } of circle.everybody) expect(complaints).toEqual({ policy: [], errors: [] });
});
