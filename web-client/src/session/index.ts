/** The session layer's one way in: how the screens come to a set. */

import { fromB64u } from '../seal/bytes';
import { Drafts } from './drafts';
import { Memory, NO_SET } from './memory';
import { newSession } from './session';
import type { Sessions } from './types';
import { browserWorld, type World } from './world';

export { outlastsClose } from './model';
export type * from './types';
export type { HostFaultCode } from './world';

/** Sessions in this browser, or in the world of a test. */
export function sessions(world: World = browserWorld()): Sessions {
  return {
    async open(link) {
      const session = newSession(world, link.set, link);
      await session.connection.open();
      return session;
    },
    async create(setUp) {
      const { create } = await import('./create');
      return create(world, setUp);
    },
    async begun() {
      const memory = new Memory(world, NO_SET);
      const drafts = new Drafts(world, memory);
      await memory.read(false);
      await drafts.load();
      return drafts;
    },
    async resume() {
      const set = fromB64u(world.noted() ?? '');
      if (set?.length !== 16) return undefined;
      const session = newSession(world, set);
      return (await session.connection.open()) ? session : undefined;
    },
  };
}
