/**
 * Everything of a browser that the session layer touches, in one place, so that a test can give
 * it a network, a clock, randomness and a store of its own.
 */

import { systemTime, type TimeSource } from '../lib/clock';
import { report } from '../lib/faults';
import { type Bytes, type RandomBytes, systemRandom, toB64u } from '../seal/bytes';
import { Fault } from '../seal/fault';
import { type Elsewhere, type Here, lockDevice } from '../seal/tab-lock';
import { type SetStorage, openStorage } from '../seal/storage';
import { type Founding, SUBPROTOCOL } from '../wire.gen';

/** One connection that was asked for. */
export interface Dialled {
  /** Sends one frame; nothing happens when the connection is not open. */
  send(text: string): void;
  /** Gives the connection up. No event comes afterwards. */
  drop(): void;
}

/** What a connection tells. */
export interface DialEvents {
  opened(): void;
  message(text: string): void;
  /** It is gone; `code` is the WebSocket close code, 1006 when there was none. */
  closed(code: number): void;
}

/** Why a set could not be made. */
export type HostFaultCode = 'offline' | 'refused' | 'old_client' | 'too_fast' | 'unavailable';

/** The answer to `create` when no set was made. */
export class HostFault extends Fault<HostFaultCode> {
  override readonly name = 'HostFault';
}

export interface World {
  readonly time: TimeSource;
  readonly random: RandomBytes;
  /** Where this service lives, scheme, host and port: links begin with it. */
  readonly origin: string;
  /** From 0 up to, not including, 1: spreads waits. */
  chance(): number;
  /** Runs once after so many milliseconds; the answer calls it off. */
  after(ms: number, run: () => void): () => void;
  /** Opens a socket to this service. */
  dial(events: DialEvents): Dialled;
  /** Told when the page is seen or the network is back; the answer unsubscribes. */
  onWake(listener: () => void): () => void;
  /**
   * Told when the browser puts the page away, which may be for good, and when it shows the same page
   * again, as Back and Forward do; the answer unsubscribes.
   */
  onAway(away: () => void, back: () => void): () => void;
  /** The status that the service's first page is answered with; 0 when no answer comes. Never rejects. */
  reach(): Promise<number>;
  /** Writes down for whoever looks into this browser that something went wrong. */
  report(fault: unknown): void;
  /** The store, made when it is not there. */
  storage(): Promise<SetStorage>;
  /** The store if there is one; looking never makes one, since a link preview must leave no trace. */
  storageIfAny(): Promise<SetStorage | undefined>;
  /** The device for this tab, at once or, `patient`, after a moment in which another page may let it go. */
  lockTab(set: Bytes, patient: boolean): Promise<Here | Elsewhere>;
  /** Remembers for this tab alone which set it shows, so that a reload finds it again. */
  note(set: Bytes | undefined): void;
  /** What was noted, base64url. */
  noted(): string | undefined;
  /** Keeps what was locked as the page goes, before it is gone; undefined ends it. */
  part(set: Bytes, box: string | undefined): void;
  /** What was kept so. */
  parted(set: Bytes): string | undefined;
  /** Has the browser forget everything of this site. False where the order to do so did not come. */
  clear(): Promise<boolean>;
  /** Makes a set. Rejects with a `HostFault`. */
  create(founding: Founding): Promise<void>;
}

const STORE = 'setroom';
/** How long the order to forget may take to come. */
const LEAVE_MS = 5_000;
/** How long a page waits for the one before it in this tab to let the device go. */
const TAB_MS = 1_500;
/** How long the service may take to answer at all. */
const REACH_MS = 4_000;
/** In place of the status: the page is of another version. */
const OLD = 426;
/** How long a new set may take to be made. */
const CREATE_MS = 15_000;

/** One value that a browser keeps at once, where it keeps any: else a reload finds none. */
function slot(storage: () => Storage, name: string): { get(): string | undefined; set(value: string | undefined): void } {
  return {
    get() {
      try {
        return storage().getItem(name) ?? undefined;
      } catch {
        return undefined;
      }
    },
    set(value) {
      try {
        if (value === undefined) storage().removeItem(name);
        else storage().setItem(name, value);
      } catch {
        // Storage is forbidden, or full.
      }
    },
  };
}

