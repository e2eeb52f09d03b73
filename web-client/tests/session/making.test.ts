/** A set that was not made: what the page says of it, by what the service answers. */

import { afterEach, expect, it, vi } from 'vitest';
import { browserWorld } from '../../src/session/world';
import type { Founding } from '../../src/wire.gen';

afterEach(() => vi.unstubAllGlobals());

/** Makes a set where the service answers so, once after the other; the fault that came of it. */
async function made(...answers: readonly (readonly [status: number, code?: string])[]): Promise<unknown> {
  const left = [...answers];
  vi.stubGlobal('location', { origin: 'https://set.test' });
  vi.stubGlobal('fetch', async () => {
    const [status, code] = left.shift() ?? [500];
    if (status === 0) throw new TypeError('no way');
    return new Response(JSON.stringify({ error: code, message: 'said to people' }), { status });
  });
  return browserWorld().create({} as Founding).then(() => 'made', (fault: { code: string }) => fault.code);
}

it('says to reload where the page is of another version, which the first or the second answer tells', async () => {
  expect(await made([409, 'old_client'])).toBe('old_client');
  expect(await made([0], [409, 'old_client'])).toBe('old_client');
  expect(await made([503], [409, 'old_client'])).toBe('old_client');
});

it('takes "there is one already" for its own where an answer got lost, and for no one else’s', async () => {
  expect(await made([0], [409, 'set_exists'])).toBe('made');
  expect(await made([409, 'set_exists'])).toBe('refused');
});

it('tells what else it may be', async () => {
  expect(await made([201])).toBe('made');
  expect(await made([0], [0])).toBe('offline');
  expect(await made([429, 'too_fast'])).toBe('too_fast');
  expect(await made([503], [503])).toBe('unavailable');
  expect(await made([422, 'bad_set'])).toBe('refused');
  vi.stubGlobal('fetch', async () => new Response('<p>Conflict</p>', { status: 409 }));
  await expect(browserWorld().create({} as Founding)).rejects.toMatchObject({ code: 'refused' });
});
