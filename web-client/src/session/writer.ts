/**
 * Seals what is typed and sends it, one text at a time, so that this device's boxes form one chain:
 * each has a number and names the one before.
 */

import { seal } from '../seal/box';
import { type Bytes, sameBytes, toB64u } from '../seal/bytes';
import { type ChainHead, headAt, nextPlace } from '../seal/chain';
import { SealFault } from '../seal/fault';
import type { BidTerms, Hash32, ItemId, Own, Put, TextKind } from '../wire.gen';
import type { Desk } from './desk';
import type { RoomState } from './model';
import type { Errand } from './outbox';
import { bytesOf, contextOf, epochOf } from './texts';
import type { Answer } from './types';

/** A text on its way out. */
export interface Draft {
  readonly kind: TextKind;
  readonly text: string;
  readonly item?: ItemId | undefined;
  readonly bid?: BidTerms | undefined;
  /** Written by the session itself: not shown as unsent, and not needed any more once false. */
  readonly needed?: (() => boolean) | undefined;
}

/** Texts of which the server keeps one for each author, or for the set. */
const SINGLE: ReadonlySet<TextKind> = new Set(['title', 'charter', 'headline', 'bid']);

export class Writer {
  readonly #desk: Desk;
  #turn: Promise<unknown> = Promise.resolve();
  #head: ChainHead | undefined;
  #session: Bytes | undefined;
  /** Texts that were sealed again, or could not be, with the epoch it was done for. */
  readonly #resealed = new Map<string, number>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Goes on with the chain that is kept. */
  begin(): void {
    const { chain } = this.#desk.memory.kept;
    this.#head = chain?.head;
    this.#session = chain?.session;
    this.#resealed.clear();
  }

  /** Writes a text; the answer comes when it is on disk, or was refused. */
  write(draft: Draft): Promise<Answer> {
    const { outbox, room } = this.#desk;
    const errand = outbox.take('put', room()?.seq ?? 0, draft.needed !== undefined);
    const written = this.#turn.then(() => this.#put(errand, draft)).finally(() => outbox.drop(errand));
    this.#turn = written.catch(() => undefined);
    return written;
  }

  /**
   * Seals this person's texts again that stand under an older key, so that whoever is admitted
   * later can read them, and says who this device is.
   */
  settle(): void {
    const { keys, room, texts } = this.#desk;
    const now = room();
    if (now === undefined || keys.state.value !== 'ready' || now.shared.stage === 'closed') return;
    this.#nameOneself(now);
    const { epoch } = now.shared;
    for (const text of texts.all.value.values()) {
      if (text.seat !== now.own.seat || text.text === undefined) continue;
      if (text.kind === 'name' || this.#resealed.get(text.id) === epoch) continue;
      const stands = (): boolean => {
        const view = viewOf(room(), text.id);
        return view !== undefined && epochOf(view) < (room()?.shared.epoch ?? 0);
      };
      if (!stands()) continue;
      this.#resealed.set(text.id, epoch);
      const { id: item, kind, bid } = text;
      void this.write({ kind, text: text.text, item, bid, needed: stands });
    }
  }

  /** The name that others see: the typed one, else the one that stands, sealed by this device. */
  #nameOneself(now: RoomState): void {
    const { memory, room, texts } = this.#desk;
    const { seat, device } = now.own;
    const id = seat as string as ItemId;
    const { epoch } = now.shared;
    const standing = texts.all.value.get(id)?.text;
    const typed = memory.kept.name;
    const name = typed ?? standing;
    if (name === undefined || this.#resealed.get(id) === epoch) return;
    // A device that has never sealed anything has not yet shown that it holds the key.
    const isNew = now.own.next_n === 0;
    const needed = (): boolean => {
      const view = viewOf(room(), id);
      if (view === undefined || epochOf(view) < (room()?.shared.epoch ?? 0)) return true;
      const differs = typed !== undefined && texts.all.value.get(id)?.text !== typed;
      return differs || (isNew && view.device !== device);
    };
    if (!needed()) return;
    this.#resealed.set(id, epoch);
    const written = this.write({ kind: 'name', text: name, item: id, needed });
    if (typed === undefined) return;
    void written.then((answer) => (answer.ok ? memory.save({ name: undefined }) : undefined));
  }

  async #put(errand: Errand, draft: Draft): Promise<Answer> {
    const { keys, outbox, room, until } = this.#desk;
    let mended = false;
    for (;;) {
      const can = await until(() => room() !== undefined && keys.state.value === 'ready');
      const now = room();
      if (!can || now === undefined) return { ok: false, code: 'gone' };
      if (draft.needed !== undefined && !draft.needed()) return { ok: true };
      const { epoch } = now.shared;
      const put = await this.#seal(now, draft).catch((fault: unknown) => {
        if (fault instanceof SealFault && fault.code === 'too_long') return undefined;
        throw fault;
      });
      if (put === undefined) return { ok: false, code: 'long_text' };
      const answer = await outbox.send(errand, { c: 'put', ...put });
      if (answer.ok) {
        await this.#chained(bytesOf(now.shared.meeting), put);
        return answer;
      }
      if (answer.code === 'stale_epoch') {
        // The same errand, sealed under the new key as soon as that is here.
        if (!(await until(() => room() !== undefined && room()?.shared.epoch !== epoch))) {
          return { ok: false, code: 'gone' };
        }
      } else if ((answer.code === 'stale_order' || answer.code === 'stale_revision') && !mended) {
        mended = true;
      } else {
        return answer;
      }
    }
  }

  async #seal(now: RoomState, draft: Draft): Promise<Put> {
    const { shared, own } = now;
    const { keys, world } = this.#desk;
    const item = draft.item ?? itemFor(now, draft.kind) ?? (toB64u(world.random(16)) as ItemId);
    const key = keys.key(shared.epoch);
    if (key === undefined) throw new Error('no key');
    const place = this.#place(own, bytesOf(shared.meeting));
    const put = {
      kind: draft.kind,
      item,
      rev: (viewOf(now, item)?.rev ?? 0) + 1,
      n: place.n,
      prev: toB64u(place.prev) as Hash32,
    };
    const context = contextOf(shared, item, { ...put, seat: own.seat, device: own.device }, shared.epoch);
    const box = await seal(key, context, draft.text, world.random);
    return { ...put, box, ...(draft.bid !== undefined && { bid: draft.bid }) };
  }

  /** The next number; after a reload that lost the last box, `prev` is zeros. */
  #place(own: Own, session: Bytes): { n: number; prev: Bytes } {
    const same = this.#session !== undefined && sameBytes(this.#session, session);
    const next = nextPlace(same ? this.#head : undefined);
    return own.next_n > next.n ? { n: own.next_n, prev: new Uint8Array(32) } : next;
  }

  async #chained(session: Bytes, put: Put): Promise<void> {
    this.#session = session;
    this.#head = await headAt(put.n, put.box);
    await this.#desk.memory.save({ chain: { session, head: this.#head } });
  }
}

function viewOf(room: RoomState | undefined, item: ItemId): RoomState['own']['items'][ItemId] | undefined {
  return room?.shared.items[item] ?? room?.own.items[item];
}

/** The text that a new writing of this kind belongs to, where there can be only one. */
function itemFor({ shared, own }: RoomState, kind: TextKind): ItemId | undefined {
  if (kind === 'name') return own.seat as string as ItemId;
  if (!SINGLE.has(kind)) return undefined;
  const all = Object.entries({ ...own.items, ...shared.items });
  return all.find(([, view]) => view.kind === kind && view.seat === own.seat)?.[0] as ItemId | undefined;
}
