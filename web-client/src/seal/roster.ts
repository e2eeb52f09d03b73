/**
 * The roster: who holds keys, as a chain of signed edits. Every browser walks it by itself, from the
 * head that it knows, and believes nothing of it that the server says.
 *
 * ```text
 * holder = PAE(pub, sign or empty, seat, role letter, u32 link, and the letter that it came by where that is another)
 * signed = PAE("ALS1-roster-edit", set, u32 n, prev32, u32 epoch, commit32, u8 whole, PAE(holder…), PAE(device…),
 *          meeting16 where it is said)
 * sig    = ECDSA(the signer's key, signed)
 * head_n = SHA-256(PAE("ALS1-roster-head", signed, by16, sig))
 * prev   = head of n-1; 32 zero bytes for a whole edit
 * ```
 */

import type { DeviceId, Hash32, Holder, MeetingId, RosterEdit, SeatId } from '../wire.gen';
import { type Bytes, fromB64u, pae, toB64u, u32, utf8 } from './bytes';
import { sha256 } from './derive';
import { deviceId } from './device';
import { handsKeysOn } from './epoch';
import { NO_SEAT } from './holder';
import { isRole, type LinkRole } from './link';
import { verify } from './sign';

/** Who holds keys, after some edits. It is kept on disk as it stands. */
export interface Roster {
  /** The place of the newest edit. */
  readonly n: number;
  /** Hash of the newest edit. */
  readonly head: Hash32;
  /** The epoch from there on. */
  readonly epoch: number;
  /** The commitments of the epochs that were seen; the newest ones. */
  readonly commits: Readonly<Record<number, Hash32>>;
  /** The meeting that the key of this epoch is of, where whoever made it said so. */
  readonly meeting?: MeetingId | undefined;
  /** The host link's holder. */
  readonly host: DeviceId;
  readonly holders: Readonly<Record<DeviceId, Holder>>;
}

/**
 * Why an edit does not follow.
 *
 * - `form`: not what an edit looks like
 * - `place`: not the next one, or, of a whole edit, not a later one
 * - `epoch`: the epoch falls, or rises by more than one without a whole edit
 * - `commit`: another key for an epoch that is known
 * - `signer`: signed by nobody who may
 * - `holders`: adds or drops what it may not
 * - `signature`: the signature is not theirs, as when it follows another edit than the one known
 */
export type RosterFault = 'form' | 'place' | 'epoch' | 'commit' | 'signer' | 'holders' | 'signature';

const MAX_HOLDERS = 64;
const COMMITS_KEPT = 64;
const HOST_SEAT = toB64u(NO_SEAT) as SeatId;
const ZEROS = new Uint8Array(32);

/** Bytes of base64url that must be so many; what is not that throws. */
function exact(text: unknown, length: number): Bytes {
  const bytes = typeof text === 'string' ? fromB64u(text) : undefined;
  if (bytes?.length !== length) throw new TypeError('not an edit of a roster');
  return bytes;
}

function holderBytes({ pub, sign, seat, role, link, came }: Holder): Bytes {
  // Role and link are said in one way alone: nobody is made host, nor was one.
  const isSaid = came === undefined || (came !== role && ['c', 'm', 'o'].includes(came) && ['c', 'm'].includes(role));
  if (!isRole(role) || !isSaid) throw new TypeError('not an edit of a roster');
  const signing = sign === undefined ? new Uint8Array(0) : exact(sign, 65);
  return pae(exact(pub, 65), signing, exact(seat, 16), utf8(role), u32(link), ...(came === undefined ? [] : [utf8(came)]));
}

/** The id of a holder's device. */
export async function holderId({ pub, sign }: Pick<Holder, 'pub' | 'sign'>): Promise<DeviceId> {
  const id = await deviceId(exact(pub, 65), sign === undefined ? undefined : exact(sign, 65));
  return toB64u(id) as DeviceId;
}

/** The kind of link that a holder's browser came by: grants to it are made under that one. */
export const cameBy = ({ came, role }: Holder): LinkRole => came ?? role;

/** The same browser with what another kind of link says that it may do. */
export function withRole({ came, ...holder }: Holder, role: LinkRole): Holder {
  const by = came ?? holder.role;
  return { ...holder, role, ...(by !== role && { came: by }) };
}

/** Whether this holder stands for the host link itself, and is nobody's browser. */
export function isOfHostLink({ seat, role }: Holder): boolean {
  return seat === HOST_SEAT && role === 'h';
}

/** What the signature of an edit covers. `prev` is the head before it; a whole edit has none. */
export function signedBytes(set: Bytes, edit: Omit<RosterEdit, 'sig' | 'by'>, prev: Hash32 | undefined): Bytes {
  const whole = edit.whole === true;
  return pae(
    utf8('ALS1-roster-edit'),
    set,
    u32(edit.n),
    whole || prev === undefined ? ZEROS : exact(prev, 32),
    u32(edit.epoch),
    exact(edit.commit, 32),
    new Uint8Array([whole ? 1 : 0]),
    pae(...(edit.add ?? []).map(holderBytes)),
    pae(...(edit.drop ?? []).map((id) => exact(id, 16))),
    ...(edit.meeting === undefined ? [] : [exact(edit.meeting, 16)]),
  );
}

/** The head once an edit is the newest. */
export async function headOf(signed: Bytes, { by, sig }: Pick<RosterEdit, 'by' | 'sig'>): Promise<Hash32> {
  return toB64u(await sha256(pae(utf8('ALS1-roster-head'), signed, exact(by, 16), exact(sig, 64))));
}

