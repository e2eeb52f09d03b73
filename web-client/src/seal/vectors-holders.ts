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
import { openGrant } from './grant';
import { hostHolder } from './holder';
import { writeKeyList, writeOwnKeys } from './keylist';
import { type Hello, helloBytes, helloMac, popBytes, verifyDevice, verifyHello } from './knock';
import { formatLink, linkKey, type Link, LinkFault, type LinkRole, parseLink } from './link';
import { openOwnKeys } from './own';
import { openRecovery } from './recovery';
import { follow, headOf, type Roster, signedBytes } from './roster';
import { pairFromSeed } from './seed';
import { judge, type VectorResult } from './vectors';
import { wordNumbers } from './words';
import { openWrap, returnKey } from './wrap';

/** The page that checks a browser fetches all of them in one piece. */
export { runVectors } from './vectors';
export { runOffRecord } from './vectors-off-record';

type Hex = string;

/** The vector file. Byte values are hex, except where they stand as they do on the wire. */
export type Holders = typeof import('../../../protocol/tests/data/als1_holders.json');
type Knock = Omit<Holders['knock'], 'hello' | 'pop_signed' | 'admit'>;
type OwnBox = Pick<Holders['own_box'], 'key' | 'box' | 'context'>;

/** JSON with its keys in order, so that two spellings of one value compare equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, at: unknown) =>
    typeof at === 'object' && at !== null && !Array.isArray(at)
      ? Object.fromEntries(Object.entries(at).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : at,
  );
}

/** An edit as the file has it, where ids have no types of their own. */
const asEdit = (edit: unknown): RosterEdit => edit as RosterEdit;

const letter = (hex: Hex): string => toB64u(fromHex(hex));

function helloOf(set: Bytes, { role, pub, sign, nonce }: Knock): Hello {
  return { set, role: role as LinkRole, pub: fromHex(pub), sign: fromHex(sign), nonce: fromHex(nonce) };
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
  for (const [name, { pub_seed, sign_seed }] of Object.entries<{ pub_seed: Hex; sign_seed?: Hex }>(v.devices)) {
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
  for (const [name, at] of Object.entries<{ pub: Hex; sign?: Hex; device: Hex }>({ ...v.devices, host_link: v.host_link })) {
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
  for (const { link: text, role, host } of v.links) {
    await check(`link: ${role}${host === null ? ', first form' : ''}`, `${v.set} ${v.secret} ${role} ${host ?? ''} ${text}`, async () => {
      const read = parseLink(text);
      const parts = [read.set, read.secret].map(toHex);
      return [...parts, read.role, read.host ? toHex(read.host) : '', formatLink(read, new URL(text).origin)].join(' ');
    });
  }
  for (const { what, why, link: text } of v.refused.links) {
    await check(`link refused: ${what}`, why, async () => {
      try {
        return parseLink(text).role;
      } catch (fault) {
        return fault instanceof LinkFault ? fault.code : String(fault);
      }
    });
  }
  const rosters: (Roster | undefined)[] = [undefined];
  for (const { what, edit: put, signed, head, holders } of [...v.chain, ...v.next]) {
    const edit = asEdit(put);
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
      const before = then === undefined ? rosters[after] : await follow(set, rosters[after], asEdit(then));
      if (typeof before === 'string') return `${before} before it`;
      const got = await follow(set, before, asEdit(edit));
      // The other program has one word for holders that do not fit, whatever it is about them.
      return typeof got === 'string' ? got.replace('form', 'holders') : 'follows';
    });
  }
  const last = rosters[v.chain.length];
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
      const terms = { set, epoch, role: role as LinkRole, admit: fromHex(key) };
      const opened = await openGrant(terms, to, letter(grant));
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
