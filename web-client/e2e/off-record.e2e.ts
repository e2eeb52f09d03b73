/**
 * A round off the record, in every engine: begun after it was said what it means, written in, reloaded in
 * the middle, ended, and lost with a restart. Then everything that the service wrote is searched for the
 * lines and for their boxes, and what the members' browsers keep for the round's key.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hidden, sightings } from './support/canary';
import { Engines, ENGINES, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet } from './support/making';
import { shows } from './support/service';
import { Setroom } from './support/setroom';
import { speech } from './support/speech';

/** The last word of each is of no language, and stands nowhere else. */
const LINES = ['I do not want this job grumvolty', 'What would you do on Monday plorvandim', 'After the reload zibwexal', 'Half a line trangvexol'] as const;
const say = (id: Parameters<typeof speech>[1], args?: Parameters<typeof speech>[2]): string => speech('en', id, args);

const engines = new Engines();
let setroom: Setroom;

beforeAll(async () => {
  setroom = await Setroom.start();
});

afterAll(async () => {
  await engines.close();
  await setroom?.stop();
});

interface Heard {
  sent: string[];
  keys: string[];
}

/** Notes what a page sends of rounds, and which raw keys it derives from. Runs in the page. */
function listen(): boolean {
  const heard: Heard = { sent: [], keys: [] };
  Object.assign(globalThis, { heard });
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (this: WebSocket, data: string): void {
    if (typeof data === 'string' && data.includes('off_record')) heard.sent.push(data);
    send.call(this, data);
  };
  const { importKey } = SubtleCrypto.prototype;
  Object.defineProperty(SubtleCrypto.prototype, 'importKey', {
    value(this: SubtleCrypto, ...words: [string, Uint8Array, unknown, ...unknown[]]): unknown {
      const [format, bytes, algorithm] = words;
      if (format === 'raw' && algorithm === 'HKDF' && bytes.length === 32) heard.keys.push([...bytes].join(' '));
      return Reflect.apply(importKey as unknown as (...of: unknown[]) => unknown, this, words);
    },
  });
  return true;
}

const heardBy = (tab: Tab): Promise<Heard> => tab.evaluate(() => (globalThis as unknown as { heard: Heard }).heard);

/** Everything that this origin keeps in the browser, with what would come of deriving from each key. Runs in the page. */
async function stored(): Promise<{ text: string; derived: string[] }> {
  const keys: CryptoKey[] = [];
  const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
  const plain = (value: unknown): unknown => {
    if (value instanceof CryptoKey) {
      keys.push(value);
      return 'a key';
    }
    if (value instanceof Uint8Array || value instanceof ArrayBuffer) return [...new Uint8Array(value as ArrayBuffer)].join(' ');
    if (value instanceof Map) return [...value].map(plain);
    if (Array.isArray(value)) return value.map(plain);
    return typeof value === 'object' && value !== null ? Object.entries(value).map(([name, at]) => [name, plain(at)]) : value;
  };
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(new Error('not read')));
    });
  const database = await done(indexedDB.open('setroom'));
  for (const name of database.objectStoreNames) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    found.push(plain(await done(database.transaction(name).objectStore(name).getAll())));
  }
  database.close();
  const empty = new Uint8Array(0);
  const derive = async (key: CryptoKey): Promise<string> =>
    [...new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: empty, info: empty }, key, 256))].join(' ');
  const usable = keys.filter(({ algorithm, usages }) => algorithm.name === 'HKDF' && usages.includes('deriveBits'));
  return { text: JSON.stringify(found), derived: await Promise.all(usable.map(derive)) };
}

/** What would be derived in the same way from these bytes. Runs in the page. */
async function derivedFrom(bytes: string): Promise<string> {
  const raw = new Uint8Array(bytes.split(' ').map(Number));
  const key = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveBits']);
  const empty = new Uint8Array(0);
  return [...new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: empty, info: empty }, key, 256))].join(' ');
}

/** All files under a folder, by name. */
const files = (folder: string): [string, Buffer][] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry): [string, Buffer][] =>
    entry.isFile() ? [[join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))]] : []);

const reloaded = (tab: Tab): Promise<void> => tab.until(() => document.querySelector('.line.live') !== null);
/** Waits until the page says that the round is over, or no more; what was said aloud stays for a while. */
const saysOver = (tab: Tab, wanted: boolean): Promise<void> =>
  tab.until(
    ([text, is]) => [...document.querySelectorAll('p.message')].some((at) => at.textContent.includes(text)) === is,
    [say('otr-over'), wanted] as const,
  );
const showsNoMore = (tab: Tab, text: string): Promise<void> => tab.until((part) => !document.body.innerText.includes(part), text);

async function writes(tab: Tab, text: string): Promise<void> {
  await tab.type({ label: say('otr-line') }, text);
  await tab.click(button(say('otr-write')));
}

