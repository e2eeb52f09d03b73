/** Whether everybody sees the same meeting. */

import { vi } from 'vitest';
import type { MessageId } from '../../src/i18n';
import type { Person } from './person';

/** Whoever looks at a screen, in whatever engine and language. */
export interface Viewer {
  readonly name: string;
  readonly page: { evaluate<T>(run: () => T): Promise<T> };
  words(id: MessageId, args?: Readonly<Record<string, string | number>>): string;
}

/** What one screen shows; undefined where that screen shows nothing of it. */
export interface Seen {
  part: string | undefined;
  /** The heading of a hold or a silence. */
  calm: string | undefined;
  presenter: string | undefined;
  /** Who has the floor, by seat. */
  floor: string | undefined;
  /** Hands in order, by seat. */
  queue: string | undefined;
  /** The round in order, by seat, with what is done and whose turn it is. */
  round: string | undefined;
  headline: string | undefined;
  table: string | undefined;
  /** Everybody with a seat, by seat and name, and whether they are away. */
  people: string | undefined;
  minutes: number | undefined;
}

/** Reads a screen as it is now. */
async function look(person: Viewer, everybody: readonly Viewer[]): Promise<Seen> {
  const { heading, timer, ...seen } = await person.page.evaluate(() => {
    const text = (at: Element | null | undefined): string | undefined =>
      at?.textContent?.replace(/[\u2068\u2069]/g, '').trim() ?? undefined;
    const one = (selector: string): HTMLElement | null => document.querySelector(selector);
    const rows = (title: string, tell: (row: HTMLElement) => string): string | undefined => {
      const section = one(`section[aria-labelledby="${title}"]`);
      if (section === null) return undefined;
      return [...section.querySelectorAll<HTMLElement>('li[data-seat]')].map(tell).join('\n');
    };
    const state = (row: HTMLElement): string =>
      `${row.dataset['seat']} ${row.classList.contains('past') ? 'past' : ''}${row.classList.contains('me') ? 'now' : ''}`;
    const whom = (row: HTMLElement): string =>
      `${row.dataset['seat']} ${text(row.querySelector('bdi'))}${row.classList.contains('away') ? ' away' : ''}`;
    return {
      part: one('nav.phases')?.dataset['part'],
      calm: one('.calm h2')?.id,
      floor: one('.now-card') ? (one('.floor[data-floor]')?.dataset['floor'] ?? '') : undefined,
      queue: rows('waiting-title', (row) => row.dataset['seat'] ?? ''),
      round: rows('round-title', state),
      headline: one('.now-card') ? (text(one('.now-card .headline')) ?? '') : undefined,
      table: one('.side') ? (rows('table-title', (row) => `${row.dataset['seat']} ${text(row.firstElementChild)}`) ?? '') : undefined,
      people: one('.people') ? [...document.querySelectorAll<HTMLElement>('.people li[data-seat]')].map(whom).join('\n') : undefined,
      heading: text(one('#now-title')),
      timer: one('[role="timer"]')?.getAttribute('aria-label') ?? undefined,
    };
  });
  const presenter =
    heading === undefined
      ? undefined
      : heading === person.words('you-present')
        ? person.name
        : (everybody.find(({ name }) => heading.includes(name))?.name ?? '');
  return { ...seen, presenter, minutes: timer === undefined ? undefined : minutes(person, timer) };
}

/** What the ring says, as a number; 0 once the time is over. */
function minutes(person: Viewer, name: string): number | undefined {
  const timer = name.replace(`, ${person.words('time-paused')}`, '');
  if (timer === person.words('time-over')) return 0;
  for (let count = 0; count <= 240; count += 1) {
    if (timer === person.words('time-left', { minutes: count })) return count;
    // Only those who run the meeting hear by how much it is over.
    if (timer === person.words('time-over-by', { minutes: count })) return 0;
  }
  throw new Error(`${person.name} sees a strange time: ${timer}`);
}

const SAME = ['part', 'calm', 'presenter', 'floor', 'queue', 'round', 'headline', 'table', 'people'] as const;

/** Waits until all screens show the same, as far as they show it, and gives what that is. */
export async function agree(people: readonly Viewer[], everybody = people): Promise<Seen> {
  return vi.waitFor(
    async () => {
      const screens = await Promise.all(people.map((person) => look(person, everybody)));
      const agreed: Record<string, unknown> = {};
      for (const what of SAME) {
        const shown = screens.map((seen) => seen[what]).filter((value) => value !== undefined);
        if (new Set(shown).size > 1) {
          const each = people.map(({ name }, at) => `${name}: ${screens[at]?.[what]}`);
          throw new Error(`not the same ${what}:\n${each.join('\n')}`);
        }
        agreed[what] = shown[0];
      }
      // The presenter alone is not shown who waits.
      const without = screens.filter(({ queue }) => queue === undefined).length;
      if (agreed['queue'] !== undefined && without > 1) throw new Error(`${without} do not see who waits`);
      const left = screens.flatMap((seen) => seen.minutes ?? []);
      if (Math.max(...left) - Math.min(...left) > 1) throw new Error(`not the same time: ${left.join(', ')}`);
      if (screens.some(({ part }) => part === undefined)) throw new Error('somebody is not in the meeting');
      return { ...agreed, minutes: left[0] } as Seen;
    },
    { timeout: 60_000, interval: 150 },
  );
}

/**
 * When the part ends, in milliseconds of this process's own clock, from the exact time that those
 * with the controls see. Good to a second or so.
 */
export async function deadline({ page }: Person): Promise<number> {
  const shown = await page.locator('.ring b').innerText();
  const [, over, minutes, seconds] = /^(\+?)(\d+):(\d\d)$/.exec(shown) ?? [];
  if (minutes === undefined) throw new Error(`no exact time: ${shown}`);
  const left = (Number(minutes) * 60 + Number(seconds)) * 1000;
  return performance.now() + (over === '+' ? -left : left);
}
