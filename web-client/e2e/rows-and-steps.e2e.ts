/** Lines that hold together in narrow places: steps, rows of people and of the door, and the first button. */

import { describe, expect, it } from 'vitest';
import { screenPage } from './support/screen-page';

const screen = screenPage();

/** Words that stand on more than one line. Runs in the page. */
const broken = (of: string): string[] =>
  [...document.querySelectorAll(of)].flatMap((at) => {
    const walk = document.createTreeWalker(at, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
      for (const { 0: word, index } of (node.textContent ?? '').matchAll(/[^\s-]+/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) found.push(word);
      }
    }
    return found;
  });

describe.each(['', '&lang=cy'])('%s', (more) => {
  it.each([768, 800, 860, 1024])('no step of the meeting is broken within a word at %i, nor sticks out', async (width) => {
    for (const scene of ['host', 'gift-write', 'host-bids', 'member-round']) {
      // oxlint-disable-next-line no-await-in-loop -- one page
      await screen.visit(scene, [width, 700], more);
      // oxlint-disable-next-line no-await-in-loop -- one page
      expect(await screen.page.evaluate(broken, 'nav.phases li'), scene).toEqual([]);
      // oxlint-disable-next-line no-await-in-loop -- one page
      expect(await screen.page.evaluate(() => document.documentElement.scrollWidth), scene).toBe(width);
    }
  });

  it('what a facilitator presses, who waits and where one is stand in one row at 1280', async () => {
    for (const scene of ['host', 'host-paused']) {
      // oxlint-disable-next-line no-await-in-loop -- one page
      await screen.visit(scene, [1280, 800], more);
      const middles = await screen.page.evaluate(() =>
        [...document.querySelectorAll('#dock button')].map((at) => {
          const { top, height } = at.getBoundingClientRect();
          return Math.round(top + height / 2);
        }),
      );
      expect(middles.length, scene).toBeGreaterThan(5);
      expect(Math.max(...middles) - Math.min(...middles), scene).toBeLessThan(3);
    }
  });

  it.each([320, 800, 860])('what can be done with a person stays at the end of their row at %i', async (width) => {
    await screen.visit('gathering-host', [width, 700], more);
    const ends = await screen.page.evaluate(() =>
      [...document.querySelectorAll('.people > li:has(> button)')].map((row) => {
        const [all, button] = [row.getBoundingClientRect(), (row.querySelector(':scope > button') as Element).getBoundingClientRect()];
        return [Math.round(all.right - button.right), Math.round(Math.abs(all.top + all.height / 2 - button.top - button.height / 2))];
      }),
    );
    expect(ends.length).toBeGreaterThan(3);
    expect(new Set(ends.map(([right]) => right)).size).toBe(1);
    expect(ends.filter(([, off = 0]) => off > 2)).toEqual([]);
  });

  it('what is said of somebody at the door is not squeezed beside what can be done', async () => {
    await screen.visit('gathering-host', [320, 700], more);
    const narrow = await screen.page.evaluate(() =>
      [...document.querySelectorAll('.knocks .who')].map((at) => Math.round(at.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(at).lineHeight))),
    );
    expect(Math.max(...narrow)).toBeLessThanOrEqual(4);
  });

  it.each([[380, 640], [320, 568], [740, 360]])('at the door the button is in view at once, over nothing, at %i × %i', async (width, height) => {
    await screen.visit('door', [width, height], more);
    const covers = await screen.page.evaluate(() => {
      const button = document.querySelector('form button') as HTMLElement;
      const { top, bottom } = button.getBoundingClientRect();
      const under = [...document.querySelectorAll('form .hint')].filter((at) => {
        const box = at.getBoundingClientRect();
        return box.top < bottom - 1 && box.bottom > top + 1;
      });
      return { inView: bottom <= innerHeight, under: under.length };
    });
    expect(covers).toEqual({ inView: true, under: 0 });
  });
});

it('on a phone on its side the controls of the meeting are one row', async () => {
  await screen.visit('host', [740, 360]);
  const tops = await screen.page.locator('.controls > button').evaluateAll((all) => all.map((at) => Math.round(at.getBoundingClientRect().top)));
  expect(new Set(tops).size).toBe(1);
});
