/**
 * When an earlier copy of the room was put back: what this person had written since, and what is to
 * be forgotten of the time that is no more.
 *
 * What was pressed and not answered goes out again by itself, as after any lost line. Texts that
 * had been on the server's disk and are there no longer are only here, on this page; the person is
 * offered to write them again.
 */

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type ItemId, LASTING, type Shared } from '../wire.gen';
import type { RoomState } from './model';
import type { Texts } from './texts';
import type { LostText, Text } from './types';

export class Rollback {
  /** Whether a copy was put back while this page was open, or since it was open last. */
  readonly happened = signal(false);
  /** What can be written again in the meeting that is on. */
  readonly lost: ReadonlySignal<readonly LostText[]>;
  readonly #all = signal<readonly LostText[]>([]);
  #perhaps: readonly LostText[] = [];

  constructor(shared: ReadonlySignal<Shared | undefined>) {
    // What is a meeting's alone waits for that one.
    const fits = ({ kind, meeting }: LostText): boolean =>
      meeting === shared.value?.meeting || (LASTING.includes(kind) && kind !== 'practice');
    this.lost = computed(() => this.#all.value.filter(fits));
  }

  /** This page is out of the room: if that is an earlier copy when it is in again, all of this is lost. */
  leaves(room: RoomState, texts: ReadonlyMap<ItemId, Text>): void {
    // A name belongs to its seat; whoever comes in again says theirs anew.
    this.#perhaps = own(room, texts).filter(({ kind }) => kind !== 'name');
  }

  /** In again. `told` when that a copy was put back is still to be spoken of. */
  isIn(told: boolean): void {
    this.happened.value ||= told;
    this.#perhaps = [];
  }

  /** The room is a copy, as `after` now; on this page it was as `before`. What was taken back meanwhile is not lost. */
  note(before: RoomState | undefined, after: RoomState, texts: Texts): void {
    const there = { ...after.own.items, ...after.shared.items };
    const had = before === undefined ? this.#perhaps : own(before, texts.all.value);
    this.#lose(had.filter(({ id, rev }) => (there[id]?.rev ?? 0) < rev && !texts.isGone(id)));
  }

  /** It was written again, or is not wanted any more. */
  drop(gone: LostText): void {
    this.#all.value = this.#all.value.filter((text) => text !== gone);
  }

  /** The person has seen it, and wants none of what is offered. */
  dismiss(): void {
    this.happened.value = false;
    for (const text of this.lost.value) this.drop(text);
  }

  clear(): void {
    this.happened.value = false;
    this.#all.value = [];
    this.#perhaps = [];
  }

  #lose(texts: readonly LostText[]): void {
    // Of two copies that are put back one after the other the later text counts.
    const kept = this.#all.value.filter(({ id }) => texts.every((text) => text.id !== id));
    this.#all.value = [...kept, ...texts];
  }
}

/** This person's own texts, as far as they could be opened. */
function own(room: RoomState, texts: ReadonlyMap<ItemId, Text>): LostText[] {
  return [...texts.values()].flatMap(({ id, seat, kind, rev, text, bid }) =>
    seat === room.own.seat && text !== undefined
      ? [{ id, seat, kind, rev, text, bid, action: room.own.practice_of?.[id], meeting: room.shared.meeting }]
      : [],
  );
}
