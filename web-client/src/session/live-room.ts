/**
 * The room as this browser knows it: takes the server's frames, follows keys and texts, and tells
 * what happened.
 */

import { batch, signal } from '@preact/signals';
import { sameBytes } from '../seal/bytes';
import type { BranchId, ItemId, ItemView, Own, SeatId, Seq, ServerFrame, Shared } from '../wire.gen';
import type { Context } from './context';
import { AGAIN_MS } from './keys';
import { offRecord } from './lazy';
import { outlastsClose, reduce, type RoomState } from './model';
import { Rollback } from './rollback';
import { bytesOf } from './texts';
import type { Happening, OffRecord, Session } from './types';
import type { Writer } from './writer';

type Frame<T extends ServerFrame['t']> = ServerFrame & { t: T };
type Views = Pick<Session, 'shared' | 'own' | 'here' | 'offers' | 'attended' | 'offRecord' | 'noFacilitatorSince' | 'onHappening'>;

export interface LiveRoom {
  /** What the screens see of it. */
  readonly views: Views;
  readonly rollback: Rollback;
  /** Undefined outside the room. */
  readonly state: RoomState | undefined;
  /** Where to go on from at the next return; undefined to ask for a snapshot. */
  readonly since: Seq | undefined;
  /** Takes a frame. False when one before it is missing. */
  take(frame: ServerFrame): boolean;
  /** A line is new: what this person is asked comes again on it, where it is still asked. */
  renew(): void;
  /** Opens what can be opened, then does what follows from it. */
  reread(): Promise<void>;
  /** Nothing of the room stays on the screen. */
  leave(): void;
}

/** Whether it is on another branch than this one, if any. */
const isElsewhere = (frame: Frame<'snapshot'>, branch: BranchId | undefined): boolean => (branch ?? frame.branch) !== frame.branch;

/** What is gone for good, whatever is said of why. What a close gives back to its owner may be shown once more. */
function gone(before: RoomState, { own, shared }: RoomState): ItemId[] {
  const closes = shared.stage !== before.shared.stage || shared.meeting !== before.shared.meeting;
  const all = { ...before.own.items, ...before.shared.items };
  return (Object.keys(all) as ItemId[]).filter((id) => {
    const { kind, seat } = all[id] as ItemView;
    const stays = closes && (kind !== 'practice' || seat === own.seat) && outlastsClose(before, id, kind);
    return !(id in own.items || id in shared.items || stays);
  });
}

/**
 * `moved` is called while the views move, so that nothing is drawn in between; `settled` when keys,
 * texts or the roster may be others.
 */
