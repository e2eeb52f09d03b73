import { beforeEach, describe, expect, it } from 'vitest';
import { sealedUnder } from '../../src/seal/box';
import { fromB64u, toB64u } from '../../src/seal/bytes';
import { newDevice } from '../../src/seal/device';
import { parseLink } from '../../src/seal/link';
import { sessions } from '../../src/session';
import { makeGrant } from '../../src/seal/grant';
import type { DeviceId, SeatId } from '../../src/wire.gen';
import { settled } from '../settled';
import { Circle, type Person, ready } from './circle';
import { need, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

const epochOf = (text: string): number => {
  const { texts } = host.session;
  const found = [...texts.value.values()].find((at) => at.text === text);
  const box = found && (circle.room.items.get(found.id)?.box ?? undefined);
  return box === undefined ? 0 : sealedUnder(box).epoch;
};
/** Waits until every text in the room is sealed under the present key. */
const resealed = (): Promise<void> =>
  circle.room.until(() =>
    [...circle.room.items.values()].every(({ box }) => sealedUnder(box).epoch === circle.room.shared.epoch),
  );
/** As at the real server: a device in the list whose key nobody was given. */
async function ghost(seat: SeatId): Promise<{ id: DeviceId; grant: () => string | undefined }> {
  const device = await newDevice();
  const id = toB64u(device.id) as DeviceId;
  const pub = toB64u(device.pub);
  circle.room.devices.set(id, { seat, pub, resume: '', grant: undefined, next_n: 0 });
  circle.room.change('device_added', (shared) => {
    shared.devices = { ...shared.devices, [id]: { seat, pub } };
  });
  return { id, grant: () => circle.room.devices.get(id)?.grant };
}

describe('a new key', () => {
  it('comes with a rotated link, and everybody gets it', async () => {
    const old = host.session.links.value.member;
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    await ready(member, 2);
    expect(host.session.links.value.member).not.toBe(old);
    await member.session.write('question', 'under the new key');
    await circle.reads(host, 'under the new key');
    expect(epochOf('under the new key')).toBe(2);
    const { world } = circle.world();
    const late = await sessions(world).open(parseLink(old ?? ''));
    await late.knock('Late');
    await when(late.place, ({ at }) => at === 'ended');
    expect(late.place.value).toEqual({ at: 'ended', why: 'auth' });
    await circle.join(host.session.links.value.member, 'Gareth', host);
  });

  it('has everybody seal their own texts again, so that a new joiner reads them', async () => {
    await member.session.write('question', 'an old question');
    await host.session.rotate('o');
    await ready(member, 2);
    await resealed();
    const late = await circle.join(host.session.links.value.member, 'Gareth', host);
    await circle.reads(late, 'an old question');
    expect(late.session.title.value).toBe('Thursday set');
    expect([...late.session.names.value.values()].toSorted()).toEqual(['Amina', 'Bethan', 'Gareth']);
    expect([...late.session.texts.value.values()].map(({ fault }) => fault)).not.toContain('key');
  });

  // fault: F28 — a text under the old key is sealed again under the new one, with the same id
  it('a text that was refused as stale is sealed again under it, with the same id', async () => {
    const before = circle.room.commands.length;
    // The member presses while the new key is on its way.
    circle.room.twist = (frame, line) =>
      line.device === circle.device(member) && frame.t !== 'refused' ? undefined : frame;
    await host.session.rotate('m');
    circle.room.twist = (frame) => frame;
    const answer = member.session.write('question', 'just now');
    await circle.room.until(() => circle.room.all('put').some(({ kind }) => kind === 'question'));
    // What was kept back leaves a hole, and the browser comes back for it.
    circle.room.change('locked', () => undefined);
    expect(await answer).toEqual({ ok: true });
    const sent = circle.room.commands.slice(before).filter(({ cmd }) => cmd.c === 'put' && cmd.kind === 'question');
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent.map(({ cid }) => cid)).size).toBe(1);
    expect(sent.map(({ cmd }) => (cmd.c === 'put' ? sealedUnder(cmd.box).epoch : 0))).toEqual([1, 2]);
    await circle.reads(host, 'just now');
  });

  // fault: F28 — who was away when the key changed is given it, and can write
  it('a browser that was away gets it when it is back', async () => {
    circle.room.cut(circle.device(member));
    await host.session.rotate('m');
    expect(member.session.keys.value).toBe('ready');
    circle.time.advance(1_000);
    await ready(member, 2);
    expect(await member.session.write('question', 'back')).toEqual({ ok: true });
  });

  it('is made again when somebody came in meanwhile', async () => {
    let no = true;
    circle.room.refuse = (cmd) => {
      if (cmd.c !== 'rekey' || !no) return undefined;
      no = false;
      // The refusal is quicker than the change that it is about.
      void Promise.resolve().then(() => ghost(circle.seat(member)));
      return { code: 'stale_roster' };
    };
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    const tries = circle.room.commands.filter(({ cmd }) => cmd.c === 'rekey').slice(1);
    expect(tries).toHaveLength(2);
    expect(new Set(tries.map(({ cid }) => cid)).size).toBe(1);
    await ready(member, 2);
  });

  it('is given up after a few tries', async () => {
    circle.room.refuse = (cmd) => (cmd.c === 'rekey' ? { code: 'stale_roster' } : undefined);
    let patience = circle.time.asked(2_000);
    const answer = host.session.rotate('m');
    for (let tries = 1; tries < 6; tries += 1) {
      await patience;
      patience = circle.time.asked(2_000);
      circle.time.advance(2_000);
    }
    expect(await answer).toEqual({ ok: false, code: 'stale_roster' });
  });
});

