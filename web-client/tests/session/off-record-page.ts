/** One page of a round off the record, for tests: what it holds of the round, and what it has asked for. */

import { signal } from '@preact/signals';
import type { Context } from '../../src/session/context';
import { newOffRecord } from '../../src/session/off-record';
import type { SetSession } from '../../src/session/session';
import type { OffRecord } from '../../src/session/types';
import type { Command, DeviceId, OffRecordLine, OffRecordRound, Sealed, SeatId, ServerFrame, Shared } from '../../src/wire.gen';
import type { Person } from './circle';
import { need, when } from './fake-world';

type Of<C extends Command['c']> = Command & { c: C };

/** One page: what it holds of the round, and what it has asked for. */
export class Page {
  readonly asked = signal<readonly Command[]>([]);
  readonly context: Context;
  readonly round: OffRecord;
  readonly faults: unknown[] = [];
  /** Answers wait for it. */
  answered: Promise<void> = Promise.resolve();
  said: Partial<Shared> = { stage: 'running' };
  readonly seat: SeatId;
  readonly device: DeviceId;

  constructor({ session }: Person, real?: Context['outbox']) {
    const { context } = (session as SetSession).connection;
    const outbox = real ?? {
      take: (name: Command['c']) => ({ cid: 'x', name, seen: 0, since: 0, quiet: true }),
      send: async (_: unknown, command: Command) => {
        this.asked.value = [...this.asked.value, command];
        await this.answered;
        return { ok: true };
      },
      drop: () => undefined,
    } as unknown as Context['outbox'];
    const aside = (work: Promise<unknown>): void => {
      work.catch((fault: unknown) => this.faults.push(fault));
    };
    // What a server says of the room, which need not be so.
    const room = (): ReturnType<Context['room']> => {
      const state = context.room();
      return state && { ...state, shared: { ...state.shared, ...this.said } };
    };
    this.context = { ...context, room, outbox, aside };
    this.round = newOffRecord(this.context, signal(true));
    const own = need(session.own.value);
    [this.seat, this.device] = [own.seat, own.device];
  }

  async asks<C extends Command['c']>(name: C, count = 1): Promise<Of<C>> {
    const of = (all: readonly Command[]): Command[] => all.filter(({ c }) => c === name);
    return of(await when(this.asked, (all) => of(all).length >= count))[count - 1] as Of<C>;
  }

  keys(wanted?: Record<DeviceId, Sealed>, ...grants: string[]): void {
    const round = need(this.round.round.value).id;
    this.round.take({ t: 'off_record', round, ...(wanted && { wanted }), ...(grants.length > 0 && { grants }) });
  }

  count(name: Command['c']): number {
    return this.asked.value.filter(({ c }) => c === name).length;
  }

  /** The room has said something that is otherwise. */
  saysOf(said: Partial<Shared>): void {
    this.said = { ...this.said, ...said };
    this.context.turn();
  }

  says(lines: OffRecordLine[]): void {
    this.round.take({ t: 'off_record_lines', round: need(this.round.round.value).id, lines });
  }

  async line(text: string): Promise<OffRecordLine> {
    const count = this.count('off_record_line');
    const [{ item, box }] = await Promise.all([this.asks('off_record_line', count + 1), this.round.write(text)]);
    return { item, seat: this.seat, device: this.device, box };
  }
}

export const presence = (off_record?: OffRecordRound): ServerFrame => ({ t: 'presence', here: [], ...(off_record && { off_record }) });
