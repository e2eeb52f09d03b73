/** A server that names another epoch, or another list of who holds keys: what it says, and what it gets for it. */

import { beforeEach, describe, expect, it } from 'vitest';
import { fromB64u, toB64u } from '../../src/seal/bytes';
import { type Device, deviceFromPair, newDevice } from '../../src/seal/device';
import { signEdit } from '../../src/seal/edit';
import { hostHolder } from '../../src/seal/holder';
import { parseLink } from '../../src/seal/link';
import type { Roster } from '../../src/seal/roster';
import type { DeviceId, Holder, RosterEdit, ServerFrame, Shared } from '../../src/wire.gen';
import { settled } from '../settled';
import { Circle, type Person } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

const kept = ({ profile }: Person) => need(profile.sets.get(circle.set));
const deviceOf = (person: Person): Promise<Device> => deviceFromPair(need(kept(person).device), kept(person).signing);
const roster = (): Roster => need(kept(member).verified);
const tells = (shared: object): void => {
  const line = need(circle.room.lines.findLast((at) => at.device === circle.device(member) && !at.closed));
  line.say({ t: 'change', seq: circle.room.seq + 1, at: 0, what: 'x', shared } as never);
};
/** What reaches the server when somebody writes for all, and for themselves alone. */
async function gets({ session }: Person): Promise<string[]> {
  await when(session.keys, (keys) => keys !== 'ready');
  await settled();
  const before = circle.room.commands.length;
  void session.write('question', 'secret');
  void session.write('reflection', 'for me alone');
  await settled();
  return circle.room.commands.slice(before).map(({ cmd }) => cmd.c).filter((c) => c === 'put' || c === 'own_key');
}

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

describe('an epoch that is not the present one', () => {
  // fault: F31 — nothing is sealed under a key of before, or that nobody signed for
  it.each([
    ['the one that was', () => ({ epoch: 1 })],
    ['the one that was, with the list of then', () => ({ epoch: 1, roster: { [roster().n]: null } })],
    ['one before there was any', () => ({ epoch: 0 })],
    ['the one to come, which nobody has signed for', () => ({ epoch: 3 })],
  ])('gets nothing sealed: %s', async (_, lie) => {
    const other = await circle.join(host.session.links.value.member, 'Gareth', host);
    await host.session.remove(circle.seat(other));
    await when(member.session.shared, (shared) => shared?.epoch === 2);
    await when(member.session.keys, (keys) => keys === 'ready');
    await circle.quiet(member);
    tells(lie());
    expect(await gets(member)).toEqual([]);
  });
});

describe('a forged edit', () => {
  const signed = (by: Device, parts: Partial<RosterEdit> = {}): Promise<RosterEdit> => {
    const at = roster();
    const commit = need(at.commits[at.epoch]);
    return signEdit(need(fromB64u(circle.set)), by, at, { n: at.n + 1, epoch: at.epoch, commit, ...parts });
  };
  const genuine = async (parts: Partial<RosterEdit> = {}): Promise<RosterEdit> => ({ ...(await signed(await deviceOf(host))), ...parts });
  const nobody = async (parts: Partial<RosterEdit> = {}, says: Partial<RosterEdit> = {}): Promise<RosterEdit> =>
    ({ ...(await signed(await newDevice(), says)), ...parts });
  const last = (): RosterEdit => need(circle.room.shared.roster[roster().n]);
  const whole = (): Partial<RosterEdit> => ({ whole: true, add: Object.values(roster().holders) as Holder[] });
  const spoilt = (sig: string): string => {
    const bytes = need(fromB64u(sig));
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    return toB64u(bytes);
  };

  it('is made of a genuine one, which is believed', async () => {
    const edit = await genuine();
    tells({ roster: { [edit.n]: edit } });
    await member.profile.until(() => roster().n === edit.n);
    expect(member.session.keys.value).toBe('ready');
  });

  const forged: [string, () => Promise<RosterEdit>][] = [
    ['by nobody', () => nobody()],
    ['by nobody, in the host’s name', () => nobody({ by: circle.device(host) })],
    ['by nobody, in the host link’s name', () => nobody({ by: roster().host })],
    ['by a member', async () => signed(await deviceOf(member))],
    ['with another bit in the signature', async () => genuine({ sig: spoilt((await genuine()).sig) })],
    ['with somebody dropped beside', () => genuine({ drop: [circle.device(member)] })],
    ['with the key of another', () => genuine({ commit: toB64u(new Uint8Array(32).fill(7)) })],
    ['with the next epoch', () => genuine({ epoch: 2 })],
    ['at a later place', () => genuine({ n: roster().n + 2 })],
    ['an earlier one again', async () => ({ ...last(), n: roster().n + 1 })],
    ['said to be whole', () => genuine({ whole: true })],
    ['whole, by nobody', () => nobody({}, whole())],
    ['whole, by another host link', async () => signed(await hostHolder({ ...parseLink(need(host.session.links.value.host)), secret: new Uint8Array(32) }), whole())],
  ];

  // fault: F31 — a list of who holds keys that nobody signed is not believed, nor what follows it
  it.each(forged)('gets nothing sealed, and is not kept: %s', async (_, make) => {
    const before = roster();
    const edit = await make();
    tells({ roster: { [edit.n]: edit } });
    expect(await gets(member)).toEqual([]);
    expect(roster()).toEqual(before);
  });
});

describe('another list, to somebody who is new', () => {
  type Shown = Shared['roster'];
  const without = (list: Shown, ...places: number[]): Shown =>
    Object.fromEntries(Object.entries(list).filter(([n]) => !places.includes(Number(n))));
  const size = (list: Shown): number => Object.keys(list).length;

  const others: [string, (list: Shown) => Shown][] = [
    ['none', () => ({})],
    ['without its beginning', (list) => without(list, 1)],
    ['without its end', (list) => without(list, size(list))],
    ['without what came before the end', (list) => without(list, size(list) - 1)],
    ['with the beginning once more at its end', (list) => ({ ...list, [size(list) + 1]: { ...need(list[1]), n: size(list) + 1 } })],
  ];

  // fault: F31 — whoever comes in believes the list that their grant leads to, and no other
  it.each(others)('gets nothing sealed: %s', async (_, story) => {
    const late = await circle.join(host.session.links.value.member, 'Gareth');
    const [knocker] = await when(host.session.knocks, (knocks) => knocks.length === 1);
    const device: DeviceId = need(knocker).device;
    circle.room.twist = (frame: ServerFrame, line) =>
      frame.t === 'snapshot' && line.device === device ? { ...frame, shared: { ...frame.shared, roster: story(frame.shared.roster) } } : frame;
    await host.session.admit(device);
    await when(late.session.shared, (shared) => shared !== undefined);
    expect(await gets(late)).toEqual([]);
  });
});
