/** The room: one screen from the gathering to the close. */

import type { JSX } from 'preact';
import { type Signal, signal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Announcer } from '../../lib/announce';
import { report } from '../../lib/faults';
import type { Session } from '../../session';
import type { Kind } from '../../wire.gen';
import { Skip, Unstored } from '../components';
import { after, asked, control, Later, later, life, offRecord, passed } from '../lazy';
import { PhaseBar, TopBar } from './bar';
import { Dock } from './dock';
import { chapterOf, CurrentRoom, isSilent, lacksPresenter, observes, presents, missedMode, passesOn, rulesFirst, useRoom, type RoomContext, type SheetName } from './room-context';
import { Messages } from './notices';
import { NobodyYet, NowCard } from './now';
import { People, Round, StillToHear, Waiting } from './lists';
import { asksDates } from '../series';
import { HoldCard, SilenceCard } from './overlay';

interface RoomProps {
  readonly session: Session;
  readonly announcer: Announcer;
}

const CONTROLS = new Set<unknown>(['off-record', 'more', 'parts', 'fit', 'order', 'links', 'dates', 'ask', 'close']);

/** Moves `second` with the server's time, once a second. */
function beat(session: Session, second: Signal<number>): () => void {
  const timer = setInterval(() => {
    second.value = session.now();
  }, 1000);
  return () => clearInterval(timer);
}

export function Room({ session, announcer }: RoomProps): JSX.Element {
  const shared = session.shared.value;
  const own = session.own.value;
  const second = useMemo(() => signal(session.now()), [session]);
  const [sheet, open] = useState<SheetName>();
  const [noted, note] = useState<string>();
  const [view, show] = useState<'room' | 'actions'>('room');
  const [kind, choose] = useState<Kind>();
  const root = useRef<HTMLDivElement>(null);
  const parts = later.parts.value;
  const ready = shared !== undefined && own !== undefined;

  useEffect(() => beat(session, second), [session, second]);
  useEffect(() => {
    later.fetch();
    if (parts === undefined || root.current === null || !ready) return undefined;
    const silent = parts.announceHappenings(session, announcer);
    const loose = parts.keepFocus(root.current);
    return () => {
      silent();
      loose();
    };
  }, [session, announcer, parts, ready]);
  useAwake();

  const room = useMemo<RoomContext | undefined>(
    () => shared && own && { session, announcer, second, shared, own, kind, open, note, show, choose },
    [session, announcer, second, shared, own, kind],
  );
  if (room === undefined || shared === undefined || own === undefined) return <p class="wait">{t('starting')}</p>;
  const controlling = typeof sheet === 'object' || CONTROLS.has(sheet);
  const closing = { sheet: sheet as SheetName, onClose: () => open(undefined) };
  return (
    <CurrentRoom.Provider value={room}>
      <div class={`room ${shared.stage}`} ref={root} data-role={own.role} data-stage={shared.stage}>
        <Skip to="content">{t('skip-to-content')}</Skip>
        {(shared.stage === 'running' || (shared.stage === 'gathering' && own.controls)) && <Skip to="dock">{t('skip-to-dock')}</Skip>}
        <TopBar />
        <PhaseBar />
        <Messages noted={noted} />
        {view === 'actions' && shared.stage !== 'closed' ? <Later from={later} is="Actions" /> : <Stage />}
        {shared.stage === 'gathering' && own.controls && view === 'room' && <Later from={control} is="StartDock" />}
        {shared.stage === 'running' && (own.controls ? <Later from={control} is="ControlDock" /> : <Dock />)}
        <Marks />
        {sheet !== undefined && !controlling && <Later key={String(sheet)} from={later} is="Sheets" with={closing} />}
        {sheet !== undefined && controlling && <Later key={JSON.stringify(sheet)} from={control} is="ControlSheets" with={closing} />}
      </div>
    </CurrentRoom.Provider>
  );
}

