/**
 * The room as this browser has it: a snapshot, and every frame after it merged in. Pure.
 *
 * Places (`seq`) have no holes. A frame that would leave one is never merged: the answer is
 * `'hole'`, and the session asks for a snapshot instead of showing something that may be wrong.
 * What only its author may see takes no place of its own: whoever holds n takes n+1 next.
 */

import { mergeValue } from '../lib/merge';
import { type Attended, type ClaimView, type DeviceId, type ItemId, KEPT, type KnockView, type OfferView, type Own, type SeatId, type ServerFrame, type Shared, type TextKind } from '../wire.gen';

/** What a browser in the room knows. */
export interface RoomState {
  /** The place of the last change in it. */
  readonly seq: number;
  readonly shared: Shared;
  readonly own: Own;
  /** Seats that are connected. */
  readonly here: ReadonlySet<SeatId>;
  /** Since when nobody with the controls is connected, in server time. */
  readonly noFacilitatorSince: number | undefined;
  /** Who is at the door; empty for those who may not admit. */
  readonly knocks: Readonly<Record<DeviceId, KnockView>>;
  /** Browsers at the door that are said to be this person's. */
  readonly claims: Readonly<Record<DeviceId, ClaimView>>;
  /** Lines to pass on that wait, and concern this person. */
  readonly offers: Readonly<Record<ItemId, OfferView>>;
  /** How everybody attended the meeting that is closed, for those with the controls. */
  readonly attended: Readonly<Partial<Record<SeatId, Attended>>>;
}

/**
 * Whether a text of this kind is there after the close; else it is destroyed. A practice that is its owner's alone
 * was adopted, and has outlasted a close before.
 */
export function outlastsClose({ shared, own }: Pick<RoomState, 'shared' | 'own'>, id: ItemId, kind: TextKind): boolean {
  const adopted = id in own.items || shared.practices?.[id]?.adopted_at !== undefined;
  return KEPT[shared.mode].includes(kind) && (kind !== 'practice' || adopted);
}

/**
 * The room after one frame. Returns `room` itself when the frame says nothing new about it, and
 * `'hole'` when something is missing before the frame.
 */
export function reduce(
  room: RoomState | undefined,
  frame: ServerFrame,
): RoomState | undefined | 'hole' {
  if (frame.t === 'snapshot') {
    return {
      seq: frame.seq,
      shared: frame.shared,
      own: frame.own,
      here: room?.here ?? new Set(),
      noFacilitatorSince: room?.noFacilitatorSince,
      knocks: frame.own.keys ? (room?.knocks ?? {}) : {},
      // Those that still wait come behind it.
      claims: {},
      offers: {},
      attended: {},
    };
  }
  switch (frame.t) {
    case 'change':
      if (room === undefined || frame.seq > room.seq + 1) return 'hole';
      // Seen before, as after a return that overlaps.
      if (frame.seq <= room.seq) return room;
      // The server computes patches from two whole views, so what comes out is a whole view again.
      return { ...room, seq: frame.seq, shared: mergeValue(room.shared, frame.shared) as Shared };
    case 'own':
      if (room === undefined || frame.seq > room.seq) return 'hole';
      return { ...room, own: (frame.whole ? frame.own : mergeValue(room.own, frame.own)) as Own };
    case 'presence':
      return room && { ...room, here: new Set(frame.here), noFacilitatorSince: frame.no_facilitator_since };
    case 'knocks':
      return room && { ...room, knocks: frame.knocks };
    case 'claims':
      return room && { ...room, claims: frame.claims };
    case 'lines':
      return room && { ...room, offers: frame.lines };
    case 'attendance':
      return room && { ...room, attended: frame.meeting === room.shared.meeting ? frame.seats : {} };
    case 'done':
      // Every change of a command comes before its answer.
      return room !== undefined && frame.seq > room.seq ? 'hole' : room;
    default:
      return room;
  }
}
