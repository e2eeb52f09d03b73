/** What a screen reader hears of the room: by whom it happened to, and never more than it must. */

import { effect } from '@preact/signals';
import { t } from '../i18n';
import type { Announcer } from '../lib/announce';
import type { Happening, Session } from '../session';
import { titleByRoom } from '../lib/page-title';
import { cueText, partName, plain, word } from './messages';
import { isSilent, lacksPresenter, leftMs, nameOf, nextUp, queueOf, turnOf, type RoomContext } from './room/room-context';

const MERGE_MS = 10_000;
const HUSH_MS = 4_000;
/** Marks of time that everybody hears once, in minutes. */
const MARKS = [5, 2, 0] as const;

/** Says what happens in `session` until the returned function is called. */
export function announceHappenings(session: Session, announcer: Announcer): () => void {
  const say = (kind: string, text: string, assertive = false): void => announcer.say({ kind, text, assertive });
  let merged: ReturnType<typeof setTimeout> | undefined;
  let hush: ReturnType<typeof setTimeout> | undefined;

  /** Hands and knocks, for those who run the room: merged, at most every ten seconds. */
  const later = (): void => {
    merged ??= setTimeout(() => {
      merged = undefined;
      const shared = session.shared.value;
      if (session.own.value?.controls && shared) say('queue', t('say-waiting', { count: queueOf(shared).length }));
    }, MERGE_MS);
  };

  const floor = ({ before, after }: Happening): void => {
    const own = session.own.value?.seat;
    const was = turnOf(before) ?? before.asking?.seat;
    const is = turnOf(after) ?? after.asking?.seat;
    if (is !== was && is === own) say('floor', t(turnOf(after) === own ? 'say-your-turn' : 'say-your-floor'), true);
    const room = { session, shared: after } as RoomContext;
    const next = nextUp(room);
    if (next === own && next !== nextUp({ session, shared: before } as RoomContext)) say('next', t('say-you-next'));
  };

  const happenings = session.onHappening((happening) => {
    const { what, mine, before, after } = happening;
    const own = session.own.value;
    if (own === undefined) return;
    const name = (seat: string | undefined): string =>
      seat === undefined ? t('somebody') : nameOf({ session }, seat as typeof own.seat);
    const quiet = isSilent(after);
    switch (what) {
      // The start is a move as well, and is told as that.
      case 'moved':
      case 'undone': {
        if (after.now === undefined) break;
        if (after.now.part === before.now?.part && what === 'undone') {
          say('undone', t('say-undone'));
          break;
        }
        const role = after.presenter === own.seat ? 'p' : own.controls ? 'f' : 'm';
        announcer.release(true);
        const cue = lacksPresenter(after) ? t(own.controls ? 'who-presents' : 'who-presents-waits') : cueText(after.now.cue, role);
        say('part', t('say-part', { part: partName(after.now.id), cue }));
        break;
      }
      case 'paused':
      case 'resumed':
        say('clock', t(what === 'paused' ? 'say-paused' : 'say-resumed'));
        break;
      case 'time_added':
        say('clock', t('say-time-added'));
        break;
      case 'time_fitted':
        say('clock', t('say-time-fitted'));
        break;
      case 'held':
        say('hold', t(after.hold?.why === 'no_facilitator' ? 'hold-no-facilitator' : 'cue-hold-all'));
        break;
      case 'hold_ended':
        say('hold', t('say-hold-ended'));
        break;
      case 'silence_set':
        if (!after.silence) announcer.release(true);
        say('silence', t(after.silence ? 'say-silence' : 'say-silence-ended'));
        break;
      case 'hand_raised':
      case 'hand_lowered':
      case 'hands_moved': {
        const place = queueOf(after).indexOf(own.seat) + 1;
        const was = queueOf(before).indexOf(own.seat) + 1;
        if (place !== was && (mine || was > 0)) {
          say('hand', place > 0 ? t('say-hand-up', { place, of: queueOf(after).length }) : t('say-hand-down'));
        } else if (own.controls) later();
        break;
      }
      case 'queue_cleared':
        if (before.queue[own.seat]) say('hand', t('say-cleared'));
        break;
      case 'presenter_chosen':
        say('presenter', after.presenter === own.seat ? t('you-present') : after.presenter ? t('presents', { name: name(after.presenter) }) : t('say-no-presenter'));
        break;
      case 'presenter_said':
        if (after.says && after.presenter !== own.seat) say('says', word(`says-${after.says.replace('_', '-')}`, { name: name(after.presenter) }));
        break;
      case 'lead_set':
        say('lead', after.lead === own.seat ? t('say-you-lead') : t('say-leads', { name: after.lead ? name(after.lead) : t('role-host') }));
        break;
      case 'mode_proposed':
        say('mode', t('say-mode-proposed', { mode: word(`mode-${after.proposed ?? after.mode}`) }));
        break;
      case 'mode_set':
        say('mode', t('say-mode-set', { mode: word(`mode-${after.mode}`) }));
        break;
      case 'mode_declined':
        say('mode', t('say-mode-kept'));
        break;
      case 'written': {
        const fresh = Object.keys(after.practices ?? {}).some((item) => !(item in (before.practices ?? {})));
        if (fresh && !mine) say('practice', t('say-practice-asked'));
        break;
      }
      case 'practice_decided':
        say('practice', t('say-practice-decided'));
        break;
      case 'lines_released':
        say('lines', t('say-lines'));
        break;
      case 'device_added': {
        // Also to the person themselves: it may not have been them.
        const came = Object.keys(after.devices).find((device) => !(device in before.devices));
        const seat = came === undefined ? undefined : after.devices[came as keyof typeof after.devices]?.seat;
        if (seat !== undefined) say('device', t('say-device', { name: name(seat) }));
        break;
      }
      case 'closed':
        say('closed', t('say-closed'), true);
        break;
      case 'meeting_opened':
        say('opened', t('say-opened'), true);
        break;
      case 'dates_set':
        if (!happening.mine) say('dates', t('say-dates'));
        break;
      case 'dates_asked':
        // Without any the asking is over: then there are dates, or a facilitator says why.
        if (!mine && Object.keys(after.dates_asked ?? {}).length > 0) say('dates', t('say-dates-asked'));
        break;
      default:
        break;
    }
    floor(happening);
    clearTimeout(hush);
    // What begins the quiet is still said; then nothing is, until it ends.
    if (quiet) hush = setTimeout(() => announcer.hold(), HUSH_MS);
    else announcer.release();
  });

  /** Says it whenever there are more of them. */
  const more = (of: Session['knocks'] | Session['claims'], news: (count: number) => void): (() => void) => {
    let before = 0;
    return effect(() => {
      const count = of.value.length;
      if (count > before) news(count);
      before = count;
    });
  };
  const knocks = more(session.knocks, (count) => say('knocks', t('say-knocks', { count })));
  const claims = more(session.claims, () => say('claims', t('say-claim'), true));

  let wasTrouble = false;
  const line = effect(() => {
    const now = session.line.value;
    if (now === 'trouble') {
      wasTrouble = true;
      say('line', t('trouble'), true);
    } else if (now === 'live' && wasTrouble) {
      wasTrouble = false;
      say('line', t('say-back'));
    }
  });

  const title = effect(() => {
    const [shared, own] = [session.shared.value, session.own.value];
    if (shared === undefined || own === undefined) return;
    const knocking = session.knocks.value.length;
    const mine = (turnOf(shared) ?? shared.asking?.seat) === own.seat;
    titleByRoom([
      session.claims.value.length > 0 ? t('claim-title') : '',
      mine ? t('your-turn') : '',
      knocking > 0 ? plain('knocks-title', { count: knocking }) : '',
      shared.stage === 'running' ? partName(shared.now?.id ?? '') : t(shared.stage === 'closed' ? 'summary-title' : 'gathering-title'),
      session.title.value ?? '',
    ]);
  });

  const refused = effect(() => {
    const refusal = session.refusal.value;
    if (refusal) say('refusal', word(`code-${refusal.code}`), true);
  });

  return () => {
    for (const stop of [happenings, knocks, claims, line, title, refused]) stop();
    titleByRoom(undefined);
    clearTimeout(merged);
    clearTimeout(hush);
    announcer.release(true);
  };
}

/** Says 5 minutes, 2 minutes and time, once each; nobody who is speaking is interrupted by it. */
export class TimeMarks {
  #part: string | undefined;
  #said = new Set<number>();

  /** Call once a second. */
  tick(room: RoomContext): void {
    const { shared, own, announcer } = room;
    const { clock, now } = shared;
    if (now === undefined || clock.is !== 'running') return;
    const left = (leftMs(clock, room.second.value) ?? 0) / 60_000;
    const part = `${now.part} ${clock.ends_at}`;
    if (part !== this.#part) {
      this.#part = part;
      // What has passed already when we come, or when time was added, is not news.
      this.#said = new Set(MARKS.filter((mark) => left < mark - 0.05));
      // Nor is it that a part of two minutes has two minutes left.
      for (const mark of MARKS) if (clock.total_ms <= mark * 60_000) this.#said.add(mark);
    }
    for (const mark of MARKS) {
      if (left > mark || this.#said.has(mark)) continue;
      this.#said.add(mark);
      const speaks = own.seat === (turnOf(shared) ?? shared.asking?.seat);
      if (!speaks && !isSilent(shared)) announcer.say({ kind: 'time', text: t('say-time', { minutes: mark }) });
    }
  }
}
