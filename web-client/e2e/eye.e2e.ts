/** Keyboard, ear, eye and paper: what axe cannot see. */

import { describe, expect, it } from 'vitest';
import { screenPage } from './support/screen-page';

const screen = screenPage();
const WIDE = [1280, 800] as const;
const PANEL = [380, 800] as const;
const SIDE = [740, 360] as const;
const RUNNING = ['host', 'host-knocks', 'host-bids', 'host-over', 'member', 'member-idle', 'member-round', 'member-bids', 'presenter', 'observer', 'silence', 'hold', 'member-silence'];

const asked = (): Promise<unknown[]> => screen.page.evaluate(() => [...(window.fake?.asked ?? [])]);
const button = (name: string | RegExp) => screen.page.getByRole('button', { name, exact: true });
/** Drawn, and whatever follows from it in the next frame. */
const drawn = (): Promise<unknown> =>
  screen.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
const focused = (): Promise<string> =>
  screen.page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
  });

describe('the focus goes back to where it came from', () => {
  it.each<[scene: string, path: readonly string[]]>([
    ['host', ['More', 'Add 5 min']],
    ['host', ['More', 'Take all hands down']],
    ['host', ['More', 'Lock the room']],
    ['host', ['More', 'Go to any part', '3. Ground rules']],
    ['host-bids', ['More', 'Running order', 'Set this order']],
    ['host', ['More', 'Close']],
    ['host', ['Menu', 'Five words', 'Close']],
    ['host', ['Menu', 'Close']],
    ['member', ['Menu', 'My name', 'Cancel']],
    ['member', ['Menu', 'My name', 'Change it']],
    ['member', ['Menu', 'Leave…', 'Stay']],
    ['host', ['Options for Ewan Fraser', 'Make them the presenter']],
    ['host', ['Options for Chris Patel', 'Remove…', 'Cancel']],
  ])('%s, by keyboard and by pointer: %s', async (scene, path) => {
    for (const by of ['key', 'pointer']) {
      await screen.visit(scene, WIDE);
      for (const [step, name] of path.entries()) {
        const within = step > 0 ? screen.page.locator('dialog[open]') : screen.page;
        const place = within.getByRole('button', { name, exact: true }).first();
        if (by === 'key') await place.press('Enter');
        else await place.click();
        await drawn();
      }
      await screen.page.locator('dialog').waitFor({ state: 'detached' });
      await expect.poll(focused).toBe(path[0]);
    }
  });

  it('and after the start it is at what is to be pressed next', async () => {
    await screen.visit('gathering-host', WIDE);
    await button('Start the meeting').press('Enter');
    await screen.page.evaluate(() => {
      window.fake?.change('started', {
        stage: 'running', clock: { is: 'running', ends_at: window.fake.now() + 60_000, total_ms: 60_000 },
        now: { part: 0, id: 'settle', floor: 'facilitator', stance: 'none', kinds: [], hand: 'off', writes: [], cue: 'settle' },
      } as never);
    });
    await expect.poll(focused).toMatch(/^Next: /);
  });
});

describe('the tab', () => {
  it.each([
    ['none', /^Run an action learning set .* · Setroom$/],
    ['door', /^You have a link to a learning set · Setroom$/],
    ['lobby', /^You are at the door · Setroom$/],
    ['gathering-member', /^The set is gathering · Thursday set · Setroom$/],
    ['member-idle', /^Open questions · Thursday set · Setroom$/],
    ['member-asks', /^It is your turn · Open questions · Thursday set · Setroom$/],
    ['host-knocks', /^2 people at the door · Open questions · Thursday set · Setroom$/],
    ['member-claim', /^Is this you\? · Open questions · /],
    ['closed', /^The meeting is closed · Thursday set · Setroom$/],
  ])('%s says %s', async (scene, title) => {
    await screen.visit(scene, PANEL);
    await expect.poll(() => screen.page.title()).toMatch(title);
  });

  it('follows what happens', async () => {
    await screen.visit('member', PANEL);
    await screen.page.evaluate(() => window.fake?.change('floor_given', { asking: { seat: 'chris', since: 0 }, queue: { chris: null } } as never));
    await expect.poll(() => screen.page.title()).toContain('It is your turn');
    await screen.page.evaluate(() => window.fake?.change('turn_ended', { asking: null } as never));
    await expect.poll(() => screen.page.title()).not.toContain('turn');
  });
});

