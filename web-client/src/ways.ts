/** How the screens come to a real session. */

import type { Ways } from './app';
import { hostSet, openKept, setHere } from './session';
import { SetSession } from './session/session';
import { browserWorld } from './session/world';

export const ways: Ways = {
  open(link) {
    const session = new SetSession(browserWorld(), link.set, link);
    void session.open();
    return session;
  },
  async found(wishes) {
    return (await hostSet(wishes)).session;
  },
  async back() {
    const set = setHere();
    const session = set && (await openKept(set));
    return session && { session, role: session.linkRole };
  },
};
