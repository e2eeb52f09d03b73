/**
 * Grant and recovery wrap of the first form, made by the Rust client from the committed
 * fixture: a key list must read the same in both languages.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concat, fromB64u, toB64u } from '../../src/seal/bytes';
import { deviceFromPair } from '../../src/seal/device';
import { openGrant } from '../../src/seal/grant';
import { type KeyList, writeKeyList } from '../../src/seal/keylist';
import { linkKeys, parseLink } from '../../src/seal/link';
import { pairFromSeed } from '../../src/seal/seed';
import { openWrap } from '../../src/seal/wrap';

const forms = JSON.parse(
  readFileSync(new URL('../../../protocol/tests/data/als1_forms.json', import.meta.url), 'utf8'),
);
const bytes = (name: string) => fromB64u(forms[name]) ?? expect.fail(name);

const host = await deviceFromPair(await pairFromSeed(bytes('host_ikm')));
const member = await deviceFromPair(await pairFromSeed(bytes('member_ikm')));
const memberLink = parseLink(forms.member_link);
const keys = await linkKeys(memberLink);

/** A list as the first form wrote it, with the roster that is no longer written. */
function told(list: KeyList): unknown {
  const roster = (list.roster ?? []).map((at) => [toB64u(at.device), toB64u(at.member), at.role, at.link]);
  return { ...JSON.parse(writeKeyList(list)), roster };
}

describe('forms made in Rust', () => {
  it('a grant opens to the same key list', async () => {
    const terms = { set: memberLink.set, epoch: forms.epoch, role: memberLink.role, admit: keys.admit };
    const list = await openGrant(terms, member, toB64u(concat(host.pub, bytes('grant'))));
    expect(told(list)).toEqual(forms.key_list);
  });

  it('a recovery wrap opens to the same key list', async () => {
    const link = parseLink(forms.host_link);
    const { recover } = await linkKeys(link);
    const { epoch, ...list } = await openWrap(recover, link.set, link.role, forms.wrap);
    expect(epoch).toBe(forms.epoch);
    expect(told(list)).toEqual(forms.key_list);
  });
});
