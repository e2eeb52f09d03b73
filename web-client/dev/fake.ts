/** A session without a server, for tests of the screens. It knows just enough rules to move. */

import { signal } from '@preact/signals';
import { merge, type Patch } from '../src/lib/merge';
import type { LinkRole } from '../src/seal/link';
import type { Answer, Happening, Links, OffRecord, OwnHelp, Refused, Session, Text } from '../src/session';
import type { Code, Command, ItemId, MeetingId, SeatId, Shared } from '../src/wire.gen';
import { ANSWERS, NAMES, NOW, PASSED, type Scene } from './scenes';

const LINKS: Links = {
  host: 'https://sets.example/j#1.AAECAwQFBgcICQoLDA0ODw.h.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
  co_facilitator: 'https://sets.example/j#1.AAECAwQFBgcICQoLDA0ODw.c.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
  member: 'https://sets.example/j#1.AAECAwQFBgcICQoLDA0ODw.m.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
  observer: 'https://sets.example/j#1.AAECAwQFBgcICQoLDA0ODw.o.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
};

export const CODE = '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV';

/** A session with handles for a test to pull. */
export interface Fake extends Session {
  /** What was asked, newest last. */
  readonly asked: unknown[];
  /** Moves the shared view as a change named `what` would. */
  change(what: string, patch: Patch<Shared>, mine?: boolean): void;
  /** Shows a refusal. */
  refuse(code: Code): void;
}

/** A round off the record as a scene has it, or none. */
function fakeRound(of: Scene['offRecord']): OffRecord {
  const over = signal(of === 'over');
  const draft = signal('');
  const round = of === 'over' ? undefined : of;
  return {
    round: signal(round && { id: 'round' as ItemId, by: 'amina' as SeatId, ends_at: NOW + 90 * 60_000 }),
    ready: signal(round?.ready === true),
    lines: signal(round?.lines ?? []),
    draft,
    type: (text) => {
      draft.value = text;
    },
    over,
    begins: async () => ({ c: 'begin_off_record', round: 'round' as ItemId }),
    write: async () => ({ ok: true }),
    take: () => undefined,
    drop: () => {
      over.value = false;
    },
  };
}

/** A browser that says so of what it stores: before it is asked, and then. */
function storing([before, then]: NonNullable<Scene['lasting']>, asked: () => void): void {
  const persist = async (): Promise<boolean> => {
    asked();
    return then === 'kept';
  };
  const value = before === 'none' ? undefined : { persisted: async () => before === 'kept', persist };
  Object.defineProperty(navigator, 'storage', { value, configurable: true });
}

