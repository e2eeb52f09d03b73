/**
 * The epoch keys of one browser, and whose word it takes for new ones.
 *
 * The very first grant comes from whoever admits: the link's secret in it shows that they hold the
 * link. Its sender is pinned, together with the facilitators that it names. Later grants must come
 * from one of those, so that a server with the help of somebody who was removed cannot slip in a
 * key of its own.
 */

import { signal } from '@preact/signals';
import { type Bytes, sameBytes, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { type EpochKey, handsKeysOn, takeKeys } from '../seal/epoch';
import type { KeyList, LinkSecret, RosterEntry } from '../seal/keylist';
import { type Link, type LinkRole, linkKey } from '../seal/link';
import type { Own, Shared } from '../wire.gen';
import type { Memory } from './kept';

export class Keys {
  readonly state = signal<'none' | 'waiting' | 'ready'>('none');
  readonly set: Bytes;
  readonly #memory: Memory;
  #device: Device | undefined;
  #role: LinkRole = 'm';
  #epoch = 0;
  readonly #epochs = new Map<number, EpochKey>();
  /** Which grant and wrap were tried last, so that nothing is opened twice. */
  #tried = '';
  #taking: Promise<unknown> = Promise.resolve();

  constructor(set: Bytes, memory: Memory) {
    this.set = set;
    this.#memory = memory;
  }

  /** This browser's key pair; there is one from the first knock on. */
  get device(): Device {
    if (this.#device === undefined) throw new Error('no device yet');
    return this.#device;
  }

  /** The kind of link that this browser came in by. */
  get role(): LinkRole {
    return this.#role;
  }

  /** Facilitators that this browser knows of; for a facilitator, everybody. */
  get roster(): readonly RosterEntry[] {
    return this.#memory.kept.roster ?? [];
  }

  /**
   * Link secrets, facilitators only. A co-facilitator's entry of role `h` is not the host link's
   * secret but its `recover` key: with it the host's wrap can be renewed, and nobody can enter.
   */
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

  key(epoch: number): CryptoKey | undefined {
    return this.#epochs.get(epoch)?.key;
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
    this.#tried = '';
  }

  /** Follows the room: opens a new grant, or a wrap. True when a key came that was not there. */
  follow(own: Own, epoch: number): Promise<boolean> {
    this.#epoch = epoch;
    this.#show();
    const trial = `${epoch} ${own.grant ?? ''} ${own.wrap ?? ''}`;
    if (epoch === 0 || trial === this.#tried) return Promise.resolve(false);
    this.#tried = trial;
    const taking = this.#taking.then(() => this.#take(own, epoch)).catch(() => {
      // The code for it did not arrive: the next snapshot tries again.
      this.#tried = '';
      return false;
    });
    this.#taking = taking;
    return taking;
  }

  /** Takes keys in that this browser made itself, with the roster that it made them for. */
  async adopt(list: KeyList): Promise<void> {
    await this.#memory.save({ roster: list.roster });
    await this.#accept(list, [this.device.pub]);
  }

  /**
   * An earlier copy of the room was put back: keys of later epochs are no more, and another key may
   * come in the place of each.
   */
  wentBack(epoch: number): void {
    const later = [...this.#epochs.keys()].filter((held) => held > epoch);
    for (const held of later) this.#epochs.delete(held);
    this.#tried = '';
    if (later.length > 0) void this.#memory.save({ epochs: [...this.#epochs.values()] });
  }

  /** Forgets every key. */
  clear(): void {
    this.#epochs.clear();
    this.#show();
  }

  #show(): void {
    const ready = this.#epoch > 0 && this.#epochs.has(this.#epoch);
    this.state.value = ready ? 'ready' : this.#epochs.size === 0 ? 'none' : 'waiting';
  }

  async #take(own: Own, epoch: number): Promise<boolean> {
    const held = this.#epochs.size;
    const opening = await import('./opening');
    const hosts = this.#memory.kept.hosts ?? [];
    if (own.grant !== undefined) {
      const sender = opening.senderOf(own.grant);
      const first = hosts.length === 0;
      if (sender !== undefined && (first || (await this.#trusts(sender)))) {
        const terms = { set: this.set, links: await this.#terms() };
        const list = await opening.openGrantOf(own.grant, this.device, epoch, terms);
        if (list !== undefined) await this.#accept(list, [sender]);
      }
    }
    // A host on a new browser has no grant; whoever made this epoch never gets one. A host that has
    // a grant believes that alone: former co-facilitators could make its wrap, too.
    const alone = own.grant === undefined || hosts.length === 0 || this.#role === 'c';
    if (own.wrap !== undefined && alone && !this.#epochs.has(epoch)) {
      const link = this.newest(this.#role);
      const list = link && (await opening.openWrapOf(own.wrap, { ...link, set: this.set }, epoch));
      if (list) await this.#accept(list, [this.device.pub]);
    }
    this.#show();
    return this.#epochs.size > held;
  }

  /** Whether this sender may hand out keys here, by either point of its key. */
  async #trusts(sender: Bytes): Promise<boolean> {
    const { bothPoints } = await import('../seal/mirror');
    const points = await bothPoints(sender);
    return (
      this.#memory.kept.hosts?.some((host) => points.some(({ pub }) => sameBytes(host, pub))) === true ||
      this.roster.some(
        (at) => handsKeysOn(at.role) && points.some(({ id }) => sameBytes(at.device, id)),
      )
    );
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

  async #accept(list: KeyList, senders: readonly Bytes[]): Promise<void> {
    for (const key of await takeKeys(this.#role, list)) {
      // A key that is known stays as it is: nobody replaces it afterwards.
      if (!this.#epochs.has(key.epoch)) this.#epochs.set(key.epoch, key);
    }
    const facilitates = handsKeysOn(this.#role);
    const { kept } = this.#memory;
    await this.#memory.save({
      epochs: [...this.#epochs.values()],
      // The newest roster is the whole truth about who may hand out keys.
      ...(list.roster.length > 0
        ? { hosts: senders, roster: facilitates ? this.#joined(list.roster) : list.roster }
        : { hosts: distinct([...senders, ...(kept.hosts ?? [])]) }),
      ...(facilitates && { links: joinLinks(this.links, list.links, this.#role) }),
    });
    this.#show();
  }

  /** A facilitator's roster: what the newest says, and those others that only this browser knows. */
  #joined(newest: readonly RosterEntry[]): RosterEntry[] {
    const others = this.roster.filter(
      (at) =>
        (!handsKeysOn(at.role) || sameBytes(at.device, this.device.id)) &&
        !newest.some((known) => sameBytes(known.device, at.device)),
    );
    return [...newest, ...others];
  }

  /** A facilitator forgets devices that are gone: should they appear again, nobody vouches for them. */
  prune(devices: Shared['devices']): void {
    if (!handsKeysOn(this.#role)) return;
    const here = (at: RosterEntry): boolean => isLinkDevice(at) || toB64u(at.device) in devices;
    const roster = this.roster.filter(here);
    if (roster.length !== this.roster.length) void this.#memory.save({ roster });
  }
}

/** The host link's own key pair stands in the roster without a seat. */
export function isLinkDevice({ member }: RosterEntry): boolean {
  return member.every((byte) => byte === 0);
}

function distinct(keys: readonly Bytes[]): Bytes[] {
  return keys.filter((key, place) => keys.findIndex((other) => sameBytes(key, other)) === place);
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
