/**
 * Seals what is typed and sends it, one text at a time, so that this device's boxes form one chain:
 * each has a number and names the one before.
 *
 * What only its author may see is sealed under a key of their own, never under the set's, except by
 * the author's own wish to release it.
 */

import { seal, sealedUnder, type Under } from '../seal/box';
import { type Bytes, sameBytes, toB64u } from '../seal/bytes';
import { type ChainHead, headAt, nextPlace, placeOutside } from '../seal/chain';
import { SealFault } from '../seal/fault';
import { type BidTerms, type Hash32, type ItemId, LASTING, type MeetingId, type Own, PRIVATE, type Put, type Replaced, SINGLE, type TextKind } from '../wire.gen';
import type { Context } from './context';
import { holding } from './lazy';
import type { RoomState } from './model';
import type { Errand } from './outbox';
import { bytesOf, contextOf, underOf } from './texts';
import type { Answer } from './types';

/** A text on its way out. */
export interface Draft {
  readonly kind: TextKind;
  readonly text: string;
  readonly item?: ItemId | undefined;
  readonly bid?: BidTerms | undefined;
  /** Of a practice, the action that taught it. */
  readonly action?: ItemId | undefined;
  /** Of what the set has one of, the text that it takes the place of. */
  readonly replaces?: Replaced | undefined;
  /** Written by the session itself: not shown as unsent, and not needed any more once false. */
  readonly needed?: (() => boolean) | undefined;
  /** Whether everybody is to read it, as where it is about to be released, or its author alone; else as it stands. */
  readonly forAll?: boolean | undefined;
  /** The meeting that it was written in, where that may be another one than is on. */
  readonly meeting?: MeetingId | undefined;
}

/** One whose readers are decided. */
interface Written extends Draft {
  readonly forAll: boolean;
}

/** In place of keys: sealed again after the close. */
const SHUT = '';

const FAILED: Answer = { ok: false, code: 'failed' };
const TOO_LONG: Answer = { ok: false, code: 'long_text' };

export class Writer {
  readonly #context: Context;
  #turn: Promise<unknown> = Promise.resolve();
  #head: ChainHead | undefined;
  #session: Bytes | undefined;
  /** Texts that were sealed again, or could not be, with the keys it was done for. */
  readonly #resealed = new Map<string, string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Goes on with the chain that is kept. */
  begin(): void {
    const { chain } = this.#context.memory.kept;
    this.#head = chain?.head;
    this.#session = chain?.session;
    this.#resealed.clear();
  }

