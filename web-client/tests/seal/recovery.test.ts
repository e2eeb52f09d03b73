/** That whoever writes a letter without a link holds one: made by Python, and the same in the Rust tests. */

import { expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/seal/bytes';
import { type Held, isProven, proveLink } from '../../src/seal/recovery';
import { vectors } from '../vectors';

const { set, epoch, admit, pubH, pubM } = vectors;
const held: Held = { set: fromHex(set), epoch, admit: fromHex(admit), sender: fromHex(pubH), holder: fromHex(pubM) };
const BY = 'dc0837c96e25d490504936dd9d353358e2657fd3a9895fbf134da39e394a4804';

it('is shown as elsewhere', async () => {
  expect(toHex(await proveLink(held))).toBe(BY);
  expect(await isProven(held, fromHex(BY))).toBe(true);
});

it.each<[string, Partial<Held>]>([
  ['link', { admit: new Uint8Array(32).fill(7) }],
  ['key', { epoch: epoch + 1 }],
  ['set', { set: new Uint8Array(16) }],
  ['sender', { sender: held.holder }],
  ['receiver', { holder: held.sender }],
])('is not shown of another %s', async (_, other) => {
  expect(await isProven({ ...held, ...other }, fromHex(BY))).toBe(false);
});
