/** What is shown of admission: who is at the door, and the links by which people come. */

import { signal } from '@preact/signals';
import { fromB64u } from '../seal/bytes';
import { formatLink, type LinkRole } from '../seal/link';
import type { DeviceId } from '../wire.gen';
import type { Context } from './context';
import { REMIND_MS } from './duty-runner';
import { facilitator } from './lazy';
import type { Claimed, Knocker, Links } from './types';

export function admissionView({ aside, keys, room, world }: Context) {
  const knocks = signal<readonly Knocker[]>([]);
  const claims = signal<readonly Claimed[]>([]);
  const links = signal<Links>({
    host: undefined, co_facilitator: undefined, member: undefined, observer: undefined,
  });
  // What is shown already.
  let shownKnocks: unknown;
  let shownClaims: unknown;
  let shownLinks: unknown;
  let shownHost: unknown;

  async function showKnocks(): Promise<void> {
    const now = room()?.knocks;
    if (now === undefined || now === shownKnocks) return;
    shownKnocks = now;
    if (Object.keys(now).length === 0) {
      knocks.value = [];
      return;
    }
    try {
      const { knockers } = await facilitator();
      const at = room();
      if (at === undefined) return;
      const shown = await knockers(keys, at);
      if (shownKnocks === now) knocks.value = shown;
    } catch {
      // A part of the page did not arrive: whoever is at the door is shown a little later.
      shownKnocks = undefined;
      world.after(REMIND_MS, () => aside(showKnocks()));
    }
  }

  function showClaims(): void {
    const now = room()?.claims;
    if (now === undefined || now === shownClaims) return;
    shownClaims = now;
    const all = Object.entries(now) as [DeviceId, { at: number }][];
    claims.value = all.map(([device, { at }]) => ({ device, at })).toSorted((a, b) => a.at - b.at);
  }

  function showLinks(): void {
    // Of an earlier set the roster says who the host is, once it is known.
    if (shownLinks === keys.links && shownHost === keys.host) return;
    shownLinks = keys.links;
    shownHost = keys.host;
    const shown = (role: LinkRole): string | undefined => {
      const link = keys.newest(role);
      const host = role !== 'h' && keys.host ? fromB64u(keys.host) : undefined;
      return link && formatLink({ ...link, set: keys.set, host }, world.origin);
    };
    links.value = {
      // A co-facilitator holds no host link. In sets of the first form its entry is another key.
      host: keys.role === 'h' ? shown('h') : undefined,
      co_facilitator: shown('c'),
      member: shown('m'),
      observer: shown('o'),
    };
  }

  return {
    views: { knocks, claims, links },
    /** The room or the keys may be others now. */
    update(): void {
      showLinks();
      showClaims();
      aside(showKnocks());
    },
    /** Outside the room nobody is seen at its door. */
    clear(): void {
      knocks.value = [];
      claims.value = [];
      shownKnocks = undefined;
      shownClaims = undefined;
    },
  };
}
