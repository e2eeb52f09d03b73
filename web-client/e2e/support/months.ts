/**
 * Months that go by between meetings: the service is stopped, and starts again by a clock that is ahead. A
 * library between a program and the kernel's clock does that; the program knows nothing of it.
 */

import { existsSync } from 'node:fs';
import { systemTime } from '../../src/lib/clock';

/** Where Debian's package `libfaketime` puts it, by kind of processor. */
const PLACES = ['x86_64', 'aarch64'].map((kind) => `/usr/lib/${kind}-linux-gnu/faketime/libfaketime.so.1`);

/** The environment of a program whose clock is so many days ahead. */
export type Ahead = (days: number) => Record<string, string>;

/** How clocks are put forward here; undefined where they cannot be. */
export function clocks(): Ahead | undefined {
  const library = [process.env['SETROOM_FAKETIME'], ...PLACES].find((place) => place !== undefined && existsSync(place));
  if (library !== undefined) return (days) => ({ LD_PRELOAD: library, FAKETIME: `+${days}d`, DONT_FAKE_MONOTONIC: '1' });
  const why = 'no libfaketime here, which puts a program’s clock forward: install it, or name it in SETROOM_FAKETIME';
  if (process.env['CI']) throw new Error(why);
  console.warn(`LEFT OUT that months go by: ${why}`);
  return undefined;
}

/** So many days after now, in milliseconds since 1970. */
export const dayAfter = (days: number): number => systemTime.wall() + days * 86_400_000;
