/** A set with people in it, for tests of the whole session layer. */

import { parseLink } from '../../src/seal/link';
import { fromB64u, toB64u } from '../../src/seal/bytes';
import { sessions } from '../../src/session';
import { hostHolder } from '../../src/seal/holder';
import { newSession } from '../../src/session/session';
import type { Session, SetUp } from '../../src/session/types';
import type { DeviceId, ItemId, SeatId, SetId } from '../../src/wire.gen';
import type { Line } from './fake-line';
import { FakeRoom } from './fake-room';
import { FakeTime, FakeWorld, Profile, need, when } from './fake-world';

export const SET_UP: SetUp = {
  title: 'Thursday set', plan: 'short_90', template: 'classic', mode: 'set', name: 'Amina',
  charter: undefined, starts_at: undefined, first: false,
};

/** One browser with its tab. */
export interface Person {
  readonly session: Session;
  readonly world: FakeWorld;
  readonly profile: Profile;
}

/** Waits until this browser has the key of this epoch. */
export const ready = ({ session }: Person, epoch: number): Promise<unknown> =>
  Promise.all([
    when(session.shared, (shared) => shared?.epoch === epoch),
    when(session.keys, (keys) => keys === 'ready'),
  ]);

export class Circle {
  readonly time = new FakeTime();
  readonly room = new FakeRoom(this.time);

  world(profile = new Profile()): { world: FakeWorld; profile: Profile } {
    return { world: new FakeWorld(this.room, this.time, profile), profile };
  }

  /** Makes the set; the host is in, with a key, a title and a name. */
  async host(setUp: Partial<SetUp> = {}): Promise<Person> {
    const { world, profile } = this.world();
    const session = await sessions(world).create({ ...SET_UP, ...setUp });
    const person = { session, world, profile };
    await when(session.keys, (keys) => keys === 'ready');
    await when(session.title, (title) => title !== undefined);
    await when(session.names, (names) => names.size === 1);
    await this.quiet(person);
    return person;
  }

  /** Somebody comes by a link and knocks; admitted when `by` is given. */
  async join(link: string | undefined, name: string, by?: Person, seat?: SeatId, them?: Person): Promise<Person> {
    const { world, profile } = this.world();
    const session = await sessions(world).open(parseLink(need(link, 'link')));
    if (session.place.value.at !== 'door') throw new Error('not at the door');
    await session.knock(name);
    await when(session.place, ({ at }) => at === 'lobby' || at === 'room');
    const person = { session, world, profile };
    if (by === undefined) return person;
    const known = new Set(by.session.knocks.value.map(({ device }) => device));
    const [knocker] = await when(by.session.knocks, (knocks) =>
      knocks.some((knock) => knock.name === name) || knocks.some(({ device }) => !known.has(device)),
    );
    const device = by.session.knocks.value.find((knock) => knock.name === name)?.device ?? knocker?.device;
    if (seat !== undefined && them !== undefined) await this.consent(device as DeviceId, seat, by, them, true);
    const answer = await by.session.admit(device as DeviceId, seat);
    if (!answer.ok) throw new Error(`not admitted: ${answer.code}`);
    await when(session.keys, (keys) => keys === 'ready');
    await when(session.names, (names) => names.get(this.seat(person)) === name);
    await this.quiet(person);
    return person;
  }

  /** `by` asks whoever sits there whether it is them at the door, and they answer. */
  async consent(device: DeviceId, seat: SeatId, by: Person, them: Person, yes: boolean): Promise<void> {
    if (!(await by.session.ask({ c: 'ask_seat', device, seat })).ok) throw new Error('not asked');
    await when(them.session.claims, (claims) => claims.some((at) => at.device === device));
    if (!(await them.session.ask({ c: 'answer_seat', device, yes })).ok) throw new Error('not answered');
    await when(by.session.knocks, (knocks) => knocks.some(({ claim }) => claim?.yes === yes));
  }

  /** The line that this person's browser has now. */
  line(person: Person): Line {
    return need(this.room.lines.findLast((line) => line.device === this.device(person) && !line.closed));
  }

  /** Time passes until this person's line is there again. */
  async back({ session }: Person): Promise<void> {
    this.time.advance(15_000);
    await when(session.line, (line) => line === 'live');
  }

  /** The same browser opens the page anew. */
  async reload({ session, profile }: Person): Promise<Person> {
    session.close();
    const world = new FakeWorld(this.room, this.time, profile);
    const set = this.room.shared.set;
    const next = newSession(world, need(fromB64u(set)));
    await next.connection.open();
    return { session: next, world, profile };
  }

  get set(): SetId {
    return this.room.shared.set;
  }

  seat({ session }: Person): SeatId {
    return need(session.own.value, 'place in the room').seat;
  }

  device({ session }: Person): DeviceId {
    return need(session.own.value, 'place in the room').device;
  }

  /** The public key of the pair that follows from the host's link, which a host's later grants come from. */
  async linkPub({ session }: Person): Promise<string> {
    return toB64u((await hostHolder(parseLink(need(session.links.value.host, 'host link')))).pub);
  }

  /** Whom this person's stored grant names as its sender. */
  senderOf(person: Person): string {
    const grant = fromB64u(this.room.devices.get(this.device(person))?.grant ?? '');
    return toB64u(grant?.slice(0, 65) ?? new Uint8Array(0));
  }

  /** Waits until nothing that this browser asked for is under way. */
  async quiet({ session }: Person): Promise<void> {
    await when(session.unsent, (unsent) => unsent.length === 0);
  }

  /** Waits until this browser shows this text. */
  async reads({ session }: Person, text: string): Promise<ItemId> {
    const texts = await when(session.texts, (all) => [...all.values()].some((at) => at.text === text));
    return need([...texts.values()].find((at) => at.text === text)).id;
  }
}
