/**
 * The way from a browser to the program: a TCP relay that can be cut, or that deals with WebSockets
 * as bad proxies do. A browser's own "offline" leaves open sockets alone; this does not.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What becomes of a WebSocket on the way: it gets through; it is answered with 403; it is never
 * answered; it opens, and nothing gets through afterwards; or it opens and is cut.
 */
export type Upgrades = 'through' | 'refused' | 'unanswered' | 'silent' | 'cut';

const FORBIDDEN = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

export class Street {
  /** What the browser has in its address bar. */
  readonly origin: string;
  /** Where it leads to: host and port. */
  leadsTo: string | undefined;
  /** A header of answers that does not get through, in small letters. */
  withholds: string | undefined;
  /** Requests that begin like this are never answered. */
  holds: string | undefined;
  /** How many were turned away while it was cut. */
  turnedAway = 0;
  /** What becomes of WebSockets that are asked for from now on. */
  upgrades: Upgrades = 'through';
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #cut = false;

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (near) => this.#relay(near));
  }

  static async open(): Promise<Street> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Street(server);
  }

  #relay(near: Socket): void {
    const [host, port] = (this.leadsTo ?? '').split(':');
    if (this.#cut || host === undefined || port === undefined) {
      this.turnedAway += 1;
      near.destroy();
      return;
    }
    const far = connect(Number(port), host);
    let deals: Upgrades = 'through';
    let opened = false;
    for (const socket of [near, far]) {
      const other = socket === near ? far : near;
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#open.delete(socket);
        // Where nobody answers, nobody hangs up either.
        if (socket === near || deals !== 'unanswered') other.destroy();
      });
    }
    near.on('data', (bytes: Buffer) => {
      const asks = bytes.subarray(0, 64).toString('latin1');
      if (asks.startsWith('GET /ws ')) deals = this.upgrades;
      else if (this.holds !== undefined && asks.startsWith(this.holds)) deals = 'unanswered';
      if (deals === 'refused') near.end(FORBIDDEN);
      else if (deals !== 'unanswered' && !opened) far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      if (deals !== 'silent' && deals !== 'cut') near.write(this.#lessens(bytes));
      else if (!opened) {
        opened = true;
        near.write(bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4));
        if (deals === 'cut') near.end();
      }
    });
  }

  /** What comes back, without the name of the header that is withheld. */
  #lessens(bytes: Buffer): Buffer {
    const at = this.withholds === undefined ? -1 : bytes.indexOf(this.withholds);
    if (at >= 0) bytes.fill('x', at, at + (this.withholds ?? '').length);
    return bytes;
  }

  /** Nothing gets through from now on, and what was open is lost. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#open) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
