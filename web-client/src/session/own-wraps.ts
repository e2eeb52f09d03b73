/**
 * A person's own key: made at the first text that only they may see, wrapped for their browsers and
 * for those who may let them in again, or under their return code, and made anew when one of those
 * has gone.
 */

import { type Bytes, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { hostHolder } from '../seal/holder';
import type { RawOwnKey } from '../seal/keylist';
import { letterSender } from '../seal/letter';
import { openOwnKeys, type OwnList, wrapOwnKeys } from '../seal/own';
import { isHeldBy, isOfHostLink } from '../seal/roster';
import { makeWrap } from '../seal/wrap';
import type { DeviceId, Holder, SeatId } from '../wire.gen';
import type { Context } from './context';
import type { RoomState } from './model';
import { fittedOwn } from './lists';
import { opened } from './opening';
import { bytesOf } from './texts';
import type { Answer } from './types';

/**
 * What is to be done about an own key.
 *
 * - `first`, `renew`: a key is to be made, the first or the next one
 * - `wrap`: somebody lacks a wrap of the one that there is
 * - `locked`: it is under a return code, and the person has not typed that here
 */
export type OwnKeyDue = 'first' | 'renew' | 'wrap' | 'locked';

/**
 * Whose browsers are named with it, besides this one: the person's, and co-facilitators' if they may
 * help. Where nobody is to help, the others are given nothing: they open it by the code.
 */
function recipients({ keys }: Context, { shared }: RoomState, helped: boolean): [DeviceId, Holder][] {
  const { id, roster, seat } = keys;
  const all = Object.entries(roster?.holders ?? {}) as [DeviceId, Holder][];
  return all.filter(
    ([at, { role, seat: of }]) =>
      // Whoever has left stays on the roster until the next key; the room takes no wrap for them.
      at !== id && shared.devices[at]?.seat === of && (of === seat || (helped && role === 'c')),
  );
}

function hostOf({ keys }: Context): Holder | undefined {
  return Object.values(keys.roster?.holders ?? {}).find((at) => isOfHostLink(at));
}

/** What an own key lacks: another generation, wraps, or nothing. */
export function ownKeyDue(context: Context): OwnKeyDue | undefined {
  const { keys, own } = context;
  const now = context.room();
  if (now === undefined || keys.state.value !== 'ready') return undefined;
  const view = now.own.own_key;
  if (view === undefined) return own.newest === 0 ? undefined : 'renew';
  if (own.locked(view)) return 'locked';
  // Another generation than the newest here: one that cannot be opened, or a copy that was put back.
  if (view.gen !== own.newest) return 'renew';
  if (keys.roster === undefined) return undefined;
  const helped = own.code === undefined;
  const due = new Set([keys.id, ...recipients(context, now, helped).map(([id]) => id)]);
  const have = new Set<DeviceId>(view.for);
  if ([...have, ...own.recipients].some((id) => !due.has(id))) return 'renew';
  // What was put down for this browser is not the key that it holds.
  if (view.box !== undefined && own.sealing(view.gen) === undefined) return 'renew';
  const covered = helped ? view.host || hostOf(context) === undefined : view.code !== undefined;
  return !covered || [...due].some((id) => !have.has(id)) ? 'wrap' : undefined;
}

/** How many generations may have to be made until the room's is the newest that is known here. */
const TRIES = 20;

/**
 * Sees to it that there is an own key that this browser may seal under. Not when only a wrap for
 * others is lacking: that can come later.
 */
export async function settleOwnKey(context: Context): Promise<Answer> {
  const { keys, own, room, until } = context;
  // A host on a new browser is shown the key once that is on the roster.
  if (!(await until(() => keys.roster === undefined || keys.self !== undefined))) return { ok: false, code: 'gone' };
  for (let tried = 0; tried < TRIES; tried += 1) {
    await keys.followed;
    const due = ownKeyDue(context) ?? (own.newest === 0 ? 'first' : undefined);
    if (due === 'locked') return { ok: false, code: 'own_locked' };
    if (due === undefined || (due === 'wrap' && own.sealing(own.newest) !== undefined)) return { ok: true };
    const answer = await keepOwnKey(context, due);
    // Another browser of this person was first: its key is taken, and nothing that was typed is lost.
    if (!answer.ok && answer.code !== 'stale_revision') return answer;
    if (room() === undefined) return { ok: false, code: 'gone' };
  }
  // The room does not take it: then nothing is sealed under it, or under another.
  return { ok: false, code: 'stale_revision' };
}

/**
 * Makes, renews or wraps the own key, as is due. `code` changes who may help: what follows from a
 * return code, or `undefined` for facilitators. That comes with a key that nobody had before.
 *
 * Nothing counts here until the room has taken it: of two browsers that make a key at one moment, one
 * is refused, and takes the other's.
 */
export async function keepOwnKey(
  context: Context,
  due: 'first' | 'renew' | 'wrap',
  { code }: { readonly code?: Bytes | undefined } = context.own,
): Promise<Answer> {
  const { keys, own, outbox, world } = context;
  const now = context.room();
  if (now === undefined) return { ok: false, code: 'gone' };
  const more = due === 'wrap';
  const gen = (now.own.own_key?.gen ?? 0) + (more ? 0 : 1);
  const known = code === own.code && own.all.some((key) => key.gen === gen);
  const fresh: RawOwnKey[] = known ? [] : [{ gen, raw: world.random(32) }];
  const to = recipients(context, now, code === undefined);
  const all: OwnList = { own: [...fresh, ...own.all], code };
  // This browser's own, the others', and the host link's or the one under the code.
  const list: OwnList = { own: fittedOwn(all.own, to.length + 2), code };
  const of = { set: keys.set, seat: bytesOf(now.own.seat) };
  const wrap = (pub: string, held: OwnList): Promise<string> => wrapOwnKeys(of, keys.device, bytesOf(pub), held);
  const boxes: Record<DeviceId, string> = { [keys.id]: await wrap(toB64u(keys.device.pub), list) };
  // A facilitator may have put a browser of their own onto this seat: the code shows whose one is.
  const others: OwnList = { own: code === undefined ? list.own : [] };
  for (const [id, { pub }] of to) boxes[id] = await wrap(pub, others);
  const host = code === undefined ? hostOf(context) : undefined;
  const errand = outbox.take('own_key', now.seq, true);
  const answer = await outbox.send(errand, {
    c: 'own_key',
    gen,
    boxes,
    ...(more && { more }),
    ...(host && { host: await wrap(host.pub, others) }),
    ...(code && { code: await makeWrap(code, keys.set, 'p', { keys: [], links: [], own: list.own }, world.random) }),
  });
  outbox.drop(errand);
  // It is kept before anything is sealed under it.
  if (answer.ok) await own.taken(all, [keys.id, ...to.map(([id]) => id)]);
  return answer;
}

/** Somebody's own key, for a grant that lets them in again; undefined when there is none to be opened. */
export async function recovered({ keys }: Context, { own }: RoomState, seat: SeatId): Promise<readonly RawOwnKey[] | undefined> {
  const box = own.recover?.[seat];
  const sender = box === undefined ? undefined : letterSender(box);
  if (box === undefined || sender === undefined || keys.roster === undefined) return undefined;
  // Whoever else made it would know what this person seals from now on.
  if (!isHeldBy(keys.roster, sender, (at) => at.seat === seat)) return undefined;
  const recipient: Device = keys.hostLink === undefined ? keys.device : await hostHolder(keys.hostLink);
  return (await opened(openOwnKeys({ set: keys.set, seat: bytesOf(seat) }, recipient, box)))?.own;
}