  /** Writes a text; the answer comes when it is on disk, or was refused. */
  write(draft: Draft): Promise<Answer> {
    const { outbox, room, world } = this.#context;
    const errand = outbox.take('put', room()?.seq ?? 0, draft.needed !== undefined);
    // Once for all: what the server says while it is on its way changes nothing.
    const forAll = draft.forAll ?? this.#isForAll(draft);
    const meeting = draft.meeting ?? room()?.shared.meeting;
    // What cannot be sealed now, as where a part of the page did not arrive, was not sent: it is said.
    const put = (): Promise<Answer> =>
      this.#put(errand, { ...draft, forAll, meeting }).catch((fault: unknown) => {
        world.report(fault);
        return FAILED;
      });
    const written = this.#turn.then(put, put).finally(() => outbox.drop(errand));
    this.#turn = written;
    return written;
  }

  /** Runs something between two texts, so that no text is sealed while the own key changes. */
  between<T>(run: () => Promise<T>): Promise<T> {
    // Whether the one before came off is its caller's affair.
    const done = this.#turn.then(run, run);
    this.#turn = done;
    return done;
  }

  /**
   * Seals this person's texts again that stand under an older key, so that whoever is admitted
   * later can read them, and says who this device is.
   */
  settle(): void {
    const { keys, room, texts } = this.#context;
    const now = room();
    if (now === undefined || keys.state.value !== 'ready') return;
    if (now.shared.stage === 'closed') return this.#shutAway(now);
    this.#nameOneself(now);
    const newest = keysOf(now);
    for (const text of texts.all.value.values()) {
      if (text.seat !== now.own.seat || text.text === undefined) continue;
      if (text.kind === 'name' || this.#resealed.get(text.id) === newest) continue;
      const stands = (): boolean => isUnderOldKey(room(), viewOf(room(), text.id));
      // What is newer than the text that is open here comes first, or it would be undone.
      if (!stands() || viewOf(now, text.id)?.rev !== text.rev) continue;
      this.#resealed.set(text.id, newest);
      const { id: item, kind, bid } = text;
      this.#again(text.id, this.write({ kind, text: text.text, item, bid, needed: stands }));
    }
  }

  /**
   * After a meeting what the set had seen, and is its owner's alone by now, is sealed under their own key and
   * no longer under the set's: so it opens on another browser of theirs, whatever keys the set has by then.
   */
  #shutAway({ own }: RoomState): void {
    const { room, texts } = this.#context;
    for (const id of Object.keys(own.items) as ItemId[]) {
      const stands = (): boolean => {
        const view = room()?.shared.stage === 'closed' ? room()?.own.items[id] : undefined;
        return view !== undefined && !underOf(view).own;
      };
      const text = texts.all.value.get(id);
      if (text?.text === undefined || text.rev !== own.items[id]?.rev || !stands() || this.#resealed.get(id) === SHUT) continue;
      this.#resealed.set(id, SHUT);
      this.#again(id, this.write({ kind: text.kind, text: text.text, item: id, needed: stands, forAll: false }));
    }
  }

  /**
   * What could not be sealed, as where a part of the page did not arrive or the return code has not been typed,
   * is tried at the next change.
   */
  #again(id: string, written: Promise<Answer>): void {
    const later = (answer: Answer): boolean => answer === FAILED || (!answer.ok && answer.code === 'own_locked');
    this.#context.aside(written.then((answer) => later(answer) && this.#resealed.delete(id)));
  }

  /** The name that others see: the typed one, else the one that stands, sealed by this device. */
  #nameOneself(now: RoomState): void {
    const { aside, memory, room, texts } = this.#context;
    const { seat, device } = now.own;
    const id = seat as string as ItemId;
    const newest = keysOf(now);
    const standing = texts.all.value.get(id);
    const typed = memory.kept.name;
    const isOpen = standing?.rev === viewOf(now, id)?.rev;
    const name = typed ?? (isOpen ? standing?.text : undefined);
    if (name === undefined || this.#resealed.get(id) === newest) return;
    // A device that has never sealed anything has not yet shown that it holds the key.
    const isNew = now.own.next_n === 0;
    const needed = (): boolean => {
      const view = viewOf(room(), id);
      if (view === undefined || isUnderOldKey(room(), view)) return true;
      const differs = typed !== undefined && texts.all.value.get(id)?.text !== typed;
      return differs || (isNew && view.device !== device);
    };
    if (!needed()) return;
    this.#resealed.set(id, newest);
    const written = this.write({ kind: 'name', text: name, item: id, needed });
    this.#again(id, written);
    if (typed === undefined) return;
    aside(written.then((answer) => (answer.ok && memory.kept.name === typed ? memory.save({ name: undefined }) : undefined)));
  }

  async #put(errand: Errand, draft: Written): Promise<Answer> {
    const { keys, outbox, room, until } = this.#context;
    let mended = false;
    for (;;) {
      const can = await until(() => room() !== undefined && keys.state.value === 'ready');
      const now = room();
      if (!can || now === undefined) return { ok: false, code: 'gone' };
      if (draft.needed !== undefined && !draft.needed()) return { ok: true };
      // What is a meeting's goes to nobody of the next one.
      const isOfOne = !LASTING.includes(draft.kind) || (draft.kind === 'practice' && !viewOf(now, draft.item));
      if (isOfOne && isOver(now, draft)) return { ok: false, code: 'stale' };
      const newest = keysOf(now);
      const put = await this.#seal(now, draft).catch((fault: unknown) => {
        if (fault instanceof SealFault && fault.code === 'too_long') return TOO_LONG;
        throw fault;
      });
      // The keys moved while this was under way.
      if (put === undefined) continue;
      if ('ok' in put) return put;
      const answer = await outbox.send(errand, { c: 'put', ...put });
      if (answer.ok) {
        if (!sealedUnder(put.box).own) await this.#chained(bytesOf(now.shared.meeting), put);
        return answer;
      }
      if (answer.code === 'stale_epoch') {
        // The same errand, sealed under the new key as soon as that is here.
        if (!(await until(() => keysOf(room()) !== newest))) return { ok: false, code: 'gone' };
      } else if ((answer.code === 'stale_order' || answer.code === 'stale_revision') && !mended) {
        mended = true;
      } else {
        return answer;
      }
    }
  }

  /** Undefined when the keys have moved on meanwhile, an answer when there can be no key. */
  async #seal(now: RoomState, draft: Written): Promise<Put | Answer | undefined> {
    const { shared, own } = now;
    const { world } = this.#context;
    const item = draft.item ?? itemFor(now, draft.kind) ?? (toB64u(world.random(16)) as ItemId);
    const { sealing } = this.#context.keys;
    // What was shown is its author's again once that meeting is over, unless it stayed with the set.
    const again = PRIVATE.includes(draft.kind) || (draft.kind === 'practice' && !this.#isForAll(draft));
    const forAll = draft.forAll && !(again && (shared.stage === 'closed' || isOver(now, draft)));
    const key = forAll ? sealing && { own: false, epoch: sealing.epoch, key: sealing.key } : await this.#ownKey();
    if (key === undefined || 'ok' in key) return key;
    // Its place is in the meeting, and that may have become another one while the key was made.
    if (this.#context.room()?.shared.meeting !== shared.meeting) return undefined;
    const place = key.own ? placeOutside(world.random) : this.#place(own, bytesOf(shared.meeting));
    const put = {
      kind: draft.kind,
      item,
      rev: (viewOf(now, item)?.rev ?? 0) + 1,
      n: place.n,
      prev: toB64u(place.prev) as Hash32,
    };
    const context = contextOf(shared, item, { ...put, seat: own.seat, device: own.device }, key);
    const box = await seal(key.key, context, draft.text, world.random);
    // One that is only sealed again still says where it comes from.
    const action = draft.action ?? own.practice_of?.[item];
    return {
      ...put, box,
      ...(draft.bid !== undefined && { bid: draft.bid }),
      ...(action !== undefined && { action }),
      ...(draft.replaces !== undefined && { replaces: draft.replaces }),
      // The set's key is another one in the next meeting. One's own is not, and does not say where it was used.
      ...(key.own && { meeting: shared.meeting }),
    };
  }

  /**
   * Whether a text goes under the set's key. Of what only its author may see this browser itself has opened one
   * that stands there, and is shown to all: the server's word alone is not enough.
   */
  #isForAll({ item, kind }: Draft): boolean {
    const { room, texts } = this.#context;
    const now = room();
    const text = item && texts.all.value.get(item);
    if (text?.text !== undefined && text.open && text.seat === now?.own.seat) return true;
    // A practice that is its owner's again stays so. What the set is for is written between its meetings too.
    const isTheirs = PRIVATE.includes(kind) || (kind === 'practice' && !!text);
    return !isTheirs && (kind === 'framework' || now?.shared.stage !== 'closed');
  }

  /** The newest own key, made or made anew first where that is due. */
  async #ownKey(): Promise<(Under & { key: CryptoKey }) | Answer | undefined> {
    const { own, room } = this.#context;
    const { settleOwnKey } = await holding();
    const answer = await settleOwnKey(this.#context);
    if (!answer.ok) return answer;
    const gen = own.newest;
    const key = own.sealing(gen);
    if (room()?.own.own_key?.gen !== gen || key === undefined) return undefined;
    return { own: true, epoch: gen, key: await key };
  }

  /**
   * The next number; after a reload that lost the last box, `prev` is zeros. None is used twice, whichever meeting
   * it was of: a copy that was put back may be of an earlier one, and not know of it.
   */
  #place(own: Own, session: Bytes): { n: number; prev: Bytes } {
    const same = this.#session !== undefined && sameBytes(this.#session, session);
    const next = nextPlace(this.#head);
    const n = Math.max(own.next_n, next.n);
    return same && n === next.n ? next : { n, prev: new Uint8Array(32) };
  }

  async #chained(session: Bytes, put: Put): Promise<void> {
    this.#session = session;
    this.#head = await headAt(put.n, put.box);
    await this.#context.memory.save({ chain: { session, head: this.#head } });
  }
}

