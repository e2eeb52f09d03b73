/**
 * One set in one browser, from the door to the end: the line, the room, keys and texts put
 * together. What people press is in `session.ts`.
 */

import { batch, type ReadonlySignal, signal } from '@preact/signals';
import { ServerClock } from '../lib/clock';
import { type Bytes, sameBytes } from '../seal/bytes';
import { deviceFromPair, newDevice } from '../seal/device';
import type { LinkSecret } from '../seal/keylist';
import { type Link, linkKey } from '../seal/link';
import type { Code, ItemId, Own, SeatId, ServerFrame, Shared } from '../wire.gen';
import { type Context, oneByOne, Turning } from './context';
import { Drafts } from './drafts';
import { endedBy } from './endings';
import { isFirstForm, linkOf, oldFacilitator, resumeFrame } from './return';
import { Memory } from './memory';
import { AGAIN_MS, Keys } from './keys';
import { reduce, type RoomState } from './model';
import { Outbox } from './outbox';
import { OwnKeys } from './own-keys';
import { Seen } from './seen';
import { Rollback } from './rollback';
import { type CloseReason, Socket, type SocketEvents } from './socket';
import { Tab } from './tab';
import { bytesOf, Texts } from './texts';
import type { Ended, Happening, Place } from './types';
import type { World } from './world';
import { Writer } from './writer';

export abstract class Visit {
  readonly place = signal<Place>({ at: 'starting' });
  readonly shared = signal<Shared | undefined>(undefined);
  readonly own = signal<Own | undefined>(undefined);
  readonly here = signal<ReadonlySet<SeatId>>(new Set());
  readonly noFacilitatorSince = signal<number | undefined>(undefined);
  readonly rolledBack: ReadonlySignal<boolean>;
  readonly newBuild = signal(false);
  readonly drafts: Drafts;
  protected readonly context: Context;
  protected readonly clock: ServerClock;
  protected readonly socket: Socket;
  protected readonly writer: Writer;
  protected readonly rollback = new Rollback();
  protected room: RoomState | undefined;
  protected readonly set: Bytes;
  readonly #world: World;
  readonly #memory: Memory;
  readonly #keys: Keys;
  readonly #outbox: Outbox;
  readonly #turning = new Turning();
  readonly #listeners = new Set<(happening: Happening) => void>();
  #link: Link | undefined;
  readonly #tab: Tab;
  /** Ask for a snapshot at the next return: something was missing. */
  #afresh = false;
  #build: string | undefined;
  #over = false;

