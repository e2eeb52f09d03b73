/** Somebody who uses the keyboard alone. */

import type { Locator } from 'playwright-core';
import type { MessageId } from '../../src/i18n';
import { Person } from './person';

type Args = Readonly<Record<string, string | number>>;

/** More presses of Tab than any screen has places to go to. */
const ENOUGH = 120;

export class Keyboard {
  readonly person: Person;

  constructor(person: Person) {
    this.person = person;
  }

  /** Goes to `place` with Tab, wherever the focus is now; round the page once at most. */
  async goTo(place: Locator): Promise<void> {
    await place.waitFor();
    const { keyboard } = this.person.page;
    for (let pressed = 0; pressed < ENOUGH; pressed += 1) {
      if (await place.evaluate((element) => element === document.activeElement)) return;
      await keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${String(place)}`);
  }

  /** Goes to a button and presses it. */
  async press(id: MessageId, args?: Args, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
    await this.goTo(this.person.button(id, args).and(this.person.page.locator(':not([aria-disabled])')));
    await this.person.page.keyboard.press(key);
  }

  /** The same in the dialog that is open. */
  async pressInSheet(id: MessageId, args?: Args): Promise<void> {
    const name = this.person.words(id, args);
    await this.goTo(this.person.page.locator('dialog[open]').getByRole('button', { name, exact: true }));
    await this.person.page.keyboard.press('Enter');
  }

  /** Goes to a field and types. */
  async type(id: MessageId, text: string): Promise<void> {
    await this.goTo(this.person.page.getByLabel(this.person.words(id), { exact: true }).last());
    await this.person.page.keyboard.type(text);
  }

  /** Chooses one of several: Tab leads to the group, arrows within it. */
  async choose(id: MessageId): Promise<void> {
    const { page } = this.person;
    const choice = page.getByLabel(this.person.words(id), { exact: true }).last();
    const name = await choice.getAttribute('name');
    const all = page.locator(`input[name="${name}"]`);
    const chosen = all.and(page.locator(':checked'));
    await this.goTo((await chosen.count()) > 0 ? chosen : all.first());
    const many = await all.count();
    for (let moved = 0; moved < many; moved += 1) {
      if (await choice.isChecked()) return;
      await page.keyboard.press('ArrowDown');
    }
    throw new Error(`arrows do not lead to ${id}`);
  }

  /** After something was done, the focus is still somewhere: not on the page as a whole. */
  async isSomewhere(): Promise<void> {
    await this.person.page.waitForFunction(
      () => document.activeElement !== null && !['BODY', 'HTML'].includes(document.activeElement.tagName),
      undefined,
      { timeout: 30_000 },
    );
  }
}
