/** Named states of a set, for looking at every screen without a server. */

import type { Lasting } from '../src/lib/lasting';
import type { Claimed, Knocker, Line, OffRecord, OwnHelp, Place, Session, Text, Unsent } from '../src/session';
import type { Attended, DeviceId, ItemId, LobbyView, MeetingId, Mode, OfferView, Own, Role, Sealed, SeatId, SetId, Shared, TextKind } from '../src/wire.gen';
import { agendaOf, nowAt, partAt, type TemplateName } from './agenda';

export const NOW = Date.UTC(2026, 11, 3, 10, 40);
const MINUTE = 60_000;

const PEOPLE: readonly (readonly [string, string, Role])[] = [
  ['amina', 'Amina Okafor', 'host'],
  ['bethan', 'Bethan Rhys', 'member'],
  ['chris', 'Chris Patel', 'member'],
  ['dilys', 'Dilys Morgan', 'member'],
  ['ewan', 'Ewan Fraser', 'member'],
  ['farida', 'Farida Khan', 'member'],
  ['gareth', 'Gareth Hughes', 'member'],
  ['helen', 'Helen Zhao', 'trainee'],
  ['idris', 'Idris Cole', 'observer'],
];
export const NAMES = new Map(PEOPLE.map(([seat, name]) => [seat as SeatId, name]));
const id = <T extends string>(text: string): T => text as T;

export interface Scene {
  readonly place: Place;
  readonly shared?: Shared;
  readonly own?: Own;
  readonly here: ReadonlySet<SeatId>;
  readonly texts: readonly Text[];
  readonly knocks: readonly Knocker[];
  readonly line: Line;
  readonly unsent: readonly Unsent[];
  readonly stored: boolean;
  /** What the browser says of what it stores: before it is asked, and then. */
  readonly lasting?: readonly [Lasting, Lasting] | undefined;
  readonly keys: Session['keys']['value'];
  readonly claims?: readonly Claimed[];
  readonly offers?: Readonly<Record<ItemId, OfferView>> | undefined;
  /** A round off the record, or that one is over. */
  readonly offRecord?: { readonly ready: boolean; readonly lines: OffRecord['lines']['value'] } | 'over' | undefined;
  readonly attended?: Readonly<Partial<Record<SeatId, Attended>>> | undefined;
  readonly help?: OwnHelp | undefined;
  /** Another link of the set that was opened here. */
  readonly opened?: Session['role'] | undefined;
  /** Names other than those of the circle. */
  readonly names?: ReadonlyMap<SeatId, string> | undefined;
}

interface Wish {
  readonly names?: Readonly<Record<string, string>>;
  readonly help?: OwnHelp;
  readonly as?: string;
  readonly template?: TemplateName;
  readonly part?: string;
  readonly left?: number;
  readonly shared?: (shared: Shared) => Partial<Shared>;
  readonly texts?: readonly Text[];
  readonly knocks?: readonly Knocker[];
  readonly claims?: readonly Claimed[];
  readonly offers?: Scene['offers'];
  readonly offRecord?: Scene['offRecord'];
  readonly attended?: Scene['attended'];
  readonly line?: Line;
  readonly unsent?: readonly Unsent[];
  readonly keys?: Scene['keys'];
  readonly stored?: boolean;
  readonly lasting?: Scene['lasting'];
  readonly opened?: Scene['opened'];
}

function textOf(item: string, kind: TextKind, seat: string, text: string, more: Partial<Text> = {}): Text {
  return { id: id<ItemId>(item), kind, seat: id<SeatId>(seat), rev: 1, part: 5, at: NOW, open: true, text, fault: undefined, bid: undefined, ...more };
}

const HEADLINE = textOf('h1', 'headline', 'bethan', 'How do I bring the ward team with me?');
const ACTION = JSON.stringify({
  what: 'Ask each sister, one to one, what they would keep and what they would drop.',
  by: '2026-12-10',
  first: 'Book half an hour with Siân.',
  help: 'Farida has done this on her ward.',
  stakeholders: 'Night staff',
});

