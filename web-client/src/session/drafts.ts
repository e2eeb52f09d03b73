/**
 * What has been typed and not been sent. It outlives the form, which goes when the meeting moves on,
 * and the page: whoever is told to reload finds it again.
 *
 * It never leaves this browser, and lies on its disk under a key that cannot be taken out of it. It
 * goes when it has been sent, when the meeting is closed, and with all else that a browser forgets.
 */

import { utf8 } from '../seal/bytes';
import type { Memory } from './memory';
import type { World } from './world';

/** How long to wait for the next letter before it is written down. */
const PAUSE_MS = 200;
const AES = 'AES-GCM';

export class Drafts {
  readonly #world: World;
  readonly #memory: Memory;
  readonly #texts = new Map<string, string>();
  #pausing = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(world: World, memory: Memory) {
    this.#world = world;
    this.#memory = memory;
  }

  /** What was typed at this place and has not been sent. */
  read(place: string): string | undefined {
    return this.#texts.get(place);
  }

  /** Keeps what stands at this place now; undefined once it has been sent. */
  keep(place: string, text: string | undefined): void {
    if (text === undefined) {
      // What has been sent is not to come up again.
      if (this.#texts.delete(place)) this.#save();
      return;
    }
    this.#texts.set(place, text);
    if (this.#pausing) return;
    this.#pausing = true;
    this.#world.after(PAUSE_MS, () => {
      this.#pausing = false;
      this.#save();
    });
  }

  /** Takes up what an earlier page left. */
  async load(): Promise<void> {
    const { drafts } = this.#memory.kept;
    if (drafts === undefined || this.#texts.size > 0) return;
    try {
      const plain = await crypto.subtle.decrypt({ name: AES, iv: drafts.iv }, drafts.key, drafts.box);
      const texts = JSON.parse(new TextDecoder().decode(plain)) as [string, string][];
      for (const [place, text] of texts) this.#texts.set(place, text);
    } catch {
      // Not ours, or damaged: then there are none.
      this.#texts.clear();
    }
  }

  /** Nothing of it is wanted any more. */
  clear(): void {
    if (this.#texts.size === 0 && this.#memory.kept.drafts === undefined) return;
    this.#texts.clear();
    this.#save();
  }

  #save(): void {
    this.#writing = this.#writing.then(() => this.#write()).catch(this.#world.report);
  }

  async #write(): Promise<void> {
    const { kept } = this.#memory;
    // A browser that has forgotten its set, or never came in, keeps nothing of it.
    if (kept.member === undefined) return;
    if (this.#texts.size === 0) {
      if (kept.drafts !== undefined) await this.#memory.save({ drafts: undefined });
      return;
    }
    const wanted = { name: AES, length: 256 };
    const key = kept.drafts?.key ?? (await crypto.subtle.generateKey(wanted, false, ['encrypt', 'decrypt']));
    const iv = this.#world.random(12);
    const plain = utf8(JSON.stringify([...this.#texts]));
    const box = new Uint8Array(await crypto.subtle.encrypt({ name: AES, iv }, key, plain));
    if (this.#memory.kept.member !== undefined) await this.#memory.save({ drafts: { key, iv, box } });
  }
}
