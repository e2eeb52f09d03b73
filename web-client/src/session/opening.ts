/** Opens grants, wraps and own keys, or says that they do not open. */

import { type Bytes, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { commitment } from '../seal/epoch';
import { SealFault } from '../seal/fault';
import { openGrant } from '../seal/grant';
import type { KeyList } from '../seal/keylist';
import type { Link, LinkRole } from '../seal/link';
import type { OwnList } from '../seal/own';
import { openWrap, recoverKey } from '../seal/wrap';

/** A grant made just before an epoch changed still says the one before. */
const EPOCHS_BACK = 3;

/** What comes of it, or undefined: what does not open was not made for this browser. */
export async function opened<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (fault) {
    // Ours, that of a key that is none, and the browser's own. Anything else is no matter of keys.
    if (fault instanceof SealFault || fault instanceof RangeError || fault instanceof DOMException) return undefined;
    throw fault;
  }
}

/** What a grant holds, if it was made for `device` under one of `links`; undefined when not. */
export async function openGrantOf(
  grant: string,
  device: Device,
  epoch: number,
  { set, links }: { set: Bytes; links: readonly { role: LinkRole; admit: Bytes }[] },
): Promise<KeyList | undefined> {
  for (let of = epoch; of > Math.max(0, epoch - EPOCHS_BACK); of -= 1) {
    for (const { role, admit } of links) {
      const list = await opened(openGrant({ set, epoch: of, role, admit }, device, grant));
      if (list !== undefined) return list;
    }
  }
  return undefined;
}

/** What the wrap of a set that has no roster holds, if it is the one of `epoch`. */
export async function openFirstWrap(wrap: string, link: Link, epoch: number): Promise<KeyList | undefined> {
  const list = await opened(openWrap(await recoverKey(link), link.set, link.role, wrap));
  return list?.epoch === epoch ? list : undefined;
}

/** The own key under a return code, if it opens by what follows from `code`. */
export async function openCodeOf(set: Bytes, box: string, code: Bytes): Promise<OwnList | undefined> {
  const list = await opened(openWrap(code, set, 'p', box));
  return list && { own: list.own ?? [], code };
}

/** Whether a key is the one that the roster's commitment is of. */
export async function isCommitted(set: Bytes, epoch: number, key: CryptoKey, commit: string): Promise<boolean> {
  return toB64u(await commitment(key, set, epoch)) === commit;
}
