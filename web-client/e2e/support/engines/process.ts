/** Programs that an engine needs: found, started, and ended with all that they started. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { delimiter, join } from 'node:path';
import { LOOK_EVERY_MS } from './page';

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

/** The process groups that run. None outlives the tests, however they end. */
const groups = new Set<number>();
process.on('exit', () => {
  for (const group of groups) stop(group, 'SIGKILL');
});

function stop(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // All of it has ended.
  }
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
    if (this.child.pid !== undefined) groups.add(this.child.pid);
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
      await delay(LOOK_EVERY_MS);
    }
    throw new Error(`${this.child.spawnfile} does not answer: ${this.said}`);
  }

  /** Ends it and everything that it started; after the time that it is given to end by itself. */
  async end(patience = 0): Promise<void> {
    const { pid } = this.child;
    if (pid === undefined) return;
    const late = new AbortController();
    const waited = patience > 0 ? delay(patience, undefined, late).catch(() => undefined) : undefined;
    await Promise.race([this.#exit, waited]);
    late.abort();
    stop(pid, 'SIGKILL');
    await this.#exit;
    groups.delete(pid);
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
