/** A browser for tests: its own clock, network, locks and store. Nothing happens by itself. */

import { fromB64u, systemRandom, toB64u, type Bytes } from '../../src/seal/bytes';
import type { Lasting } from '../../src/lib/lasting';
import type { Elsewhere, Here } from '../../src/seal/tab-lock';
import type { SetStorage, KeptSet } from '../../src/seal/storage';
import type { Dialled, DialEvents, World } from '../../src/session/world';
import type { Founding } from '../../src/wire.gen';

/** Where sockets lead to. */
export interface Network {
  /** A client dials; `hear` is told of what it sends and when it hangs up. */
  dialled(events: DialEvents): Dialled;
  create(founding: Founding): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time that only moves when told to. Shared by all browsers of a test. */
export class FakeTime {
  now = 1_800_000_000_000;
  #timers: Timer[] = [];
  readonly #asked = new Set<{ ms: number; resolve: () => void }>();

  /** Resolves once somebody asks for a timer of exactly so many milliseconds. */
  asked(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#asked.add({ ms, resolve });
    });
  }

  after(ms: number, run: () => void): () => void {
    for (const waiting of this.#asked) {
      if (waiting.ms !== ms) continue;
      this.#asked.delete(waiting);
      waiting.resolve();
    }
    const timer = { at: this.now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How long until the next timer, in milliseconds. */
  get next(): number | undefined {
    const soonest = Math.min(...this.#timers.map(({ at }) => at));
    return Number.isFinite(soonest) ? soonest - this.now : undefined;
  }

  /** Lets time pass and runs what is due, in order. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.now = Math.max(this.now, due.at);
      due.run();
    }
    this.now = end;
  }
}

/** What outlives the page in one browser: its store, and the locks between its tabs. */
export class Profile {
  readonly sets = new Map<string, KeptSet>();
  readonly holders = new Map<string, { lose: () => void }>();
  /** What a page locked as it went, by set. */
  readonly parted = new Map<string, string>();
  durable = true;
  /** Whether the browser deletes what it is told to. */
  deletes = true;
  writes = 0;
  readonly #watchers = new Set<() => void>();

  /** Resolves once `test` holds for what is kept; looked at after each write. */
  until(test: (kept: KeptSet[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!test([...this.sets.values()])) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** The browser forgets everything. */
  empty(): void {
    this.sets.clear();
    for (const look of this.#watchers) look();
  }

  get keep(): SetStorage {
    const { sets } = this;
    // The getters below must see this profile, not the object that they stand in.
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment
    const profile = this;
    return {
      get durable() {
        return profile.durable;
      },
      get limit() {
        return profile.durable ? undefined : ('blocked' as const);
      },
      read: async (set) => sets.get(toB64u(set)),
      update: async (set, parts) => {
        profile.writes += 1;
        sets.set(toB64u(set), { ...sets.get(toB64u(set)), ...parts });
        for (const look of profile.#watchers) look();
      },
      forget: async (set) => {
        sets.delete(toB64u(set));
      },
      sets: async () => [...sets.keys()].flatMap((id) => fromB64u(id) ?? []),
      destroy: async () => {
        sets.clear();
        return profile.deletes;
      },
    };
  }
}

export class FakeWorld implements World {
  readonly random = systemRandom;
  readonly origin = 'https://set.test';
  readonly time: World['time'];
  #noted: string | undefined;
  readonly #clock: FakeTime;
  readonly #network: Network;
  readonly #profile: Profile;
  readonly #wakers = new Set<() => void>();
  readonly #pages = new Set<{ away: () => void; back: () => void }>();
  /** What the service's first page is answered with; 0 when nothing reaches it. */
  status = 200;
  /** Faults that were written down. */
  readonly reported: unknown[] = [];

  constructor(network: Network, clock: FakeTime, profile = new Profile()) {
    this.#network = network;
    this.#clock = clock;
    this.#profile = profile;
    this.time = { monotonic: () => clock.now, wall: () => clock.now };
  }

  readonly chance = (): number => 0.5;
  readonly after = (ms: number, run: () => void): (() => void) => this.#clock.after(ms, run);
  readonly dial = (events: DialEvents): Dialled => this.#network.dialled(events);
  readonly create = (founding: Founding): Promise<void> => this.#network.create(founding);
  readonly storage = async (): Promise<SetStorage> => this.#profile.keep;
  readonly storageIfAny = async (): Promise<SetStorage | undefined> =>
    this.#profile.sets.size > 0 ? this.#profile.keep : undefined;

  /** What the browser says of what it stores: unasked, and asked. */
  promises: readonly [Lasting, Lasting] = ['open', 'open'];
  readonly lasting = async (ask: boolean): Promise<Lasting> => this.promises[ask ? 1 : 0];

  cleared = 0;
  /** Whether the order to forget comes, and when. */
  order: Promise<boolean> = Promise.resolve(true);

  async clear(): Promise<boolean> {
    this.cleared += 1;
    const comes = await this.order;
    if (comes) this.#profile.empty();
    return comes;
  }

  note(set: Bytes | undefined): void {
    this.#noted = set && toB64u(set);
  }

  noted(): string | undefined {
    return this.#noted;
  }

  part(set: Bytes, box: string | undefined): void {
    if (box === undefined) this.#profile.parted.delete(toB64u(set));
    else this.#profile.parted.set(toB64u(set), box);
  }

  parted(set: Bytes): string | undefined {
    return this.#profile.parted.get(toB64u(set));
  }

  onWake(listener: () => void): () => void {
    this.#wakers.add(listener);
    return () => this.#wakers.delete(listener);
  }

  readonly reach = (): Promise<number> => Promise.resolve(this.status);

  readonly report = (fault: unknown): void => void this.reported.push(fault);

  onAway(away: () => void, back: () => void): () => void {
    const page = { away, back };
    this.#pages.add(page);
    return () => this.#pages.delete(page);
  }

  /** The browser puts the page away, with the locks that it holds, or shows it again. */
  turn(to: 'away' | 'back'): void {
    for (const page of this.#pages) page[to]();
  }

  /** The page is seen again. */
  wake(): void {
    for (const waker of this.#wakers) waker();
  }

  async lockTab(set: Bytes): Promise<Here | Elsewhere> {
    const id = toB64u(set);
    const { holders } = this.#profile;
    const take = (): Here => {
      let lose = (): void => undefined;
      const lost = new Promise<void>((resolve) => {
        lose = resolve;
      });
      const holder = { lose };
      holders.set(id, holder);
      return {
        state: 'here',
        lost,
        release: () => {
          if (holders.get(id) === holder) holders.delete(id);
        },
      };
    };
    const other = holders.get(id);
    if (other === undefined) return take();
    return {
      state: 'elsewhere',
      takeOver: async () => {
        other.lose();
        return take();
      },
    };
  }
}

/** Resolves as soon as `test` holds for the signal's value. */
export function when<T>(
  signal: { subscribe(listener: (value: T) => void): () => void },
  test: (value: T) => boolean,
): Promise<T> {
  return new Promise((resolve) => {
    let stop = (): void => undefined;
    let done = false;
    stop = signal.subscribe((value) => {
      if (done || !test(value)) return;
      done = true;
      resolve(value);
      queueMicrotask(() => stop());
    });
  });
}

/** The value, which has to be there. */
export function need<T>(value: T | undefined, what = 'value'): T {
  if (value === undefined) throw new Error(`no ${what}`);
  return value;
}
