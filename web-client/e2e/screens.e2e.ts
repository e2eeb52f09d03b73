/** Every screen in Chromium, on a fake session: how it looks, and whether everybody can use it. */

import { describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { screenPage } from './support/screen-page';

const screen = screenPage();
const { shoot } = screen;

const SIZES = { wide: [1280, 800], panel: [380, 800], phone: [390, 844], zoomed: [320, 256], small: [320, 640], side: [740, 360] } as const;
type Size = keyof typeof SIZES;

const visit = (scene: string, size: Size = 'wide', more = ''): Promise<void> => screen.visit(scene, SIZES[size], more);

const SHOTS: readonly (readonly [scene: string, size: Size, more?: string])[] = [
  ['none', 'wide'],
  ['door', 'phone'],
  ['door-no-storage', 'panel'],
  ['lobby', 'panel'],
  ['lobby-back', 'panel'],
  ['ended-removed', 'panel'],
  ['ended-elsewhere', 'wide'],
  ['gathering-host', 'wide'],
  ['gathering-host', 'panel'],
  ['gathering-member', 'panel'],
  ['host', 'wide'],
  ['host', 'panel'],
  ['host', 'phone'],
  ['host', 'wide', '&theme=dark'],
  ['host-knocks', 'wide'],
  ['host-claims', 'wide'],
  ['host-claims', 'panel'],
  ['host-claims', 'zoomed'],
  ['host-claims', 'panel', '&lang=cy'],
  ['host-claims', 'wide', '&theme=dark'],
  ['member-claim', 'wide'],
  ['member-claim', 'panel'],
  ['member-claim', 'zoomed'],
  ['member-claim', 'panel', '&lang=cy'],
  ['member-claim', 'wide', '&theme=dark'],
  ['closed-claim', 'panel'],
  ['member-behind', 'panel'],
  ['member-unfit', 'wide'],
  ['member-unfit', 'panel', '&lang=cy'],
  ['door-anew', 'panel'],
  ['host-over', 'panel'],
  ['host-check-in', 'wide'],
  ['host-bids', 'wide'],
  ['member', 'wide'],
  ['member', 'panel'],
  ['member', 'wide', '&theme=dark'],
  ['member', 'panel', '&lang=cy'],
  ['member', 'panel', '&dir=rtl'],
  ['member', 'zoomed'],
  ['member-idle', 'panel'],
  ['member-over', 'panel'],
  ['member-soon', 'panel'],
  ['member-asks', 'panel'],
  ['member-trouble', 'panel'],
  ['member-round', 'panel'],
  ['member-bids', 'panel'],
  ['member-charter', 'panel'],
  ['member-proposal', 'panel'],
  ['presenter', 'wide'],
  ['presenter', 'phone'],
  ['presenter-tells', 'phone'],
  ['presenter-acts', 'phone'],
  ['observer', 'wide'],
  ['trainee-leads', 'wide'],
  ['hold', 'panel'],
  ['hold-alone', 'panel'],
  ['silence', 'panel'],
  ['silence-host', 'wide'],
  ['gift-write', 'panel'],
  ['gift-give', 'wide'],
  ['closed', 'wide'],
  ['closed', 'panel', '&theme=dark'],
];

/** Where messages and the board below them begin. */
const edges = (): number[] =>
  [...document.querySelectorAll('.messages > *, .board > .main')].map((at) => at.getBoundingClientRect().left);

describe('every screen', () => {
  it.each(SHOTS.map(([scene, size, more = '']) => ({ scene, size, more })))('$scene, $size $more: no fault, nothing cut off', async ({ scene, size, more }) => {
    await visit(scene, size, more);
    await shoot(`${scene}-${size}${more.replaceAll(/&\w+=/g, '-')}`);
    expect(new Set(await screen.page.evaluate(edges)).size, 'edges').toBeLessThan(2);
    expect(await faults(SIZES[size][0])).toEqual([]);
  });
});

describe('within reach', () => {
  const SCENES = ['host', 'host-knocks', 'member', 'member-idle', 'member-round', 'presenter', 'observer'].flatMap((scene) =>
    (['', '&lang=cy'] as const).map((more) => ({ scene, more })),
  );

  it.each(SCENES)('$scene $more: on the smallest phone the menu stands beside the name of the set', async ({ scene, more }) => {
    await visit(scene, 'small', more);
    await shoot(`${scene}-small${more.replaceAll(/&\w+=/g, '-')}`);
    const [name, menu] = await screen.page.evaluate(() =>
      ['.product', '.top > :last-child'].map((at) => document.querySelector(at)?.getBoundingClientRect().toJSON() as DOMRect),
    ) as [DOMRect, DOMRect];
    expect(menu.top).toBeLessThan(name.bottom);
    expect(menu.left).toBeGreaterThanOrEqual(0);
    expect(menu.right).toBeLessThanOrEqual(320);
  });

  it.each(SCENES)('$scene $more: on a phone on its side the foot of the room is in view, and no more than a quarter of it', async ({ scene, more }) => {
    await visit(scene, 'side', more);
    await shoot(`${scene}-side${more.replaceAll(/&\w+=/g, '-')}`);
    const [top, bottom] = await screen.page.evaluate(() => {
      const dock = document.querySelector('.dock')?.getBoundingClientRect();
      return [dock?.top ?? 0, dock?.bottom ?? 0];
    }) as [number, number];
    expect(bottom).toBeLessThanOrEqual(360);
    expect(bottom - top).toBeLessThanOrEqual(90);
  });
});

/** What axe finds, and a sideways scroll, with the whole page in view. */
async function faults(width: number): Promise<string[]> {
  const wide = await screen.page.evaluate(() => document.documentElement.scrollWidth);
  // So high that the dock covers nothing: what is half behind it counts as too small a target.
  await screen.page.setViewportSize({ width, height: 3000 });
  const found = await axeFaults(screen.page);
  return wide > width ? [`scrolls sideways: ${wide} of ${width}`, ...found] : found;
}

describe('making a set', () => {
  it.each<Size>(['wide', 'panel', 'zoomed'])('is one page, then its links, %s', async (size) => {
    await visit('none', size);
    await screen.page.getByRole('button', { name: 'Set up a set' }).click();
    await screen.page.getByRole('heading', { level: 1, name: 'Set up a set' }).waitFor();
    await shoot(`setup-${size}`);
    expect(await faults(SIZES[size][0])).toEqual([]);

    await screen.page.getByRole('button', { name: 'Create the set' }).click();
    await screen.page.getByRole('link', { name: 'Type a name for the set' }).waitFor();
    await expect.poll(focused, SOON).toContain('There is a problem');
    await screen.page.getByRole('link', { name: 'Type a name for the set' }).click();
    await expect.poll(() => screen.page.evaluate(() => document.activeElement?.id), SOON).toBe('set-title');
    expect(await axeFaults(screen.page)).toEqual([]);

    await screen.page.getByLabel('Name of the set').fill('Thursday set');
    await screen.page.getByLabel('Your name, as the set should see it').fill('Amina');
    await screen.page.getByRole('button', { name: 'Create the set' }).click();
    await screen.page.getByRole('heading', { level: 1, name: /Thursday set.* is ready/ }).waitFor();
    await screen.page.getByRole('img', { name: 'QR code of the member link' }).waitFor();
    await screen.page.setViewportSize({ width: SIZES[size][0], height: SIZES[size][1] });
    await shoot(`made-${size}`);
    expect(await faults(SIZES[size][0])).toEqual([]);
    await screen.page.getByRole('button', { name: 'Go to the room' }).click();
    await screen.page.getByRole('heading', { level: 1, name: 'The set is gathering' }).waitFor();
  });
});

const DIALOGS: readonly (readonly [scene: string, open: readonly (string | RegExp)[]])[] = [
  ['member', ['Menu']],
  ['member', [/Stays in this set/]],
  ['host', [/Stays in this set/]],
  ['member', ['Menu', 'Five words']],
  ['member', ['Menu', 'Questions to borrow']],
  ['host', ['Menu', 'Questions to borrow']],
  ['member', ['Menu', 'Help and what is kept']],
  ['member', ['Menu', 'Leave…']],
  ['host', ['More']],
  ['host', ['More', 'Go to any part']],
  ['host-bids', ['More', 'Running order']],
  ['host', ['More', 'Links']],
  ['host', ['More', 'Close the meeting…']],
  ['host', ['Options for Helen Zhao']],
  ['host', ['Options for Chris Patel', 'Remove…']],
];

it('a template that is pressed before the plan is answered goes with that plan', async () => {
  await visit('gathering-host');
  await screen.page.evaluate(() => {
    const fake = window.fake as unknown as { asked: unknown[]; ask: (what: unknown) => Promise<never> };
    fake.ask = (what) => {
      fake.asked.push(what);
      return new Promise(() => {});
    };
  });
  await screen.page.getByText('Change the plan', { exact: true }).click();
  await screen.page.locator('#plan-short_90').check();
  await screen.page.locator('#template-wial').check();
  expect(await screen.page.evaluate(() => window.fake?.asked.at(-1))).toEqual({ c: 'plan', plan: 'short_90', template: 'wial' });
});

describe('every dialog', () => {
  it.each(DIALOGS)('%s %s: opens, holds the focus and gives it back', async (scene, path) => {
    for (const size of ['wide', 'panel'] as const) {
      await visit(scene, size);
      let opener = '';
      for (const name of path) {
        const within = (await screen.page.locator('dialog[open]').count()) > 0 ? screen.page.locator('dialog[open]') : screen.page;
        const button = within.getByRole('button', { name, exact: true }).first();
        await button.focus();
        opener = opener || (await focused());
        const before = await screen.page.locator('dialog h2').allInnerTexts();
        await screen.page.keyboard.press('Enter');
        await screen.page.waitForFunction(
          (was) => document.querySelector('dialog[open] h2')?.textContent !== was,
          before[0],
        );
      }
      // The dialog before must not take this one with it.
      await screen.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await screen.page.locator('dialog[open]').waitFor();
      await shoot(`dialog-${scene}-${String(path.at(-1)).replaceAll(/\W+/g, '-')}-${size}`);
      await expect.poll(() => screen.page.evaluate(() => document.activeElement?.closest('dialog') !== null), SOON).toBe(true);
      expect(await axeFaults(screen.page)).toEqual([]);
      await screen.page.keyboard.press('Escape');
      await screen.page.locator('dialog').waitFor({ state: 'detached' });
      await expect.poll(async () => path.length > 1 || (await focused()) === opener, SOON).toBe(true);
      await expect.poll(() => screen.page.evaluate(() => document.activeElement?.tagName), SOON).not.toBe('BODY');
    }
  });
});

/** Name or text of the control with the focus. */
/** Focus moves once the screen is drawn, so it is waited for, and not read once. */
const SOON = { timeout: 30_000 };

const focused = (): Promise<string> =>
  screen.page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
  });

