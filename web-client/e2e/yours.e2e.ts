/** What a person writes for themselves: it stays in their browser over the close, and nobody is ever sent it. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pair } from './support/begun';
import { Gallery } from './support/gallery';

const gallery = new Gallery('yours');
const TYPED = {
  clarify: 'Two wards, one handover: whose is it, glimverstrax',
  pause: 'I hear that nobody asked the night staff, ploxandrine',
  issue: 'How do I stop a handover that nobody wants, trevalquist',
  question: 'How do I ask, and not tell, dromeskilvan',
  found: 'Two nights of sitting in, quenlaverish',
  learned: 'Silence is an answer, wexabrint',
  why: 'It is my third winter of it, bruxovanel',
};

describe('notes and preparing', () => {
  let pair: Pair;
  const note = () => pair.ana.page.getByLabel(pair.ana.words('notes-label'), { exact: true });
  const issue = () => pair.ana.page.getByLabel(pair.ana.words('ready-issue'), { exact: true });

  beforeAll(async () => {
    pair = await Pair.meet('classic');
  });
  afterAll(() => pair?.circle.scatter());

  it('a sheet is filled in before the meeting, and says whether it is a problem', async () => {
    const { ana } = pair;
    await ana.unfold('ready-title');
    await issue().fill(TYPED.issue);
    await ana.page.getByLabel(ana.words('ready-why'), { exact: true }).fill(TYPED.why);
    await ana.page.getByLabel(ana.words('ready-sign-unclear')).check();
    await ana.sees('ready-puzzle');
    await ana.page.getByLabel(ana.words('ready-sign-no-answer')).check();
    await ana.sees('ready-problem');
    expect(await issue().inputValue()).toBe(TYPED.issue);
    await issue().scrollIntoViewIfNeeded();
    await gallery.shoot('sheet', [ana]);
    await gallery.examine('sheet', [ana]);
  });

  it('its sentence is offered where bids are made', async () => {
    const { ana } = pair;
    await pair.start();
    await pair.goTo('bids');
    await ana.page.getByRole('button', { name: TYPED.issue }).click();
    await expect.poll(() => ana.page.getByLabel(ana.words('write-bid'), { exact: true }).inputValue()).toBe(TYPED.issue);
  });

  it('a note has a field in the parts that ask for one, and is there after a reload', async () => {
    const { ana, host } = pair;
    await pair.goTo('classic.present');
    expect(await note().count()).toBe(0);
    await pair.goTo('classic.clarify');
    await note().fill(TYPED.clarify);
    await ana.page.reload();
    await expect.poll(() => note().inputValue()).toBe(TYPED.clarify);
    await pair.goTo('classic.pause');
    // A silence has the page: the field is folded.
    await ana.unfold('notes-title');
    await expect.poll(() => note().inputValue()).toBe('');
    await note().fill(TYPED.pause);
    await gallery.shoot('pause', [ana, host]);
    await gallery.examine('pause', [ana, host]);
  });

  it('all of them can be read, changed and saved by their owner', async () => {
    const { ana } = pair;
    await ana.openMine();
    await gallery.shoot('mine', [ana]);
    await gallery.examine('mine', [ana]);
    const saved = ana.page.waitForEvent('download');
    await ana.press('notes-save');
    const file = readFileSync(await (await saved).path(), 'utf8');
    expect(file).toContain(TYPED.clarify);
    expect(file).toContain(TYPED.pause);
    expect(file).not.toContain(TYPED.issue);
    await ana.press('back-to-room');
  });

  it('a learning question has versions, what was found, and a document of all of it', async () => {
    const { ana } = pair;
    const field = (id: 'learning-question' | 'learning-found' | 'learning-learned') => ana.page.getByLabel(ana.words(id), { exact: true });
    await ana.openMine();
    await ana.unfold('learning-title');
    await field('learning-question').fill(TYPED.question);
    await ana.press('learning-keep');
    await field('learning-found').fill(TYPED.found);
    // What is half typed is there after a reload as well.
    await ana.page.reload();
    await ana.isIn('classic.pause');
    await ana.openMine();
    await ana.unfold('learning-title');
    await expect.poll(() => field('learning-found').inputValue()).toBe(TYPED.found);
    await ana.press('learning-add');
    await expect.poll(() => field('learning-found').inputValue()).toBe('');
    await field('learning-learned').fill(TYPED.learned);
    await gallery.shoot('learning', [ana]);
    await gallery.examine('learning', [ana]);
    for (const kind of ['learning-page', 'learning-markdown'] as const) {
      const saved = ana.page.waitForEvent('download');
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      await ana.press(kind);
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      const file = readFileSync(await (await saved).path(), 'utf8');
      for (const text of [TYPED.question, TYPED.found, TYPED.learned]) expect(file).toContain(text);
    }
    await ana.press('back-to-room');
  });

  it('they stay after the close, in their browser alone, until they are let go', async () => {
    const { ana, host } = pair;
    await host.press('more');
    await host.pressInSheet('close-meeting');
    await host.pressInSheet('close-do');
    await ana.sees('receipt-title');
    await ana.page.reload();
    const kept = ana.page.locator('section', { hasText: ana.words('notes-mine') }).locator('textarea');
    await expect.poll(() => kept.count()).toBe(2);
    expect(await kept.first().inputValue()).toBe(TYPED.clarify);
    await gallery.shoot('closed', [ana]);
    await gallery.examine('closed', [ana]);
    await ana.button('note-delete').first().click();
    await expect.poll(() => kept.count()).toBe(1);
    await ana.page.reload();
    await expect.poll(() => kept.count()).toBe(1);
    expect(await kept.first().inputValue()).toBe(TYPED.pause);
  });

  it('nobody was sent any of it', () => {
    const said = [pair.ana, pair.host].flatMap(({ habits }) => habits.traffic.said.map(String)).join('\n');
    expect(said.length).toBeGreaterThan(1000);
    const mine = Object.values(TYPED).flatMap((text) => text.split(' ').slice(-1));
    expect(mine.filter((word) => said.includes(word))).toEqual([]);
    expect(gallery.faults).toEqual([]);
  });
});
