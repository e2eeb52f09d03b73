/**
 * What has been typed and not been sent, by place: above every form, which goes when the meeting
 * moves on, and over the page, which may be loaded anew.
 *
 * It never leaves this browser, and lies on its disk under a key that cannot be taken out of it. It
 * goes once it has been sent or let go, and with all else that a browser forgets. What the close of
 * the meeting finds stays on the page alone, but for what was written to stay here: notes for oneself.
 * Secrets that are typed (a link, a return code) are never
 * written down.
 */

import { signal } from '@preact/signals';
import { NOTE } from '../lib/places';
import { utf8 } from '../seal/bytes';
import type { Memory } from './memory';
import type { World } from './world';

const AES = 'AES-GCM';
/** How the place of what must not be written down begins. */
const SECRET = 'secret ';

export class Drafts {
  /** What stands at each place, as JSON. */
  readonly all = signal<ReadonlyMap<string, string>>(new Map());
  readonly #world: World;
  readonly #memory: Memory;
  /** Whether it is to outlive the page: not while the meeting is closed, nor once it was forgotten. */
  #stage: 'open' | 'closed' | 'forgotten' = 'open';
  #writing: Promise<void> | undefined;
  /** Whether there is something newer than what is being written. */
  #newer = false;

  constructor(world: World, memory: Memory) {
    this.#world = world;
    this.#memory = memory;
  }

  /** Keeps what stands at this place now; undefined once it has been sent, or let go. */
  keep(place: string, text: string | undefined): void {
    const all = new Map(this.all.peek());
    if (all.get(place) === text) return;
    if (text === undefined) all.delete(place);
    else all.set(place, text);
    this.all.value = all;
    this.#save();
  }

  /** Takes up what an earlier page left, or another tab. */
  async load(): Promise<void> {
    await this.#writing;
    if (this.#stage !== 'open') {
      this.#stage = 'open';
      return;
    }
    const secrets = [...this.all.peek()].filter(([place]) => place.startsWith(SECRET));
    this.all.value = new Map([...(await this.#left()), ...secrets]);
  }

  async #left(): Promise<[place: string, text: string][]> {
    const { drafts } = this.#memory.kept;
    if (drafts === undefined) return [];
    try {
      const plain = await crypto.subtle.decrypt({ name: AES, iv: drafts.iv }, drafts.key, drafts.box);
      return JSON.parse(new TextDecoder().decode(plain)) as [string, string][];
    } catch {
      // Not ours, or damaged: then there are none.
      return [];
    }
  }

  /** The meeting is closed: what was begun is on this page, and nowhere else. */
  close(): void {
    this.#turn('open', 'closed');
  }

  /** The next meeting is open: what is begun lasts again. */
  open(): void {
    this.#turn('closed', 'open');
  }

  #turn(from: 'open' | 'closed', to: 'open' | 'closed'): void {
    if (this.#stage !== from) return;
    this.#stage = to;
    this.#save();
  }

  /** Nothing of it is wanted any more, and the browser keeps nothing. */
  forget(): void {
    this.#stage = 'forgotten';
    this.all.value = new Map();
  }

  /** At once, and one after the other: whoever reloads in the middle of a word finds the word. */
  #save(): void {
    this.#newer = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    while (this.#newer) {
      this.#newer = false;
      // What could not be written is on the page still. `Memory.stored` says whether it lasts.
      // oxlint-disable-next-line no-await-in-loop -- the newest after all others
      await this.#put().catch(this.#world.report);
    }
  }

  async #put(): Promise<void> {
    const stage = this.#stage;
    const lasts = (place: string): boolean => (stage === 'open' ? !place.startsWith(SECRET) : place.startsWith(NOTE));
    const texts = [...this.all.peek()].filter(([place]) => lasts(place));
    const memory = this.#memory;
    if (stage === 'forgotten' || texts.length === 0) {
      if (memory.kept.drafts !== undefined) await memory.save({ drafts: undefined });
      return;
    }
    // Before there is a place in the set there may be no store yet.
    if (!memory.opened) await memory.read(true);
    const wanted = { name: AES, length: 256 };
    const key = memory.kept.drafts?.key ?? (await crypto.subtle.generateKey(wanted, false, ['encrypt', 'decrypt']));
    const iv = this.#world.random(12);
    const box = new Uint8Array(await crypto.subtle.encrypt({ name: AES, iv }, key, utf8(JSON.stringify(texts))));
    // Closed, or forgotten, meanwhile: what may stay then is written next.
    if (this.#stage === stage) await memory.save({ drafts: { key, iv, box } });
  }
}
