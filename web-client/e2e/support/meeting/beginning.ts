/** From settling in to the running order. */

import { expect, it } from 'vitest';
import { agree } from '../agreement';
import { MEMBERS, TYPED, type Who } from '../circle';
import { ALL, all, each, everybodyIn, everybodyReads, everybodySees, floor, gallery, get, roundOrder, turn } from './stage';

export function beginning(): void {
  it('settle: everybody says when they are ready', async () => {
    const host = get('host');
    await host.press('start');
    await everybodyIn('settle');
    await each(MEMBERS, (person) => person.press('tick-settle'));
    await each(MEMBERS, (person) => person.sees('tick-undo'));
    await expect.poll(() => host.page.getByText(host.words('has-ticked'), { exact: true }).count()).toBe(6);
    await agree(all());
    await gallery.shoot('settle', all('host', 'ana', 'dilys'));
  });

  it('check-in: a round, with a pass and a "come back to me"', async () => {
    const host = get('host');
    await host.moveOnTo('check_in');
    await everybodyIn('check_in');
    const order = await roundOrder();
    // Members first, each facilitator's in the order in which they let them in; then who has the controls.
    expect(order.slice(6)).toEqual(['co', 'host']);
    const letIn = (by: readonly Who[]): unknown => order.filter((who) => by.some((one) => one === who));
    expect(letIn(['ana', 'bilal', 'chidi', 'ewa'])).toEqual(['ana', 'bilal', 'chidi', 'ewa']);
    expect(letIn(['dilys', 'femi'])).toEqual(['dilys', 'femi']);
    const [first, second, third, ...others] = order as [Who, Who, Who, ...Who[]];
    await turn(first);
    await gallery.shoot('round', all());
    await gallery.examine('round', all('host', 'ana', 'bilal'));
    await get(first).press('turn-end');
    await turn(second);
    await get(second).press('turn-pass');
    await turn(third);
    await get(third).press('turn-later-me');
    for (const who of others) {
      await turn(who);
      await get(who).press('turn-end');
    }
    await turn(third);
    // Somebody on the phone cannot press: the facilitator does.
    await host.press('round-done-for', { name: TYPED[third] });
    await floor();
  });

  it('charter: each agrees', async () => {
    const host = get('host');
    await host.moveOnTo('charter');
    await everybodyIn('charter');
    await gallery.shoot('charter', all('host', 'chidi', 'gwen'));
    await gallery.examine('charter', all('host', 'gwen'));
    await each(ALL, (person) => person.press('charter-agree'));
    await everybodySees('charter-count', { count: 9, all: 9 });
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
    await gallery.shoot('action-review', all('host', 'ana'));
    await gallery.examine('action-review', [ana]);
    const [first, second] = (await roundOrder()) as [Who, Who];
    await turn(first);
    await host.press('round-done-for', { name: TYPED[first] });
    await turn(second);
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
    await everybodyReads(TYPED.otherBid);
    const { table } = await agree(all());
    expect(table).toContain(TYPED.bid);
    await gallery.shoot('bids', all());
    await gallery.examine('bids', all('ana', 'chidi'));
    await host.press('more');
    await host.pressInSheet('order');
    await host.pressInSheet('order-in', { name: TYPED.ana });
    await host.pressInSheet('order-in', { name: TYPED.bilal });
    await gallery.shoot('order', [host]);
    await gallery.examine('order', [host]);
    await host.pressInSheet('order-set');
  });
}
