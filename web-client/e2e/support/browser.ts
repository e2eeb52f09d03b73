/**
 * Real Chromium for tests. Its path is `SETROOM_CHROMIUM`, else the first of
 * the usual names on the PATH.
 */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function findChromium(): string {
  const named = process.env['SETROOM_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error('no Chromium on the PATH: install one, or name it in SETROOM_CHROMIUM');
}

/** Starts a browser that talks to nobody but the page's own server. Close it afterwards. */
export function launchBrowser(): Promise<Browser> {
  const root = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--headless=new',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(root ? ['--no-sandbox'] : []),
    ],
  });
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
