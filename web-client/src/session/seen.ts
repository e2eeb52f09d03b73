/**
 * What this browser has seen of each text: its newest revision, and whether it was withdrawn. It is
 * kept, so that an older box, or one that was withdrawn, does not pass for the newest after a reload.
 */

import type { Under } from '../seal/box';
import type { Hash32, ItemId, MeetingId } from '../wire.gen';
import { LIMITS } from '../wire.gen';
import type { Memory, Sight } from './memory';

/** As many texts as a room can have, and as many that are gone: of those the oldest go first. */
const KEPT = 2 * LIMITS.items;

export class Seen {
  readonly #memory: Memory;
  #meeting: MeetingId | undefined;
  #items = new Map<ItemId, Sight>();
  /** Whether a text stands in the room. */
  #stands: (id: ItemId) => boolean = () => false;
  #moved = false;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Goes on with what is kept: another tab may have seen more since. */
  begin(): void {
    const { items = {} } = this.#memory.kept.seen ?? {};
    this.#items = new Map(Object.entries(items) as [ItemId, Sight][]);
    this.#moved = false;
  }

  /** What outlives a meeting is no older in the next one. */
  open(meeting: MeetingId, stands: (id: ItemId) => boolean): void {
    this.#stands = stands;
    this.#meeting = meeting;
  }

  /**
   * Whether a text of the present meeting may stand under this key: what was sealed before the meeting
   * was on is of one that is over. Undefined where the key of the meeting is not there yet.
   */
  fits(meeting: MeetingId, { own, epoch }: Under): boolean | undefined {
    const { meeting: on } = this.#memory.kept;
    if (on === undefined) return true;
    if (on.id === meeting) return own || epoch >= on.since;
    return on.left.includes(meeting) ? false : undefined;
  }

  /** Whether this box may stand there, by what was seen; if so it is remembered. */
  takes(id: ItemId, rev: number, box: Hash32): boolean {
    const seen = this.#items.get(id);
    if (seen !== undefined) {
      const [newest, hash] = seen;
      if (rev < newest || hash === undefined) return false;
      if (rev === newest) return box === hash;
    }
    this.#note(id, [rev, box]);
    return true;
  }

  isGone(id: ItemId): boolean {
    const seen = this.#items.get(id);
    return seen !== undefined && seen.length === 1;
  }

  /** It is gone: no box of it counts any more, nor one that is being opened. */
  withdrawn(id: ItemId): void {
    this.#note(id, [this.#items.get(id)?.[0] ?? 0]);
  }

  /** An earlier copy of the room was put back, people are told, and nothing is kept any more. */
  clear(): void {
    this.#items.clear();
  }

  /** Keeps what has been noted since. */
  async keep(): Promise<void> {
    const meeting = this.#meeting;
    if (!this.#moved || meeting === undefined) return;
    this.#moved = false;
    await this.#memory.save({ seen: { meeting, items: Object.fromEntries(this.#items) } });
  }

  #note(id: ItemId, sight: Sight): void {
    this.#moved = true;
    this.#items.delete(id);
    this.#items.set(id, sight);
    for (const oldest of this.#items.keys()) {
      if (this.#items.size <= KEPT) break;
      // Who puts and takes back a great many makes nobody else's text fall back.
      if (!this.#stands(oldest)) this.#items.delete(oldest);
    }
  }
}
