/**
 * A page that is older than the service: it says so in words, and nothing that was typed is lost when
 * it is loaded anew. The page of today stands for the older one, on a line that answers as a newer
 * service does. The older ones themselves, as they were shipped, in every engine: `pages-shipped.e2e.ts` and
 * `pages-shipped-rooms.e2e.ts`. What they are answered, frame by frame: `server/tests/it/old_pages.rs`.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Circle, knock, openLink, TYPED } from './support/circle';
import { Gallery } from './support/gallery';
import type { Person } from './support/person';

const gallery = new Gallery('old-page');
let circle: Circle;
let host: Person;
let ana: Person;
let waiting: Person;
/** How the service answers everybody who comes from now on. */
let service: 'same' | 'other build' | 'other version' = 'same';

/** From now on this person's lines go by `service`. */
async function follow(person: Person): Promise<void> {
  await person.page.routeWebSocket(/\/ws$/, (line) => {
    if (service === 'other version') {
      line.send(JSON.stringify({ t: 'hello', challenge: 'A'.repeat(43), build: 'newer' }));
      line.onMessage(() => void line.close({ code: 4426, reason: 'old_client' }));
      return;
    }
    const far = line.connectToServer();
    const anew = service === 'other build';
    far.onMessage((frame) => line.send(anew ? String(frame).replace(/"build":"[^"]*"/, '"build":"newer"') : frame));
  });
}

/** The service is renewed: every line is lost, and the next one leads to this. */
function renew(as: typeof service): void {
  service = as;
  circle.street.cut();
  circle.street.mend();
}

const bid = (person: Person) => person.page.getByLabel(person.words('write-bid'), { exact: true });

beforeAll(async () => {
  circle = await Circle.gather();
  [host, ana, waiting] = [await circle.arrive('host'), await circle.arrive('ana'), await circle.arrive('bilal')];
  await Promise.all([host, ana, waiting].map(follow));
  await host.page.goto(`${host.habits.origin}/`);
  await host.press('landing-host-button');
  await host.type('setup-set-name', TYPED.title);
  await host.type('setup-own-name', TYPED.host);
  await host.press('setup-create');
  const link = await host.page.locator('#link-member').inputValue();
  await host.press('go-to-room');
  await openLink(ana, link);
  await knock(ana);
  await host.press('admit-name', { name: ana.name });
  await ana.sees('gathering-title');
  await openLink(waiting, link);
  await knock(waiting);
  await host.press('start');
  for (const part of ['check_in', 'charter', 'bids']) {
    await host.moveOnTo(part);
    await Promise.all([host, ana].map((person) => person.isIn(part)));
    if (part === 'charter') await ana.press('charter-agree');
  }
  await bid(ana).fill(TYPED.bid);
  await ana.choose('bid-pressing-3');
  await host.page.getByText(host.words('write-too')).click();
  await bid(host).fill(TYPED.otherBid);
});
afterAll(() => circle.scatter());

const TYPED_BY_BOTH = { ana: TYPED.bid, pressing: true, host: TYPED.otherBid };

/** What both have in their forms. */
async function inForms(): Promise<object> {
  if (!(await bid(host).isVisible())) await host.page.getByText(host.words('write-too')).click();
  const pressing = await ana.page.getByLabel(ana.words('bid-pressing-3'), { exact: true }).isChecked();
  return { ana: await bid(ana).inputValue(), pressing, host: await bid(host).inputValue() };
}

describe('what was typed and not sent', () => {
  it('is there again when the meeting has moved on and back, was held, and after a look at one’s own actions', async () => {
    await host.press('next-part', { part: host.partName('classic.present') });
    await ana.isIn('classic.present');
    await host.press('undo');
    await ana.isIn('bids');
    await expect.poll(inForms).toEqual(TYPED_BY_BOTH);
    await host.press('hold');
    await ana.sees('hold-title');
    await host.press('hold-release');
    await expect.poll(inForms).toEqual(TYPED_BY_BOTH);
    await ana.press('menu');
    await ana.pressInSheet('my-actions');
    await ana.press('back-to-room');
    await expect.poll(inForms).toEqual(TYPED_BY_BOTH);
  });

  // fault: F32 — a page that learns of a newer one keeps what was typed until it is loaded anew
  it('stays while the page says that there is a newer one, and is there once it is loaded', async () => {
    renew('other build');
    await Promise.all([host, ana].map((person) => person.sees('new-build')));
    await gallery.shoot('newer', [host, ana]);
    await gallery.examine('newer', [host, ana]);
    await expect.poll(inForms).toEqual(TYPED_BY_BOTH);
    await Promise.all([host, ana].map((person) => person.press('reload')));
    await Promise.all([host, ana].map((person) => person.isIn('bids')));
    await expect.poll(inForms).toEqual(TYPED_BY_BOTH);
  });

  // fault: F32 — a page that is not served any more loses nothing by the reload it is told of
  it('is there after the reload that a service of another version asks for', async () => {
    renew('other version');
    await Promise.all([host, ana, waiting].map((person) => person.sees('ended-old-client')));
    await gallery.shoot('other-version', [host, ana, waiting]);
    await gallery.examine('other-version', [ana]);
    service = 'same';
    await Promise.all([host, ana, waiting].map((person) => person.press('reload')));
    await Promise.all([host, ana].map((person) => person.isIn('bids')));
    await expect.poll(inForms).toEqual(TYPED_BY_BOTH);
    // Who waited waits on, under the same name.
    await waiting.sees('lobby-title');
    await host.page.getByText(waiting.name).waitFor();
  });

  it('is gone once it is sent', async () => {
    await ana.press('bid-offer');
    await host.reads(TYPED.bid);
    await ana.press('bid-withdraw');
    await host.readsNoMore(TYPED.bid);
    await ana.page.reload();
    await ana.isIn('bids');
    expect(await bid(ana).inputValue()).toBe('');
  });
});

it('nothing was broken on the way', () => {
  expect(gallery.faults).toEqual([]);
  for (const { name, complaints } of circle.everybody) {
    expect({ name, policy: complaints.policy, errors: complaints.errors }).toEqual({ name, policy: [], errors: [] });
  }
});
