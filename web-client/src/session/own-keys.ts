/**
 * This person's own key as this browser holds it: every generation, for whom the newest one is
 * wrapped, and whether they want help with it. Making wraps is in `own-wraps.ts`.
 */

import { type Bytes, sameBytes, toB64u } from '../seal/bytes';
import { hkdfKey } from '../seal/derive';
import type { RawOwnKey } from '../seal/keylist';
import type { OwnList } from '../seal/own';
import type { DeviceId, Own } from '../wire.gen';
import type { Memory } from './memory';

/** How many generations are kept: texts are sealed again under the newest as soon as there is one. */
const KEPT = 16;

/** Whether two are one key. */
export const isSame = (a: RawOwnKey, b: RawOwnKey): boolean => a.gen === b.gen && sameBytes(a.raw, b.raw);

export class OwnKeys {
  readonly #memory: Memory;
  /** What the newest wrap for this browser, or the one under the code, holds: what the room has taken. */
  shown: OwnList | undefined;
  readonly #ready = new Map<string, Promise<CryptoKey>>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Every key, newest first. */
  get all(): readonly RawOwnKey[] {
    return this.#memory.kept.own?.keys ?? [];
  }

  /** The newest generation; 0 when there is none. */
  get newest(): number {
    return this.all[0]?.gen ?? 0;
  }

  /** For whose devices the newest generation is wrapped, as far as this browser knows. */
  get recipients(): readonly DeviceId[] {
    return this.#memory.kept.own?.for ?? [];
  }

  /** What follows from the person's return code; there is one when nobody else is to help. */
  get code(): Bytes | undefined {
    return this.#memory.kept.own?.code;
  }

  /** Whether the room's own key is under a return code that this browser was not told of yet. */
  locked(view: Own['own_key']): boolean {
    return view?.code !== undefined && view.gen > this.newest;
  }

  /** The keys of one generation, to open with. Older copies of a room may have led to several. */
  of(gen: number): Promise<CryptoKey>[] {
    return this.all.filter((key) => key.gen === gen).map((key) => this.#usable(key));
  }

  /** The key to seal under: only one that the room has taken, so that it is wrapped for others too. */
  sealing(gen: number): Promise<CryptoKey> | undefined {
    const key = this.all.find((at) => at.gen === gen && this.shown?.own.some((taken) => isSame(at, taken)));
    return key && this.#usable(key);
  }

  #usable(key: RawOwnKey): Promise<CryptoKey> {
    const name = toB64u(key.raw);
    const ready = this.#ready.get(name) ?? hkdfKey(key.raw);
    this.#ready.set(name, ready);
    return ready;
  }

  /** Takes in what a wrap or a grant holds. True when a key was new. */
  async take({ own, code }: OwnList): Promise<boolean> {
    const fresh = own.filter((key) => !this.all.some((at) => isSame(at, key)));
    const newest = Math.max(0, ...own.map(({ gen }) => gen));
    // A change of mind comes with a new generation. An older wrap that is shown again changes nothing.
    const wish = newest > this.newest ? code : (this.code ?? (newest === this.newest ? code : undefined));
    await this.#save([...this.all, ...fresh], this.recipients, wish);
    return fresh.length > 0;
  }

  /** The room has taken these: what this browser has wrapped, and for whom. */
  async taken(list: OwnList, recipients: readonly DeviceId[]): Promise<void> {
    // What was asked for a while ago, and is answered late, takes nothing away that came meanwhile.
    if (this.newest > Math.max(0, ...list.own.map(({ gen }) => gen))) return void (await this.take(list));
    this.shown = list;
    const more = this.all.filter((key) => !list.own.some((at) => isSame(at, key)));
    await this.#save([...list.own, ...more], recipients, list.code);
  }

  async #save(keys: readonly RawOwnKey[], recipients: readonly DeviceId[], code: Bytes | undefined): Promise<void> {
    const all = keys.toSorted((a, b) => b.gen - a.gen || (toB64u(a.raw) < toB64u(b.raw) ? -1 : 1));
    await this.#memory.save({ own: { keys: all.slice(0, KEPT), for: recipients, ...(code && { code }) } });
  }
}
