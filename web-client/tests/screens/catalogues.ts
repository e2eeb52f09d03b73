/** The catalogues as a browser fetches them, for screens whose words are looked at. */

import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import { chooseLanguage } from '../../src/i18n';

/** English from here on; undone by `vi.unstubAllGlobals()`. */
export async function inEnglish(): Promise<void> {
  const locale = (url: unknown): string => (/cy/.test(String(url)) ? 'cy' : 'en');
  const file = (url: unknown): string => readFileSync(new URL(`../../locales/${locale(url)}.ftl`, import.meta.url), 'utf8');
  vi.stubGlobal('document', { documentElement: {} });
  vi.stubGlobal('fetch', async (url: unknown) => new Response(file(url)));
  await chooseLanguage('en');
}
