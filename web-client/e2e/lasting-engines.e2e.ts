/** What each engine really answers when a page asks it to keep what it stores, and what the page then says. */

import { describe, expect, it } from 'vitest';
import { ENGINES, type EngineName, type Tab } from './support/engines';
import { button, hostSet } from './support/making';
import { service, shows } from './support/service';

const place = service();
const NOTHING = 'This browser promises nothing';
const KEEPS = 'This browser promises to keep what it has of this set until you clear it.';

/** The page of a closed meeting. */
async function closed(tab: Tab): Promise<void> {
  await hostSet(tab, place.origin);
  await tab.click(button('Start the meeting'));
  await tab.click(button('More'));
  await tab.click(button('Close the meeting…'));
  await tab.click(button('Close and destroy'));
  await shows(tab, 'What was destroyed, what is kept');
}

/** What stands there: as it was, and once it has been asked where there is somebody to ask. */
async function asked(tab: Tab): Promise<(string | undefined)[]> {
  const state = (): Promise<string | undefined> =>
    tab.evaluate(() => document.querySelector<HTMLElement>('[data-lasting]')?.dataset['lasting']);
  const before = await state();
  if (before !== 'open') return [before];
  await tab.click(button('Ask this browser to keep it'));
  // Firefox shows a question to whoever pressed, and promises nothing before it is answered.
  if (tab.engine === 'chromium') await shows(tab, 'cannot be held to more');
  return [before, await state()];
}

const REALLY: Readonly<Record<EngineName, readonly string[]>> = {
  chromium: ['open', 'asked'],
  firefox: ['open', 'open'],
  // That of this system has nobody to ask.
  webkit: ['none'],
};

describe.each(ENGINES)('what %s may forget', (engine: EngineName) => {
  it('is said on the receipt as the browser has it, before and after it is asked', async () => {
    const tab = await place.engines.open(engine);
    await closed(tab);
    await shows(tab, NOTHING);
    expect(await asked(tab)).toEqual(REALLY[engine]);
    expect(await tab.evaluate(() => 'storage' in navigator)).toBe(engine !== 'webkit');
    await tab.close();
  });
});

// WebKit of this system cannot be set so.
describe.each(ENGINES.filter((engine) => engine !== 'webkit'))('what %s may forget', (engine: EngineName) => {
  it('is nothing any more, by its own word, where its owner has it promise', async () => {
    const tab = await place.engines.open(engine, 'promised');
    await closed(tab);
    if (engine === 'firefox') await tab.click(button('Ask this browser to keep it'));
    await shows(tab, KEEPS);
    expect(await tab.evaluate(() => navigator.storage.persisted())).toBe(true);
    await tab.reload();
    await shows(tab, KEEPS);
    await tab.close();
  });
});
