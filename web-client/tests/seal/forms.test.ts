/**
 * Grant, recovery wrap and lobby name, made by the Rust client from the committed
 * fixture: a name, a key list or a knock must read the same in both languages.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Sealed } from '../../src/seal/box';
import { fromB64u } from '../../src/seal/bytes';
import { deviceFromPair, verifyHello } from '../../src/seal/device';
import { openGrant } from '../../src/seal/grant';
import { writeKeyList } from '../../src/seal/keylist';
import { linkKeys, parseLink } from '../../src/seal/link';
import { openLobbyName } from '../../src/seal/lobby';
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

describe('forms made in Rust', () => {
  const hello = { set: memberLink.set, role: memberLink.role, pub: member.pub, nonce: bytes('nonce') };

  it('a knock is verified and its name opens', async () => {
    expect(await verifyHello(keys.admit, hello, bytes('mac'))).toBe(true);
    expect(await openLobbyName(keys, hello, forms.name_box as Sealed)).toBe(forms.name);
  });

  it('a grant opens to the same key list', async () => {
    const terms = { set: memberLink.set, epoch: forms.epoch, role: memberLink.role, admit: keys.admit };
    const list = await openGrant(terms, member, host.pub, forms.grant);
    expect(JSON.parse(writeKeyList(list))).toEqual(forms.key_list);
  });

  it('a recovery wrap opens to the same key list', async () => {
    const link = parseLink(forms.host_link);
    const { recover } = await linkKeys(link);
    const { epoch, ...list } = await openWrap(recover, link.set, link.role, forms.wrap);
    expect(epoch).toBe(forms.epoch);
    expect(JSON.parse(writeKeyList(list))).toEqual(forms.key_list);
  });
});