describe('the focus', () => {
  it('survives moving a hand to the top, and all the way down', async () => {
    await visit('host');
    const up = screen.page.getByRole('button', { name: 'Move Ewan Fraser up' });
    await up.focus();
    for (let presses = 0; presses < 4; presses += 1) {
      await screen.page.keyboard.press('Enter');
      await expect.poll(focused, SOON).toBe('Move Ewan Fraser up');
    }
    expect(await up.getAttribute('aria-disabled')).toBe('true');
  });

  it.each([
    ['host', 'Invite Helen Zhao'],
    ['host', 'End this turn'],
    ['host', 'Silence'],
    ['host-knocks', 'Admit Siân Parry'],
    ['member', 'Take my hand down'],
    ['member', 'Let others go first'],
    ['member-asks', 'I have asked'],
    ['member-idle', 'Put my hand up'],
  ])('%s: survives %s', async (scene, name) => {
    await visit(scene);
    await screen.page.getByRole('button', { name, exact: true }).focus();
    await screen.page.keyboard.press('Enter');
    await screen.page.waitForFunction(() => (window.fake?.asked.length ?? 0) > 0);
    // Drawing follows the change in the same task or the next frame.
    await screen.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await expect.poll(() => screen.page.evaluate(() => document.activeElement?.tagName), SOON).not.toBe('BODY');
  });

  it('survives what others do', async () => {
    await visit('member-asks');
    await screen.page.getByRole('button', { name: 'I have asked' }).focus();
    await screen.page.evaluate(() => window.fake?.change('turn_ended', { asking: null } as never));
    await screen.page.getByRole('button', { name: 'I have asked' }).waitFor({ state: 'detached' });
    await expect.poll(() => screen.page.evaluate(() => document.activeElement?.closest('.dock') !== null), SOON).toBe(true);
  });

  it.each([
    ['host', 'wide'], ['host', 'panel'], ['host', 'zoomed'],
    ['member', 'wide'], ['member', 'panel'], ['member', 'zoomed'],
    ['presenter-acts', 'panel'], ['member-bids', 'panel'], ['gathering-host', 'panel'],
  ] as const)('%s, %s: is seen and never covered, and every target is large enough', async (scene, size) => {
    await visit(scene, size);
    await screen.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const seen: string[] = [];
    for (let step = 0; step < 90; step += 1) {
      await screen.page.keyboard.press('Tab');
      const at = await screen.page.evaluate(() => {
        const element = document.activeElement;
        if (!(element instanceof HTMLElement) || element === document.body) return undefined;
        const box = element.getBoundingClientRect();
        const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return {
          name: element.getAttribute('aria-label') ?? element.textContent ?? element.id,
          seen: hit !== null && (element === hit || element.contains(hit) || hit.contains(element)),
          outline: getComputedStyle(element).outlineStyle,
          small: Math.min(box.width, box.height) < 24 && element.tagName !== 'A',
        };
      });
      if (at === undefined) break;
      seen.push(at.name);
      expect(at, at.name).toMatchObject({ seen: true, outline: 'solid', small: false });
    }
    expect(seen.length).toBeGreaterThan(4);
  });
});

