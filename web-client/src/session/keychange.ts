/** What a facilitator's browser makes for others: grants, and whole new epochs with their wrap. */

import { toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { commitment, handsKeysOn, newEpochKey, rawKeys } from '../seal/epoch';
import { makeGrant } from '../seal/grant';
import type { MadeKey } from '../seal/storage';
import { type KeyList, type LinkSecret, type RawOwnKey } from '../seal/keylist';
import { type Link, type LinkRole, linkKey, tokenHash } from '../seal/link';
import { proveLink, sealRecovery } from '../seal/recovery';
import { cameBy, isOfHostLink, type Roster, withRole } from '../seal/roster';
import { type Blob, type DeviceId, type Holder, type KeyChange, LIMITS, type MeetingId, type SeatId } from '../wire.gen';
import type { Context } from './context';
import { editOf, type Editing, goneFrom, hostEntry, isThere, selfHolder, signerOf } from './edits';
import { firstSender, trustedHolders } from './legacy';
import { bytesIn, fitted, GRANT_OVERHEAD } from './lists';
import type { RoomState } from './model';
import { bytesOf } from './texts';

/** What a frame may hold of blobs: the rest is for everything around them. */
const FRAME_ROOM = LIMITS.frame_bytes - 700;
/** A device id, quotes and commas around each blob. */
const AROUND_BLOB = 40;

/** The links that facilitators share. */
export const SHARED_LINKS: readonly LinkRole[] = ['c', 'm', 'o'];

/** What a change of keys is for. */
export interface Rekeying {
  /** Who is removed by it. */
  readonly leaves?: SeatId | undefined;
  /** Whose role is another from then on: co-facilitator, or member. */
  readonly takes?: { readonly seat: SeatId; readonly role: 'c' | 'm' } | undefined;
  /** Links that get a new secret. */
  readonly rotate: readonly LinkRole[];
  /** Links that are put in force as they are known here. */
  readonly restate?: readonly LinkRole[];
  /** The next meeting, which opens with it. */
  readonly opens?: MeetingId | undefined;
  /** The whole roster anew, so many places and epochs above everything that is known. */
  readonly leap?: number | undefined;
}

/** What is to be handed on, before it is cut to what each one may have. */
interface Holdings {
  readonly keys: KeyList['keys'];
  readonly links: readonly LinkSecret[];
  readonly roster: Roster;
}

const headOf = ({ n, head }: Roster): NonNullable<KeyList['head']> => ({ n, hash: bytesOf(head) });

/** What somebody who came by this kind of link may have of it. Nobody is given the host's link. */
function shareFor(role: LinkRole, { keys, links, roster }: Holdings, room: number): KeyList {
  const head = headOf(roster);
  if (role === 'm' || role === 'o') return { keys: keys.slice(0, 1), head, links: [] };
  const shared = links.filter(({ role: of, link }) => of !== 'h' && link < roster.epoch);
  return fitted({ keys, head, links: shared }, room, Object.values(roster.holders));
}

/** The link that a grant to this holder is made under; undefined for whoever came by one that is not known here. */
function linkFor({ keys }: Context, holder: Holder): Link | undefined {
  // A co-facilitator does not hold the host link: its grants to the host go under its own kind.
  const came = cameBy(holder);
  const kind = came === 'h' && keys.role !== 'h' ? 'c' : came;
  const exact = kind === came ? keys.link(kind, holder.link) : undefined;
  const found = exact ?? (kind !== came || holder.sign === undefined ? keys.newest(kind) : undefined);
  return found && { set: keys.set, role: kind, secret: found.secret };
}

/** What `by` takes in a list. */
const BY_BYTES = ',"by":""'.length + 43;

/**
 * A letter for somebody who is on the roster already. It opens whatever is said of the link that they came by,
 * which somebody else may have put down, and wrongly; `by` is for whoever was away since they were let in.
 */
async function letterOf(
  context: Context,
  sender: Device,
  holder: Holder,
  holdings: Holdings,
  room: number,
): Promise<Blob> {
  const { set } = context.keys;
  const { epoch } = holdings.roster;
  const link = linkFor(context, holder);
  const to = bytesOf(holder.pub);
  const list = shareFor(holder.role, holdings, room - BY_BYTES);
  const admit = link && (await linkKey(link, 'admit'));
  const by = admit && (await proveLink({ set, epoch, admit, sender: sender.pub, holder: to }));
  return sealRecovery(set, epoch, sender, to, { ...list, ...(by && { by }) });
}

/** A grant of the epoch that `after` names, to one of its holders. */
async function grantOf(
  context: Context,
  sender: Device,
  holder: Holder,
  { roster, links, ...holdings }: Holdings,
  room: number,
  own?: readonly RawOwnKey[],
): Promise<Blob> {
  const { keys } = context;
  const link = linkFor(context, holder);
  const extra = own === undefined ? 0 : JSON.stringify(own.map(() => '0'.repeat(60))).length;
  const share = shareFor(holder.role, { ...holdings, links, roster }, room - extra);
  const list = { ...share, ...(own && own.length > 0 && { own }) };
  // They know the roster by now, and it vouches for the sender.
  if (link === undefined) return sealRecovery(keys.set, roster.epoch, sender, bytesOf(holder.pub), list);
  const terms = { set: link.set, epoch: roster.epoch, role: link.role, admit: await linkKey(link, 'admit') };
  // Who was there before the roster was may know no more than whom they pinned then.
  const host = holder.sign === undefined && holder.role !== 'h' ? keys.hostLink : undefined;
  const from = host === undefined ? sender : await firstSender(host, context.memory.kept);
  return makeGrant(terms, from, bytesOf(holder.pub), list);
}

/** A grant of the present key to one device, which is on the roster as it is after an edit. */
export function grantNow(
  context: Context,
  sender: Device,
  after: Roster,
  holder: Holder,
  own?: readonly RawOwnKey[],
): Promise<Blob> {
  const { keys } = context;
  const present = rawKeys(keys.epochs).filter((key) => key.epoch === after.epoch);
  const all = [...present, ...rawKeys(keys.epochs).filter((key) => key.epoch !== after.epoch)];
  const room = bytesIn(LIMITS.blob_chars) - GRANT_OVERHEAD;
  return grantOf(context, sender, holder, { keys: all, links: keys.links, roster: after }, room, own);
}

/** Who is on a whole roster: whoever was, and is there; at the very first only this browser. */
async function wholeRoster(context: Context, room: RoomState, leaves?: SeatId): Promise<Holder[]> {
  const { roster, hostLink, id } = context.keys;
  if (hostLink === undefined) throw new Error('only the host can begin anew');
  const known = (Object.entries(roster?.holders ?? {}) as [DeviceId, Holder][]).flatMap(([at, holder]) =>
    at !== id && !isOfHostLink(holder) && isThere(room, at, holder, leaves) ? [holder] : [],
  );
  const others = roster === undefined ? await trustedHolders(context, room) : known;
  return [hostEntry(await signerOf(context)), selfHolder(context, room), ...others];
}

/** The edit of a change of keys. */
async function editing(
  context: Context,
  room: RoomState,
  { leaves, leap, takes }: Rekeying,
): Promise<Omit<Editing, 'commit'>> {
  const { roster, hostLink, self } = context.keys;
  const { shared } = room;
  // One that was refused stands above all that is not whole: a server could bring it out later, with whoever is
  // gone since. So the next one is above it.
  const { whole } = context.memory.kept;
  const overtaken = hostLink !== undefined && whole !== undefined && whole.n > (roster?.n ?? 0);
  if (roster === undefined || leap !== undefined || overtaken) {
    const above = leap ?? 1;
    // The room may be further, where others went on from an earlier copy; no liar brings it to the last number.
    const beyond = (walked: number, shown: number): number =>
      Math.min(Math.max(walked, shown), walked + LIMITS.roster_leap - above) + above;
    const signed = whole ?? { n: 0, epoch: 0 };
    const epoch = beyond(Math.max(roster?.epoch ?? 0, signed.epoch), shared.epoch);
    const wholeAt = beyond(Math.max(roster?.n ?? 0, signed.n), Math.max(0, ...Object.keys(shared.roster).map(Number)));
    await context.memory.save({ whole: { n: wholeAt, epoch } });
    const all = await wholeRoster(context, room, leaves);
    const add = all.map((at) => (takes !== undefined && at.seat === takes.seat ? withRole(at, takes.role) : at));
    return { epoch, wholeAt, add };
  }
  // A new browser of the host's that nobody was told of yet.
  const own = hostLink !== undefined && self === undefined ? [selfHolder(context, room)] : [];
  const theirs = Object.entries(roster.holders).filter(([id, at]) => at.seat === takes?.seat && isThere(room, id as DeviceId, at));
  const add = [...own, ...theirs.map(([, at]) => withRole(at, takes?.role ?? at.role))];
  return { epoch: shared.epoch + 1, add, drop: goneFrom(room, roster, leaves) };
}

/** A new epoch: everything for the one command, and what counts here once it is in force. */
export async function newEpoch(
  context: Context,
  room: RoomState,
  what: Rekeying,
): Promise<{ change: KeyChange; made: MadeKey }> {
  const { keys, world } = context;
  const by = await signerOf(context);
  const plan = await editing(context, room, what);
  const { epoch } = plan;
  const meeting = what.opens ?? room.shared.meeting;
  const key = await newEpochKey(epoch, world.random);
  const commit = toB64u(await commitment(key.key, keys.set, epoch));
  const { edit, after } = await editOf(context, by, { ...plan, commit, meeting });
  // Whoever came by it and has left knew three links.
  const rotate: readonly LinkRole[] = room.shared.key_due?.includes('c') ? SHARED_LINKS : what.rotate;
  const fresh = rotate.map((role): LinkSecret => ({ role, link: epoch - 1, secret: world.random(32) }));
  const holdings = { keys: [key, ...rawKeys(keys.epochs)], links: [...fresh, ...keys.links], roster: after };
  const left = FRAME_ROOM - JSON.stringify(edit).length;
  const { grants, each } = await grantsFor(context, by, holdings, left);
  const restated = (what.restate ?? []).flatMap((role) => (rotate.includes(role) ? [] : (keys.newest(role) ?? [])));
  const links: KeyChange['links'] = {};
  for (const { role, secret } of [...fresh, ...restated]) {
    const token = await linkKey({ set: keys.set, role, secret }, 'token');
    links[role] = toB64u(await tokenHash(token));
  }
  const host = after.holders[after.host];
  if (host === undefined) throw new Error('a roster has a host');
  const list = shareFor('h', holdings, bytesIn(each) - GRANT_OVERHEAD);
  const wraps = { h: await sealRecovery(keys.set, epoch, by, bytesOf(host.pub), list) };
  return {
    change: { epoch, grants, wraps, edit, ...(edit.whole && { roles: true }), ...(Object.keys(links).length > 0 && { links }) },
    made: { epoch, raw: key.raw, links: fresh },
  };
}

/** A grant for every browser on the roster but this one, and what room is left for each wrap. */
async function grantsFor(
  context: Context,
  by: Device,
  holdings: Holdings,
  room: number,
): Promise<{ grants: KeyChange['grants']; each: number }> {
  const grants: KeyChange['grants'] = {};
  const others = (Object.entries(holdings.roster.holders) as [DeviceId, Holder][]).filter(
    ([id, holder]) => id !== context.keys.id && !isOfHostLink(holder),
  );
  const facilitators = others.filter(([, holder]) => handsKeysOn(holder.role));
  // A browser of the first form knows its link alone; the host's own can be told wrong of no host's.
  const needsLink = ({ role, sign }: Holder): boolean => role === 'h' || sign === undefined;
  const again = (holder: Holder, room: number): Promise<Blob> =>
    (needsLink(holder) ? grantOf : letterOf)(context, by, holder, holdings, room);
  for (const [id, holder] of others) {
    if (!handsKeysOn(holder.role)) grants[id] = await again(holder, 0);
  }
  const used = JSON.stringify(grants).length;
  const each = Math.floor((room - used) / (facilitators.length + 2)) - AROUND_BLOB;
  for (const [id, holder] of facilitators) {
    grants[id] = await again(holder, bytesIn(each) - GRANT_OVERHEAD);
  }
  return { grants, each };
}
