/** The main screens in the engines that the other files of screens do not use: drawn whole, and kept as pictures. */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engines, ENGINES, type Tab } from './support/engines';
import type { Served } from './support/serve';
import { serveScreens } from './support/with-screens';

const pictures = fileURLToPath(new URL('../test-results/screens-engines/', import.meta.url));
const SCENES = ['none', 'door', 'lobby', 'gathering-host', 'member', 'host', 'presenter', 'member-silence', 'hold', 'closed'];
const SIZES = [[320, 640], [740, 360], [1280, 800]] as const;
const LOOKS = ['', '&theme=dark&lang=cy'];

let served: Served;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  served = await serveScreens();
});
afterAll(() => served?.stop());

/** Whether everything has come: a running room's foot is fetched. */
const whole = (): boolean =>
  document.querySelector('h1') !== null &&
  (document.querySelector('.room.running') === null || document.getElementById('dock') !== null);

/** What sticks out sideways, by its name; whether there is a heading; on a wide screen, whether the foot is one row. */
const drawn = (): { readonly out: string[]; readonly heading: boolean; readonly oneRow: boolean } => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll('#app *')].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width > 0 && box.right > width + 1 && getComputedStyle(each).position !== 'absolute';
  });
  const foot = [...document.querySelectorAll('#dock button')].map((at) => at.getBoundingClientRect());
  const oneRow = width < 1200 || foot.every(({ top }) => top < Math.min(...foot.map(({ bottom }) => bottom)));
  return { out: out.map((each) => `${each.tagName}.${each.className}`), heading: document.querySelector('h1') !== null, oneRow };
};

describe.each(ENGINES.filter((engine) => engine !== 'chromium'))('every screen in %s', (engine) => {
  const engines = new Engines();
  let tab: Tab;
  beforeAll(async () => {
    tab = await engines.open(engine);
  });
  afterAll(() => engines.close());

  it.each(SIZES)('is drawn within %i × %i', async (width, height) => {
    await tab.resize(width, height);
    for (const scene of SCENES) {
      for (const look of LOOKS) {
        // oxlint-disable-next-line no-await-in-loop -- one window
        await tab.goto(`${served.origin}?scene=${scene}${look}`);
        // oxlint-disable-next-line no-await-in-loop -- one window
        await tab.until(whole);
        // oxlint-disable-next-line no-await-in-loop -- one window
        expect({ scene, look, ...(await tab.evaluate(drawn)) }).toEqual({ scene, look, out: [], heading: true, oneRow: true });
        // oxlint-disable-next-line no-await-in-loop -- one window
        await tab.screenshot(`${pictures}${engine}-${scene}-${width}${look.replaceAll(/[&=]/gu, '-')}.png`);
      }
    }
  });
});
