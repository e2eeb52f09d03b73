/** This page's answer of the form: what was marked, and whether the service holds what was sent. */

import { effect, type Signal, signal, untracked } from '@preact/signals';
import type { Session } from '../../session';
import type { MeetingId } from '../../wire.gen';
import { report } from '../../lib/faults';
import type { Ratings } from './rules';

interface Sent {
  readonly text: string;
  /** The key under which it was sent; there is another one now where it was taken out. */
  readonly epoch: number;
  /** Whether the service took it on the line that there is now. */
  readonly counts: boolean;
}

export interface Held {
  readonly meeting: MeetingId;
  readonly given: Ratings;
  readonly sent?: Sent;
}

export type Answering = Pick<Session, 'line' | 'trouble' | 'shared' | 'answerForm'>;

/** Whether the line is there: one that is late has not gone, and brings no other service. */
function isThere({ line, trouble }: Answering): boolean {
  return line.value === 'live' || trouble.value?.is === 'late';
}

/** What was marked on this page: the close changes the screen and takes no mark away. Nowhere else, and gone with it. */
const HELD = new WeakMap<Answering, Signal<Held | undefined>>();

/**
 * What this page holds. Answers wait in the memory of the service alone, so where the line was gone it may have
 * begun anew without them: then what was sent is sent once more, and counts no more until that is done.
 */
export function heldOf(session: Answering): Signal<Held | undefined> {
  const known = HELD.get(session);
  if (known !== undefined) return known;
  const held = signal<Held | undefined>(undefined);
  HELD.set(session, held);
  const counts = (sent: Sent, is: boolean): void => {
    const now = held.peek();
    // Another one may have been sent meanwhile.
    if (now?.sent?.text === sent.text && now.sent.epoch === sent.epoch) held.value = { ...now, sent: { ...sent, counts: is } };
  };
  /** Sends it once more, where it may still be: what has come with the line is seen by then. */
  const again = async (): Promise<void> => {
    await Promise.resolve();
    const [now, shared] = [held.peek(), session.shared.peek()];
    const sent = now?.sent;
    if (sent === undefined || sent.counts || shared?.meeting !== now?.meeting || shared?.epoch !== sent.epoch) return;
    if (Object.keys(shared.form ?? {}).length > 0) return;
    const answer = await session.answerForm(sent.text, true);
    if (answer.ok && isThere(session)) counts(sent, true);
  };
  effect(() => {
    const live = isThere(session);
    const sent = held.peek()?.sent;
    if (sent === undefined) return;
    // Nobody pressed anything: what is refused is not said. The words beside it say what they say until it counts.
    if (live) again().catch(report);
    else counts(sent, false);
  });
  return held;
}

/** Sends what was marked. */
export async function sends(session: Answering, meeting: MeetingId, epoch: number): Promise<void> {
  const held = heldOf(session);
  const given = held.peek()?.given ?? {};
  const text = JSON.stringify(given);
  const answer = await session.answerForm(text);
  const now = held.peek();
  if (answer.ok && now?.meeting === meeting) held.value = { ...now, sent: { text, epoch, counts: untracked(() => isThere(session)) } };
}
