/**
 * This person's own key as this browser holds it: every generation, and for whom the newest one is
 * wrapped. Making and opening wraps is in `own-wraps.ts`.
 */

import { sameBytes, toB64u } from '../seal/bytes';
import { hkdfKey } from '../seal/derive';
import type { RawOwnKey } from '../seal/keylist';
import type { DeviceId } from '../wire.gen';
import type { Memory } from './kept';

/** The own key as it is kept. */
export interface OwnKept {
  readonly keys: readonly RawOwnKey[];
  /** For whose devices the newest generation is wrapped. */
  readonly for: readonly DeviceId[];
}

/** How many generations are kept: texts are sealed again under the newest as soon as there is one. */
const KEPT = 16;

export class OwnKeys {
  readonly #memory: Memory;
  /** What the newest wrap for this browser held. */
  shown: readonly RawOwnKey[] | undefined;
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

  /**
   * The keys of one generation. Two browsers of one person may each have made one at the same
   * moment: then the first of them is for sealing, and either may open.
   */
  of(gen: number): Promise<CryptoKey>[] {
    return this.all.flatMap((key) => {
      if (key.gen !== gen) return [];
      const name = toB64u(key.raw);
      const ready = this.#ready.get(name) ?? hkdfKey(key.raw);
      this.#ready.set(name, ready);
      return [ready];
    });
  }

  /** Whether every one of these is known. */
  knows(keys: readonly RawOwnKey[]): boolean {
    return keys.every(({ gen, raw }) => this.all.some((at) => at.gen === gen && sameBytes(at.raw, raw)));
  }

  /** Takes keys in. True when one was new. */
  async take(keys: readonly RawOwnKey[], recipients: readonly DeviceId[] = this.recipients): Promise<boolean> {
    const fresh = keys.filter((key) => !this.knows([key]));
    const all = [...this.all, ...fresh].toSorted((a, b) => b.gen - a.gen || (toB64u(a.raw) < toB64u(b.raw) ? -1 : 1));
    await this.#memory.save({ own: { keys: all.slice(0, KEPT), for: recipients } });
    return fresh.length > 0;
  }
}
