/** A set as earlier releases left it: on the server's disk, and in people's browsers. */

import { seal } from '../../src/seal/box';
import { type Bytes, systemRandom, toB64u } from '../../src/seal/bytes';
import { mirrored } from '../../src/seal/curve';
import { hkdfKey, sha256 } from '../../src/seal/derive';
import { deviceId } from '../../src/seal/device';
import type { LinkSecret, RosterEntry } from '../../src/seal/keylist';
import { type Link, linkKey, type LinkRole, newLinks, tokenHash } from '../../src/seal/link';
import { makeWrap, recoverKey } from '../../src/seal/wrap';
import type { Kept } from '../../src/session/memory';
import { linkDevice } from '../../src/session/legacy';
import { newSession } from '../../src/session/session';
import { contextOf } from '../../src/session/texts';
import type { DeviceId, ItemId, MeetingId, Role, SeatId, SetId } from '../../src/wire.gen';
import { Circle, type Person } from './circle';
import { FakeWorld, Profile } from './fake-world';

const ROLES: Record<LinkRole, Role> = { h: 'host', c: 'co_facilitator', m: 'member', o: 'observer' };

interface Old {
  readonly name: string;
  readonly role: LinkRole;
  readonly pair: CryptoKeyPair;
  readonly pub: Bytes;
  readonly id: Bytes;
  readonly seat: Bytes;
}

async function old(name: string, role: LinkRole): Promise<Old> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const pub = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { name, role, pair, pub, id: await deviceId(pub), seat: systemRandom(16) };
}

/** A set of the first form at epoch 1, with everybody's name and one question of Bethan's. */
export class FirstForm {
  readonly circle = new Circle();
  readonly links: Record<LinkRole, Link> = newLinks(systemRandom);
  readonly raw: Bytes = systemRandom(32);
  readonly profiles = new Map<string, Profile>();
  people: Old[] = [];

  /** `guessed`: people were told of the other point of the host link's pair, as Firefox took it. */
  async make({ guessed = false } = {}): Promise<this> {
    const { room } = this.circle;
    const hashes: Record<string, string> = {};
    for (const role of ['h', 'c', 'm', 'o'] as const) {
      hashes[role] = toB64u(await tokenHash(await linkKey(this.links[role], 'token')));
    }
    const set = toB64u(this.links.h.set) as SetId;
    const meeting = toB64u(systemRandom(16)) as MeetingId;
    await room.create({ v: 1, set, meeting, links: hashes, mode: 'set', plan: 'short_90', template: 'classic' });
    room.shared = { ...room.shared, epoch: 1 };
    this.people = await Promise.all([old('Amina', 'h'), old('Dilys', 'c'), old('Bethan', 'm'), old('Gareth', 'm')]);
    const own = (await linkDevice(this.links.h)).pub;
    const told = guessed ? mirrored(own) : own;
    const entry = ({ id, seat, role }: Old): RosterEntry => ({ device: id, member: seat, role, link: 0 });
    const roster = [
      ...this.people.map(entry),
      { device: await deviceId(told), member: new Uint8Array(16), role: 'h' as const, link: 0 },
    ];
    for (const [place, person] of this.people.entries()) await this.#add(person, place, roster, told);
    await this.#write('Bethan', 'question', 'from before', toB64u(systemRandom(16)) as ItemId, 1);
    const links: LinkSecret[] = (['c', 'm', 'o'] as const).map((role) => ({ role, link: 0, secret: this.links[role].secret }));
    const wrap = { keys: [{ epoch: 1, raw: this.raw }], roster, links };
    room.wraps = { h: await makeWrap(await recoverKey(this.links.h), this.links.h.set, 'h', wrap) };
    return this;
  }

  async #add(person: Old, place: number, roster: RosterEntry[], told: Bytes): Promise<void> {
    const { room } = this.circle;
    const resume = systemRandom(32);
    const [id, seat, pub] = [toB64u(person.id) as DeviceId, toB64u(person.seat) as SeatId, toB64u(person.pub)];
    room.devices.set(id, { seat, pub, resume: toB64u(await sha256(resume)), grant: undefined, next_n: 0 });
    room.shared = {
      ...room.shared,
      seats: { ...room.shared.seats, [seat]: { role: ROLES[person.role], place, agreed: false } },
      devices: { ...room.shared.devices, [id]: { seat, pub } },
    };
    await this.#write(person.name, 'name', person.name, seat as string as ItemId, 0);
    const facilitates = person.role === 'h' || person.role === 'c';
    const key = await hkdfKey(this.raw);
    const kinds = person.role === 'h' ? (['h', 'c', 'm', 'o'] as const) : (['c', 'm', 'o'] as const);
    const kept: Kept = {
      device: person.pair, role: person.role, member: person.seat, resume,
      admit: await linkKey(this.links[person.role], 'admit'), branch: room.branch,
      epochs: [{ epoch: 1, key, ...(facilitates && { raw: this.raw }) }],
      // Whoever was let in by the host at home knows the host link's pair and no browser of theirs.
      hosts: [told], roster: facilitates ? roster : roster.slice(-1),
      ...(facilitates && { links: kinds.map((role) => ({ role, link: 0, secret: this.links[role].secret })) }),
    };
    const profile = new Profile();
    await profile.keep.update(this.links.h.set, kept as never);
    this.profiles.set(person.name, profile);
  }

  async #write(name: string, kind: 'name' | 'question', text: string, item: ItemId, n: number): Promise<void> {
    const { room } = this.circle;
    const person = this.people.find((at) => at.name === name);
    if (person === undefined) throw new Error('nobody of that name');
    const device = toB64u(person.id) as DeviceId;
    const view = { kind, rev: 1, n, prev: toB64u(new Uint8Array(32)), seat: toB64u(person.seat) as SeatId, device, at: 1, part: 0, open: true };
    const context = contextOf(room.shared, item, view, { own: false, epoch: 1 });
    const box = await seal(await hkdfKey(this.raw), context, text);
    room.items.set(item, { ...view, box });
    room.shared = { ...room.shared, items: { ...room.shared.items, [item]: { ...view, box } } };
    const known = room.devices.get(device);
    if (known) known.next_n = n + 1;
  }

  /** Somebody's browser with the new page. */
  async open(name: string): Promise<Person> {
    const { circle } = this;
    const profile = this.profiles.get(name) ?? new Profile();
    const world = new FakeWorld(circle.room, circle.time, profile);
    const session = newSession(world, this.links.h.set);
    await session.connection.open();
    return { session, world, profile };
  }
}