describe('the page', () => {
  it.each(RUNNING)('%s is no higher than the window when all of it fits', async (scene) => {
    for (const width of [1280, 380]) {
      await screen.visit(scene, [width, 2600]);
      expect(await screen.page.evaluate(() => document.documentElement.scrollHeight), String(width)).toBe(2600);
    }
  });

  it.each(RUNNING.concat('gathering-host', 'gathering-member', 'closed', 'none', 'door', 'lobby'))('%s does not scroll sideways with text at 200 %', async (scene) => {
    for (const more of ['', '&lang=cy']) {
      await screen.visit(scene, PANEL, more);
      await screen.page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.insertRule('html { font-size: 200% !important }');
        document.adoptedStyleSheets = [sheet];
      });
      await drawn();
      const wide = await screen.page.evaluate(() => ({
        width: document.documentElement.scrollWidth,
        by: [...document.querySelectorAll('body *')].filter((at) => at.getBoundingClientRect().right > innerWidth + 1).map((at) => `${at.tagName}.${at.className}`).slice(0, 6),
      }));
      await screen.shoot(`eye-200-${scene}${more.replaceAll(/&\w+=/g, '-')}`);
      expect(wide.width, wide.by.join(' ')).toBeLessThanOrEqual(380);
    }
  });

  it.each([['host', 'Next: '], ['member', 'Take my hand down'], ['member-idle', 'Put my hand up'], ['gathering-host', 'Start the meeting'], ['door', 'Ask to join'], ['member-charter', 'I can live by this']])(
    '%s: on a phone on its side the main button is in view: %s', async (scene, name) => {
      await screen.visit(scene, SIDE);
      await screen.shoot(`eye-side-${scene}`);
      const box = await button(new RegExp(name)).first().boundingBox();
      expect((box?.y ?? 999) + (box?.height ?? 0)).toBeLessThanOrEqual(360);
    },
  );

  it.each([1280, 1920])('at %i the bars begin and end where the board does', async (width) => {
    for (const scene of ['host', 'member', 'gathering-host']) {
      await screen.visit(scene, [width, 900]);
      await screen.shoot(`eye-${scene}-${width}`);
      const edges = await screen.page.evaluate(() => {
        const inner = (selector: string): number[] => {
          const at = document.querySelector(selector);
          if (at === null) return [];
          const [box, style] = [at.getBoundingClientRect(), getComputedStyle(at)];
          return [box.left + Number.parseFloat(style.paddingLeft), box.right - Number.parseFloat(style.paddingRight)];
        };
        return ['.room > .top', '.phases', '.board', '.dock'].map(inner).filter((at) => at.length > 0).map((at) => at.map(Math.round).join(' '));
      });
      expect(new Set(edges).size, edges.join(', ')).toBe(1);
    }
  });

  it.each([[768, 2600], [1280, 2600]])('rows of one’s own actions and of the closed page are not stretched at %i × %i', async (width, height) => {
    const gaps = (): Promise<number> => screen.page.evaluate(() => {
      const rows = [...(document.querySelector('main')?.children ?? [])].map((at) => at.getBoundingClientRect()).filter((at) => at.height > 0);
      const lines = [...document.querySelectorAll('main > h1, main > p')].map((at) => at.getBoundingClientRect().height);
      return Math.max(...rows.slice(1).map((at, index) => at.top - (rows[index]?.bottom ?? 0)), ...lines);
    });
    await screen.visit('closed', [width, height]);
    await screen.shoot(`eye-closed-${width}`);
    expect(await gaps()).toBeLessThan(80);
    await screen.visit('presenter-acts', [width, height]);
    await button('Menu').click();
    await button('My actions').click();
    await screen.page.getByRole('heading', { level: 1, name: 'My actions' }).waitFor();
    await screen.shoot(`eye-actions-${width}`);
    expect(await gaps()).toBeLessThan(80);
  });
});

