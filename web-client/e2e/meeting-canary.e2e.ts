/** The search that the meeting ends with: whether it would find what it looks for. */

import { describe, expect, it } from 'vitest';
import { sightings } from './support/canary';

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
