/** The search that the meeting ends with: whether it would find what it looks for. */

import { describe, expect, it } from 'vitest';
import { hidden, sightings } from './support/canary';

const WORD = 'Brimvolket';
const plain = Buffer.from(WORD);
const wide = Buffer.from(WORD, 'utf16le');
const base64 = (bytes: Buffer): string => bytes.toString('base64');

describe('a word is found', () => {
  it.each([
    ['as it is', `set ${WORD}!`],
    ['in UTF-16', Buffer.concat([Buffer.from('x'), wide])],
    ['in UTF-16, big end first', Buffer.from(wide).swap16()],
    ['in hex', plain.toString('hex')],
    ['in capital hex', plain.toString('hex').toUpperCase()],
    ['in hex of UTF-16', wide.toString('hex')],
    ['in base64', base64(Buffer.from(`${WORD} set`))],
    ['in base64 from its second byte', base64(Buffer.from(`a${WORD} set`))],
    ['in base64 from its third byte', base64(Buffer.from(`ab${WORD} set`))],
    ['in base64 of UTF-16', base64(Buffer.concat([Buffer.from('a'), wide]))],
    ['in base64url', Buffer.from(`ab${WORD}?>`).toString('base64url')],
  ])('%s', (_how, where) => {
    const haystack = Buffer.concat([Buffer.alloc(999, 7), Buffer.from(where as string), Buffer.alloc(999, 9)]);
    expect(sightings(['Thursday', WORD], haystack)).not.toEqual([]);
  });

  it('and another one is not', () => {
    expect(sightings([WORD], Buffer.from(`Brimvolke ${base64(Buffer.from('Brimvolken'))}`))).toEqual([]);
  });
});

describe('bytes are found', () => {
  const secret = Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 37 + 200) % 256));
  it.each([
    ['as they are', secret],
    ['in hex', secret.toString('hex')],
    ['in base64url', secret.toString('base64url')],
    ['in base64url as UTF-16', Buffer.from(secret.toString('base64url'), 'utf16le')],
  ])('%s', (_how, where) => {
    const haystack = Buffer.concat([Buffer.alloc(99, 7), Buffer.from(where as string), Buffer.alloc(99, 9)]);
    expect(hidden([secret], haystack)).not.toEqual([]);
    expect(hidden([Buffer.alloc(32, 1)], haystack)).toEqual([]);
  });
});
