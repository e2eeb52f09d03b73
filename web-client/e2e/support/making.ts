/** How people make a set and come to one, in any engine. */

import type { Tab } from './engines';

/** Waits until the page's heading says this. */
export const heading = (tab: Tab, text: string): Promise<void> =>
  tab.until((part) => [...document.querySelectorAll('h1')].some((at) => at.textContent.includes(part)), text);
/** A button by its name. */
export const button = (name: string) => ({ role: 'button', name }) as const;

/** Waits until a page that has come up has given its heading the focus: before that, it would take it from others. */
const settled = (tab: Tab): Promise<void> => tab.until(() => document.activeElement !== document.body);

/** Types into a field of a page that has come up. */
async function fill(tab: Tab, label: string, text: string): Promise<void> {
  await settled(tab);
  await tab.type({ label }, text);
}

/** The links on the page, by the letter of their kind; undefined before they are there. Runs in the page. */
export function shownLinks(): Record<string, string> | undefined {
  const fields = [...document.querySelectorAll('input')].map((field) => field.value);
  const text = fields.concat(document.body.textContent).join(' ');
  const found = [...text.matchAll(/https?:\/\/[^\s"]+?\/j#[12]\.[\w-]{22}\.([hcmo])\.[\w-]{43}(?:\.[\w-]{22})?/g)];
  const links = Object.fromEntries(found.map((match) => [match[1] ?? '', match[0]]));
  return 'h' in links && 'm' in links ? links : undefined;
}

/** Makes a set as people do. Gives the links that its page shows. */
export async function hostSet(tab: Tab, origin: string): Promise<Record<'host' | 'member', string>> {
  await tab.goto(origin);
  await tab.click(button('Set up a set'));
  await fill(tab, 'Name of the set', 'Thursday set');
  await fill(tab, 'Your name, as the set should see it', 'Amina');
  await tab.click(button('Create the set'));
  await heading(tab, 'is ready');
  await tab.until(shownLinks);
  const links = (await tab.evaluate(shownLinks)) ?? {};
  await tab.click(button('Go to the room'));
  await heading(tab, 'gathering');
  await settled(tab);
  return { host: links['h'] ?? '', member: links['m'] ?? '' };
}

/** Comes by a link that is pasted into the page, not into the address bar, and asks to join. */
export async function comeTo(tab: Tab, origin: string, link: string, name: string): Promise<void> {
  await tab.goto(origin);
  await fill(tab, 'Your link', link);
  await tab.click(button('Go to the set'));
  await fill(tab, 'Your name, as the set should see it', name);
  await tab.click(button('Ask to join'));
  await heading(tab, 'You are at the door');
}
