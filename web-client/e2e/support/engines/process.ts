/** Programs that an engine needs: found, started, and ended with all that they started. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';

/** The program that `variable` names, else the first of `names` on the PATH or at its full path. */
export function findProgram(what: string, variable: string, names: readonly string[]): string {
  const named = process.env[variable];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of names) {
    for (const file of name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name))) {
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not there.
      }
    }
  }
  throw new Error(`no ${what} on the PATH: install it, or name it in ${variable}`);
}

/** A program that runs, in a process group of its own. */
export class Started {
  readonly child: ChildProcess;
  /** What it says on its error channel, for when it fails. */
  said = '';
  readonly #exit: Promise<void>;
  #over = false;

  constructor(program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}, extra: readonly 'pipe'[] = []) {
    this.child = spawn(program, words, {
      stdio: ['ignore', 'ignore', 'pipe', ...extra],
      env: { ...process.env, ...env },
      detached: true,
    });
    this.#exit = this.#ended();
    this.child.stderr?.on('data', (bytes: Buffer) => {
      this.said = (this.said + bytes.toString()).slice(-4_000);
    });
  }

  async #ended(): Promise<void> {
    try {
      await once(this.child, 'exit');
    } catch (error) {
      this.said += String(error);
    }
    this.#over = true;
  }

  /** Tries until something answers, or the program ends. */
  async ready<T>(attempt: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 600; tries += 1) {
      const got = await attempt().catch(() => undefined);
      if (got !== undefined) return got;
      if (this.#over) break;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
    throw new Error(`${this.child.spawnfile} does not answer: ${this.said}`);
  }

  /** Ends it and everything that it started. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, this.#over ? 'SIGKILL' : signal);
    } catch {
      // All of it has ended.
    }
    await this.#exit;
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