describe('removal', () => {
  // fault: F27 — room, key and link change in one command, so no crash can come between
  it('shuts one person out of room, key and link in one command', async () => {
    const other = await circle.join(host.session.links.value.member, 'Gareth', host);
    const link = host.session.links.value.member;
    const device = circle.device(member);
    const seat = circle.seat(member);
    expect(await host.session.remove(seat)).toEqual({ ok: true });
    expect(member.session.place.value).toEqual({ at: 'ended', why: 'removed' });
    expect(member.session.texts.value.size).toBe(0);
    expect(member.profile.sets.size).toBe(0);
    const [removal] = circle.room.all('remove');
    expect(removal?.keys.grants).not.toHaveProperty([device]);
    expect(Object.keys(removal?.keys.links ?? {})).toEqual(['m']);
    expect(host.session.links.value.member).not.toBe(link);
    await ready(other, 2);
    await other.session.write('question', 'without her');
    await circle.reads(host, 'without her');
  });

  it('of an observer changes the observers’ link', async () => {
    const observer = await circle.join(host.session.links.value.observer, 'Olwen', host);
    await host.session.remove(circle.seat(observer));
    expect(Object.keys(circle.room.all('remove')[0]?.keys.links ?? {})).toEqual(['o']);
  });

  it('of somebody who is not there is refused', async () => {
    const answer = await host.session.remove('nobody' as SeatId);
    expect(answer).toEqual({ ok: false, code: 'no_seat' });
  });

  // fault: F31 — a removed browser that the server brings back is given no key
  it('a removed browser that a lying server brings back is given nothing', async () => {
    const seat = circle.seat(member);
    const device = circle.device(member);
    const pub = circle.room.devices.get(device)?.pub ?? '';
    await host.session.remove(seat);
    circle.room.devices.set(device, { seat, pub, resume: '', grant: undefined, next_n: 9 });
    circle.room.change('device_added', (shared) => {
      shared.seats = { ...shared.seats, [seat]: { role: 'member', place: 1, agreed: false } };
      shared.devices = { ...shared.devices, [device]: { seat, pub } };
    });
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    expect(circle.room.devices.get(device)?.grant).toBeUndefined();
  });
});

describe('a server that lies', () => {
  // fault: F31 — a device that the server makes up is given no key
  it('gets no key for a device that nobody admitted', async () => {
    const { grant } = await ghost(circle.seat(member));
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    await ready(member, 2);
    expect(grant()).toBeUndefined();
    expect(circle.senderOf(member)).toBe(await circle.linkPub(host));
  });

  // fault: F31 — a key from the server is not taken, and nothing is sealed under it
  it('cannot slip in a key of its own, even with the help of somebody who has the link', async () => {
    const forger = await newDevice();
    const link = parseLink(host.session.links.value.member ?? '');
    const { linkKey } = await import('../../src/seal/link');
    const terms = { set: link.set, epoch: 2, role: 'm', admit: await linkKey(link, 'admit') } as const;
    const device = circle.room.devices.get(circle.device(member));
    const pub = need(fromB64u(need(device).pub));
    const list = { keys: [{ epoch: 2, raw: new Uint8Array(32).fill(6) }], links: [] };
    need(device).grant = await makeGrant(terms, forger, pub, list);
    circle.room.change('rekeyed', (shared) => {
      shared.epoch = 2;
    });
    const line = circle.room.lines.find(({ device }) => device === circle.device(member));
    await when(member.session.own, (own) => own?.grant === device?.grant);
    expect(member.session.keys.value).toBe('waiting');
    void member.session.write('question', 'secret');
    // The same grant in another frame again: still nothing, and nothing is sealed under it.
    circle.room.snapshot(need(line));
    await settled();
    expect(member.session.keys.value).toBe('waiting');
    expect(member.session.unsent.value).toMatchObject([{ command: 'put' }]);
    expect(circle.room.all('put').filter(({ kind }) => kind === 'question')).toEqual([]);
  });

  // fault: F31 — a key that is known is not replaced by an older grant
  it('cannot replace a key that is known', async () => {
    const before = circle.room.devices.get(circle.device(member))?.grant;
    await host.session.rotate('m');
    await ready(member, 2);
    const device = circle.room.devices.get(circle.device(member));
    if (device !== undefined) device.grant = before;
    circle.room.change('granted', () => undefined);
    expect(await member.session.write('question', 'still fine')).toEqual({ ok: true });
    await circle.reads(host, 'still fine');
  });
});

describe('words', () => {
  it('are asked for only when the key is there', async () => {
    const waiting = await circle.join(host.session.links.value.member, 'Gareth');
    const words = waiting.session.words();
    waiting.session.close();
    expect(await words).toEqual([]);
  });
});
