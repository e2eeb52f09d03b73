/** The screens on which dates are asked about, on a fake session: how they look, and whether everybody can use them. */

import { describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { screenPage } from './support/screen-page';

const screen = screenPage();
const SIZES = { wide: [1280, 800], panel: [380, 800], low: [740, 360], small: [320, 640] } as const;
const MORNING = 'Friday 26 March 2027, 09:30 to 13:00, London time';

async function faults(width: number): Promise<string[]> {
  const wide = await screen.page.evaluate(() => document.documentElement.scrollWidth);
  await screen.page.setViewportSize({ width, height: 4000 });
  const found = await axeFaults(screen.page);
  return wide > width ? [`scrolls sideways: ${wide} of ${width}`, ...found] : found;
}

describe('a set that is asked which dates it can make', () => {
  it.each([
    ['closed-asked', 'small', ''],
    ['closed-asked', 'panel', '&lang=cy&theme=dark'],
    ['closed-asked', 'low', ''],
    ['gathering-asked', 'wide', ''],
    ['gathering-asked', 'panel', '&lang=cy'],
    ['gathering-asked', 'small', '&theme=dark'],
    ['member-asked', 'panel', ''],
  ] as const)('%s, %s %s: no fault, nothing cut off', async (scene, size, more) => {
    await screen.visit(scene, SIZES[size], more);
    await screen.page.locator(scene === 'member-asked' ? '#asked-tip' : '#asked-title').waitFor();
    expect(await faults(SIZES[size][0])).toEqual([]);
    await screen.shoot(`asked-${scene}-${size}${more.replaceAll(/&\w+=/g, '-')}`);
  });

  it.each([['wide', ''], ['panel', '&theme=dark'], ['low', ''], ['small', '&lang=cy']] as const)('the facilitator asks, %s %s', async (size, more) => {
    await screen.visit('gathering-asked', SIZES[size], more);
    await screen.page.locator('#asked-title').waitFor();
    await screen.page.getByRole('button', { name: more.includes('cy') ? "Newid yr hyn a ofynnir…" : 'Change what is asked…' }).click();
    await screen.page.locator('#ask-day').waitFor();
    await screen.shoot(`asked-ask-${size}`);
    expect(await faults(SIZES[size][0])).toEqual([]);
  });

  it('an answer is a press by keys, and says in words what it answers and which one stands', async () => {
    await screen.visit('closed-asked', SIZES.panel);
    const button = (answer: string) => screen.page.getByRole('button', { name: `${answer}: ${MORNING}`, exact: true });
    await button('Yes').waitFor();
    expect(await Promise.all(['Yes', 'If need be', 'No'].map((answer) => button(answer).getAttribute('aria-pressed')))).toEqual(['true', 'false', 'false']);
    await button('Yes').focus();
    await screen.page.keyboard.press('Tab');
    await screen.page.keyboard.press('Enter');
    await expect.poll(() => screen.page.evaluate(() => window.fake?.asked)).toContainEqual({ c: 'answer_date', time: 't1', answer: 'if_need_be' });
  });

  it('a day in the past, one that stands there already and an hour that clocks leave out are said at their fields', async () => {
    await screen.visit('gathering-asked', SIZES.panel);
    await screen.page.getByRole('button', { name: 'Change what is asked…' }).click();
    const day = screen.page.getByLabel('Day', { exact: true });
    const add = (name: string) => screen.page.getByRole('button', { name, exact: true }).click();
    const morning = 'Add the morning, 09:30 to 13:00';
    for (const [typed, says] of [['', 'Type a whole date'], ['2020-01-07', 'in the past'], ['2027-03-26', 'is there already']] as const) {
      await day.fill(typed);
      await add(morning);
      await screen.page.locator('#ask-day-fault', { hasText: says }).waitFor();
      expect(await screen.page.evaluate(() => document.activeElement?.id)).toBe('ask-day');
    }
    // The clocks go from 01:00 to 02:00.
    await day.fill('2027-03-28');
    await screen.page.getByLabel('Another beginning on that day').fill('01:30');
    await screen.page.getByRole('button', { name: /^Add it, \d+ minutes long$/ }).click();
    await screen.page.locator('#ask-hour-fault').waitFor();
    await add(morning);
    await screen.page.getByRole('button', { name: `Take off: ${MORNING}`, exact: true }).click();
    await screen.page.getByRole('button', { name: 'Ask everybody' }).click();
    const asked = await screen.page.evaluate(() => JSON.stringify(window.fake?.asked));
    expect(asked).toContain(`"starts_at":${Date.UTC(2027, 2, 28, 8, 30)},"minutes":210`);
    expect(asked).toContain('"t2"');
    expect(asked).not.toContain('"t1"');
  });
});