interface Named {
  readonly id: DeviceId;
  readonly holder: Holder;
}

/** Who must have signed a whole edit, which is the host link's own, and the same one's as before. */
function wholeSigner(roster: Roster | undefined, edit: RosterEdit, added: readonly Named[]): Holder | RosterFault {
  if (roster !== undefined && edit.n <= roster.n) return 'place';
  if (roster !== undefined && edit.epoch < roster.epoch) return 'epoch';
  if (edit.n < 1 || edit.epoch < 1) return 'place';
  const own = added.filter(({ holder }) => isOfHostLink(holder));
  const [host] = own;
  if (host === undefined || own.length > 1 || (edit.drop ?? []).length > 0) return 'holders';
  if (host.id !== edit.by || (roster !== undefined && roster.host !== host.id)) return 'signer';
  return host.holder;
}

/** Who must have signed any other edit. */
function nextSigner(roster: Roster | undefined, edit: RosterEdit, added: readonly Named[]): Holder | RosterFault {
  if (roster === undefined || edit.n !== roster.n + 1) return 'place';
  if (edit.epoch !== roster.epoch && edit.epoch !== roster.epoch + 1) return 'epoch';
  const touchesHost =
    added.some(({ id, holder }) => holder.seat === HOST_SEAT || id === roster.host) ||
    (edit.drop ?? []).includes(roster.host);
  if (touchesHost) return 'holders';
  const signer = roster.holders[edit.by];
  // Nobody but the host gives a browser that is known another role, or takes it, or speaks for one of the host's.
  const moves = added.some(({ id, holder: { role, came } }) => {
    const known = roster.holders[id];
    return came !== known?.came || (known === undefined ? role === 'h' : role !== known.role);
  });
  return signer !== undefined && (moves ? signer.role === 'h' : handsKeysOn(signer.role)) ? signer : 'signer';
}

async function judged(set: Bytes, roster: Roster | undefined, edit: RosterEdit): Promise<Roster | RosterFault> {
  const added = await Promise.all(
    (edit.add ?? []).map(async (holder) => ({ id: await holderId(holder), holder })),
  );
  const signer = edit.whole ? wholeSigner(roster, edit, added) : nextSigner(roster, edit, added);
  if (typeof signer === 'string') return signer;
  if (signer.sign === undefined) return 'signer';
  if ((roster?.commits[edit.epoch] ?? edit.commit) !== edit.commit) return 'commit';
  const drop = new Set<DeviceId>(edit.drop ?? []);
  const known = roster?.holders ?? {};
  const sound =
    new Set(added.map(({ id }) => id)).size === added.length &&
    drop.size === (edit.drop ?? []).length &&
    added.every(({ id }) => !drop.has(id)) &&
    [...drop].every((id) => Object.hasOwn(known, id));
  if (!sound) return 'holders';
  const stay = Object.entries(edit.whole ? {} : known).filter(([id]) => !drop.has(id as DeviceId));
  const holders = Object.fromEntries([...stay, ...added.map(({ id, holder }) => [id, holder])]);
  if (Object.keys(holders).length > MAX_HOLDERS) return 'holders';
  const signed = signedBytes(set, edit, roster?.head);
  if (!(await verify(exact(signer.sign, 65), exact(edit.sig, 64), signed))) return 'signature';
  const commits = Object.entries({ ...roster?.commits, [edit.epoch]: edit.commit });
  return {
    n: edit.n,
    head: await headOf(signed, edit),
    epoch: edit.epoch,
    meeting: edit.meeting ?? (edit.epoch === roster?.epoch ? roster.meeting : undefined),
    commits: Object.fromEntries(commits.toSorted(([a], [b]) => Number(a) - Number(b)).slice(-COMMITS_KEPT)),
    host: edit.whole ? edit.by : (roster as Roster).host,
    holders,
  };
}

/** The roster after one edit, or why it does not follow. `roster` is undefined before the first one. */
export async function follow(
  set: Bytes,
  roster: Roster | undefined,
  edit: RosterEdit,
): Promise<Roster | RosterFault> {
  try {
    return await judged(set, roster, edit);
  } catch {
    return 'form';
  }
}

/** Where a walk led to. */
export interface Walk {
  /** As far as the edits follow. */
  readonly roster: Roster | undefined;
  /** Why it ended before the last one. */
  readonly fault: RosterFault | undefined;
}

/** Walks all edits after the head that is known, in order, up to the first that does not follow. */
export async function walk(
  set: Bytes,
  from: Roster | undefined,
  edits: Readonly<Record<number, RosterEdit>>,
  upTo = Number.POSITIVE_INFINITY,
): Promise<Walk> {
  let roster = from;
  const places = Object.keys(edits).map(Number).toSorted((a, b) => a - b);
  for (const n of places) {
    const edit = edits[n];
    if (edit === undefined || n <= (from?.n ?? 0) || n > upTo) continue;
    const next = edit.n === n ? await follow(set, roster, edit) : 'form';
    if (typeof next === 'string') return { roster, fault: next };
    roster = next;
  }
  return { roster, fault: undefined };
}

/** Whether somebody on the roster holds this public key of whom that is so. Another may show it as well. */
export function isHeldBy(roster: Roster, pub: Bytes, so: (holder: Holder) => boolean): boolean {
  const named = toB64u(pub);
  return Object.values(roster.holders).some((holder) => holder.pub === named && so(holder));
}
