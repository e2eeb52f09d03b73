/**
 * WebKit: the small browser that comes with WebKitGTK, on a screen that nobody sees, driven by
 * `WebKitWebDriver` over HTTP.
 */

import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { classicTab, type Command, DriverError, type Send } from './classic';
import type { Keeps, Tab } from './index';
import { PATIENCE_MS } from './page';
import { findProgram, freePort, Started } from './process';

/** Where Debian puts the little browser, for each kind of processor. */
function miniBrowsers(): string[] {
  const folders = readdirSync('/usr/lib').filter((name) => name.includes('-linux-'));
  const builds = ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'];
  return folders.flatMap((folder) => builds.map((build) => `/usr/lib/${folder}/${build}/MiniBrowser`));
}

/** The path of each command within the session, after the element where it has one. */
const PATHS: Readonly<Record<Command, string>> = {
  'Navigate To': 'url',
  Back: 'back',
  Forward: 'forward',
  Refresh: 'refresh',
  'Execute Async Script': 'execute/async',
  'Element Click': 'click',
  'Element Send Keys': 'value',
  'Take Screenshot': 'screenshot',
  'Set Window Rect': 'window/rect',
  'Set Timeouts': 'timeouts',
};

/** Driven it keeps everything in memory, as in a private window; it can also do without. */
const KEPT: Readonly<Record<Keeps, readonly string[]>> = {
  disk: [],
  promised: [],
  all: [],
  private: [],
  nothing: ['--enable-html5-database=FALSE', '--enable-html5-local-storage=FALSE'],
};

async function ask(
  address: string,
  method: 'GET' | 'POST' | 'DELETE',
  params?: unknown,
  patience = 2 * PATIENCE_MS,
): Promise<unknown> {
  const body = params === undefined ? undefined : JSON.stringify(params);
  const signal = AbortSignal.timeout(patience);
  const answer = await fetch(address, { method, signal, ...(body !== undefined && { body }) });
  const { value } = (await answer.json()) as { value: unknown };
  if (answer.ok) return value;
  const { error, message } = value as { error: string; message: string };
  throw new DriverError(error, message);
}

/** Starts a screen that nobody sees, and gives its name. */
async function screen(): Promise<{ display: string; xvfb: Started }> {
  const program = findProgram('Xvfb', 'SETROOM_XVFB', ['Xvfb']);
  const words = ['-displayfd', '3', '-screen', '0', '2000x1400x24', '-nolisten', 'tcp'];
  const xvfb = new Started(program, words, {}, ['pipe']);
  const [number] = (await once(xvfb.child.stdio[3] as Readable, 'data')) as [Buffer];
  return { display: `:${number.toString().trim()}`, xvfb };
}

/** Starts WebKit; what it writes beside its memory goes into `folder`. */
export async function startWebKit(folder: string, keeps: Keeps): Promise<Tab> {
  const driver = findProgram('WebKitWebDriver', 'SETROOM_WEBKIT_DRIVER', ['WebKitWebDriver']);
  const binary = findProgram('MiniBrowser of WebKitGTK', 'SETROOM_WEBKIT', miniBrowsers());
  const { display, xvfb } = await screen();
  const port = await freePort();
  const env = {
    DISPLAY: display,
    GDK_BACKEND: 'x11',
    WAYLAND_DISPLAY: '',
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    LANG: 'en_GB.UTF-8',
    LIBGL_ALWAYS_SOFTWARE: '1',
    NO_AT_BRIDGE: '1',
  };
  const webkit = new Started(driver, [`--port=${port}`], env);
  const capabilities = {
    alwaysMatch: { 'webkitgtk:browserOptions': { binary, args: ['--automation', ...KEPT[keeps]] } },
  };
  const root = `http://127.0.0.1:${port}/session`;
  const session = await webkit.ready(
    async () => (await ask(root, 'POST', { capabilities })) as { sessionId: string },
  );
  const base = `${root}/${session.sessionId}`;
  const send: Send = (command, { id, ...params }, patience) => {
    const path = id === undefined ? PATHS[command] : `element/${String(id)}/${PATHS[command]}`;
    return command === 'Take Screenshot' ? ask(`${base}/${path}`, 'GET') : ask(`${base}/${path}`, 'POST', params, patience);
  };
  return classicTab('webkit', folder, send, async () => {
    await ask(base, 'DELETE').catch(() => undefined);
    await webkit.end();
    await xvfb.end();
  });
}
