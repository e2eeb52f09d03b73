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
import type { DraftsKept, Memory } from './memory';
import { AES, locked, type Stream, streamFor, unlocked } from './parting';
import type { World } from './world';

/** How the place of what must not be written down begins. */
const SECRET = 'secret ';

type Texts = readonly (readonly [place: string, text: string])[];

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
  /** Locks what is not written yet when the page goes. */
  #stream: Stream | undefined;

  constructor(world: World, memory: Memory) {
    this.#world = world;
    this.#memory = memory;
    world.onAway(() => this.#part(), () => undefined);
  }

  /** Makes ready to keep what is typed, before it is: from then on no page goes too soon for it. */
  async ready(): Promise<void> {
    this.#save();
    await this.#writing;
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
    if (this.#stage === 'forgotten') {
      this.#stage = 'open';
      return;
    }
    // Another tab may have another key by now.
    this.#stream = undefined;
    const alone = [...this.all.peek()].filter(([place]) => !this.#lasts(place));
    this.all.value = new Map([...alone, ...((await this.#parted()) ?? (await this.#left()) ?? [])]);
  }

  /** What was locked when the page went: newer than all that it had written. */
  async #parted(): Promise<Texts | undefined> {
    const box = this.#world.parted(this.#memory.set);
    const key = this.#memory.kept.drafts?.key;
    return box === undefined || key === undefined ? undefined : texts(unlocked(key, box));
  }

  async #left(): Promise<Texts | undefined> {
    const { drafts } = this.#memory.kept;
    const open = async ({ iv, key, box }: DraftsKept): Promise<string> =>
      new TextDecoder().decode(await crypto.subtle.decrypt({ name: AES, iv }, key, box));
    return drafts && texts(open(drafts));
  }

  /** The page goes, perhaps for good. */
  #part(): void {
    const stream = this.#stream;
    if (this.#writing === undefined || stream === undefined) return;
    this.#stream = undefined;
    this.#world.part(this.#memory.set, locked(stream, JSON.stringify(this.#lasting())));
  }

  /** What is to outlive the page, as things stand. */
  #lasting(): Texts {
    return this.#stage === 'forgotten' ? [] : [...this.all.peek()].filter(([place]) => this.#lasts(place));
  }

  #lasts(place: string): boolean {
    return this.#stage === 'open' ? !place.startsWith(SECRET) : place.startsWith(NOTE);
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
    this.#stream = undefined;
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
    this.#world.part(this.#memory.set, undefined);
  }

  async #put(): Promise<void> {
    const stage = this.#stage;
    const memory = this.#memory;
    const lasting = this.#lasting();
    if (stage !== 'open' && lasting.length === 0) {
      if (memory.kept.drafts !== undefined) await memory.save({ drafts: undefined });
      this.#stream = undefined;
      return;
    }
    // Before there is a place in the set there may be no store yet.
    if (!memory.opened) await memory.read(true);
    const wanted = { name: AES, length: 256 };
    const key = memory.kept.drafts?.key ?? (await crypto.subtle.generateKey(wanted, false, ['encrypt', 'decrypt']));
    const iv = this.#world.random(12);
    const plain = utf8(JSON.stringify(lasting));
    const box = new Uint8Array(await crypto.subtle.encrypt({ name: AES, iv }, key, plain));
    // Closed, or forgotten, meanwhile: what may stay then is written next.
    if (this.#stage !== stage) return;
    await memory.save({ drafts: { key, iv, box } });
    if ((this.#stream?.bytes.length ?? 0) >= 2 * plain.length) return;
    const stream = await streamFor(key, this.#world.random(12), 4 * plain.length);
    if (this.#stage === stage) this.#stream = stream;
  }
}

/** What was read, if it is ours and whole. */
async function texts(read: Promise<string>): Promise<Texts | undefined> {
  try {
    return JSON.parse(await read) as Texts;
  } catch {
    // Not ours, or damaged: then there are none.
    return undefined;
  }
}
