/** The roster: what follows, and every way in which an edit does not. */

import { beforeAll, describe, expect, it } from 'vitest';
import { systemRandom, toB64u } from '../../src/seal/bytes';
import { type Device, newDevice } from '../../src/seal/device';
import { signEdit } from '../../src/seal/edit';
import { hostHolder } from '../../src/seal/holder';
import { newLinks, type LinkRole } from '../../src/seal/link';
import { follow, isHeldBy, type Roster, walk } from '../../src/seal/roster';
import type { DeviceId, Holder, RosterEdit, SeatId } from '../../src/wire.gen';
import { need } from '../session/fake-world';

const links = newLinks(systemRandom);
const { set } = links.h;
const seat = (of: number): SeatId => toB64u(new Uint8Array(16).fill(of)) as SeatId;
const commit = (of: number): string => toB64u(new Uint8Array(32).fill(of));
const idOf = ({ id }: Device): DeviceId => toB64u(id) as DeviceId;
const holder = ({ pub, sign }: Device, role: LinkRole, of: SeatId): Holder => ({
  pub: toB64u(pub), ...(sign && { sign: toB64u(sign.pub) }), seat: of, role, link: 0,
});

let host: Device;
let co: Device;
let member: Device;
let late: Device;
let first: RosterEdit;
let roster: Roster;
/** A roster of the host link, a co-facilitator and a member; place 1, epoch 1. */
const whole = (n: number, epoch: number, add: Holder[], by = host, of = commit(epoch)): Promise<RosterEdit> =>
  signEdit(set, by, undefined, { n, epoch, commit: of, whole: true, add });
const next = (edit: Partial<RosterEdit>, by = co, before: Roster = roster): Promise<RosterEdit> =>
  signEdit(set, by, before, { n: before.n + 1, epoch: before.epoch, commit: commit(before.epoch), ...edit });

beforeAll(async () => {
  host = await hostHolder(links.h);
  [co, member, late] = await Promise.all([newDevice(), newDevice(), newDevice()]);
  first = await whole(1, 1, [holder(host, 'h', seat(0)), holder(co, 'c', seat(1)), holder(member, 'm', seat(2))]);
  roster = (await follow(set, undefined, first)) as Roster;
});

describe('who sealed something', () => {
  it('is found on the roster, also where somebody before them shows the same key to be sealed to', () => {
    const isFacilitators = ({ role }: Holder): boolean => role !== 'm';
    const copy = { ...holder(member, 'm', seat(2)), pub: toB64u(co.pub) };
    const both = { ...roster, holders: { [idOf(member)]: copy, ...roster.holders, [idOf(late)]: copy } } as Roster;
    expect(isHeldBy(both, co.pub, isFacilitators)).toBe(true);
    expect(isHeldBy(both, co.pub, (at) => at.seat === seat(1))).toBe(true);
    expect(isHeldBy(both, late.pub, () => true)).toBe(false);
    expect(isHeldBy(roster, member.pub, isFacilitators)).toBe(false);
  });
});

describe('an edit that follows', () => {
  it('begins with a whole one by the host link’s holder', () => {
    expect(roster).toMatchObject({ n: 1, epoch: 1, host: idOf(host), commits: { 1: commit(1) } });
    expect(Object.keys(roster.holders)).toHaveLength(3);
  });

  it('adds, drops and replaces', async () => {
    const added = (await follow(set, roster, await next({ add: [holder(late, 'm', seat(3))], drop: [idOf(member)] }))) as Roster;
    expect(Object.keys(added.holders).toSorted()).toEqual([host, co, late].map(idOf).toSorted());
    const moved = await next({ add: [holder(late, 'm', seat(4))] }, host, added);
    expect(((await follow(set, added, moved)) as Roster).holders[idOf(late)]?.seat).toBe(seat(4));
    expect(added.head).not.toBe(roster.head);
  });

  it('a whole one may leap, and begins anew', async () => {
    const leap = (await follow(set, roster, await whole(40, 9, [holder(host, 'h', seat(0))]))) as Roster;
    expect(leap).toMatchObject({ n: 40, epoch: 9, commits: { 1: commit(1), 9: commit(9) } });
    expect(Object.keys(leap.holders)).toEqual([idOf(host)]);
  });
});

