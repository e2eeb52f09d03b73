/**
 * The way from a browser to the program: a TCP relay that can be cut. A browser's own "offline"
 * leaves open sockets alone; this does not.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class Street {
  /** What the browser has in its address bar. */
  readonly origin: string;
  /** Where it leads to: host and port. */
  leadsTo: string | undefined;
  /** A header of answers that does not get through, in small letters. */
  withholds: string | undefined;
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
      near.destroy();
      return;
    }
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      const other = socket === near ? far : near;
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#open.delete(socket);
        other.destroy();
      });
      if (socket === near) socket.pipe(other);
      else socket.on('data', (bytes: Buffer) => other.write(this.#lessens(bytes)));
    }
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
