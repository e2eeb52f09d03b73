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
import { type EpochKey, handsKeysOn, takeKeys } from '../seal/epoch';
import type { MadeKey } from '../seal/keep';
import type { KeyList, LinkSecret } from '../seal/keylist';
import { type Link, type LinkRole, linkKey } from '../seal/link';
import type { Roster } from '../seal/roster';
import type { DeviceId, Holder, Own, RosterEdit, SeatId, Shared } from '../wire.gen';
import type { Memory } from './kept';
import type { OwnKeys } from './own-keys';
import { bytesOf } from './texts';

type Opening = typeof import('./opening');

/**
 * Whether this browser can seal.
 *
 * - `none`, `waiting`: no key yet, or a newer one is on its way
 * - `behind`: the room stands at an older key or roster than this browser knows
 * - `unfit`: the list of who holds keys does not follow from the one that this browser knows
 */
export type KeyState = 'none' | 'waiting' | 'ready' | 'behind' | 'unfit';

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
  get role(): LinkRole {
    return this.#role;
  }

  /** Who holds keys, as far as this browser has walked; undefined in a set of the first form. */
  get roster(): Roster | undefined {
    return this.#memory.kept.verified;
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

  /** The secret in force of one kind of link. */
  newest(role: LinkRole): LinkSecret | undefined {
    return this.links.filter((link) => link.role === role).toSorted((a, b) => b.link - a.link)[0];
  }

  /** A kind of link as it was after so many rotations. */
  link(role: LinkRole, rotations: number): Link | undefined {
    const found = this.links.find((at) => at.role === role && at.link === rotations);
    return found && { set: this.set, role, secret: found.secret };
  }

  /** The host link, in a host's browser. */
  get hostLink(): Link | undefined {
    return this.#role === 'h' ? this.link('h', 0) : undefined;
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
    this.#tried = '';
  }

  /** Follows the room: walks new edits, opens what is new. True when a key came that was not there. */
  follow(own: Own, shared: Shared): Promise<boolean> {
    this.#room = { own, shared };
    this.#show();
    const { n, sig } = newestEdit(shared) ?? {};
    const trial = [shared.epoch, own.seat, own.grant, own.wrap, n, sig, own.own_key?.box].join(' ');
    if (trial === this.#tried) return Promise.resolve(false);
    this.#tried = trial;
    const taking = this.#taking.then(() => this.#take(own, shared)).catch(() => {
      // The code for it did not arrive: the next change tries again.
      this.#tried = '';
      return false;
    });
    this.#taking = taking;
    return taking;
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
    if (walked && this.#epochs.has(shared.epoch)) return 'ready';
    return this.#epochs.size === 0 ? 'none' : 'waiting';
  }

  async #take(own: Own, shared: Shared): Promise<boolean> {
    if (shared.epoch === 0) return false;
    const held = this.#epochs.size;
    const opening = await import('./opening');
    await this.#walk(opening, shared);
    await this.#promote(opening);
    const fresh = own.grant !== undefined && (await this.#takeGrant(opening, own.grant, shared));
    if (own.wrap !== undefined) await this.#takeWrap(opening, own.wrap, own.grant !== undefined, shared);
    const recovered = await this.#takeOwn(opening, own);
    this.#show();
    return this.#epochs.size > held || recovered || fresh;
  }

  /** Goes on from the roster that is known; a host's browser may begin with its own link's. */
  async #walk({ walk, hostHolder }: Opening, { roster: edits }: Shared): Promise<void> {
    const known = this.roster;
    const link = this.hostLink;
    if (known === undefined && link === undefined) return;
    const { roster, fault } = await walk(this.set, known, edits);
    const host = link && toB64u((await hostHolder(link)).id);
    this.#unfit = fault !== undefined || (host !== undefined && roster !== undefined && roster.host !== host);
    if (roster === undefined || roster === known || (known === undefined && this.#unfit)) return;
    await this.#memory.save({ verified: roster });
  }

  /** A key that this browser made is in force now. */
  async #promote(opening: Opening): Promise<void> {
    const { made } = this.#memory.kept;
    if (made === undefined || this.roster === undefined || this.roster.epoch < made.epoch) return;
    await this.#accept(opening, { keys: [made], links: made.links });
    await this.#memory.save({ made: undefined });
  }

  async #takeGrant(opening: Opening, grant: string, shared: Shared): Promise<boolean> {
    const sender = opening.senderOf(grant);
    if (sender === undefined) return false;
    const terms = { set: this.set, links: await this.#terms() };
    const epoch = Math.max(shared.epoch, this.roster?.epoch ?? 0);
    const list = await opening.openGrantOf(grant, this.device, epoch, terms);
    if (list === undefined) return false;
    const pins = this.#memory.kept;
    const pinned = (pins.hosts?.length ?? 0) > 0;
    if (this.roster === undefined) {
      // A browser that pinned somebody before there was a roster goes by their word once more.
      if (pinned && !(await opening.trusts(pins, sender))) return false;
      if (list.head !== undefined) {
        if (!(await this.#beginAt(opening, list.head, pinned ? undefined : sender, shared))) return false;
      } else if (this.device.sign !== undefined || Object.keys(shared.roster).length > 0) return false;
      else await this.#memory.save(opening.pinned(pins, list, sender));
    } else {
      const holder = opening.holderOf(this.roster, sender)?.holder;
      if (holder === undefined || !opening.handsOn(holder)) return false;
    }
    await this.#accept(opening, list);
    return list.own !== undefined && this.#own.take(list.own);
  }

  /** Takes the roster that a first grant names, and goes on from there. */
  async #beginAt(
    opening: Opening,
    head: NonNullable<KeyList['head']>,
    sender: Bytes | undefined,
    shared: Shared,
  ): Promise<boolean> {
    const { roster } = await opening.walk(this.set, undefined, shared.roster, head.n);
    if (roster?.n !== head.n || roster.head !== toB64u(head.hash)) {
      this.#unfit = Object.keys(shared.roster).length > 0;
      return false;
    }
    const from = sender && opening.holderOf(roster, sender)?.holder;
    if (sender !== undefined && (from === undefined || !opening.handsOn(from))) return false;
    await this.#memory.save({ verified: roster, hosts: [], roster: [] });
    await this.#walk(opening, shared);
    return true;
  }

  /** A host on a new browser has no grant; whoever made this epoch never gets one. */
  async #takeWrap(opening: Opening, wrap: string, granted: boolean, shared: Shared): Promise<void> {
    const link = this.hostLink;
    if (link === undefined) return;
    const { roster } = this;
    if (roster === undefined) {
      const unknown = Object.keys(shared.roster).length === 0 && !this.#epochs.has(shared.epoch);
      // Former co-facilitators could make a wrap of the first form, so a grant goes before it.
      if (!unknown || (granted && (this.#memory.kept.hosts?.length ?? 0) > 0)) return;
      const list = await opening.openFirstWrap(wrap, link, shared.epoch);
      if (list === undefined) return;
      await this.#memory.save(opening.pinned(this.#memory.kept, list, this.device.pub));
      await this.#accept(opening, list);
    } else if (!this.#epochs.has(roster.epoch)) {
      const sender = opening.senderOf(wrap);
      const holder = sender && opening.holderOf(roster, sender)?.holder;
      if (holder === undefined || !opening.handsOn(holder)) return;
      const list = await opening.openWrapOf(this.set, wrap, await opening.hostHolder(link), roster.epoch);
      if (list !== undefined) await this.#accept(opening, list);
    }
  }

  /** The own key, as another browser of this person wrapped it. */
  async #takeOwn({ openOwnOf, hostHolder, senderOf, holderOf }: Opening, { seat, own_key, recover }: Own): Promise<boolean> {
    const { roster } = this;
    const box = own_key?.box ?? recover?.[seat];
    if (own_key === undefined || box === undefined || roster === undefined || this.seat !== seat) return false;
    const sender = senderOf(box);
    if (sender === undefined || holderOf(roster, sender)?.holder.seat !== seat) return false;
    const link = own_key.box === undefined ? this.hostLink : undefined;
    const recipient = link === undefined ? this.device : await hostHolder(link);
    const keys = await openOwnOf({ set: this.set, seat: bytesOf(seat) }, box, recipient);
    if (keys === undefined) return false;
    if (own_key.box !== undefined) this.#own.shown = keys;
    return this.#own.take(keys);
  }

  /** Under which links a grant may have been made, the likeliest first. */
  async #terms(): Promise<{ role: LinkRole; admit: Bytes }[]> {
    const { admit } = this.#memory.kept;
    const own = admit === undefined ? [] : [{ role: this.#role, admit }];
    if (this.#role !== 'h') return own;
    // A co-facilitator does not hold the host link, so its grants to the host use its own.
    const others = this.links.filter((link) => link.role === 'c');
    const more = others.toSorted((a, b) => b.link - a.link).map(async ({ role, secret }) => ({
      role,
      admit: await linkKey({ set: this.set, role, secret }, 'admit'),
    }));
    return [...own, ...(await Promise.all(more))];
  }

  /** Takes in what the roster vouches for; keys from before its first epoch are for reading alone. */
  async #accept({ isCommitted }: Opening, list: KeyList): Promise<void> {
    const { commits } = this.roster ?? {};
    const first = Math.min(...Object.keys(commits ?? {}).map(Number));
    for (const key of await takeKeys(this.#role, list)) {
      // A key that is known stays as it is: nobody replaces it afterwards.
      if (this.#epochs.has(key.epoch)) continue;
      const commit = commits?.[key.epoch];
      const older = commit === undefined && key.epoch < first;
      const good = commits === undefined || older || (commit !== undefined && (await isCommitted(this.set, key.epoch, key.key, commit)));
      if (good) this.#epochs.set(key.epoch, key);
    }
    const facilitates = handsKeysOn(this.#role);
    await this.#memory.save({
      epochs: [...this.#epochs.values()],
      ...(facilitates && { links: joinLinks(this.links, list.links, this.#role) }),
    });
    this.#show();
  }
}

/** Both lists of secrets; what is known already stays. */
function joinLinks(known: readonly LinkSecret[], more: readonly LinkSecret[], role: LinkRole): LinkSecret[] {
  const fresh = more.filter(
    (link) =>
      // The host holds the host link itself; nobody's word about it counts.
      !(link.role === 'h' && role === 'h') &&
      !known.some((at) => at.role === link.role && at.link === link.link),
  );
  return [...known, ...fresh];
}
