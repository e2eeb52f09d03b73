/** What this browser remembers of one set, and whether a reload will find it. */

import { signal } from '@preact/signals';
import type { Bytes } from '../seal/bytes';
import type { RawOwnKey } from '../seal/keylist';
import type { KeptSet, SetStorage } from '../seal/storage';
import type { DeviceId, Hash32, ItemId, MeetingId } from '../wire.gen';
import type { World } from './world';

/** The own key as it is kept. */
export interface OwnKept {
  readonly keys: readonly RawOwnKey[];
  /** For whose devices the newest generation is wrapped. */
  readonly for: readonly DeviceId[];
  /** What follows from the return code of somebody who wants no help. */
  readonly code?: Bytes | undefined;
}

/** The highest revision with the hash of its box; without one it was withdrawn. */
export type Sight = readonly [rev: number, box?: Hash32];

/** What was seen of a set's texts, and in which meeting last. */
export interface SeenKept {
  readonly meeting: MeetingId;
  readonly items: Readonly<Record<ItemId, Sight>>;
}

/** The meeting that the newest key is of. */
export interface Standing {
  readonly id: MeetingId;
  /** The newest epoch. */
  readonly epoch: number;
  /** No text of this meeting is sealed under an earlier one. */
  readonly since: number;
  /** Meetings that are over. */
  readonly left: readonly MeetingId[];
}

/** What was typed and not sent, locked. */
export interface DraftsKept {
  readonly key: CryptoKey;
  readonly iv: Bytes;
  readonly box: Bytes;
}

/** All that is kept, with what only this layer needs. */
export interface Kept extends Omit<KeptSet, 'member'> {
  /** The seat, 16 bytes; there is one from admission on. */
  readonly member?: Bytes | undefined;
  /** The name that was typed, until it has been sealed for the room. */
  readonly name?: string | undefined;
  /**
   * The link's secret while the person waits in the lobby, so that a reload there asks again.
   * Admission deletes it.
   */
  readonly secret?: Bytes | undefined;
  /** Who the set's host is, as the link said that this browser came by. */
  readonly host?: DeviceId | undefined;
  /** A host's browser: the last whole roster that it signed, which the room may not have taken. */
  readonly whole?: { readonly n: number; readonly epoch: number };
  /** The person's own key. */
  readonly own?: OwnKept;
  /** The newest texts that were seen, and which were withdrawn. */
  readonly seen?: SeenKept | undefined;
  /** The meeting that is on, as this browser knows it. */
  readonly meeting?: Standing;
  /** What was typed and not sent. */
  readonly drafts?: DraftsKept | undefined;
  /** An earlier copy of the room was put back, and the person has not said that they have seen so. */
  readonly setBack?: boolean;
  /** A host's browser: an earlier copy of the room was put back, and no key has been made since. */
  readonly heal?: boolean;
}

/** Where what belongs to no set yet is kept: an id that no set is drawn with. */
export const NO_SET: Bytes = new Uint8Array(16).fill(255);

export class Memory {
  /** Whether what is kept outlives the page. */
  readonly stored = signal(true);
  kept: Kept = {};
  readonly #world: World;
  readonly set: Bytes;
  #keep: SetStorage | undefined;
  /** Something of the set is in the store. */
  #written = false;
  /** How often something was saved. */
  #saves = 0;

  constructor(world: World, set: Bytes) {
    this.#world = world;
    this.set = set;
  }

  /** Whether there is a store to keep it in. */
  get opened(): boolean {
    return this.#keep !== undefined;
  }

  /** Reads what is kept. Makes a store only when `make` says so. */
  async read(make: boolean): Promise<Kept> {
    this.#keep ??= await (make ? this.#world.storage() : this.#world.storageIfAny());
    if (this.#keep === undefined) return this.kept;
    let saves: number;
    let there: KeptSet | undefined;
    do {
      saves = this.#saves;
      // oxlint-disable-next-line no-await-in-loop -- what was saved meanwhile is newer than what was read
      there = await this.#keep.read(this.set);
    } while (saves !== this.#saves);
    // Another tab has forgotten the set: then this one has as well.
    if (there === undefined && this.#written && this.#keep.durable) this.#empty();
    this.#written = there !== undefined;
    this.kept = { ...this.kept, ...there };
    this.stored.value = this.#keep.durable;
    return this.kept;
  }

  #empty(): void {
    this.kept = {};
    this.#world.note(undefined);
  }

  /** Keeps these parts, in memory at once. */
  async save(parts: Kept): Promise<void> {
    this.#saves += 1;
    this.kept = { ...this.kept, ...parts };
    if (this.#keep === undefined) return;
    // A part that is no more is kept as `undefined`, which storage can hold.
    await this.#keep.update(this.set, parts as KeptSet);
    this.#written = true;
    this.stored.value = this.#keep.durable;
  }

  /**
   * Forgets the set. What is deleted in a database stays on the disk for a while, so the whole store
   * of this site goes, by the browser's own order to forget; other sets are written anew, and are where
   * they were until that has come: the page may go meanwhile. False where something may be left.
   */
  async forget(): Promise<boolean> {
    this.#empty();
    for (const set of [this.set, NO_SET]) this.#world.part(set, undefined);
    const keep = this.#keep;
    this.#keep = undefined;
    if (keep === undefined) return true;
    await keep.forget(this.set);
    // What was begun for no set goes with it.
    await keep.forget(NO_SET);
    const others = await keep.sets();
    const kept = await Promise.all(others.map((set) => keep.read(set)));
    const ordered = await this.#world.clear();
    // Without the order not all goes from the disk whatever is done: then the others stay where they are, and
    // come back to it where the order came all the same.
    const gone = (ordered || others.length === 0) && (await keep.destroy()) && ordered;
    if (others.length === 0) return gone;
    const fresh = await this.#world.storage();
    for (const [of, set] of others.entries()) {
      const there = await fresh.read(set);
      // Another tab may have written since: what it wrote is newer.
      if (ordered || there === undefined) await fresh.update(set, { ...kept[of], ...there });
    }
    return gone;
  }
}
