/**
 * A round off the record, as this page takes part in it. A pair is made for it, the round's key is handed
 * to that pair, and all of it is in the memory of this page and nowhere else: not in its store, not among
 * what was typed. When the round is over it is dropped, and so is what was written.
 *
 * The server says that a round is on, and may say that it is over. That it goes on is not for the server to
 * say: see `stands`.
 */

import { batch, type Signal, signal } from '@preact/signals';
import { open, seal } from '../seal/box';
import { type Bytes, fromB64u, toB64u } from '../seal/bytes';
import { hkdfKey } from '../seal/derive';
import { PUBLIC_KEY_BYTES } from '../seal/device';
import { letterSender } from '../seal/letter';
import { announcement, lineContext, openRoundGrant, type Party, roundOf, type RoundOf, roundPair, writeRoundGrant } from '../seal/off-record';
import { type Command, type DeviceId, type ItemId, LIMITS, type MeetingId, type OffRecordLine, type OffRecordRound, type Sealed, type ServerFrame } from '../wire.gen';
import { type Context, oneByOne } from './context';
import type { RoomState } from './model';
import { opened } from './opening';
import type { Errand } from './outbox';
import { bytesOf } from './texts';
import type { Answer, OffRecord, OpenedLine } from './types';

type OfRound = ServerFrame & { t: 'off_record' | 'off_record_lines' };

/** A page answers announcements so far apart: what is pressed on it comes in between. */
const GRANT_GAP_MS = 250;
/** How often a page looks at the clock: one that slept is late by no more. */
const LOOK_MS = 30_000;

const GONE: Answer = { ok: false, code: 'gone' };

/** What this page holds of a round. */
interface Held {
  readonly is: OffRecordRound;
  /** Where the round began. It ends when any of it is another. */
  readonly of: RoundOf;
  readonly meeting: MeetingId;
  /** How much longer it may last, in milliseconds. */
  left(): number;
  pair?: Party;
  /** The key as bytes, to be handed on, and to seal with. */
  raw?: Bytes;
  key?: CryptoKey;
  /** Lines that have come, and those that came before there was a key. */
  readonly read: Set<ItemId>;
  readonly early: Map<ItemId, OffRecordLine>;
  /** Announced pairs, as the newest frame has them, and the last one of each browser that was seen to. */
  wanted: readonly (readonly [DeviceId, Sealed])[];
  readonly seen: Map<DeviceId, Sealed>;
  /** From when on the next one may be answered. */
  next: number;
  /** What is on its way. */
  readonly errands: Set<Errand>;
  /** Called when nothing of it is held any more. */
  readonly stops: (() => void)[];
}

/** Whether this person takes part: whoever is asked to agree to the ground rules does so first. */
function takesPart({ shared, own }: RoomState): boolean {
  const seat = shared.seats[own.seat];
  return own.controls || seat?.agreed === true || !(shared.charter_first || seat?.mode_missed === true);
}

