/**
 * *Forget this browser* forgets: afterwards nothing of the set is found in the browser's own folder,
 * by somebody who reads every byte of it.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hidden } from './support/canary';
import { Engines, ENGINES, type EngineName, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet } from './support/making';
import { Setroom } from './support/setroom';

const engines = new Engines();
let setroom: Setroom;

beforeAll(async () => {
  setroom = await Setroom.start();
});
afterAll(async () => {
  await engines.close();
  await setroom?.stop();
});

/** Everything of the store that bytes can be had of: tokens, links, keys. Runs in the page. */
async function secretsInStore(): Promise<string[]> {
  const open = indexedDB.open('setroom');
  await new Promise((resolve) => {
    open.addEventListener('success', resolve);
  });
  const rows = open.result.transaction('sets').objectStore('sets').getAll();
  await new Promise((resolve) => {
    rows.addEventListener('success', resolve);
  });
  open.result.close();
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      const bytes = value as Uint8Array;
      if (bytes.length === 32) found.push(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  look(rows.result);
  return found;
}

/** Another set of which this browser keeps something. Runs in the page. */
async function keepAnother(): Promise<void> {
  const open = indexedDB.open('setroom');
  await new Promise((resolve) => {
    open.addEventListener('success', resolve);
  });
  const change = open.result.transaction('sets', 'readwrite');
  change.objectStore('sets').put({ role: 'm' }, 'AAAAAAAAAAAAAAAAAAAAAA');
  await new Promise((resolve) => {
    change.addEventListener('complete', resolve);
  });
  open.result.close();
}

/** What is kept now, by set. Runs in the page. */
async function keptSets(): Promise<string[]> {
  const open = indexedDB.open('setroom');
  await new Promise((resolve) => {
    open.addEventListener('success', resolve);
  });
  const names = open.result.objectStoreNames;
  if (!names.contains('sets')) return [];
  const keys = open.result.transaction('sets').objectStore('sets').getAllKeys();
  await new Promise((resolve) => {
    keys.addEventListener('success', resolve);
  });
  open.result.close();
  return keys.result.map(String);
}

async function forget(tab: Tab): Promise<void> {
  await tab.click(button('Menu'));
  await tab.click(button('Leave…'));
  await tab.click(button('Forget this browser'));
  await heading(tab, 'You have left the set');
}

/** Every file of a closed browser's folder in which one of these is found. */
function found(profile: string, secrets: readonly Buffer[]): string[] {
  return readdirSync(profile, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const file = join(entry.parentPath, entry.name);
    return hidden(secrets, readFileSync(file)).map((how) => `${file.slice(profile.length)}: ${how}`);
  });
}

describe.each(ENGINES)('forgetting in %s', (engine: EngineName) => {
  it('leaves no link, no token and no key of the set in the browser’s folder, and the other set as it was', async () => {
    // Of two windows of a driven WebKit the one behind stands still; and it keeps nothing on the disk.
    const beside = engine === 'webkit' ? 'chromium' : engine;
    const [ours, theirs] = [await engines.open(beside), await engines.open(engine)];
    const origin = `http://${setroom.address}`;
    const links = await hostSet(ours, origin);
    expect(links.member).toMatch(/\.m\./);
    await comeTo(theirs, origin, links.member, 'Bethan');
    await ours.click(button('Admit Bethan'));
    await heading(theirs, 'gathering');
    await theirs.until(() => document.body.textContent.includes('Amina'));
    await theirs.evaluate(keepAnother);
    const known = (await ours.evaluate(secretsInStore)).concat(await theirs.evaluate(secretsInStore));
    // A host's browser holds at least its links, a token and a key; without them nothing is looked for.
    expect(known.length).toBeGreaterThan(6);
    const secrets = [...new Set(known)].map((hex) => Buffer.from(hex, 'hex'));
    for (const link of Object.values(links)) secrets.push(Buffer.from(link.slice(-43), 'base64url'));
    await forget(theirs);
    expect(await theirs.evaluate(keptSets)).toEqual(['AAAAAAAAAAAAAAAAAAAAAA']);
    await forget(ours);
    await Promise.all([ours.close(), theirs.close()]);
    expect(found(ours.profile, secrets)).toEqual([]);
    expect(found(theirs.profile, secrets)).toEqual([]);
  });
});
