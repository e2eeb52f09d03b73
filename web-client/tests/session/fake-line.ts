/** One connection of the server for tests, and the patches that it sends. */

import { toB64u } from '../../src/seal/bytes';
import type { DialEvents } from '../../src/session/world';
import type { ClaimView, ClientFrame, DeviceId, KnockView, Own, ServerFrame } from '../../src/wire.gen';

export type Json = { readonly [key: string]: unknown };

/** The RFC 7396 patch from one view to another. */
export function diff(from: Json, to: Json): Json {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, next] of Object.entries(to)) {
    const before = from[key];
    if (JSON.stringify(before) === JSON.stringify(next)) continue;
    const both = [before, next].every((v) => typeof v === 'object' && v !== null && !Array.isArray(v));
    patch[key] = both ? diff(before as Json, next as Json) : next;
  }
  return patch;
}

/** One connection as the server has it. */
export class Line {
  readonly events: DialEvents;
  readonly sent: ClientFrame[] = [];
  device: DeviceId | undefined;
  knock: (KnockView & { resume: string }) | undefined;
  /** What a knock on this line must be signed over. */
  readonly challenge = toB64u(crypto.getRandomValues(new Uint8Array(32)));
  claims: Record<DeviceId, ClaimView> = {};
  seated = false;
  closed = false;
  /** The own view that this browser has. */
  own: Own | undefined;

  constructor(events: DialEvents) {
    this.events = events;
  }

  say(frame: ServerFrame): void {
    if (!this.closed) this.events.message(JSON.stringify(frame));
  }

  close(code: number): void {
    if (this.closed) return;
    this.closed = true;
    this.events.closed(code);
  }
}
