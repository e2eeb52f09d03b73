/** A whole meeting of nine people at nine browsers, from the set-up to the close, with everything that goes wrong. */

import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed, vi } from 'vitest';
import { agree, deadline } from './support/agreement';
import { Circle, knock, type Links, MEMBERS, openLink, TYPED, type Who } from './support/circle';
import { sightings } from './support/canary';
import { Gallery } from './support/gallery';
import type { Person } from './support/person';

let circle: Circle;
let links: Links;
let failed = false;
const gallery = new Gallery('meeting');
const PATIENT = { timeout: 20_000, interval: 150 };

beforeAll(async () => {
  circle = await Circle.gather();
});

afterAll(() => circle?.scatter());

// One meeting in many steps: after a fault the later ones would only fail slowly.
beforeEach(() => {
  if (failed) throw new Error('the meeting broke off before');
  onTestFailed(async ({ task }) => {
    failed = true;
    await gallery.shoot(`broken-${task.name.replaceAll(/\W+/g, '-')}`, circle.everybody.filter(({ page }) => !page.isClosed()));
  });
});

const get = (who: Who | 'hana'): Person => circle.get(who);
const each = (whom: readonly Who[], act: (person: Person) => Promise<unknown>): Promise<unknown> =>
  Promise.all(whom.map((who) => act(get(who))));

const ALL: readonly Who[] = ['host', 'co', ...MEMBERS, 'gwen'];

const everybodyIn = (part: string): Promise<unknown> =>
  Promise.all(circle.all().map((person) => person.isIn(part)));

/** Whose seat is whose, as everybody's screen marks it. */
async function seats(): Promise<Map<string, string>> {
  const rows = await get('co').page.locator('.people li[data-seat]').evaluateAll((found) =>
    found.map((row) => [row.getAttribute('data-seat') ?? '', row.textContent ?? ''] as const),
  );
  const whose = circle.all().map(({ name }) => {
    const seat = rows.find(([, text]) => text.includes(name))?.[0];
    return [name, seat ?? ''] as const;
  });
  return new Map(whose);
}

/** Waits until everybody sees that this person, or nobody, has the floor. */
async function floor(who?: Who | 'hana'): Promise<void> {
  const seat = who === undefined ? '' : (await seats()).get(TYPED[who]);
  await vi.waitFor(async () => expect((await agree(circle.all())).floor).toBe(seat), PATIENT);
}

const turn = (who: Who): Promise<void> => floor(who);

/** Waits until everybody sees exactly these hands, in this order. */
const waiting = (...whom: Who[]): Promise<void> => waitingFor(circle.all(), ...whom);

async function waitingFor(people: readonly Person[], ...whom: Who[]): Promise<void> {
  const of = await seats();
  const wanted = whom.map((who) => of.get(TYPED[who])).join('\n');
  await vi.waitFor(async () => expect((await agree(people, circle.all())).queue).toBe(wanted), PATIENT);
}

/** Looks for what was typed, and for the secrets of links, wherever the service could have kept them. */
async function searched(when: string): Promise<void> {
  const words: string[] = Object.values(TYPED).map((text) => text.split(' ').at(-1) ?? text);
  for (const link of Object.values(links)) words.push(link.slice(link.lastIndexOf('.') + 1));
  const places = await circle.kept();
  expect([...places.keys()].some((place) => place.endsWith('-wal')), when).toBe(true);
  for (const [place, bytes] of places) expect({ place, seen: sightings(words, bytes) }, when).toEqual({ place, seen: [] });
}

/** Puts a hand up and waits until it is, so that the next one comes after it. */
async function raised(who: Who, kind?: Parameters<Person['raiseHand']>[0]): Promise<void> {
  await get(who).raiseHand(kind);
  await get(who).sees('hand-lower');
}

