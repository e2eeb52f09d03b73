/**
 * The published vectors of devices with two pairs, the roster and own keys, run against the code that
 * this page was built with.
 */

import type { RosterEdit } from '../wire.gen';
import { contextBytes, openBytes, type SealContext, sealBytes } from './box';
import { type Bytes, fromHex, toB64u, toHex } from './bytes';
import { hkdfKey } from './derive';
import { deviceFromPair, type Device } from './device';
import { readCode, writeCode } from './code';
import { commitment } from './epoch';
import { SealFault } from './fault';
import { openGrant } from './grant';
import { hostHolder } from './holder';
import { writeKeyList, writeOwnKeys } from './keylist';
import { type Hello, helloBytes, helloMac, popBytes, verifyDevice, verifyHello } from './knock';
import { letterSender } from './letter';
import { linkKey, type Link, type LinkRole } from './link';
import { openOwnKeys } from './own';
import { openRecovery } from './recovery';
import { follow, headOf, type Roster, signedBytes } from './roster';
import { pairFromSeed } from './seed';
import { judge, type VectorResult } from './vectors';
import { wordNumbers } from './words';
import { openWrap, returnKey } from './wrap';

/** The page that checks a browser fetches both in one piece. */
export { runVectors } from './vectors';

type Hex = string;

interface Knock {
  readonly role: LinkRole;
  readonly pub: Hex;
  readonly sign: Hex;
  readonly nonce: Hex;
  readonly challenge: Hex;
  readonly mac: Hex;
  readonly pop: Hex;
}

interface OwnBox {
  readonly key: Hex;
  readonly box: Hex;
  readonly context: Readonly<Record<'set' | 'session' | 'member' | 'device' | 'item' | 'prev', Hex>> & {
    readonly kind: string;
    readonly rev: number;
    readonly n: number;
    readonly own: boolean;
    readonly gen: number;
  };
}

interface CodeWrap {
  readonly code: string;
  readonly wrap: Hex;
}

/** Something that must be refused, and why. */
type Refused<T> = readonly (T & { readonly what: string; readonly why?: string })[];

/** The vector file. Byte values are hex, except where they stand as they do on the wire. */
export interface Holders {
  readonly set: Hex;
  readonly secret: Hex;
  readonly host_link: Readonly<Record<'holder_key' | 'pub' | 'sign' | 'device', Hex>>;
  readonly devices: Readonly<Record<string, {
    readonly pub_seed: Hex;
    readonly sign_seed?: Hex;
    readonly pub: Hex;
    readonly sign?: Hex;
    readonly device: Hex;
  }>>;
  readonly knock: Knock & { readonly hello: Hex; readonly pop_signed: Hex; readonly admit: Hex };
  readonly epochs: readonly { readonly epoch: number; readonly key: Hex; readonly commit: Hex }[];
  readonly chain: readonly {
    readonly what: string;
    readonly edit: RosterEdit;
    readonly signed: Hex;
    readonly head: Hex;
    readonly holders: readonly Hex[];
  }[];
  readonly words: readonly number[];
  readonly own_box: OwnBox & { readonly aad: Hex; readonly text: string };
  readonly own_wraps: readonly { readonly to: string; readonly seat: Hex; readonly wrap: Hex; readonly list: unknown }[];
  readonly code_wraps: readonly (CodeWrap & { readonly bytes: Hex; readonly key: Hex; readonly list: unknown })[];
  readonly grants: readonly {
    readonly what: string;
    readonly epoch: number;
    readonly role: LinkRole;
    readonly admit: Hex;
    readonly recipient: Hex;
    readonly grant: Hex;
    readonly list: unknown;
  }[];
  readonly recovery: { readonly epoch: number; readonly wrap: Hex; readonly list: unknown };
  readonly refused: {
    /** `then` is an edit that follows there, and that this one comes after. */
    readonly edits: Refused<{ readonly after: number; readonly then?: RosterEdit; readonly edit: RosterEdit }>;
    readonly knocks: Refused<Knock>;
    readonly own_boxes: Refused<OwnBox>;
    readonly own_wraps: Refused<{ readonly to: string; readonly seat: Hex; readonly wrap: Hex }>;
    readonly code_wraps: Refused<CodeWrap & { readonly set?: Hex }>;
    readonly recovery: Refused<{ readonly epoch: number; readonly wrap: Hex }>;
  };
}

