/** Somebody of a set at a window of any engine, with a way of their own to the service. */

import type { MessageId } from '../../src/i18n';
import type { Tab } from './engines';
import { button, comeTo, heading } from './making';
import { shows } from './service';
import { speech } from './speech';
import type { Street } from './street';

type Args = Readonly<Record<string, string | number>>;

export class Someone {
  readonly name: string;
  readonly tab: Tab;
  readonly street: Street;

  constructor(name: string, tab: Tab, street: Street) {
    this.name = name;
    this.tab = tab;
    this.street = street;
  }

  /** What `agree` reads. */
  get page(): Tab {
    return this.tab;
  }

  words(id: MessageId, args?: Args): string {
    return speech('en', id, args);
  }

  press(id: MessageId, args?: Args): Promise<void> {
    return this.tab.click(button(this.words(id, args)));
  }

  type(id: MessageId, text: string): Promise<void> {
    return this.tab.type({ label: this.words(id) }, text);
  }

  /** Waits until the page shows this. */
  reads(text: string): Promise<void> {
    return shows(this.tab, text);
  }

  sees(id: MessageId, args?: Args): Promise<void> {
    return this.reads(this.words(id, args));
  }

  /** Waits until the meeting is in this part on the screen. */
  isIn(part: string): Promise<void> {
    return this.tab.until((id) => document.querySelector('nav.phases')?.getAttribute('data-part') === id, part);
  }

  /** Waits until the line to the service is there, or is not. */
  isLive(wanted = true): Promise<void> {
    return this.tab.until((is) => (document.querySelector('.line.live') !== null) === is, wanted);
  }

  /** By the link, pasted, to the door of the set. */
  knocks(link: string): Promise<void> {
    return comeTo(this.tab, this.street.origin, link, this.name);
  }

  /** One page back, where the check page is, and forward again. */
  async backAndForward(): Promise<void> {
    await this.tab.back();
    await heading(this.tab, this.words('selftest-title'));
    await this.tab.forward();
  }
}
