/** One tab at a time has the device of a set: this one, or another one of the same browser. */

import type { Bytes } from '../seal/bytes';
import type { Here } from '../seal/tab-lock';
import type { World } from './world';

/** `lost` is called when another tab has taken the device over. */
export function newTab(world: World, set: Bytes, lost: () => void) {
  let held: Here | undefined;

  async function keep(here: Here): Promise<void> {
    held = here;
    await here.lost;
    if (held === here) lost();
  }

  return {
    /** Takes the device for this tab. False when another one has it. */
    async take(): Promise<boolean> {
      if (held !== undefined) return true;
      const got = await world.lockTab(set);
      if (got.state === 'here') void keep(got);
      return got.state === 'here';
    },
    /** Takes it whoever has it. */
    async takeOver(): Promise<void> {
      const got = await world.lockTab(set);
      void keep(got.state === 'here' ? got : await got.takeOver());
    },
    release() {
      held?.release();
      held = undefined;
    },
  };
}
