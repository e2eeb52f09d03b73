/** A presenter, hands, and the clock. */

import { expect, it } from 'vitest';
import { agree, deadline } from '../agreement';
import { TYPED } from '../circle';
import { ALL, all, everybodyIn, everybodyReads, everybodySees, floor, gallery, get, nobodySees, raised, waiting } from './stage';

export function slot(): void {
  it('present: the presenter writes the issue in one line', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.moveOnTo('classic.present');
    await everybodyIn('classic.present');
    expect((await agree(all())).presenter).toBe(TYPED.ana);
    await ana.type('write-headline', TYPED.headline);
    await ana.press('write-send');
    await everybodyReads(TYPED.headline);
    await agree(all());
    await gallery.shoot('present', all('host', 'ana', 'chidi', 'gwen'));
    await gallery.examine('present', all('ana', 'gwen'));
  });

  it('clarify: hands in one order, a settle gap, and the presenter is ready', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.moveOnTo('classic.clarify');
    await everybodyIn('classic.clarify');
    await get('bilal').raiseHand('clarify');
    await floor('bilal');
    // For how long, is for those who run the meeting.
    await expect.poll(() => host.page.locator('[data-turn-time]').innerText()).toMatch(/^Bilal.* 0:0[1-9]\.$/);
    expect(await ana.page.locator('[data-turn-time]').count()).toBe(0);
    await everybodySees('kind-clarify');
    for (const who of ['chidi', 'dilys', 'ewa'] as const) {
      await get(who).raiseHand();
      await get(who).sees('hand-lower');
    }
    await waiting('chidi', 'dilys', 'ewa');
    await gallery.shoot('clarify', all());
    await gallery.examine('clarify', all('host', 'ana', 'bilal', 'ewa'));
    await get('bilal').press('ask-end');
    await everybodySees('settling');
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
    await gallery.shoot('thinking', all());
    await get('dilys').press('ask-end');
    await ana.press('say-ready');
    await floor('ewa');
    await ana.press('say-pass');
    await everybodySees('says-pass');
  });

  it('the clock is paused, runs on, and gets two minutes more', async () => {
    const host = get('host');
    const before = await deadline(host);
    await host.press('pause');
    await everybodySees('time-paused');
    await host.press('resume');
    await nobodySees('time-paused');
    await host.press('add-2');
    await expect.poll(async () => (await deadline(host)) - before).toBeGreaterThan(110_000);
    await agree(all());
  });

  it('the scribe takes a line down', async () => {
    const chidi = get('chidi');
    await floor('chidi');
    await chidi.type('write-scribe', TYPED.scribe);
    await chidi.press('write-send');
    await everybodyReads(TYPED.scribe);
    await raised('bilal', 'explore');
    await raised('dilys', 'challenge');
    await waiting('bilal', 'dilys');
    await gallery.shoot('explore', all());
    await gallery.examine('explore', all('host', 'ana', 'chidi', 'gwen'));
  });
}
