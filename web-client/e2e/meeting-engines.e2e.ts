/**
 * A whole meeting at five windows of Chromium, Firefox and WebKit together, from the front page to the
 * receipt, with all that happens to pages, lines and the service on the way. After each step everybody's
 * screen shows the same: the part, the time, who presents and about what, who has the floor, whose hands
 * are up, the round, what lies on the table, and who is here.
 *
 * It is played once for each engine, which has the host then. The engine after it has the presenter, whose
 * line is cut, and somebody whose browser may keep nothing; the one after that has the member behind a proxy
 * and the private window. So each engine comes to each of these seats once, which no two turns could do; the
 * turn the other way round would bring none of them anything new.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed, vi } from 'vitest';
import type { MessageId } from '../src/i18n';
import { agree, type Seen } from './support/agreement';
import { Engines, ENGINES, type EngineName } from './support/engines';
import { heading, hostSet } from './support/making';
import { Setroom } from './support/setroom';
import { Someone } from './support/someone';
import { Street } from './support/street';
import { isTold, tryNow } from './support/waiting';

const pictures = fileURLToPath(new URL('../test-results/meeting-engines/', import.meta.url));
const BID = 'a handover that keeps going';
const HEADLINE = 'My ward hands over late every night';
const ACTION = 'Stand at one handover and say what I see';

const after = (engine: EngineName, by: number): EngineName =>
  ENGINES[(ENGINES.indexOf(engine) + by) % ENGINES.length] ?? engine;

let setroom: Setroom;
let streets: Street[];

beforeAll(async () => {
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  streets = await Promise.all(Array.from({ length: 5 }, () => Street.open()));
  setroom = await Setroom.start(streets.map(({ origin }) => origin));
  for (const street of streets) street.leadsTo = setroom.address;
});
afterAll(async () => {
  await setroom?.stop();
  await Promise.all((streets ?? []).map((street) => street.close()));
});

describe.each(ENGINES)('a meeting whose host is in %s', (engine) => {
  const engines = new Engines();
  let host: Someone;
  /** Presents, and loses the line. */
  let bethan: Someone;
  /** Has a proxy on the way. */
  let carys: Someone;
  /** In a browser that may keep nothing. */
  let dilwyn: Someone;
  /** In a private window. */
  let emrys: Someone;
  let link: string;
  /** Who has which seat, once they have one. */
  let seated: ReadonlyMap<string, Someone>;
  /** Who was told that their browser keeps nothing; all others are to find their place again. */
  let forgetful: readonly Someone[];
  let failed = false;

  beforeAll(async () => {
    const [second, third] = [after(engine, 1), after(engine, 2)];
    const windows = [
      ['Amina', engine, 'all'],
      ['Bethan', second, 'all'],
      ['Carys', third, 'all'],
      ['Dilwyn', second, 'nothing'],
      ['Emrys', third, 'private'],
    ] as const;
    const people = windows.map(async ([name, of, keeps], at) => {
      const [tab, street] = [await engines.open(of, keeps), streets[at]];
      if (street === undefined) throw new Error('no way to the service');
      // What *Back* leads to.
      await tab.goto(`${street.origin}/selftest.html`);
      return new Someone(name, tab, street);
    });
    [host, bethan, carys, dilwyn, emrys] = (await Promise.all(people)) as [Someone, Someone, Someone, Someone, Someone];
    await Promise.all([bethan.tab.resize(390, 800), host.tab.resize(1280, 800)]);
  });
  afterAll(() => engines.close());

  // One meeting in many steps: after a fault the later ones would only fail slowly.
  beforeEach(() => {
    if (failed) throw new Error('the meeting broke off before');
    onTestFailed(async () => {
      failed = true;
      await shoot('broken').catch(() => undefined);
    });
  });

  const all = (): readonly Someone[] => [host, bethan, carys, dilwyn, emrys];
  const members = (): readonly Someone[] => all().slice(1);
  const each = (whom: readonly Someone[], act: (person: Someone) => Promise<unknown>): Promise<unknown> => Promise.all(whom.map(act));
  const shoot = (what: string): Promise<unknown> =>
    each(all(), ({ name, tab }) => tab.screenshot(`${pictures}${engine}-${what}-${name.toLowerCase()}-${tab.engine}.png`));

  /** What all screens show, without the time, which goes on. */
  async function picture(of = all()): Promise<Omit<Seen, 'minutes'>> {
    const { minutes: _, ...seen } = await agree(of, all());
    return seen;
  }
  /** Waits until all screens show this. */
  const shown = (wanted: Partial<Seen>, of = all()): Promise<void> =>
    vi.waitFor(async () => expect(await picture(of)).toMatchObject(wanted), { timeout: 60_000, interval: 150 });

  async function next(part: string): Promise<void> {
    await host.press('next-part', { part: host.words(`part-${part.replaceAll(/[._]/g, '-')}` as MessageId) });
    await each(all(), (person) => person.isIn(part));
    await shown({ part });
  }

  /** Their seats, as screens mark them, one to a line. */
  const seats = (...whom: readonly Someone[]): string =>
    whom.map((one) => [...seated].find(([, person]) => person === one)?.[0] ?? '').join('\n');

  it('from the front page into the room: all are admitted with one press, and see the same people', async () => {
    link = (await hostSet(host.tab, host.street.origin)).member;
    await each(members(), (person) => person.knocks(link));
    await host.sees('knocks-title', { count: 4 });
    await shoot('door');
    await host.press('admit-these', { count: 4 });
    await each(all(), async (person) => {
      await person.sees('gathering-title');
      for (const { name } of all()) await person.reads(name);
      await person.press('charter-agree');
    });
    await dilwyn.sees('not-stored');
    const told = await Promise.all(all().map(async (person) => (await person.tab.text()).includes(person.words('not-stored'))));
    forgetful = all().filter((_, at) => told[at]);
    await each(all(), (person) => person.sees('charter-count', { count: 5, all: 5 }));
    await shoot('gathering');
    await host.press('start');
    await each(all(), (person) => person.isIn('settle'));
    await each(all(), (person) => person.press('tick-settle'));
    const { part, people = '' } = await picture();
    expect(part).toBe('settle');
    const rows = people.split('\n').map((row) => row.split(' '));
    seated = new Map(rows.flatMap(([seat = '', name]) => all().filter((person) => person.name === name).map((person) => [seat, person] as const)));
    expect(seated.size).toBe(5);
  });

  it('a round goes on where it was after a reload of every window', async () => {
    await next('check_in');
    const order = (await picture()).round?.split('\n').map((row) => row.split(' ')[0] ?? '') ?? [];
    expect(order).toHaveLength(5);
    const [first, second] = order.map((seat) => seated.get(seat));
    await shown({ floor: order[0] ?? '' });
    await first?.press('turn-end');
    await shown({ floor: order[1] ?? '' });
    await second?.press('turn-pass');
    await shown({ floor: order[2] ?? '' });
    await shoot('round');
    const before = await picture();

    await each(all(), async (person) => {
      await person.tab.reload();
      if (!forgetful.includes(person)) await person.isIn('check_in');
    });
    // As they were told, they have to be let in again; to their own place.
    for (const person of forgetful) {
      await heading(person.tab, person.words('landing-title'));
      await person.knocks(link);
      await host.press('knock-was-here');
      await host.press('admit-as', { name: person.name });
      await person.isIn('check_in');
    }
    await shown(before);

    for (const seat of order.slice(2)) {
      await shown({ floor: seat });
      const person = seated.get(seat);
      if (person === host) await host.press('turn-end');
      else await host.press('round-done-for', { name: person?.name ?? '' });
    }
    await shown({ floor: '' });
  });

  it('what is half typed is there again after Back and Forward, with the set open nowhere else', async () => {
    await next('charter');
    await next('bids');
    const before = await picture();
    await bethan.type('write-bid', BID);
    await each(all().filter((person) => !forgetful.includes(person)), async (person) => {
      await person.backAndForward();
      await person.isIn('bids');
      await person.isLive();
    });
    await shown(before);
    await bethan.tab.until((text) => document.querySelector<HTMLInputElement>('#bid-text')?.value === text, BID);
    await bethan.press('bid-offer');
    await each(all(), (person) => person.reads(BID));
    await host.press('order');
    await host.press('order-in', { name: bethan.name });
    await host.press('order-set');
    await shown({ part: 'bids' });
  });

  it('the presenter says what it is about, hands go up in one order, and the service is killed and started again', async () => {
    await next('classic.present');
    await shown({ presenter: bethan.name });
    await bethan.type('write-headline', HEADLINE);
    await bethan.press('write-send');
    await shown({ headline: HEADLINE });
    await next('classic.clarify');
    await carys.press('hand-raise');
    await shown({ floor: seats(carys) });
    await dilwyn.press('hand-raise');
    await shown({ queue: seats(dilwyn) });
    await shoot('hands');
    const [before, waiting] = [await picture(), seats(dilwyn, emrys)];
    await setroom.kill();
    await each(all(), (person) => person.isLive(false));
    await emrys.press('hand-raise');
    await emrys.sees('not-sent-yet', { count: 1 });
    await setroom.start();
    await each(all(), (person) => person.isLive());
    await shown({ ...before, queue: waiting });
  });

  it('a line is cut, a proxy turns another away: both are told, the others go on, and all are together again', async () => {
    const others = [host, dilwyn, emrys];
    const { people } = await picture();
    bethan.street.cut();
    carys.street.upgrades = 'refused';
    carys.street.cut();
    carys.street.mend();
    await bethan.press('say-thinking');
    await bethan.sees('not-sent-yet', { count: 1 });
    await emrys.press('hand-lower');
    await shown({ queue: seats(dilwyn), people: people?.replaceAll(/(Bethan|Carys)$/gmu, '$1 away') }, others);
    await Promise.all([isTold(bethan.tab, 'offline'), isTold(carys.tab, 'refused')]);
    await shoot('trouble');
    bethan.street.mend();
    carys.street.upgrades = 'through';
    await Promise.all([tryNow(bethan.tab), tryNow(carys.tab)]);
    await each(all(), (person) => person.isLive());
    await each(all().filter((person) => person !== bethan), (person) => person.sees('says-thinking', { name: bethan.name }));
    await shown({ floor: seats(carys), queue: seats(dilwyn), people });
    await carys.press('ask-end');
    await bethan.press('say-ready');
    await shown({ floor: seats(dilwyn), queue: '' });
    await host.press('end-turn');
  });

  it('an action is for whoever wrote it, until it is shown; the meeting is closed, and all have one receipt', async () => {
    for (const part of ['classic.explore', 'classic.pause', 'classic.act']) await next(part);
    await bethan.type('action-what', ACTION);
    await bethan.press('action-keep');
    await bethan.sees('write-unseen');
    const others = all().filter((person) => person !== bethan);
    for (const { tab } of others) expect(await tab.text()).not.toContain(ACTION);
    await bethan.press('write-release');
    await each(others, (person) => person.reads(ACTION));
    await shoot('act');
    await host.press('more');
    await host.press('close-meeting');
    await host.press('close-do');
    await each(all(), (person) => person.sees('receipt-title'));
    // What it says of this one browser is beside it.
    const receipts = await Promise.all(
      all().map(({ tab }) =>
        tab.evaluate(() => [...document.querySelectorAll('[aria-labelledby="receipt-title"] > p')].map((line) => line.textContent).join('\n'))),
    );
    expect(receipts[0]).toContain('one bid');
    expect(new Set(receipts).size).toBe(1);
    await shoot('closed');
    await each(others, async (person) => {
      await person.sees('summary-no-actions');
      const text = await person.tab.text();
      for (const gone of [BID, HEADLINE, ACTION]) expect(text).not.toContain(gone);
    });
    await bethan.reads(ACTION);
    await bethan.tab.reload();
    await bethan.reads(ACTION);
  });
});
