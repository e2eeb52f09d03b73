/**
 * What this browser remembers of a set, so that a reload, a sleep or another
 * network needs no facilitator: device key pairs, resume token, epoch keys,
 * the roster, the person's own key, and for facilitators the link secrets.
 *
 * It lives in IndexedDB, which can hold keys whose bytes nobody can read. Where
 * a browser forbids that, or its disk is full, everything works in memory for
 * as long as the page lives, and `durable` says so. Keys of an off-the-record
 * round never come here.
 */

import { type Bytes, fromB64u, toB64u } from './bytes';
import type { ChainHead } from './chain';
import type { EpochKey } from './epoch';
import type { LinkSecret, RosterEntry } from './keylist';
import type { LinkRole } from './link';
import type { Roster } from './roster';
import type { BranchId } from '../wire.gen';

/** A key and the links that were changed with it. */
export interface MadeKey {
  readonly epoch: number;
  readonly raw: Bytes;
  readonly links: readonly LinkSecret[];
}

/** All that may be kept of one set; parts come in one by one. */
export interface KeptSet {
  readonly device?: CryptoKeyPair;
  /** The pair that signs; devices of the first form have none. */
  readonly signing?: CryptoKeyPair | undefined;
  readonly role?: LinkRole;
  /** The seat, 16 bytes. */
  readonly member?: Bytes;
  /** The resume token, 32 bytes; the server holds its SHA-256. */
  readonly resume?: Bytes;
  /** `admit` key of the link this device came in by: later grants need it. */
  readonly admit?: Bytes;
  readonly epochs?: readonly EpochKey[];
  /** Who holds keys, as far as this browser has walked. It only ever goes on from here. */
  readonly verified?: Roster | undefined;
  /** A key that this browser has made, until the roster says that it is in force. */
  readonly made?: MadeKey | undefined;
  /** Of a set without a signed roster: public keys that grants are accepted from. */
  readonly hosts?: readonly Bytes[];
  /** Of a set without a signed roster: devices that were named under seal. */
  readonly roster?: readonly RosterEntry[];
  /** Link secrets; facilitators only. */
  readonly links?: readonly LinkSecret[];
  /** The branch of history that the room stood on, so that a copy that was put back is noticed. */
  readonly branch?: BranchId;
  /** Where this device's own chain of boxes stands, and in which session. */
  readonly chain?: { readonly session: Bytes; readonly head: ChainHead };
}

/** Why things are kept in memory only. */
export type StorageLimit =
  /** There is no IndexedDB, or the browser or its owner forbids it. */
  | 'blocked'
  /** The disk, or this site's share of it, is full. */
  | 'quota';

/** The store. Made by `openStorage`. Nothing of it ever rejects: what the browser refuses is kept in memory. */
export interface SetStorage {
  /** Whether what is kept outlives the page. May turn false when the disk fills up. */
  readonly durable: boolean;
  /** Why not, when it does not. */
  readonly limit: StorageLimit | undefined;
  /** What is kept of `set`. */
  read(set: Bytes): Promise<KeptSet | undefined>;
  /** Adds or replaces the given parts, all or none. */
  update(set: Bytes, parts: KeptSet): Promise<void>;
  /** Deletes everything of `set`: what Leave does. */
  forget(set: Bytes): Promise<void>;
  /** The ids of all sets of which something is kept. */
  sets(): Promise<Bytes[]>;
  /** Deletes the whole store. False where something of it may be left. */
  destroy(): Promise<boolean>;
}

const STORE = 'sets';
const PROBE = '';
/** How long a browser may take to open its store, or to delete it: some never answer. */
const PATIENCE_MS = 4_000;

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('storage')));
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(transaction.error ?? new Error('storage'));
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', fail);
    transaction.addEventListener('error', fail);
  });
}

/** Does something in one transaction; rejects when it was not committed, or could not even be asked for. */
async function written(database: IDBDatabase, act: (store: IDBObjectStore) => Promise<void>): Promise<void> {
  const transaction = database.transaction(STORE, 'readwrite');
  await Promise.all([committed(transaction), act(transaction.objectStore(STORE))]);
}

/** Rejects when there is no answer in time. What comes later is of no use. */
function inTime<T>(asked: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS);
    asked.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  const request = factory.open(name, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  return new Promise((resolve, reject) => {
    request.addEventListener('blocked', () => reject(new Error('blocked')));
    settled(request).then(resolve, reject);
  });
}

