/**
 * The epoch keys of one browser, and what it believes of who holds them.
 *
 * It walks the signed roster by itself, keeps how far it came, and only goes on from there. A key
 * counts if it is the one that the roster's commitment is of; who handed it over must be on the
 * roster as a facilitator. What the server says of epochs decides nothing: this browser seals under
 * the roster's epoch, and when the room is behind that, it seals nothing.
 */

import { signal } from '@preact/signals';
import { type Bytes, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import type { EpochKey } from '../seal/epoch';
import type { MadeKey } from '../seal/storage';
import type { LinkSecret } from '../seal/keylist';
import type { Link, LinkRole } from '../seal/link';
import type { Roster } from '../seal/roster';
import type { DeviceId, Holder, Own, RosterEdit, SeatId, Shared } from '../wire.gen';
import { holding } from './lazy';
import type { Memory } from './memory';
import type { OwnKeys } from './own-keys';

/**
 * Whether this browser can seal.
 *
 * - `none`, `waiting`: no key yet, or a newer one is on its way
 * - `behind`: the room stands at an older key or roster than this browser knows
 * - `unfit`: the list of who holds keys does not follow from the one that this browser knows
 * - `past`: the room shows a meeting that is over
 * - `shut`: what was handed to this browser for the present key does not open
 * - `failed`: what was shown could not be looked at, as where a part of the page did not arrive
 */
export type KeyState = 'none' | 'waiting' | 'ready' | 'behind' | 'unfit' | 'past' | 'shut' | 'failed';

/** When what could not be looked at is looked at again. */
export const AGAIN_MS = 4_000;

/** What was handed to this browser to get the key from. */
const lettersOf = ({ grant, wrap }: Own): string => [grant, wrap].join(' ');

/** The newest edit that a room shows. */
function newestEdit({ roster }: Shared): RosterEdit | undefined {
  return roster[Math.max(0, ...Object.keys(roster).map(Number))];
}

export class Keys {
  readonly state = signal<KeyState>('none');
  readonly set: Bytes;
  readonly #memory: Memory;
  readonly #own: OwnKeys;
  #device: Device | undefined;
  #role: LinkRole = 'm';
  /** The room as it is. */
  #room: { readonly own: Own; readonly shared: Shared } | undefined;
  readonly #epochs = new Map<number, EpochKey>();
  /** The roster that the room shows does not follow. */
  #unfit = false;
  /** The letters that came with an earlier epoch. Those of a new one come a frame after it. */
  #old = ' ';
  /** The epoch whose own letters were tried, and did not open. */
  #shut = 0;
  #stray = false;
  #failed = false;
  /** What was tried last, so that nothing is opened twice. */
  #tried = '';
  #taking: Promise<unknown> = Promise.resolve();

  constructor(set: Bytes, memory: Memory, own: OwnKeys) {
    this.set = set;
    this.#memory = memory;
    this.#own = own;
  }

  /** This browser's key pairs; there are some from the first knock on. */
  get device(): Device {
    if (this.#device === undefined) throw new Error('no device yet');
    return this.#device;
  }

  get id(): DeviceId {
    return toB64u(this.device.id) as DeviceId;
  }

  /** The kind of link that this browser came in by. */
  get cameBy(): LinkRole {
    return this.#role;
  }

  /** What this browser may do, as the roster has it: the host may have given or taken that since. */
  get role(): LinkRole {
    return this.self?.role ?? this.#role;
  }

  /** Who holds keys, as far as this browser has walked; undefined in a set of the first form. */
  get roster(): Roster | undefined {
    return this.#memory.kept.verified;
  }

  /** Who the set's host is, as the roster says, or this browser's link before there is one. */
  get host(): DeviceId | undefined {
    return this.roster?.host ?? this.#memory.kept.host;
  }

  /** This browser's own entry on the roster. */
  get self(): Holder | undefined {
    return this.roster?.holders[this.id];
  }

  /** This person's seat, as the roster has it. */
  get seat(): SeatId | undefined {
    return this.self?.seat;
  }

  /** Link secrets, facilitators only. Nobody but a host's browser holds the host's. */
  get links(): readonly LinkSecret[] {
    return this.#memory.kept.links ?? [];
  }

  /** The secret in force of one kind of link. Each came with an epoch, and is numbered below it. */
  newest(role: LinkRole): LinkSecret | undefined {
    const below = this.roster?.epoch ?? Number.POSITIVE_INFINITY;
    return this.links.filter(({ role: of, link }) => of === role && link < below).toSorted((a, b) => b.link - a.link)[0];
  }

  /** The link of a kind that has this number. */
  link(role: LinkRole, number: number): Link | undefined {
    const found = this.links.find((at) => at.role === role && at.link === number);
    return found && { set: this.set, role, secret: found.secret };
  }

  /** The host link, in a host's browser. */
  get hostLink(): Link | undefined {
    return this.#role === 'h' ? this.link('h', 0) : undefined;
  }

  /** Whether this facilitator's browser was not told of every link that is in force. */
  get stray(): boolean {
    return this.#stray;
  }

  key(epoch: number): CryptoKey | undefined {
    return this.#epochs.get(epoch)?.key;
  }

  /** What to seal under; undefined when nothing may be sealed now. */
  get sealing(): EpochKey | undefined {
    if (this.state.value !== 'ready') return undefined;
    return this.#epochs.get(this.roster?.epoch ?? this.#room?.shared.epoch ?? 0);
  }

  /** Every key that this browser holds, newest first. */
  get epochs(): readonly EpochKey[] {
    return [...this.#epochs.values()].toSorted((a, b) => b.epoch - a.epoch);
  }

  /** Takes up the device and what is kept of keys. */
  begin(device: Device, role: LinkRole): void {
    this.#device = device;
    this.#role = role;
    for (const key of this.#memory.kept.epochs ?? []) this.#epochs.set(key.epoch, key);
    this.#room = undefined;
    this.#unfit = false;
    this.#old = ' ';
    this.#shut = 0;
    this.#stray = false;
    this.#failed = false;
    this.#tried = '';
  }

  /**
   * Follows the room: walks new edits, opens what is new. True when a key came that was not there;
   * undefined when it could not be looked at, and has to be tried again.
   */
  follow(own: Own, shared: Shared): Promise<boolean | undefined> {
    const before = this.#room;
    if (before !== undefined && before.shared.epoch !== shared.epoch) this.#old = lettersOf(before.own);
    this.#room = { own, shared };
    this.#show();
    const { n, sig } = newestEdit(shared) ?? {};
    const { box, code } = own.own_key ?? {};
    const trial = [shared.epoch, shared.meeting, own.seat, lettersOf(own), n, sig, box, code].join(' ');
    if (trial === this.#tried) return Promise.resolve(false);
    this.#tried = trial;
    const isOwn = lettersOf(own) !== this.#old;
    const taking = this.#taking.then(() => this.#take(own, shared, isOwn)).catch(() => {
      this.#tried = '';
      this.#failed = true;
      this.#show();
      return undefined;
    });
    this.#taking = taking;
    return taking;
  }

  /** Resolves once everything that the room has shown so far was looked at. */
  get followed(): Promise<unknown> {
    return this.#taking;
  }

  /** Keeps a key that this browser is about to announce: it counts once the roster says so. */
  async make(made: MadeKey): Promise<void> {
    await this.#memory.save({ made });
  }

  /** Looks at everything once more, as after an earlier copy of the room was put back. */
  again(): void {
    this.#tried = '';
  }

  /** Forgets every key. */
  clear(): void {
    this.#epochs.clear();
    this.#room = undefined;
    this.#show();
  }

  #show(): void {
    this.state.value = this.#judge();
  }

  #judge(): KeyState {
    const { own, shared } = this.#room ?? {};
    if (own === undefined || shared === undefined || shared.epoch === 0) return 'none';
    const { roster } = this;
    const listed = newestEdit(shared)?.n ?? 0;
    const least = roster?.epoch ?? Math.max(0, ...this.#epochs.keys());
    if (shared.epoch < least || listed < (roster?.n ?? 0)) return 'behind';
    // Whoever says that this is another person's browser wants that person's texts.
    if (this.#unfit || (this.seat ?? own.seat) !== own.seat) return 'unfit';
    const walked = roster === undefined ? listed === 0 : roster.epoch === shared.epoch;
    if (walked && this.#epochs.has(shared.epoch)) {
      const { id, epoch, left = [] } = this.#memory.kept.meeting ?? {};
      if (id === shared.meeting && epoch === shared.epoch) return 'ready';
      // A meeting opens a moment before its key is there.
      return left.includes(shared.meeting) ? 'past' : 'waiting';
    }
    if (this.#failed) return 'failed';
    if (walked && this.#shut === shared.epoch) return 'shut';
    return this.#epochs.size === 0 ? 'none' : 'waiting';
  }

  async #take(own: Own, shared: Shared, lettersAreOwn: boolean): Promise<boolean> {
    if (shared.epoch === 0) return false;
    const { Belief } = await holding();
    const parts = { keys: this, memory: this.#memory, own: this.#own, epochs: this.#epochs };
    const { fresh, unfit, stray } = await new Belief(parts).take(own, shared);
    this.#unfit = unfit;
    this.#failed = false;
    this.#stray = lettersAreOwn && stray;
    if (lettersAreOwn && this.roster !== undefined && !this.#epochs.has(shared.epoch)) this.#shut = shared.epoch;
    this.#show();
    return fresh;
  }
}
