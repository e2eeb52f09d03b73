/**
 * Finds the link in whatever was pasted: with a full stop behind it, in brackets or quotes, within a
 * sentence, over two lines, or as a mail filter has rewritten it. Loaded with the front page.
 *
 * Filters put the whole link, encoded, into a link of their own. It is read from there, and nothing is
 * asked of the filter. Where they keep it on their own machines it is not to be had, and that is said.
 */

import { fromB64u } from './bytes';
import { type Link, LinkFault, type LinkFaultCode, parseLink } from './link';

/** Marks that nobody sees, and what mail puts where it broke a line. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|=\r?\n/g;
/** What looks like the part after `#`, wherever it stands. */
const LIKE = /(?<![\w.-])(?:2\.[\w-]+\.\w+\.[\w-]+\.[\w-]+|\d+\.[\w-]+\.\w+\.[\w-]+)/g;
/** Where a line may have been broken, with the mark of a quoted mail before the next. */
const BREAK = String.raw`(?:[ \t]*[\r\n]+[\s>|]*)?`;
const letters = (count: number): string => String.raw`(?:[\w-]${BREAK}){${count}}`;
/** The same over several lines: only its length says where it ends. */
const FIRST = String.raw`\.${BREAK}${letters(22)}\.${BREAK}\w${BREAK}\.${BREAK}${letters(43)}`;
const BROKEN = new RegExp(String.raw`(?<![\w.%*-])(?:2${FIRST}\.${BREAK}${letters(22)}|\d+${FIRST})(?![\w-])`, 'g');
/** Addresses of filters which keep the link to themselves, or have lost its end. */
const FILTERS = /safelinks|urldefense|proofpoint|mimecast|cudasvc|fireeye|trendmicro|sophos|barracuda|ironport|secure-web|messagelabs|url\?|[?&](?:u|url|q|a|domain)=/i;
/** From what says most about a text to what says least. */
const TELLING: readonly LinkFaultCode[] = ['role', 'version', 'damaged', 'no_fragment', 'rewritten', 'none', 'empty'];
/** Filters stand behind filters. */
const LAYERS = 4;

const decoded = (text: string, sign: string): string =>
  text.replaceAll(new RegExp(`${sign}([0-7][0-9a-f])`, 'gi'), (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The parts of a text that may be base64 of an address, read as such. */
function unpacked(text: string): string {
  const packed = [...text.matchAll(/[?&]\w+=([\w+/=-]{60,})/g)];
  const plain = packed.map(([, value = '']) => fromB64u(value.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')));
  return plain.map((bytes) => (bytes === undefined ? '' : new TextDecoder().decode(bytes))).filter((at) => at.includes('://')).join(' ');
}

/** Proofpoint writes `-23` for `#`, or a star whose meaning stands at the end. */
function defended(text: string): string[] {
  if (!text.includes('urldefense')) return [];
  return [decoded(text.replaceAll('_', '/'), '-'), text.replaceAll('*', '#').replaceAll('__;', ' ')];
}

/** The text as it is, and as each filter might have meant it. */
function readings(text: string): string[] {
  const all = [text];
  for (let layer = 0, at = text; layer < LAYERS; layer += 1) {
    at = decoded(at.replaceAll('&amp;', '&').replaceAll('&#35;', '#'), '%');
    all.push(at, unpacked(at));
  }
  return [...all, ...all.flatMap(defended)];
}

/** The link in a text. Throws `LinkFault` with what is wrong, when there is none that can be used. */
export function findLink(pasted: string): Link {
  const text = pasted.replaceAll(UNSEEN, '');
  if (text.trim() === '') throw new LinkFault('empty');
  const faults = new Set<LinkFaultCode>();
  const seen = readings(text);
  const broken = seen.flatMap((at) => at.match(BROKEN) ?? []).map((at) => at.replaceAll(/[\s>|]/g, ''));
  for (const reading of [...seen, ...broken, text.replaceAll(/[\s<>]/g, '')]) {
    for (const [candidate] of reading.matchAll(LIKE)) {
      try {
        return parseLink(candidate);
      } catch (error) {
        if (!(error instanceof LinkFault)) throw error;
        // In what a filter has encoded, `%231.` is no newer version.
        if (error.code !== 'version' || !/[%*-]$/.test(reading.slice(0, reading.indexOf(candidate)))) faults.add(error.code);
      }
    }
  }
  if (faults.size === 0) faults.add(addressIn(text));
  throw new LinkFault(TELLING.find((code) => faults.has(code)) ?? 'none');
}

/** Why a text without anything like a whole link has none. */
function addressIn(text: string): LinkFaultCode {
  if (/#\d+\.|^\s*\d+\.[\w-]{9,}/.test(text)) return 'damaged';
  const [address] = /(?:https?:\/\/|www\.)\S+/i.exec(text) ?? [];
  if (address === undefined) return text.trim() === '#' ? 'no_fragment' : 'none';
  if (FILTERS.test(address)) return 'rewritten';
  return /\/j(?:[^\w/-]|$)|#$/.test(address) ? 'no_fragment' : 'none';
}