export function liveRoom(context: Context, writer: Writer, moved: () => void, settled: () => void): LiveRoom {
  const { aside, drafts, keys, memory, outbox, texts, turn, world } = context;
  const shared = signal<Shared | undefined>(undefined);
  const own = signal<Own | undefined>(undefined);
  const here = signal<ReadonlySet<SeatId>>(new Set());
  const offers = signal<RoomState['offers']>({});
  const attended = signal<RoomState['attended']>({});
  const noFacilitatorSince = signal<number | undefined>(undefined);
  const shown = signal(false);
  let round: Promise<OffRecord> | undefined;
  const listeners = new Set<(happening: Happening) => void>();
  const rollback = new Rollback(shared);
  let state: RoomState | undefined;
  /** Something was missing. */
  let afresh = false;
  /** The branch that this page was on last. Another tab may have come further. */
  let on: BranchId | undefined;

  const openRound = (): Promise<OffRecord> => (round ??= offRecord().then((by) => by.newOffRecord(context, shown)));

  async function reread(): Promise<void> {
    if (state === undefined) return;
    await texts.update(state);
    turn();
    if (state === undefined) return;
    writer.settle();
    settled();
  }

  /** True where an earlier copy was put back. */
  function takeSnapshot(frame: Frame<'snapshot'>, before: RoomState | undefined, next: RoomState): boolean {
    afresh = false;
    const { branch, member, setBack } = memory.kept;
    // The server says so to whoever returns; one that holds less than was shown, or is on another branch, need not.
    const earlier =
      frame.restored === true || isElsewhere(frame, branch) || (!isElsewhere(frame, on) && frame.seq < (before?.seq ?? 0));
    if (earlier || isElsewhere(frame, on)) rollback.note(before, next, texts);
    on = frame.branch;
    if (earlier) {
      texts.wentBack();
      keys.again();
    }
    rollback.isIn(earlier || setBack === true);
    const seat = bytesOf(frame.own.seat);
    const admitted = member === undefined || !sameBytes(member, seat);
    // In one go: whoever leaves the page in this moment is admitted or not, has forgotten and will be told or neither.
    // Once admitted the link is of no more use here. The host's browser sees to it that everybody goes on from above
    // what they know.
    const seated = admitted && { member: seat, secret: undefined };
    const back = earlier && { seen: undefined, setBack: true, ...(keys.role === 'h' && { heal: true }) };
    if (earlier || admitted || branch !== on) aside(memory.save({ branch: on, ...seated, ...back }));
    if (admitted) drafts.keep('door', undefined);
    return earlier;
  }

  function move(next: RoomState): void {
    state = next;
    if (next.shared.stage === 'closed') drafts.close();
    else drafts.open();
    batch(() => {
      shared.value = next.shared;
      own.value = next.own;
      here.value = next.here;
      offers.value = next.offers;
      attended.value = next.attended;
      noFacilitatorSince.value = next.noFacilitatorSince;
      moved();
    });
  }

  function tell({ what, by, re }: Frame<'change'>, before: Shared, after: Shared): void {
    for (const listener of listeners) listener({ what, by, mine: outbox.has(re), before, after });
  }

  function follow(before: RoomState | undefined, now: RoomState, earlier: boolean): void {
    const holds = ({ roster, epoch, meeting }: Shared): unknown[] => [roster, epoch, meeting];
    const known = before && holds(before.shared);
    const keysMoved = holds(now.shared).some((part, of) => part !== known?.[of]);
    const renewed = now.own.own_key?.gen !== before?.own.own_key?.gen;
    if (now.own !== before?.own || keysMoved) aside(followKeys(now, renewed));
    if (now.shared.items === before?.shared.items && now.own.items === before.own.items) return settled();
    if (before !== undefined && !earlier) aside(texts.withdrawn(gone(before, now)));
    aside(reread());
  }

  async function followKeys(now: RoomState, renewed: boolean): Promise<void> {
    const fresh = await keys.follow(now.own, now.shared);
    // A part of the page did not arrive. It is asked for again, whether or not anything changes.
    if (fresh === undefined) world.after(AGAIN_MS, () => state && aside(followKeys(state, renewed)));
    turn();
    if (fresh || renewed) await reread();
    else if (state !== undefined) settled();
  }

  keys.state.subscribe((is) => {
    turn();
    if (is === 'ready') aside(reread());
  });

  return {
    views: {
      shared,
      own,
      here,
      offers,
      offRecord: { shown, open: openRound },
      attended,
      noFacilitatorSince,
      onHappening(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    rollback,
    get state() {
      return state;
    },
    get since() {
      return afresh ? undefined : state?.seq;
    },
    take(frame) {
      const before = state;
      const next = reduce(before, frame);
      if (next === 'hole') {
        afresh = true;
        return false;
      }
      if (next === undefined) return true;
      const earlier = frame.t === 'snapshot' && takeSnapshot(frame, before, next);
      move(next);
      if (frame.t === 'presence') shown.value ||= frame.off_record !== undefined;
      if (shown.value && (frame.t === 'presence' || frame.t.startsWith('off_'))) aside(openRound().then((by) => by.take(frame)));
      if (frame.t === 'change' && before !== undefined && next !== before) tell(frame, before.shared, next.shared);
      if (frame.t === 'done') outbox.answered(frame);
      else outbox.flush();
      turn();
      follow(before, next, earlier);
      return true;
    },
    renew() {
      if (state === undefined) return;
      move({ ...state, claims: {}, offers: {}, attended: {} });
      settled();
    },
    reread,
    leave() {
      if (state !== undefined) rollback.leaves(state, texts.all.value);
      state = undefined;
      if (round !== undefined) aside(round.then((by) => by.drop()));
      batch(() => {
        texts.hide();
        shared.value = undefined;
        own.value = undefined;
        here.value = new Set();
      });
    },
  };
}
