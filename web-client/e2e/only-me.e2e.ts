/** Who can help with what only I see: the choice, the code, and the code on another browser. */

import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { CODE } from '../dev/fake';
import { axeFaults } from './support/axe';
import { screenPage } from './support/screen-page';

const screen = screenPage();

const LOOKS = [
  ['wide', 1280, 800, ''], ['narrow', 320, 640, ''], ['narrow-dark', 320, 640, '&theme=dark'],
  ['narrow-cy', 320, 640, '&lang=cy'], ['wide-dark', 1280, 800, '&theme=dark'], ['zoomed', 320, 256, ''],
] as const;

const visit = (scene: string, [width, height, more]: readonly [number, number, string] = [1280, 800, '']): Promise<void> =>
  screen.visit(scene, [width, height], more);

/** What axe finds, and a sideways scroll of the page or of the dialog. */
async function faults(): Promise<string[]> {
  const wide = await screen.page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('dialog')].filter((at) => at.scrollWidth > at.clientWidth + 1).length,
  );
  return [...(wide > 0 ? ['scrolls sideways'] : []), ...(await axeFaults(screen.page))];
}

const look = async (name: string): Promise<void> => {
  await screen.shoot(`only-me-${name}`);
  expect(await faults()).toEqual([]);
};

const dialog = (): Locator => screen.page.locator('dialog[open]');
const asked = (): Promise<unknown[]> => screen.page.evaluate(() => window.fake?.asked ?? []);
const press = async (at: Locator): Promise<void> => {
  await at.focus();
  await screen.page.keyboard.press('Enter');
};
const said = (text: string): Promise<unknown> =>
  screen.page.waitForFunction((want) => document.getElementById('say-status')?.textContent?.includes(want), text);

