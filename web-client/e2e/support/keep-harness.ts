/** Puts the store and the device lock where a test in the page can reach them. */

import { systemRandom } from '../../src/seal/bytes';
import { newDevice } from '../../src/seal/device';
import { newEpochKey, takeKey } from '../../src/seal/epoch';
import { holdDevice } from '../../src/seal/hold';
import { openKeep } from '../../src/seal/keep';

const harness = { openKeep, holdDevice, newDevice, newEpochKey, takeKey, systemRandom };

declare global {
  interface Window {
    harness: typeof harness;
    [name: `kept_${string}`]: unknown;
  }
}

window.harness = harness;
