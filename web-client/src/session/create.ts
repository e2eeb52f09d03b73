/** Makes a set: everything secret about it is drawn here and stays here. */

import { toB64u } from '../seal/bytes';
import { hostHolder } from '../seal/holder';
import type { LinkSecret } from '../seal/keylist';
import { linkKey, type LinkRole, newLinks, tokenHash } from '../seal/link';
import { type Founding, type MeetingId, PROTOCOL_VERSION, type SetId } from '../wire.gen';
import { newSession } from './session';
import type { Session, SetUp } from './types';
import type { World } from './world';

const ROLES: readonly LinkRole[] = ['h', 'c', 'm', 'o'];

/** Makes the set and goes in as its host. Rejects with a `HostFault` when it was not made. */
export async function create(world: World, setUp: SetUp): Promise<Session> {
  const links = newLinks(world.random);
  const { set } = links.h;
  const hashes: Founding['links'] = {};
  for (const role of ROLES) {
    hashes[role] = toB64u(await tokenHash(await linkKey(links[role], 'token')));
  }
  await world.create({
    v: PROTOCOL_VERSION,
    set: toB64u(set) as SetId,
    meeting: toB64u(world.random(16)) as MeetingId,
    links: hashes,
    mode: setUp.mode,
    plan: setUp.plan,
    template: setUp.template,
    ...(setUp.first && { first: true }),
    ...(setUp.starts_at !== undefined && { starts_at: setUp.starts_at }),
  });
  const host = (await hostHolder(links.h)).id;
  const session = newSession(world, set, { ...links.h, host });
  // Both wait for the first key, for the line, and for another page if this one goes.
  session.drafts.keep('made title', JSON.stringify(setUp.title));
  if (setUp.charter !== undefined) session.drafts.keep('made charter', JSON.stringify(setUp.charter));
  const others = ROLES.filter((role) => role !== 'h');
  await session.connection.join(setUp.name, others.map((role): LinkSecret => ({ role, link: 0, secret: links[role].secret })));
  return session;
}
