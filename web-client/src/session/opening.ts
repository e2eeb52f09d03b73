/** Opens grants and recovery wraps. Loaded when the first one comes. */

import { type Bytes, fromB64u, toB64u } from '../seal/bytes';
import { type Device, PUBLIC_KEY_BYTES } from '../seal/device';
import { openGrant } from '../seal/grant';
import type { KeyList } from '../seal/keylist';
import type { Link, LinkRole } from '../seal/link';
import { openWrap, recoverKey } from '../seal/wrap';

/** A grant made just before an epoch changed still says the one before. */
const EPOCHS_BACK = 3;

/**
 * Who made a grant. On the wire a grant is the sender's public key, 65 bytes, then HPKE's `enc`,
 * 65 bytes, then the ciphertext.
 */
export function senderOf(grant: string): Bytes | undefined {
  const bytes = fromB64u(grant);
  return bytes !== undefined && bytes.length > 2 * PUBLIC_KEY_BYTES
    ? bytes.slice(0, PUBLIC_KEY_BYTES)
    : undefined;
}

/** What a grant holds, if it was made for `device` under one of `links`; undefined when not. */
export async function openGrantOf(
  grant: string,
  device: Device,
  epoch: number,
  { set, links }: { set: Bytes; links: readonly { role: LinkRole; admit: Bytes }[] },
): Promise<KeyList | undefined> {
  const bytes = fromB64u(grant);
  if (bytes === undefined) return undefined;
  const sender = bytes.slice(0, PUBLIC_KEY_BYTES);
  const rest = toB64u(bytes.slice(PUBLIC_KEY_BYTES));
  for (let of = epoch; of > Math.max(0, epoch - EPOCHS_BACK); of -= 1) {
    for (const { role, admit } of links) {
      try {
        return await openGrant({ set, epoch: of, role, admit }, device, sender, rest);
      } catch {
        // Not under this epoch or this link.
      }
    }
  }
  return undefined;
}

/** What a wrap holds, if it is the one of `epoch` and opens with `link`; undefined when not. */
export async function openWrapOf(wrap: string, link: Link, epoch: number): Promise<KeyList | undefined> {
  try {
    const opened = await openWrap(await recoverKey(link), link.set, link.role, wrap);
    return opened.epoch === epoch ? opened : undefined;
  } catch {
    return undefined;
  }
}