describe('an edit that does not follow', () => {
  const verdict = async (edit: Promise<RosterEdit>, from: Roster | undefined = roster): Promise<unknown> => {
    const got = await follow(set, from, await edit);
    return typeof got === 'string' ? got : 'follows';
  };
  const add = (): Holder[] => [holder(late, 'm', seat(3))];

  it.each([
    ['left out', () => next({ n: 3 }), 'place'],
    ['repeated', () => next({ n: 1 }), 'place'],
    ['of an older epoch', () => next({ epoch: 0 }), 'epoch'],
    ['two epochs on', () => next({ epoch: 3, commit: commit(3) }), 'epoch'],
    ['another key in the same epoch', () => next({ commit: commit(7) }), 'commit'],
    ['signed by a member', () => next({ add: add() }, member), 'signer'],
    ['signed by a stranger', () => next({ add: add() }, late), 'signer'],
    ['a browser of the host’s, by a co-facilitator', () => next({ add: [holder(late, 'h', seat(3))] }), 'signer'],
    ['a holder of the host link more', () => next({ add: [holder(late, 'h', seat(0))] }), 'holders'],
    ['the host link’s holder dropped', () => next({ drop: [idOf(host)] }), 'holders'],
    ['somebody dropped who is not there', () => next({ drop: [idOf(late)] }), 'holders'],
    ['one added twice', () => next({ add: [...add(), ...add()] }), 'holders'],
    ['added and dropped at once', () => next({ add: [holder(member, 'm', seat(2))], drop: [idOf(member)] }), 'holders'],
    ['signed for another chain', () => signEdit(set, co, { head: commit(5) }, { n: 2, epoch: 1, commit: commit(1) }), 'signature'],
    ['signed for another set', () => signEdit(systemRandom(16), co, roster, { n: 2, epoch: 1, commit: commit(1) }), 'signature'],
    ['with no signature', async () => ({ ...(await next({ add: add() })), sig: 'x' }), 'form'],
  ] as const)('%s', async (_, make, fault) => {
    expect(await verdict(make())).toBe(fault);
  });

  it.each(['epoch', 'commit', 'add', 'drop', 'sig', 'by'] as const)('changed in its %s after it was signed', async (part) => {
    const edit = await next({ epoch: 2, commit: commit(2), add: add(), drop: [idOf(member)] });
    const changed: Partial<RosterEdit> = {
      epoch: 1, commit: commit(9), add: [], drop: [], sig: toB64u(new Uint8Array(64)), by: idOf(host),
    };
    expect(await verdict(Promise.resolve({ ...edit, [part]: changed[part] }))).not.toBe('follows');
  });

  it('another sign key for a device that is known, with its own public key', async () => {
    const swapped = { ...holder(member, 'm', seat(2)), sign: toB64u(need(late.sign).pub) };
    const edit = await next({ add: [holder(late, 'm', seat(3))] });
    expect(await verdict(Promise.resolve({ ...edit, add: [swapped] }))).toBe('signature');
  });

  it('whole, and not from the same host link', async () => {
    const other = await hostHolder(newLinks(systemRandom).h);
    expect(await verdict(whole(9, 9, [holder(other, 'h', seat(0))], other))).toBe('signer');
    expect(await verdict(whole(9, 9, [holder(host, 'h', seat(0))], co))).toBe('signer');
    expect(await verdict(whole(1, 1, [holder(host, 'h', seat(0))]))).toBe('place');
    expect(await verdict(whole(9, 0, [holder(host, 'h', seat(0))]))).toBe('epoch');
    expect(await verdict(whole(9, 1, [holder(host, 'h', seat(0))], host, commit(7)))).toBe('commit');
    expect(await verdict(whole(9, 9, [holder(co, 'c', seat(1))]))).toBe('holders');
  });

  it('by somebody who was dropped before it', async () => {
    const without = (await follow(set, roster, await next({ drop: [idOf(co)] }, host))) as Roster;
    expect(await verdict(next({ add: add() }, co, without), without)).toBe('signer');
  });

  it('the first one must be whole', async () => {
    const got = await follow(set, undefined, await next({ add: add() }));
    expect(got).toBe('place');
  });
});

describe('a walk', () => {
  it('goes on from the head that is known, and believes nothing after a fault', async () => {
    const second = await next({ add: [holder(late, 'm', seat(3))] });
    const two = (await follow(set, roster, second)) as Roster;
    const third = await next({ drop: [idOf(member)] }, host, two);
    expect((await walk(set, undefined, { 1: first, 2: second, 3: third })).roster?.n).toBe(3);
    expect((await walk(set, roster, { 1: first, 2: second, 3: third })).roster?.n).toBe(3);
    expect((await walk(set, undefined, { 1: first, 2: second, 3: third }, 2)).roster).toEqual(two);
    // A hole, a fork, and two that changed places.
    expect(await walk(set, roster, { 3: third })).toEqual({ roster, fault: 'place' });
    const fork = await next({ drop: [idOf(member)] }, host, roster);
    expect(await walk(set, two, { 3: { ...fork, n: 3 } })).toMatchObject({ roster: two, fault: 'signature' });
    expect((await walk(set, roster, { 2: third, 3: second })).fault).toBe('form');
  });
});
