/** What only facilitators do: admit, remove, change keys and links. Loaded for them alone. */

import { Backoff } from '../lib/backoff';
import type { RawOwnKey } from '../seal/keylist';
import type { LinkRole } from '../seal/link';
import { cameBy, type Roster } from '../seal/roster';
import type { Command, DeviceId, Holder, KeyChange, MeetingId, SeatId } from '../wire.gen';
import { type Context, within } from './context';
import { editOf, goneFrom, signerOf } from './edits';
import { grantNow, newEpoch, type Rekeying, SHARED_LINKS } from './keychange';
import { verified } from './knocks';
import type { RoomState } from './model';
import type { Errand } from './outbox';
import { recovered } from './own-wraps';
import type { Answer, Refused } from './types';

/** How often a change is made anew because somebody was quicker. */
const TRIES = 6;
/** How long to wait for what is under way. */
const SETTLE_MS = 2_000;
const GONE: Answer = { ok: false, code: 'gone' };
/** What is sent while others wait for their turn. */
const HELD = { held: true };

/** Changes one kind of link, and the key with it. */
export function rotate(context: Context, role: LinkRole): Promise<Answer> {
  return rekey(context, { rotate: [role] });
}

/** Removes somebody. Every link that they know is changed with the key. */
export async function remove(context: Context, seat: SeatId): Promise<Answer> {
  const room = context.room();
  const role = room?.shared.seats[seat]?.role;
  if (room === undefined || role === undefined) return { ok: false, code: 'no_seat' };
  const holders = Object.values(context.keys.roster?.holders ?? {}) as Holder[];
  const came = holders.flatMap((at) => (at.seat === seat ? [at.role, cameBy(at)] : []));
  const facilitator = role === 'co_facilitator' || came.includes('c');
  const known: LinkRole[] = facilitator ? [...SHARED_LINKS] : [role === 'observer' ? 'o' : 'm', ...came];
  const links = [...new Set(known)].filter((link) => link !== 'h');
  return rekey(context, { leaves: seat, rotate: links });
}

/** Makes a member co-facilitator, or a co-facilitator a member again: as after a removal, every link that they know is changed. */
export function setFacilitator(context: Context, seat: SeatId, on: boolean): Promise<Answer> {
  return rekey(context, { takes: { seat, role: on ? 'c' : 'm' }, rotate: on ? [] : SHARED_LINKS });
}

/** Opens the next meeting, with a new key. Members and observers come in by the links that they have. */
export function nextMeeting(context: Context, meeting: MeetingId): Promise<Answer> {
  return rekey(context, { rotate: [], restate: ['m', 'o'], opens: meeting });
}

/** Lets somebody in; `seat` when they are back on another device. */
export async function admit(context: Context, device: DeviceId, seat?: SeatId): Promise<Answer> {
  const { keys, outbox } = context;
  const errand = outbox.take('admit', context.room()?.seq ?? 0);
  const ready = (): boolean => keys.state.value === 'ready';
  try {
    return await untilTaken(context, ready, (room) => admitted(context, room, errand, device, seat));
  } finally {
    outbox.drop(errand);
  }
}

async function admitted(context: Context, room: RoomState, errand: Errand, device: DeviceId, seat?: SeatId): Promise<Answer> {
  const { keys, outbox } = context;
  const knock = room.knocks[device];
  // Nobody is let in whose knock does not prove that they hold the link and the device.
  if (knock === undefined || !(await verified(keys, room, device, knock))) return { ok: false, code: 'no_knock' };
  const { roster, sealing } = keys;
  if (roster === undefined || sealing === undefined) return GONE;
  const before = roster.holders[device];
  const at = before?.seat ?? seat;
  const holder: Holder = {
    pub: knock.pub,
    sign: knock.sign,
    seat: at ?? knock.fresh,
    role: before?.role ?? knock.role,
    link: keys.newest(knock.role)?.link ?? 0,
    ...(before?.came && { came: before.came }),
  };
  const own = at === undefined ? undefined : await recovered(context, room, at);
  const { edit, grant } = await entry(context, room, roster, holder, own);
  const command: Command = { c: 'admit', device, grant, edit, ...(at !== undefined && { seat: at }) };
  const answer = await outbox.send(errand, command, HELD);
  if (answer.ok) await known(context, (now) => now.n >= edit.n);
  return answer;
}

/** The edit that puts somebody on the roster, and their grant. */
async function entry(
  context: Context,
  room: RoomState,
  roster: Roster,
  holder: Holder,
  own: readonly RawOwnKey[] | undefined,
): Promise<{ edit: NonNullable<(Command & { c: 'admit' })['edit']>; grant: string }> {
  const by = await signerOf(context);
  const commit = roster.commits[roster.epoch] ?? '';
  const drop = goneFrom(room, roster);
  const { edit, after } = await editOf(context, by, { epoch: roster.epoch, commit, add: [holder], drop });
  return { edit, grant: await grantNow(context, by, after, holder, own) };
}

function isRefused(answer: Answer, ...as: readonly Refused[]): boolean {
  return !answer.ok && as.includes(answer.code);
}

/**
 * Makes a change of who holds keys, anew where somebody was quicker, or where it could not be saved. The turn is
 * taken for each try alone: whoever waits for a key must not stand in the way of the change that brings it, nor what
 * cannot be saved in the way of a removal, which can.
 */
