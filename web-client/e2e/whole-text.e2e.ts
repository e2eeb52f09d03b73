/**
 * What is typed into a field of one line is seen whole, as it is read again before it is sent, at every
 * width, in both languages and all engines; too much is counted in words, and nothing is cut off.
 */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageId } from '../src/i18n';
import { Engines, ENGINES, type Tab } from './support/engines';
import type { Served } from './support/serve';
import { serveScreens } from './support/with-screens';
import { speech } from './support/speech';
import './support/fake-window';

const pictures = fileURLToPath(new URL('../test-results/whole-text/', import.meta.url));
const SENTENCE = 'My ward hands over late every night, and I do not know whether it is the rota, the room, the lift, or that nobody has asked the night staff';
const LONG = `${SENTENCE} and also because of what was said at the board in spring, again and again, until nobody came to listen any more, which is why I ask`;
const LINK = 'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fsets.example%2Fj%231.AAECAwQFBgcICQoLDA0ODw.m.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8&data=05';

/** Where a field of one line is, by what leads to it; `over` by how much LONG is too much for it. */
const FIELDS: readonly { readonly scene: string; readonly press?: readonly MessageId[]; readonly label: MessageId; readonly over?: number; readonly text?: string }[] = [
  { scene: 'none', label: 'landing-link-label', text: LINK },
  { scene: 'none', press: ['landing-host-button'], label: 'setup-set-name', over: LONG.length - 140 },
  { scene: 'none', press: ['landing-host-button'], label: 'setup-own-name', over: LONG.length - 60 },
  { scene: 'door', label: 'door-name', over: LONG.length - 60 },
  { scene: 'member-idle', press: ['menu', 'my-name'], label: 'door-name', over: LONG.length - 60 },
  { scene: 'member-bids', label: 'write-bid', over: LONG.length - 140 },
  { scene: 'presenter-tells', label: 'write-headline', over: LONG.length - 140 },
  { scene: 'gift-write', label: 'write-question', over: LONG.length - 140 },
  ...(['action-what', 'action-first', 'action-help', 'action-stakeholders'] as const).map((label) => ({ scene: 'presenter-acts', label, over: LONG.length - 200 })),
  { scene: 'presenter-locked', label: 'own-code-title', text: 'ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-2345' },
];

let served: Served;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  served = await serveScreens();
});
afterAll(() => served?.stop());

/** The newest field with this label, what it holds, and what of that is out of sight. Runs in the page. */
const field = (label: string): { value: string; hidden: number; fault: string } | undefined => {
  const labels = [...document.querySelectorAll('label')].filter((at) => at.textContent === label && at.getClientRects().length > 0);
  const at = labels.at(-1)?.control;
  if (!(at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement)) return undefined;
  const fault = document.getElementById(`${at.id}-fault`)?.textContent.replaceAll(/[\u2068\u2069]/g, '') ?? '';
  return { value: at.value, hidden: Math.max(at.scrollWidth - at.clientWidth, at.scrollHeight - at.clientHeight), fault };
};

describe.each(ENGINES)('in %s', (engine) => {
  const engines = new Engines();
  let tab: Tab;
  beforeAll(async () => {
    tab = await engines.open(engine);
  });
  afterAll(() => engines.close());

  // How a text is broken into lines is each engine's own; the rest is the same in all.
  const widths = engine === 'chromium' ? ([['en', 320], ['cy', 320], ['en', 1280]] as const) : ([['cy', 320]] as const);
  describe.each(widths)('in %s at %i', (language, width) => {
    // WebKit's driver types slowly.
    const fields = engine === 'webkit' ? FIELDS.filter(({ scene }) => ['door', 'member-bids', 'presenter-locked'].includes(scene)) : FIELDS;
    it.each(fields)('$scene: $label', async ({ scene, press = [], label, over, text = SENTENCE }) => {
      const words = (id: MessageId, args?: Record<string, number>): string => speech(language, id, args);
      await tab.resize(width, 700);
      await tab.goto(`${served.origin}?scene=${scene}&lang=${language}`);
      await tab.until(() => document.querySelector('h1') !== null);
      for (const id of press) {
        // oxlint-disable-next-line no-await-in-loop -- one press after the other
        await tab.click({ role: 'button', name: words(id) });
      }
      const found = (): ReturnType<typeof tab.evaluate<ReturnType<typeof field>, string>> => tab.evaluate(field, words(label));
      await tab.type({ label: words(label) }, text);
      await expect.poll(found).toMatchObject({ value: text, hidden: 0 });
      if (label === 'write-bid') await tab.screenshot(`${pictures}${engine}-${language}-${width}.png`);
      if (over === undefined) return;
      await tab.type({ label: words(label) }, LONG);
      const why = words('too-long', { over });
      await expect.poll(found).toEqual({ value: LONG, hidden: 0, fault: expect.stringContaining(why) });
    });
  });

  it('Enter sends it, and leaves no line behind', async () => {
    await tab.goto(`${served.origin}?scene=presenter-tells`);
    await tab.until(() => document.querySelector('h1') !== null);
    await tab.type({ label: speech('en', 'write-headline') }, SENTENCE);
    await tab.evaluate(() => {
      const at = document.querySelector('textarea[id^="line-headline"]');
      at?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    });
    await tab.until(() => window.fake?.asked.length === 1);
    expect(await tab.evaluate(() => window.fake?.asked)).toEqual([{ c: 'write', kind: 'headline', text: SENTENCE }]);
  });

  it('lines that are pasted become one, with all that was in them', async () => {
    await tab.goto(`${served.origin}?scene=presenter-tells`);
    await tab.until(() => document.querySelector('textarea[id^="line-headline"]') !== null);
    const pasted = (): string | undefined => {
      const at = document.querySelector<HTMLTextAreaElement>('textarea[id^="line-headline"]');
      if (at === null) return undefined;
      at.value = 'late every night\r\n  in winter\nand in spring';
      at.dispatchEvent(new Event('input', { bubbles: true }));
      return at.value;
    };
    await tab.evaluate(pasted);
    await expect.poll(() => tab.evaluate(() => document.querySelector<HTMLTextAreaElement>('textarea[id^="line-headline"]')?.value)).toBe('late every night in winter and in spring');
  });
});
