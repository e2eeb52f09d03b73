/**
 * The published ALS1 vectors, run against the very code that this page was
 * built with. The self-test page runs them in the visitor's own browser; the
 * unit tests run them in Node.
 */

import { type Bytes, concat, fromHex, sameBytes, toB64u, toHex, utf8 } from './bytes';
import { contextBytes, openBytes, type SealContext, sealBytes } from './box';
import { hkdfKey } from './derive';
import { deviceFromPair, deviceId } from './device';
import { SealFault } from './fault';
import { grantInfo, type GrantTerms, openGrantBytes } from './grant';
import { formatLink, linkKeys, parseLink, tokenHash } from './link';
import { type PairKind, pairFromSeed } from './seed';
import { wordNumbers } from './words';

/** The vector file. Byte values are hex. */
export type Vectors = typeof import('../../../protocol/tests/data/als1.json');

/** Seeds, each with the public key that follows from it. */
export type Seeds = readonly (readonly [seed: string, pub: string])[];

/** One check: `want` is what the file says, `got` what this code made of it. */
export interface VectorResult {
  readonly name: string;
  readonly want: string;
  readonly got: string;
  readonly ok: boolean;
}

/** The context of the vector box. */
export function vectorContext(v: Vectors): SealContext {
  return {
    set: fromHex(v.set),
    session: fromHex(v.session),
    epoch: v.epoch,
    member: fromHex(v.member),
    device: fromHex(v.device),
    kind: v.kind,
    item: fromHex(v.item),
    rev: v.rev,
    n: v.n,
    prev: fromHex(v.prev),
  };
}

/** The terms and both ends of the vector grant. */
export async function vectorGrant(v: Vectors): Promise<{
  terms: GrantTerms;
  open: (terms: GrantTerms, hostPub: Bytes) => Promise<Bytes>;
}> {
  const joiner = await deviceFromPair(await pairFromSeed(fromHex(v.skM_ikm)));
  const rest = fromHex(v.grant_enc + v.grant_ct);
  return {
    terms: { set: fromHex(v.set), epoch: v.epoch, role: 'm', admit: fromHex(v.admit) },
    open: (terms, hostPub) => openGrantBytes(terms, joiner, toB64u(concat(hostPub, rest))),
  };
}

type Check = () => Promise<string>;

/** Everything the file says that must come out byte for byte. */
function positives(v: Vectors): Partial<Record<keyof Vectors, Check>> {
  const link = parseLink(v.link);
  const keys = linkKeys(link);
  const key = hkdfKey(fromHex(v.K));
  const ctx = vectorContext(v);
  const seed = (ikm: string) => async (): Promise<string> =>
    toHex((await deviceFromPair(await pairFromSeed(fromHex(ikm)))).pub);
  return {
    set: async () => toHex(link.set),
    secret: async () => toHex(link.secret),
    link: async () => formatLink(link, new URL(v.link).origin),
    token: async () => toHex((await keys).token),
    token_hash: async () => toHex(await tokenHash((await keys).token)),
    admit: async () => toHex((await keys).admit),
    lobby: async () => toHex((await keys).lobby),
    device: async () => toHex(await deviceId(fromHex(v.pubM))),
    aad: async () => toHex(contextBytes(ctx)),
    box: async () => toHex(await sealBytes(await key, ctx, v.text, () => fromHex(v.salt))),
    box_len: async () => String((await sealBytes(await key, ctx, v.text)).length),
    text: async () => openBytes(await key, ctx, fromHex(v.box)),
    pubH: seed(v.skH_ikm),
    pubM: seed(v.skM_ikm),
    grant_info: async () =>
      toHex(grantInfo(fromHex(v.set), v.epoch, fromHex(v.pubH), fromHex(v.pubM))),
    grant_pt: async () => {
      const { terms, open } = await vectorGrant(v);
      const plain = await open(terms, fromHex(v.pubH));
      return sameBytes(plain, utf8(v.grant_pt)) ? v.grant_pt : toHex(plain);
    },
    words: async () =>
      String(
        await wordNumbers(await key, fromHex(v.set), v.epoch, [fromHex(v.pubM), fromHex(v.pubH)]),
      ),
  };
}

/** `bytes` with one bit turned at `at` (from the end when negative). */
export function flip(bytes: Bytes, at: number): Bytes {
  const out = bytes.slice();
  const place = at < 0 ? out.length + at : at;
  out[place] = (out[place] ?? 0) ^ 1;
  return out;
}