/** Whether it was written in a meeting before the one that is on. */
const isOver = ({ shared }: RoomState, { meeting }: Written): boolean => meeting !== undefined && meeting !== shared.meeting;

function viewOf(room: RoomState | undefined, item: ItemId | undefined): RoomState['own']['items'][ItemId] | undefined {
  return item && (room?.shared.items[item] ?? room?.own.items[item]);
}

/** What texts are sealed under: a new key of one's own is a reason as good as a new one of the set's. */
function keysOf(room: RoomState | undefined): string {
  return `${room?.shared.epoch} ${room?.own.own_key?.gen}`;
}

/** Whether a text stands under a key that is not the present one any more. */
function isUnderOldKey(room: RoomState | undefined, view: ReturnType<typeof viewOf>): boolean {
  if (room === undefined || view === undefined) return false;
  const { own, epoch } = underOf(view);
  return epoch < (own ? (room.own.own_key?.gen ?? 0) : room.shared.epoch);
}

/** The text that a new writing of this kind belongs to, where there can be only one. */
function itemFor({ shared, own }: RoomState, kind: TextKind): ItemId | undefined {
  if (kind === 'name') return own.seat as string as ItemId;
  if (!SINGLE.includes(kind)) return undefined;
  const all = Object.entries({ ...own.items, ...shared.items });
  return all.find(([, view]) => view.kind === kind && view.seat === own.seat)?.[0] as ItemId | undefined;
}
