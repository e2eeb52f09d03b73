/**
 * Firefox, over WebDriver BiDi, which it speaks itself. Windows that keep what they keep until they are
 * closed are containers of one browser; those with a profile or settings of their own have one each.
 */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bidi, bidiTab } from './bidi';
import type { Keeps, Tab } from './index';
import { PATIENCE_MS } from './page';
import { findProgram, Started } from './process';

/** A browser that talks to nobody but the page's own server, and asks nothing. */
const PREFERENCES = {
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
  // As people's do, and each second: what is on the page goes to the disk, to bring it back after a crash.
  disk: { 'browser.sessionstore.interval': 1_000, 'browser.sessionstore.resume_from_crash': true },
  promised: { 'permissions.default.persistent-storage': 1 },
  all: {},
  private: { 'browser.privatebrowsing.autostart': true },
  nothing: { 'network.cookie.cookieBehavior': 2 },
};

/** A Firefox that runs. */
interface Running {
  readonly bidi: Bidi;
  end(): Promise<void>;
}

/** Starts one without a window on screen, on the profile in `folder`. */
async function start(folder: string, keeps: Keeps): Promise<Running> {
  const lines = Object.entries({ ...PREFERENCES, ...KEPT[keeps] }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(folder, 'user.js'), lines.join(''));
  const listens = join(folder, 'WebDriverBiDiServer.json');
  await rm(listens, { force: true });
  const program = findProgram('Firefox', 'SETROOM_FIREFOX', ['firefox-esr', 'firefox']);
  const words = ['--headless', '--remote-debugging-port', '0', '--no-remote', '--profile', folder];
  const firefox = new Started(program, words, { HOME: folder, MOZ_CRASHREPORTER_DISABLE: '1' });
  const bidi = await firefox.ready(async () => {
    const { ws_port: port } = JSON.parse(await readFile(listens, 'utf8')) as { ws_port: number };
    return Bidi.at(port);
  });
  return {
    bidi,
    async end() {
      // It writes its profile down as it does for everybody.
      await bidi.call('browser.close', {}).catch(() => undefined);
      await firefox.end(PATIENCE_MS);
      bidi.close();
    },
  };
}

/** A Firefox, and others beside it for windows that need a profile of their own. */
export class Firefox {
  #shared: Promise<Running> | undefined;

  /** Opens a window; what it keeps on the disk goes into `folder`. */
  async open(folder: string, keeps: Keeps): Promise<Tab> {
    if (keeps !== 'all') {
      const { bidi, end } = await start(folder, keeps);
      const { contexts } = (await bidi.call('browsingContext.getTree', {})) as { contexts: { context: string }[] };
      return bidiTab('firefox', folder, bidi, contexts[0]?.context ?? '', end);
    }
    this.#shared ??= start(folder, keeps);
    const { bidi } = await this.#shared;
    const { userContext } = (await bidi.call('browser.createUserContext', {})) as { userContext: string };
    const { context } = (await bidi.call('browsingContext.create', { type: 'window', userContext })) as { context: string };
    const end = async (): Promise<void> => void (await bidi.call('browser.removeUserContext', { userContext }));
    return bidiTab('firefox', folder, bidi, context, end);
  }

  async close(): Promise<void> {
    await (await this.#shared)?.end();
    this.#shared = undefined;
  }
}
