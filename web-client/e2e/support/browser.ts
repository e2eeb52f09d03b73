/**
 * Real Chromium for tests. Its path is `SETROOM_CHROMIUM`, else the first of
 * the usual names on the PATH.
 *
 * Where many people meet, each at a page of their own, it is the one without a window, of the same
 * source and version: it starts a person's page with a third of the work. `SETROOM_CHROMIUM_SHELL`
 * names it; without one Chromium itself does. Tests of engines, profiles, private windows and the way of
 * Tab have Chromium as people start it.
 */

import { type Browser, chromium, type Page } from 'playwright-core';
import { findProgram } from './engines/process';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where Chromium is. */
export function findChromium(): string {
  return findProgram('Chromium', 'SETROOM_CHROMIUM', NAMES);
}

/** Where the one without a window is, or else Chromium. */
function findShell(): string {
  try {
    return findProgram('Chromium without a window', 'SETROOM_CHROMIUM_SHELL', ['chromium-headless-shell']);
  } catch {
    return findChromium();
  }
}

/** What keeps Chromium from talking to anybody but the page's own server. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--headless=new',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Starts a browser that talks to nobody but the page's own server. Close it afterwards. */
export function launchBrowser(executablePath = findShell()): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
}

/** What a page complained of. */
export interface Complaints {
  /** Breaches of the content security policy, Trusted Types included. */
  readonly policy: readonly string[];
  /** Uncaught errors. */
  readonly errors: readonly string[];
}

/** Collects what `page` complains of from now on. Call it before the first `goto`. */
export async function listen(page: Page): Promise<Complaints> {
  const policy: string[] = [];
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) {
      policy.push(message.text());
    }
  });
  await page.exposeFunction('reportBreach', (breach: string) => void policy.push(breach));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { reportBreach(breach: string): void }).reportBreach;
      report(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  return { policy, errors };
}