describe('before the meeting', () => {
  it('the facilitator sets the set up and gets its links', async () => {
    const host = await circle.arrive('host');
    await host.page.goto(`${host.habits.origin}/`);
    await host.press('landing-host-button');
    await host.type('setup-set-name', TYPED.title);
    await host.type('setup-own-name', TYPED.host);
    await host.choose('plan-short-90');
    await host.choose('template-classic');
    await host.choose('mode-set');
    await host.page.getByText(host.words('setup-charter')).click();
    const charter = host.page.getByLabel(host.words('charter-lines'));
    await charter.fill(`${await charter.inputValue()}\n${TYPED.charter}`);
    await gallery.shoot('set-up', [host]);
    await gallery.examine('set-up', [host]);
    await host.press('setup-create');
    await host.reads(host.words('made-title', { title: TYPED.title }));
    const read = async (role: string): Promise<string> => host.page.locator(`#link-${role}`).inputValue();
    links = {
      host: await read('host'),
      co: await read('co_facilitator'),
      member: await read('member'),
      observer: await read('observer'),
    };
    expect(new Set(Object.values(links)).size).toBe(4);
    for (const link of Object.values(links)) expect(link.startsWith(`${host.habits.origin}/j#`)).toBe(true);
    await host.page.locator('.qr svg').waitFor();
    await gallery.shoot('links', [host]);
    await gallery.examine('links', [host]);
    await host.press('go-to-room');
    await host.sees('gathering-title');
  });

  it('the others open their links, and a link alone opens nothing', async () => {
    const arrivals = (['co', ...MEMBERS, 'gwen'] as const).map(async (who) => {
      const person = await circle.arrive(who);
      await openLink(person, who === 'co' ? links.co : who === 'gwen' ? links.observer : links.member);
      if (who === 'ana') await gallery.shoot('door', [person]);
      await knock(person);
    });
    await Promise.all(arrivals);
    const host = get('host');
    await host.sees('knocks-title', { count: 8 });
    expect(await host.page.getByText(host.words('knock-unverified')).count()).toBe(0);
    await gallery.shoot('lobby', circle.all('host', 'ana', 'dilys', 'chidi'));
    await gallery.examine('lobby', circle.all('host', 'ana'));
  });

  it('facilitators admit each by the name they typed, and names open everywhere', async () => {
    const host = get('host');
    await host.press('admit-name', { name: TYPED.co });
    const co = get('co');
    await co.sees('gathering-title');
    for (const who of MEMBERS) {
      const by = who === 'dilys' || who === 'femi' ? co : host;
      await by.press('admit-name', { name: TYPED[who] });
    }
    await host.press('admit-name', { name: TYPED.gwen });
    await Promise.all(
      circle.all().map(async (person) => {
        for (const { name } of circle.all()) await person.reads(name);
        await person.reads(TYPED.title);
        await person.reads(TYPED.charter);
      }),
    );
    await gallery.shoot('gathering', circle.all());
    await gallery.examine('gathering', circle.all('host', 'chidi', 'gwen'));
  });
});


