/**
 * A round off the record, as this page takes part in it. A pair is made for it, the round's key is handed
 * to that pair, and all of it is in the memory of this page and nowhere else: not in its store, not among
 * what was typed. When the round is over it is dropped, and so is what was written.
 */

import { batch, type Signal, signal } from '@preact/signals';
import { open, seal, type SealContext } from '../seal/box';
import { type Bytes, fromB64u, toB64u } from '../seal/bytes';
import { hkdfKey } from '../seal/derive';
import { PUBLIC_KEY_BYTES } from '../seal/device';
import { letterSender } from '../seal/letter';
import { announcement, lineContext, openRoundGrant, type Party, roundPair, type RoundOf, writeRoundGrant } from '../seal/off-record';
import type { Command, DeviceId, ItemId, OffRecordLine, OffRecordRound, Sealed, ServerFrame } from '../wire.gen';
import { type Context, oneByOne } from './context';
import type { RoomState } from './model';
import { bytesOf } from './texts';
import type { OffRecord, OpenedLine } from './types';

type OfRound = ServerFrame & { t: 'off_record' | 'off_record_lines' };

/** What this page holds of a round. */
interface Held {
  readonly is: OffRecordRound;
  pair?: Party;
  /** The key as bytes, to be handed on, and to seal with. */
  raw?: Bytes;
  key?: CryptoKey;
  /** Lines that have come. */
  readonly read: Set<ItemId>;
  /** Announcements that are being seen to. */
  readonly seen: Set<string>;
}

/** What is in a box; undefined where it does not open. Says nothing about why, as with every box. */
async function opened(key: CryptoKey, bound: SealContext, box: Sealed): Promise<string | undefined> {
  try {
    return await open(key, bound, box);
  } catch {
    return undefined;
  }
}

