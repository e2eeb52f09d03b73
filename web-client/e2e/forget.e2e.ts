/**
 * *Forget this browser* forgets: afterwards nothing of the set is found in the browser's own folder,
 * by somebody who reads every byte of it.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hidden, secretOf, sightings } from './support/canary';
import { Engines, ENGINES, type EngineName, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet, shownLinks } from './support/making';
import { Setroom } from './support/setroom';
import { Street } from './support/street';

const engines = new Engines();
let setroom: Setroom;
/** The way to the service, one on which the order to forget gets lost, and one on which it does not come. */
let streets: readonly [Street, Street, Street];

beforeAll(async () => {
  streets = [await Street.open(), await Street.open(), await Street.open()];
  setroom = await Setroom.start(streets.map(({ origin }) => origin));
  for (const street of streets) street.leadsTo = setroom.address;
  streets[1].withholds = 'clear-site-data';
});
afterAll(async () => {
  await engines.close();
  await setroom?.stop();
  await Promise.all((streets ?? []).map((street) => street.close()));
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

/** Every file of a closed browser's folder in which one of these is found, or one of these words. */
function found(profile: string, secrets: readonly Buffer[], words: readonly string[] = []): string[] {
  return readdirSync(profile, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    return [...hidden(secrets, bytes), ...sightings(words, bytes)].map((how) => `${file.slice(profile.length)}: ${how}`);
  });
}

/** The secrets of links, as bytes. */
const ofLinks = (links: object): Buffer[] =>
  Object.values(links).map((link: string) => Buffer.from(secretOf(link), 'base64url'));
const ofStore = async (tab: Tab): Promise<Buffer[]> =>
  (await tab.evaluate(secretsInStore)).map((hex) => Buffer.from(hex, 'hex'));

describe.each(ENGINES)('forgetting in %s', (engine: EngineName) => {
  it('leaves no link, no token and no key of the set in the browser’s folder, and the other set as it was', async () => {
    // Of two windows of a driven WebKit the one behind stands still; and it keeps nothing on the disk.
    const beside = engine === 'webkit' ? 'chromium' : engine;
    const [ours, theirs] = [await engines.open(beside, 'disk'), await engines.open(engine, 'disk')];
    const { origin } = streets[0];
    const links = await hostSet(ours, origin);
    expect(links.member).toMatch(/\.m\./);
    await comeTo(theirs, origin, links.member, 'Bethan');
    await ours.click(button('Admit Bethan'));
    await heading(theirs, 'gathering');
    await theirs.until(() => document.body.textContent.includes('Amina'));
    await theirs.evaluate(keepAnother);
    const known = [...(await ofStore(ours)), ...(await ofStore(theirs))];
    // A host's browser holds at least its links, a token and a key; without them nothing is looked for.
    expect(known.length).toBeGreaterThan(6);
    const secrets = [...known, ...ofLinks(links)];
    await forget(theirs);
    expect(await theirs.text()).toContain('This browser has forgotten your keys');
    expect(await theirs.evaluate(keptSets)).toEqual(['AAAAAAAAAAAAAAAAAAAAAA']);
    await forget(ours);
    await Promise.all([ours.close(), theirs.close()]);
    expect(found(ours.profile, secrets)).toEqual([]);
    expect(found(theirs.profile, secrets)).toEqual([]);
  });
});

// A driven WebKit has no folder to look in.
describe.each(ENGINES.filter((engine) => engine !== 'webkit'))('the search in %s', (engine: EngineName) => {
  it('finds them in a browser that has forgotten nothing', async () => {
    const tab = await engines.open(engine, 'disk');
    const links = await hostSet(tab, streets[0].origin);
    const secrets = [...(await ofStore(tab)), ...ofLinks(links)];
    await tab.close();
    expect(found(tab.profile, secrets)).not.toEqual([]);
  });
});

// To bring pages back after a crash browsers write down what stands in their fields, where no page can delete it.
describe.each(ENGINES.filter((engine) => engine !== 'webkit'))('what %s writes down to bring pages back', (engine: EngineName) => {
  it('holds no link of the page that shows it, and no text that was typed', async () => {
    const tab = await engines.open(engine, 'disk');
    const links = await hostSet(tab, streets[0].origin);
    await tab.click(button('Change the ground rules'));
    await tab.type({ label: 'Ground rules, one on each line' }, 'Brimvolket keeps time');
    await tab.click(button('Links'));
    await tab.until(shownLinks);
    // A field of ours, which asks nothing of the browser: once that is written down, all others were looked at.
    await tab.evaluate(() => {
      const field = document.createElement('input');
      field.id = 'ours';
      (document.querySelector('dialog[open]') ?? document.body).append(field);
    });
    await tab.type('#ours', 'Quillandrix');
    await expect.poll(() => found(tab.profile, [], ['Quillandrix']).filter((file) => /ession/.test(file))).not.toEqual([]);
    await tab.close();
    expect(found(tab.profile, ofLinks(links), ['Brimvolket']).filter((file) => !/^\S*\/(IndexedDB|idb)\//.test(file))).toEqual([]);
  });
});

describe('the search', () => {
  // Firefox keeps nothing of a store that was deleted: there the page alone would do.
  it('finds them where the order to forget got lost, though the page deleted its store', async () => {
    const tab = await engines.open('chromium', 'disk');
    const links = await hostSet(tab, streets[1].origin);
    const secrets = [...(await ofStore(tab)), ...ofLinks(links)];
    await forget(tab);
    // And it does not say that all of it is gone.
    expect(await tab.text()).toContain('It is not certain that everything that this browser kept of it is gone');
    expect(await tab.evaluate(keptSets)).toEqual([]);
    await tab.close();
    expect(found(tab.profile, secrets)).not.toEqual([]);
  });
});

describe.each(ENGINES)('a page of %s that goes before the order to forget has come', (engine: EngineName) => {
  it('takes no other set with it', async () => {
    const [, , street] = streets;
    street.holds = 'POST /leave';
    const tab = await engines.open(engine);
    await hostSet(tab, street.origin);
    await tab.evaluate(keepAnother);
    await tab.click(button('Menu'));
    await tab.click(button('Leave…'));
    await tab.click(button('Forget this browser'));
    await expect.poll(() => tab.evaluate(keptSets)).toEqual(['AAAAAAAAAAAAAAAAAAAAAA']);
    await tab.goto(`${street.origin}/`);
    expect(await tab.evaluate(keptSets)).toEqual(['AAAAAAAAAAAAAAAAAAAAAA']);
  });
});

describe('somebody who was not let in', () => {
  it('finds the way to forget where they are told so, and their link is not kept', async () => {
    const [ours, theirs] = [await engines.open('chromium'), await engines.open('chromium')];
    const { origin } = streets[0];
    const links = await hostSet(ours, origin);
    await comeTo(theirs, origin, links.member, 'Bethan');
    await ours.click(button('Refuse Bethan'));
    await heading(theirs, 'You were not admitted');
    const [link] = ofLinks({ member: links.member });
    expect(await theirs.evaluate(secretsInStore)).not.toContain(link?.toString('hex'));
    await theirs.click(button('Forget this browser'));
    await heading(theirs, 'You have left the set');
    expect(await theirs.evaluate(keptSets)).toEqual([]);
  });
});