/** `shown` is whether there is anything to be shown at all. */
export function newOffRecord(context: Context, shown: Signal<boolean>): OffRecord {
  const { aside, clock, keys, outbox, until, world } = context;
  const { time } = world;
  const round = signal<OffRecordRound | undefined>(undefined);
  const ready = signal(false);
  const lines = signal<readonly OpenedLine[]>([]);
  const draft = signal('');
  const over = signal(false);
  let held: Held | undefined;
  /** The key of a round that was asked for here. */
  let made: { readonly id: ItemId; readonly raw: Bytes } | undefined;
  /** The last one that has ended here: it does not begin again because the server says so. */
  let gone: ItemId | undefined;
  /** Keys and lines are taken one after the other; that a round is over is never waited for. */
  const inTurn = oneByOne();

  /**
   * Whether the round still is what this page came into, by what the page itself knows. Whoever was removed, is
   * in the lobby or has left may hold the round's key: nothing is sealed or opened under it then, whatever the
   * server says or leaves out.
   */
  function stands({ is, of, meeting, left }: Held): boolean {
    const shared = context.room()?.shared;
    const by = shared?.seats[is.by];
    return (
      shared !== undefined && shared.epoch === of.epoch && (keys.roster?.epoch ?? of.epoch) <= of.epoch &&
      shared.meeting === meeting && shared.stage === 'running' &&
      by !== undefined && by.in_lobby !== true && left() > 0
    );
  }

  /** Whether it is held still, and stands. */
  const lasts = (now: Held): boolean => held === now && stands(now);

  /** The set's key, where it is that of the round. */
  const setKey = ({ of }: Held): CryptoKey | undefined => (keys.sealing?.epoch === of.epoch ? keys.sealing.key : undefined);

  /** By the server's clock, and at most so long by this browser's own, also where it slept meanwhile. */
  function lasting({ ends_at }: OffRecordRound): () => number {
    const most = LIMITS.off_record_ms;
    const first = clock.known ? Math.min(most, ends_at - clock.now()) : most;
    const [monotonic, wall] = [time.monotonic(), time.wall()];
    return () => {
      const here = first - Math.max(time.monotonic() - monotonic, time.wall() - wall);
      return clock.known ? Math.min(here, ends_at - clock.now()) : here;
    };
  }

  function end(): void {
    const was = held;
    held = undefined;
    was?.raw?.fill(0);
    for (const stop of was?.stops ?? []) stop();
    for (const errand of was?.errands ?? []) outbox.drop(errand);
    batch(() => {
      round.value = undefined;
      ready.value = false;
      lines.value = [];
      draft.value = '';
    });
    // Whatever waits for something of it need not any more.
    context.turn();
  }

  /** It has ended, and that is said. */
  function finish({ is }: Held): void {
    gone = is.id;
    end();
    over.value = true;
  }

  function drop(): void {
    end();
    batch(() => {
      over.value = false;
      shown.value = false;
    });
  }

  /** Ends it by itself, whatever the server says. */
  async function watch(now: Held): Promise<void> {
    const look = (): void => {
      context.turn();
      if (held === now) now.stops[0] = world.after(Math.min(LOOK_MS, Math.max(1, now.left())), look);
    };
    now.stops.push(
      () => undefined,
      world.onWake(() => context.turn()),
      // Whoever comes back to this page, be it long afterwards, finds nothing of it: it is another page then.
      world.onAway(drop, () => undefined),
    );
    look();
    await until(() => !lasts(now));
    if (held === now) finish(now);
  }

  /** Asks for something of this round, which goes out while that lasts and no longer. */
  async function send(now: Held, command: Command, quiet = true): Promise<Answer> {
    const errand = outbox.take(command.c, context.room()?.seq ?? 0, quiet);
    now.errands.add(errand);
    const answer = await outbox.send(errand, command, { stands: () => lasts(now) });
    now.errands.delete(errand);
    outbox.drop(errand);
    return answer;
  }

  async function hold(now: Held, raw: Bytes): Promise<void> {
    const key = await hkdfKey(raw);
    if (!lasts(now)) {
      raw.fill(0);
      return;
    }
    [now.raw, now.key] = [raw, key];
    ready.value = true;
    context.turn();
    await read(now, [...now.early.values()]);
    now.early.clear();
  }

  async function announce(now: Held): Promise<void> {
    now.pair = await roundPair();
    const may = (): boolean => {
      const room = context.room();
      return room !== undefined && takesPart(room) && setKey(now) !== undefined;
    };
    if (!(await until(() => held !== now || may()))) return;
    const [room, by] = [context.room(), setKey(now)];
    if (!lasts(now) || room === undefined || by === undefined) return;
    const bound = announcement(now.of, bytesOf(room.own.seat), bytesOf(room.own.device));
    const key = await seal(by, bound, toB64u(now.pair.pub), world.random);
    if (lasts(now)) await send(now, { c: 'off_record_key', round: now.is.id, key });
  }

  function follow(said: OffRecordRound | undefined): void {
    const is = said?.id === gone ? undefined : said;
    if (is?.id === held?.is.id) return;
    if (held !== undefined) finish(held);
    const room = context.room();
    if (is === undefined || room === undefined) return;
    const { set, meeting, epoch } = room.shared;
    const now: Held = {
      is, meeting, left: lasting(is),
      of: { set: bytesOf(set), session: bytesOf(meeting), round: bytesOf(is.id), epoch },
      read: new Set(), early: new Map(), wanted: [], seen: new Map(), next: 0, errands: new Set(), stops: [],
    };
    held = now;
    batch(() => {
      round.value = is;
      over.value = false;
    });
    const own = made?.id === is.id ? made.raw : undefined;
    made = undefined;
    aside(watch(now));
    aside(own === undefined ? announce(now) : inTurn(() => hold(now, own)));
    aside(serve(now));
  }

  /** Takes the key, if it was handed to this page's pair by somebody who may. */
  async function accept(now: Held, grants: readonly string[]): Promise<void> {
    if (!(await until(() => held !== now || setKey(now) !== undefined))) return;
    await keys.followed;
    // Any of them may be worth nothing: whoever is quickest keeps nobody out.
    for (const grant of grants.slice(0, LIMITS.off_record_keys)) {
      const [room, by, sender] = [context.room(), setKey(now), letterSender(grant)];
      if (!lasts(now) || now.key !== undefined || now.pair === undefined || room === undefined || by === undefined) return;
      const from = sender && toB64u(sender);
      const who = Object.values(keys.roster?.holders ?? {}).find(({ pub }) => pub === from);
      // Whoever began it may have been the only one who had it: then anybody hands it back.
      if (who === undefined || !(who.role === 'h' || who.role === 'c' || now.is.by === room.own.seat)) continue;
      // Nothing where it is for the page that was here before this one, or of another key.
      // oxlint-disable-next-line no-await-in-loop -- the first that opens ends it
      const raw = await opened(openRoundGrant(now.of, by, now.pair, grant));
      // oxlint-disable-next-line no-await-in-loop -- the same
      if (raw !== undefined) await hold(now, raw);
    }
  }

  /** The next pair that this page may hand the key to: announced by a browser of the roster, and not seen to. */
  function waiting(now: Held): readonly [DeviceId, Sealed] | undefined {
    if (now.raw === undefined || !lasts(now) || setKey(now) === undefined) return undefined;
    const listed = (device: DeviceId): boolean =>
      keys.roster?.holders[device] !== undefined && context.room()?.shared.devices[device] !== undefined;
    return now.wanted.find(([device, to]) => now.seen.get(device) !== to && listed(device));
  }

  /** Hands the key on: to one pair after the other, and at a pace. */
  async function serve(now: Held): Promise<void> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if (!(await until(() => held !== now || waiting(now) !== undefined))) return;
      const wait = now.next - time.monotonic();
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if (wait > 0) await new Promise<void>((done) => void world.after(wait, done));
      if (held !== now) return;
      const next = waiting(now);
      if (next === undefined) continue;
      now.seen.set(...next);
      now.next = time.monotonic() + GRANT_GAP_MS;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await hand(now, ...next);
    }
  }

  async function hand(now: Held, device: DeviceId, to: Sealed): Promise<void> {
    const [seat, by] = [context.room()?.shared.devices[device]?.seat, setKey(now)];
    if (seat === undefined || by === undefined) return;
    // Nothing where it is not from that browser, or not for this round.
    const pub = fromB64u((await opened(open(by, announcement(now.of, bytesOf(seat), bytesOf(device)), to))) ?? '');
    if (pub?.length !== PUBLIC_KEY_BYTES || now.raw === undefined || !lasts(now)) return;
    const grant = await writeRoundGrant(now.of, by, keys.device, pub, now.raw);
    if (lasts(now)) await send(now, { c: 'off_record_grant', round: now.is.id, device, to, grant });
  }

  async function read(now: Held, came: readonly OffRecordLine[]): Promise<void> {
    const { key } = now;
    if (!lasts(now)) return;
    if (key === undefined) {
      // The key that comes first may be worth nothing, and they come once.
      for (const line of came) if (now.early.size < 2 * LIMITS.off_record_lines) now.early.set(line.item, line);
      return;
    }
    // Each line once, and as it came first: after a line that broke all of them come again.
    const fresh = came.filter(({ item }) => !now.read.has(item) && now.read.add(item));
    const more = await Promise.all(fresh.map(async ({ item, seat, device, box }): Promise<OpenedLine> => {
      const bound = lineContext(now.of, bytesOf(item), bytesOf(seat), bytesOf(device));
      return { item, seat, text: await opened(open(key, bound, box)) };
    }));
    if (lasts(now)) lines.value = [...lines.value, ...more];
  }

  async function handle(frame: OfRound): Promise<void> {
    const now = held;
    if (now === undefined || frame.round !== now.is.id) return;
    if (frame.t === 'off_record_lines') {
      await read(now, frame.lines);
      return;
    }
    // Each page begins at another place, behind its own browser, or all would answer the same ones first.
    const own = context.room()?.own.device ?? '';
    now.wanted = (Object.entries(frame.wanted ?? {}) as [DeviceId, Sealed][]).toSorted(
      ([a], [b]) => Number(a < own) - Number(b < own) || (a < b ? -1 : 1),
    );
    context.turn();
    if (frame.grants !== undefined && now.key === undefined) await accept(now, frame.grants);
  }

  return {
    round,
    ready,
    lines,
    draft,
    over,
    type(text) {
      draft.value = text;
    },
    async begins() {
      const raw = world.random(32);
      const id = toB64u(await roundOf(keys.set, raw)) as ItemId;
      made = { id, raw };
      return { c: 'begin_off_record', round: id };
    },
    async write(text) {
      const [now, room] = [held, context.room()];
      if (now?.key === undefined || room === undefined || !lasts(now) || setKey(now) === undefined) return GONE;
      const item = toB64u(world.random(16)) as ItemId;
      const bound = lineContext(now.of, bytesOf(item), bytesOf(room.own.seat), bytesOf(room.own.device));
      const box = await seal(now.key, bound, text, world.random);
      return lasts(now) ? send(now, { c: 'off_record_line', round: now.is.id, item, box }, false) : GONE;
    },
    take(frame) {
      if (frame.t === 'presence') follow(frame.off_record);
      else if (frame.t === 'off_record' || frame.t === 'off_record_lines') aside(inTurn(() => handle(frame)));
    },
    drop,
  };
}
