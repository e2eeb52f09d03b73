/**
 * A join link: `https://HOST/j#2.<set>.<role>.<secret>.<host>`, or `#1.<set>.<role>.<secret>` where it
 * does not say who the host is: the host's own, and those of earlier pages.
 *
 * Everything after `#` stays in the browser. It is a *join* secret, not a key
 * to anything typed: mail filters, history files and screens shared in a call
 * all see links, so a link alone must open nothing.
 */

import { type Bytes, concat, fromB64u, toB64u, utf8 } from './bytes';
import { hkdf, hkdfKey, sha256 } from './derive';
import { Fault } from './fault';

/** `h` host, `c` co-facilitator, `m` member, `o` observer. */
export type LinkRole = 'h' | 'c' | 'm' | 'o';

/** What a link carries. */
export interface Link {
  /** The set's id, 16 bytes. */
  readonly set: Bytes;
  readonly role: LinkRole;
  /** The role's join secret, 32 bytes. */
  readonly secret: Bytes;
  /** The id of the host link's holder, 16 bytes: no roster of another host is believed by who comes by it. */
  readonly host?: Bytes | undefined;
}

/**
 * Why a pasted text is not a link.
 *
 * - `empty`: nothing there
 * - `no_fragment`: a web address whose part after `#` was lost, as some mail programs do
 * - `version`: a link of a newer Setroom
 * - `role`: names a role that does not exist
 * - `damaged`: cut short, or changed
 * - `rewritten`: a mail filter's own address, which does not hold the link
 * - `none`: nothing in it is a link of a set
 */
export type LinkFaultCode = 'empty' | 'no_fragment' | 'version' | 'role' | 'damaged' | 'rewritten' | 'none';

export class LinkFault extends Fault<LinkFaultCode> {
  override readonly name = 'LinkFault';
}

const SET_BYTES = 16;
const SECRET_BYTES = 32;
const HOST_BYTES = 16;

/** Whether this is the letter of a role. */
export function isRole(text: unknown): text is LinkRole {
  return text === 'h' || text === 'c' || text === 'm' || text === 'o';
}

/**
 * Reads a link from a whole address, from a bare fragment with or without its
 * `#`, and from either with the spaces, line breaks and angle brackets that
 * mail programs put round and into them. Throws `LinkFault`.
 */
export function parseLink(text: string): Link {
  const tidy = text.replace(/[\s<>\u200b\u2060\ufeff]/g, '');
  if (tidy === '') throw new LinkFault('empty');
  const hash = tidy.indexOf('#');
  if (hash < 0 && /^[a-z][a-z0-9+.-]*:\/\//i.test(tidy)) throw new LinkFault('no_fragment');
  const payload = tidy.slice(hash + 1);
  if (payload === '') throw new LinkFault('no_fragment');
  const [version, set64, role, secret64, ...rest] = payload.split('.');
  if (version !== '1' && version !== '2') {
    const newer = set64 !== undefined && /^[1-9][0-9]*$/.test(version ?? '');
    throw new LinkFault(newer ? 'version' : 'damaged');
  }
  if (set64 === undefined || role === undefined || secret64 === undefined || rest.length !== Number(version) - 1) {
    throw new LinkFault('damaged');
  }
  if (!isRole(role)) throw new LinkFault('role');
  const set = fromB64u(set64);
  const secret = fromB64u(secret64);
  if (set?.length !== SET_BYTES || secret?.length !== SECRET_BYTES) throw new LinkFault('damaged');
  if (version === '1') return { set, role, secret };
  const host = fromB64u(rest[0] ?? '');
  if (role === 'h' || host?.length !== HOST_BYTES) throw new LinkFault('damaged');
  return { set, role, secret, host };
}

/** The part after `#`, without the `#`. */
export function formatFragment(link: Link): string {
  const { set, role, secret, host } = link;
  const parts = [host ? 2 : 1, toB64u(set), role, toB64u(secret)];
  return [...parts, ...(host ? [toB64u(host)] : [])].join('.');
}

/** The whole address. `origin` is a scheme and host, without a slash at its end. */
export function formatLink(link: Link, origin: string): string {
  return `${origin}/j#${formatFragment(link)}`;
}

/**
 * What a key derived from a link is for.
 *
 * - `token`: shown to the server, which keeps only its SHA-256
 * - `admit`: proves a knock, and goes into the first grant; never sent
 * - `lobby`: seals the display name of somebody who waits in the lobby; never sent
 * - `recover`: opens a facilitator's recovery wrap; never sent
 * - `holder`: what the host link's own key pairs follow from; never sent
 */
export type LinkPurpose = 'token' | 'admit' | 'lobby' | 'recover' | 'holder';

/** `K_link(role, purpose)`, 32 bytes. */
export async function linkKey(link: Link, purpose: LinkPurpose): Promise<Bytes> {
  const info = utf8(`ALS1-link|${link.role}|${purpose}`);
  return hkdf(await hkdfKey(link.secret), link.set, info, 32);
}

/** The keys of a link that knocks, names and wraps need. */
export type LinkKeys = Readonly<Record<'token' | 'admit' | 'lobby' | 'recover', Bytes>>;

/** Derives all four keys of `link`. */
export async function linkKeys(link: Link): Promise<LinkKeys> {
  const [token, admit, lobby, recover] = await Promise.all([
    linkKey(link, 'token'),
    linkKey(link, 'admit'),
    linkKey(link, 'lobby'),
    linkKey(link, 'recover'),
  ]);
  return { token, admit, lobby, recover };
}

/** What the server stores of a token: its SHA-256. A random 256-bit token needs no slow hash. */
export function tokenHash(token: Bytes): Promise<Bytes> {
  return sha256(token);
}

/** A fresh set with one join secret for every role. */
export function newLinks(random: (length: number) => Bytes): Record<LinkRole, Link> {
  const set = random(SET_BYTES);
  const link = (role: LinkRole): Link => ({ set, role, secret: random(SECRET_BYTES) });
  return { h: link('h'), c: link('c'), m: link('m'), o: link('o') };
}

/** The psk id of grants under this link: `ALS1|<role>|` and the set id. */
export function pskId(role: LinkRole, set: Bytes): Bytes {
  return concat(utf8(`ALS1|${role}|`), set);
}
