/** The screens of a round off the record, on a fake session: how they look, and whether everybody can use them. */

import { describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { screenPage } from './support/screen-page';

const screen = screenPage();
const SIZES = { wide: [1280, 800], small: [320, 640] } as const;
const LOOKS = [['small', ''], ['small', '&lang=cy&theme=dark'], ['wide', '&theme=dark'], ['wide', '&lang=cy']] as const;
const SCENES = ['off-record', 'member-off-record', 'member-off-record-waits', 'observer-off-record', 'member-off-record-over'] as const;

async function faults(width: number): Promise<string[]> {
  const wide = await screen.page.evaluate(() => document.documentElement.scrollWidth);
  // So high that the dock covers nothing: what is half behind it counts as too small a target.
  await screen.page.setViewportSize({ width, height: 3000 });
  const found = await axeFaults(screen.page);
  return wide > width ? [`scrolls sideways: ${wide} of ${width}`, ...found] : found;
}

const named = (more: string): string => more.replaceAll(/&\w+=/g, '-');

describe('a round off the record', () => {
  it.each(SCENES.flatMap((scene) => LOOKS.map((look) => [scene, ...look] as const)))('%s, %s %s: no fault, nothing cut off', async (scene, size, more) => {
    await screen.visit(scene, SIZES[size], more);
    await screen.page.locator('.off-record, .message').first().waitFor();
    await screen.shoot(`otr-${scene}-${size}${named(more)}`);
    expect(await faults(SIZES[size][0])).toEqual([]);
    await screen.shoot(`otr-${scene}-${size}${named(more)}-whole`);
  });

  it.each(LOOKS)('what it means is said before, %s %s', async (size, more) => {
    await screen.visit('host', SIZES[size], more);
    await screen.page.locator('#dock button').filter({ hasText: /^(More|Mwy)$/ }).click();
    await screen.page.getByRole('button', { name: more.includes('cy') ? 'Oddi ar y cofnod' : 'Off the record', exact: true }).click();
    await screen.page.locator('dialog[open] li').nth(5).waitFor();
    await screen.shoot(`otr-sheet-${size}${named(more)}`);
    expect(await faults(SIZES[size][0])).toEqual([]);
    await screen.shoot(`otr-sheet-${size}${named(more)}-whole`);
    await screen.page.locator('dialog[open] button.main').click();
    await expect.poll(() => screen.page.evaluate(() => window.fake?.asked)).toContainEqual({ c: 'begin_off_record', round: 'round' });
  });

  it('is ended in two presses, the second of which says what goes', async () => {
    await screen.visit('off-record', SIZES.wide);
    await screen.page.getByRole('button', { name: 'End the round', exact: true }).click();
    await screen.page.getByText('Nobody can bring them back.').waitFor();
    await screen.shoot('otr-end-wide');
    await screen.page.getByRole('button', { name: 'End it and drop everything' }).click();
    await expect.poll(() => screen.page.evaluate(() => window.fake?.asked)).toContainEqual({ c: 'end_off_record', round: 'round' });
  });
});
