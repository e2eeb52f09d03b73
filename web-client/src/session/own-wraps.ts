/**
 * A person's own key: made at the first text that only they may see, wrapped for their browsers and
 * for those who may let them in again, and made anew when one of those has gone.
 */

import { sameBytes, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { hostHolder } from '../seal/holder';
import type { RawOwnKey } from '../seal/keylist';
import { letterSender } from '../seal/letter';
import { openOwnKeys, wrapOwnKeys } from '../seal/own';
import { holderOf, isOfHostLink } from '../seal/roster';
import type { DeviceId, Holder, SeatId } from '../wire.gen';
import type { Desk } from './desk';
import type { RoomState } from './model';
import { bytesOf } from './texts';
import type { Answer } from './types';

/** Whose browsers are to have this person's own key, besides this one: theirs, and co-facilitators'. */
function recipients({ keys }: Desk): [DeviceId, Holder][] {
  const { id, roster, seat } = keys;
  const all = Object.entries(roster?.holders ?? {}) as [DeviceId, Holder][];
  return all.filter(([at, { role, seat: of }]) => at !== id && (of === seat || role === 'c'));
}

/** What an own key lacks: another generation, wraps, or nothing. */
export function ownKeyDue(desk: Desk): 'first' | 'renew' | 'wrap' | undefined {
  const { keys, own } = desk;
  const now = desk.room();
  if (now === undefined || keys.state.value !== 'ready') return undefined;
  const view = now.own.own_key;
  if (view === undefined) return own.newest === 0 ? undefined : 'renew';
  // Another generation than the newest here: one that cannot be opened, or a copy that was put back.
  if (view.gen !== own.newest) return 'renew';
  if (keys.roster === undefined) return undefined;
  const due = new Set([keys.id, ...recipients(desk).map(([id]) => id)]);
  const have = new Set<DeviceId>(view.for);
  if ([...have, ...own.recipients].some((id) => !due.has(id))) return 'renew';
  const lacks = own.shown !== undefined && own.all.some((key) => !own.shown?.some((at) => sameBytes(at.raw, key.raw)));
  return !view.host || lacks || [...due].some((id) => !have.has(id)) ? 'wrap' : undefined;
}

/** Makes, renews or wraps the own key, as is due. */
export async function keepOwnKey(desk: Desk, due: 'first' | 'renew' | 'wrap'): Promise<Answer> {
  const { keys, own, outbox, world } = desk;
  const now = desk.room();
  if (now === undefined) return { ok: false, code: 'gone' };
  const view = now.own.own_key;
  const gen = (view?.gen ?? 0) + (due === 'wrap' ? 0 : 1);
  const known = own.all.some((key) => key.gen === gen);
  const fresh: RawOwnKey[] = known ? [] : [{ gen, raw: world.random(32) }];
  const to = recipients(desk);
  // It is kept before anything is sealed under it.
  await own.take(fresh, [keys.id, ...to.map(([id]) => id)]);
  const of = { set: keys.set, seat: bytesOf(now.own.seat) };
  const wrap = (pub: string): Promise<string> => wrapOwnKeys(of, keys.device, bytesOf(pub), own.all);
  const boxes: Record<DeviceId, string> = { [keys.id]: await wrap(toB64u(keys.device.pub)) };
  for (const [id, { pub }] of to) boxes[id] = await wrap(pub);
  const host = Object.values(keys.roster?.holders ?? {}).find((at) => isOfHostLink(at));
  const errand = outbox.take('own_key', now.seq, true);
  const answer = await outbox.send(errand, {
    c: 'own_key',
    gen,
    boxes,
    ...(host && { host: await wrap(host.pub) }),
    ...(due === 'wrap' && view?.code !== undefined && { code: view.code }),
  });
  outbox.drop(errand);
  return answer;
}

/** Somebody's own key, for a grant that lets them in again; undefined when there is none to be opened. */
export async function recovered({ keys }: Desk, { own }: RoomState, seat: SeatId): Promise<RawOwnKey[] | undefined> {
  const box = own.recover?.[seat];
  const sender = box === undefined ? undefined : letterSender(box);
  if (box === undefined || sender === undefined || keys.roster === undefined) return undefined;
  // Whoever else made it would know what this person seals from now on.
  if (holderOf(keys.roster, sender)?.holder.seat !== seat) return undefined;
  const recipient: Device = keys.hostLink === undefined ? keys.device : await hostHolder(keys.hostLink);
  try {
    return await openOwnKeys({ set: keys.set, seat: bytesOf(seat) }, recipient, box);
  } catch {
    return undefined;
  }
}