describe('the dock', () => {
  it.each([WIDE, PANEL, SIDE])('stays where it is when a move can be undone, %i × %i', async (width, height) => {
    const places = (): Promise<unknown> => screen.page.locator('.dock button').evaluateAll((all) =>
      all.map((at) => { const { x, y } = at.getBoundingClientRect(); return [at.textContent, Math.round(x), Math.round(y)]; }));
    await screen.visit('host', [width, height]);
    await screen.page.locator('.dock button').first().waitFor();
    const before = await places();
    await screen.visit('host-undo', [width, height]);
    await screen.page.locator('.dock button').first().waitFor();
    await screen.shoot(`eye-dock-${width}`);
    expect(await places()).toEqual(before);
  });

  it('holds the room with one press', async () => {
    await screen.visit('host', PANEL);
    await button('Hold').click();
    expect(await asked()).toEqual([{ c: 'hold' }]);
    await screen.page.getByRole('heading', { name: 'The room is on hold' }).waitFor();
  });
});

it('a field with a fault is red', async () => {
  for (const theme of ['', '&theme=dark']) {
    await screen.visit('none', WIDE, theme);
    await button('Set up a set').click();
    await button('Create the set').click();
    const [edge, fault] = await screen.page.locator('#set-title').evaluate((at) => {
      const probe = document.createElement('p');
      probe.className = 'fault';
      document.body.append(probe);
      return [getComputedStyle(at).borderTopColor, getComputedStyle(probe).color];
    });
    expect(edge).toBe(fault);
  }
});

describe('at the door', () => {
  it('all who wait and are known to have the link are let in with one press, by the rows that were there', async () => {
    await screen.visit('host-door', PANEL);
    await screen.shoot('eye-admit-these');
    await button('Admit these 4').click();
    await expect.poll(asked).toEqual(['k1', 'd0', 'd1', 'd2'].map((device) => expect.objectContaining({ c: 'admit', device })));
    expect(await screen.page.locator('.knocks li').count()).toBe(1);
  });

  it('one alone has no such button', async () => {
    await screen.visit('host-knocks', PANEL);
    expect(await screen.page.getByRole('button', { name: /Admit these/ }).count()).toBe(0);
  });

  it('nobody is offered a press that lets in whoever could not be verified', async () => {
    await screen.visit('host-knocks', PANEL);
    const admits = await screen.page.getByRole('button', { name: /^Admit/ }).allTextContents();
    expect(admits.map((text) => text.replaceAll(/[\u2068\u2069]/gu, ''))).toEqual(['Admit']);
    expect(await screen.page.getByRole('button', { name: 'Admit Siân Parry' }).count()).toBe(1);
    expect(await screen.page.locator('.knocks').innerText()).toContain('could not be verified');
  });
});

describe('setting a set up', () => {
  it('asks three questions and folds the rest, with the usual choice marked and the shortest plan first', async () => {
    await screen.visit('none', WIDE);
    await button('Set up a set').click();
    await screen.page.getByRole('heading', { level: 1, name: 'Set up a set' }).waitFor();
    await screen.shoot('eye-setup');
    expect(await screen.page.locator('form input:visible, form textarea:visible').count()).toBe(3);
    expect((await button('Create the set').boundingBox())?.y).toBeLessThan(700);
    const words = (await screen.page.locator('main').innerText()).split(/\s+/).length;
    expect(words).toBeLessThan(110);
    await screen.page.getByText('Length, way of working').click();
    await screen.shoot('eye-setup-open');
    const plans = await screen.page.locator('input[name="plan"] + div .hint').allInnerTexts();
    const minutes = plans.map((text) => Number.parseInt(text, 10));
    expect(minutes).toEqual(minutes.toSorted((a, b) => a - b));
    expect(await screen.page.getByText('(usual)').allInnerTexts()).toEqual(['Half day (usual)', 'Classic (usual)']);
  });
});