describe('what is said', () => {
  const spoken = (region: 'status' | 'alert'): Promise<string> =>
    screen.page.evaluate((id) => document.getElementById(id)?.textContent ?? '', `say-${region}`);
  const says = (region: 'status' | 'alert', text: string) =>
    screen.page.waitForFunction(
      ([id, text]) => document.getElementById(id ?? '')?.textContent?.replace(/[\u2068\u2069]/g, '').includes(text ?? ''),
      [`say-${region}`, text],
    );

  it('tells me my hand, politely and at once', async () => {
    await visit('member-idle');
    await screen.page.getByRole('button', { name: 'Put my hand up' }).click();
    await says('status', 'Your hand is up. You are number 1 of 1.');
    expect(await screen.page.getByRole('button', { name: 'Take my hand down' }).getAttribute('aria-pressed')).toBeNull();
    expect(await spoken('alert')).toBe('');
  });

  it('tells me that I have the floor, and interrupts for it', async () => {
    await visit('member');
    await screen.page.evaluate(() => window.fake?.change('floor_given', { asking: { seat: 'chris', since: 0 }, queue: { chris: null } } as never));
    await says('alert', 'You have the floor.');
    expect(await spoken('alert')).toBe('You have the floor.');
  });

  it('says the whole state when asked, and shows it until it is dismissed', async () => {
    await visit('member');
    await screen.page.getByRole('button', { name: 'Where are we?' }).click();
    await says('status', 'Step 3 of 7: Open questions. 12 minutes left. Bethan Rhys is presenting.');
    await screen.page.locator('.message').getByText('Your hand is up: number 2 of 3.').waitFor();
    await screen.page.getByRole('button', { name: 'Dismiss' }).click();
    await screen.page.locator('.message').getByText('Your hand is up: number 2 of 3.').waitFor({ state: 'detached' });
    await expect.poll(() => screen.page.evaluate(() => document.activeElement?.tagName), SOON).not.toBe('BODY');
  });

  it('puts a refusal into words that stay', async () => {
    await visit('host');
    await screen.page.evaluate(() => window.fake?.refuse('stale'));
    await says('alert', 'The meeting has just moved on.');
    await screen.page.locator('[data-code="stale"]').getByRole('button', { name: 'Dismiss' }).click();
    await screen.page.locator('[data-code="stale"]').waitFor({ state: 'detached' });
    await expect.poll(() => screen.page.evaluate(() => document.activeElement?.tagName), SOON).not.toBe('BODY');
  });

  it('never says who joins or how many wait to a member', async () => {
    await visit('member-idle');
    await screen.page.evaluate(() => window.fake?.change('hand_raised', { queue: { ewan: { rank: 1 } } } as never));
    await screen.page.getByText('One waiting.').waitFor();
    expect(await spoken('status')).toBe('');
  });
});

