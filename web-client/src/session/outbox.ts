/**
 * What was asked and is not yet on disk. Each command keeps its client-made id until the server
 * says *done* or *refused*, across any number of connections, so that it happens once.
 *
 * Refusals that time alone heals (busy, not saved, too fast) are not answers: the same command
 * goes out again after a wait. Everything lives in memory; a reload loses what was not sent.
 */

import { signal } from '@preact/signals';
import { Backoff } from '../lib/backoff';
import { toB64u } from '../seal/bytes';
import type { ClientFrame, Command, CommandId, Seq, ServerFrame } from '../wire.gen';
import type { Answer, Unsent } from './types';
import type { World } from './world';

/** After so long without an answer on a live line, people are told. */
const LATE_MS = 5_000;
/** After so long the line is taken for one that hears and cannot speak. */
const STUCK_MS = 15_000;
const GONE: Answer = { ok: false, code: 'gone' };

/** One command on its way. */
export interface Errand {
  readonly cid: CommandId;
  readonly name: Command['c'];
  /** The place on the screen when it was asked. */
  readonly seen: Seq;
  readonly since: number;
  /** Not shown as unsent: nobody pressed anything. */
  readonly quiet: boolean;
}

interface Sending {
  /** Others wait until it is answered: then that it cannot be saved is an answer, for what they ask may be saved. */
  readonly held?: boolean;
  /** Whether it may go out still. Once it may not, it is over. */
  readonly stands?: () => boolean;
}

interface Waiting extends Errand {
  command?: Command | undefined;
  answer?: ((answer: Answer) => void) | undefined;
  /** When it went out on the present connection; undefined when it has not. */
  sentAt?: number | undefined;
  backoff?: Backoff;
  cancel?: (() => void) | undefined;
  /** The last answer was that it could not be saved. */
  notSaved?: boolean;
  how?: Sending;
}

export class Outbox {
  /** What people asked for and is not on disk, oldest first. */
  readonly unsent = signal<readonly Unsent[]>([]);
  /** Whether an answer is overdue on a line that seems live. */
  readonly late = signal(false);
  readonly #world: World;
  readonly #send: (frame: ClientFrame) => void;
  readonly #stuck: () => void;
  readonly #errands = new Map<CommandId, Waiting>();
  #open = false;
  #unwatch: (() => void) | undefined;

  /** `send` puts a frame on the line, `stuck` is told when the line seems to take nothing. */
  constructor(world: World, send: (frame: ClientFrame) => void, stuck: () => void) {
    this.#world = world;
    this.#send = send;
    this.#stuck = stuck;
  }

  /** Takes an errand on. It may wait for a key before there is a command to send. */
  take(name: Command['c'], seen: Seq, quiet = false): Errand {
    const cid = toB64u(this.#world.random(16)) as CommandId;
    const errand = { cid, name, seen, quiet, since: this.#world.time.monotonic() };
    this.#errands.set(cid, errand);
    this.#show();
    return errand;
  }

  /** Sends an errand's command, again and again if need be, until there is an answer. */
  send(errand: Errand, command: Command, how?: Sending): Promise<Answer> {
    const waiting = this.#errands.get(errand.cid);
    if (waiting === undefined) return Promise.resolve(GONE);
    return new Promise((answer) => {
      this.#post(Object.assign(waiting, { command, how, answer }));
    });
  }

  /** The errand is over, well or badly. Whoever waits for its answer gets none. */
  drop({ cid }: Errand): void {
    const waiting = this.#errands.get(cid);
    this.#errands.delete(cid);
    waiting?.cancel?.();
    waiting?.answer?.(GONE);
    this.#show();
    this.#watch();
  }

  /** Whether this browser asked for it and has had no answer yet. */
  has(cid: CommandId | undefined): boolean {
    return cid !== undefined && this.#errands.has(cid);
  }

  /**
   * Takes it that commands of this name are done. False when there was none: whoever leaves is
   * closed out before there could be an answer.
   */
  conclude(name: Command['c']): boolean {
    const errands = [...this.#errands.values()].filter((errand) => errand.name === name);
    for (const { answer } of errands) answer?.({ ok: true });
    return errands.length > 0;
  }

  /** The room can be spoken to: everything unanswered goes out, with its old id. */
  flush(): void {
    if (this.#open) return;
    this.#open = true;
    for (const errand of this.#errands.values()) this.#post(errand);
  }

  /** The line is gone. */
  pause(): void {
    this.#open = false;
    for (const errand of this.#errands.values()) errand.sentAt = undefined;
    this.#watch();
  }

  /** Takes an answer in. */
  answered(frame: ServerFrame & { t: 'done' | 'refused' }): void {
    const errand = frame.cid === undefined ? undefined : this.#errands.get(frame.cid);
    if (errand?.answer === undefined) return;
    errand.sentAt = undefined;
    const later = frame.t === 'refused' && frame.temporary;
    if (later) {
      errand.notSaved = frame.code === 'not_saved';
      this.#show();
    }
    if (later && !(errand.notSaved && errand.how?.held)) {
      errand.backoff ??= new Backoff(this.#world.chance);
      errand.cancel = this.#world.after(errand.backoff.next(), () => this.#post(errand));
    } else {
      errand.command = undefined;
      const answer = errand.answer;
      errand.answer = undefined;
      answer(frame.t === 'done' ? { ok: true } : { ok: false, code: frame.code });
    }
    this.#watch();
  }

  /** Nothing will be answered any more, or nothing of this name. */
  abandon(name?: Command['c']): void {
    for (const errand of this.#errands.values()) if (name === undefined || errand.name === name) this.drop(errand);
  }

  #post(errand: Waiting): void {
    errand.cancel?.();
    errand.cancel = undefined;
    if (!this.#open || errand.command === undefined) return;
    if (errand.how?.stands?.() === false) return this.drop(errand);
    errand.sentAt = this.#world.time.monotonic();
    this.#send({ t: 'do', cid: errand.cid, seen: errand.seen, cmd: errand.command });
    if (this.#unwatch === undefined) this.#watch();
  }

  #show(): void {
    const shown = [...this.#errands.values()].filter((errand) => !errand.quiet);
    this.unsent.value = shown.map(({ cid, name, since, notSaved }) => ({
      cid, command: name, since, notSaved: notSaved === true,
    }));
  }

  /** Keeps an eye on the oldest command that has gone out and has no answer. */
  #watch(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    const sent = [...this.#errands.values()].flatMap(({ sentAt }) => sentAt ?? []);
    const waited = sent.length === 0 ? 0 : this.#world.time.monotonic() - Math.min(...sent);
    this.late.value = waited >= LATE_MS;
    if (sent.length === 0) return;
    if (waited >= STUCK_MS) {
      this.#stuck();
      return;
    }
    const wait = (waited < LATE_MS ? LATE_MS : STUCK_MS) - waited;
    this.#unwatch = this.#world.after(wait, () => this.#watch());
  }
}
