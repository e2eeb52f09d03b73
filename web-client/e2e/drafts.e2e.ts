/**
 * Nothing that is typed is lost: every form of the meeting, half filled, through all that happens to a
 * page meanwhile; what was begun and has no form any more; and texts that are too long.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageId } from '../src/i18n';
import { LIMITS } from '../src/wire.gen';
import { Engines, ENGINES, type EngineName, type Tab } from './support/engines';
import { button, comeTo, heading, hostSet } from './support/making';
import { Setroom } from './support/setroom';
import { speech } from './support/speech';
import { EVENTS, fill, FORMS, Pair, paste, standing, typedInto, wordsOf } from './support/begun';
import { openLink, TYPED } from './support/circle';
import { Gallery } from './support/gallery';

const gallery = new Gallery('drafts');
const TEMPLATES = [...new Set(FORMS.map(({ template }) => template))];

describe.each(TEMPLATES)('in a set that works by %s', (template) => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await Pair.meet(template);
    await pair.start();
  });
  afterAll(() => pair?.circle.scatter());

  describe.each(FORMS.filter((form) => form.template === template))('half-typed: $kind', (form) => {
    beforeAll(async () => {
      await pair.comeTo(form);
      await fill(pair.ana, form);
    });

    it.each(Object.entries(EVENTS))('is there after %s', async (_, happens) => {
      const { ana } = pair;
      await happens(pair, form);
      await expect.poll(() => standing(ana, form)).toEqual(typedInto(form));
    });

    it('is offered in one sentence where the meeting has moved on, and kept to be copied', async () => {
      const { ana } = pair;
      await pair.goTo('settle');
      const offer = ana.page.locator(`[data-begun="${form.kind}"]`);
      await expect.poll(() => offer.innerText()).toContain(wordsOf(form));
      if (form.kind === 'bid') {
        await gallery.shoot('offer', [ana]);
        await gallery.examine('offer', [ana]);
      }
      await ana.press('begun-keep');
      await ana.sees('begun-kept');
      await ana.page.reload();
      await ana.isIn('settle');
      await ana.press('menu');
      await ana.pressInSheet('my-actions');
      const shown = ana.page.getByLabel(ana.words('begun-label', { kind: form.kind }), { exact: true });
      await expect.poll(() => shown.inputValue()).toContain(wordsOf(form));
      if (form.kind === 'action') {
        await gallery.shoot('kept', [ana]);
        await gallery.examine('kept', [ana]);
      }
      await ana.press('back-to-room');
      await expect.poll(() => offer.count()).toBe(0);
    });

    it('is used where a form takes it, and gone once it is sent and taken', async () => {
      const { ana } = pair;
      await pair.comeTo(form);
      await ana.page.getByRole('button', { name: wordsOf(form) }).click();
      await expect.poll(() => standing(ana, form)).toEqual(typedInto(form));
      await ana.press(form.send);
      await pair.goTo('settle');
      await ana.page.reload();
      await ana.isIn('settle');
      await expect.poll(() => ana.page.locator('[data-begun]').count()).toBe(0);
    });
  });
});

describe('what was begun', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await Pair.meet('classic');
  });
  afterAll(() => pair?.circle.scatter());

  it('as ground rules is there through the same, and offered after the start', async () => {
    const { host, ana } = pair;
    const rules = host.page.getByLabel(host.words('charter-lines'), { exact: true });
    const typed = 'One voice at a time\nPhones in the b';
    await host.press('charter-edit');
    await rules.waitFor();
    // Nothing that takes time is finished before this page goes.
    await host.slowly(8, async () => {
      await rules.fill(typed);
      await host.page.reload();
    });
    await expect.poll(() => rules.inputValue()).toBe(typed);
    await host.page.goBack();
    await host.page.goForward();
    await expect.poll(() => rules.inputValue()).toBe(typed);
    await pair.start();
    await host.page.locator('[data-begun="charter"]').waitFor();
    await pair.goTo('charter');
    await host.press('begun-keep');
    await expect.poll(() => rules.inputValue()).toBe(typed);
    await host.press('write-save');
    await ana.reads('Phones in the b');
    // What has changed is read and agreed to again.
    await ana.press('charter-agree');
    expect(await host.page.locator('[data-begun]').count()).toBe(0);
  });

  it('is offered to whoever only watches from now on, and is in the form again for who takes part', async () => {
    const { host, ana } = pair;
    const [form] = FORMS;
    if (form === undefined) throw new Error('no form');
    await pair.comeTo(form);
    await fill(ana, form);
    await host.doWith(ana.name, 'make-observer');
    await ana.page.locator('[data-begun="bid"]').waitFor();
    await host.doWith(ana.name, 'make-member');
    await expect.poll(() => standing(ana, form)).toEqual(typedInto(form));
    expect(await ana.page.locator('[data-begun]').count()).toBe(0);
  });

  it('is let go by one press', async () => {
    const { ana } = pair;
    await pair.goTo('settle');
    await ana.press('begun-drop');
    await pair.goTo('bids');
    await expect.poll(() => ana.page.getByLabel(ana.words('write-bid'), { exact: true }).inputValue()).toBe('');
  });

  it('and not sent is on the page when the meeting is closed, and on no disk', async () => {
    const { host, ana } = pair;
    await ana.page.getByLabel(ana.words('write-bid'), { exact: true }).fill('half a handover');
    await host.press('more');
    await host.pressInSheet('close-meeting');
    await host.pressInSheet('close-do');
    await ana.sees('begun-closed');
    const shown = ana.page.getByLabel(ana.words('begun-label', { kind: 'bid' }), { exact: true });
    expect(await shown.inputValue()).toBe('half a handover');
    await gallery.shoot('closed', [ana]);
    await gallery.examine('closed', [ana]);
    await ana.page.reload();
    await ana.sees('summary-title');
    expect(await ana.page.getByText(ana.words('begun-closed')).count()).toBe(0);
  });
});

describe('a text that is too long', () => {
  let pair: Pair;
  const tooLong = (over: number): string => pair.ana.words('too-long', { over });

  beforeAll(async () => {
    pair = await Pair.meet('wial');
  });
  afterAll(() => pair?.circle.scatter());

  it.each<[label: MessageId, text: string, over: number]>([
    ['setup-set-name', 'x'.repeat(211), 71],
    ['setup-own-name', '🌱'.repeat(61), 1],
    ['charter-lines', 'x'.repeat(5_029), 5_029 - LIMITS.form_bytes],
  ])('in the form of a new set (%s) is whole, and keeps the set from being made', async (label, text, over) => {
    const { host, circle } = pair;
    const page = await host.secondTab();
    const before = host.page;
    host.page = page;
    const made = (): number => circle.traffic.said.filter((said) => said === `${host.habits.origin}/api/sets`).length;
    await page.goto(`${host.habits.origin}/`);
    await host.press('landing-host-button');
    await page.locator('#set-title').waitFor();
    if ((await page.locator('[data-begun]').count()) > 0) await host.press('begun-drop');
    await host.type('setup-set-name', TYPED.title);
    await host.type('setup-own-name', TYPED.host);
    await page.locator('details.folded > summary').click();
    await paste(host, label, text);
    expect(await page.getByLabel(host.words(label), { exact: true }).inputValue()).toBe(text);
    await host.press('setup-create');
    await host.reads(tooLong(over));
    expect(made()).toBe(1);
    await page.close();
    host.page = before;
  });

  it('at the door is whole, and nobody is asked', async () => {
    const { circle } = pair;
    const bilal = await circle.arrive('bilal');
    await pair.host.press('links');
    const link = await pair.host.page.locator('#link-member').inputValue();
    await pair.host.pressInSheet('close-sheet');
    await openLink(bilal, link);
    const name = 'Bilal ab '.repeat(10).trim();
    await paste(bilal, 'door-name', name);
    await bilal.press('door-ask');
    await bilal.reads(tooLong(name.length - LIMITS.name_chars));
    expect(await bilal.page.getByLabel(bilal.words('door-name')).inputValue()).toBe(name);
    await gallery.shoot('name-too-long', [bilal]);
    await gallery.examine('name-too-long', [bilal]);
  });

  it.each(FORMS.filter(({ template }) => template === 'wial'))('in the form of a $kind is whole, is not sent, and can be once it is shorter', async (form) => {
    const { ana, circle } = pair;
    if (await pair.host.button('start').isVisible()) await pair.start();
    await pair.comeTo(form);
    await fill(ana, form);
    const label = Object.keys(form.fields)[0] as MessageId;
    const limit = form.kind === 'action' ? LIMITS.answer_chars : LIMITS.line_chars;
    const text = `${'How '.repeat(60)}now`;
    await paste(ana, label, text);
    const field = ana.page.getByLabel(ana.words(label), { exact: true }).last();
    expect(await field.inputValue()).toBe(text);
    await ana.reads(tooLong(text.length - limit));
    await ana.press(form.send);
    if (form.kind === 'sentence') {
      await gallery.shoot('too-long', [ana]);
      await gallery.examine('too-long', [ana]);
    }
    expect(circle.boxes(form.kind)).toEqual([]);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.fill(text.slice(0, limit));
    await ana.press(form.send);
    await expect.poll(() => circle.boxes(form.kind).length).toBe(1);
  });
});

describe('what is half typed', () => {
  const engines = new Engines();
  let setroom: Setroom;
  const words = (id: MessageId, args?: Record<string, string | number>): string => speech('en', id, args);
  const typed = 'a handover that keeps g';
  const field = { label: words('write-bid') };

  beforeAll(async () => {
    setroom = await Setroom.start();
  });
  afterAll(async () => {
    await engines.close();
    await setroom?.stop();
  });

  const holds = (tab: Tab): Promise<void> =>
    tab.until((text: string) => document.querySelector<HTMLInputElement>('#bid-text')?.value === text, typed);

  async function goTo(host: Tab, part: string, ...all: Tab[]): Promise<void> {
    await host.click(button(words('more')));
    await host.click(button(words('parts-open')));
    await host.click(`dialog[open] li[data-part="${part}"] button`);
    const isIn = (tab: Tab): Promise<void> => tab.until((id) => document.querySelector(`nav.phases[data-part="${id}"]`), part);
    await Promise.all([host, ...all].map(isIn));
  }

  /** Goes through the tab's history, and waits until the page is the one of this address. */
  async function travel(tab: Tab, by: number, path: string): Promise<void> {
    // The page that goes may take the answer with it.
    await tab.evaluate((steps) => void setTimeout(() => history.go(steps), 0), by).catch(() => undefined);
    await tab.until((wanted: string) => document.readyState === 'complete' && location.pathname === wanted, path);
  }

  it.each(ENGINES)('in %s is there after a reload in the middle of a word, Back and Forward, and Next, and is offered', async (engine: EngineName) => {
    const [host, ana] = [await engines.open('chromium'), await engines.open(engine)];
    const origin = `http://${setroom.address}`;
    const { member } = await hostSet(host, origin);
    await ana.goto(`${origin}/selftest.html`);
    await comeTo(ana, origin, member, 'Ana');
    await host.click(button('Admit Ana'));
    await heading(ana, 'gathering');
    await ana.click(button(words('charter-agree')));
    await host.click(button(words('start')));
    await goTo(host, 'bids', ana);
    await ana.type(field, typed);
    await ana.reload();
    await holds(ana);
    await travel(ana, -1, '/selftest.html');
    await travel(ana, 1, '/');
    await holds(ana);
    await goTo(host, 'settle', ana);
    await ana.click(button(words('begun-keep')));
    await goTo(host, 'bids', ana);
    // Off the bar at the bottom, under which the drivers of some engines scroll what they click.
    const centre = (): boolean => {
      const at = document.querySelector('#bid-text');
      // Some engines promise an end to the scrolling, others do not.
      at?.scrollIntoView({ block: 'center' });
      return at !== null;
    };
    await ana.until(centre);
    await ana.click(button(words('begun-use', { text: typed })));
    await holds(ana);
    expect(await ana.evaluate(() => document.querySelectorAll('[data-begun]').length)).toBe(0);
    await Promise.all([host.close(), ana.close()]);
  });
});

it('nothing was broken on the way', () => {
  expect(gallery.faults).toEqual([]);
});