function room({ as = 'chris', template = 'classic', part = 'classic.explore', left = 12 * MINUTE, ...wish }: Wish): Scene {
  const index = partAt(template, part);
  const base: Shared = {
    set: id<SetId>('c2V0'),
    meeting: id<MeetingId>('bWVldA'),
    epoch: 1,
    roster: {},
    stage: 'running',
    starts_at: NOW - 40 * MINUTE,
    started_at: NOW - 40 * MINUTE,
    plan: 'half_day_210',
    template,
    agenda: agendaOf(template),
    now: nowAt(template, index),
    moved: 40,
    clock: { is: 'running', ends_at: NOW + left, total_ms: 18 * MINUTE },
    silence: false,
    mode: 'set',
    charter_first: true,
    locked: false,
    seats: Object.fromEntries(
      PEOPLE.map(([seat, , role], place) => [seat, { role, place, agreed: true }]),
    ) as Shared['seats'],
    devices: {},
    queue: {},
    round: {},
    items: {},
  };
  const slot = base.now?.slot !== undefined;
  if (slot) base.presenter = id<SeatId>('bethan');
  const wished = wish.shared?.(base);
  const shared: Shared = { ...base, ...wished };
  const seat = id<SeatId>(as);
  const role = shared.seats[seat]?.role ?? 'member';
  const controls = role === 'host' || role === 'co_facilitator' || shared.lead === seat;
  const own: Own = {
    seat,
    device: id<DeviceId>('ZGV2'),
    role,
    controls,
    keys: role === 'host' || role === 'co_facilitator',
    next_n: 1,
    items: {},
    ...(controls && shared.stage === 'running' && { hints: { asked: { [id<SeatId>('farida')]: 1, [id<SeatId>('helen')]: 1, [id<SeatId>('ewan')]: 2 } as Record<SeatId, number> } }),
  };
  const here = new Set([...NAMES.keys()].filter((one) => one !== 'gareth'));
  return {
    place: { at: 'room' },
    shared,
    own,
    here,
    texts: [...(wish.texts ?? (slot ? [HEADLINE] : [])), textOf(as, 'name', as, NAMES.get(seat) ?? '')],
    knocks: wish.knocks ?? [],
    line: wish.line ?? 'live',
    unsent: wish.unsent ?? [],
    stored: wish.stored ?? true,
    lasting: wish.lasting,
    opened: wish.opened,
    keys: wish.keys ?? 'ready',
    claims: wish.claims ?? [],
    offers: wish.offers,
    offRecord: wish.offRecord,
    attended: wish.attended,
    help: wish.help,
    names: wish.names && new Map([...NAMES, ...(Object.entries(wish.names) as [SeatId, string][])]),
  };
}

const asking = (kind?: 'explore'): Partial<Shared> => ({
  asking: { seat: id<SeatId>('farida'), since: NOW - MINUTE, ...(kind && { kind }) },
  queue: { helen: { rank: 1 }, chris: { rank: 2, kind: 'explore' }, ewan: { rank: 3 } } as Shared['queue'],
});

const lobby: LobbyView = {
  place: 2, facilitator_here: true, meeting: id<MeetingId>('bWVldA'), stage: 'gathering', mode: 'set',
  plan: 'half_day_210', minutes: 210, starts_at: Date.UTC(2026, 11, 3, 11, 0), people_max: 24,
};
const outside = (place: Place, more: Partial<Scene> = {}): Scene => ({
  place, here: new Set(), texts: [], knocks: [], line: 'live', unsent: [], stored: true, keys: 'none', ...more,
});

const gathering = (base: Shared): Partial<Shared> => {
  const next: Partial<Shared> = { stage: 'gathering', charter_first: false, clock: { is: 'stopped' }, starts_at: Date.UTC(2026, 11, 3, 11, 0) };
  delete base.now;
  delete base.presenter;
  delete base.started_at;
  next.seats = Object.fromEntries(Object.entries(base.seats).map(([seat, view], at) => [seat, { ...view, agreed: at < 4 && at !== 2 }])) as Shared['seats'];
  return next;
};
const knocks: readonly Knocker[] = [
  { device: id<DeviceId>('k1'), role: 'member', name: 'Siân Parry', verified: true, at: NOW, seat: undefined, claim: undefined },
  { device: id<DeviceId>('k2'), role: 'member', name: 'Gareth', verified: false, at: NOW, seat: id<SeatId>('gareth'), claim: undefined },
];
const door: readonly Knocker[] = ['Ana', 'Bilal', 'Chris Patel'].map((name, of) => ({
  device: id<DeviceId>(`d${of}`), role: 'member', name, verified: true, at: NOW, seat: undefined, claim: undefined,
}));
const box = (of: string): Sealed => of as Sealed;
const said = ([
  ['o1', 'bethan', 'I am not sure that I want this job any more.'],
  ['o2', 'chris', 'What would you do on Monday if nobody were watching?'],
  ['o3', 'dilys', undefined],
] as const).map(([item, seat, text]) => ({ item: id<ItemId>(item), seat: id<SeatId>(seat), text }));
const offers = {
  l1: { box: box('1'), mine: true, from: id<SeatId>('bethan'), agreed: false },
  l2: { box: box('2'), mine: false, agreed: false },
} as Record<string, OfferView> as Record<ItemId, OfferView>;
const released = { l3: box('3'), l4: box('4') } as Record<string, Sealed> as Record<ItemId, Sealed>;
const form = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`f${n}`, box(`f${n}`)])) as Record<ItemId, Sealed>;
/** What five people answered. */
export const ANSWERS: Readonly<Record<string, string>> = Object.fromEntries(
  [1, 2, 3, 4, 5].map((n) => [`f${n}`, JSON.stringify({ heard: 3, stretched: n > 3 ? 2 : 3, safe: n > 4 ? 1 : 3, asked: 2, pace: 3, held: 3, screen: n > 2 ? 3 : 2 })]),
);
/** What stands in these lines. */
export const PASSED: Readonly<Record<string, string>> = {
  l1: 'A handover needs ten quiet minutes',
  l2: 'Whoever is asked first answers last',
  l3: 'Ask what would be lost if we stopped',
  l4: 'A question that is too long is an answer',
};

