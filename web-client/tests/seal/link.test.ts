import { describe, expect, it } from 'vitest';
import { fromB64u, toB64u, toHex } from '../../src/seal/bytes';
import {
  formatFragment,
  formatLink,
  linkKeys,
  LinkFault,
  newLinks,
  parseLink,
} from '../../src/seal/link';
import { systemRandom } from '../../src/seal/bytes';
import { vectors as v } from '../vectors';

const fragment = v.link.slice(v.link.indexOf('#') + 1);
const HOST = 'AAECAwQFBgcICQoLDA0ODw';
/** One that says who the host is. */
const second = `${fragment.replace(/^1/, '2')}.${HOST}`;

function fault(text: string): string {
  try {
    parseLink(text);
    return 'parsed';
  } catch (error) {
    return error instanceof LinkFault ? error.code : String(error);
  }
}

describe('a pasted link', () => {
  it.each([
    ['as it is', v.link],
    ['with its host in capitals', v.link.replace('https://host', 'HTTPS://HOST')],
    ['without an address', fragment],
    ['without an address, with #', `#${fragment}`],
    ['on another host and path', `http://127.0.0.1:8787/j?x=1#${fragment}`],
    ['with space round it', `  \n${v.link}\t `],
    ['broken over two lines', `${v.link.slice(0, 50)}\r\n${v.link.slice(50)}`],
    ['in angle brackets', `<${v.link}>`],
    ['with invisible marks', `\ufeff${v.link}\u200b`],
  ])('is read %s', (_, text) => {
    const link = parseLink(text);
    expect(toHex(link.set)).toBe(v.set);
    expect(toHex(link.secret)).toBe(v.secret);
    expect(link.role).toBe('m');
  });

  it.each([
    ['', 'empty'],
    [' \n ', 'empty'],
    ['https://host/j', 'no_fragment'],
    ['https://host/j#', 'no_fragment'],
    ['#', 'no_fragment'],
    [fragment.replace(/^1\./, '2.'), 'damaged'],
    [fragment.replace(/^1\./, '3.'), 'version'],
    [`${fragment}.${HOST}`, 'damaged'],
    [second.slice(0, -1), 'damaged'],
    [`${second}A`, 'damaged'],
    [`${second}.`, 'damaged'],
    [second.replace('.m.', '.h.'), 'damaged'],
    [fragment.replace(/^1\./, '12.'), 'version'],
    [fragment.replace(/^1\./, '0.'), 'damaged'],
    [fragment.replace('.m.', '.x.'), 'role'],
    [fragment.replace('.m.', '.M.'), 'role'],
    [fragment.slice(0, -1), 'damaged'],
    [`${fragment}A`, 'damaged'],
    [`${fragment}.`, 'damaged'],
    [fragment.replace(/.$/, '='), 'damaged'],
    [fragment.split('.').slice(0, 3).join('.'), 'damaged'],
    ['hello', 'damaged'],
    ['123 456', 'damaged'],
    ['constructor', 'damaged'],
  ])('%j is refused as %s', (text, code) => {
    expect(fault(text)).toBe(code);
  });

  it('has one spelling only', () => {
    // The last character of 32 bytes carries two bits that mean nothing.
    const other = fragment.replace(/M$/, 'N');
    expect(other).not.toBe(fragment);
    expect(fault(other)).toBe('damaged');
  });

  it('never has its secret in an error', () => {
    expect(() => parseLink(`${fragment}A`)).toThrow(/^damaged$/);
  });
});

it('that says who the host is, is read and written, and cannot be cut unseen', () => {
  const link = parseLink(`https://host/j#${second}`);
  expect(link.host && toB64u(link.host)).toBe(HOST);
  expect(toHex(link.secret)).toBe(v.secret);
  expect(formatFragment(link)).toBe(second);
  for (let end = fragment.length; end < second.length; end += 1) expect(fault(second.slice(0, end)), String(end)).toBe('damaged');
});

describe('new links', () => {
  it('share the set and nothing else', async () => {
    const links = newLinks(systemRandom);
    const secrets = Object.values(links).map((link) => toHex(link.secret));
    expect(new Set(secrets).size).toBe(4);
    expect(new Set(Object.values(links).map((link) => toHex(link.set))).size).toBe(1);
    for (const link of Object.values(links)) {
      expect(parseLink(formatLink(link, 'https://x.test'))).toEqual(link);
      expect(formatFragment(link).split('.')[3]).toHaveLength(43);
    }
  });

  it('give four keys of their own each, and others after rotation', async () => {
    const { m, h } = newLinks(systemRandom);
    const all = await Promise.all([m, h, { ...m, secret: systemRandom(32) }].map(linkKeys));
    const keys = all.flatMap((each) => Object.values(each).map(toHex));
    expect(new Set(keys).size).toBe(12);
  });
});

describe('base64url', () => {
  it('takes only what it writes', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = systemRandom(length);
      expect(fromB64u(toB64u(bytes))).toEqual(bytes);
    }
    for (const text of ['A', 'AB', 'AAA=', 'A+/A', 'é', 'AA AA']) {
      expect(fromB64u(text), text).toBe(undefined);
    }
    expect(fromB64u('AA')).toEqual(new Uint8Array(1));
  });
});
