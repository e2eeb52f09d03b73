/** Opens grants, wraps and own keys, or says that they do not open. */

import { type Bytes, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { commitment } from '../seal/epoch';
import { SealFault } from '../seal/fault';
import { openGrant } from '../seal/grant';
import type { KeyList } from '../seal/keylist';
import { letterSender } from '../seal/letter';
import type { Link, LinkRole } from '../seal/link';
import type { OwnList } from '../seal/own';
import { isProven, openRecovery } from '../seal/recovery';
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

interface Terms {
  readonly set: Bytes;
  readonly links: readonly { role: LinkRole; admit: Bytes }[];
  /** Whether this browser knows a roster, so that a letter needs no link to be believed. */
  readonly listed: boolean;
}

/** What a letter of the form that needs no link holds, if it is to be believed. */
async function openListed(
  grant: string,
  device: Device,
  epoch: number,
  { set, links, listed }: Terms,
): Promise<KeyList | undefined> {
  const list = await opened(openRecovery(set, epoch, device, grant));
  const sender = letterSender(grant);
  if (list === undefined || listed || sender === undefined) return list;
  const { by } = list;
  for (const { admit } of by === undefined ? [] : links) {
    if (by !== undefined && (await isProven({ set, epoch, admit, sender, holder: device.pub }, by))) return list;
  }
  return undefined;
}

/**
 * What a grant holds, if it was made for `device` under one of `links`, or needs none; undefined when not.
 */
export async function openGrantOf(grant: string, device: Device, epoch: number, terms: Terms): Promise<KeyList | undefined> {
  const { set, links } = terms;
  for (let of = epoch; of > Math.max(0, epoch - EPOCHS_BACK); of -= 1) {
    const known = await openListed(grant, device, of, terms);
    if (known !== undefined) return known;
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
