/** A whole meeting of nine people at nine browsers, from the set-up to the close, with everything that goes wrong. */

import { afterAll, beforeAll, beforeEach, describe, onTestFailed } from 'vitest';
import { arriving } from './support/meeting/arriving';
import { beginning } from './support/meeting/beginning';
import { slot } from './support/meeting/slot';
import { mishaps } from './support/meeting/mishaps';
import { ending } from './support/meeting/ending';
import { circle, gallery, gather, scatter } from './support/meeting/stage';

let failed = false;

beforeAll(gather);
afterAll(scatter);

// One meeting in many steps: after a fault the later ones would only fail slowly.
beforeEach(() => {
  if (failed) throw new Error('the meeting broke off before');
  onTestFailed(async ({ task }) => {
    failed = true;
    const there = circle().everybody.filter(({ page }) => !page.isClosed());
    await gallery.shoot(`broken-${task.name.replaceAll(/\W+/g, '-')}`, there);
  });
});

describe('before the meeting', () => {
  arriving();
});
describe('the meeting begins', () => {
  beginning();
});
describe('a slot', () => {
  slot();
});
describe('what goes wrong goes well', () => {
  mishaps();
});
describe('the slot ends, and the meeting', () => {
  ending();
});