function Stage(): JSX.Element {
  const { shared, own, session } = useRoom();
  if (shared.stage === 'closed') return <Later from={later} is="Summary" />;
  if (shared.stage === 'gathering') return <Later from={later} is="Gathering" />;
  return (
    <main id="content" tabIndex={-1} class="board">
      <h1 class="sr-only">{t('room-title')}</h1>
      {own.keys && <Later from={control} is="Knocks" with={{ session }} />}
      {shared.proposed && <Later from={later} is="ModeProposal" />}
      <Unstored session={session} />
      <Board />
    </main>
  );
}

/** What is on the table while the meeting runs, in the order in which it is read. */
function Board(): JSX.Element {
  const room = useRoom();
  const { shared, own, session } = room;
  const { now } = shared;
  // Whoever has not agreed sees the meeting, with what they are asked for above it.
  const missed = missedMode(room);
  const first = (missed || rulesFirst(room)) && (
    <>
      {missed ? <Later from={later} is="ModeMissed" /> : <p class="tip warn">{t(observes(room) ? 'charter-first-observer' : 'charter-first-member')}</p>}
      <Later from={later} is="Charter" />
    </>
  );
  if (shared.hold !== undefined) {
    return (
      <div class="main">
        {first}
        <HoldCard />
      </div>
    );
  }
  const silent = isSilent(shared);
  const lacks = lacksPresenter(shared);
  // Who is to choose among what was written has to see it, in silence too.
  const chooses = presents(room) && now?.stance === 'chooses';
  const table = <Later from={later} is="Table" with={{ from: chapterOf(shared.agenda, now?.part ?? 0).from }} />;
  return (
    <>
      <div class="main">
        {first}
        {lacks && <NobodyYet />}
        {/* A silence that somebody asked for is shown to all, also before anybody presents. */}
        {silent && (!lacks || shared.silence) ? <SilenceCard /> : !lacks && <NowCard />}
        {session.offRecord.shown.value && <Later from={offRecord} is="OffRecord" />}
        {!silent && <Later from={after} is="RecorderAsk" />}
        <Later from={later} is="ReadAloud" />
        {!silent && asksDates(shared) && <Later from={asked} is="AskedTip" />}
        {silent && chooses && !own.controls && table}
        {Object.values(shared.practices ?? {}).some(({ taps }) => taps !== undefined) && <Later from={life} is="PracticesAsked" />}
        {own.controls && shared.charter_first && <Later from={later} is="NotAgreed" />}
        {own.controls && <Lists />}
        {!first && <Later from={later} is="Writers" />}
        {!silent && passesOn(shared) && <Later from={passed} is="PassOn" />}
        {now?.id === 'close' && <Later from={after} is="FormCard" />}
        {now?.id === 'charter' && !first && <Later from={later} is="Charter" />}
      </div>
      {!(silent && !own.controls) && (
        <div class="side">
          {own.controls && (shared.asking ?? shared.turn_since) !== undefined && <Later from={control} is="TurnTime" />}
          <StillToHear />
          {!own.controls && <Lists />}
          {table}
          <People />
          <Later from={later} is="Ends" />
        </div>
      )}
      {observes(room) && <p class="hint">{t('observer-foot')}</p>}
    </>
  );
}

function Lists(): JSX.Element {
  return (
    <>
      <Waiting />
      <Round />
    </>
  );
}

/** Redrawn each second, so that nothing else has to be. */
function Marks(): null {
  const room = useRoom();
  const parts = later.parts.value;
  const marks = useMemo(() => parts && new parts.TimeMarks(), [parts]);
  const second = room.second.value;
  useEffect(() => marks?.tick(room), [marks, room, second]);
  return null;
}

/** Keeps a phone's screen on while its owner is in the room. */
function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const hold = (): void => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      const held = (got: WakeLockSentinel | undefined): void => {
        lock = got;
      };
      // A browser may refuse, to save its battery for instance: then the screen sleeps as it does elsewhere.
      navigator.wakeLock.request('screen').then(held, () => held(undefined));
    };
    hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      document.removeEventListener('visibilitychange', hold);
      lock?.release().catch(report);
    };
  }, []);
}
