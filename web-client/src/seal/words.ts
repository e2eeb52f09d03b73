/**
 * Five words that the facilitator reads aloud on the call. They cover the key *and* the head of the
 * signed roster, which every device that holds the key follows from, so a server in the middle, which
 * could hand the same key to both sides, changes the words for everybody.
 *
 * The list is the 2,048 English words of BIP-39 (MIT licence), as published in
 * the npm package `@scure/bip39` and unchanged since 2013. It is a text file
 * that is fetched when the words are first asked for, not script.
 */

import { type Bytes, compareBytes, pae, u32, utf8 } from './bytes';
import { hkdf, pbkdf2, sha256 } from './derive';
import listUrl from './words-en.txt?url';

const ROUNDS = 200_000;
const WORD_BITS = 11n;
const WORD_COUNT = 5;

/**
 * The numbers of the five words, each 0 to 2047. `key` is the epoch's HKDF key. `over` is the
 * roster's head alone; in a set that has no roster yet, the public keys of all devices in any order.
 */
export async function wordNumbers(
  key: CryptoKey,
  set: Bytes,
  epoch: number,
  over: readonly Bytes[],
): Promise<number[]> {
  const password = await hkdf(key, set, utf8('ALS1-words'), 32);
  const roster = over.toSorted(compareBytes);
  const salt = await sha256(pae(utf8('ALS1-roster'), set, u32(epoch), ...roster));
  const stretched = await pbkdf2(password, salt, ROUNDS, 8);
  // The top 55 of 64 bits, eleven for each word.
  const bits = new DataView(stretched.buffer).getBigUint64(0) >> 9n;
  return Array.from({ length: WORD_COUNT }, (_, place) => {
    const shift = WORD_BITS * BigInt(WORD_COUNT - 1 - place);
    return Number((bits >> shift) & 0x7ffn);
  });
}

let list: Promise<readonly string[]> | undefined;

async function fetchList(): Promise<readonly string[]> {
  const answer = await fetch(listUrl);
  if (!answer.ok) throw new Error('word list not found');
  const words = (await answer.text()).trim().split('\n');
  if (words.length !== 2048) throw new Error('word list is not whole');
  return words;
}

/** The word list, fetched once. A failed fetch is tried again the next time. */
export function wordList(): Promise<readonly string[]> {
  list ??= fetchList().catch((error: unknown) => {
    list = undefined;
    throw error;
  });
  return list;
}

/** The five words themselves. */
export async function fiveWords(
  key: CryptoKey,
  set: Bytes,
  epoch: number,
  over: readonly Bytes[],
): Promise<string[]> {
  const [words, numbers] = await Promise.all([wordList(), wordNumbers(key, set, epoch, over)]);
  return numbers.map((number) => words[number] ?? '');
}