const claims: readonly Claimed[] = [{ device: id<DeviceId>('k1'), at: NOW }];
const claiming: readonly Knocker[] = [undefined, 'asked', true, false].map((yes, of) => ({
  device: id<DeviceId>(`c${of}`), role: 'member', name: 'Chris', verified: true, at: NOW, seat: undefined,
  claim: yes === undefined ? undefined : { seat: id<SeatId>('chris'), ...(typeof yes === 'boolean' && { yes }) },
}));
const bids = [
  textOf('b1', 'bid', 'ewan', 'saying no to my director without losing her trust', { part: 4, bid: { pressing: 3, minutes: 45 } }),
  textOf('b2', 'bid', 'bethan', 'bringing the ward team with me', { part: 4, bid: { pressing: 2, minutes: 50 } }),
];

const round = (): Partial<Shared> => ({
  round: Object.fromEntries(
    ['bethan', 'chris', 'dilys', 'ewan', 'farida', 'gareth', 'helen', 'amina'].map((seat, rank) => [
      seat,
      { rank, is: rank === 0 ? 'done' : rank === 1 ? 'now' : rank === 2 ? 'later' : 'waiting' },
    ]),
  ) as Shared['round'],
});
/** Actions that came to an end in an earlier meeting. */
const OVER = (['done', 'let_go'] as const).map((outcome) =>
  textOf(`over-${outcome}`, 'action', 'bethan', JSON.stringify({ what: `Ring the union: ${outcome}`, outcome }), { open: false, part: 9 }),
);

/** The second of four meetings. */
/** Two mornings and an afternoon, on both sides of a change of the clocks. */
const dates_asked = Object.fromEntries([
  ['t1', Date.UTC(2027, 2, 26, 9, 30), { amina: 'yes', bethan: 'yes', dilys: 'if_need_be', ewan: 'yes', farida: 'no' }],
  ['t2', Date.UTC(2027, 2, 26, 13, 30), { amina: 'yes', bethan: 'no', dilys: 'yes' }],
  ['t3', Date.UTC(2027, 2, 29, 8, 30), {}],
].map(([time, starts_at, answers]) => [time, { time: { starts_at, minutes: 210 }, answers }])) as NonNullable<Shared['dates_asked']>;

const series: NonNullable<Shared['series']> = {
  number: 2,
  of: 4,
  dates: {
    [id<MeetingId>('m3')]: { starts_at: Date.UTC(2027, 1, 4, 9, 30), rev: 0 },
    [id<MeetingId>('m4')]: { starts_at: Date.UTC(2027, 4, 13, 8, 30), rev: 1 },
    [id<MeetingId>('m5')]: { starts_at: Date.UTC(2027, 2, 4, 9, 30), rev: 2, cancelled: true },
  },
};
const closed = (base: Shared): Partial<Shared> => {
  delete base.now;
  delete base.presenter;
  return {
    stage: 'closed', clock: { is: 'stopped' },
    receipt: { at: NOW, people: 9, destroyed: { headline: 2, bid: 4, question: 3 }, kept: { action: 5, name: 9, title: 1 } },
  };
};
/** A slot whose presenter nobody has named. */
const nobody = (base: Shared): Partial<Shared> => {
  delete base.presenter;
  return { clock: { is: 'paused', left_ms: 7 * MINUTE, total_ms: 7 * MINUTE } };
};
const mine = (open: boolean) => textOf('a1', 'action', 'bethan', ACTION, { open, part: 9 });

