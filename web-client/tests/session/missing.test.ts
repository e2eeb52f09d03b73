/** A part of the page that does not arrive: what is shown meanwhile, and that it is asked for again. */

import { expect, it, vi } from 'vitest';
import type * as Facilitator from '../../src/session/facilitator';
import type * as Holding from '../../src/session/holding';
import { settled } from '../settled';
import { Circle } from './circle';
import { when } from './fake-world';

const net = vi.hoisted(() => ({ gone: false, missed: (): void => undefined }));

vi.mock('../../src/session/holding', async (original) => {
  const real = await original<typeof Holding>();
  return {
    ...real,
    get Belief() {
      if (net.gone) throw new Error('no such file');
      return real.Belief;
    },
  };
});

vi.mock('../../src/session/facilitator', async (original) => {
  const real = await original<typeof Facilitator>();
  return {
    ...real,
    get dutyOf() {
      if (!net.gone) return real.dutyOf;
      net.missed();
      throw new Error('no such file');
    },
  };
});

it('what a facilitator’s browser owes the room is done later, although nothing changes', async () => {
  const circle = new Circle();
  const host = await circle.host();
  const member = await circle.join(host.session.links.value.member, 'Bethan', host);
  const stays = await circle.join(host.session.links.value.member, 'Gareth', host);
  await circle.quiet(host);
  net.gone = true;
  const missed = new Promise<void>((resolve) => {
    net.missed = resolve;
  });
  await member.session.ask({ c: 'leave' });
  await missed;
  // Whatever follows from it at once has been done.
  await settled();
  expect(circle.room.shared.key_due).toEqual(['m']);
  net.gone = false;
  circle.time.advance(8_000);
  await when(stays.session.shared, (shared) => shared?.epoch === 2);
  await when(stays.session.keys, (keys) => keys === 'ready');
});

it('a key whose code did not arrive is taken in later, although nothing changes, and the screen says so', async () => {
  const circle = new Circle();
  const host = await circle.host();
  const member = await circle.join(host.session.links.value.member, 'Bethan', host);
  net.gone = true;
  const tried = circle.time.asked(4_000);
  // The host's browser, which fails as well, has made the key and is told of it later.
  void host.session.rotate('m');
  await when(member.session.keys, (keys) => keys === 'failed');
  await tried;
  const written = member.session.write('question', 'once it is here');
  net.gone = false;
  circle.time.advance(4_000);
  expect(await written).toEqual({ ok: true });
  expect(member.session.keys.value).toBe('ready');
});
