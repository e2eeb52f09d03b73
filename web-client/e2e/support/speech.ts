/** What the page says, for tests that look for it: from the same files, in either language. */

import { readFileSync } from 'node:fs';
import { bare } from '../../src/screens/messages';
import { format, type Language, makeBundle, type MessageId } from '../../src/i18n';

const read = (of: Language) =>
  makeBundle(of, readFileSync(new URL(`../../locales/${of}.ftl`, import.meta.url), 'utf8'));
const bundles = { en: read('en'), cy: read('cy') };

/** A message without the marks round people's own words. */
export function speech(of: Language, id: MessageId, args?: Readonly<Record<string, string | number>>): string {
  return bare((format as (bundle: object, id: string, args?: object) => string)(bundles[of], id, args));
}