/** Every state by name. */
export const SCENES: Readonly<Record<string, () => Scene>> = {
  door: () => outside({ at: 'door' }),
  'door-no-storage': () => outside({ at: 'door' }, { stored: false }),
  lobby: () => outside({ at: 'lobby', lobby, back: false }),
  'lobby-back': () => outside({ at: 'lobby', lobby: { ...lobby, facilitator_here: false, stage: 'running' }, back: true }),
  'ended-removed': () => outside({ at: 'ended', why: 'removed' }),
  'ended-elsewhere': () => outside({ at: 'ended', why: 'elsewhere' }),
  'door-anew': () => outside({ at: 'door', anew: true }),
  'member-claim': () => room({ shared: () => asking(), claims }),
  'closed-claim': () => room({ as: 'bethan', part: 'settle', shared: closed, texts: [mine(false)], claims }),
  'member-behind': () => room({ shared: () => asking(), keys: 'behind' }),
  'member-unfit': () => room({ shared: () => asking(), keys: 'unfit' }),
  'host-claims': () => room({ as: 'amina', shared: () => asking(), knocks: claiming }),
  'gathering-host': () => room({ as: 'amina', part: 'settle', shared: gathering, knocks }),
  'gathering-member': () => room({ part: 'settle', shared: gathering }),
  'host': () => room({ as: 'amina', shared: () => asking() }),
  'host-knocks': () => room({ as: 'amina', shared: () => asking(), knocks }),
  'host-over': () => room({ as: 'amina', left: -80_000, shared: () => asking() }),
  'host-check-in': () => room({ as: 'amina', part: 'check_in', shared: round }),
  'host-bids': () => room({ as: 'amina', part: 'bids', texts: bids }),
  'member': () => room({ shared: () => ({ ...asking('explore'), proposed: undefined as never }) }),
  'member-idle': () => room({}),
  'member-over': () => room({ left: -30_000, shared: () => asking() }),
  'member-soon': () => room({ left: 110_000, shared: () => asking() }),
  'member-asks': () => room({ as: 'farida', shared: () => asking('explore') }),
  'member-trouble': () => room({ line: 'trouble', unsent: [{ cid: 'x', command: 'raise_hand', since: 0, notSaved: false }], shared: () => asking() }),
  'member-round': () => room({ part: 'check_in', shared: round }),
  'member-bids': () => room({ part: 'bids', texts: bids }),
  'member-charter': () => room({ shared: (base) => ({ seats: { ...base.seats, chris: { role: 'member', place: 2, agreed: false } } as Shared['seats'] }) }),
  'member-proposal': () => room({ shared: () => ({ proposed: 'chatham' as Mode, mode_taps: 2 }) }),
  'off-record': () => room({ as: 'amina', offRecord: { ready: true, lines: said } }),
  'member-off-record': () => room({ offRecord: { ready: true, lines: said } }),
  'member-off-record-waits': () => room({ offRecord: { ready: false, lines: [] } }),
  'observer-off-record': () => room({ as: 'idris', offRecord: { ready: true, lines: said } }),
  'member-off-record-over': () => room({ offRecord: 'over' }),
  'member-pass': () => room({ shared: () => ({ mode: 'open_learning' as Mode, lines: released }), offers }),
  'host-pass': () => room({ as: 'amina', shared: () => ({ mode: 'chatham' as Mode, lines: released }) }),
  'closed-lines': () => room({ as: 'bethan', part: 'settle', shared: (base) => ({ ...closed(base), mode: 'chatham' as Mode, lines: released }), texts: [mine(false)] }),
  'member-recorder': () => room({ shared: (base) => ({ seats: { ...base.seats, amina: { ...base.seats['amina' as SeatId], recorder: true } } as Shared['seats'] }) }),
  'closed-after': () => room({
    as: 'amina', part: 'settle', attended: { ['amina' as SeatId]: 'came', ['bethan' as SeatId]: 'late' },
    shared: (base) => ({ ...closed(base), form, names_taps: 2, attendance: { [base.meeting]: { at: NOW, counts: { came: 6, late: 1, apologies: 1 } } } as NonNullable<Shared['attendance']> }),
  }),
  'member-missed': () => room({ shared: (base) => ({ mode: 'double' as Mode, seats: { ...base.seats, chris: { role: 'member', place: 2, agreed: false, mode_missed: true } } as Shared['seats'] }) }),
  'presenter': () => room({ as: 'bethan', shared: () => asking() }),
  'presenter-tells': () => room({ as: 'bethan', part: 'classic.present', texts: [] }),
  'presenter-acts': () => room({ as: 'bethan', part: 'classic.act', texts: [HEADLINE, mine(false)] }),
  'presenter-only-me': () => room({ as: 'bethan', part: 'classic.act', texts: [HEADLINE, mine(false)], help: 'only_me' }),
  'presenter-locked': () => room({ as: 'bethan', part: 'classic.act', texts: [HEADLINE, { ...mine(false), text: undefined, fault: 'key' }], help: 'locked' }),
  'closed-locked': () => room({ as: 'bethan', part: 'settle', shared: closed, help: 'locked' }),
  'observer': () => room({ as: 'idris', shared: () => asking() }),
  'trainee-leads': () => room({ as: 'helen', shared: () => ({ lead: id<SeatId>('helen'), ...asking(), queue: { chris: { rank: 2 } } as Shared['queue'] }) }),
  'hold': () => room({ shared: () => ({ hold: { why: 'asked', since: NOW, resumes: true }, clock: { is: 'paused', left_ms: 12 * MINUTE, total_ms: 18 * MINUTE } }) }),
  'hold-alone': () => room({ shared: () => ({ hold: { why: 'no_facilitator', since: NOW, resumes: true } }) }),
  'silence': () => room({ part: 'classic.pause', left: 110_000 }),
  'silence-host': () => room({ as: 'amina', shared: () => ({ silence: true }) }),
  'gift-write': () => room({ template: 'question_gift', part: 'gift.write', left: 100_000, texts: [HEADLINE, textOf('q1', 'question', 'chris', 'What would you miss if it were solved?', { open: false, part: 7 })] }),
  'gift-give': () => room({ template: 'question_gift', part: 'gift.give', shared: round, texts: [HEADLINE, textOf('q2', 'question', 'bethan', 'Who else would like this to change?', { part: 7 })] }),
  'member-names': () => room({ shared: () => asking(), names: { bethan: 'محمد علي', farida: 'שרה', helen: 'Ruth facilitator', amina: 'Ruth' } }),
  'host-door': () => room({ as: 'amina', shared: () => asking(), knocks: [...knocks, ...door] }),
  'host-undo': () => room({ as: 'amina', shared: () => ({ ...asking(), undo_until: NOW + 30_000 }) }),
  'host-silence': () => room({ as: 'amina', shared: () => ({ silence: true }) }),
  'member-silence': () => room({ shared: () => ({ silence: true }) }),
  'gift-read': () => room({ as: 'chris', template: 'question_gift', part: 'gift.give', shared: round, texts: [HEADLINE, textOf('q1', 'question', 'chris', 'What would you miss if it were solved?', { open: false, part: 7 })] }),
  'gift-choose': () => room({ as: 'bethan', template: 'question_gift', part: 'gift.choose', left: 100_000, texts: [HEADLINE, textOf('q1', 'question', 'chris', 'What would you miss if it were solved?', { part: 7 })] }),
  'host-who': () => room({ as: 'amina', part: 'classic.present', shared: nobody, texts: bids }),
  'member-who': () => room({ part: 'classic.present', shared: nobody, texts: bids }),
  'host-bids-none': () => room({ as: 'amina', part: 'bids' }),
  'host-settle': () => room({ as: 'amina', part: 'settle' }),
  'presenter-ticks': () => room({ as: 'bethan', part: 'break' }),
  'host-paused': () => room({ as: 'amina', shared: () => ({ clock: { is: 'paused', left_ms: 12 * MINUTE, total_ms: 18 * MINUTE } }) }),
  'closed': () => room({ as: 'bethan', part: 'settle', shared: (base) => ({ ...closed(base), series }), texts: [mine(false)] }),
  'member-other-link': () => room({ shared: () => asking(), opened: 'c' }),
  'closed-grants': () => room({ as: 'bethan', part: 'settle', shared: closed, lasting: ['open', 'kept'] }),
  'closed-kept': () => room({ as: 'bethan', part: 'settle', shared: closed, lasting: ['kept', 'kept'] }),
  'closed-none': () => room({ as: 'bethan', part: 'settle', shared: closed, lasting: ['none', 'none'], help: 'only_me' }),
  'closed-host': () => room({ as: 'amina', part: 'settle', shared: (base) => ({ ...closed(base), series }) }),
  'closed-asked': () => room({ as: 'bethan', part: 'settle', shared: (base) => ({ ...closed(base), series, dates_asked }) }),
  'gathering-asked': () => room({ as: 'amina', part: 'settle', shared: (base) => ({ ...gathering(base), dates_asked }) }),
  'member-asked': () => room({ shared: () => ({ dates_asked }) }),
  'closed-alone': () => room({ part: 'settle', shared: closed }),
  'gathering-again': () => room({ as: 'bethan', part: 'settle', shared: (base) => ({ ...gathering(base), series }), texts: [mine(false), ...OVER] }),
};