async function begins(host: Tab): Promise<void> {
  await host.click(button(say('more')));
  await host.click(button(say('otr-open')));
  for (const id of ['otr-lead', 'otr-means-keys', 'otr-means-memory', 'otr-means-restart', 'otr-means-dropped', 'otr-means-copy'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await shows(host, say(id));
  }
  await shows(host, say('otr-means-time', { minutes: 90 }));
  await host.click(button(say('otr-begin')));
  await host.until(() => document.querySelector('.off-record form') !== null);
}

describe('a round off the record', () => {
  it.each(ENGINES)('is told before, read by all, outlives a reload, and is nowhere afterwards, in %s', async (engine) => {
    const host = await engines.open(engine, 'disk');
    const guest = await engines.open(engine, 'disk');
    const links = await hostSet(host, `http://${setroom.address}`);
    await comeTo(guest, `http://${setroom.address}`, links.member, 'Bethan');
    await host.click(button('Admit Bethan'));
    await heading(guest, 'gathering');
    await host.click(button('Start the meeting'));
    for (const tab of [host, guest]) {
      await tab.until(() => document.querySelector('nav.phases') !== null);
      await tab.evaluate(listen);
    }

    await begins(host);
    await guest.until(() => document.querySelector('.off-record form') !== null);
    await writes(guest, LINES[0]);
    await shows(host, LINES[0]);
    await writes(host, LINES[1]);
    await shows(guest, LINES[1]);
    const [early, theirs] = [await heardBy(host), await heardBy(guest)];

    // Reloaded in the middle: another pair, the same key, the same lines. What was being typed is gone.
    await guest.type({ label: say('otr-line') }, LINES[3]);
    await guest.reload();
    await reloaded(guest);
    await guest.until(() => document.querySelector('.off-record form') !== null);
    for (const line of [LINES[0], LINES[1]]) await shows(guest, line);
    expect(await guest.evaluate(() => document.querySelector<HTMLInputElement>('#otr-line')?.value)).toBe('');
    await guest.evaluate(listen);
    // The page of whoever began it is another too: somebody who has the key hands it back.
    const before = await heardBy(host);
    await host.reload();
    await reloaded(host);
    await host.until(() => document.querySelector('.off-record form') !== null);
    for (const line of [LINES[0], LINES[1]]) await shows(host, line);
    await host.evaluate(listen);
    await writes(guest, LINES[2]);
    await shows(host, LINES[2]);

    // The key is one that both pages derived from, the round's id too, and that no browser keeps.
    const shared = [...new Set(early.keys.filter((key) => theirs.keys.includes(key)))];
    expect(shared).toHaveLength(1);
    const [key = ''] = shared;
    const bytes = Buffer.from(key.split(' ').map(Number));
    const would = await guest.evaluate(derivedFrom, key);
    const boxes = [before, theirs, await heardBy(host), await heardBy(guest)].flatMap(({ sent }) => sent).flatMap((frame) => {
      const { cmd } = JSON.parse(frame) as { cmd: Record<'box' | 'key' | 'grant', string | undefined> };
      return [cmd.box, cmd.key, cmd.grant].filter((box) => box !== undefined);
    });
    // A pair, what was handed to two pairs and back, and three lines.
    expect(boxes).toHaveLength(7);
    for (const tab of [host, guest]) {
      const { text, derived } = await tab.evaluate(stored);
      expect(text).toContain('a key');
      expect(derived.length).toBeGreaterThan(0);
      expect(text).not.toContain(key);
      expect(derived).not.toContain(would);
      expect([...boxes, ...LINES].filter((box) => text.includes(box))).toEqual([]);
    }

    await guest.type({ label: say('otr-line') }, LINES[3]);
    await host.click(button(say('otr-end-open')));
    await host.click(button(say('otr-end')));
    for (const tab of [host, guest]) {
      await saysOver(tab, true);
      for (const line of LINES) await showsNoMore(tab, line);
      await tab.click(button(say('dismiss')));
      await saysOver(tab, false);
    }

    // Neither the text nor a box of it is in anything that the service wrote, its log at the level trace included.
    const kept = files(setroom.folder);
    expect(kept.map(([name]) => name).filter((name) => name.includes('journal.sqlite3')).length).toBeGreaterThan(0);
    const words = LINES.map((line) => line.split(' ').at(-1) ?? '');
    const everything = boxes.flatMap((box) => [box, Buffer.from(box, 'base64url').subarray(5, 37).toString('hex')]);
    for (const [name, content] of kept) {
      expect([name, ...sightings(words, content), ...hidden([bytes], content)]).toEqual([name]);
      expect([name, ...everything.filter((box) => content.includes(box))]).toEqual([name]);
      expect([name, ...boxes.filter((box) => content.includes(Buffer.from(box, 'base64url')))]).toEqual([name]);
    }

    // Begun again, and the service dies: the round is gone by design, and the pages say so.
    await begins(host);
    await guest.until(() => document.querySelector('.off-record form') !== null);
    await writes(guest, LINES[2]);
    await shows(host, LINES[2]);
    await setroom.kill();
    await setroom.start();
    for (const tab of [host, guest]) {
      await saysOver(tab, true);
      await showsNoMore(tab, LINES[2]);
    }
    const profiles = engine === 'webkit' ? [] : [host.profile, guest.profile];
    await Promise.all([host.close(), guest.close()]);
    // Also once the browsers are closed, and have written down all that they ever do.
    for (const profile of profiles) {
      for (const [name, content] of files(profile)) {
        expect([name, ...sightings(words, content), ...hidden([bytes], content)]).toEqual([name]);
      }
    }
  });
});