  /** `link` is what the person came with; without one, only what is kept can be opened. */
  constructor(world: World, set: Bytes, link?: Link) {
    this.set = set;
    this.rolledBack = this.rollback.happened;
    this.#world = world;
    this.#link = link;
    this.clock = new ServerClock(world.time);
    this.#memory = new Memory(world, set);
    this.#tab = new Tab(world, set, () => this.end('elsewhere'));
    this.drafts = new Drafts(world, this.#memory);
    const ownKeys = new OwnKeys(this.#memory);
    this.#keys = new Keys(set, this.#memory, ownKeys);
    const texts = new Texts((epoch) => this.#keys.key(epoch), ownKeys, new Seen(this.#memory));
    this.socket = new Socket(world, this.clock, {
      first: () => this.#first(),
      frame: (frame) => this.#frame(frame),
      build: (build) => {
        this.#build ??= build;
        this.newBuild.value ||= this.#build !== build;
      },
      lost: () => this.#outbox.pause(),
      ended: (reason) => this.#closed(reason),
    });
    this.#outbox = new Outbox(
      world,
      (frame) => this.socket.send(frame),
      () => this.socket.reconnect(),
    );
    this.context = {
      world,
      texts,
      memory: this.#memory,
      keys: this.#keys,
      own: ownKeys,
      inTurn: oneByOne(),
      outbox: this.#outbox,
      room: () => this.room,
      until: (test) => (this.#over ? Promise.resolve(false) : this.#turning.until(test)),
    };
    this.writer = new Writer(this.context);
    this.#keys.state.subscribe((state) => {
      this.#turning.turn();
      if (state === 'ready') void this.reread();
    });
  }

  /** Keys, texts or the roster may be others now. */
  protected abstract settled(): void;

  /**
   * Opens what is kept of the set. False when there is nothing to go on with, so that the person
   * must say their name first; nothing was sent or stored then.
   */
  async open(): Promise<boolean> {
    const kept = await this.#memory.read(false);
    // Admitted before, or reloaded in the lobby. Whoever comes there by the link again may want
    // another name.
    const known = kept.member !== undefined || (kept.name !== undefined && this.#link === undefined);
    const link = oldFacilitator(this.set, kept);
    if (link !== undefined) {
      // This browser cannot sign what facilitators must sign now. By its link it comes in anew.
      this.#link = link;
      this.place.value = { at: 'door', anew: true };
      return true;
    }
    if (known && kept.member === undefined && isFirstForm(kept)) {
      // An earlier page waited at the door. Its device cannot knock any more: the same name does, anew.
      this.#link = linkOf(this.set, kept);
      if (this.#link === undefined) return false;
      await this.join(kept.name ?? '');
      return true;
    }
    if (known && (await this.#begin())) return true;
    this.place.value = { at: 'door' };
    return false;
  }

  /** Asks to join under this name. `links` are a new set's own, for whoever made it. */
  async join(name: string, links: readonly LinkSecret[] = []): Promise<void> {
    const link = this.#link;
    if (link === undefined) throw new Error('no link to knock with');
    const kept = await this.#memory.read(true);
    if (!(await this.#hold())) return;
    // Devices of the first form cannot knock; and a known one only by the kind of link it came by.
    const same = kept.device !== undefined && kept.signing !== undefined && kept.role === link.role;
    const device = same ? await deviceFromPair(kept.device, kept.signing) : await newDevice();
    const resume = this.#world.random(32);
    // Too long a name is found out before anything is kept.
    const { knockFrame } = await import('./holding');
    await knockFrame(this.#world, link, device, resume, name, '');
    const host: LinkSecret[] = [{ role: 'h', link: 0, secret: link.secret }, ...links];
    await this.#memory.save({
      device: device.pair,
      signing: device.sign?.pair,
      role: link.role,
      resume,
      admit: await linkKey(link, 'admit'),
      name,
      secret: link.secret,
      member: undefined,
      hosts: [],
      roster: [],
      ...(link.role === 'h' && { links: host }),
    });
    await this.#begin();
  }

  onHappening(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Server time now, in milliseconds. */
  now(): number {
    return this.clock.now();
  }

  async takeOver(): Promise<void> {
    await this.#tab.takeOver();
    if (!(await this.#begin())) this.place.value = { at: 'door' };
  }

  async forget(): Promise<void> {
    this.end();
    this.place.value = { at: 'starting' };
    this.#keys.clear();
    this.rollback.clear();
    await this.#memory.forget();
    // Said once it is so.
    this.end('left');
  }

  close(): void {
    this.end();
  }

  /** Stops everything; `why` is shown. The next knock or take-over may begin anew. */
  protected end(why?: Ended): void {
    this.#over = true;
    this.socket.stop();
    this.#outbox.abandon();
    this.#turning.stop();
    this.#tab.release();
    this.room = undefined;
    this.context.texts.hide();
    batch(() => {
      this.shared.value = undefined;
      this.own.value = undefined;
      this.here.value = new Set();
      if (why !== undefined) this.place.value = { at: 'ended', why };
    });
  }

  /** Goes in, or to the lobby. False when there is nothing to do it with. */
  async #begin(): Promise<boolean> {
    if (!(await this.#hold())) return true;
    const kept = await this.#memory.read(true);
    this.#link ??= linkOf(this.set, kept);
    if (kept.device === undefined) return false;
    if (kept.member === undefined && this.#link === undefined) return false;
    const device = await deviceFromPair(kept.device, kept.signing);
    await this.drafts.load();
    this.#keys.begin(device, kept.role ?? 'm');
    this.writer.begin();
    this.#world.note(this.set);
    this.#over = false;
    this.#afresh = true;
    this.place.value = { at: 'starting' };
    this.socket.start();
    return true;
  }

  /** Takes the device for this tab. False when another one has it; that is shown. */
  async #hold(): Promise<boolean> {
    const here = await this.#tab.take();
    if (!here) this.end('elsewhere');
    return here;
  }

  async #first(): ReturnType<SocketEvents['first']> {
    const { kept } = this.#memory;
    const resume = kept.resume ?? new Uint8Array(32);
    if (kept.member !== undefined) {
      const since = this.#afresh ? undefined : this.room?.seq;
      return resumeFrame(this.set, this.#keys.device, resume, since, kept.branch);
    }
    const link = this.#link;
    if (link === undefined) throw new Error('no way in');
    const { knockFrame } = await import('./holding');
    return (challenge) => knockFrame(this.#world, link, this.#keys.device, resume, kept.name ?? '', challenge);
  }

  #frame(frame: ServerFrame): void {
    if (frame.t === 'lobby') {
      const back = frame.lobby.place === undefined;
      if (this.room !== undefined) this.#outside();
      this.place.value = { at: 'lobby', lobby: frame.lobby, back };
      return;
    }
    if (frame.t === 'refused') {
      if (frame.cid !== undefined) this.#outbox.answered(frame);
      // Refused as a whole. What time may heal, the close after it says when to try again.
      else if (!frame.temporary) this.#closed('not_allowed', frame.code);
      return;
    }
    const before = this.room;
    const next = reduce(before, frame);
    if (next === 'hole') {
      this.#afresh = true;
      this.socket.reconnect();
      return;
    }
    if (next === undefined) return;
    if (frame.t === 'snapshot') this.#snapshot(frame, before);
    this.#move(next);
    if (frame.t === 'change' && before !== undefined && next !== before) this.#tell(frame, before, next);
    const asked = frame.t === 'done' ? this.#outbox.commandOf(frame.cid) : undefined;
    // Of a text that nobody else saw no change tells that it was taken back.
    if (asked?.c === 'withdraw_item') void this.context.texts.withdrawn([asked.item]);
    if (frame.t === 'done') this.#outbox.answered(frame);
    else this.#outbox.flush();
    this.#turning.turn();
    this.#follow(before, next);
  }

  #snapshot(frame: ServerFrame & { t: 'snapshot' }, before: RoomState | undefined): void {
    this.#afresh = false;
    // The server says so itself. One that holds less than this screen has shown need not say it.
    const back = frame.restored === true || (before !== undefined && frame.seq < before.seq);
    if (back) this.#wentBack(frame, before);
    // The host's browser sees to it that everybody goes on from above what they know.
    if (back && this.#keys.role === 'h') void this.#memory.save({ heal: true });
    if (this.#memory.kept.branch !== frame.branch) void this.#memory.save({ branch: frame.branch });
    const { member } = this.#memory.kept;
    const seat = bytesOf(frame.own.seat);
    if (member === undefined || !sameBytes(member, seat)) {
      // Admitted: the link is of no more use here.
      void this.#memory.save({ member: seat, secret: undefined });
    }
  }

  /** An earlier copy of the room was put back. */
  #wentBack(frame: ServerFrame & { t: 'snapshot' }, before: RoomState | undefined): void {
    const { texts } = this.context;
    const after = reduce(before, frame);
    if (after === undefined || after === 'hole') return;
    this.rollback.note(before, after, texts.all.value);
    texts.wentBack();
    this.#keys.again();
  }

  #move(next: RoomState): void {
    this.room = next;
    if (next.shared.stage === 'closed') this.drafts.clear();
    batch(() => {
      this.shared.value = next.shared;
      this.own.value = next.own;
      this.here.value = next.here;
      this.noFacilitatorSince.value = next.noFacilitatorSince;
      if (this.place.value.at !== 'room') this.place.value = { at: 'room' };
    });
  }

  #tell(frame: ServerFrame & { t: 'change' }, before: RoomState, after: RoomState): void {
    const happening = {
      what: frame.what,
      by: frame.by,
      mine: this.#outbox.has(frame.re),
      before: before.shared,
      after: after.shared,
    };
    if (frame.what === 'item_withdrawn') {
      const gone = Object.keys(before.shared.items).filter((id) => !(id in after.shared.items));
      void this.context.texts.withdrawn(gone as ItemId[]);
    }
    for (const listener of this.#listeners) listener(happening);
  }

  /** Sent back to the lobby: nothing of the room stays on the screen. */
  #outside(): void {
    this.room = undefined;
    this.#afresh = true;
    this.#outbox.pause();
    this.context.texts.hide();
    batch(() => {
      this.shared.value = undefined;
      this.own.value = undefined;
    });
  }

  #follow(before: RoomState | undefined, { shared, own }: RoomState): void {
    const rosterMoved = shared.roster !== before?.shared.roster || shared.epoch !== before.shared.epoch;
    const renewed = own.own_key?.gen !== before?.own.own_key?.gen;
    if (own !== before?.own || rosterMoved) void this.#followKeys(own, shared, renewed);
    const itemsMoved = shared.items !== before?.shared.items || own.items !== before.own.items;
    if (itemsMoved) void this.reread();
    else this.settled();
  }

  async #followKeys(own: Own, shared: Shared, renewed: boolean): Promise<void> {
    const fresh = await this.#keys.follow(own, shared);
    // A part of the page did not arrive. It is asked for again, whether or not anything changes.
    const again = (): unknown => this.room && this.#followKeys(this.room.own, this.room.shared, renewed);
    if (fresh === undefined) this.#world.after(AGAIN_MS, again);
    this.#turning.turn();
    if (fresh || renewed) await this.reread();
    else if (this.room !== undefined) this.settled();
  }

  /** Opens what can be opened, then does what follows from it. */
  protected async reread(): Promise<void> {
    const { room } = this;
    if (room === undefined) return;
    await this.context.texts.update(room);
    this.#turning.turn();
    if (this.room === undefined) return;
    this.writer.settle();
    this.settled();
  }

  #closed(reason: CloseReason, code?: Code): void {
    const seated = this.#memory.kept.member !== undefined;
    const out = reason === 'not_allowed' || reason === 'auth';
    if (seated && out && this.#outbox.conclude('leave')) {
      void this.forget();
      return;
    }
    if (reason === 'auth' && seated && this.#link !== undefined) {
      // The token is of no use any more, but the link may be. What was written is only here now.
      if (this.room !== undefined) this.rollback.unknown(this.room, this.context.texts.all.value);
      this.end();
      this.place.value = { at: 'door' };
      return;
    }
    const why = endedBy(reason, code, seated);
    this.end(why);
    if (why !== 'removed') return;
    this.#keys.clear();
    void this.#memory.forget();
  }
}
