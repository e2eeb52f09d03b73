/** What goes into grants and wraps, and that the largest set still fits into a frame. */

import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/seal/bytes';
import { type KeyList, writeKeyList } from '../../src/seal/keylist';
import type { LinkRole } from '../../src/seal/link';
import { fitted } from '../../src/session/lists';
import { type Holder, LIMITS, type SeatId } from '../../src/wire.gen';
import { Circle } from './circle';
import { need, when } from './fake-world';

const bytes = (of: number, length = 16): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(of);
const holder = (role: LinkRole, link: number): Holder => ({ pub: '', seat: '' as SeatId, role, link });
const size = (list: KeyList): number => utf8(writeKeyList(list)).length;
const LIST: KeyList = {
  keys: [1, 2, 3].map((epoch) => ({ epoch, raw: bytes(epoch, 32) })),
  head: { n: 9, hash: bytes(9, 32) },
  links: [
    { role: 'm', link: 0, secret: bytes(50, 32) },
    { role: 'm', link: 1, secret: bytes(51, 32) },
    { role: 'm', link: 2, secret: bytes(52, 32) },
    { role: 'c', link: 0, secret: bytes(53, 32) },
  ],
};

describe('what fits', () => {
  it('is everything that is of use, where there is room', () => {
    const all = fitted(LIST, 10_000, [holder('m', 0), holder('h', 0)]);
    expect(all.keys.map(({ epoch }) => epoch)).toEqual([3, 2, 1]);
    expect(all.head).toEqual(LIST.head);
    // Nobody came by the link in between.
    expect(all.links.map(({ role, link }) => `${role}${link}`).toSorted()).toEqual(['c0', 'm0', 'm2']);
  });

  it('never takes more than there is room for, down to what is needed most', () => {
    const least = { ...LIST, keys: LIST.keys.slice(2), links: LIST.links.slice(2) };
    for (let room = size(least); room < 1_000; room += 17) {
      const fit = fitted(LIST, room, [holder('m', 0), holder('m', 1)]);
      expect(size(fit)).toBeLessThanOrEqual(room);
      expect(fit.keys[0]?.epoch).toBe(3);
      expect(fit.head).toBeDefined();
      expect(fit.links).toEqual(expect.arrayContaining(LIST.links.slice(2)));
      // Links that somebody on the roster came by go before older keys.
      expect(fit.keys.length > 2 && fit.links.length < 4).toBe(false);
    }
  });
});

describe('a set as large as it may be', () => {
  it('changes its key in one frame, by an edit or by a whole roster, and everybody gets it', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const member = await circle.join(host.session.links.value.member, 'Bethan', host);
    for (let of = 2; of < LIMITS.devices; of += 1) {
      const { session } = await circle.join(host.session.links.value.member, `Member ${of}`, host);
      session.close();
    }
    const check = async (epoch: number): Promise<void> => {
      await when(member.session.shared, (shared) => (shared?.epoch ?? 0) >= epoch);
      const { keys } = need(circle.room.all('rekey').at(-1));
      expect(Object.keys(keys.grants)).toHaveLength(LIMITS.devices - 1);
      for (const blob of Object.values({ ...keys.grants, ...keys.wraps })) {
        expect(blob.length).toBeLessThanOrEqual(LIMITS.blob_chars);
      }
      const sent = circle.room.lines.flatMap((line) => line.sent).map((frame) => JSON.stringify(frame).length);
      expect(Math.max(...sent)).toBeGreaterThan(10_000);
      expect(Math.max(...sent)).toBeLessThan(LIMITS.frame_bytes);
      await when(member.session.keys, (state) => state === 'ready');
    };
    expect(await host.session.rotate('m')).toEqual({ ok: true });
    await check(2);
    circle.room.putBack(circle.room.copy());
    circle.time.advance(15_000);
    await circle.room.until(() => circle.room.all('rekey').at(-1)?.keys.edit?.whole === true);
    await check(3);
  });
});
