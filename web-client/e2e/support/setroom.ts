/** The real program, started by a test on ports of its own, with its data in a folder of its own. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const target = (file: string): string =>
  fileURLToPath(new URL(`../../../target/${file}`, import.meta.url));

/** `SETROOM_BIN`, else what `cargo build` made, the release first. */
export function findProgram(): string {
  const named = process.env['SETROOM_BIN'];
  const places = named ? [named] : [target('release/setroom'), target('debug/setroom')];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`no program at ${places.join(' or ')}: build it, or name it in SETROOM_BIN`);
  return found;
}

export class Setroom {
  /** Everything it writes: the journal, and its log at the level `trace`. */
  readonly folder: string;
  readonly log: string;
  /** Host and port, the same after a restart. */
  address = '127.0.0.1:0';
  /** What stands in the environment of its next starts beside what stands in this program's. */
  env: Readonly<Record<string, string>> = {};
  readonly #origins: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(folder: string, origins: readonly string[]) {
    this.folder = folder;
    this.log = join(folder, 'log.jsonl');
    this.#origins = origins;
  }

  /** Starts it for pages of `origins`; none means its own address. `journal` is one to go on from. */
  static async start(origins: readonly string[] = [], journal?: string): Promise<Setroom> {
    const setroom = new Setroom(await mkdtemp(join(tmpdir(), 'setroom-e2e-')), origins);
    if (journal !== undefined) {
      await mkdir(join(setroom.folder, 'data'), { mode: 0o700 });
      await copyFile(journal, join(setroom.folder, 'data', 'journal.sqlite3'));
      // It ran long ago, by what it noted down: so no set of it goes at once, however old it is by now.
      await writeFile(join(setroom.folder, 'data', 'clock'), '1\n');
    }
    await setroom.start();
    return setroom;
  }

  /** Starts it anew, where it was before. */
  async start(): Promise<void> {
    const log = openSync(this.log, 'a');
    const words = ['serve', '--listen', this.address, '--metrics', '127.0.0.1:0', '--log-format', 'json'];
    words.push('--data', join(this.folder, 'data'));
    for (const origin of this.#origins) words.push('--origin', origin);
    const child = spawn(findProgram(), words, {
      stdio: ['ignore', 'pipe', log],
      env: { ...process.env, RUST_LOG: 'trace', ...this.env },
    });
    this.#child = child;
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the program ended: ${readFileSync(this.log, 'utf8').slice(-2000)}`);
    });
    ended.catch(() => undefined);
    if (child.stdout === null) throw new Error('no standard output');
    const said = once(createInterface({ input: child.stdout }), 'line');
    const [line] = (await Promise.race([said, ended])) as [string];
    const at = /listening on http:\/\/([^/]+)\//.exec(line) ?? /Host a set: http:\/\/([^/]+)\//.exec(line);
    if (at?.[1] === undefined) throw new Error(`no address in ${line}`);
    this.address = at[1];
  }

  /** The number of its process. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the program is not running');
    return pid;
  }

  /** What Prometheus would read. */
  async metrics(): Promise<string> {
    const places = [...readFileSync(this.log, 'utf8').matchAll(/"metrics":"([^"]+)"/g)];
    const answer = await fetch(`http://${places.at(-1)?.[1]}/metrics`);
    if (!answer.ok) throw new Error(`metrics: ${answer.status}`);
    return answer.text();
  }

  /** Ends it at once, with no chance to say goodbye: `kill -9`. */
  kill(): Promise<void> {
    return this.#signal('SIGKILL');
  }

  /** Ends it in order, as an operator does. */
  end(): Promise<void> {
    return this.#signal('SIGTERM');
  }

  async #signal(name: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(name);
    await gone;
  }

  /** Runs a command of the program on its data, as an operator does; gives what it says. */
  run(...words: string[]): string {
    const env = { ...process.env, ...this.env };
    return execFileSync(findProgram(), [...words, '--data', join(this.folder, 'data')], { encoding: 'utf8', env });
  }

  /** Ends it and removes all it wrote. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
