/** Texts that somebody begins, for every form there is, and all that happens to a page meanwhile. */

import { expect } from 'vitest';
import type { MessageId } from '../../src/i18n';
import { Circle, knock, openLink, TYPED } from './circle';
import type { Person } from './person';

/** A form: where it is in the meeting, and what is typed into it. */
export interface Form {
  readonly kind: string;
  readonly template: string;
  readonly part: string;
  /** What makes this person's form of it. */
  readonly as?: 'presenter' | 'scribe';
  /** By the label of each field. */
  readonly fields: Readonly<Partial<Record<MessageId, string>>>;
  /** A choice beside them. */
  readonly choice?: MessageId;
  /** What sends it. */
  readonly send: MessageId;
}

const line = (kind: string, template: string, part: string, as?: Form['as']): Form => ({
  kind,
  template,
  part,
  ...(as && { as }),
  fields: { [`write-${kind}`]: `half a ${kind} qu` },
  send: 'write-send',
});

export const FORMS: readonly Form[] = [
  {
    kind: 'bid',
    template: 'wial',
    part: 'bids',
    fields: { 'write-bid': 'a handover that keeps g', 'bid-minutes': '35' },
    choice: 'bid-pressing-3',
    send: 'bid-offer',
  },
  line('skill', 'wial', 'wial.skill'),
  line('headline', 'wial', 'wial.problem', 'presenter'),
  line('sentence', 'wial', 'wial.write'),
  {
    kind: 'action',
    template: 'wial',
    part: 'wial.act',
    fields: {
      'action-what': 'Stand at one hand',
      'action-by': '2031-07-19',
      'action-first': 'Text the sis',
      'action-help': 'My neighbour w',
    },
    send: 'action-keep',
  },
  line('learning', 'wial', 'wial.learn'),
  line('reflection', 'wial', 'process_review'),
  line('question', 'gossip', 'gossip.explore'),
  line('scribe', 'classic', 'classic.explore', 'scribe'),
];

/** A host and a member in a set that works by this template. The meeting has begun. */
export class Pair {
  readonly circle: Circle;
  readonly host: Person;
  readonly ana: Person;
  /** The link that members come by. */
  readonly link: string;

  private constructor(circle: Circle, host: Person, ana: Person, link: string) {
    this.circle = circle;
    this.link = link;
    this.host = host;
    this.ana = ana;
  }

  static async meet(template: string): Promise<Pair> {
    const circle = await Circle.gather();
    const [host, ana] = [await circle.arrive('host'), await circle.arrive('ana')];
    await host.page.goto(`${host.habits.origin}/`);
    await host.press('landing-host-button');
    await host.type('setup-set-name', TYPED.title);
    await host.type('setup-own-name', TYPED.host);
    await host.page.locator('details.folded > summary').click();
    await host.page.locator(`#template-${template}`).check();
    await host.press('setup-create');
    const link = await host.page.locator('#link-member').inputValue();
    await host.press('go-to-room');
    // What stands before the set in the tab's history.
    await ana.page.goto(`${ana.habits.origin}/selftest.html`);
    await openLink(ana, link);
    await knock(ana);
    await host.press('admit-name', { name: ana.name });
    await ana.press('charter-agree');
    return new Pair(circle, host, ana, link);
  }

  async start(): Promise<void> {
    await this.host.press('start');
    await this.ana.isIn('settle');
  }

  /** Goes to this part, wherever the meeting is. */
  async goTo(part: string): Promise<void> {
    await this.host.press('more');
    await this.host.pressInSheet('parts-open');
    await this.host.page.locator(`dialog[open] li[data-part="${part}"] button`).first().click();
    await Promise.all([this.host, this.ana].map((person) => person.isIn(part)));
  }

  /** Brings Ana to this form. */
  async comeTo({ part, as }: Form): Promise<void> {
    await this.goTo(part);
    if (as === undefined) return;
    await this.host.press('options-for', { name: this.ana.name });
    const choose = this.host.button(`${as}-choose`);
    const is = this.host.button(`${as}-none`);
    await choose.or(is).waitFor();
    // It may be her still.
    await this.host.pressInSheet((await is.isVisible()) ? 'close-sheet' : `${as}-choose`);
  }
}

