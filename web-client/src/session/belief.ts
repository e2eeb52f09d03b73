/**
 * What a browser believes of who holds keys, and of keys: the roster that it walks by itself, and what
 * it takes from grants and wraps. Loaded when the first one comes.
 */

import { type Bytes, sameBytes, toB64u } from '../seal/bytes';
import { type EpochKey, handsKeysOn, takeKey, takeKeys } from '../seal/epoch';
import { hostHolder } from '../seal/holder';
import type { KeyList, LinkSecret, RawOwnKey } from '../seal/keylist';
import { letterSender as senderOf } from '../seal/letter';
import { type LinkRole, linkKey, tokenHash } from '../seal/link';
import { openOwnKeys } from '../seal/own';
import { openRecovery } from '../seal/recovery';
import { isHeldBy, walk } from '../seal/roster';
import { type Holder, LIMITS, type Own, type Shared } from '../wire.gen';
import type { Memory } from './memory';
import type { Keys } from './keys';
import { pinned, trusts } from './legacy';
import { isCommitted, openCodeOf, opened, openFirstWrap, openGrantOf } from './opening';
import { isSame, type OwnKeys } from './own-keys';
import { bytesOf } from './texts';

interface Parts {
  readonly keys: Keys;
  readonly memory: Memory;
  readonly own: OwnKeys;
  /** The keys that are held; what is believed is put in. */
  readonly epochs: Map<number, EpochKey>;
}

const isFacilitators = ({ role }: Holder): boolean => handsKeysOn(role);
const isHosts = ({ role }: Holder): boolean => role === 'h';

export class Belief {
  readonly #keys: Keys;
  readonly #memory: Memory;
  readonly #own: OwnKeys;
  readonly #epochs: Map<number, EpochKey>;
  /** The roster that the room shows does not follow. */
  #unfit = false;
  /** Token hashes of the links in force, which only those are shown who hold keys. */
  #inForce: Own['links'];

  constructor({ keys, memory, own, epochs }: Parts) {
    this.#keys = keys;
    this.#memory = memory;
    this.#own = own;
    this.#epochs = epochs;
  }

