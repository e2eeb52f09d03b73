/** One person at one browser: what they see, press and type, in their own language. */

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { Language, MessageId } from '../../src/i18n';
import { type Complaints, listen } from './browser';
import { LOOK_EVERY_MS } from './engines/page';
import { speech } from './speech';

type Args = Readonly<Record<string, string | number>>;

/** Everything that went between a browser and anybody else. */
export interface Traffic {
  /** Addresses of requests to other places than the service. */
  readonly elsewhere: string[];
  /** Frames of sockets, and heads and bodies of requests and answers. */
  readonly said: (string | Buffer)[];
}

export interface Habits {
  readonly name: string;
  /** Where the service is for them. */
  readonly origin: string;
  readonly traffic: Traffic;
  readonly size?: readonly [width: number, height: number];
  readonly language?: Language;
  readonly dark?: boolean;
}

export class Person {
  readonly name: string;
  readonly habits: Habits;
  readonly context: BrowserContext;
  page: Page;
  complaints: Complaints = { policy: [], errors: [] };

  private constructor(habits: Habits, context: BrowserContext, page: Page) {
    this.name = habits.name;
    this.habits = habits;
    this.context = context;
    this.page = page;
  }

  /** Sits down at a fresh browser. */
  static async arrive(browser: Browser, habits: Habits): Promise<Person> {
    const [width, height] = habits.size ?? [1280, 800];
    const context = await browser.newContext({
      viewport: { width, height },
      locale: habits.language === 'cy' ? 'cy-GB' : 'en-GB',
      timezoneId: 'Europe/London',
      colorScheme: habits.dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const person = new Person(habits, context, page);
    person.complaints = await heard(page, habits);
    return person;
  }

  /** Does something while the processor is so many times slower, as a modest phone's. */
  async slowly(times: number, act: () => Promise<void>): Promise<void> {
    const session = await this.context.newCDPSession(this.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: times });
    await act();
    await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  }

  /** A second tab of the same browser. */
  async secondTab(): Promise<Page> {
    const page = await this.context.newPage();
    this.complaints = joined(this.complaints, await heard(page, this.habits));
    return page;
  }

  /** A new tab of the same browser, which this person is at from now on. */
  async reopen(): Promise<void> {
    this.page = await this.secondTab();
  }

  /** A message in this person's language. */
  words(id: MessageId, args?: Args): string {
    return speech(this.habits.language ?? 'en', id, args);
  }

  /** The button with these words; in a dialog when one is open, as for everybody. */
  button(id: MessageId, args?: Args): Locator {
    return this.page.getByRole('button', { name: this.words(id, args), exact: true });
  }

  async press(id: MessageId, args?: Args): Promise<void> {
    await this.button(id, args).click();
  }

  /** Presses a button of the dialog that is open. */
  async pressInSheet(id: MessageId, args?: Args): Promise<void> {
    const name = this.words(id, args);
    await this.page.locator('dialog[open]').getByRole('button', { name, exact: true }).click();
  }

  /** Types into the field with this label; into the newest, where there are several. */
  async type(id: MessageId, text: string): Promise<void> {
    await this.page.getByLabel(this.words(id), { exact: true }).last().fill(text);
  }

  async choose(id: MessageId): Promise<void> {
    await this.page.getByLabel(this.words(id), { exact: true }).last().check();
  }

  /** Waits until these words are on the screen. */
  async sees(id: MessageId, args?: Args): Promise<void> {
    await this.reads(this.words(id, args));
  }

  /** Waits until this text is on the screen itself (not only said aloud), whatever marks stand in it. */
  async reads(text: string): Promise<void> {
    await this.page.waitForFunction(
      (text) => document.getElementById('app')?.innerText.replace(/[\u2068\u2069]/g, '').includes(text),
      text,
      { polling: LOOK_EVERY_MS },
    );
  }

  /** Waits until this text is nowhere on the screen. */
  async readsNoMore(text: string): Promise<void> {
    await this.page.waitForFunction(
      (text) => !document.getElementById('app')?.innerText.replace(/[\u2068\u2069]/g, '').includes(text),
      text,
      { polling: LOOK_EVERY_MS },
    );
  }

  /** Waits until the meeting is in this part on the screen. */
  async isIn(part: string): Promise<void> {
    await this.page.locator(`nav.phases[data-part="${part}"]`).waitFor();
  }

  /** Opens what is folded behind these words. */
  async unfold(id: MessageId): Promise<void> {
    await this.page.locator('summary', { hasText: this.words(id) }).first().click();
  }

  /** Goes to their own page, from the room. */
  async openMine(): Promise<void> {
    await this.press('menu');
    await this.pressInSheet('my-actions');
    await this.sees('my-actions-lead');
  }

  /** Does something with somebody, by the options beside their name. */
  async doWith(name: string, what: MessageId): Promise<void> {
    await this.press('options-for', { name });
    await this.pressInSheet(what);
  }

  /** Puts their hand up, and says what for. */
  async raiseHand(kind?: 'clarify' | 'explore' | 'challenge' | 'process'): Promise<void> {
    if (kind !== undefined) {
      const kinds = this.page.locator('details.kinds');
      if ((await kinds.getAttribute('open')) === null) await kinds.locator('summary').click();
      await this.choose(`kind-${kind}`);
    }
    await this.press('hand-raise');
  }

  /** Moves the meeting on to this part, by the button that names it. */
  async moveOnTo(part: string): Promise<void> {
    await this.press('next-part', { part: this.partName(part) });
  }

  partName(part: string): string {
    return this.words(`part-${part.replaceAll(/[._]/g, '-')}` as MessageId);
  }
}

function joined(a: Complaints, b: Complaints): Complaints {
  return {
    get policy() {
      return [...a.policy, ...b.policy];
    },
    get errors() {
      return [...a.errors, ...b.errors];
    },
  };
}

/** What a browser reports when the other end is gone, whatever a page does about it. */
const LINE_GONE = /^WebSocket connection to \S+ failed|ERR_(CONNECTION|INTERNET|EMPTY)/;

async function heard(page: Page, { origin, traffic }: Habits): Promise<Complaints> {
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)) traffic.elsewhere.push(url);
    traffic.said.push(url, JSON.stringify(request.headers()), request.postData() ?? '');
  });
  page.on('response', (response) => {
    traffic.said.push(JSON.stringify(response.headers()));
    // Files of the build are the same for everybody.
    if (response.url().includes('/assets/')) return;
    response.body().then(
      (body) => traffic.said.push(body),
      () => undefined,
    );
  });
  page.on('websocket', (socket) => {
    if (!socket.url().replace(/^ws/, 'http').startsWith(`${origin}/`)) traffic.elsewhere.push(socket.url());
    socket.on('framesent', ({ payload }) => traffic.said.push(payload));
    socket.on('framereceived', ({ payload }) => traffic.said.push(payload));
  });
  const complaints = await listen(page);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !LINE_GONE.test(message.text())) errors.push(message.text());
  });
  return joined(complaints, { policy: [], errors });
}