/** JSON with its keys in order, so that two spellings of one value compare equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, at: unknown) =>
    typeof at === 'object' && at !== null && !Array.isArray(at)
      ? Object.fromEntries(Object.entries(at).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : at,
  );
}

const letter = (hex: Hex): string => toB64u(fromHex(hex));

function helloOf(set: Bytes, { role, pub, sign, nonce }: Knock): Hello {
  return { set, role, pub: fromHex(pub), sign: fromHex(sign), nonce: fromHex(nonce) };
}

/** Whether a knock proves all that it must, or what it does not. */
async function proven(set: Bytes, knock: Knock, admit: Bytes): Promise<string> {
  const hello = helloOf(set, knock);
  if (!(await verifyHello(admit, hello, fromHex(knock.mac)))) return 'mac';
  return (await verifyDevice(fromHex(knock.challenge), hello, fromHex(knock.pop))) ? 'proven' : 'pop';
}

function contextOf({ context: at }: OwnBox): SealContext {
  const { kind, rev, n, own, gen } = at;
  const hex = (part: 'set' | 'session' | 'member' | 'device' | 'item' | 'prev'): Bytes => fromHex(at[part]);
  return {
    set: hex('set'), session: hex('session'), member: hex('member'), device: hex('device'), item: hex('item'),
    prev: hex('prev'), own, epoch: gen, kind, rev, n,
  };
}

const openOwn = async (box: OwnBox): Promise<string> =>
  openBytes(await hkdfKey(fromHex(box.key)), contextOf(box), fromHex(box.box));

async function openByCode(set: Bytes, typed: string, wrap: Hex): Promise<string> {
  const code = await readCode(typed);
  if (code === undefined) return 'slip';
  const list = await openWrap(await returnKey(set, code), set, 'p', letter(wrap));
  return canonical(JSON.parse(writeKeyList(list)));
}