describe('only me', () => {
  it.each(LOOKS)('%s: what it means is said before it is chosen, and the code is shown to be kept', async (name, width, height, more) => {
    await visit('presenter-acts', [width, height, more]);
    const line = screen.page.locator('.who-helps');
    await line.scrollIntoViewIfNeeded();
    await look(`line-${name}`);
    await press(line.getByRole('button'));
    await dialog().getByRole('radio').first().waitFor();
    await look(`choice-${name}`);
    // Nothing is chosen by looking: facilitators can help already.
    expect(await dialog().locator('button.main').getAttribute('aria-disabled')).toBe('true');
    await dialog().getByRole('radio').nth(1).check();
    const means = (await dialog().getByRole('radio').nth(1).getAttribute('aria-describedby')) ?? '';
    expect(await screen.page.locator(`[id="${means}"]`).innerText()).toMatch(/nobody can help|ni all neb helpu/);
    await press(dialog().locator('button.main'));
    await dialog().locator('output.code').waitFor();
    await look(`code-${name}`);
    expect((await dialog().locator('output.code').innerText()).replaceAll('\u200B', '')).toBe(CODE);
    await screen.page.waitForFunction(() => document.activeElement?.id === 'own-code-title');
    expect(await asked()).toEqual([]);
  });

  it('counts once the code has been typed, and a slip is told in words', async () => {
    await visit('presenter-acts');
    await press(screen.page.getByRole('button', { name: 'Who can help me open these again?' }));
    await dialog().getByLabel('Only me, with a return code').check();
    await press(dialog().getByRole('button', { name: 'Make a return code' }));
    const field = dialog().getByLabel('Type the code, to be sure that you have it');
    await field.fill('0123');
    await screen.page.keyboard.press('Enter');
    await dialog().getByText('This is not the code above.').waitFor();
    await screen.page.waitForFunction(() => document.activeElement?.id === 'own-typed');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await look('slip-wide');
    await field.fill(CODE);
    await screen.page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await screen.page.getByText('On another browser your return code opens what only you see').waitFor();
    await said('From now on only your return code opens these on another browser.');
    expect(await asked()).toEqual([{ c: 'only_me', typed: '0123' }, { c: 'only_me', typed: CODE }]);
    await screen.page.waitForFunction(() => document.activeElement?.tagName !== 'BODY');
  });

  it('is left as it was by whoever closes the dialog, with the focus where it was', async () => {
    await visit('presenter-acts');
    await press(screen.page.getByRole('button', { name: 'Who can help me open these again?' }));
    await dialog().getByLabel('Only me, with a return code').check();
    await press(dialog().getByRole('button', { name: 'Make a return code' }));
    await dialog().locator('output.code').waitFor();
    await screen.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await screen.page.waitForFunction(() => document.activeElement?.textContent === 'Who can help me open these again?');
    expect(await asked()).toEqual([]);
  });

  it('can be copied, and printed alone', async () => {
    await screen.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await visit('presenter-acts');
    await press(screen.page.getByRole('button', { name: 'Who can help me open these again?' }));
    await dialog().getByLabel('Only me, with a return code').check();
    await press(dialog().getByRole('button', { name: 'Make a return code' }));
    await press(dialog().getByRole('button', { name: 'Copy' }));
    await dialog().getByText('Copied.').waitFor();
    expect(await screen.page.evaluate(() => navigator.clipboard.readText())).toBe(CODE);
    await screen.page.emulateMedia({ media: 'print' });
    await screen.shoot('only-me-print');
    const shown = await screen.page.evaluate(() =>
      [...document.querySelectorAll('h1, h2, h3, p, label, output, button')]
        .filter((at) => at.checkVisibility({ visibilityProperty: true }) && at.textContent?.trim() !== '')
        .map((at) => at.textContent?.replaceAll('\u200B', '')),
    );
    expect(shown).toEqual(['Your return code', 'Thursday set', CODE]);
  });

  it('can be left again, and another code be made', async () => {
    await visit('presenter-only-me');
    await press(screen.page.getByRole('button', { name: 'Who can help me open these again?' }));
    await dialog().getByRole('button', { name: 'Make a new code instead' }).waitFor();
    await dialog().getByLabel('Facilitators', { exact: true }).check();
    await press(dialog().getByRole('button', { name: 'Let facilitators help' }));
    await dialog().waitFor({ state: 'detached' });
    await screen.page.getByText('On another browser a facilitator can help you').waitFor();
    expect(await asked()).toEqual([{ c: 'helped' }]);
  });
});

describe('on another browser', () => {
  it.each(LOOKS)('%s: the code is asked for', async (name, width, height, more) => {
    for (const scene of ['presenter-locked', 'closed-locked']) {
      await visit(scene, [width, height, more]);
      await screen.page.locator('#own-code').waitFor();
      await look(`${scene}-${name}`);
      expect(await asked()).toEqual([]);
    }
  });

  it('is said, opens, and tells a slip from another code', async () => {
    await visit('presenter-locked');
    await said('What only you see is locked here');
    const field = screen.page.locator('#own-code');
    for (const [typed, text] of [['0123', 'one slip is enough'], [CODE.replace('0', '9'), 'not the one that opens this']] as const) {
      await field.fill(typed);
      await screen.page.keyboard.press('Enter');
      await screen.page.getByText(text).waitFor();
      await screen.page.waitForFunction(() => document.activeElement?.id === 'own-code');
    }
    await look('other-wide');
    await field.fill(CODE);
    await screen.page.keyboard.press('Enter');
    await field.waitFor({ state: 'detached' });
    await said('What only you see is open again.');
    await screen.page.waitForFunction(() => document.activeElement?.tagName !== 'BODY');
    expect(await asked()).toHaveLength(3);
  });

  it('whoever lost the code is told what that means, and can go on', async () => {
    await visit('presenter-locked');
    await screen.page.getByText('I do not have the code any more').click();
    await screen.page.getByText('stays locked for good').waitFor();
    await look('lost-wide');
    await press(screen.page.getByRole('button', { name: 'Go on without it' }));
    await screen.page.locator('#own-code').waitFor({ state: 'detached' });
    expect(await asked()).toEqual([{ c: 'helped' }]);
  });
});
