/**
 * The one place where what somebody asks of this page may fail: it is said in words, wherever they
 * are. What the server refuses comes back by the session instead.
 */

import { signal } from '@preact/signals';
import type { MessageId } from '../i18n';
import { report } from '../lib/faults';

/** What failed last, as a message; until the next thing is asked for, or it is dismissed. */
export const failure = signal<MessageId | undefined>(undefined);

/** Says that it failed. */
export function failed(fault: unknown, says: MessageId = 'failed'): void {
  failure.value = says;
  report(fault);
}

/** Does it now. What it throws, or rejects with later, is said. */
export function attempt(act: () => unknown): void {
  failure.value = undefined;
  try {
    const doing = act();
    if (doing instanceof Promise) doing.catch(failed);
  } catch (fault) {
    failed(fault);
  }
}
