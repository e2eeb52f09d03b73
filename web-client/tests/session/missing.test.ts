/** A part of the page that does not arrive: what is shown meanwhile, and that it is asked for again. */

import { expect, it, vi } from 'vitest';
import type * as Holding from '../../src/session/holding';
import { Circle } from './circle';
import { when } from './fake-world';

const net = vi.hoisted(() => ({ gone: false }));

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
