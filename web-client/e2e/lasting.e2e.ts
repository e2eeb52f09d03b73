/** What this browser may forget: said as it is, on the receipt and in the help, on a fake session. */

import { describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { screenPage } from './support/screen-page';

const screen = screenPage();
const part = () => screen.page.locator('main [data-lasting]');

async function faults(): Promise<string[]> {
  const wide = await screen.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  return [...(wide ? ['scrolls sideways'] : []), ...(await axeFaults(screen.page))];
}

describe('what this browser may forget', () => {
  it.each([
    ['closed', 320, ''], ['closed-kept', 1280, '&theme=dark'], ['closed-none', 320, '&lang=cy'], ['closed-host', 1280, '&role=h'],
  ] as const)('%s at %i %s has no fault', async (scene, width, more) => {
    await screen.visit(scene, [width, 800], more);
    await part().scrollIntoViewIfNeeded();
    await screen.shoot(`lasting-${scene}-${width}`);
    expect(await faults()).toEqual([]);
  });

  it('a browser that promises, once it is asked, is believed, and nothing is asked again', async () => {
    await screen.visit('closed-grants', [380, 800]);
    await part().getByText('This browser promises nothing').waitFor();
    await part().getByText('it leads back to the door').waitFor();
    const ask = part().getByRole('button', { name: 'Ask this browser to keep it' });
    await ask.focus();
    await screen.page.keyboard.press('Enter');
    await part().getByText('This browser promises to keep what it has of this set until you clear it.').waitFor();
    expect(await ask.count()).toBe(0);
    expect(await screen.page.evaluate(() => window.fake?.asked)).toEqual([{ c: 'lasting' }]);
    // The button is gone, and whoever pressed it is still there.
    await screen.page.waitForFunction(() => document.activeElement?.id === 'lasting-title-page');
  });

  it('one that promises nothing is not asked for ever: what to keep is said', async () => {
    await screen.visit('closed', [380, 800]);
    await part().getByRole('button', { name: 'Ask this browser to keep it' }).click();
    await part().getByText('cannot be held to more').waitFor();
    expect(await part().getByRole('button').count()).toBe(0);
    await screen.visit('closed-none', [380, 800]);
    expect(await part().innerText()).toContain('Keep your return code too.');
    expect(await part().getByRole('button').count()).toBe(0);
  });

  it('where one is a host, the link to keep is the host’s', async () => {
    await screen.visit('closed-host', [380, 800], '&role=h');
    expect(await part().innerText()).toContain('Keep your host link somewhere else as well');
  });

  it('the help says it as well', async () => {
    await screen.visit('member', [380, 800]);
    await screen.page.getByRole('button', { name: 'Menu' }).click();
    await screen.page.getByRole('button', { name: 'Help and what is kept' }).click();
    const help = screen.page.locator('dialog[open] [data-lasting]');
    await help.getByText('This browser promises nothing').waitFor();
    await help.scrollIntoViewIfNeeded();
    expect(await faults()).toEqual([]);
  });
});