export function fakeSession(scene: Scene): Fake {
  const shared = signal(scene.shared);
  const own = signal(scene.own);
  const texts = signal<ReadonlyMap<ItemId, Text>>(new Map(scene.texts.map((text) => [text.id, text])));
  const knocks = signal(scene.knocks);
  const place = signal(scene.place);
  const names = signal<ReadonlyMap<SeatId, string>>(scene.shared ? (scene.names ?? NAMES) : new Map());
  const help = signal<OwnHelp>(scene.help ?? 'facilitators');
  const drafts = signal<ReadonlyMap<string, string>>(new Map());
  const refusal = signal<{ code: Refused; command: Command['c'] } | undefined>(undefined);
  const listeners = new Set<(happening: Happening) => void>();
  const asked: unknown[] = [];
  const round = fakeRound(scene.offRecord);
  const ok: Answer = { ok: true };
  const taken = async (what: unknown): Promise<Answer> => {
    asked.push(what);
    return ok;
  };

  const change = (what: string, patch: Patch<Shared>, mine = false): void => {
    const before = shared.value;
    if (before === undefined) return;
    const after = merge<unknown>(before, patch as Patch<unknown>) as Shared;
    shared.value = after;
    for (const listener of listeners) listener({ what, by: mine ? own.value?.seat : undefined, mine, before, after });
  };

  const ask = async (command: Command): Promise<Answer> => {
    asked.push(command);
    const me = own.value?.seat as SeatId;
    const hands = shared.value?.queue ?? {};
    const last = Math.max(0, ...Object.values(hands).map((hand) => hand.rank)) + 1;
    switch (command.c) {
      case 'raise_hand':
        change('hand_raised', { queue: { [command.seat ?? me]: { rank: hands[me]?.rank ?? last, ...(command.kind && { kind: command.kind }) } } } as Patch<Shared>, true);
        break;
      case 'lower_hand':
        change('hand_lowered', { queue: { [command.seat ?? me]: null } } as Patch<Shared>, true);
        break;
      case 'move_hand':
        {
          const order = (Object.keys(hands) as SeatId[]).toSorted((a, b) => (hands[a]?.rank ?? 0) - (hands[b]?.rank ?? 0));
          order.splice(order.indexOf(command.seat), 1);
          order.splice(command.to, 0, command.seat);
          const ranks = Object.fromEntries(order.map((seat, at) => [seat, { rank: last + at }]));
          change('hands_moved', { queue: ranks } as Patch<Shared>, true);
        }
        break;
      case 'invite':
        change('floor_given', { asking: { seat: command.seat, since: NOW }, queue: { [command.seat]: null } } as Patch<Shared>, true);
        break;
      case 'end_turn':
        change('turn_ended', { asking: null } as Patch<Shared>, true);
        break;
      case 'hold':
        change('held', { hold: { why: 'asked', since: NOW, resumes: true } } as Patch<Shared>, true);
        break;
      case 'release':
        change('hold_ended', { hold: null } as Patch<Shared>, true);
        break;
      case 'silence':
        change('silence_set', { silence: command.on }, true);
        break;
      default:
        break;
    }
    return ok;
  };

  storing(scene.lasting ?? ['open', 'open'], () => asked.push({ c: 'lasting' }));
  return {
    place, shared, own, texts, knocks, refusal, asked, change,
    claims: signal(scene.claims ?? []),
    offers: signal(scene.offers ?? {}),
    offRecord: { shown: signal(scene.offRecord !== undefined), open: async () => round },
    offer: async (text, from) => {
      asked.push({ c: 'offer', text, from });
      return ok;
    },
    offered: async (item) => PASSED[item],
    attended: signal(scene.attended ?? {}),
    answerForm: async (text) => {
      asked.push({ c: 'answer_form', text });
      return ok;
    },
    answered: async (item) => ANSWERS[item],
    help,
    ownCode: async () => ({
      fresh: async () => CODE,
      onlyMe: async (typed) => {
        asked.push({ c: 'only_me', typed });
        if (typed !== CODE) return 'slip';
        help.value = 'only_me';
        return ok;
      },
      helped: async () => {
        asked.push({ c: 'helped' });
        help.value = 'facilitators';
        return ok;
      },
      open: async (typed) => {
        asked.push({ c: 'open_own', typed });
        if (typed !== CODE) return typed.length < CODE.length ? 'slip' : 'other';
        help.value = 'only_me';
        return 'opened';
      },
    }),
    line: signal(scene.line),
    trouble: signal(scene.line === 'trouble' ? { is: 'offline' } : undefined),
    broken: signal(false),
    tryNow: () => void asked.push({ c: 'try_now' }),
    here: signal(scene.here),
    noFacilitatorSince: signal(undefined),
    names,
    title: signal(scene.shared ? 'Thursday set' : undefined),
    keys: signal(scene.keys),
    unsent: signal(scene.unsent),
    stored: signal(scene.stored),
    links: signal(LINKS),
    role: (new URLSearchParams(location.search).get('role') ?? 'm') as LinkRole,
    rolledBack: signal(false),
    lost: signal([]),
    newBuild: signal(false),
    keptDays: signal<number | undefined>(30),
    drafts: {
      all: drafts,
      ready: () => Promise.resolve(),
      keep(place, text) {
        const all = new Map(drafts.value);
        if (text === undefined) all.delete(place);
        else all.set(place, text);
        drafts.value = all;
      },
    },
    now: () => NOW,
    words: async () => ['anchor', 'velvet', 'crowd', 'method', 'glimpse'],
    writeAgain: async () => undefined,
    dropLost: () => undefined,
    drawMeeting: () => `drawn-${asked.length}` as MeetingId,
    nextMeeting: async (meeting) => {
      asked.push({ c: 'next_meeting', meeting });
      return ok;
    },
    dismissRefusal: () => {
      refusal.value = undefined;
    },
    refuse: (code) => {
      refusal.value = { code, command: 'next' };
    },
    onHappening: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    knock: async (name) => void asked.push({ c: 'knock', name }),
    ask,
    write: async (kind, text, extra) => {
      asked.push({ c: 'write', kind, text });
      const item = extra?.item ?? (`new-${texts.value.size}` as ItemId);
      const now = shared.value?.now;
      const see = now?.writes.find((write) => write.kind === kind)?.see;
      if (kind === 'name') names.value = new Map([...names.value, [own.value?.seat as SeatId, text]]);
      const made: Text = {
        id: item, kind, seat: own.value?.seat as SeatId, rev: 1, part: now?.part ?? 0, at: NOW,
        open: see === 'everyone', text, fault: undefined, bid: extra?.bid,
      };
      texts.value = new Map([...texts.value, [item, made]]);
      return ok;
    },
    admit: async (device, seat) => {
      asked.push({ c: 'admit', device, seat });
      knocks.value = knocks.value.filter((knock) => knock.device !== device);
      return ok;
    },
    remove: (seat) => taken({ c: 'remove', seat }),
    setFacilitator: (seat, on) => taken({ c: 'set_facilitator', seat, on }),
    opened: scene.opened,
    rotate: (role) => taken({ c: 'rotate', role }),
    takeOver: async () => void asked.push({ c: 'take_over' }),
    forget: async () => {
      asked.push({ c: 'forget' });
      place.value = { at: 'ended', why: 'left' };
    },
    close: () => undefined,
  };
}
