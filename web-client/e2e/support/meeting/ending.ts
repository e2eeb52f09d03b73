/** From the quiet pause to what remains afterwards. */

import { expect, it } from 'vitest';
import { agree } from '../agreement';
import { TYPED } from '../circle';
import { all, circle, everybodyIn, everybodySees, floor, gallery, get, roundOrder, searched } from './stage';

const onDisk = (text: (ending: string) => string): string => text('.sqlite3') + text('-wal');

/** The locked texts that do not outlive the meeting. */
const destroyed = (): string[] =>
  ['headline', 'bid', 'scribe', 'reflection'].flatMap((kind) => circle().boxes(kind));

export function ending(): void {
  it('a quiet pause', async () => {
    await get('host').moveOnTo('classic.pause');
    await everybodyIn('classic.pause');
    expect((await agree(all())).calm).toBe('silence-title');
    await gallery.shoot('quiet', all('host', 'ana', 'chidi', 'gwen'));
    await gallery.examine('quiet', all('host', 'chidi'));
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
    const others = all().filter((person) => person !== ana);
    await Promise.all(others.map((person) => person.reads(TYPED.what)));
    await Promise.all(others.map((person) => person.reads(TYPED.stakeholders)));
    await agree(all());
    await gallery.shoot('act', all());
    await gallery.examine('act', all('host', 'ana', 'ewa'));
  });

  it('resonance: a round in which the presenter receives', async () => {
    const host = get('host');
    await host.moveOnTo('classic.resonance');
    await everybodyIn('classic.resonance');
    await get('ana').sees('dock-listening');
    const order = await roundOrder();
    // Who came late comes last; whoever presents, and whoever facilitates, receives.
    expect(order.toSorted()).toEqual(['bilal', 'chidi', 'dilys', 'ewa', 'hana']);
    expect(order.at(-1)).toBe('hana');
    for (const who of order) {
      await floor(who);
      await get(who).press('turn-end');
    }
    await floor();
    await gallery.shoot('resonance', all('host', 'ana', 'hana'));
  });

  it('review: the presenter first, for themselves alone', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.moveOnTo('classic.review');
    await everybodyIn('classic.review');
    await ana.type('write-reflection', TYPED.reflection);
    await ana.press('write-send');
    await ana.sees('write-unseen');
    await gallery.shoot('review', all('host', 'ana'));
    await gallery.examine('review', [ana]);
  });

  it('process review and closing round', async () => {
    const [host, bilal] = [get('host'), get('bilal')];
    await host.moveOnTo('process_review');
    await everybodyIn('process_review');
    await bilal.type('write-reflection', TYPED.review);
    await bilal.press('write-send');
    await bilal.sees('write-unseen');
    await gallery.shoot('process-review', all('host', 'bilal'));
    await host.moveOnTo('close');
    await everybodyIn('close');
    await agree(all());
    await gallery.shoot('closing', all('host', 'ana'));
  });

  it('nothing that was typed can be read by whoever runs the service', async () => {
    const text = await searched('before the close');
    expect(text('-wal').length).toBeGreaterThan(0);
    // Locked, it is all there: a tick means that it is on disk.
    expect([...destroyed(), ...circle().boxes('action')].filter((box) => !onDisk(text).includes(box))).toEqual([]);
  });

  it('close: own actions remain, and the receipt says what does not', async () => {
    const [host, ana] = [get('host'), get('ana')];
    await host.press('close-meeting');
    await gallery.shoot('before-close', [host]);
    await gallery.examine('before-close', [host]);
    await host.pressInSheet('close-do');
    await everybodySees('summary-title');
    await everybodySees('receipt-title');
    for (const text of [TYPED.what, TYPED.first, TYPED.help, TYPED.stakeholders, TYPED.old]) await ana.reads(text);
    for (const person of all()) {
      await person.readsNoMore(TYPED.headline);
      if (person === ana) continue;
      await person.sees('summary-no-actions');
      await person.readsNoMore(TYPED.what);
    }
    await gallery.shoot('closed', all());
    await gallery.examine('closed', all('host', 'ana', 'chidi', 'gwen'));
    await ana.page.reload();
    await ana.reads(TYPED.what);
  });

  it('nothing that was typed can be read by whoever runs the service, afterwards', async () => {
    const text = await searched('after the close');
    // And what the receipt calls destroyed is on no disk any more, locked or not.
    expect(destroyed().filter((box) => onDisk(text).includes(box))).toEqual([]);
  });

  it('no page asked anybody else for anything, or complained', () => {
    expect(circle().traffic.elsewhere).toEqual([]);
    for (const { name, complaints } of circle().everybody) {
      expect({ name, ...complaints }).toEqual({ name, policy: [], errors: [] });
    }
  });

  it('everybody can use every screen, in light and in dark', () => {
    expect(gallery.faults).toEqual([]);
  });
}
