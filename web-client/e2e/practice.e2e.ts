/** What a set learns and works by: its framework, practices by everybody's tap, and a learning question on two browsers. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLink } from './support/circle';
import { Pair } from './support/begun';
import { Gallery } from './support/gallery';
import { Person } from './support/person';
import { speech } from './support/speech';

const gallery = new Gallery('practice');
const TYPED = {
  purpose: 'To lead across wards without a line, grenvolixa',
  objectives: 'One change each by spring, threxomandi',
  other: 'To lead and to listen, brevantolix',
  newer: 'To lead across sites, morvendiska',
  rules: 'We come on time, calvistrone',
  more: 'We leave on time, dervonaslik',
  action: 'Stand at one handover, quolbristen',
  practice: 'Ask before telling, sprandivolk',
  question: 'How do I ask, and not tell, dromeskivar',
  found: 'Two nights of sitting in, quenlavorish',
};

/** Changes of this name that anybody was told of, as they stood on the wire. */
function told({ circle }: Pair, what: string): object[] {
  return circle.traffic.said.flatMap((frame) => {
    if (typeof frame !== 'string' || !frame.startsWith('{"t":"change"')) return [];
    const change = JSON.parse(frame) as { what: string };
    return change.what === what ? [change] : [];
  });
}

/** The same screen in the other language, and back. */
async function inWelsh(person: Person, what: string): Promise<void> {
  await person.press('menu');
  await person.page.getByRole('button', { name: 'Cymraeg', exact: true }).click();
  await person.page.keyboard.press('Escape');
  await person.page.locator('dialog[open]').waitFor({ state: 'detached' });
  await gallery.shoot(`${what}-cy`, [person]);
  await person.page.getByRole('button', { name: speech('cy', 'menu'), exact: true }).click();
  await person.page.getByRole('button', { name: 'English', exact: true }).click();
  await person.pressInSheet('close-sheet');
}

