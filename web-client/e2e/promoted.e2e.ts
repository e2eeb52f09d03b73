/** Making a co-facilitator, and the words for a second link in one browser, on a fake session. */

import { describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { screenPage } from './support/screen-page';

const screen = screenPage();
const LOOKS = [['wide', 1280, 800, ''], ['narrow', 320, 640, ''], ['narrow-cy', 320, 640, '&lang=cy'], ['wide-dark', 1280, 800, '&theme=dark']] as const;

async function faults(): Promise<string[]> {
  const wide = await screen.page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('dialog')].some((at) => at.scrollWidth > at.clientWidth + 1),
  );
  return [...(wide ? ['scrolls sideways'] : []), ...(await axeFaults(screen.page))];
}
const open = async (person: string): Promise<void> => {
  await screen.page.getByRole('button', { name: new RegExp(`(Options for|Dewisiadau ar gyfer|Dewisiadau) .*${person}`, 'u') }).first().click();
};
const asked = (): Promise<unknown[] | undefined> => screen.page.evaluate(() => window.fake?.asked);

describe('a co-facilitator', () => {
  it.each(LOOKS)('is made in two presses, the second of which says what it does: %s', async (name, width, height, more) => {
    await screen.visit('host', [width, height], more);
    await open('Ewan Fraser');
    const dialog = screen.page.locator('dialog[open]');
    await dialog.getByRole('button', { name: /co-facilitator…|gyd-hwylusydd…/u }).click();
    await dialog.getByText(/never yours as host|byth eich dolen chi/u).waitFor();
    await screen.shoot(`promoted-${name}`);
    expect(await faults()).toEqual([]);
    expect(await asked()).toEqual([]);
    await dialog.getByRole('button', { name: /co-facilitator$|gyd-hwylusydd$/u }).click();
    expect(await asked()).toEqual([{ c: 'set_facilitator', seat: 'ewan', on: true }]);
  });

  it('is made by nobody but the host', async () => {
    await screen.visit('trainee-leads', [1280, 800]);
    await open('Ewan Fraser');
    expect(await screen.page.locator('dialog[open]').getByRole('button', { name: /co-facilitator/u }).count()).toBe(0);
  });

  it.each(LOOKS)('to be, with another link first, is told what to do: %s', async (name, width, height, more) => {
    await screen.visit('member-other-link', [width, height], more);
    const said = screen.page.locator('[data-other-link]');
    await said.waitFor();
    await screen.shoot(`other-link-${name}`);
    expect(await faults()).toEqual([]);
    await said.getByRole('button').click();
    await said.waitFor({ state: 'detached' });
  });
});
