/** A running service and the engines to visit it with, for all tests of a file. */

import { afterAll, beforeAll } from 'vitest';
import { Engines, type Tab } from './engines';
import { Setroom } from './setroom';

/** To be called once in a file, outside all tests. */
export function service(): { readonly engines: Engines; readonly origin: string } {
  const engines = new Engines();
  let setroom: Setroom;

  beforeAll(async () => {
    setroom = await Setroom.start();
  });

  afterAll(async () => {
    await engines.close();
    await setroom?.stop();
  });

  return {
    engines,
    get origin() {
      return `http://${setroom.address}`;
    },
  };
}

/** Waits until the page shows this. */
export const shows = (tab: Tab, text: string): Promise<void> =>
  tab.until((part) => document.body.innerText.replace(/[\u2068\u2069]/g, '').includes(part), text);
