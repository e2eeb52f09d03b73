/** Accessibility checks by axe-core, and whether a browser would write down what stands on the page. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const RULES: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: { 'label-content-name-mismatch': { enabled: true } },
};

/**
 * Fields that the browser itself would remember: it writes what stands in them to its disk, to bring pages
 * back after a crash, and a page cannot have it forgotten. A name alone may be, as people wish it to be
 * filled in for them. Runs in the page.
 */
function remembered(): string[] {
  const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea, select')];
  return fields
    .filter(({ autocomplete }) => !['off', 'given-name'].includes(autocomplete))
    .map(({ id, name, type }) => `the browser would remember ${id || name || type}`);
}

/**
 * What axe finds wrong on the page as it is now, one line for each. It goes in
 * over the debugging protocol, since the page's policy lets no script in.
 */
export async function axeFaults(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const loaded = await session.send('Runtime.evaluate', { expression: source });
    if (loaded.exceptionDetails !== undefined) throw new Error(loaded.exceptionDetails.text);
  } finally {
    await session.detach();
  }
  const results = await page.evaluate(async (rules) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return axe.run(rules);
  }, RULES);
  const faults = results.violations.flatMap((fault) =>
    fault.nodes.map((node) => `${fault.id}: ${node.target.join(' ')}: ${fault.help}`),
  );
  return [...faults, ...(await page.evaluate(remembered))];
}
