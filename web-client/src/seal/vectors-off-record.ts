/** The published vectors of rounds off the record, run against the code that this page was built with. */

import { contextBytes, openBytes, type SealContext, sealBytes } from './box';
import { type Bytes, fromHex, toB64u, toHex } from './bytes';
import { hkdfKey } from './derive';
import { deviceFromPair } from './device';
import { announcement, lineContext, openRoundGrant, roundInfo, roundOf, type RoundOf, roundPsk } from './off-record';
import { pairFromSeed } from './seed';
import { flip, judge, type VectorResult } from './vectors';

/** The vector file. Byte values are hex. */
export type OffRecordVectors = typeof import('../../../protocol/tests/data/als1_off_record.json');

/** Runs all of it. */
export async function runOffRecord(v: OffRecordVectors): Promise<VectorResult[]> {
  const results: VectorResult[] = [];
  const check = async (name: string, want: string, run: () => Promise<string>): Promise<void> => {
    results.push(await judge(`off the record: ${name}`, want, run));
  };
  const of: RoundOf = { set: fromHex(v.set), session: fromHex(v.session), round: fromHex(v.round), epoch: v.epoch };
  const [setKey, key] = await Promise.all([hkdfKey(fromHex(v.set_key)), hkdfKey(fromHex(v.key))]);
  const [sender, page] = await Promise.all(
    [v.sender, v.page].map(async ({ seed }) => deviceFromPair(await pairFromSeed(fromHex(seed), 'ECDH'))),
  );
  if (sender === undefined || page === undefined) throw new Error('no pairs');
  const opens = async (at: RoundOf, grant: Bytes = fromHex(v.grant), to = page): Promise<string> =>
    toHex(await openRoundGrant(at, setKey, to, toB64u(grant)));
  const [member, device, item] = [v.member, v.device, v.item].map(fromHex) as [Bytes, Bytes, Bytes];

  await check('pairs', `${v.sender.pub} ${v.page.pub}`, async () => `${toHex(sender.pub)} ${toHex(page.pub)}`);
  await check('pre-shared key', v.psk, async () => toHex(await roundPsk(of, setKey)));
  await check('info', v.info, async () => toHex(roundInfo(of, sender.pub, page.pub)));
  await check('grant', v.key, () => opens(of));
  for (const part of ['set', 'session', 'round'] as const) {
    await check(`grant refused: other ${part}`, 'grant', () => opens({ ...of, [part]: flip(of[part], 0) }));
  }
  await check('grant refused: other epoch', 'grant', () => opens({ ...of, epoch: of.epoch + 1 }));
  await check('name', v.round, async () => toHex(await roundOf(of.set, fromHex(v.key))));
  await check('grant refused: another key', 'grant_form', () => opens(of, fromHex(v.grant_of_another_key)));
  await check('grant refused: other pair', 'grant', () => opens(of, fromHex(v.grant), sender));
  await check('grant refused: changed', 'grant', () => opens(of, flip(fromHex(v.grant), -1)));
  const boxes: readonly (readonly [string, typeof v.line, SealContext, CryptoKey])[] = [
    ['announcement', v.announcement, announcement(of, member, device), setKey],
    ['line', v.line, lineContext(of, item, member, device), key],
  ];
  for (const [name, { aad, text, box }, context, under] of boxes) {
    await check(`${name}: context`, aad, async () => toHex(contextBytes(context)));
    await check(`${name}: text`, text, () => openBytes(under, context, fromHex(box)));
    await check(`${name}: bytes`, box, async () => toHex(await sealBytes(under, context, text, () => fromHex(box).slice(5, 37))));
    await check(`${name} refused: other author`, 'commit', () => openBytes(under, { ...context, member: flip(member, 0) }, fromHex(box)));
    await check(`${name} refused: other key`, 'commit', () => openBytes(under === key ? setKey : key, context, fromHex(box)));
  }
  return results;
}
