/** Pictures of screens, kept as the test's output, and what axe finds wrong on them. */

import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { axeFaults } from './axe';
import type { Person } from './person';

const plain = (name: string): string => name.split(' ')[0]?.toLowerCase() ?? name;

export class Gallery {
  readonly #folder: string;
  /** What axe found, one line for each fault. */
  readonly faults: string[] = [];
  #taken = 0;

  constructor(name: string) {
    this.#folder = fileURLToPath(new URL(`../../test-results/${name}/`, import.meta.url));
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Everybody's screen at this point. */
  async shoot(what: string, people: readonly Person[]): Promise<void> {
    this.#taken += 1;
    const number = String(this.#taken).padStart(2, '0');
    await Promise.all(
      people.map(({ name, page }) =>
        page.screenshot({ path: `${this.#folder}${number}-${what}-${plain(name)}.png`, animations: 'disabled' }),
      ),
    );
  }

  /** Looks for faults on these screens, in light and in dark. */
  async examine(what: string, people: readonly Person[]): Promise<void> {
    const each = people.map(async ({ name, page, habits }) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const found = await axeFaults(page);
        this.faults.push(...found.map((fault) => `${what}, ${plain(name)}, ${colorScheme}: ${fault}`));
      }
      await page.emulateMedia({ colorScheme: habits.dark ? 'dark' : 'light' });
    });
    await Promise.all(each);
  }
}
