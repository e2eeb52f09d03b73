/** The foot of the room for everybody without the controls: one big thing to press, and my place. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { later } from '../lazy';
import { Btn, Icon } from '../components';
import { plain, word } from '../messages';
import { fitting, observes, presents, queueOf, roundOf, rulesFirst, turnOf, useAsk, useRoom } from './room-context';

export function Dock(): JSX.Element {
  return (
    <footer class="dock" id="dock" tabIndex={-1} aria-label={t('dock')} data-keep>
      <Turn />
      <WhereButton />
    </footer>
  );
}

/** Speaks the whole state, and shows it. */
export function WhereButton(): JSX.Element {
  const room = useRoom();
  const tell = (): void => {
    const text = later.parts.value?.statusSummary(room);
    if (text === undefined) return;
    // Asked for, so it is said even in a silence.
    room.announcer.release();
    room.announcer.say({ kind: 'where', text });
    room.note(text);
  };
  return (
    <span class="where">
      <Btn onPress={tell}>{t('where')}</Btn>
    </span>
  );
}

function Turn(): JSX.Element {
  const room = useRoom();
  const { shared, own } = room;
  const { now } = shared;
  const first = rulesFirst(room);
  if (observes(room)) return <p class="place">{t(first ? 'observer-dock-rules' : 'observer-dock')}</p>;
  if (first) return <p class="place">{t('code-charter-first')}</p>;
  if (shared.hold !== undefined) return <p class="place">{t('hold-dock')}</p>;
  if (turnOf(shared) === own.seat) return <RoundTurn />;
  if (shared.asking?.seat === own.seat) return <Asking />;
  // Where everybody ticks, the presenter does too.
  if (presents(room) && tickLabel(now?.id) === undefined) return <p class="place">{t(now?.stance === 'listens' ? 'dock-listening' : 'dock-presenting')}</p>;
  if (now?.floor === 'round') {
    const round = roundOf(shared);
    const at = round.findIndex(([seat]) => seat === own.seat);
    const is = round[at]?.[1].is;
    return <p class="place">{is === undefined ? t('round-not-in') : is === 'waiting' ? plain('round-place', { place: at + 1, of: round.length }) : word(`round-own-${is}`)}</p>;
  }
  if (now === undefined || now.hand === 'off') return <Tick />;
  return <Hand />;
}

/** The words of a part's tick, where it has one. */
function tickLabel(part: string | undefined): string | undefined {
  const id = `tick-${part}`;
  const label = word(id);
  return label === id.replaceAll(/[._]/g, '-') ? undefined : label;
}

/** "Ready", "understood", "I am back": where a part has such a tick. `beside`: among other buttons. */
export function Tick({ beside = false }: { readonly beside?: boolean }): JSX.Element | null {
  const { shared, own } = useRoom();
  const ask = useAsk();
  const label = tickLabel(shared.now?.id);
  const on = shared.seats[own.seat]?.tick === true;
  if (label === undefined) return beside ? null : <p class="place">{t('dock-nothing')}</p>;
  return (
    <>
      <Btn look={on ? 'mine' : beside ? undefined : 'big'} onPress={() => ask({ c: 'tick', on: !on })}>
        <Icon is={on ? 'x' : 'check'} />
        {on ? t('tick-undo') : label}
      </Btn>
      {!beside && <p class="place">{on ? t('tick-done') : ''}</p>}
    </>
  );
}

function RoundTurn(): JSX.Element {
  const { shared, own } = useRoom();
  const ask = useAsk();
  const last = !roundOf(shared).some(([seat, turn]) => seat !== own.seat && (turn.is === 'waiting' || turn.is === 'later'));
  return (
    <>
      <Btn look="big" onPress={() => ask({ c: 'end_round_turn' })}>{t('turn-end')}</Btn>
      <p class="row turns">
        <Btn onPress={() => ask({ c: 'pass_turn' })}>{t('turn-pass')}</Btn>
        <Btn off={last} onPress={() => ask({ c: 'later_turn' })}>{t('turn-later-me')}</Btn>
      </p>
    </>
  );
}

function Asking(): JSX.Element {
  const ask = useAsk();
  return (
    <>
      <Btn look="big" onPress={() => ask({ c: 'end_turn' })}>{t('ask-end')}</Btn>
      <p class="place">{t('ask-hint')}</p>
    </>
  );
}

/** One button whose words change; so it is no toggle to a screen reader. */
function Hand(): JSX.Element {
  const { shared, own, kind, choose } = useRoom();
  const ask = useAsk();
  const hand = shared.queue[own.seat];
  const queue = queueOf(shared);
  const as = fitting(shared, kind);
  return (
    <>
      {hand === undefined ? (
        <Btn
          look="big"
          onPress={() => {
            ask({ c: 'raise_hand', ...(as && { kind: as }) });
            // For this hand only: a later one must not jump the queue as a process point unasked.
            choose(undefined);
          }}
        >
          <Icon is="hand" />
          {t('hand-raise')}
        </Btn>
      ) : (
        <Btn look="mine" onPress={() => ask({ c: 'lower_hand' })}>
          <Icon is="x" />
          {t('hand-lower')}
        </Btn>
      )}
      <p class="place">
        {hand
          ? plain('hand-place', { place: queue.indexOf(own.seat) + 1, of: queue.length })
          : plain('hands-waiting', { count: queue.length })}
      </p>
    </>
  );
}
