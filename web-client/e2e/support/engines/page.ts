/** What runs inside the page, in every engine alike: finding things as people name them. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Target } from './index';

/** How long anything is waited for. */
export const PATIENCE_MS = 60_000;
/** How often is looked again. */
export const LOOK_EVERY_MS = 50;

/** Whether an error is that of a question that went with its page. */
export type IsLost = (error: unknown) => boolean;

/**
 * Asks until the answer is true, also over a page that goes away and takes a question with it. Rejects
 * with what `shown` says in its place.
 */
export async function untilSo<T>(ask: () => Promise<T>, isLost: IsLost, given: unknown, shown: () => Promise<unknown>): Promise<T> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    let cause: unknown;
    try {
      // oxlint-disable-next-line no-await-in-loop -- until it is so
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      if (!isLost(error)) throw error;
      cause = error;
    }
    // oxlint-disable-next-line no-await-in-loop -- until it is so, or the last thing that is asked
    if (!patience.aborted) await delay(LOOK_EVERY_MS);
    // oxlint-disable-next-line no-await-in-loop -- as above
    else throw new Error(`waited in vain for ${JSON.stringify(given)}: ${String(await shown().catch(String))}`, { cause });
  }
}

/** The newest thing on the page that fits, is seen and can be used. Must need nothing but the page. */
export function seek(target: Target): Element | undefined {
  const plain = (text: string | null | undefined): string =>
    (text ?? '').replace(/[\u2068\u2069]/g, '').replace(/\s+/g, ' ').trim();
  const nameOf = (of: Element): string => {
    const others = (of.getAttribute('aria-labelledby') ?? '').split(' ');
    const labelled = others.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
    const labels = [...((of as HTMLInputElement).labels ?? [])].map((label) => label.textContent);
    const names = [labelled, of.getAttribute('aria-label'), ...labels, of.textContent];
    return names.map(plain).find((name) => name !== '') ?? '';
  };
  const tags = { button: 'button, summary', link: 'a[href]', heading: 'h1, h2, h3' };
  const within = document.querySelector('dialog[open]') ?? document;
  const find = (selector: string, name?: string): Element[] =>
    [...within.querySelectorAll(selector)].filter((at) => name === undefined || nameOf(at) === name);
  const found =
    typeof target === 'string'
      ? find(target)
      : 'role' in target
        ? find(tags[target.role], target.name)
        : find('input, textarea, select', target.label);
  return found.findLast((at) => at.getClientRects().length > 0 && !at.matches(':disabled'));
}

/** What the page shows, without the marks round people's own words. */
export function text(): string {
  return document.body.innerText.replace(/[\u2068\u2069]/g, '');
}

/** What the page shows, in a few words, for when something was waited for in vain. */
export function seen(): string {
  const text = document.body.innerText.replace(/[\u2068\u2069]/g, '').replace(/\s+/g, ' ').trim();
  return `${location.pathname} (${document.readyState}, ${document.visibilityState}) says: ${text.slice(0, 600)}`;
}
