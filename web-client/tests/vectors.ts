/** The published ALS1 vectors and seeds, shared with the Rust tests. All values are hex. */

import { readFileSync } from 'node:fs';
import type { Seeds, Vectors } from '../src/seal/vectors';
import type { Holders } from '../src/seal/vectors-holders';
import type { OffRecordVectors } from '../src/seal/vectors-off-record';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../protocol/tests/data/${name}`, import.meta.url), 'utf8'));

export const vectors = read('als1.json') as Vectors;
export const seeds = read('als1_seeds.json') as Seeds;
export const holders = read('als1_holders.json') as Holders;
export const offRecord = read('als1_off_record.json') as OffRecordVectors;
