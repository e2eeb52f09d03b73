/** The link in whatever people paste. */

import { describe, expect, it } from 'vitest';
import { toB64u, toHex } from '../../src/seal/bytes';
import { findLink } from '../../src/seal/find-link';
import { LinkFault } from '../../src/seal/link';
import { vectors as v } from '../vectors';

function fault(text: string): string {
  try {
    findLink(text);
    return 'found';
  } catch (error) {
    return error instanceof LinkFault ? error.code : String(error);
  }
}

const HOST = 'AAECAwQFBgcICQoLDA0ODw';
/** A link of an earlier page, and one that says who the host is. */
const FORMS = [['of the first form', v.link], ['of the second', `${v.link.replace('#1.', '#2.')}.${HOST}`]] as const;

describe.each(FORMS)('%s', (_, link) => {
  const at = link.indexOf('#');
  const [address, fragment] = [link.slice(0, at), link.slice(at + 1)];
  const encoded = encodeURIComponent(link);
  const again = encodeURIComponent(`https://www.google.com/url?q=${encoded}&sa=D`);
  const proof = link.replaceAll('-', '-2D').replaceAll('_', '-5F').replace('#', '-23').replace('://', '-3A__').replaceAll('/', '_');

  describe('a link is found', () => {
    it.each([
      ['alone', link],
      ['without its address', fragment],
      ['with a full stop', `${link}.`],
      ['with a comma and a word', `${link}, thanks`],
      ['with three dots', `${link}…`],
      ['in brackets', `(${link})`],
      ['in square brackets', `[${link}]`],
      ['in angle brackets', `<${link}>`],
      ['in quotes', `"${link}"`],
      ['in curly quotes', `“${link}”`],
      ['in single quotes', `‘${link}’`],
      ['in French quotes', `« ${link} »`],
      ['in markup', `<a href="${link}">the set</a>`],
      ['as Markdown', `[Thursday set](${link})`],
      ['in stars', `*${link}*`],
      ['in a sentence', `Hello all, the set is at ${link}. See you on Thursday!`],
      ['after a word and a colon', `Link:${link}`],
      ['between lines', `Hello\n\n${link}\n\nSee you`],
      ['broken over two lines', `${link.slice(0, 60)}\r\n${link.slice(60)}`],
      ['broken over two lines of a quoted mail', `> ${link.slice(0, 60)}\n> ${link.slice(60)}\n> See you`],
      ['broken as quoted-printable does', `${link.slice(0, 60)}=\r\n${link.slice(60)}`],
      ['with spaces all through it', `  ${link.slice(0, 40)} ${link.slice(40, 70)} ${link.slice(70)} `],
      ['with marks that nobody sees', `\u200e\ufeff${link.slice(0, 50)}\u200b${link.slice(50)}\u2069`],
      ['after another address', `https://teams.example/l/meetup-join/19%3a?context=%7b%7d and ${link}`],
      ['rewritten by Safe Links', `https://eur01.safelinks.protection.outlook.com/?url=${encoded}&data=05%7C02%7Cx&reserved=0`],
      ['by Safe Links, with the fragment kept outside', `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(address)}&data=x#${fragment}`],
      ['by Safe Links within markup', `https://eur01.safelinks.protection.outlook.com/?url=${encoded}&amp;data=05`],
      ['by Google', `https://www.google.com/url?q=${encoded}&sa=D&source=calendar`],
      ['by Google, then by Safe Links', `https://nam02.safelinks.protection.outlook.com/?url=${again}&data=x`],
      ['by Proofpoint, second form', `https://urldefense.proofpoint.com/v2/url?u=${proof}&d=DwMFAg&c=x`],
      ['by Proofpoint, third form', `https://urldefense.com/v3/__${link.replace('#', '*')}__;Iw!!abc!xyz$`],
      ['by Barracuda', `https://linkprotect.cudasvc.com/url?a=${encoded.replaceAll(/%../g, (at) => at.toLowerCase())}&c=E,1,x`],
      ['by Cisco, in the path', `https://secure-web.cisco.com/1abcDEF/${encoded}`],
      ['by Sophos, packed', `https://eu-west-1.protection.sophos.com?d=host&u=${btoa(link)}&i=NWY=&t=x`],
      ['by Mimecast, with the link in it', `https://protect-eu.mimecast.com/s/abc?domain=host&url=${encoded}`],
    ])('%s', (_, text) => {
      const found = findLink(text);
      expect(toHex(found.set)).toBe(v.set);
      expect(toHex(found.secret)).toBe(v.secret);
      expect(found.role).toBe('m');
      expect(found.host && toB64u(found.host)).toBe(link === v.link ? undefined : HOST);
    });
  });

  describe('where none can be used, the reason is true', () => {
    it.each([
      ['', 'empty'],
      [' \u200b\n', 'empty'],
      ['hello', 'none'],
      ['See you on 3.12.2026 at 10.00', 'none'],
      ['https://teams.example/l/meetup-join/19', 'none'],
      ['https://www.example.org/', 'none'],
      [address, 'no_fragment'],
      [`The set is at ${address}.`, 'no_fragment'],
      [`${address}#`, 'no_fragment'],
      ['#', 'no_fragment'],
      [`https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(address)}&data=x`, 'rewritten'],
      ['https://protect-eu.mimecast.com/s/abcDEF?domain=host', 'rewritten'],
      [link.slice(0, -5), 'damaged'],
      [`(${link.slice(0, -5)}).`, 'damaged'],
      [`https://www.google.com/url?q=${encodeURIComponent(link.slice(0, -9))}&sa=D`, 'damaged'],
      [`${fragment}A`, 'damaged'],
      [link.slice(0, at + 12), 'damaged'],
      [fragment.replace('.m.', '.x.'), 'role'],
      [fragment.replace(/^[12]\./, '4.'), 'version'],
      [`https://www.google.com/url?q=${encodeURIComponent(link.replace(/#[12]\./, '#3.'))}&sa=D`, 'version'],
    ])('%j is %s', (text, code) => {
      expect(fault(text)).toBe(code);
    });

    it('never has what was pasted in an error', () => {
      expect(() => findLink(`see ${fragment}A`)).toThrow(/^damaged$/);
    });
  });
});
