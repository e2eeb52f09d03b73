/**
 * The texts of a room, opened. A box is opened once; what did not change keeps its result.
 *
 * A box opens under its context only, so one that was moved to another set, seat, device, field or
 * revision fails. Two things more are caught here: a text that falls back to an earlier revision, or
 * comes again after it was withdrawn, also after a reload; and two different boxes with one number of
 * one device.
 */

import { signal } from '@preact/signals';
import { type SealContext, open, sealedHash, sealedUnder, type Under } from '../seal/box';
import { type Bytes, fromB64u, toB64u } from '../seal/bytes';
import { type DeviceId, type Hash32, type ItemId, type ItemView, LASTING, type MeetingId, PRIVATE, type Shared } from '../wire.gen';
import type { RoomState } from './model';
import type { OwnKeys } from './own-keys';
import type { Seen } from './seen';
import type { Text } from './types';

const NO_BYTES: Bytes = new Uint8Array(0);

/** Bytes of base64url that the server sent; what is not that fits no context. */
export function bytesOf(text: string): Bytes {
  return fromB64u(text) ?? NO_BYTES;
}

/** The meeting that a text was sealed in. Of an earlier one nothing counts but what outlives it. */
function meetingOf({ meeting }: Pick<Shared, 'meeting'>, view: Pick<ItemView, 'kind' | 'meeting'>): MeetingId {
  return (LASTING.includes(view.kind) ? view.meeting : undefined) ?? meeting;
}

/** What a box on the wire is bound to. */
export function contextOf(
  room: Pick<Shared, 'set' | 'meeting'>,
  item: string,
  view: Pick<ItemView, 'seat' | 'device' | 'kind' | 'rev' | 'n' | 'prev' | 'meeting'>,
  { own, epoch }: Under,
): SealContext {
  return {
    own,
    set: bytesOf(room.set),
    session: bytesOf(meetingOf(room, view)),
    epoch,
    member: bytesOf(view.seat),
    device: bytesOf(view.device),
    kind: view.kind,
    item: bytesOf(item),
    rev: view.rev,
    n: view.n,
    prev: bytesOf(view.prev),
  };
}

/** Which key a box names; the set's of epoch 0, which no box has, when it is not a box. */
export function underOf({ box }: Pick<ItemView, 'box'>): Under {
  try {
    return sealedUnder(box);
  } catch {
    return { own: false, epoch: 0 };
  }
}

interface Opened {
  readonly view: ItemView;
  readonly meeting: MeetingId;
  /** It and the hash of its box, where that is genuine. */
  readonly text?: string;
  readonly hash?: Hash32;
  readonly fault: Text['fault'];
  /** How many keys were tried. */
  readonly tried: number;
}

export class Texts {
  readonly all = signal<ReadonlyMap<ItemId, Text>>(new Map());
  readonly #key: (epoch: number) => CryptoKey | undefined;
  readonly #own: OwnKeys;
  readonly #seen: Seen;
  #meeting: MeetingId | undefined;
  #views: ReadonlyMap<ItemId, ItemView> = new Map();
  readonly #opened = new Map<ItemId, Opened>();
  /** Genuine boxes by device and number. */
  readonly #numbers = new Map<string, string>();
  /** The newest epoch under which each device has sealed something genuine. */
  readonly #proofs = new Map<DeviceId, number>();

  constructor(key: (epoch: number) => CryptoKey | undefined, own: OwnKeys, seen: Seen) {
    this.#key = key;
    this.#own = own;
    this.#seen = seen;
  }

  /** Goes on with what this browser has seen, in whichever tab. */
  begin(): void {
    this.#seen.begin();
  }

  /** Whether this device has shown that it holds the key of `epoch`. */
  holds(device: DeviceId, epoch: number): boolean {
    return this.#proofs.get(device) === epoch;
  }