describe('the meeting begins', () => {
  it('settle: everybody says when they are ready', async () => {
    const host = get('host');
    await host.press('start');
    await everybodyIn('settle');
    await each(MEMBERS, (person) => person.press('tick-settle'));
    await each(MEMBERS, (person) => person.sees('tick-undo'));
    await expect.poll(() => host.page.getByText(host.words('has-ticked'), { exact: true }).count()).toBe(6);
    await agree(circle.all());
    await gallery.shoot('settle', circle.all('host', 'ana', 'dilys'));
  });

  it('check-in: a round, with a pass and a "come back to me"', async () => {
    const [host, co] = [get('host'), get('co')];
    await host.moveOnTo('check_in');
    await everybodyIn('check_in');
    await turn('ana');
    await gallery.shoot('round', circle.all());
    await gallery.examine('round', circle.all('host', 'ana', 'bilal'));
    await get('ana').press('turn-end');
    await turn('bilal');
    await get('bilal').press('turn-pass');
    await turn('chidi');
    await get('chidi').press('turn-later-me');
    for (const who of ['dilys', 'ewa', 'femi'] as const) {
      await turn(who);
      await get(who).press('turn-end');
    }
    // Those with the controls have a turn as well.
    await turn('co');
    await co.press('turn-end');
    await turn('host');
    await host.press('turn-end');
    await turn('chidi');
    // Somebody on the phone cannot press: the facilitator does.
    await host.press('round-done-for', { name: TYPED.chidi });
    const { floor } = await agree(circle.all());
    expect(floor).toBe('');
  });

  it('charter: each agrees', async () => {
    const host = get('host');
    await host.moveOnTo('charter');
    await everybodyIn('charter');
    await gallery.shoot('charter', circle.all('host', 'chidi', 'gwen'));
    await gallery.examine('charter', circle.all('host', 'gwen'));
    await each(ALL, (person) => person.press('charter-agree'));
    await Promise.all(circle.all().map((person) => person.sees('charter-count', { count: 9, all: 9 })));
  });

  it('action review: an action of the last meeting, told by its owner alone', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.moveOnTo('action_review');
    await everybodyIn('action_review');
    await ana.type('action-what', TYPED.old);
    await ana.type('action-first', TYPED.oldFirst);
    await ana.type('action-learned', TYPED.learned);
    await ana.choose('outcome-changed');
    await ana.press('action-keep');
    await ana.sees('write-unseen');
    await gallery.shoot('action-review', circle.all('host', 'ana'));
    await gallery.examine('action-review', [ana]);
    await host.press('round-done-for', { name: TYPED.ana });
    await turn('bilal');
  });

  it('bids: two members type them, and the running order is set', async () => {
    const host = get('host');
    await host.moveOnTo('bids');
    await everybodyIn('bids');
    for (const [who, bid] of [['ana', TYPED.bid], ['bilal', TYPED.otherBid]] as const) {
      const person = get(who);
      await person.type('write-bid', bid);
      await person.choose(who === 'ana' ? 'bid-pressing-3' : 'bid-pressing-1');
      await person.type('bid-minutes', who === 'ana' ? '40' : '25');
      await person.press('bid-offer');
    }
    await Promise.all(circle.all().map((person) => person.reads(TYPED.otherBid)));
    const { table } = await agree(circle.all());
    expect(table).toContain(TYPED.bid);
    await gallery.shoot('bids', circle.all());
    await gallery.examine('bids', circle.all('ana', 'chidi'));
    await host.press('more');
    await host.pressInSheet('order');
    await host.pressInSheet('order-in', { name: TYPED.ana });
    await host.pressInSheet('order-in', { name: TYPED.bilal });
    await gallery.shoot('order', [host]);
    await gallery.examine('order', [host]);
    await host.pressInSheet('order-set');
  });
});

