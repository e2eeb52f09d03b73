import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/seal/bytes';
import { type KeyList, type RosterEntry, writeKeyList } from '../../src/seal/keylist';
import { parseLink } from '../../src/seal/link';
import type { LinkRole } from '../../src/seal/link';
import { fitted, linkDevice, wrapRoom } from '../../src/session/lists';
import { type DeviceId, LIMITS, type SeatId } from '../../src/wire.gen';
import { Circle } from './circle';
import { need, when } from './fake-world';

const bytes = (of: number, length = 16): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(of);
const entry = (of: number, role: LinkRole, link = 0): RosterEntry => ({
  device: bytes(of), member: bytes(of + 100), role, link,
});
const size = (list: KeyList): number => utf8(writeKeyList(list)).length;
const LIST: KeyList = {
  keys: [1, 2, 3].map((epoch) => ({ epoch, raw: bytes(epoch, 32) })),
  roster: [...Array.from({ length: 20 }, (_, of) => entry(of, 'm', of % 2)), entry(30, 'h'), entry(31, 'c')],
  links: [
    { role: 'm', link: 0, secret: bytes(50, 32) },
    { role: 'm', link: 1, secret: bytes(51, 32) },
    { role: 'm', link: 2, secret: bytes(52, 32) },
    { role: 'c', link: 0, secret: bytes(53, 32) },
  ],
};

describe('what fits', () => {
  it('is everything that is of use, where there is room', () => {
    const all = fitted(LIST, 10_000);
    expect(all.keys.map(({ epoch }) => epoch)).toEqual([3, 2, 1]);
    expect(all.roster).toHaveLength(22);
    expect(all.links).toHaveLength(4);
  });

  it('never takes more than there is room for, down to what is needed most', () => {
    for (let room = size({ ...LIST, keys: LIST.keys.slice(2), roster: [], links: LIST.links.slice(2) }); room < 2_000; room += 37) {
      const fit = fitted(LIST, room);
      expect(size(fit)).toBeLessThanOrEqual(room);
      expect(fit.keys[0]?.epoch).toBe(3);
      expect(fit.links).toEqual(expect.arrayContaining(LIST.links.slice(2)));
      // Whoever is named comes with the secret of the link that they came by.
      for (const { role, link } of fit.roster.filter((at) => at.role === 'm')) {
        expect(fit.links.some((at) => at.role === role && at.link === link)).toBe(true);
      }
    }
  });

  it('takes facilitators before others, and older keys last', () => {
    const fit = fitted(LIST, 500);
    expect(fit.roster.slice(0, 2).map(({ role }) => role)).toEqual(['h', 'c']);
    expect(fit.keys).toHaveLength(1);
  });

  it('of a wrap is one of the sizes that a box can have', () => {
    expect(wrapRoom(LIMITS.blob_chars)).toBe(8191);
    expect(wrapRoom(4_096)).toBe(2047);
    expect(wrapRoom(1_500)).toBe(1023);
    expect(wrapRoom(1_400)).toBe(511);
  });
});

describe('a set as large as it may be', () => {
  it('changes its key in one frame, and everybody who was vouched for gets it', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const member = await circle.join(host.session.links.value.member, 'Bethan', host);
    const pub = circle.room.shared.devices[circle.device(member)]?.pub ?? '';
    const seats: Record<string, unknown> = {};
    const devices: Record<string, { seat: SeatId; pub: string }> = {};
    const { toB64u } = await import('../../src/seal/bytes');
    for (let of = 0; of < LIMITS.devices - 2; of += 1) {
      const seat = toB64u(bytes(of)) as SeatId;
      const id = toB64u(crypto.getRandomValues(new Uint8Array(16))) as DeviceId;
      seats[seat] = { role: 'member', place: of, agreed: false };
      devices[id] = { seat, pub };
      circle.room.devices.set(id, { seat, pub, resume: '', grant: undefined, next_n: 0 });
    }
    circle.room.change('seated', (shared) => {
      shared.seats = { ...shared.seats, ...seats } as never;
      shared.devices = { ...shared.devices, ...devices };
    });
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    const { keys } = need(circle.room.all('rekey').at(-1));
    expect(Object.keys(keys.grants)).toHaveLength(LIMITS.devices - 1);
    for (const blob of Object.values({ ...keys.grants, ...keys.wraps })) {
      expect(blob.length).toBeLessThanOrEqual(LIMITS.blob_chars);
    }
    const sent = circle.room.lines.flatMap((line) => line.sent).map((frame) => JSON.stringify(frame).length);
    expect(Math.max(...sent)).toBeGreaterThan(10_000);
    expect(Math.max(...sent)).toBeLessThan(LIMITS.frame_bytes);
    await when(member.session.shared, (shared) => shared?.epoch === 2);
    await when(member.session.keys, (keys) => keys === 'ready');
  });
});

describe('the host link’s own key pair', () => {
  it('is the same wherever the link is, and another for another link', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const link = parseLink(host.session.links.value.host ?? '');
    const [one, two] = [await linkDevice(link), await linkDevice({ ...link })];
    expect(one.pub).toEqual(two.pub);
    const other = await linkDevice({ ...link, secret: bytes(3, 32) });
    expect(other.pub).not.toEqual(one.pub);
  });
});