  /** Follows the room; resolves once everything that can be opened is open. */
  async update({ shared, own }: RoomState): Promise<void> {
    const views = new Map(
      Object.entries({ ...own.items, ...shared.items }) as [ItemId, ItemView][],
    );
    this.#views = views;
    this.#meeting = shared.meeting;
    this.#seen.open(shared.meeting, (id) => this.#views.has(id));
    for (const id of this.#opened.keys()) if (!views.has(id)) this.#opened.delete(id);
    const shut: Promise<void>[] = [];
    for (const [id, view] of views) {
      const before = this.#opened.get(id);
      if (before === undefined || !this.#still(before, id, view, meetingOf(shared, view))) shut.push(this.#open(shared, id, view));
      else if (before.view !== view) this.#opened.set(id, { ...before, view });
    }
    this.#publish();
    if (shut.length > 0) {
      await Promise.all(shut);
      this.#publish();
    }
    await this.#seen.keep();
  }

  /** Whether this browser has seen that it went. */
  isGone(id: ItemId): boolean {
    return this.#seen.isGone(id);
  }

  /** These are gone because their authors took them back. */
  async withdrawn(items: readonly ItemId[]): Promise<void> {
    for (const id of items) this.#seen.withdrawn(id);
    await this.#seen.keep();
  }

  /**
   * An earlier copy of the room was put back, and people have been told: texts may stand at an
   * earlier revision, and be written again from there. Numbers of boxes are still used once only.
   */
  wentBack(): void {
    this.#seen.clear();
  }

  /** Nothing may be shown any more; what was genuine is still known. */
  hide(): void {
    this.#views = new Map();
    this.#opened.clear();
    this.#publish();
  }

  /** Whether a result still stands for this view of the text. */
  #still({ view, meeting, hash, tried }: Opened, id: ItemId, next: ItemView, now: MeetingId): boolean {
    const bound = ['box', 'seat', 'device', 'kind', 'rev', 'n', 'prev'] as const;
    if (meeting !== now || !bound.every((part) => view[part] === next[part])) return false;
    if (hash !== undefined) return this.#fits(now, next) === true && this.#seen.takes(id, next.rev, hash);
    return this.#keys(underOf(next), this.#fits(now, next)).length === tried;
  }

  /** Whether it may be of this meeting. What outlives meetings may be of any. */
  #fits(meeting: MeetingId, view: ItemView): boolean | undefined {
    return LASTING.includes(view.kind) || this.#seen.fits(meeting, underOf(view));
  }

  #keys({ own, epoch }: Under, fits: boolean | undefined): (CryptoKey | Promise<CryptoKey>)[] {
    if (fits !== true) return [];
    if (own) return this.#own.of(epoch);
    const key = this.#key(epoch);
    return key === undefined ? [] : [key];
  }

  async #open(shared: Shared, id: ItemId, view: ItemView): Promise<void> {
    const under = underOf(view);
    const meeting = meetingOf(shared, view);
    const fits = this.#fits(meeting, view);
    const keys = this.#keys(under, fits);
    let opened: { text: string; hash: Hash32 } | undefined;
    for (const key of keys) {
      try {
        const text = await open(await key, contextOf(shared, id, view, under), view.box);
        opened = { text, hash: toB64u(await sealedHash(view.box)) as Hash32 };
        break;
      } catch {
        // Says nothing about why: whoever forges learns nothing, and people can do nothing with it.
        opened = undefined;
      }
    }
    // What is not shown any more says nothing about what comes after it.
    if (this.#views.get(id) !== view) return;
    if (opened !== undefined && !this.#genuine(id, view, under, opened.hash)) opened = undefined;
    const waits = keys.length === 0 && under.epoch > 0 && fits !== false;
    const fault = opened === undefined ? (waits ? 'key' : 'broken') : undefined;
    this.#opened.set(id, { view, meeting, ...opened, fault, tried: keys.length });
  }

  /** Whether a box that opened also fits what was seen before; if so it is remembered. */
  #genuine(id: ItemId, view: ItemView, { own, epoch }: Under, hash: Hash32): boolean {
    const number = `${view.device}.${view.n}`;
    if ((this.#numbers.get(number) ?? view.box) !== view.box) return false;
    // A name stands for its own seat only.
    if (view.kind === 'name' && (id as string) !== view.seat) return false;
    if (!this.#seen.takes(id, view.rev, hash)) return false;
    this.#numbers.set(number, view.box);
    if (!own) this.#proofs.set(view.device, Math.max(epoch, this.#proofs.get(view.device) ?? 0));
    return true;
  }

  #publish(): void {
    const all = new Map<ItemId, Text>();
    for (const id of this.#views.keys()) {
      const opened = this.#opened.get(id);
      if (opened === undefined) continue;
      const { view, meeting, text, fault } = opened;
      const { kind, seat, rev, part, at, bid } = view;
      // What stands under its author's own key is open to nobody else, whatever is said of it; nor is what was shown
      // in a meeting that is over and is its author's again.
      const isTheirs = underOf(view).own || (meeting !== this.#meeting && PRIVATE.includes(kind));
      const isOpen = view.open === true && !isTheirs;
      all.set(id, { id, kind, seat, rev, part, at, open: isOpen, text, fault, bid });
    }
    this.all.value = all;
  }
}
