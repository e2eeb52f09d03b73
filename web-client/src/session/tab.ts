/** One tab at a time has the device of a set: this one, or another one of the same browser. */

import type { Bytes } from '../seal/bytes';
import type { Here } from '../seal/tab-lock';
import type { World } from './world';

/** `lost` is called when another tab has taken the device over, `again` when one may have had it meanwhile. */
export function newTab(world: World, set: Bytes, lost: () => void, again: () => void) {
  let held: Here | undefined;

  function keep(here: Here): void {
    held = here;
    here.lost.then(() => (held === here ? mislaid() : undefined)).catch(world.report);
  }

  /** Browsers also drop what a page held that they put away: then nobody has it. Else another tab does, now. */
  async function mislaid(): Promise<void> {
    held = undefined;
    if (await take(false)) again();
    else lost();
  }

  async function take(patient = true): Promise<boolean> {
    if (held !== undefined) return true;
    const got = await world.lockTab(set, patient);
    if (got.state === 'here') keep(got);
    return got.state === 'here';
  }

  return {
    /** Takes the device for this tab. False when another one has it. */
    take: () => take(),
    /** Takes it whoever has it. */
    async takeOver(): Promise<void> {
      const got = await world.lockTab(set, false);
      keep(got.state === 'here' ? got : await got.takeOver());
    },
    release() {
      held?.release();
      held = undefined;
    },
  };
}
