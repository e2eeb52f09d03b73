/** What the screens hold of a set: everything that can be seen, and everything that can be pressed. */

import { computed, signal } from '@preact/signals';
import { apart, fitLine, fitName } from '../lib/names';
import { type Bytes, toB64u } from '../seal/bytes';
import type { Link } from '../seal/link';
import type { Command, ItemId, MeetingId, SeatId, TextKind } from '../wire.gen';
import { admissionView } from './admission-view';
import { type Connection, newConnection } from './connection';
import { dutyRunner } from './duty-runner';
import { facilitator, lines } from './lazy';
import { underOf } from './texts';
import type { Answer, OwnHelp, Refused, Session, Text } from './types';
import type { World } from './world';

/** A session with the connection that it stands on. */
export interface SetSession extends Session {
  readonly connection: Connection;
}

/** What the page that makes a set leaves to be written. */
const MADE = ['title', 'charter'] as const;

const FAILED: Answer = { ok: false, code: 'failed' };

/** A session that has not been opened yet. `link` is what the person came with. */
export function newSession(world: World, set: Bytes, link?: Link): SetSession {
  const connection = newConnection(world, set, link, settled, ended);
  const { context, line, room, writer } = connection;
  const { aside, drafts, keys, memory, outbox, own, texts } = context;
  const { rollback } = room;
  const admission = admissionView(context);
  const duties = dutyRunner(context, writer, settled);
  const help = signal<OwnHelp>('facilitators');
  const making = new Set<TextKind>();
  const refusal = signal<{ code: Refused; command: Command['c'] } | undefined>(undefined);

  function settled(): void {
    const locked = own.locked(room.state?.own.own_key);
    help.value = locked ? 'locked' : own.code === undefined ? 'facilitators' : 'only_me';
    admission.update();
    duties.update();
    for (const kind of MADE) aside(writeMade(kind));
  }

  /** What was typed where the set was made. What is refused stays begun. */
  async function writeMade(kind: (typeof MADE)[number]): Promise<void> {
    const place = `made ${kind}`;
    const text = drafts.all.peek().get(place);
    if (text === undefined || making.has(kind) || room.state === undefined) return;
    making.add(kind);
    const answer = report('put', await writer.write({ kind, text: JSON.parse(text) as string }));
    making.delete(kind);
    if (!answer.ok && answer.code === 'gone') return;
    drafts.keep(place, undefined);
    if (!answer.ok) drafts.keep(`kept 0 ${kind}`, text);
  }

  function ended(): void {
    duties.stop();
    admission.clear();
  }

  function report(command: Command['c'], answer: Answer, quiet?: boolean): Answer {
    if (!quiet && !answer.ok && answer.code !== 'gone') refusal.value = { code: answer.code, command };
    return answer;
  }

  async function ask(command: Command, quiet?: boolean): Promise<Answer> {
    if (command.c === 'release_item') {
      const meeting = room.state?.shared.meeting;
      const opened = await forAll(command.item);
      if (!opened.ok) return report('release_item', opened);
      // It was for those of that meeting.
      if (room.state?.shared.meeting !== meeting) return report('release_item', { ok: false, code: 'stale' });
    }
    const errand = outbox.take(command.c, room.state?.seq ?? 0, quiet);
    const answer = await outbox.send(errand, command);
    outbox.drop(errand);
    // Whatever the server goes on showing.
    if (command.c === 'withdraw_item' && answer.ok) aside(texts.withdrawn([command.item]));
    if (command.c === 'leave' && answer.ok) await connection.views.forget();
    // The very thing that was refused before is done now, and is not said to be refused any more.
    if (answer.ok && Object.keys(command).length < 2 && refusal.value?.command === command.c) refusal.value = undefined;
    return report(command.c, answer, quiet);
  }

  /** The same of what is sealed first; undefined where it could not be. */
  async function post(name: Command['c'], command: Command | undefined, quiet?: boolean): Promise<Answer> {
    return command === undefined ? report(name, FAILED, quiet) : ask(command, quiet);
  }

  /** A text under its author's own key, or of an earlier meeting, is written for everybody before it is released. */
  async function forAll(item: ItemId): Promise<Answer> {
    const view = room.state?.own.items[item];
    const text = texts.all.value.get(item);
    if (view === undefined || !(underOf(view).own || view.meeting)) return { ok: true };
    if (text?.text === undefined) return { ok: false, code: 'sealed_own' };
    const { kind, bid } = text;
    return writer.write({ kind, text: text.text, item, bid, forAll: true });
  }

  /** What stands of a kind that the set has one of. */
  function standing(of: TextKind): Text | undefined {
    return [...texts.all.value.values()].find(({ kind }) => kind === of);
  }

  async function facilitate(
    command: Command['c'],
    act: (by: typeof import('./facilitator')) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const answer = await act(await facilitator());
      settled();
      return report(command, answer);
    } catch (fault) {
      // As where a part of the page did not arrive, or a link was never handed to this browser.
      world.report(fault);
      return report(command, FAILED);
    }
  }

  return {
    connection,
    ...connection.views,
    ...room.views,
    ...admission.views,
    rolledBack: rollback.happened,
    lost: rollback.lost,
    texts: texts.all,
    keys: keys.state,
    unsent: outbox.unsent,
    stored: memory.stored,
    drafts,
    help,
    refusal,
    line: computed(() => (line.value === 'live' && outbox.late.value ? 'trouble' : line.value)),
    trouble: computed(() => (line.value === 'live' && outbox.late.value ? { is: 'late' } : connection.trouble.value)),
    names: computed(() => {
      const seats = room.views.shared.value?.seats;
      const names = [...texts.all.value.values()].flatMap(({ kind, seat, text }) => {
        // Whoever sealed a name may have had other plans with it than to be called by it.
        const name = kind === 'name' && text !== undefined ? fitName(text) : undefined;
        return name === undefined ? [] : [[seat, name] as const];
      });
      const place = (seat: SeatId): number => seats?.[seat]?.place ?? 0;
      return apart(names.toSorted(([a], [b]) => place(a) - place(b)));
    }),
    title: computed(() => {
      const title = standing('title')?.text;
      return title === undefined ? undefined : fitLine(title) || undefined;
    }),

    // Not known from the beginning.
    get role() {
      return connection.role;
    },
    get opened() {
      return connection.opened;
    },
    knock: (name) => connection.join(name),

    words: async () => (await import('./words')).wordsOf(context),
    ask,

    offer: async (text, from) => post('offer_line', await (await lines()).offerOf(context, text, from)),
    offered: async (item, box) => (await lines()).opened(context, 'line', item, box),
    answerForm: async (text, again) => post('answer_form', await (await lines()).answerOf(context, text, again), again),
    answered: async (item, box) => (await lines()).opened(context, 'form', item, box),

    async write(kind, text, extra) {
      // The newest name is the one to be called by, also where an earlier one still waits to be sealed.
      if (kind === 'name') await memory.save({ name: text });
      const answer = await writer.write({ kind, text, ...extra });
      // Whatever the server goes on showing.
      if (answer.ok && extra?.replaces) aside(texts.withdrawn([extra.replaces.item]));
      if (kind === 'name' && memory.kept.name === text && (answer.ok || answer.code !== 'gone')) {
        await memory.save({ name: undefined });
      }
      return report('put', answer);
    },

    async ownCode() {
      const { ownCode } = await import('./own-code');
      return ownCode(context, (run) => writer.between(run), () => room.reread());
    },

    admit: (device, seat) => facilitate('admit', (by) => by.admit(context, device, seat)),
    remove: (seat) => facilitate('remove', (by) => by.remove(context, seat)),
    setFacilitator: (seat, on) => facilitate('set_role', (by) => by.setFacilitator(context, seat, on)),
    drawMeeting: () => toB64u(world.random(16)) as MeetingId,
    nextMeeting: (meeting) => facilitate('next_meeting', (by) => by.nextMeeting(context, meeting)),
    rotate: (role) => facilitate('rekey', (by) => by.rotate(context, role)),

    async writeAgain() {
      for (const lost of rollback.lost.value) {
        if (room.state === undefined) return;
        // The copy may not know the seat that wrote it. Then it is a new text of this one.
        const same = lost.seat === room.state.own.seat;
        if (!same && lost.kind === 'name') rollback.drop(lost);
        else {
          const { kind, text, bid, action, meeting } = lost;
          const item = same ? lost.id : undefined;
          const stands = kind === 'charter' || kind === 'framework' ? standing(kind) : undefined;
          const replaces = stands && stands.id !== lost.id ? { item: stands.id, rev: stands.rev } : undefined;
          const answer = await writer.write({ kind, text, item, bid, action, meeting, replaces });
          report('put', answer);
          if (answer.ok) rollback.drop(lost);
        }
      }
    },
    dropLost() {
      rollback.dismiss();
      aside(memory.save({ setBack: false }));
    },
    dismissRefusal() {
      refusal.value = undefined;
    },
  };
}