export async function fill(of: Person, { fields, choice }: Form): Promise<void> {
  for (const [label, text] of Object.entries(fields)) {
    // oxlint-disable-next-line no-await-in-loop -- as people type
    await of.page.getByLabel(of.words(label as MessageId), { exact: true }).last().fill(text);
  }
  if (choice !== undefined) await of.choose(choice);
}

/** What stands in the form now; undefined where there is none. */
export async function standing(of: Person, { fields, choice }: Form): Promise<object | undefined> {
  const found: Record<string, string | boolean> = {};
  for (const label of Object.keys(fields) as MessageId[]) {
    const field = of.page.getByLabel(of.words(label), { exact: true });
    // oxlint-disable-next-line no-await-in-loop -- one field after the other
    if ((await field.count()) === 0) return undefined;
    // oxlint-disable-next-line no-await-in-loop -- one field after the other
    found[label] = await field.last().inputValue();
  }
  if (choice !== undefined) found[choice] = await of.page.getByLabel(of.words(choice), { exact: true }).isChecked();
  return found;
}

export const typedInto = ({ fields, choice }: Form): object => ({ ...fields, ...(choice && { [choice]: true }) });

/** The words that an offer and a list show of it. */
export const wordsOf = ({ fields }: Form): string => Object.values(fields)[0] ?? '';

const button = (of: Person, name: string) => of.page.getByRole('button', { name, exact: true });

/** What happens while a text is half typed; each leaves the meeting where it was. */
export const EVENTS: Readonly<Record<string, (pair: Pair, form: Form) => Promise<unknown>>> = {
  'Hold and Go on': async ({ host, ana }) => {
    await host.press('hold');
    await ana.sees('hold-title');
    await host.press('hold-release');
    await ana.readsNoMore(ana.words('hold-title'));
  },
  'a look at one’s own actions': async ({ ana }) => {
    await ana.press('menu');
    await ana.pressInSheet('my-actions');
    await ana.sees('my-actions-lead');
    await ana.press('back-to-room');
    await ana.readsNoMore(ana.words('my-actions-lead'));
  },
  'an open dialog': async ({ ana }) => {
    await ana.press('menu');
    await ana.pressInSheet('menu-help');
    await ana.pressInSheet('close-sheet');
  },
  'the other language and back': async ({ ana }) => {
    await ana.press('menu');
    await button(ana, 'Cymraeg').click();
    await button(ana, 'English').click();
    await ana.pressInSheet('close-sheet');
  },
  'a silence': async ({ host, ana }) => {
    await host.press('silence');
    await ana.sees('silence-title');
    await host.press('silence-end');
  },
  'a line that is cut': async ({ circle, host, ana }) => {
    circle.street.cut();
    circle.street.mend();
    // Whatever comes next waits for the line.
    await Promise.all([host, ana].map((person) => person.readsNoMore(person.words('trouble'))));
  },
  'Next and Undo': async ({ host, ana }, { part }) => {
    await host.page.locator('footer.dock button').first().click();
    await ana.page.locator(`nav.phases:not([data-part="${part}"])`).waitFor();
    await host.press('undo');
    await ana.isIn(part);
  },
  'a reload': async ({ ana }, { part }) => {
    await ana.page.reload();
    await ana.isIn(part);
  },
  'Back and Forward': async ({ ana }, { part }) => {
    await ana.page.goBack();
    await ana.page.goForward();
    await ana.isIn(part);
  },
};

/** Puts it on the clipboard and pastes it, as people do; a field's own way to cut it off would be used. */
export async function paste(of: Person, label: MessageId, text: string): Promise<void> {
  await of.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await of.page.evaluate((text) => navigator.clipboard.writeText(text), text);
  const field = of.page.getByLabel(of.words(label), { exact: true }).last();
  await field.focus();
  await field.selectText();
  await of.page.keyboard.press('Control+V');
  await expect.poll(() => field.inputValue().then(({ length }) => length)).not.toBe(0);
}