describe('a slot', () => {
  it('present: the presenter writes the issue in one line', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.moveOnTo('classic.present');
    await everybodyIn('classic.present');
    expect((await agree(circle.all())).presenter).toBe(TYPED.ana);
    await ana.type('write-headline', TYPED.headline);
    await ana.press('write-send');
    await Promise.all(circle.all().map((person) => person.reads(TYPED.headline)));
    await agree(circle.all());
    await gallery.shoot('present', circle.all('host', 'ana', 'chidi', 'gwen'));
    await gallery.examine('present', circle.all('ana', 'gwen'));
  });

  it('clarify: hands in one order, a settle gap, and the presenter is ready', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.moveOnTo('classic.clarify');
    await everybodyIn('classic.clarify');
    await get('bilal').raiseHand('clarify');
    await floor('bilal');
    await Promise.all(circle.all().map((person) => person.sees('kind-clarify')));
    for (const who of ['chidi', 'dilys', 'ewa'] as const) {
      await get(who).raiseHand();
      await get(who).sees('hand-lower');
    }
    await waiting('chidi', 'dilys', 'ewa');
    await gallery.shoot('clarify', circle.all());
    await gallery.examine('clarify', circle.all('host', 'ana', 'bilal', 'ewa'));
    await get('bilal').press('ask-end');
    await Promise.all(circle.all().map((person) => person.sees('settling')));
    await floor();
    await ana.press('say-ready');
    await floor('chidi');
    const from = performance.now();
    await get('chidi').press('ask-end');
    await floor('dilys');
    // The gap is the server's: eight seconds, less what the way to the screens takes.
    expect(performance.now() - from).toBeGreaterThan(7_500);
    await get('dilys').press('ask-end');
    await get('ewa').press('hand-lower');
    await waiting();
  });

  it('explore: reorder, defer, withdraw, interrupt and return, invite', async () => {
    const host = get('host');
    await host.moveOnTo('classic.explore');
    await everybodyIn('classic.explore');
    await host.doWith(TYPED.chidi, 'scribe-choose');
    await get('bilal').raiseHand();
    await floor('bilal');
    await raised('chidi', 'explore');
    await raised('dilys', 'challenge');
    await raised('ewa', 'process');
    await raised('femi');
    // How we work goes first.
    await waiting('ewa', 'chidi', 'dilys', 'femi');
    await host.press('move-up', { name: TYPED.femi });
    await waiting('ewa', 'chidi', 'femi', 'dilys');
    await get('chidi').press('hand-defer');
    await waiting('ewa', 'femi', 'dilys', 'chidi');
    await get('femi').press('hand-lower');
    await waiting('ewa', 'dilys', 'chidi');
    await host.doWith(TYPED.femi, 'interrupt');
    await floor('femi');
    await host.press('end-turn');
    await floor('bilal');
    await host.press('invite-name', { name: TYPED.dilys });
    await floor('dilys');
    await waiting('ewa', 'chidi');
  });

  it('the presenter thinks, is ready, and lets a question go', async () => {
    const ana = get('ana');
    await ana.press('say-thinking');
    await Promise.all(ALL.filter((who) => who !== 'ana').map((who) => get(who).sees('says-thinking', { name: TYPED.ana })));
    await gallery.shoot('thinking', circle.all());
    await get('dilys').press('ask-end');
    await ana.press('say-ready');
    await floor('ewa');
    await ana.press('say-pass');
    await Promise.all(circle.all().map((person) => person.sees('settling')));
  });

  it('the clock is paused, runs on, and gets two minutes more', async () => {
    const host = get('host');
    const before = await deadline(host);
    await host.press('pause');
    await Promise.all(circle.all().map((person) => person.sees('time-paused')));
    await host.press('resume');
    await Promise.all(circle.all().map((person) => person.readsNoMore(person.words('time-paused'))));
    await host.press('add-2');
    await expect.poll(async () => (await deadline(host)) - before).toBeGreaterThan(110_000);
    await agree(circle.all());
  });

  it('the scribe takes a line down', async () => {
    const chidi = get('chidi');
    await floor('chidi');
    await chidi.type('write-scribe', TYPED.scribe);
    await chidi.press('write-send');
    await Promise.all(circle.all().map((person) => person.reads(TYPED.scribe)));
    await raised('bilal', 'explore');
    await raised('dilys', 'challenge');
    await waiting('bilal', 'dilys');
    await gallery.shoot('explore', circle.all());
    await gallery.examine('explore', circle.all('host', 'ana', 'chidi', 'gwen'));
  });
});