/** Which set this tab shows. Without it a reload starts at the front page. */
const tab = slot(() => sessionStorage, 'setroom-set');
/** What an order to forget takes with it. */
const mark = slot(() => localStorage, 'setroom-mark');
/** What the page of a set locked as it went. */
const parting = (set: Bytes): ReturnType<typeof slot> => slot(() => localStorage, `setroom-parting-${toB64u(set)}`);

function dial(events: DialEvents): Dialled {
  const url = new URL('/ws', location.href);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  const socket = new WebSocket(url, SUBPROTOCOL);
  const gone = new AbortController();
  const on = { signal: gone.signal };
  socket.addEventListener('open', () => events.opened(), on);
  socket.addEventListener('message', ({ data }) => events.message(String(data)), on);
  socket.addEventListener('close', ({ code }) => events.closed(code), on);
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    drop() {
      gone.abort();
      socket.close();
    },
  };
}

function onWake(listener: () => void): () => void {
  const gone = new AbortController();
  const on = { signal: gone.signal };
  addEventListener('online', listener, on);
  const shown = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) listener();
  };
  addEventListener('pageshow', shown, on);
  const seen = (): void => {
    if (document.visibilityState === 'visible') listener();
  };
  document.addEventListener('visibilitychange', seen, on);
  return () => gone.abort();
}

function onAway(away: () => void, back: () => void): () => void {
  const gone = new AbortController();
  const on = { signal: gone.signal };
  addEventListener('pagehide', away, on);
  addEventListener('pageshow', back, on);
  return () => gone.abort();
}

async function reach(): Promise<number> {
  const request: RequestInit = {
    method: 'HEAD', cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(REACH_MS),
  };
  return fetch('/', request).then(
    // Sent elsewhere, by whoever wants people to log in first: that is not our page.
    ({ type, status }) => (type === 'opaqueredirect' ? 302 : status),
    () => 0,
  );
}

async function storageIfAny(): Promise<SetStorage | undefined> {
  // Too old to say, or forbidden: opening says which.
  const stores = await listed().catch(() => [{ name: STORE }]);
  return stores.some(({ name }) => name === STORE) ? openStorage(STORE) : undefined;
}

/** Even asking for the store may throw: here that is one more way to reject. */
const listed = async (): Promise<IDBDatabaseInfo[]> => indexedDB.databases();

/** Choices of language and colours are no secrets: they stay. */
async function clear(): Promise<boolean> {
  let choices: [string, string][] = [];
  try {
    choices = Object.entries(localStorage);
  } catch {
    // Storage is forbidden.
  }
  mark.set('here');
  // The answer makes the browser forget. Without a line the store has been deleted, and that is all.
  const order = fetch('/leave', { method: 'POST', signal: AbortSignal.timeout(LEAVE_MS) });
  const answered = await order.then(({ ok }) => ok, () => false);
  // Chromium shows no page the header. What it did is seen: it takes this mark with it.
  const came = answered && mark.get() === undefined;
  mark.set(undefined);
  for (const [name, value] of choices) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // No room, or not allowed: then it is chosen again.
    }
  }
  return came;
}

async function create(founding: Founding): Promise<void> {
  const post = async (): Promise<number> => {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(founding),
      signal: AbortSignal.timeout(CREATE_MS),
    };
    const answer = fetch('/api/sets', request).then(async (came) => {
      if (came.status !== 409) return came.status;
      return (await came.text()).includes('"old_client"') ? OLD : came.status;
    });
    return answer.catch(() => 0);
  };
  const first = await post();
  // An answer that got lost is asked for once more: the set's id is ours alone, so "taken" is us.
  const status = first === 0 || first === 503 ? await post() : first;
  if ((status >= 200 && status < 300) || (status === 409 && status !== first)) return;
  if (status === 0) throw new HostFault('offline');
  if (status === OLD) throw new HostFault('old_client');
  if (status === 429) throw new HostFault('too_fast');
  throw new HostFault(status >= 500 ? 'unavailable' : 'refused');
}

/** The real browser. */
export function browserWorld(): World {
  return {
    time: systemTime,
    random: systemRandom,
    origin: location.origin,
    chance: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    dial,
    onWake,
    onAway,
    reach,
    report,
    storage: () => openStorage(STORE),
    storageIfAny,
    lockTab: (set, patient) => lockDevice(set, patient ? AbortSignal.timeout(TAB_MS) : undefined),
    note: (set) => tab.set(set && toB64u(set)),
    noted: () => tab.get(),
    part: (set, box) => parting(set).set(box),
    parted: (set) => parting(set).get(),
    clear,
    create,
  };
}