describe('what a set learns', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await Pair.meet('classic');
  });
  afterAll(() => pair?.circle.scatter());

  it('what the set is for is written by a facilitator, seen by all, and has a day to look again', async () => {
    const { ana, host } = pair;
    await host.press('framework-write');
    await host.type('framework-purpose', TYPED.purpose);
    await host.type('framework-objectives', TYPED.objectives);
    await host.press('write-save');
    await ana.reads(TYPED.purpose);
    expect(await ana.button('framework-edit').count()).toBe(0);
    await ana.press('look-again-framework');
    await host.sees('look-count', { count: 1 });
    for (const change of told(pair, 'look_asked')) expect(change).not.toHaveProperty('by');
    expect(told(pair, 'look_asked').length).toBeGreaterThan(0);
    await host.unfold('review-open');
    await host.type('review-day-framework', '2031-03-08');
    await host.press('review-set');
    await ana.sees('review-on', { when: 'Saturday 8 March 2031' });
    await ana.readsNoMore(ana.words('look-count', { count: 1 }));
    await gallery.shoot('framework', [host, ana]);
    await gallery.examine('framework', [host, ana]);
    await inWelsh(ana, 'framework');
  });

  it('what one facilitator wrote another writes anew, having read what stands by then', async () => {
    const { ana, host } = pair;
    await host.doWith(ana.name, 'hand-over');
    await ana.press('framework-edit');
    await ana.type('framework-purpose', TYPED.other);
    await host.press('framework-edit');
    await host.type('framework-purpose', TYPED.newer);
    await host.press('write-save');
    await ana.sees('stands-now', { name: host.name });
    await ana.reads(TYPED.newer);
    await gallery.shoot('stands-now', [ana]);
    await gallery.examine('stands-now', [ana]);
    await ana.press('write-save');
    await host.reads(TYPED.other);
    await host.readsNoMore(TYPED.newer);
    await host.press('charter-edit');
    await host.type('charter-lines', TYPED.rules);
    await host.press('write-save');
    await ana.reads(TYPED.rules);
    await ana.press('charter-edit');
    await ana.type('charter-lines', `${TYPED.rules}\n${TYPED.more}`);
    await ana.press('write-save');
    await host.reads(TYPED.more);
    // Whoever had agreed is asked anew, and both can change what stands now.
    await ana.press('charter-agree');
    await host.press('charter-edit');
    expect(await host.page.getByLabel(host.words('charter-lines'), { exact: true }).inputValue()).toContain(TYPED.more);
    await host.press('cancel');
    await host.doWith(ana.name, 'take-back');
  });

  it('what is left of the meeting is fitted to its end, told before it is done, and an undo gives it back', async () => {
    const { ana, host } = pair;
    // Nobody knows when a meeting ends that has no date.
    expect(await ana.page.locator('[data-slot="meeting"]').count()).toBe(0);
    await pair.start();
    for (const person of [host, ana]) await person.page.locator('[data-slot="meeting"]').filter({ hasText: /\d\d:\d\d/ }).waitFor({ state: 'attached' });
    await gallery.shoot('ends', [host, ana]);
    await gallery.examine('ends', [host]);
    await host.press('add-2');
    await host.press('more');
    await host.pressInSheet('fit-open');
    await gallery.shoot('fit', [host]);
    await host.sees('fit-late', { minutes: 2 });
    await gallery.examine('fit', [host]);
    await host.choose('fit-from-breaks');
    const rows = host.page.locator('dialog[open] ol.parts > li');
    expect(await rows.count()).toBeGreaterThan(0);
    expect(await rows.evaluateAll((all) => all.every((row) => ['break', 'slack'].includes((row as HTMLElement).dataset['part'] ?? '')))).toBe(true);
    await host.pressInSheet('fit-do');
    await host.press('more');
    await host.pressInSheet('fit-open');
    await host.sees('fit-on-time');
    await host.pressInSheet('cancel');
    await host.press('undo');
    await host.press('more');
    await host.pressInSheet('fit-open');
    await host.sees('fit-late', { minutes: 2 });
    await host.pressInSheet('cancel');
    expect(told(pair, 'time_fitted').length).toBeGreaterThan(0);
    await ana.isIn('settle');
  });

  it('what an action taught is proposed by its owner, and adopted by everybody’s tap', async () => {
    const { ana, host } = pair;
    await pair.goTo('close');
    await ana.type('action-what', TYPED.action);
    await ana.press('action-keep');
    await ana.button('saved').waitFor();
    await pair.goTo('process_review');
    await ana.openMine();
    await ana.unfold('practice-propose-title');
    await ana.type('practice-line', TYPED.practice);
    await gallery.shoot('propose', [ana]);
    await gallery.examine('propose', [ana]);
    await ana.press('practice-propose');
    await ana.sees('practice-mine-asked');
    await host.sees('practice-asked');
    await host.reads(TYPED.practice);
    await gallery.shoot('asked', [host]);
    await gallery.examine('asked', [host]);
    await host.press('proposal-yes');
    await ana.sees('practice-mine-adopted');
    await host.readsNoMore(host.words('practice-asked'));
    await ana.press('back-to-room');
    await ana.press('menu');
    await ana.pressInSheet('menu-agreed');
    await ana.reads(TYPED.practice);
    await gallery.shoot('agreed', [ana]);
    await gallery.examine('agreed', [ana]);
    expect(await ana.page.locator('dialog[open]').innerText()).toContain(TYPED.practice);
    await ana.pressInSheet('close-sheet');
  });

  it('is asked about again to be let go, and one no, which is nobody’s, keeps it', async () => {
    const { ana, host } = pair;
    await host.press('menu');
    await host.pressInSheet('menu-agreed');
    await host.pressInSheet('practice-let-go');
    await host.pressInSheet('close-sheet');
    await ana.sees('practice-go-asked');
    await inWelsh(ana, 'let-go');
    await ana.press('proposal-no');
    await ana.readsNoMore(ana.words('practice-go-asked'));
    for (const what of ['practice_tapped', 'practice_decided']) {
      expect(told(pair, what).length).toBeGreaterThan(0);
      for (const change of told(pair, what)) expect(change).not.toHaveProperty('by');
    }
  });

  it('a learning question is kept with the set, and is there in another browser of its owner', async () => {
    const { ana, circle, host } = pair;
    await ana.openMine();
    await ana.unfold('learning-title');
    await ana.type('learning-question', TYPED.question);
    await ana.press('learning-keep');
    await ana.type('learning-found', TYPED.found);
    await ana.press('learning-add');
    await ana.press('learning-store');
    await ana.button('saved').last().waitFor();
    await gallery.shoot('learning', [ana]);
    await gallery.examine('learning', [ana]);
    await ana.press('back-to-room');

    const phone = await Person.arrive(circle.browser, { ...ana.habits });
    await openLink(phone, pair.link);
    await phone.type('door-name', phone.name);
    await phone.press('door-ask');
    await phone.sees('lobby-title');
    await host.unfold('knock-was-here');
    await host.press('knock-ask', { name: ana.name });
    await ana.press('claim-yes');
    await host.press('knock-let-in', { name: ana.name });
    await phone.isIn('process_review');
    await phone.openMine();
    await phone.unfold('learning-title');
    const question = phone.page.getByLabel(phone.words('learning-question'), { exact: true });
    await expect.poll(() => question.inputValue()).toBe(TYPED.question);
    await phone.reads(TYPED.found);
    await gallery.shoot('learning-there', [phone]);
    await phone.context.close();
  });

  it('all of it is there after the close, and nobody but the two of them could read a word', async () => {
    const { ana, circle, host } = pair;
    await host.press('more');
    await host.pressInSheet('close-meeting');
    await host.pressInSheet('close-do');
    for (const person of [ana, host]) {
      await person.sees('receipt-title');
      await person.reads(TYPED.practice);
      await person.reads(TYPED.other);
    }
    await ana.page.reload();
    await ana.reads(TYPED.practice);
    await ana.unfold('learning-title');
    const question = ana.page.getByLabel(ana.words('learning-question'), { exact: true });
    await expect.poll(() => question.inputValue()).toBe(TYPED.question);
    expect(await host.page.getByText(TYPED.question).count()).toBe(0);
    await gallery.shoot('closed', [host, ana]);
    await gallery.examine('closed', [host, ana]);
    const last = Object.values(TYPED).map((text) => text.split(' ').at(-1) ?? text);
    for (const [place, bytes] of await circle.kept()) {
      for (const word of last) expect(bytes.includes(word), `${word} in ${place}`).toBe(false);
    }
    expect(circle.boxes('learning_question').every((box) => Buffer.from(box, 'base64url')[0] === 2)).toBe(true);
    expect(circle.boxes('learning_question').length).toBeGreaterThan(1);
    expect(gallery.faults).toEqual([]);
  });
});