describe('what goes wrong goes well', () => {
  it('a reload of each role changes nothing', async () => {
    const before = await agree(circle.all());
    for (const who of ['host', 'co', 'ana', 'bilal', 'gwen'] as const) {
      await get(who).page.reload();
      expect({ ...(await agree(circle.all())), minutes: 0 }, who).toEqual({ ...before, minutes: 0 });
    }
  });

  it('ten seconds without a network: a hand that was put up then is up once afterwards', async () => {
    const ewa = get('ewa');
    const seat = (await seats()).get(TYPED.ewa) ?? '';
    const raisedBefore = circle.raisings(seat);
    const cut = performance.now();
    circle.ewasStreet.cut();
    await ewa.context.setOffline(true);
    await ewa.press('hand-raise');
    await ewa.sees('not-sent-yet', { count: 1 });
    // The others go on, and see that she is away.
    await get('host').page.locator('.people li.away').getByText(TYPED.ewa).waitFor();
    await get('bilal').press('hand-defer');
    await waitingFor(circle.all().filter((person) => person !== ewa), 'dilys', 'bilal');
    await ewa.sees('trouble');
    await gallery.shoot('no-line', [ewa, get('host')]);
    await gallery.examine('no-line', [ewa]);
    await vi.waitUntil(() => performance.now() - cut >= 10_000, { timeout: 11_000, interval: 50 });
    circle.ewasStreet.mend();
    await ewa.context.setOffline(false);
    await ewa.sees('hand-lower');
    await ewa.readsNoMore(ewa.words('trouble'));
    await waiting('dilys', 'bilal', 'ewa');
    expect(await ewa.page.locator('.refusal').count()).toBe(0);
    expect(circle.raisings(seat)).toBe(raisedBefore + 1);
  });

  it('kill -9 and a new start: everybody is back by themselves, and all is as it was', async () => {
    const host = get('host');
    const before = await agree(circle.all());
    const ends = await deadline(host);
    await circle.setroom.kill();
    await Promise.all(circle.all().map((person) => person.page.locator('.line:not(.live)').waitFor()));
    await get('femi').press('hand-raise');
    await get('femi').sees('not-sent-yet', { count: 1 });
    await gallery.shoot('no-service', circle.all('host', 'ana', 'femi'));
    await circle.setroom.start();
    await Promise.all(circle.all().map((person) => person.page.locator('.line.live').waitFor()));
    await waiting('dilys', 'bilal', 'ewa', 'femi');
    const after = await agree(circle.all());
    const seat = (await seats()).get(TYPED.femi);
    expect({ ...after, minutes: 0 }).toEqual({ ...before, queue: `${before.queue}\n${seat}`, minutes: 0 });
    expect(Math.abs((await deadline(host)) - ends)).toBeLessThan(2_000);
    await gallery.shoot('after-restart', circle.all());
  });

  it('a second tab says that the set is open elsewhere, and can take over', async () => {
    const bilal = get('bilal');
    const first = bilal.page;
    const second = await bilal.secondTab();
    await second.goto(bilal.habits.origin + links.member.slice(links.member.indexOf('/j#')));
    bilal.page = second;
    await bilal.sees('ended-elsewhere');
    await gallery.shoot('elsewhere', [bilal]);
    await gallery.examine('elsewhere', [bilal]);
    await bilal.press('take-over');
    await bilal.isIn('classic.explore');
    await first.getByRole('heading', { name: bilal.words('ended-elsewhere') }).waitFor();
    await waiting('dilys', 'bilal', 'ewa', 'femi');
    await bilal.press('hand-lower');
    await waiting('dilys', 'ewa', 'femi');
    await first.close();
  });

  it('without the facilitator the co-facilitator goes on; without both the room holds', async () => {
    const [host, co] = [get('host'), get('co')];
    const before = await agree(circle.all());
    // The laptop dies, and its browser with all that it kept.
    await host.context.close();
    circle.people.delete('host');
    await co.page.locator('.people li.away').getByText(TYPED.host).waitFor();
    await co.press('add-2');
    const ends = await deadline(co);
    await agree(circle.all());
    await co.page.close();
    circle.people.delete('co');
    const members = circle.all();
    await Promise.all(members.map((person) => person.sees('hold-waiting-title')));
    expect((await agree(members)).calm).toBe('hold-title');
    await gallery.shoot('nobody-leads', members);
    await gallery.examine('nobody-leads', circle.all('chidi', 'gwen'));
    // Back in another tab of the same browser: straight in, and the room goes on.
    co.page = await co.secondTab();
    await co.page.goto(co.habits.origin + links.co.slice(links.co.indexOf('/j#')));
    circle.people.set('co', co);
    await co.isIn('classic.explore');
    await Promise.all(members.map((person) => person.readsNoMore(person.words('hold-waiting-title'))));
    const after = await agree(circle.all());
    expect({ ...after, minutes: 0 }).toEqual({ ...before, minutes: 0 });
    // The clock stood still while the room held.
    expect(await deadline(co)).toBeGreaterThan(ends);
  });

  it('the host comes back on another device by the host link alone', async () => {
    const host = await circle.arrive('host');
    await openLink(host, links.host);
    await host.type('door-name', TYPED.host);
    await host.press('door-go-in');
    await host.isIn('classic.explore');
    await host.reads(TYPED.headline);
    await Promise.all(circle.all('co', 'host').map((person) => person.page.locator('.people li.away').waitFor({ state: 'detached' })));
    await agree(circle.all());
    await gallery.shoot('host-is-back', [host]);
  });

  it('somebody is removed: their screen says so, and their link is of no more use', async () => {
    const [host, femi] = [get('host'), get('femi')];
    await host.doWith(TYPED.femi, 'remove');
    await gallery.shoot('remove', [host]);
    await gallery.examine('remove', [host]);
    await host.pressInSheet('remove-do');
    await femi.sees('ended-removed');
    await gallery.shoot('removed', [femi]);
    await gallery.examine('removed', [femi]);
    circle.people.delete('femi');
    await waiting('dilys', 'ewa');
    const hana = await circle.arrive('hana');
    circle.people.delete('hana');
    await openLink(hana, links.member);
    await hana.type('door-name', TYPED.hana);
    await hana.press('door-ask');
    await hana.page.getByRole('heading', { name: new RegExp(`${hana.words('ended-auth')}|${hana.words('ended-link-changed')}`) }).waitFor();
    await gallery.shoot('old-link', [hana]);
    await host.press('more');
    await host.pressInSheet('links');
    const changed = await host.page.locator('#link-member').inputValue();
    expect(changed).not.toBe(links.member);
    await host.pressInSheet('close-sheet');
    await openLink(hana, changed);
    await knock(hana);
    await host.press('admit-name', { name: TYPED.hana });
    // Who comes late agrees to the ground rules first.
    await hana.reads(TYPED.charter);
    await gallery.shoot('late', [hana, host]);
    await gallery.examine('late', [hana]);
    await hana.press('charter-agree');
    await hana.reads(TYPED.headline);
    circle.people.set('hana', hana);
    await agree(circle.all());
    await waiting('dilys', 'ewa');
    await get('dilys').page.locator('details:has(.people) > summary').click();
    await get('dilys').reads(TYPED.hana);
  });

  it('the room is held, and goes on', async () => {
    const host = get('host');
    const before = await agree(circle.all());
    await host.press('more');
    await host.pressInSheet('hold');
    await Promise.all(circle.all().map((person) => person.sees('hold-title')));
    await gallery.shoot('hold', circle.all('host', 'ana', 'gwen'));
    await gallery.examine('hold', circle.all('host'));
    await host.press('hold-release');
    await Promise.all(circle.all().map((person) => person.readsNoMore(person.words('hold-title'))));
    expect({ ...(await agree(circle.all())), minutes: 0 }).toEqual({ ...before, minutes: 0 });
  });

  it('a move is taken back, with queue and timer as if it had not been', async () => {
    const host = get('host');
    const before = await agree(circle.all());
    const ends = await deadline(host);
    await host.moveOnTo('classic.pause');
    await everybodyIn('classic.pause');
    await host.press('undo');
    await everybodyIn('classic.explore');
    expect({ ...(await agree(circle.all())), minutes: 0 }).toEqual({ ...before, minutes: 0 });
    expect(Math.abs((await deadline(host)) - ends)).toBeLessThan(2_000);
  });
});

