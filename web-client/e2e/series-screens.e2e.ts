/** The screens of a set that meets again, on a fake session: how they look, and whether everybody can use them. */

import { describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { screenPage } from './support/screen-page';

const screen = screenPage();
const SIZES = { wide: [1280, 800], panel: [380, 800], small: [320, 640] } as const;

async function faults(width: number): Promise<string[]> {
  const wide = await screen.page.evaluate(() => document.documentElement.scrollWidth);
  // So high that the dock covers nothing: what is half behind it counts as too small a target.
  await screen.page.setViewportSize({ width, height: 3000 });
  const found = await axeFaults(screen.page);
  return wide > width ? [`scrolls sideways: ${wide} of ${width}`, ...found] : found;
}

describe('a set that meets again', () => {
  it.each([
    ['closed', 'small', ''],
    ['closed-host', 'wide', ''],
    ['closed-host', 'panel', '&lang=cy'],
    ['closed-alone', 'panel', '&theme=dark'],
    ['gathering-again', 'wide', ''],
    ['gathering-again', 'panel', '&lang=cy'],
    ['gathering-again', 'small', ''],
  ] as const)('%s, %s %s: no fault, nothing cut off', async (scene, size, more) => {
    await screen.visit(scene, SIZES[size], more);
    await screen.shoot(`series-${scene}-${size}${more.replaceAll(/&\w+=/g, '-')}`);
    expect(await faults(SIZES[size][0])).toEqual([]);
  });

  it.each(['wide', 'panel', 'small'] as const)('the dates, %s', async (size) => {
    await screen.visit('closed-host', SIZES[size]);
    await screen.page.getByRole('button', { name: 'Dates…' }).click();
    await screen.page.getByRole('button', { name: 'Add a meeting' }).click();
    await screen.page.getByLabel('Meeting 5', { exact: true }).waitFor();
    await screen.shoot(`series-dates-${size}`);
    expect(await faults(SIZES[size][0])).toEqual([]);
  });

  it('who gathers again sees what they said they would do, and not what came to an end', async () => {
    await screen.visit('gathering-again', SIZES.wide);
    const said = screen.page.locator('section[aria-labelledby="last-title"]');
    await said.getByText('Book half an hour').waitFor();
    expect(await said.innerText()).not.toContain('Ring the union');
  });

  it('a meeting is opened in two presses, the second of which says what it does', async () => {
    await screen.visit('closed-host', SIZES.panel);
    await screen.page.getByRole('button', { name: 'Open the next meeting…' }).click();
    await screen.page.getByText('A new key is made.').waitFor();
    await screen.shoot('series-open-panel');
    await screen.page.getByRole('button', { name: 'Open it now' }).click();
    await expect.poll(() => screen.page.evaluate(() => window.fake?.asked)).toContainEqual({ c: 'next_meeting', meeting: 'm3' });
  });

  it.each([
    ['wide', ''],
    ['panel', '&theme=dark'],
    ['small', ''],
  ] as const)('a set is not ended by a double click, %s %s', async (size, more) => {
    await screen.visit('closed-host', SIZES[size], more);
    const asked = async (): Promise<unknown> => screen.page.evaluate(() => window.fake?.asked);
    await screen.page.getByRole('button', { name: 'End the set and erase it' }).dblclick();
    const sure = screen.page.getByRole('button', { name: 'Yes, erase everything now' });
    await sure.scrollIntoViewIfNeeded();
    await screen.shoot(`series-end-${size}${more.replaceAll(/&\w+=/g, '-')}`);
    expect(await faults(SIZES[size][0])).toEqual([]);
    expect(await asked()).toEqual([]);
    await screen.page.setViewportSize({ width: SIZES[size][0], height: SIZES[size][1] });
    await sure.click();
    await expect.poll(asked).toEqual([{ c: 'erase_set' }]);
  });
});
