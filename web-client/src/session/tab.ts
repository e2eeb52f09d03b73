/** One tab at a time has the device of a set: this one, or another one of the same browser. */

import type { Bytes } from '../seal/bytes';
import type { Here } from '../seal/tab-lock';
import type { World } from './world';

export class Tab {
  readonly #world: World;
  readonly #set: Bytes;
  readonly #lost: () => void;
  #held: Here | undefined;

  /** `lost` is called when another tab has taken the device over. */
  constructor(world: World, set: Bytes, lost: () => void) {
    this.#world = world;
    this.#set = set;
    this.#lost = lost;
  }

  /** Takes the device for this tab. False when another one has it. */
  async take(): Promise<boolean> {
    if (this.#held !== undefined) return true;
    const held = await this.#world.hold(this.#set);
    if (held.state === 'here') this.#keep(held);
    return held.state === 'here';
  }

  /** Takes it whoever has it. */
  async takeOver(): Promise<void> {
    const held = await this.#world.hold(this.#set);
    this.#keep(held.state === 'here' ? held : await held.takeOver());
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  #keep(held: Here): void {
    this.#held = held;
    void this.#watch(held);
  }

  async #watch(held: Here): Promise<void> {
    await held.lost;
    if (this.#held === held) this.#lost();
  }
}
