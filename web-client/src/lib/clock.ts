/**
 * The server's time, as this browser can best know it.
 *
 * Each ping gives one sample: the offset at the middle of its round trip, and
 * the round trip itself. The sample with the shortest trip of the last three
 * minutes is the one believed, since waiting in queues only ever adds to a trip.
 * What error remains is at most half of that trip. All times are milliseconds.
 */

/** Where time comes from; replaced in tests. */
export interface TimeSource {
  /** Since 1970 at the page's start, then never set: unmoved by corrections of the clock. */
  monotonic(): number;
  /** The computer's clock, since 1970. It may be wrong, and may jump. */
  wall(): number;
}

/** The browser's own time. */
export const systemTime: TimeSource = {
  monotonic: () => performance.timeOrigin + performance.now(),
  // oxlint-disable-next-line no-restricted-properties -- this is the injected source itself
  wall: () => Date.now(),
};

const FIRST_PINGS = 6;
const FIRST_GAP_MS = 150;
const LATER_GAP_MS = 20_000;
const SAMPLE_LIFE_MS = 180_000;
/** The two times part by more than this when the computer slept or its clock was set. */
const PARTED_MS = 500;
/** A correction from here on is made at once; a smaller one little by little. */
const JUMP_MS = 250;
/** How much of each passing second a small correction may take. */
const SLEW_RATE = 0.05;

interface Sample {
  readonly at: number;
  readonly trip: number;
  readonly offset: number;
}

/** The estimate. Feed it pings and pongs; ask it for `now()`. */
export class ServerClock {
  readonly #time: TimeSource;
  #samples: Sample[] = [];
  #pings = 0;
  /** How far wall and monotonic time were apart when the samples began. */
  #apart: number;
  readonly #underWay = new Set<number>();
  #from = { at: 0, offset: 0 };
  #target = 0;
  #set = false;

  constructor(time: TimeSource = systemTime) {
    this.#time = time;
    this.#apart = time.wall() - time.monotonic();
  }

  /** Whether any sample is in hand; without one `now()` is only the computer's own time. */
  get known(): boolean {
    return this.#samples.length > 0;
  }

  /** Half the best round trip: how far off `now()` may be at most. `Infinity` when not known. */
  get uncertainty(): number {
    return Math.min(Infinity, ...this.#samples.map((sample) => sample.trip / 2));
  }

  /** How long to wait before the next ping. */
  pingDelay(): number {
    if (this.#pings === 0) return 0;
    return this.#pings < FIRST_PINGS ? FIRST_GAP_MS : LATER_GAP_MS;
  }

  /** Call when sending a ping; send the number along and give it back to `pong`. */
  ping(): number {
    this.#checkSleep();
    this.#pings += 1;
    const sent = this.#time.monotonic();
    this.#underWay.add(sent);
    return sent;
  }

  /** Call when a pong comes: `sent` from `ping`, and the server's time in it. */
  pong(sent: number, server: number): void {
    this.#checkSleep();
    const at = this.#time.monotonic();
    // It was under way while the computer slept or the line changed, or it comes twice.
    if (!this.#underWay.delete(sent)) return;
    const offset = server - (sent + at) / 2;
    this.#samples.push({ at, trip: at - sent, offset });
    this.#samples = this.#samples.filter((sample) => at - sample.at <= SAMPLE_LIFE_MS);
    const best = this.#samples.reduce((a, b) => (b.trip <= a.trip ? b : a));
    this.#aim(best.offset, at);
  }

  /** The server's time now. Never runs backwards for a correction below a quarter second. */
  now(): number {
    const at = this.#time.monotonic();
    return at + this.#offsetAt(at);
  }

  /** Forgets all samples and starts pinging afresh: a new connection is a new path. */
  reset(): void {
    this.#samples = [];
    this.#pings = 0;
    this.#underWay.clear();
    this.#apart = this.#time.wall() - this.#time.monotonic();
  }

  /** Whether the computer slept, or its clock was set, since the samples began; if so they go. */
  #checkSleep(): void {
    const apart = this.#time.wall() - this.#time.monotonic();
    if (Math.abs(apart - this.#apart) > PARTED_MS) this.reset();
  }

  #offsetAt(at: number): number {
    const way = this.#target - this.#from.offset;
    const done = Math.max(0, at - this.#from.at) * SLEW_RATE;
    return done >= Math.abs(way) ? this.#target : this.#from.offset + Math.sign(way) * done;
  }

  #aim(target: number, at: number): void {
    const offset = this.#offsetAt(at);
    const jump = !this.#set || Math.abs(target - offset) >= JUMP_MS;
    this.#from = { at, offset: jump ? target : offset };
    this.#target = target;
    this.#set = true;
  }
}
