/** How long the answers of a form may be together: it is one text. */

import { bytesOf } from '../lib/length';
import { LIMITS } from '../wire.gen';
import { tooLong } from './components';

/** Where all answers are too long together, the longest of them, and by how much it is. */
export function longestOver<F extends string>(form: Readonly<Record<F, string>>, fields: readonly F[]): { readonly field: F; readonly why: string } | undefined {
  const over = bytesOf(JSON.stringify(form)) - LIMITS.form_bytes;
  const [field] = fields.toSorted((a, b) => bytesOf(form[b]) - bytesOf(form[a]));
  if (over <= 0 || field === undefined) return undefined;
  const why = tooLong(form[field], { bytes: Math.max(0, bytesOf(form[field].trim()) - over) });
  return why === undefined ? undefined : { field, why };
}