describe('calm', () => {
  it('moves nothing when motion is reduced, and one slow circle when it is not', async () => {
    await visit('silence', 'panel');
    expect(await screen.page.evaluate(() => document.getAnimations().length)).toBe(0);
    await screen.page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await screen.page.evaluate(() => document.getAnimations().length)).toBe(1);
  });

  it('gives minutes to members and seconds to those who run it', async () => {
    await visit('member-over', 'panel');
    expect(await screen.page.getByRole('timer').innerText()).toBe('Time');
    await screen.page.getByText('finishing, no rush').waitFor();
    await visit('host-over', 'panel');
    expect(await screen.page.getByRole('timer').innerText()).toContain('+1:20');
  });

  it('does not tell the presenter how many wait', async () => {
    await visit('presenter');
    expect(await screen.page.getByRole('heading', { name: 'Waiting to ask' }).count()).toBe(0);
    expect(await screen.page.locator('body').innerText()).not.toMatch(/\d waiting/);
  });
});

it('can be read with forced colours and with wide text spacing', async () => {
  await screen.page.emulateMedia({ forcedColors: 'active' });
  await visit('member', 'panel');
  await shoot('member-panel-forced');
  await screen.page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.insertRule('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }');
    document.adoptedStyleSheets = [sheet];
  });
  await shoot('member-panel-spaced');
  const cut = await screen.page.evaluate(() =>
    [...document.querySelectorAll('button, .chip, p, h2, li')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline' && one.closest('.sr-only') === null)
      .map((one) => one.textContent),
  );
  expect(cut).toEqual([]);
});

it('prints the summary without the room around it', async () => {
  await visit('closed');
  await screen.page.emulateMedia({ media: 'print' });
  await shoot('closed-print');
  expect(await screen.page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
  await screen.page.getByText('Book half an hour').waitFor();
});