  /** Follows the room. `fresh` when a key came that was not there; `stray` when a link in force is not known here. */
  async take(own: Own, shared: Shared): Promise<{ fresh: boolean; unfit: boolean; stray: boolean }> {
    const held = this.#epochs.size;
    this.#inForce = own.links;
    await this.#walk(shared);
    await this.#lower();
    await this.#promote();
    const handed = own.grant !== undefined && (await this.#takeGrant(own.grant, own.own_key, shared));
    if (own.wrap !== undefined) await this.#takeWrap(own.wrap, own.grant !== undefined, shared);
    const wrapped = await this.#takeOwn(own);
    await this.#stand(shared);
    const fits = async ([role, hash]: [string, string]): Promise<boolean> => {
      const secret = this.#keys.newest(role as LinkRole)?.secret;
      return secret !== undefined && (await this.#hashOf(role as LinkRole, secret)) === hash;
    };
    const known = await Promise.all(Object.entries(own.links ?? {}).map(fits));
    return { fresh: this.#epochs.size > held || wrapped || handed, unfit: this.#unfit, stray: known.includes(false) };
  }

  async #hashOf(role: LinkRole, secret: Bytes): Promise<string> {
    return toB64u(await tokenHash(await linkKey({ set: this.#keys.set, role, secret }, 'token')));
  }

  /**
   * Which meeting is on: what whoever made the present key has signed, and where an earlier page made it, what
   * the room said when it came. No meeting opens without a new key, so until then nothing changes that.
   */
  async #stand({ epoch, meeting }: Shared): Promise<void> {
    const { roster } = this.#keys;
    if (!this.#epochs.has(epoch) || (roster?.epoch ?? epoch) !== epoch) return;
    const known = this.#memory.kept.meeting;
    const left = known?.left ?? [];
    const isNew = known === undefined || (epoch > known.epoch && !left.includes(meeting));
    const id = roster?.meeting ?? (isNew ? meeting : known.id);
    if (known?.id === id && known.epoch === epoch) return;
    const since = known?.id === id ? known.since : (known?.epoch ?? -1) + 1;
    // A set has no more meetings than are known by name here.
    const over = known === undefined ? left : [...left, known.id];
    await this.#memory.save({ meeting: { id, epoch, since, left: over.filter((at) => at !== id).slice(-LIMITS.meetings) } });
  }

  /** Goes on from the roster that is known; a host's browser may begin with its own link's. */
  async #walk({ roster: edits }: Shared): Promise<void> {
    const known = this.#keys.roster;
    const link = this.#keys.hostLink;
    if (known === undefined && link === undefined) return;
    const { roster, fault } = await walk(this.#keys.set, known, edits);
    const host = link && toB64u((await hostHolder(link)).id);
    this.#unfit = fault !== undefined || (host !== undefined && roster !== undefined && roster.host !== host);
    if (roster === undefined || roster === known || (known === undefined && this.#unfit)) return;
    await this.#memory.save({ verified: roster });
  }

  /** Whoever was made a member again keeps nothing that facilitators alone hold. */
  async #lower(): Promise<void> {
    if (handsKeysOn(this.#keys.role) || this.#keys.links.length === 0) return;
    for (const [epoch, { raw: _, ...key }] of this.#epochs) this.#epochs.set(epoch, key);
    await this.#memory.save({ epochs: [...this.#epochs.values()], links: [], made: undefined });
  }

  /**
   * A key that this browser made is in force now, with the links that came with it. Or somebody else was quicker:
   * then none of it ever was.
   */
  async #promote(): Promise<void> {
    const { made } = this.#memory.kept;
    const { role, roster, set } = this.#keys;
    if (made === undefined || roster === undefined || roster.epoch < made.epoch) return;
    const { epoch } = made;
    const commit = roster.commits[epoch];
    const { key } = await takeKey(role, made);
    if (commit !== undefined && (await isCommitted(set, epoch, key, commit))) {
      await this.#accept({ keys: [made], links: made.links }, { isMade: true });
    }
    await this.#memory.save({ made: undefined });
  }

  async #takeGrant(grant: string, view: Own['own_key'], shared: Shared): Promise<boolean> {
    const sender = senderOf(grant);
    if (sender === undefined) return false;
    const { device, roster: known, set } = this.#keys;
    const terms = { set, links: await this.#terms(), listed: known !== undefined };
    const list = await openGrantOf(grant, device, Math.max(shared.epoch, known?.epoch ?? 0), terms);
    if (list === undefined) return false;
    const pins = this.#memory.kept;
    const before = (pins.hosts?.length ?? 0) > 0;
    if (this.#keys.roster === undefined) {
      // A browser that pinned somebody before there was a roster goes by their word once more.
      if (before && !(await trusts(pins, sender))) return false;
      if (list.head !== undefined) {
        if (!(await this.#beginAt(list.head, before ? undefined : sender, shared))) return false;
      } else if (this.#keys.device.sign !== undefined || Object.keys(shared.roster).length > 0) return false;
      else await this.#memory.save(pinned(pins, list, sender));
    } else if (!isHeldBy(this.#keys.roster, sender, isFacilitators)) {
      // A browser of the first form is written to under the name that it pinned then, since nobody
      // knows how far it has come. It takes keys alone from there, by the roster's commitment.
      if (this.#keys.device.sign !== undefined || !(await trusts(pins, sender))) return false;
      await this.#accept({ keys: list.keys, links: [] });
      return false;
    }
    await this.#accept(list, { sender });
    return list.own !== undefined && this.#takeBack(list.own, view);
  }

  /**
   * A person's own key, as whoever let them in again could open it. Nobody is let into that who was
   * left out of it: where there is a return code, that alone counts, and no key is newer than the
   * room's.
   */
  async #takeBack(keys: readonly RawOwnKey[], view: Own['own_key']): Promise<boolean> {
    if (this.#own.code !== undefined || view === undefined || view.code !== undefined) return false;
    return this.#own.take({ own: keys.filter(({ gen }) => gen <= view.gen) });
  }

  /** Takes the roster that a first grant names, and goes on from there. */
  async #beginAt(
    head: NonNullable<KeyList['head']>,
    sender: Bytes | undefined,
    shared: Shared,
  ): Promise<boolean> {
    const { roster } = await walk(this.#keys.set, undefined, shared.roster, head.n);
    if (roster?.n !== head.n || roster.head !== toB64u(head.hash)) {
      this.#unfit = Object.keys(shared.roster).length > 0;
      return false;
    }
    // Whoever came by a link knows from it whose set it is.
    const { host = roster.host } = this.#memory.kept;
    this.#unfit = roster.host !== host;
    if (this.#unfit || (sender !== undefined && !isHeldBy(roster, sender, isFacilitators))) return false;
    await this.#memory.save({ verified: roster });
    await this.#walk(shared);
    return true;
  }

  /** A host on a new browser has no grant; whoever made this epoch never gets one. */
  async #takeWrap(wrap: string, granted: boolean, shared: Shared): Promise<void> {
    const link = this.#keys.hostLink;
    if (link === undefined) return;
    const { roster } = this.#keys;
    if (roster === undefined) {
      const unknown = Object.keys(shared.roster).length === 0 && !this.#epochs.has(shared.epoch);
      // Former co-facilitators could make a wrap of the first form, so a grant goes before it.
      if (!unknown || (granted && (this.#memory.kept.hosts?.length ?? 0) > 0)) return;
      const list = await openFirstWrap(wrap, link, shared.epoch);
      if (list === undefined) return;
      await this.#memory.save(pinned(this.#memory.kept, list, this.#keys.device.pub));
      await this.#accept(list);
    } else if (!this.#epochs.has(roster.epoch)) {
      const sender = senderOf(wrap);
      if (sender === undefined || !isHeldBy(roster, sender, isFacilitators)) return;
      const list = await opened(openRecovery(this.#keys.set, roster.epoch, await hostHolder(link), wrap));
      if (list !== undefined) await this.#accept(list, { sender });
    }
  }

  /**
   * The own key, as another browser of this person wrapped it. Where there is a return code that alone
   * shows that it is this person's: a browser may sit on their seat that a facilitator put there.
   */
  async #takeOwn({ seat, own_key, recover }: Own): Promise<boolean> {
    const { roster } = this.#keys;
    const mine = this.#own;
    if (own_key === undefined || roster === undefined || this.#keys.seat !== seat) return false;
    if (own_key.code !== undefined) {
      const list = mine.code && (await openCodeOf(this.#keys.set, own_key.code, mine.code));
      mine.shown = list;
      return list !== undefined && mine.take(list);
    }
    const box = own_key.box ?? recover?.[seat];
    if (box === undefined) return false;
    const sender = senderOf(box);
    if (sender === undefined || !isHeldBy(roster, sender, (at) => at.seat === seat)) return false;
    const link = own_key.box === undefined ? this.#keys.hostLink : undefined;
    const recipient = link === undefined ? this.#keys.device : await hostHolder(link);
    const list = await opened(openOwnKeys({ set: this.#keys.set, seat: bytesOf(seat) }, recipient, box));
    // Whoever leaves the code again had the key that was under it.
    const [newest] = mine.all;
    const strange = mine.code !== undefined && newest !== undefined && !list?.own.some((key) => isSame(key, newest));
    if (own_key.box !== undefined) mine.shown = strange ? undefined : list;
    return list !== undefined && !strange && mine.take(list);
  }

  /** Under which links a grant may have been made, the likeliest first. */
  async #terms(): Promise<{ role: LinkRole; admit: Bytes }[]> {
    const { admit } = this.#memory.kept;
    const own = admit === undefined ? [] : [{ role: this.#keys.cameBy, admit }];
    if (this.#keys.role !== 'h') return own;
    // A co-facilitator does not hold the host link, so its grants to the host use its own.
    const others = this.#keys.links.filter((link) => link.role === 'c');
    const more = others.toSorted((a, b) => b.link - a.link).map(async ({ role, secret }) => ({
      role,
      admit: await linkKey({ set: this.#keys.set, role, secret }, 'admit'),
    }));
    return [...own, ...(await Promise.all(more))];
  }

  /**
   * Takes in what the roster vouches for; keys from before its first epoch are for reading alone. Of links the
   * host's word counts, and anybody's for the ones that are in force. What this browser has made itself is
   * stronger than any word, and no number counts that there cannot be yet.
   */
  async #accept(list: KeyList, { sender, isMade = false }: { sender?: Bytes; isMade?: boolean } = {}): Promise<void> {
    const { roster, role } = this.#keys;
    const { commits } = roster ?? {};
    const first = Math.min(...Object.keys(commits ?? {}).map(Number));
    for (const key of await takeKeys(role, list)) {
      // A key that is known stays as it is: nobody replaces it afterwards. Whoever is made co-facilitator
      // is given its bytes.
      const known = this.#epochs.get(key.epoch);
      if (known !== undefined && (known.raw !== undefined || key.raw === undefined)) continue;
      const commit = commits?.[key.epoch];
      const older = commit === undefined && key.epoch < first;
      const good = (known === undefined && (commits === undefined || older)) || (commit !== undefined && (await isCommitted(this.#keys.set, key.epoch, key.key, commit)));
      if (good) this.#epochs.set(key.epoch, key);
    }
    await this.#memory.save({
      epochs: [...this.#epochs.values()],
      ...(handsKeysOn(role) && { links: await this.#withLinks(list.links, sender, isMade) }),
    });
  }

  /** The secrets that are known, with those of `said` that count. */
  async #withLinks(said: readonly LinkSecret[], sender: Bytes | undefined, isMade: boolean): Promise<LinkSecret[]> {
    const { roster, role, links } = this.#keys;
    // Each link came with an epoch, and is numbered below it. Earlier pages kept others too.
    const isEarly = ({ link }: LinkSecret): boolean => roster === undefined || link < roster.epoch;
    const known = links.filter(isEarly);
    const inForce = this.#inForce;
    const anybodys = roster === undefined || sender === undefined || inForce === undefined || isHeldBy(roster, sender, isHosts);
    let all = known;
    for (const at of said) {
      // The host holds the host link itself; nobody's word about it counts.
      if (!isEarly(at) || (at.role === 'h' && role === 'h')) continue;
      // One that is known has its number, also where this very list has said it before.
      const isNew = !all.some(({ role: of, secret }) => of === at.role && sameBytes(secret, at.secret));
      // oxlint-disable-next-line no-await-in-loop -- each is looked at with those before it
      const counts = anybodys || (isNew && (await this.#hashOf(at.role, at.secret)) === inForce[at.role]);
      if (counts) all = isMade ? joinLinks([at], all) : joinLinks(all, [at]);
    }
    return all;
  }
}

/** Both lists of secrets; of two with one number the first stays. */
function joinLinks(first: readonly LinkSecret[], then: readonly LinkSecret[]): LinkSecret[] {
  const all = [...first, ...then];
  return all.filter((link, at) => all.findIndex((other) => other.role === link.role && other.link === link.link) === at);
}
