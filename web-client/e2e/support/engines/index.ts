/**
 * The three engines that people's browsers are made of, each behind the same few words: Chromium
 * (Chrome, Edge), Firefox and WebKit (Safari, and everything on an iPhone).
 *
 * Chromium is driven by `playwright-core`, as in the other tests. That library drives neither
 * Debian's Firefox nor its WebKit, but only builds of its own that it downloads. Firefox speaks
 * WebDriver BiDi by itself (`bidi.ts`), WebKit's driver W3C WebDriver over HTTP (`classic.ts`), with
 * nothing installed but the browsers.
 *
 * A start is dear, a window is not: windows of Chromium and Firefox that need no profile of their own are
 * of one browser for each file of tests, and share nothing but its process.
 *
 * `SETROOM_ENGINES` names those to use, `chromium,firefox` for instance, where a machine lacks one;
 * the gate sets it. What is left out is said aloud, and where `CI` is set nothing may be.
 *
 * What lies between a browser and the service (a line that is cut, a proxy) is `Street`'s.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosen } from './chosen';
import { Chromium } from './chromium';
import { Firefox } from './firefox';
import { startWebKit } from './webkit';

export type EngineName = 'chromium' | 'firefox' | 'webkit';

/**
 * What a window keeps of a site: all, and for certain on the disk, where it can be looked for and opened
 * again; all, and its owner has set that it promises so to a page that asks; all; all until it is closed; or
 * nothing, as its owner has set.
 */
export type Keeps = 'disk' | 'promised' | 'all' | 'private' | 'nothing';

/** A CSS selector; a control with this role and name; or the field with this label. */
export type Target =
  | string
  | { readonly role: 'button' | 'link' | 'heading'; readonly name: string }
  | { readonly label: string };

/** One window of one browser, with a profile that it shares with no other. */
export interface Tab {
  readonly engine: EngineName;
  /** The folder of its profile. WebKit keeps everything in memory when it is driven. */
  readonly profile: string;
  goto(url: string): Promise<void>;
  back(): Promise<void>;
  forward(): Promise<void>;
  reload(): Promise<void>;
  /** What the page shows, without the marks round people's own words. */
  text(): Promise<string>;
  /** Runs a function in the page and awaits it. It sees nothing but its argument and the page. */
  evaluate<T, A = undefined>(run: (given: A) => T | Promise<T>, given?: A): Promise<T>;
  /** Waits until a function in the page gives something true. */
  until<A = undefined>(test: (given: A) => unknown, given?: A): Promise<void>;
  /** Clicks what is seen and enabled, once there is such a thing. */
  click(target: Target): Promise<void>;
  /** Puts this text in the place of what a field holds, by keys. */
  type(target: Target, text: string): Promise<void>;
  /** Writes what is seen to a file, as PNG. */
  screenshot(file: string): Promise<void>;
  /**
   * Gives the page this many CSS pixels, and says how many it has then: the windows of WebKit do not
   * get as narrow as a phone.
   */
  resize(width: number, height: number): Promise<readonly [width: number, height: number]>;
  /** Closes the browser. Its profile stays, to be looked at or opened again. */
  close(): Promise<void>;
}

/** The engines to test in. */
export const ENGINES: readonly EngineName[] = chosen(process.env, (said) => process.stderr.write(`${said}\n`));

/** Browsers that a test opens, and closes all at once. */
export class Engines {
  readonly #folders: string[] = [];
  readonly #tabs: Tab[] = [];
  readonly #chromium = new Chromium();
  readonly #firefox = new Firefox();

  /** A folder for a profile, which goes with the others. */
  async #folder(engine: EngineName): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), `setroom-${engine}-`));
    this.#folders.push(folder);
    return folder;
  }

  /** Starts a browser on a new profile, or on one that was closed. */
  async open(engine: EngineName, keeps: Keeps = 'all', profile?: string): Promise<Tab> {
    const folder = profile ?? (await this.#folder(engine));
    const tab = await this.#start(engine, folder, keeps);
    this.#tabs.push(tab);
    return tab;
  }

  #start(engine: EngineName, folder: string, keeps: Keeps): Promise<Tab> {
    if (engine === 'webkit') return startWebKit(folder, keeps);
    return (engine === 'chromium' ? this.#chromium : this.#firefox).open(folder, keeps);
  }

  /** Closes them all, and removes their profiles. */
  async close(): Promise<void> {
    await Promise.all(this.#tabs.splice(0).map((tab) => tab.close()));
    await Promise.all([this.#chromium.close(), this.#firefox.close()]);
    const gone = { recursive: true, force: true, maxRetries: 5 };
    await Promise.all(this.#folders.splice(0).map((folder) => rm(folder, gone)));
  }
}