/** Runs all of it. */
export async function runHolders(v: Holders): Promise<VectorResult[]> {
  const set = fromHex(v.set);
  const link: Link = { set, role: 'h', secret: fromHex(v.secret) };
  const results: VectorResult[] = [];
  const check = async (name: string, want: string, run: () => Promise<string>): Promise<void> => {
    results.push(await judge(name, want, run));
  };
  const devices = new Map<string, Device>([['host_link', await hostHolder(link)]]);
  for (const [name, { pub_seed, sign_seed }] of Object.entries(v.devices)) {
    const pair = await pairFromSeed(fromHex(pub_seed), 'ECDH');
    const signing = sign_seed === undefined ? undefined : await pairFromSeed(fromHex(sign_seed), 'ECDSA');
    devices.set(name, await deviceFromPair(pair, signing));
  }
  const deviceOf = (test: (device: Device) => boolean): Device => {
    const found = [...devices.values()].find(test);
    if (found === undefined) throw new Error('no such device');
    return found;
  };
  const named = (name: string): Device => deviceOf((device) => device === devices.get(name));
  const shown = ({ pub, sign, id }: Device): string => [pub, sign?.pub ?? new Uint8Array(0), id].map(toHex).join(' ');

  await check('holder: key of the link', v.host_link.holder_key, async () => toHex(await linkKey(link, 'holder')));
  for (const [name, at] of Object.entries({ ...v.devices, host_link: v.host_link })) {
    await check(`device: ${name}`, `${at.pub} ${at.sign ?? ''} ${at.device}`, async () => shown(named(name)));
  }
  const hello = helloOf(set, v.knock);
  const admit = fromHex(v.knock.admit);
  await check('knock: hello', v.knock.hello, async () => toHex(helloBytes(hello)));
  await check('knock: mac', v.knock.mac, async () => toHex(await helloMac(admit, hello)));
  await check('knock: what is signed', v.knock.pop_signed, async () => toHex(popBytes(fromHex(v.knock.challenge), hello)));
  await check('knock: proven', 'proven', () => proven(set, v.knock, admit));
  for (const knock of v.refused.knocks) {
    await check(`knock refused: ${knock.what}`, String(knock.why), () => proven(set, knock, admit));
  }
  for (const { epoch, key, commit } of v.epochs) {
    await check(`commitment ${epoch}`, commit, async () => toHex(await commitment(await hkdfKey(fromHex(key)), set, epoch)));
  }
  const rosters: (Roster | undefined)[] = [undefined];
  for (const { what, edit, signed, head, holders } of v.chain) {
    const before = rosters.at(-1);
    await check(`edit: ${what}: signed`, signed, async () => toHex(signedBytes(set, edit, before?.head)));
    await check(`edit: ${what}`, canonical({ head: letter(head), holders: holders.map(letter).toSorted() }), async () => {
      const after = await follow(set, before, edit);
      if (typeof after === 'string') return after;
      rosters.push(after);
      const known = await headOf(signedBytes(set, edit, before?.head), edit);
      return canonical({ head: known, holders: Object.keys(after.holders).toSorted() });
    });
  }
  for (const { what, why, after, then, edit } of v.refused.edits) {
    await check(`edit refused: ${what}`, String(why), async () => {
      const before = then === undefined ? rosters[after] : await follow(set, rosters[after], then);
      if (typeof before === 'string') return `${before} before it`;
      const got = await follow(set, before, edit);
      return typeof got === 'string' ? got : 'follows';
    });
  }
  const last = rosters.at(-1);
  const present = v.epochs.find(({ epoch }) => epoch === last?.epoch);
  await check('words over the head', String(v.words), async () => {
    const key = await hkdfKey(fromHex(present?.key ?? ''));
    const head = fromHex(v.chain.at(-1)?.head ?? '');
    return String(await wordNumbers(key, set, last?.epoch ?? 0, [head]));
  });
  await check('own box: context', v.own_box.aad, async () => toHex(contextBytes(contextOf(v.own_box))));
  await check('own box: text', v.own_box.text, () => openOwn(v.own_box));
  await check('own box: bytes', v.own_box.box, async () => {
    const salt = fromHex(v.own_box.box).slice(5, 37);
    return toHex(await sealBytes(await hkdfKey(fromHex(v.own_box.key)), contextOf(v.own_box), v.own_box.text, () => salt));
  });
  for (const box of v.refused.own_boxes) {
    // The other program's own word for it.
    const why = box.why === 'cipher' ? 'decrypt' : String(box.why);
    await check(`own box refused: ${box.what}`, why, () => openOwn(box));
  }
  for (const { to, seat, wrap, list } of v.own_wraps) {
    await check(`own key for ${to}`, canonical(list), async () => {
      const { own } = await openOwnKeys({ set, seat: fromHex(seat) }, named(to), letter(wrap));
      return canonical({ v: 1, own: writeOwnKeys(own) });
    });
  }
  for (const { what, to, seat, wrap } of v.refused.own_wraps) {
    await check(`own key refused: ${what}`, 'grant', async () => {
      await openOwnKeys({ set, seat: fromHex(seat) }, named(to), letter(wrap));
      return 'opened';
    });
  }
  for (const { code, bytes, key, wrap, list } of v.code_wraps) {
    await check('return code', `${bytes} ${code} ${key}`, async () => {
      const read = await readCode(code);
      if (read === undefined) return 'slip';
      return `${toHex(read)} ${await writeCode(read)} ${toHex(await returnKey(set, read))}`;
    });
    await check('own key under a return code', canonical(list), () => openByCode(set, code, wrap));
  }
  for (const { what, why, code, wrap, set: of } of v.refused.code_wraps) {
    await check(`return code refused: ${what}`, String(why), () => openByCode(of === undefined ? set : fromHex(of), code, wrap));
  }
  for (const { what, epoch, role, admit: key, recipient, grant, list } of v.grants) {
    await check(`grant ${what}`, canonical(list), async () => {
      const to = deviceOf(({ pub }) => toHex(pub) === recipient);
      const sender = letterSender(letter(grant));
      if (sender === undefined) throw new SealFault('grant');
      const terms = { set, epoch, role, admit: fromHex(key) };
      const opened = await openGrant(terms, to, sender, toB64u(fromHex(grant).slice(65)));
      return canonical(JSON.parse(writeKeyList(opened)));
    });
  }
  await check('recovery', canonical(v.recovery.list), async () => {
    const opened = await openRecovery(set, v.recovery.epoch, named('host_link'), letter(v.recovery.wrap));
    return canonical(JSON.parse(writeKeyList(opened)));
  });
  for (const { what, epoch, wrap } of v.refused.recovery) {
    await check(`recovery refused: ${what}`, 'grant', async () => {
      await openRecovery(set, epoch, named('host_link'), letter(wrap));
      return 'opened';
    });
  }
  return results;
}