async function untilTaken(
  context: Context,
  can: () => boolean,
  attempt: (room: RoomState) => Promise<Answer>,
): Promise<Answer> {
  const { keys, room, until, world } = context;
  const backoff = new Backoff(world.chance);
  for (let tried = 1; ; ) {
    if (!(await until(() => room() !== undefined && can()))) return GONE;
    const done = await context.inTurn(async () => {
      // What follows from less than the room has shown is late before it is sent.
      await keys.followed;
      const now = room();
      const before = keys.roster;
      // Whoever had the turn may have left this one without a key.
      return now !== undefined && can() ? { now, before, answer: await attempt(now) } : undefined;
    });
    if (done === undefined) continue;
    if (isRefused(done.answer, 'not_saved')) {
      await new Promise<void>((done) => void world.after(backoff.next(), done));
      continue;
    }
    const full = isRefused(done.answer, 'roster_edits') && keys.hostLink !== undefined;
    if (!(full || isRefused(done.answer, 'stale_epoch', 'stale_roster')) || tried === TRIES) return done.answer;
    tried += 1;
    // Nobody's change is taken before the host's browser has made the list anew.
    if (full) await rekey(context, { rotate: [], quiet: true, leap: 1 });
    else await caughtUp(context, done.now, done.before);
  }
}

/** A new epoch: key, edit, grants for all who stay, wrap and new links, in one command. */
export async function rekey(context: Context, what: Rekeying & { quiet?: boolean }): Promise<Answer> {
  const { keys, outbox, room } = context;
  const name = what.opens !== undefined ? 'next_meeting' : what.takes !== undefined ? 'set_role' : what.leaves === undefined ? 'rekey' : 'remove';
  const errand = outbox.take(name, room()?.seq ?? 0, what.quiet);
  const from = room()?.shared.epoch;
  const can = (): boolean => keys.state.value === 'ready' || what.leap !== undefined || room()?.shared.epoch === 0;
  try {
    return await untilTaken(context, can, async (now) =>
      // What nobody asked for by hand is done once the epoch has moved on, whoever moved it.
      what.quiet === true && now.shared.epoch !== from ? { ok: true } : rekeyed(context, now, errand, what),
    );
  } finally {
    outbox.drop(errand);
  }
}

/** What a change of keys is asked for with. */
function withKeys({ leaves, opens, takes }: Rekeying, keys: KeyChange): Command {
  if (takes !== undefined) return { c: 'set_role', seat: takes.seat, role: takes.role === 'c' ? 'co_facilitator' : 'member', keys };
  if (leaves !== undefined) return { c: 'remove', seat: leaves, keys };
  return opens === undefined ? { c: 'rekey', keys } : { c: 'next_meeting', meeting: opens, keys };
}

async function rekeyed(context: Context, now: RoomState, errand: Errand, what: Rekeying): Promise<Answer> {
  const { keys, outbox } = context;
  const { change, made } = await newEpoch(context, now, what);
  // It is kept before it is announced: no grant brings it to whoever made it.
  await keys.make(made);
  const answer = await outbox.send(errand, withKeys(what, change), HELD);
  if (answer.ok) await known(context, (roster) => roster.epoch >= change.epoch);
  return answer;
}

/** Waits until the roster that this browser believes is that far. */
function known(context: Context, test: (roster: Roster) => boolean): Promise<void> {
  return within(context, SETTLE_MS, () => {
    const { roster } = context.keys;
    return context.room() === undefined || (roster !== undefined && test(roster) && context.keys.state.value !== 'waiting');
  });
}

/** Waits for the change that made a command stale, which is on its way if it is not here. */
function caughtUp(context: Context, before: RoomState, roster: Roster | undefined): Promise<void> {
  const { epoch, devices } = before.shared;
  return within(context, SETTLE_MS, () => {
    const now = context.room()?.shared;
    return now?.epoch !== epoch || now.devices !== devices || context.keys.roster?.n !== roster?.n;
  });
}

/** Puts a change of the roster alone: a host's new browser, or devices that are gone. */
export async function editRoster(context: Context, add: readonly Holder[]): Promise<Answer> {
  return context.inTurn(async () => {
    const { keys, outbox } = context;
    const room = context.room();
    const { roster } = keys;
    if (room === undefined || roster === undefined || keys.state.value !== 'ready') return GONE;
    const drop = goneFrom(room, roster);
    const fresh = add.filter(({ pub }) => Object.values(roster.holders).every((at) => at.pub !== pub));
    if (fresh.length + drop.length === 0) return { ok: true };
    const errand = outbox.take('edit_roster', room.seq, true);
    try {
      const commit = roster.commits[roster.epoch] ?? '';
      const { edit } = await editOf(context, await signerOf(context), { epoch: roster.epoch, commit, add: fresh, drop });
      const answer = await outbox.send(errand, { c: 'edit_roster', edit }, HELD);
      if (answer.ok) await known(context, ({ n }) => n >= edit.n);
      return answer;
    } finally {
      outbox.drop(errand);
    }
  });
}

/**
 * Tells devices of the first form, which pinned whoever let them in, of the key once more under the
 * name that they know: those who are here and have not shown that they have it.
 */
export async function remind(context: Context): Promise<void> {
  const { keys, outbox, texts } = context;
  const room = context.room();
  const { roster } = keys;
  if (room === undefined || roster === undefined || keys.hostLink === undefined) return;
  const { shared, here, own } = room;
  for (const [id, holder] of Object.entries(roster.holders) as [DeviceId, Holder][]) {
    const mute = holder.sign === undefined && id !== own.device && here.has(holder.seat) && !texts.holds(id, shared.epoch);
    if (!mute || keys.state.value !== 'ready') continue;
    const errand = outbox.take('grant', room.seq, true);
    const grant = await grantNow(context, await signerOf(context), roster, holder);
    await outbox.send(errand, { c: 'grant', device: id, grant }, HELD);
    outbox.drop(errand);
  }
}
