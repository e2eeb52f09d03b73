/** Everything that goes wrong in the middle of a meeting. */

import { expect, it, vi } from 'vitest';
import { agree, deadline } from '../agreement';
import { knock, openLink, TYPED } from '../circle';
import { all, circle, everybodyIn, everybodySees, gallery, get, links, nobodySees, seats, waiting, waitingFor } from './stage';

export function mishaps(): void {
  it('a reload of each role changes nothing', async () => {
    const before = await agree(all());
    for (const who of ['host', 'co', 'ana', 'bilal', 'gwen'] as const) {
      await get(who).page.reload();
      expect({ ...(await agree(all())), minutes: 0 }, who).toEqual({ ...before, minutes: 0 });
    }
  });

  it('ten seconds without a network: a hand that was put up then is up once afterwards', async () => {
    const ewa = get('ewa');
    const seat = (await seats()).get(TYPED.ewa) ?? '';
    const raisedBefore = circle().raisings(seat);
    const cut = performance.now();
    circle().ewasStreet.cut();
    await ewa.context.setOffline(true);
    await ewa.press('hand-raise');
    await ewa.sees('not-sent-yet', { count: 1 });
    // Where she is on the page, not only at its top.
    const message = await ewa.page.getByText(ewa.words('not-sent-yet', { count: 1 })).boundingBox();
    expect(message?.y).toBeGreaterThanOrEqual(0);
    expect(message?.y).toBeLessThan(600);
    // The others go on, and see that she is away.
    await get('host').page.locator('.people li.away').getByText(TYPED.ewa).waitFor();
    await get('bilal').press('hand-defer');
    await waitingFor(all().filter((person) => person !== ewa), 'dilys', 'bilal');
    await ewa.sees('trouble');
    await gallery.shoot('no-line', [ewa, get('host')]);
    await gallery.examine('no-line', [ewa]);
    await vi.waitUntil(() => performance.now() - cut >= 10_000, { timeout: 120_000, interval: 50 });
    circle().ewasStreet.mend();
    await ewa.context.setOffline(false);
    await ewa.sees('hand-lower');
    await ewa.readsNoMore(ewa.words('trouble'));
    await waiting('dilys', 'bilal', 'ewa');
    expect(await ewa.page.locator('.refusal').count()).toBe(0);
    expect(circle().raisings(seat)).toBe(raisedBefore + 1);
  });

  it('kill -9 and a new start: everybody is back by themselves, and all is as it was', async () => {
    const host = get('host');
    const before = await agree(all());
    const ends = await deadline(host);
    await circle().setroom.kill();
    await Promise.all(all().map((person) => person.page.locator('.line:not(.live)').waitFor()));
    await get('femi').press('hand-raise');
    await get('femi').sees('not-sent-yet', { count: 1 });
    await gallery.shoot('no-service', all('host', 'ana', 'femi'));
    await circle().setroom.start();
    await Promise.all(all().map((person) => person.page.locator('.line.live').waitFor()));
    await waiting('dilys', 'bilal', 'ewa', 'femi');
    const after = await agree(all());
    const seat = (await seats()).get(TYPED.femi);
    expect({ ...after, minutes: 0 }).toEqual({ ...before, queue: `${before.queue}\n${seat}`, minutes: 0 });
    expect(Math.abs((await deadline(host)) - ends)).toBeLessThan(10_000);
    await gallery.shoot('after-restart', all());
  });

  it('a second tab says that the set is open elsewhere, and can take over', async () => {
    const bilal = get('bilal');
    const first = bilal.page;
    const second = await bilal.secondTab();
    await second.goto(bilal.habits.origin + links().member.slice(links().member.indexOf('/j#')));
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
    const before = await agree(all());
    // The laptop dies, and its browser with all that it kept.
    await host.context.close();
    circle().people.delete('host');
    await co.page.locator('.people li.away').getByText(TYPED.host).waitFor();
    await co.press('add-2');
    const ends = await deadline(co);
    await agree(all());
    await co.page.close();
    circle().people.delete('co');
    const members = all();
    await Promise.all(members.map((person) => person.sees('hold-waiting-title')));
    expect((await agree(members)).calm).toBe('hold-title');
    await gallery.shoot('nobody-leads', members);
    await gallery.examine('nobody-leads', all('chidi', 'gwen'));
    // Back in another tab of the same browser: straight in, and the room goes on.
    co.page = await co.secondTab();
    await co.page.goto(co.habits.origin + links().co.slice(links().co.indexOf('/j#')));
    circle().people.set('co', co);
    await co.isIn('classic.explore');
    await Promise.all(members.map((person) => person.readsNoMore(person.words('hold-waiting-title'))));
    const after = await agree(all());
    // The host is away now.
    expect(after.people).toBe(before.people?.replace(TYPED.host, `${TYPED.host} away`));
    expect({ ...after, minutes: 0 }).toEqual({ ...before, people: after.people, minutes: 0 });
    // The clock stood still while the room held.
    expect(await deadline(co)).toBeGreaterThan(ends);
  });

  it('the host comes back on another device by the host link alone', async () => {
    const host = await circle().arrive('host');
    await openLink(host, links().host);
    await host.type('door-name', TYPED.host);
    await host.press('door-go-in');
    await host.isIn('classic.explore');
    await host.reads(TYPED.headline);
    await Promise.all(all('co', 'host').map((person) => person.page.locator('.people li.away').waitFor({ state: 'detached' })));
    await agree(all());
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
    circle().people.delete('femi');
    await waiting('dilys', 'ewa');
    const hana = await circle().arrive('hana');
    circle().people.delete('hana');
    await openLink(hana, links().member);
    await hana.type('door-name', TYPED.hana);
    await hana.press('door-ask');
    await hana.page.getByRole('heading', { name: new RegExp(`${hana.words('ended-auth')}|${hana.words('ended-link-changed')}`) }).waitFor();
    await gallery.shoot('old-link', [hana]);
    await host.press('more');
    await host.pressInSheet('links');
    const changed = await host.page.locator('#link-member').inputValue();
    expect(changed).not.toBe(links().member);
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
    circle().people.set('hana', hana);
    await agree(all());
    await waiting('dilys', 'ewa');
    await get('dilys').page.locator('details:has(.people) > summary').click();
    await get('dilys').reads(TYPED.hana);
  });

  it('the room is held, and goes on', async () => {
    const host = get('host');
    const before = await agree(all());
    await host.press('hold');
    await everybodySees('hold-title');
    await gallery.shoot('hold', all('host', 'ana', 'gwen'));
    await gallery.examine('hold', all('host'));
    await host.press('hold-release');
    await nobodySees('hold-title');
    expect({ ...(await agree(all())), minutes: 0 }).toEqual({ ...before, minutes: 0 });
  });

  it('a move is taken back, with queue and timer as if it had not been', async () => {
    const host = get('host');
    const before = await agree(all());
    const ends = await deadline(host);
    await host.moveOnTo('classic.pause');
    await everybodyIn('classic.pause');
    await host.press('undo');
    await everybodyIn('classic.explore');
    expect({ ...(await agree(all())), minutes: 0 }).toEqual({ ...before, minutes: 0 });
    expect(Math.abs((await deadline(host)) - ends)).toBeLessThan(10_000);
  });
}
