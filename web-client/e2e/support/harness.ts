/** Puts parts that have no screen of their own where a test in the page can reach them. */

import { dateText } from '../../src/lib/dates';
import { qrSvg } from '../../src/lib/qr';
import { fromHex, systemRandom } from '../../src/seal/bytes';
import { hkdfKey } from '../../src/seal/derive';
import { newDevice } from '../../src/seal/device';
import { newEpochKey, takeKey } from '../../src/seal/epoch';
import { lockDevice } from '../../src/seal/tab-lock';
import { openStorage } from '../../src/seal/storage';
import { publicOf } from '../../src/seal/vectors';
import { fiveWords } from '../../src/seal/words';

const harness = {
  dateText,
  fiveWords,
  fromHex,
  hkdfKey,
  lockDevice,
  newDevice,
  newEpochKey,
  openStorage,
  publicOf,
  qrSvg,
  systemRandom,
  takeKey,
};

declare global {
  interface Window {
    harness: typeof harness;
    [name: `kept_${string}`]: unknown;
  }
}

window.harness = harness;
