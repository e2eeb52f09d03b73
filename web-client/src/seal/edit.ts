/** Makes edits of the roster, for whoever may sign them. */

import type { Hash32, RosterEdit } from '../wire.gen';
import { type Bytes, toB64u } from './bytes';
import type { Device } from './device';
import { type Roster, signedBytes } from './roster';
import { sign } from './sign';

/** Signs an edit that follows `before`; a whole one follows nothing. */
export async function signEdit(
  set: Bytes,
  by: Device,
  before: Pick<Roster, 'head'> | undefined,
  edit: Omit<RosterEdit, 'by' | 'sig'>,
): Promise<RosterEdit> {
  if (by.sign === undefined) throw new Error('this device cannot sign');
  const prev: Hash32 | undefined = edit.whole === true ? undefined : before?.head;
  const signature = await sign(by.sign, signedBytes(set, edit, prev));
  return { ...edit, by: toB64u(by.id) as RosterEdit['by'], sig: toB64u(signature) };
}
