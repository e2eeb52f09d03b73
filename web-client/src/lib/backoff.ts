/**
 * How long to wait before connecting again. Each failure doubles the range;
 * the wait is drawn from the whole of it, so that a room full of browsers that
 * lost the server together does not come back together.
 */

const FLOOR_MS = 250;
const CEILING_MS = 15_000;

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

const systemRandom: Random = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

export class Backoff {
  readonly #random: Random;
  #failures = 0;

  constructor(random: Random = systemRandom) {
    this.#random = random;
  }

  /**
   * Milliseconds to wait after one more failure. `hint` is the server's own
   * wish: never less than it, and spread beyond it.
   */
  next(hint = 0): number {
    const ceiling = Math.min(CEILING_MS, 2 * FLOOR_MS * 2 ** this.#failures);
    this.#failures += 1;
    const wait = FLOOR_MS + this.#random() * (ceiling - FLOOR_MS);
    return Math.round(hint > 0 ? hint + wait : wait);
  }

  /** Call once a connection has proved itself by a message, not merely opened. */
  reset(): void {
    this.#failures = 0;
  }
}
