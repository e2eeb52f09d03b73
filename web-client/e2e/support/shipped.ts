/**
 * A page that was shipped with an earlier version of the protocol, as its service served it, in front of the
 * service of today; and from some moment on, the page of today. `old-pages/README.md` says where they are from.
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { POLICY, TYPES } from './serve';
import { Setroom } from './setroom';
import { Street } from './street';

/** The versions of the protocol that pages were shipped with before the present one. */
export type Version = 1 | 2;

const place = (name: string): string => fileURLToPath(new URL(`../old-pages/${name}`, import.meta.url));

/** What a browser loads of that page in English or Welsh, by its path. */
function packed(version: Version): Readonly<Record<string, string>> {
  const bytes = brotliDecompressSync(readFileSync(place(`version-${version}.json.br`)));
  return JSON.parse(bytes.toString('utf8')) as Record<string, string>;
}

/** A set that this page and the service of its time had begun, and left in the part of the bids. */
export interface Left {
  readonly set: string;
  /** What its host's and its member's browsers kept. */
  readonly kept: Readonly<Record<'ruth' | 'ana', unknown>>;
}

/** That set. */
export function left(version: Version): Left {
  return JSON.parse(readFileSync(place(`version-${version}.kept.json`), 'utf8')) as Left;
}

export class Shipped {
  readonly origin: string;
  /** Whether the page of today is served here. */
  renewed = false;
  /** Another way to the same service, where the page of today has always been served. */
  readonly today: Street;
  /** Set before anybody comes. */
  #setroom: Setroom | undefined;
  readonly #server: Server;
  readonly #page: Readonly<Record<string, string>>;
  readonly #open = new Set<Socket>();

  private constructor(server: Server, version: Version, today: Street) {
    this.today = today;
    this.#server = server;
    this.#page = packed(version);
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => this.#answer(asked, answer));
    server.on('upgrade', (asked: IncomingMessage, near: Socket, head: Buffer) => this.#upgrade(asked, near, head));
  }

  /** That page, in front of a new service, or of one that has the set of `left`. */
  static async open(version: Version, has: 'nothing' | 'left'): Promise<Shipped> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const today = await Street.open();
    const shipped = new Shipped(server, version, today);
    const journal = has === 'left' ? place(`version-${version}.sqlite3`) : undefined;
    shipped.#setroom = await Setroom.start([shipped.origin, today.origin], journal);
    today.leadsTo = shipped.setroom.address;
    return shipped;
  }

  get setroom(): Setroom {
    if (this.#setroom === undefined) throw new Error('no service yet');
    return this.#setroom;
  }

  #address(): { host: string; port: number } {
    const [host = '', port] = this.setroom.address.split(':');
    return { host, port: Number(port) };
  }

  #answer(asked: IncomingMessage, answer: ServerResponse): void {
    const { pathname } = new URL(asked.url ?? '/', this.origin);
    const path = pathname === '/' || pathname === '/j' ? '/index.html' : pathname;
    const text = this.renewed || asked.method !== 'GET' ? undefined : this.#page[path];
    if (text !== undefined) {
      answer.writeHead(200, {
        'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
        'Content-Security-Policy': POLICY,
        'Cache-Control': path === '/index.html' ? 'no-cache' : 'public, max-age=31536000, immutable',
        'Referrer-Policy': 'no-referrer',
      });
      answer.end(text);
      return;
    }
    const { method, headers, url: way } = asked;
    // On a connection of its own: a kept one may be closed by the service as this is sent on it.
    const alone = { agent: false, headers: { ...headers, connection: 'close' } };
    const onwards = ask({ ...this.#address(), path: way, method, ...alone }, (far) => {
      const { connection: _, ...fields } = far.headers;
      answer.writeHead(far.statusCode ?? 502, fields);
      far.pipe(answer);
    });
    onwards.on('error', () => answer.destroy());
    asked.pipe(onwards);
  }

  /** A live connection goes to the service as it came. */
  #upgrade(asked: IncomingMessage, near: Socket, head: Buffer): void {
    const far = connect(this.#address());
    for (const socket of [near, far]) {
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#open.delete(socket);
        (socket === near ? far : near).destroy();
      });
    }
    const { rawHeaders: raw } = asked;
    const lines = raw.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${raw[at + 1]}`] : []));
    far.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    far.write(head);
    near.pipe(far).pipe(near);
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
    await this.today.close();
    await this.#setroom?.stop();
  }
}
