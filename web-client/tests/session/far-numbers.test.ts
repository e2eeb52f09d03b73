/** Whole rosters that a server makes a host's browser sign: none so high that none follows, and none kept for later. */

import { expect, it } from 'vitest';
import { LIMITS } from '../../src/wire.gen';
import { settled } from '../settled';
import { Circle } from './circle';
import { need, when } from './fake-world';

it.each([
  ['an epoch', { epoch: 4_294_967_231 }],
  ['a place on the roster', { roster: { 4_294_967_231: {} } }],
] as const)('%s so high that none follows is not gone on from, as if a copy had been put back', async (_, far) => {
  const circle = new Circle();
  let host = await circle.host();
  const member = await circle.join(host.session.links.value.member, 'Bethan', host);
  const device = circle.device(host);
  circle.room.twist = (frame, line) =>
    frame.t === 'snapshot' && line.device === device
      ? { ...frame, restored: true, shared: { ...frame.shared, ...far } as never }
      : frame;
  const before = circle.room.all('rekey').length;
  host = await circle.reload(host);
  while (circle.room.all('rekey').length === before) {
    circle.time.advance(1_000);
    // oxlint-disable-next-line no-await-in-loop -- until the host's browser makes a key
    await settled();
  }
  circle.room.twist = (frame) => frame;
  host = await circle.reload(host);
  circle.time.advance(15_000);
  await when(host.session.keys, (keys) => keys === 'ready');
  await circle.quiet(host);
  const signed = circle.room.all('rekey').map(({ keys }) => ({ epoch: keys.epoch, n: need(keys.edit).n }));
  for (const [at, { epoch, n }] of signed.entries()) {
    const last = signed[at - 1] ?? { epoch: 0, n: 0 };
    expect(epoch - last.epoch).toBeLessThanOrEqual(LIMITS.roster_leap);
    // Bethan's admission is an edit between them.
    expect(n - last.n).toBeLessThanOrEqual(LIMITS.roster_leap + 1);
  }
  expect(await host.session.rotate('o')).toEqual({ ok: true });
  await when(member.session.keys, (keys) => keys === 'ready');
  expect(await member.session.write('question', 'on we go')).toEqual({ ok: true });
  expect(await circle.reads(host, 'on we go')).toBeDefined();
});

it('a whole roster that was refused stays below the next change of keys: by it nobody comes back who is gone since', async () => {
  const circle = new Circle();
  let host = await circle.host();
  const co = await circle.join(host.session.links.value.co_facilitator, 'Cora', host);
  const device = circle.device(host);
  circle.room.twist = (frame, line) =>
    'own' in frame && frame.own !== undefined && line.device === device
      ? ({ ...frame, own: { ...frame.own, links: { m: 'A'.repeat(43) } } } as never)
      : frame;
  const signed: number[] = [];
  circle.room.refuse = (cmd) => {
    if (cmd.c !== 'rekey' || cmd.keys.edit?.whole !== true) return undefined;
    signed.push(cmd.keys.edit.n);
    return { code: 'range' };
  };
  host = await circle.reload(host);
  while (signed.length === 0) {
    circle.time.advance(1_000);
    // oxlint-disable-next-line no-await-in-loop -- until the host's browser has signed one
    await settled();
  }
  circle.room.twist = (frame) => frame;
  circle.room.refuse = () => undefined;
  host = await circle.reload(host);
  await when(host.session.keys, (keys) => keys === 'ready');
  expect(await host.session.remove(circle.seat(co))).toEqual({ ok: true });
  const [{ keys } = { keys: undefined }] = circle.room.all('remove');
  expect(keys?.edit?.n).toBeGreaterThan(Math.max(...signed));
});
