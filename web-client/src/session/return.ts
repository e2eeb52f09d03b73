/** How a browser comes back: the frame that says so, and the link that it kept. */

import { type Bytes, fromB64u, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import type { Link } from '../seal/link';
import { type BranchId, type ClientFrame, type DeviceId, PROTOCOL_VERSION, type Seq, type SetId } from '../wire.gen';
import type { Kept } from './memory';

/**
 * The frame of a browser that was admitted before; without `since` it begins with a snapshot.
 * `branch` is the one of the last snapshot, so that the server can tell whether it still is so.
 */
export function resumeFrame(
  set: Bytes,
  device: Device,
  token: Bytes,
  since: Seq | undefined,
  branch: BranchId | undefined,
): ClientFrame {
  return {
    t: 'resume',
    v: PROTOCOL_VERSION,
    set: toB64u(set) as SetId,
    device: toB64u(device.id) as DeviceId,
    token: toB64u(token),
    ...(since !== undefined && { since }),
    ...(branch !== undefined && { branch }),
  };
}

/** Whether what is kept is of a page that had no keys to sign with. */
export function isFirstForm({ device, signing }: Kept): boolean {
  return device !== undefined && signing === undefined;
}

/** The link of a co-facilitator whose browser is of the first form. */
export function oldFacilitator(set: Bytes, { role, signing, member, links }: Kept): Link | undefined {
  if (role !== 'c' || signing !== undefined || member === undefined) return undefined;
  const newest = links?.filter((link) => link.role === 'c').toSorted((a, b) => b.link - a.link)[0];
  return newest && { set, role, secret: newest.secret };
}

/** The link of a host, or of somebody who reloaded the page in the lobby. */
export function linkOf(set: Bytes, { role, secret, links, host }: Kept): Link | undefined {
  const held = secret ?? (role === 'h' ? links?.find((link) => link.role === 'h')?.secret : undefined);
  return role === undefined || held === undefined ? undefined : { set, role, secret: held, host: host && fromB64u(host) };
}
