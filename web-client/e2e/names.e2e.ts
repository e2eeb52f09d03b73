/** Names, links and dates as they are in the world, on the screens. */

import { describe, expect, it } from 'vitest';
import { screenPage } from './support/screen-page';

const screen = screenPage();
const WIDE = [1280, 800] as const;
const PANEL = [380, 800] as const;
const LINK = 'https://sets.example/j#1.AAECAwQFBgcICQoLDA0ODw.m.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const asked = (): Promise<unknown[]> => screen.page.evaluate(() => [...(window.fake?.asked ?? [])]);
const button = (name: string) => screen.page.getByRole('button', { name, exact: true });

describe('a name at the door', () => {
  it.each(['\u200b', '\u2800', '\u3164', ' \u202e ', '\u0301'])('that nobody could see, %j, is refused in words', async (typed) => {
    await screen.visit('door', PANEL);
    await screen.page.getByLabel('Your name, as the set should see it').fill(typed);
    await button('Ask to join').click();
    await screen.page.locator('#name-fault').waitFor();
    expect(await screen.page.locator('#name-fault').innerText()).toMatch(/Type the name|letter or a digit/);
    expect(await asked()).toEqual([]);
  });

  it('goes without what nobody could see', async () => {
    await screen.visit('door', PANEL);
    await screen.page.getByLabel('Your name, as the set should see it').fill('\u202eRu\u200bth ·  facilitator');
    await button('Ask to join').click();
    await expect.poll(asked).toEqual([{ c: 'knock', name: 'Ruth facilitator' }]);
  });
});

describe('names in the room', () => {
  it('stand each in an isolate, and what the page says of somebody in a frame that no name has', async () => {
    await screen.visit('member-names', WIDE);
    await screen.page.locator('details:has(.people) > summary').click();
    await screen.shoot('names-wide');
    const rows = await screen.page.locator('.people > li').evaluateAll((all) =>
      all.map((row) => ({
        name: row.querySelector('.who > bdi')?.textContent,
        framed: [...row.querySelectorAll('.who > .chip')].map((chip) => [chip.textContent, Number.parseFloat(getComputedStyle(chip).borderTopWidth) > 0]),
        loose: [...(row.querySelector('.who')?.childNodes ?? [])].filter((node) => node.nodeType === 3 && node.textContent?.trim() !== '').length,
      })),
    );
    expect(rows).toContainEqual({ name: 'Ruth', framed: [['facilitator', true]], loose: 0 });
    expect(rows).toContainEqual({ name: 'Ruth facilitator', framed: [['trainee', true]], loose: 0 });
    expect(rows).toContainEqual({ name: 'Chris Patel', framed: [['you', true]], loose: 0 });
  });

  it('do not turn the sentences of "Where are we?" round', async () => {
    await screen.visit('member-names', PANEL);
    await button('Where are we?').click();
    await screen.page.locator('.message bdi').first().waitFor();
    await screen.shoot('names-where-panel');
    const said = await screen.page.locator('.message').first().evaluate((at) => ({
      names: [...at.querySelectorAll('bdi')].map((name) => name.textContent),
      marks: /[\u202a-\u202e\u2066-\u2069]/.test(at.textContent),
    }));
    expect(said.names).toEqual(expect.arrayContaining(['محمد علي', 'שרה']));
    expect(said.marks).toBe(false);
  });

  it('are announced without the marks that keep them apart', async () => {
    await screen.visit('member-names', PANEL);
    await button('Where are we?').click();
    await screen.page.waitForFunction(() => document.getElementById('say-status')?.textContent?.includes('שרה'));
    expect(await screen.page.locator('#say-status').textContent()).not.toMatch(/[\u2066-\u2069]/);
  });

  it('can be corrected by whose they are', async () => {
    await screen.visit('member', PANEL);
    await button('Menu').click();
    await button('My name').click();
    const field = screen.page.getByLabel('Your name, as the set should see it');
    await field.fill('\u200b');
    await button('Change it').click();
    await screen.page.locator('#own-name-fault').waitFor();
    await field.fill('  Krish  Patel ');
    await button('Change it').click();
    await screen.page.locator('dialog').waitFor({ state: 'detached' });
    expect(await asked()).toContainEqual({ c: 'write', kind: 'name', text: 'Krish Patel' });
    await screen.page.locator('.message', { hasText: 'The set sees you as' }).waitFor();
    await expect.poll(() => screen.page.locator('.rows .me bdi').innerText()).toBe('Krish Patel');
  });

  it('at the door that look like one in the room say so', async () => {
    await screen.visit('host-door', WIDE);
    const row = screen.page.locator('[data-device="d2"]');
    expect(await row.innerText()).toMatch(/looks like .*Chris Patel.*, who is here/);
  });
});

