/** What a mode says, the page does: people change it together, and are told of it when they were away. */

import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { launchBrowser } from './support/browser';
import { sentBoxes } from './support/circle';
import { type Habits, Person, type Traffic } from './support/person';
import { screenPage } from './support/screen-page';
import { Setroom } from './support/setroom';

const HEADLINE = 'My ward hands over late vexolarm';
const LINES = ['Ask what would be lost if we stopped', 'A handover needs ten quiet minutes'] as const;
const ACTION = 'Stand at one handover kwimzardo';
const screen = screenPage();
const SIZES = { wide: [1280, 800], panel: [380, 800] } as const;
const traffic: Traffic = { elsewhere: [], said: [] };
let setroom: Setroom;
let browser: Browser;

beforeAll(async () => {
  [setroom, browser] = await Promise.all([Setroom.start(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await setroom?.stop();
});

/** Opens the lines to pass on. */
async function opens(person: Person): Promise<void> {
  await person.page.locator('#pass-title').click();
}

async function closes(host: Person): Promise<void> {
  await host.press('more');
  await host.pressInSheet('close-meeting');
  await host.pressInSheet('close-do');
  await host.sees('summary-title');
}

/** The ids of everybody's seats, as the page was told of them. */
function seatsOf(): string[] {
  const frames = traffic.said.filter((frame) => typeof frame === 'string' && frame.startsWith('{"t":"presence"'));
  return (JSON.parse(String(frames.at(-1))) as { here: string[] }).here;
}

/** How many boxes under their owner's own key were sent since. */
function ownBoxes(since: number): number {
  return sentBoxes(traffic.said.slice(since)).filter((box) => Buffer.from(box, 'base64url')[0] === 2).length;
}

/** A set with its host, who speaks English, and a member, who speaks Welsh: the meeting runs. */
async function meeting(): Promise<{ host: Person; member: Person }> {
  const origin = `http://${setroom.address}`;
  const arrive = async (habits: Pick<Habits, 'name' | 'language' | 'size'>): Promise<Person> =>
    Person.arrive(browser, { ...habits, origin, traffic });
  const host = await arrive({ name: 'Ruth' });
  const member = await arrive({ name: 'Dilys', language: 'cy', size: SIZES.panel });
  await host.page.goto(`${origin}/`);
  await host.press('landing-host-button');
  await host.type('setup-set-name', 'Thursday set');
  await host.type('setup-own-name', host.name);
  await host.press('setup-create');
  await host.sees('link-member');
  const link = await host.page.locator('#link-member').inputValue();
  await host.press('go-to-room');
  await host.sees('gathering-title');
  await member.page.goto(link);
  await member.type('door-name', member.name);
  await member.press('door-ask');
  await member.sees('lobby-title');
  await host.press('admit-name', { name: member.name });
  await member.sees('gathering-title');
  await host.press('start');
  for (const person of [host, member]) await person.page.getByRole('timer').waitFor();
  return { host, member };
}

async function propose(host: Person, mode: 'mode-double' | 'mode-chatham' | 'mode-open-learning'): Promise<void> {
  await host.press('menu');
  await host.pressInSheet('menu-agreed');
  await host.page.locator('dialog[open] summary').getByText(host.words('mode-propose-open')).click();
  await host.choose(mode);
  await host.pressInSheet('mode-propose');
}

describe('another mode during a meeting', () => {
  it('is said in plain words, falls by one no that is nobody’s, and stands when all have agreed', async () => {
    const { host, member } = await meeting();
    await propose(host, 'mode-double');
    await member.sees('proposal-title', { mode: member.words('mode-double') });
    await member.sees('mode-double-about');
    await member.sees('mode-double-kept');
    await member.page.screenshot({ path: 'test-results/screens/modes-proposal-cy-panel.png' });
    await host.sees('proposal-done');
    const before = traffic.said.length;
    await member.press('proposal-no');
    await host.readsNoMore(host.words('proposal-title', { mode: host.words('mode-double') }));
    const told = traffic.said.slice(before).filter((frame) => typeof frame === 'string' && frame.includes('mode_declined'));
    expect(told.length).toBeGreaterThan(0);
    for (const frame of told) expect(JSON.parse(String(frame))).not.toHaveProperty('by');

    await propose(host, 'mode-double');
    await member.press('proposal-yes');
    for (const person of [host, member]) {
      await person.readsNoMore(person.words('proposal-title', { mode: person.words('mode-double') }));
      await person.page.getByText(person.words('mode-double-short')).first().waitFor();
    }
    await Promise.all([host, member].map(async ({ context }) => context.close()));
  });

  it('what stays closed is gone from the others’ screens at the close, and its owner has it', async () => {
    const { host, member } = await meeting();
    await propose(host, 'mode-double');
    await member.press('proposal-yes');
    for (const part of ['check_in', 'charter', 'bids', 'classic.present']) {
      await host.moveOnTo(part);
      await member.isIn(part);
      if (part === 'charter') await member.press('charter-agree');
    }
    await host.page.getByRole('button', { name: member.name }).first().click();
    await member.type('write-headline', HEADLINE);
    await member.press('write-send');
    await host.reads(HEADLINE);
    for (const part of ['classic.clarify', 'classic.explore', 'classic.pause', 'classic.act']) await host.moveOnTo(part);
    await member.isIn('classic.act');
    await member.type('action-what', ACTION);
    await member.press('action-keep');
    await member.press('write-release');
    await host.reads(ACTION);
    const before = traffic.said.length;
    await closes(host);
    for (const person of [host, member]) {
      await person.sees('summary-title');
      await person.sees('receipt-double');
    }
    for (const text of [HEADLINE, ACTION]) {
      await host.readsNoMore(text);
      await member.reads(text);
    }
    await member.sees('headline-kept-about');
    await member.page.screenshot({ path: 'test-results/screens/modes-double-closed-cy-panel.png', fullPage: true });
    await host.page.screenshot({ path: 'test-results/screens/modes-double-closed-host.png', fullPage: true });
    // Both texts were locked again under their owner’s own key.
    await expect.poll(() => ownBoxes(before)).toBe(2);
    await member.page.reload();
    for (const text of [HEADLINE, ACTION]) await member.reads(text);
    expect(ownBoxes(before)).toBe(2);
    await Promise.all([host, member].map(async ({ context }) => context.close()));
  });

  it.each([
    ['member-proposal', 'wide', ''],
    ['member-proposal', 'panel', '&lang=cy'],
    ['member-missed', 'wide', ''],
    ['member-missed', 'panel', '&lang=cy'],
    ['member-pass', 'wide', ''],
    ['member-pass', 'panel', '&lang=cy'],
    ['host-pass', 'panel', ''],
    ['closed-lines', 'wide', ''],
    ['closed-lines', 'panel', '&lang=cy'],
  ] as const)('%s, %s %s: no fault, nothing cut off', async (scene, size, more) => {
    const [width] = SIZES[size];
    await screen.visit(scene, SIZES[size], more);
    await screen.page.locator('#proposal-title, #mode-missed-title, #pass-title, #passed-title').waitFor();
    const summary = screen.page.locator('details:not([open]) > #pass-title');
    if ((await summary.count()) > 0) await summary.click();
    await screen.shoot(`modes-${scene}-${size}${more.replaceAll(/&\w+=/g, '-')}`);
    expect(await screen.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await screen.page.setViewportSize({ width, height: 3000 });
    expect(await axeFaults(screen.page)).toEqual([]);
  });

  it('whoever was away reads it above the rules, and can do nothing else before', async () => {
    await screen.visit('member-missed', SIZES.wide);
    await screen.page.getByText('While you were away, the set agreed:').waitFor();
    await screen.page.getByRole('button', { name: 'I can live by this' }).click();
    await expect.poll(() => screen.page.evaluate(() => window.fake?.asked)).toEqual([{ c: 'agree_charter' }]);
  });
});

describe('lines to pass on', () => {
  it('where people may not travel, nobody is told of a line before all are released, and whose it is stands nowhere', async () => {
    const { host, member } = await meeting();
    await propose(host, 'mode-chatham');
    await member.press('proposal-yes');
    const seen = traffic.said.length;
    for (const person of [host, member]) await opens(person);
    await member.type('pass-line', LINES[0]);
    await member.press('pass-offer');
    await member.sees('pass-waiting');
    await host.sees('pass-release-chatham');
    // One person's lines alone stay where they are.
    await host.press('pass-release');
    await host.sees('code-lines');
    await host.type('pass-line', LINES[1]);
    await host.press('pass-offer');
    await host.press('pass-release');
    for (const person of [host, member]) for (const line of LINES) await person.reads(line);
    const released = traffic.said.slice(seen).filter((frame) => typeof frame === 'string' && frame.includes('lines_released'));
    expect(released.length).toBeGreaterThan(0);
    const seats = seatsOf();
    expect(seats.length).toBe(2);
    for (const frame of released) {
      const { shared } = JSON.parse(String(frame)) as { shared: object };
      for (const seat of seats) expect(JSON.stringify(shared)).not.toContain(seat);
    }
    await closes(host);
    await member.sees('passed-about');
    const [file] = await Promise.all([member.page.waitForEvent('download'), member.press('pass-save')]);
    const text = readFileSync(await file.path(), 'utf8');
    expect(text.trim().split('\n\n').toSorted()).toEqual(LINES.toSorted());
    await Promise.all([host, member].map(async ({ context }) => context.close()));
  });

  it('where lessons may be shared, whoever a line came from is asked, and only what they agree to is released', async () => {
    const { host, member } = await meeting();
    await propose(host, 'mode-open-learning');
    await member.press('proposal-yes');
    await opens(host);
    for (const line of LINES) {
      await host.type('pass-line', line);
      await host.page.getByLabel(host.words('pass-from'), { exact: true }).selectOption({ label: member.name });
      await host.press('pass-offer');
      await member.sees('pass-asked');
      await member.reads(line);
      await member.press(line === LINES[0] ? 'pass-no' : 'pass-yes');
      await member.readsNoMore(member.words('pass-asked'));
    }
    await host.press('pass-release');
    await member.reads(LINES[1]);
    await closes(host);
    await host.sees('passed-about');
    const [file] = await Promise.all([host.page.waitForEvent('download'), host.press('pass-save')]);
    expect(readFileSync(await file.path(), 'utf8')).toBe(`${LINES[1]}\n`);
    await Promise.all([host, member].map(async ({ context }) => context.close()));
  });
});
