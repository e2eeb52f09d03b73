/**
 * A tab behind WebDriver BiDi: commands and answers as JSON on one socket, for any number of windows at
 * once, each in a container that shares nothing with the others.
 */

import { writeFile } from 'node:fs/promises';
import type { EngineName, Tab, Target } from './index';
import { LOOK_EVERY_MS, seek, seen, text, untilSo } from './page';

/** What the browser answered in the place of a result; `code` is the standard's. */
class BidiError extends Error {
  override readonly name = 'BidiError';
}

/** A page that went took the question with it. */
const isLost = (error: unknown): boolean => error instanceof BidiError;

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** The socket to a browser that has begun. */
export class Bidi {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { answer(value: unknown): void; fail(error: Error): void }>();
  #number = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#answered(JSON.parse(String(data)) as Answer));
    socket.addEventListener('close', () => {
      for (const { fail } of this.#waiting.values()) fail(new Error('the browser is gone'));
      this.#waiting.clear();
    });
  }

  /** Connects to a browser that listens, and begins. */
  static async at(port: number): Promise<Bidi> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/session`);
    await new Promise((done, fail) => {
      socket.addEventListener('open', done);
      socket.addEventListener('error', () => fail(new Error(`nobody answers at ${port}`)));
    });
    const bidi = new Bidi(socket);
    await bidi.call('session.new', { capabilities: {} });
    return bidi;
  }

  #answered({ id, result, error, message }: Answer): void {
    if (typeof id !== 'number') return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.answer(result);
    else waiting?.fail(new BidiError(`${error}: ${message}`));
  }

  /** Rejects with a `BidiError`. */
  call(method: string, params: Record<string, unknown>): Promise<unknown> {
    this.#number += 1;
    const id = this.#number;
    return new Promise((answer, fail) => {
      this.#waiting.set(id, { answer, fail });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }
}

/** How the protocol names a thing on a page. */
interface Node {
  readonly sharedId: string;
}

/** What a function on the page gave. */
type Given =
  | { readonly type: 'success'; readonly result: { readonly type: string; readonly value?: unknown; readonly sharedId?: string } }
  | { readonly type: 'exception'; readonly exceptionDetails: { readonly text: string } };

/** How long a page looks for a thing before it says that it is not there yet. */
const LOOK_FOR_MS = 2_000;

/** Whether a click would reach this thing, which is scrolled to the middle; then the next one is noted. Runs in the page. */
function listen(thing: Element): boolean {
  thing.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, top, width, height } = thing.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  if (there === null || !thing.contains(there)) return false;
  const root = document.documentElement;
  root.dataset['click'] = 'due';
  const note = (event: Event): void => {
    if (event.composedPath().includes(thing)) delete root.dataset['click'];
  };
  addEventListener('click', note, { capture: true, once: true });
  return true;
}

/** Gives a field the keys that come, in the place of what it holds; a date gets its value at once. Runs in the page. */
function take(field: HTMLInputElement, typed: string): boolean {
  field.focus();
  if (!['date', 'time', 'datetime-local'].includes(field.type)) {
    field.select?.();
    return true;
  }
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, typed);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
  return false;
}

/** The keys of the standard that are no characters. */
const BACKSPACE = '\uE003';
const ENTER = '\uE006';

/** A tab in this context; `end` closes it. */
export function bidiTab(engine: EngineName, profile: string, bidi: Bidi, context: string, end: () => Promise<void>): Tab {
  async function run(body: string, ...given: unknown[]): Promise<{ value?: unknown; sharedId?: string }> {
    const answer = (await bidi.call('script.callFunction', {
      functionDeclaration: body,
      arguments: given,
      awaitPromise: true,
      target: { context },
    })) as Given;
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
    return answer.result;
  }

  const plain = (value: unknown): object => ({ type: 'string', value: JSON.stringify(value ?? null) });

  async function evaluate(test: (given: never) => unknown, given?: unknown): Promise<unknown> {
    const body = `async (given) => JSON.stringify(await (${test.toString()})(JSON.parse(given)))`;
    const { value } = await run(body, plain(given));
    return typeof value === 'string' ? JSON.parse(value) : undefined;
  }

  /** Looks for a while, and gives what was found: an element is a node, anything else is only true. */
  async function look(test: (given: never) => unknown, given: unknown): Promise<Node | boolean> {
    const body = `async (given) => {
      const asked = JSON.parse(given);
      const last = performance.now() + ${LOOK_FOR_MS};
      for (;;) {
        const found = await (${test.toString()})(asked);
        if (found instanceof Element) return found;
        if (found || performance.now() > last) return Boolean(found);
        await new Promise((done) => setTimeout(done, ${LOOK_EVERY_MS}));
      }
    }`;
    const { value, sharedId } = await run(body, plain(given));
    return sharedId === undefined ? value === true : { sharedId };
  }

  const wait = (test: (given: never) => unknown, given: unknown): Promise<Node | boolean> =>
    untilSo(() => look(test, given), isLost, given, () => evaluate(seen));

  /** Finds a thing and does something with it, again when the page was drawn anew in between. */
  async function use(target: Target, act: (node: Node) => Promise<boolean>): Promise<void> {
    const did = async (): Promise<boolean> => act((await wait(seek, target)) as Node);
    await untilSo(did, isLost, target, () => evaluate(seen));
  }

  const perform = (actions: object[]): Promise<unknown> => bidi.call('input.performActions', { context, actions });

  async function click(node: Node): Promise<boolean> {
    const { value } = await run(listen.toString(), node);
    if (value !== true) return false;
    const move = { type: 'pointerMove', x: 0, y: 0, origin: { type: 'element', element: node } };
    const actions = [move, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }];
    await perform([{ type: 'pointer', id: 'mouse', actions }]);
    // It has come where the page went with the question.
    return evaluate(() => document.documentElement.dataset['click'] !== 'due').then((came) => came === true, isLost);
  }

  async function type(node: Node, typed: string): Promise<boolean> {
    const { value } = await run(take.toString(), node, { type: 'string', value: typed });
    if (value !== true) return true;
    const keys = typed === '' ? [BACKSPACE] : [...typed.replaceAll('\n', ENTER)];
    const actions = keys.flatMap((key) => [{ type: 'keyDown', value: key }, { type: 'keyUp', value: key }]);
    await perform([{ type: 'key', id: 'keyboard', actions }]);
    // A page that has just come up takes the focus, and the keys with it: then they are pressed again.
    return run('(field) => document.activeElement === field', node).then((holds) => holds.value === true, isLost);
  }

  const travel = async (delta: number): Promise<void> => {
    await bidi.call('browsingContext.traverseHistory', { context, delta });
    await wait(() => document.readyState === 'complete', undefined);
  };

  let ending: Promise<void> | undefined;
  return {
    engine,
    profile,
    goto: async (url) => void (await bidi.call('browsingContext.navigate', { context, url, wait: 'complete' })),
    back: () => travel(-1),
    forward: () => travel(1),
    reload: async () => void (await bidi.call('browsingContext.reload', { context, wait: 'complete' })),
    evaluate: (test, given) => evaluate(test as never, given) as never,
    text: async () => (await evaluate(text)) as string,
    until: async (test, given) => void (await wait(test as never, given)),
    click: (target) => use(target, click),
    type: (target, typed) => use(target, (node) => type(node, typed)),
    async screenshot(file) {
      const { data } = (await bidi.call('browsingContext.captureScreenshot', { context })) as { data: string };
      await writeFile(file, Buffer.from(data, 'base64'));
    },
    async resize(width, height) {
      await bidi.call('browsingContext.setViewport', { context, viewport: { width, height } });
      return (await evaluate(() => [innerWidth, innerHeight])) as [number, number];
    },
    close: () => (ending ??= end()),
  };
}
