/**
 * Firefox, over Marionette: the socket that its own WebDriver program (geckodriver, which Debian
 * does not have) talks to. Each message is its length, a colon, and `[0, number, name, params]`;
 * the answer is `[1, number, error, result]`.
 */

import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { classicTab, type Command, DriverError } from './classic';
import type { Keeps, Tab } from './index';
import { PATIENCE_MS } from './page';
import { findProgram, Started } from './process';

/** A browser that talks to nobody but the page's own server, and asks nothing. */
const PREFERENCES = {
  'marionette.port': 0,
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.newtabpage.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.systemAddon.update.enabled': false,
  'intl.accept_languages': 'en-GB',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.http.speculative-parallel-limit': 0,
  'services.settings.server': 'data:,nowhere',
  'toolkit.telemetry.server': '',
};

const KEPT: Readonly<Record<Keeps, object>> = {
  disk: {},
  all: {},
  private: { 'browser.privatebrowsing.autostart': true },
  nothing: { 'network.cookie.cookieBehavior': 2 },
};

const NAMES: Readonly<Record<Command, string>> = {
  'Navigate To': 'WebDriver:Navigate',
  Back: 'WebDriver:Back',
  Forward: 'WebDriver:Forward',
  Refresh: 'WebDriver:Refresh',
  'Execute Async Script': 'WebDriver:ExecuteAsyncScript',
  'Element Click': 'WebDriver:ElementClick',
  'Element Send Keys': 'WebDriver:ElementSendKeys',
  'Take Screenshot': 'WebDriver:TakeScreenshot',
  'Set Window Rect': 'WebDriver:SetWindowRect',
  'Set Timeouts': 'WebDriver:SetTimeouts',
};

/** An answer: its number, what went wrong, or else the result. */
type Answer = [1, number, { error: string; message: string } | null, unknown];

class Marionette {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { answer(value: unknown): void; fail(error: Error): void }>();
  #rest = Buffer.alloc(0);
  #number = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { fail } of this.#waiting.values()) fail(new Error('Firefox is gone'));
    });
  }

  #read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const colon = this.#rest.indexOf(':');
      const end = colon + 1 + Number(this.#rest.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || this.#rest.length < end) return;
      const message: unknown = JSON.parse(this.#rest.subarray(colon + 1, end).toString());
      this.#rest = this.#rest.subarray(end);
      // The first one is a greeting.
      if (Array.isArray(message)) this.#answered(message as Answer);
    }
  }

  #answered([, number, error, result]: Answer): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (error === null) waiting?.answer(result);
    else waiting?.fail(new DriverError(error.error, error.message));
  }

  call(name: string, params: Record<string, unknown>): Promise<unknown> {
    this.#number += 1;
    const text = Buffer.from(JSON.stringify([0, this.#number, name, params]));
    return new Promise((answer, fail) => {
      this.#waiting.set(this.#number, { answer, fail });
      this.#socket.write(Buffer.concat([Buffer.from(`${text.length}:`), text]));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Starts Firefox, without a window, on the profile in `folder`. */
export async function startFirefox(folder: string, keeps: Keeps): Promise<Tab> {
  const lines = Object.entries({ ...PREFERENCES, ...KEPT[keeps] }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(folder, 'user.js'), lines.join(''));
  const portFile = join(folder, 'MarionetteActivePort');
  await rm(portFile, { force: true });
  const program = findProgram('Firefox', 'SETROOM_FIREFOX', ['firefox-esr', 'firefox']);
  const words = ['--headless', '--marionette', '--no-remote', '--profile', folder];
  const firefox = new Started(program, words, { HOME: folder, MOZ_CRASHREPORTER_DISABLE: '1' });
  const socket = await firefox.ready(async () => {
    const port = Number(await readFile(portFile, 'utf8'));
    if (!(port > 0)) return undefined;
    const attempt = connect(port, '127.0.0.1');
    await once(attempt, 'connect');
    return attempt;
  });
  const marionette = new Marionette(socket);
  await marionette.call('WebDriver:NewSession', {});
  const send = async (command: Command, params: Record<string, unknown>): Promise<unknown> => {
    const answer = await marionette.call(NAMES[command], params);
    const { value } = (answer ?? {}) as { value?: unknown };
    return value;
  };
  return classicTab('firefox', folder, send, async () => {
    // It writes its profile down as it does for everybody.
    await marionette.call('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => undefined);
    await firefox.end(PATIENCE_MS);
    marionette.close();
  });
}
