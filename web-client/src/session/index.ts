/** The session layer: how the screens come to a set. */

import { fromB64u } from '../seal/bytes';
import type { Link } from '../seal/link';
import type { SetId } from '../wire.gen';
import { SetSession } from './session';
import type { Session, SetUp } from './types';
import { browserWorld, notedSet, type World } from './world';

export type * from './types';
export { HostFault, type HostFaultCode, type World } from './world';

/** A link as `parseLink` reads it. */
export type ParsedLink = Link;

/**
 * Opens a link. A browser that was admitted before goes straight in; any other one stands at the
 * door, and nothing is sent or stored until `knock`.
 */
export async function openLink(link: ParsedLink, world: World = browserWorld()): Promise<Session> {
  const session = new SetSession(world, link.set, link);
  await session.open();
  return session;
}

/** Opens a set that this browser was in, as after a reload; undefined when nothing is kept of it. */
export async function openKept(
  set: SetId,
  world: World = browserWorld(),
): Promise<SetSession | undefined> {
  const bytes = fromB64u(set);
  if (bytes?.length !== 16) return undefined;
  const session = new SetSession(world, bytes);
  return (await session.open()) ? session : undefined;
}

/** The set that this tab showed before it was reloaded. */
export function setHere(): SetId | undefined {
  return notedSet() as SetId | undefined;
}

/** Makes a set and opens it as its host. Rejects with a `HostFault` when it could not be made. */
export async function hostSet(
  setUp: SetUp,
  world: World = browserWorld(),
): Promise<{ session: Session }> {
  const { found } = await import('./create');
  return { session: await found(world, setUp) };
}