describe('a link that is pasted', () => {
  it.each([
    `${LINK}.`,
    `(${LINK})`,
    `The set is at "${LINK}". See you!`,
    `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(LINK)}&data=x`,
  ])('%s opens', async (pasted) => {
    await screen.visit('none', PANEL);
    await screen.page.getByLabel('Your link').fill(pasted);
    await button('Go to the set').click();
    await expect.poll(() => screen.page.locator('h1').first().innerText()).toBe('The set is gathering');
  });

  it.each([
    ['hello', 'There is no link to a set'],
    ['https://www.example.org/', 'There is no link to a set'],
    ['https://protect-eu.mimecast.com/s/abc?domain=sets.example', 'A mail filter has put'],
    [LINK.slice(0, -5), 'The link is not complete'],
    ['https://sets.example/j', 'The end of the link is missing'],
  ])('%s is refused, with a true reason', async (pasted, reason) => {
    await screen.visit('none', PANEL);
    await screen.page.getByLabel('Your link').fill(pasted);
    await button('Go to the set').click();
    await screen.page.locator('#link-fault').waitFor();
    expect(await screen.page.locator('#link-fault').innerText()).toContain(reason);
  });
});

describe('a date that cannot be meant', () => {
  it.each([
    ['0026-07-01T09:30', 'four digits'],
    ['2019-07-01T09:30', 'in the past'],
    ['2066-07-01T09:30', 'five years'],
  ])('%s is refused at its field', async (typed, reason) => {
    await screen.visit('none', WIDE);
    await button('Set up a set').click();
    await screen.page.getByLabel('Name of the set').fill('Thursday set');
    await screen.page.getByLabel('Your name, as the set should see it').fill('Ruth');
    await screen.page.getByLabel('When you meet (if you know)').fill(typed);
    await button('Create the set').click();
    await screen.page.locator('#set-when-fault').waitFor();
    expect(await screen.page.locator('#set-when-fault').innerText()).toContain(reason);
    await screen.page.getByRole('heading', { name: 'Set up a set' }).waitFor();
  });

  it('half a date is not taken for none', async () => {
    await screen.visit('none', WIDE);
    await button('Set up a set').click();
    await screen.page.getByLabel('Name of the set').fill('Thursday set');
    await screen.page.getByLabel('Your name, as the set should see it').fill('Ruth');
    await screen.page.getByLabel('When you meet (if you know)').focus();
    await screen.page.keyboard.type('31022027');
    await button('Create the set').click();
    await expect.poll(() => screen.page.locator('#set-when-fault').count()).toBe(1);
  });

  it('of an action, and of a meeting to come, is refused too', async () => {
    await screen.visit('presenter-acts', PANEL);
    await screen.page.getByLabel('By when').first().fill('0026-12-10');
    await button('Save the change').first().click();
    await screen.page.locator('[id$="-by-fault"]').waitFor();
    expect(await asked()).toEqual([]);
    await screen.visit('closed-host', PANEL);
    await button('Dates…').click();
    await screen.page.getByLabel('Meeting 3', { exact: true }).fill('0026-12-10T10:00');
    await button('Save the dates').click();
    await screen.page.locator('#date-m3-fault').waitFor();
    expect(await screen.page.locator('#date-m3-fault').innerText()).toContain('four digits');
    expect(await asked()).toEqual([]);
  });
});