/** The negative cases by their names in the file; each must reject. */
export function negatives(v: Vectors): Record<string, () => Promise<unknown>> {
  const ctx = vectorContext(v);
  const box = fromHex(v.box);
  const key = hkdfKey(fromHex(v.K));
  const open = async (changed: Partial<SealContext>, bytes: Bytes = box): Promise<string> =>
    openBytes(await key, { ...ctx, ...changed }, bytes);
  return {
    'other set': () => open({ set: flip(ctx.set, 0) }),
    'other session': () => open({ session: flip(ctx.session, 0) }),
    'other author': () => open({ member: flip(ctx.member, 0) }),
    'other device': () => open({ device: flip(ctx.device, 0) }),
    'other field': () => open({ kind: 'action' }),
    'other item': () => open({ item: flip(ctx.item, 0) }),
    'other rev': () => open({ rev: ctx.rev + 1 }),
    'other n': () => open({ n: ctx.n + 1 }),
    'other prev': () => open({ prev: flip(ctx.prev, 0) }),
    'epoch swapped in header': () => open({}, flip(box, 4)),
    'epoch swapped both': () => open({ epoch: ctx.epoch ^ 1 }, flip(box, 4)),
    'other key': async () => openBytes(await hkdfKey(flip(fromHex(v.K), 0)), ctx, box),
    'salt flip': () => open({}, flip(box, 5)),
    'commit flip': () => open({}, flip(box, 37)),
    'ct flip': () => open({}, flip(box, 69)),
    'tag flip': () => open({}, flip(box, -1)),
    truncated: () => open({}, box.slice(0, -1)),
    version: () => open({}, flip(box, 0)),
    'grant wrong psk': async () => {
      const grant = await vectorGrant(v);
      const terms = { ...grant.terms, admit: flip(grant.terms.admit, 0) };
      return grant.open(terms, fromHex(v.pubH));
    },
    'grant wrong sender': async () => {
      const grant = await vectorGrant(v);
      return grant.open(grant.terms, fromHex(v.pubM));
    },
    'too long (8192 B)': async () => sealBytes(await key, ctx, 'x'.repeat(8192)),
  };
}

/**
 * What each negative case is rejected with. The file's own wording is that of
 * the program which made it, so only its being rejected is compared there.
 */
const FAULTS: Readonly<Record<string, string>> = {
  'epoch swapped in header': 'epoch',
  'ct flip': 'decrypt',
  'tag flip': 'decrypt',
  truncated: 'length',
  version: 'version',
  'grant wrong psk': 'grant',
  'grant wrong sender': 'grant',
  'too long (8192 B)': 'too_long',
};

/** The fault that a negative case must end in; `commit` unless it says otherwise. */
export function dueFault(name: string): string {
  return FAULTS[name] ?? 'commit';
}

/** Runs one check. */
export async function judge(name: string, want: string, check: Check): Promise<VectorResult> {
  let got: string;
  try {
    got = await check();
  } catch (error) {
    got = error instanceof SealFault ? error.code : `fault: ${String(error)}`;
  }
  return { name, want, got, ok: got === want };
}

/** The public key that follows from `seed`, both in hex. */
export async function publicOf(seed: string, kind: PairKind): Promise<string> {
  const { publicKey } = await pairFromSeed(fromHex(seed), kind);
  return toHex(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
}

/** How many of the seeds lead to their public key, as a pair to agree on keys and as one to sign. */
async function rightSeeds(seeds: Seeds): Promise<string> {
  let right = 0;
  for (const [seed, pub] of seeds) {
    const both = [await publicOf(seed, 'ECDH'), await publicOf(seed, 'ECDSA')];
    if (both.every((got) => got === pub)) right += 1;
  }
  return `${right} right`;
}

/** Runs the seeds, and every positive field and every negative case of `v`. */
export async function runVectors(v: Vectors, seeds: Seeds): Promise<VectorResult[]> {
  const results = [await judge('seeds', `${seeds.length} right`, () => rightSeeds(seeds))];
  for (const [name, check] of Object.entries(positives(v))) {
    results.push(await judge(name, String(v[name as keyof Vectors]), check));
  }
  const cases = negatives(v);
  for (const name of Object.keys(v.negative)) {
    const run = cases[name];
    const check = async (): Promise<string> => {
      if (run === undefined) return 'no such case here';
      await run();
      return 'opened';
    };
    results.push(await judge(`not: ${name}`, dueFault(name), check));
  }
  return results;
}