/** `shown` is whether there is anything to be shown at all. */
export function newOffRecord(context: Context, shown: Signal<boolean>): OffRecord {
  const { aside, keys, outbox, until, world } = context;
  const round = signal<OffRecordRound | undefined>(undefined);
  const ready = signal(false);
  const lines = signal<readonly OpenedLine[]>([]);
  const draft = signal('');
  const over = signal(false);
  let held: Held | undefined;
  /** The key of a round that was asked for here. */
  let made: { readonly id: ItemId; readonly raw: Bytes } | undefined;
  /** Keys and lines are taken one after the other; that a round is over is never waited for. */
  const inTurn = oneByOne();

  const at = ({ shared }: RoomState, { is }: Held): RoundOf => ({
    set: bytesOf(shared.set), session: bytesOf(shared.meeting), round: bytesOf(is.id), epoch: shared.epoch,
  });

  /** Whether this person takes part: whoever is asked to agree to the ground rules does so first. */
  function takesPart({ shared, own }: RoomState): boolean {
    const seat = shared.seats[own.seat];
    return own.controls || seat?.agreed === true || !(shared.charter_first || seat?.mode_missed === true);
  }

  function end(): void {
    held?.raw?.fill(0);
    held = undefined;
    batch(() => {
      round.value = undefined;
      ready.value = false;
      lines.value = [];
      draft.value = '';
    });
    // Whatever waits for something of it need not any more.
    context.turn();
  }

  /** Asks for something that nobody pressed. What is refused has been overtaken. */
  async function send(command: Command): Promise<void> {
    const errand = outbox.take(command.c, context.room()?.seq ?? 0, true);
    await outbox.send(errand, command);
    outbox.drop(errand);
  }

  async function hold(now: Held, raw: Bytes): Promise<void> {
    now.raw = raw;
    now.key = await hkdfKey(raw);
    if (held === now) ready.value = true;
  }

  async function announce(now: Held): Promise<void> {
    now.pair = await roundPair();
    const may = (): boolean => {
      const room = context.room();
      return room !== undefined && takesPart(room) && keys.sealing?.epoch === room.shared.epoch;
    };
    if (!(await until(() => held !== now || may()))) return;
    const [room, by] = [context.room(), keys.sealing];
    if (held !== now || room === undefined || by === undefined) return;
    const bound = announcement(at(room, now), bytesOf(room.own.seat), bytesOf(room.own.device));
    const key = await seal(by.key, bound, toB64u(now.pair.pub), world.random);
    if (held === now) await send({ c: 'off_record_key', round: now.is.id, key });
  }

  function follow(is: OffRecordRound | undefined): void {
    if (is?.id === held?.is.id) return;
    if (held !== undefined) {
      end();
      over.value = true;
    }
    if (is === undefined) return;
    const now: Held = { is, read: new Set(), seen: new Set() };
    held = now;
    batch(() => {
      round.value = is;
      over.value = false;
    });
    const own = made?.id === is.id ? made.raw : undefined;
    made = undefined;
    aside(own === undefined ? announce(now) : inTurn(() => hold(now, own)));
  }

  /** Takes the key, if it was handed to this page's pair by somebody who may. */
  async function accept(now: Held, grant: string): Promise<void> {
    await until(() => held !== now || keys.sealing !== undefined);
    const [room, by] = [context.room(), keys.sealing];
    const sender = letterSender(grant);
    if (held !== now || room === undefined || by === undefined || sender === undefined || now.pair === undefined) return;
    await keys.followed;
    const who = Object.values(keys.roster?.holders ?? {}).find(({ pub }) => pub === toB64u(sender));
    // Whoever began it may have been the only one who had it: then anybody hands it back.
    if (who === undefined || !(who.role === 'h' || who.role === 'c' || now.is.by === room.own.seat)) return;
    let raw: Bytes;
    try {
      raw = await openRoundGrant(at(room, now), by.key, now.pair, grant);
    } catch {
      // For the page that was here before this one.
      return;
    }
    if (held === now) await hold(now, raw);
  }

  /** Hands the key to a pair that was announced by a browser of the roster. */
  async function hand(now: Held, device: DeviceId, to: Sealed): Promise<void> {
    const listed = (): boolean => keys.roster?.holders[device] !== undefined && keys.sealing !== undefined;
    const which = `${device} ${to}`;
    if (now.seen.has(which) || now.raw === undefined) return;
    now.seen.add(which);
    if (!(await until(() => held !== now || listed()))) return;
    const [room, by] = [context.room(), keys.sealing];
    const seat = room?.shared.devices[device]?.seat;
    if (held !== now || room === undefined || by === undefined || seat === undefined) return;
    // Nothing where it is not from that browser, or not for this round.
    const pub = fromB64u((await opened(by.key, announcement(at(room, now), bytesOf(seat), bytesOf(device)), to)) ?? '');
    if (pub?.length !== PUBLIC_KEY_BYTES) return;
    const grant = await writeRoundGrant(at(room, now), by.key, keys.device, pub, now.raw);
    if (held === now) await send({ c: 'off_record_grant', round: now.is.id, device, to, grant });
  }

  async function read(now: Held, came: readonly OffRecordLine[]): Promise<void> {
    const room = context.room();
    const { key } = now;
    if (room === undefined || key === undefined) return;
    // Each line once, and as it came first: after a line that broke all of them come again.
    const fresh = came.filter(({ item }) => !now.read.has(item) && now.read.add(item));
    const more = await Promise.all(fresh.map(async ({ item, seat, device, box }): Promise<OpenedLine> => {
      const bound = lineContext(at(room, now), bytesOf(item), bytesOf(seat), bytesOf(device));
      return { item, seat, text: await opened(key, bound, box) };
    }));
    if (held === now) lines.value = [...lines.value, ...more];
  }

  async function handle(frame: OfRound): Promise<void> {
    const now = held;
    if (now === undefined || frame.round !== now.is.id) return;
    if (frame.t === 'off_record_lines') {
      await read(now, frame.lines);
      return;
    }
    if (frame.grant !== undefined && now.key === undefined) await accept(now, frame.grant);
    for (const [device, to] of Object.entries(frame.wanted ?? {}) as [DeviceId, Sealed][]) aside(hand(now, device, to));
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
    begins() {
      made = { id: toB64u(world.random(16)) as ItemId, raw: world.random(32) };
      return { c: 'begin_off_record', round: made.id };
    },
    async line(text) {
      const [now, room] = [held, context.room()];
      if (now?.key === undefined || room === undefined) return undefined;
      const item = toB64u(world.random(16)) as ItemId;
      const bound = lineContext(at(room, now), bytesOf(item), bytesOf(room.own.seat), bytesOf(room.own.device));
      return { c: 'off_record_line', round: now.is.id, item, box: await seal(now.key, bound, text, world.random) };
    },
    take(frame) {
      if (frame.t === 'presence') follow(frame.off_record);
      else if (frame.t === 'off_record' || frame.t === 'off_record_lines') aside(inTurn(() => handle(frame)));
    },
    drop() {
      end();
      batch(() => {
        over.value = false;
        shown.value = false;
      });
    },
  };
}
