/**
 * A tab behind the commands of W3C WebDriver ("classic"), which WebKit's driver understands. How a command
 * gets there is the engine's own affair.
 */

import { writeFile } from 'node:fs/promises';
import type { EngineName, Tab, Target } from './index';
import { LOOK_EVERY_MS, PATIENCE_MS, seek, seen, text, untilSo } from './page';

/** The commands in use, by their names in the standard. */
export type Command =
  | 'Navigate To'
  | 'Back'
  | 'Forward'
  | 'Refresh'
  | 'Execute Async Script'
  | 'Element Click'
  | 'Element Send Keys'
  | 'Take Screenshot'
  | 'Set Window Rect'
  | 'Set Timeouts';

/**
 * Sends one command of a session. Rejects with a `DriverError`, or where no answer comes for `patience`
 * milliseconds with a `TimeoutError`: WebKit's driver never answers what was asked of a page that went.
 */
export type Send = (command: Command, params: Record<string, unknown>, patience?: number) => Promise<unknown>;

/** How long a page looks for itself, and how long after that its answer may still be on its way. */
const LOOK_FOR_MS = 2_000;
const ON_ITS_WAY_MS = 10_000;

const isLost = (error: unknown): boolean =>
  error instanceof DriverError || (error instanceof DOMException && error.name === 'TimeoutError');

/** What the browser answered in the place of a result; `code` is the standard's. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** How the standard writes an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** The page was drawn anew while a command was on its way. */
const DRAWN_ANEW = new Set([
  'stale element reference',
  'element click intercepted',
  'element not interactable',
  'no such element',
]);

/** Awaits `run` with `given` and hands the result, or the error in words, to the driver, which knows no `undefined`. */
const RUN = `
const [given, done] = arguments;
Promise.resolve().then(() => (RUN)(given)).then(
  (value) => done({ json: JSON.stringify(value) }),
  (error) => done({ error: String(error) }),
);`;

/** The same, again and again for a while until the result is true; it may be an element. */
const WAIT = `
const [given, done] = arguments;
const last = performance.now() + ${LOOK_FOR_MS};
const look = () => {
  Promise.resolve().then(() => (RUN)(given)).then(
    (value) => (value || performance.now() > last ? done({ value: value || null }) : setTimeout(look, ${LOOK_EVERY_MS})),
    (error) => done({ error: String(error) }),
  );
};
look();`;

/** Notes on the page when the next click on `thing` comes. Runs in the page, like the next. */
function listen(thing: Element): void {
  const root = document.documentElement;
  root.dataset['click'] = 'due';
  // Off the bar at the bottom, under which a driver scrolls what it clicks.
  thing.scrollIntoView({ block: 'center' });
  const note = (event: Event): void => {
    if (event.composedPath().includes(thing)) delete root.dataset['click'];
  };
  addEventListener('click', note, { capture: true, once: true });
}

/** Whether that click has come. */
function hasCome(): Promise<boolean> {
  return new Promise((done) => {
    setTimeout(() => done(document.documentElement.dataset['click'] !== 'due'), 10);
  });
}

/** A tab on a session that has begun; `end` stops the browser. */
export async function classicTab(
  engine: EngineName,
  profile: string,
  send: Send,
  end: () => Promise<void>,
): Promise<Tab> {
  await send('Set Timeouts', { script: PATIENCE_MS, pageLoad: PATIENCE_MS });

  async function script(body: string, run: (given: never) => unknown, given: unknown, patience?: number): Promise<unknown> {
    const whole = body.replace('RUN', () => run.toString());
    const answer = await send('Execute Async Script', { script: whole, args: [given ?? null] }, patience);
    const { json, value, error } = answer as { json?: string | null; value?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return typeof json === 'string' ? JSON.parse(json) : value;
  }

  /** Waits in the page until it is so. Rejects with what the page shows in its place. */
  const wait = (test: (given: never) => unknown, given: unknown): Promise<unknown> => {
    const ask = (): Promise<unknown> => script(WAIT, test, given, LOOK_FOR_MS + ON_ITS_WAY_MS);
    return untilSo(ask, isLost, given, () => script(RUN, seen, undefined, ON_ITS_WAY_MS));
  };

  /** Finds a thing and does something with it, again when the page was drawn anew in between. */
  async function use(target: Target, act: (id: string) => Promise<unknown>): Promise<void> {
    for (let tries = 20; ; tries -= 1) {
      try {
        const element = (await wait(seek, target)) as Record<string, string>;
        await act(element[ELEMENT] ?? '');
        return;
      } catch (error) {
        const again = error instanceof DriverError && DRAWN_ANEW.has(error.code);
        if (!again || tries === 0) throw error;
      }
    }
  }

  /**
   * Clicks, again where the page moved the thing away from under the pointer: WebKit's driver says
   * then that it has clicked, and no click came.
   */
  async function click(id: string): Promise<void> {
    await script(RUN, listen, { [ELEMENT]: id });
    await send('Element Click', { id });
    for (let looks = 20; looks > 0; looks -= 1) {
      const came = script(RUN, hasCome, undefined, ON_ITS_WAY_MS).catch((error: unknown) => {
        // It has come where the page went with the question.
        if (isLost(error)) return true;
        throw error;
      });
      if (await came) return;
    }
    throw new DriverError('element click intercepted', 'no click came');
  }

  let ending: Promise<void> | undefined;
  const selected = (id: string): Promise<unknown> =>
    script(
      RUN,
      (element: HTMLInputElement) => {
        element.focus();
        element.select?.();
      },
      { [ELEMENT]: id },
    );

  return {
    engine,
    profile,
    goto: async (url) => void (await send('Navigate To', { url })),
    back: async () => void (await send('Back', {})),
    forward: async () => void (await send('Forward', {})),
    reload: async () => void (await send('Refresh', {})),
    evaluate: (run, given) => script(RUN, run as never, given) as never,
    text: async () => (await script(RUN, text, undefined)) as string,
    until: async (test, given) => void (await wait(test as never, given)),
    click: (target) => use(target, click),
    type: (target, typed) =>
      use(target, async (id) => {
        await selected(id);
        // The key *Backspace* where nothing is to stand.
        await send('Element Send Keys', { id, text: typed === '' ? '\uE003' : typed });
      }),
    async screenshot(file) {
      await writeFile(file, Buffer.from((await send('Take Screenshot', {})) as string, 'base64'));
    },
    async resize(width, height) {
      const sizes = (): number[] => [outerWidth - innerWidth, outerHeight - innerHeight, innerWidth, innerHeight];
      const [rimX = 0, rimY = 0] = (await script(RUN, sizes, undefined)) as number[];
      await send('Set Window Rect', { width: width + rimX, height: height + rimY });
      return ((await script(RUN, sizes, undefined)) as [number, number, number, number]).slice(2) as [number, number];
    },
    close: () => (ending ??= end()),
  };
}