describe('menus', () => {
  it.each<[scene: string, path: readonly (string | RegExp)[]]>([
    ['member', ['Menu']],
    ['host', ['More']],
    ['host', ['Options for Ewan Fraser']],
    ['host', ['Options for Ewan Fraser', 'Remove…']],
    ['host', ['More', 'Close the meeting…']],
    ['member', ['Menu', 'Leave…']],
  ])('%s %s: one main button, which is not the dangerous one', async (scene, path) => {
    for (const size of [WIDE, PANEL]) {
      await screen.visit(scene, size);
      for (const [step, name] of path.entries()) {
        await (step > 0 ? screen.page.locator('dialog[open]') : screen.page).getByRole('button', { name, exact: true }).first().click();
        await drawn();
      }
      await screen.shoot(`eye-menu-${scene}-${String(path.at(-1)).replaceAll(/\W+/g, '-')}-${size[0]}`);
      const main = await screen.page.locator('dialog[open] button.main').allInnerTexts();
      expect(main).toHaveLength(1);
      expect(main[0]).not.toMatch(/Remove|destroy|for good|Forget/);
    }
  });
});

it('silence has the whole page, unless there is something to write', async () => {
  for (const scene of ['member-silence', 'silence', 'host-silence']) {
    await screen.visit(scene, WIDE);
    await screen.page.locator('.breath').waitFor();
    expect((await screen.page.locator('.breath').boundingBox())?.width, scene).toBeGreaterThan(150);
  }
  await screen.visit('gift-write', PANEL);
  await screen.page.locator('.writer').waitFor();
  expect((await screen.page.locator('.breath').boundingBox())?.width).toBeLessThan(100);
});

it('the room can be skipped to its middle and to its foot', async () => {
  await screen.visit('host', WIDE);
  await screen.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await screen.page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to the content');
  await screen.page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to what you can do');
  await screen.page.keyboard.press('Enter');
  await screen.page.keyboard.press('Tab');
  expect(await focused()).toMatch(/^Next: /);
  expect(await screen.page.evaluate(() => location.hash)).toBe('');
});

it('the number of a place in the queue is read once', async () => {
  await screen.visit('member', PANEL);
  const row = await screen.page.locator('ol.rows').first().ariaSnapshot();
  expect(row).not.toMatch(/\b[123]\b/);
});

it('a short name does not break the facilitator’s queue', async () => {
  await screen.visit('host', [390, 844]);
  const rows = await screen.page.locator('ol.rows > li').evaluateAll((all) => all.map((at) => at.getBoundingClientRect().height));
  expect(rows.length).toBe(3);
  for (const height of rows.slice(0, 1)) expect(height).toBeLessThan(60);
});

it('messages leave room for what they are about', async () => {
  await screen.visit('member-trouble', [390, 740]);
  expect(await screen.page.locator('.messages').evaluate((at) => at.getBoundingClientRect().height)).toBeLessThan(740 * 0.23);
});

it('paper is white and its print dark, also when the screen is dark', async () => {
  for (const scene of ['closed', 'presenter-acts']) {
    await screen.visit(scene, WIDE, '&theme=dark');
    await screen.page.emulateMedia({ media: 'print' });
    await screen.shoot(`eye-print-${scene}`);
    const light = (colour: string): number => (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
    const [ink, paper] = await screen.page.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor]);
    expect(light(ink ?? '')).toBeLessThan(80);
    expect(light(paper ?? '')).toBeGreaterThan(200);
    await screen.page.emulateMedia({ media: null });
  }
});

it('on paper one link ends before the next begins', async () => {
  await screen.visit('none', WIDE);
  await button('Set up a set').click();
  await screen.page.getByLabel('Name of the set').fill('Thursday set');
  await screen.page.getByLabel('Your name, as the set should see it').fill('Ruth');
  await button('Create the set').click();
  await screen.page.locator('#link-host').waitFor();
  await screen.page.emulateMedia({ media: 'print' });
  await screen.shoot('eye-print-links');
  const links = await screen.page.locator('.link').evaluateAll((all) =>
    all.map((at) => ({ top: at.getBoundingClientRect().top, line: Number.parseFloat(getComputedStyle(at).borderTopWidth), bottom: at.getBoundingClientRect().bottom })));
  for (const [at, link] of links.entries()) {
    const before = links[at - 1];
    expect(link.line > 0 && link.top - (before?.bottom ?? 0) >= 10).toBe(at > 0);
  }
});