/** Writes and removes a real key: some browsers open a store and then refuse keys in it. */
async function probe(database: IDBDatabase): Promise<void> {
  const aes = { name: 'AES-GCM', length: 256 };
  const key = await crypto.subtle.generateKey(aes, false, ['encrypt']);
  await written(database, async (store) => {
    store.put({ key }, PROBE);
    store.delete(PROBE);
  });
}

function limitOf(error: unknown): StorageLimit {
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'quota' : 'blocked';
}

class BrowserStorage implements SetStorage {
  limit: StorageLimit | undefined;
  readonly #name: string;
  readonly #factory: IDBFactory | undefined;
  #database: IDBDatabase | undefined;
  /** Sets that could not be written; they hide what the database has of them. */
  readonly #memory = new Map<string, KeptSet>();
  /** Another tab took the database away: it is opened anew when it is needed next. */
  #taken = false;

  constructor(name: string, factory: IDBFactory | undefined) {
    this.#name = name;
    this.#factory = factory;
  }

  get durable(): boolean {
    return this.limit === undefined;
  }

  async start(): Promise<void> {
    try {
      if (this.#factory === undefined) throw new Error('no storage');
      const database = await inTime(openDatabase(this.#factory, this.#name));
      // Another tab wants to delete the store: let it.
      database.addEventListener('versionchange', () => this.#shut());
      database.addEventListener('close', () => this.#shut());
      this.#database = database;
      await inTime(probe(database));
    } catch (error) {
      this.limit = limitOf(error);
    }
  }

  /** Another tab deletes the store, or the browser does. Whatever is written next makes a new one. */
  #shut(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#taken = true;
  }

  async #again(): Promise<void> {
    if (!this.#taken) return;
    this.#taken = false;
    await this.start();
  }

  /** What the database says, or `none` where it refuses: then it keeps nothing for us any more. */
  async #asked<T>(none: T, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    if (this.#database === undefined) return none;
    try {
      return await settled(ask(this.#database.transaction(STORE, 'readonly').objectStore(STORE)));
    } catch (error) {
      this.limit ??= limitOf(error);
      return none;
    }
  }

  #stored(set: string): Promise<KeptSet | undefined> {
    return this.#asked<KeptSet | undefined>(undefined, (store) => store.get(set));
  }

  async read(set: Bytes): Promise<KeptSet | undefined> {
    await this.#again();
    const id = toB64u(set);
    return this.#memory.get(id) ?? this.#stored(id);
  }

  async update(set: Bytes, parts: KeptSet): Promise<void> {
    await this.#again();
    const id = toB64u(set);
    if (this.#database !== undefined && !this.#memory.has(id)) {
      try {
        await this.#write(this.#database, id, parts);
        return;
      } catch (error) {
        this.#memory.set(id, (await this.#stored(id)) ?? {});
        this.limit ??= limitOf(error);
      }
    }
    this.#memory.set(id, { ...this.#memory.get(id), ...parts });
  }

  /** Reads and writes in one transaction, so that no part of another update is lost. */
  async #write(database: IDBDatabase, id: string, parts: KeptSet): Promise<void> {
    await written(database, async (store) => {
      const before = await settled<KeptSet | undefined>(store.get(id));
      store.put({ ...before, ...parts }, id);
      // At once: a page that goes away in this moment would take back what waits for its turn.
      store.transaction.commit();
    });
  }

  async forget(set: Bytes): Promise<void> {
    const id = toB64u(set);
    this.#memory.delete(id);
    if (this.#database === undefined) return;
    try {
      await written(this.#database, async (store) => void store.delete(id));
    } catch (error) {
      this.limit ??= limitOf(error);
    }
  }

  async sets(): Promise<Bytes[]> {
    const ids = new Set<string>(this.#memory.keys());
    const keys = await this.#asked<IDBValidKey[]>([], (store) => store.getAllKeys());
    for (const key of keys) if (typeof key === 'string' && key !== PROBE) ids.add(key);
    return [...ids].flatMap((id) => fromB64u(id) ?? []);
  }

  async destroy(): Promise<boolean> {
    const opened = this.#database !== undefined;
    this.#memory.clear();
    this.#shut();
    try {
      if (this.#factory !== undefined) await inTime(settled(this.#factory.deleteDatabase(this.#name)));
      return true;
    } catch {
      // Nothing was kept where the store could never be opened.
      return !opened;
    }
  }
}

/** The browser's own store, or none where even asking for it is forbidden. */
function systemFactory(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined;
  }
}

/** Opens the store. Never rejects: see `durable` and `limit`. */
export async function openStorage(
  name = 'setroom',
  factory: IDBFactory | undefined = systemFactory(),
): Promise<SetStorage> {
  const keep = new BrowserStorage(name, factory);
  await keep.start();
  return keep;
}
