/** The part of the server for tests that keeps the roster: what of an edit it checks, and how. */

import { fromB64u, toB64u } from '../../src/seal/bytes';
import { deviceId } from '../../src/seal/device';
import { type Hello, verifyDevice } from '../../src/seal/knock';
import { handsKeysOn } from '../../src/seal/epoch';
import { follow, isOfHostLink, type Roster } from '../../src/seal/roster';
import type {
  Code, Command, DeviceId, Holder, KeyChange, KnockFrame, MeetingId, OwnKey, RosterEdit, SeatId, SetId, Shared,
} from '../../src/wire.gen';

/** A browser as the room knows it. */
export interface Device {
  seat: SeatId;
  pub: string;
  sign?: string | undefined;
  came_by?: Holder['role'];
  resume: string;
  grant: string | undefined;
  next_n: number;
}

export const bytes = (text: string): Uint8Array<ArrayBuffer> => fromB64u(text) ?? new Uint8Array(0);

export async function idOf(pub: string, sign?: string): Promise<DeviceId> {
  return toB64u(await deviceId(bytes(pub), sign === undefined ? undefined : bytes(sign))) as DeviceId;
}

/** Whether a knock proves that it comes from the device that it names, on this very line. */
export function proven(frame: KnockFrame, challenge: string): Promise<boolean> {
  const { set, role, pub, sign, nonce } = frame;
  const hello: Hello = { set: bytes(set), role, pub: bytes(pub), sign: bytes(sign), nonce: bytes(nonce) };
  return verifyDevice(bytes(challenge), hello, bytes(frame.pop));
}

type SetRole = Command & { c: 'set_role' };

/** What is wrong with what a host asks of somebody's role. */
export function withRole({ role, keys }: SetRole): Code | undefined {
  if (keys === undefined) return 'stale_roster';
  const isRid = (['c', 'm', 'o'] as const).every((kind) => keys.links?.[kind] !== undefined);
  return role === 'member' && !isRid ? 'range' : undefined;
}

/** The seats with the role that somebody takes, and as a whole edit has left the roster. */
export function seatsWith(seats: Shared['seats'], whole: Roster | undefined, takes: SetRole | undefined): Shared['seats'] {
  const moved = Object.values(whole?.holders ?? {}).flatMap(({ seat, role }): Pick<SetRole, 'seat' | 'role'>[] => {
    const held = seats[seat]?.role;
    const stays = held === undefined || held === 'host' || (held === 'co_facilitator') === (role === 'c');
    return stays ? [] : [{ seat, role: role === 'c' ? 'co_facilitator' : 'member' }];
  });
  const next = (takes === undefined ? moved : [takes]).flatMap(({ seat, role }) => {
    const held = seats[seat];
    return held === undefined ? [] : [[seat, { ...held, role }] as const];
  });
  return { ...seats, ...Object.fromEntries(next) };
}

/** Nobody sits here any more. */
export function without(next: Shared, seat: SeatId): void {
  const { [seat]: _, ...seats } = next.seats;
  next.seats = seats as Shared['seats'];
  next.devices = Object.fromEntries(Object.entries(next.devices).filter(([, at]) => at.seat !== seat)) as Shared['devices'];
}

/** What an edit comes with. */
interface Around {
  readonly by: DeviceId;
  readonly host: boolean;
  readonly epoch: number;
  /** The meeting that a new key is of. */
  readonly meeting?: MeetingId | undefined;
  readonly joins?: Holder | undefined;
  readonly leaves?: SeatId | undefined;
  readonly devices: ReadonlyMap<DeviceId, Device>;
}

export class FakeRoster {
  roster: Roster | undefined;
  edits: Record<number, RosterEdit> = {};
  readonly own = new Map<SeatId, OwnKey>();
  due = new Set<Holder['role']>();

  /** The roster after an edit that fits the room, or a refusal. */
  async vet(set: SetId, edit: RosterEdit | undefined, around: Around): Promise<Roster | Code> {
    if (edit === undefined || edit.epoch !== around.epoch || edit.meeting !== around.meeting) return 'stale_roster';
    const after = await follow(bytes(set), this.roster, edit);
    if (typeof after === 'string') return 'stale_roster';
    const { joins, leaves, devices } = around;
    if (edit.by !== around.by && !(around.host && edit.by === after.host)) return 'stale_roster';
    const gone = (id: DeviceId): boolean => (devices.get(id)?.seat ?? leaves) === leaves;
    if ((edit.drop ?? []).some((id) => !gone(id))) return 'stale_roster';
    for (const holder of edit.add ?? []) {
      const id = await idOf(holder.pub, holder.sign);
      const at = devices.get(id);
      const there = at !== undefined && at.seat === holder.seat && at.pub === holder.pub && at.seat !== leaves;
      const joining = joins !== undefined && JSON.stringify({ ...joins, link: 0 }) === JSON.stringify({ ...holder, link: 0 });
      const early = holder.link < edit.epoch || this.roster?.holders[id]?.link === holder.link;
      if (!early || (!isOfHostLink(holder) && !there && !joining)) return 'stale_roster';
    }
    if (joins !== undefined && !(edit.add ?? []).some(({ pub }) => pub === joins.pub)) return 'stale_roster';
    return after;
  }

  /** Whoever came by this kind of link takes the key along. */
  owe(link: Holder['role'] | undefined, stage: Shared['stage']): void {
    if (link !== undefined && (link === 'c' || stage !== 'closed')) this.due.add(link);
  }

  /** A key ends what is due, but for three links that somebody knew who has left. */
  settle(links: KeyChange['links'] = {}): void {
    const stays = this.due.has('c') && !(['c', 'm', 'o'] as const).every((role) => role in links);
    this.due = new Set(stays ? ['c'] : []);
  }

  take(edit: RosterEdit, after: Roster): void {
    this.roster = after;
    this.edits = { ...(edit.whole ? {} : this.edits), [edit.n]: edit };
  }

  /** Whether a key change has a grant for everybody on the roster, and for nobody else. */
  complete(keys: KeyChange, after: Roster, around: Around): boolean {
    const others = Object.keys(after.holders).filter((id) => id !== after.host) as DeviceId[];
    const gone = others.some((id) => (around.devices.get(id)?.seat ?? around.leaves) === around.leaves);
    const due = others.filter((id) => id !== around.by).toSorted();
    return !gone && Object.keys(keys.grants).toSorted().join() === due.join() && Object.keys(keys.wraps).join() === 'h';
  }

  setOwn(seat: SeatId, device: DeviceId, { gen, boxes, host, code, more }: OwnKey, devices: Around['devices']): Code | undefined {
    const now = this.own.get(seat)?.gen ?? 0;
    if (gen < 1 || gen !== (more ? now : now + 1)) return 'stale_revision';
    const mayHave = (id: DeviceId): boolean => {
      const holder = this.roster?.holders[id];
      return devices.get(id)?.seat === seat || (devices.has(id) && holder !== undefined && handsKeysOn(holder.role));
    };
    if (!(device in boxes) || !(Object.keys(boxes) as DeviceId[]).every(mayHave)) return 'stale_roster';
    this.own.set(seat, { gen, boxes, ...(host && { host }), ...(code && { code }) });
    return undefined;
  }
}