describe('the slot ends, and the meeting', () => {
  it('a quiet pause', async () => {
    await get('host').moveOnTo('classic.pause');
    await everybodyIn('classic.pause');
    expect((await agree(circle.all())).calm).toBe('silence-title');
    await gallery.shoot('quiet', circle.all('host', 'ana', 'chidi', 'gwen'));
    await gallery.examine('quiet', circle.all('host', 'chidi'));
  });

  it('act: the presenter writes an action, and shows it to the set', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.moveOnTo('classic.act');
    await everybodyIn('classic.act');
    await ana.type('action-what', TYPED.what);
    await ana.type('action-by', TYPED.by);
    await ana.type('action-first', TYPED.first);
    await ana.type('action-help', TYPED.help);
    await ana.type('action-stakeholders', TYPED.stakeholders);
    await ana.press('action-keep');
    const card = ana.page.locator('form.action').filter({ has: ana.page.locator('textarea') }).nth(1);
    await card.getByText(ana.words('write-unseen')).waitFor();
    // Until then it is on nobody else's screen, nor on their line.
    await card.getByRole('button', { name: ana.words('write-release'), exact: true }).click();
    const others = circle.all().filter((person) => person !== ana);
    await Promise.all(others.map((person) => person.reads(TYPED.what)));
    await Promise.all(others.map((person) => person.reads(TYPED.stakeholders)));
    await agree(circle.all());
    await gallery.shoot('act', circle.all());
    await gallery.examine('act', circle.all('host', 'ana', 'ewa'));
  });

  it('resonance: a round in which the presenter receives', async () => {
    const host = get('host');
    await host.moveOnTo('classic.resonance');
    await everybodyIn('classic.resonance');
    await get('ana').sees('dock-listening');
    for (const who of ['bilal', 'chidi', 'dilys', 'ewa', 'hana'] as const) {
      await floor(who);
      await get(who).press('turn-end');
    }
    await floor();
    await gallery.shoot('resonance', circle.all('host', 'ana', 'hana'));
  });

  it('review: the presenter first, for themselves alone', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.moveOnTo('classic.review');
    await everybodyIn('classic.review');
    await ana.type('write-reflection', TYPED.reflection);
    await ana.press('write-send');
    await ana.sees('write-unseen');
    await gallery.shoot('review', circle.all('host', 'ana'));
    await gallery.examine('review', [ana]);
  });

  it('process review and closing round', async () => {
    const [host, bilal] = [get('host'), get('bilal')];
    await host.moveOnTo('process_review');
    await everybodyIn('process_review');
    await bilal.type('write-reflection', TYPED.review);
    await bilal.press('write-send');
    await bilal.sees('write-unseen');
    await gallery.shoot('process-review', circle.all('host', 'bilal'));
    await host.moveOnTo('close');
    await everybodyIn('close');
    await agree(circle.all());
    await gallery.shoot('closing', circle.all('host', 'ana'));
  });

  it('nothing that was typed can be read by whoever runs the service', () => searched('before the close'));

  it('close: own actions remain, and the receipt says what does not', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.press('close-meeting');
    await gallery.shoot('before-close', [host]);
    await gallery.examine('before-close', [host]);
    await host.pressInSheet('close-do');
    await Promise.all(circle.all().map((person) => person.sees('summary-title')));
    await Promise.all(circle.all().map((person) => person.sees('receipt-title')));
    for (const text of [TYPED.what, TYPED.first, TYPED.help, TYPED.stakeholders, TYPED.old]) await ana.reads(text);
    for (const person of circle.all()) {
      await person.readsNoMore(TYPED.headline);
      if (person === ana) continue;
      await person.sees('summary-no-actions');
      await person.readsNoMore(TYPED.what);
    }
    await gallery.shoot('closed', circle.all());
    await gallery.examine('closed', circle.all('host', 'ana', 'chidi', 'gwen'));
    await ana.page.reload();
    await ana.reads(TYPED.what);
  });

  it('nothing that was typed can be read by whoever runs the service, afterwards', () => searched('after the close'));

  it('no page asked anybody else for anything, or complained', () => {
    expect(circle.traffic.elsewhere).toEqual([]);
    for (const { name, complaints } of circle.everybody) {
      expect({ name, ...complaints }).toEqual({ name, policy: [], errors: [] });
    }
  });

  it('everybody can use every screen, in light and in dark', () => {
    expect(gallery.faults).toEqual([]);
  });
});
