/** The published ALS1 vectors, shared with the Rust tests. All values are hex. */

import { readFileSync } from 'node:fs';
import type { Vectors } from '../src/seal/vectors';

export const vectors = JSON.parse(
  readFileSync(new URL('../../protocol/tests/data/als1.json', import.meta.url), 'utf8'),
) as Vectors;
