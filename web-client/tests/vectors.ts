/** The published ALS1 vectors and seeds, shared with the Rust tests. All values are hex. */

import { readFileSync } from 'node:fs';
import type { Seeds, Vectors } from '../src/seal/vectors';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../protocol/tests/data/${name}`, import.meta.url), 'utf8'));

export const vectors = read('als1.json') as Vectors;
export const seeds = read('als1_seeds.json') as Seeds;
