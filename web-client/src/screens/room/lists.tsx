/** Who waits, whose turns come, who is still to be heard, who is here. */

import type { ComponentChildren, JSX } from 'preact';
import { t } from '../../i18n';
import { initials } from '../../lib/names';
import type { SeatId } from '../../wire.gen';
import { Btn, Choice, Icon } from '../components';
import { bare, plain, word } from '../messages';
import { circleOf, fitting, nameOf, observes, presents, queueOf, roundOf, useAsk, useRoom, type RoomContext } from './room-context';

/** A person's name in a list, and whether it is one's own. */
function nameIn(room: RoomContext, seat: SeatId): ComponentChildren {
  const name = <bdi>{nameOf(room, seat)}</bdi>;
  // What this page says of somebody stands in a frame: no name can have one.
  return seat === room.own.seat ? <>{name} <span class="chip">{t('you')}</span></> : name;
}

/** Hands that are up. The presenter is not shown how many wait. */
export function Waiting(): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { shared, own, session } = room;
  const queue = queueOf(shared);
  if (shared.now?.floor === 'round' || shared.now?.hand === 'off' || presents(room)) return null;
  const move = (seat: SeatId, to: number) => () => ask({ c: 'move_hand', seat, to });
  return (
    <section class="card" aria-labelledby="waiting-title" data-keep>
      <h2 id="waiting-title" tabIndex={-1}>{t(shared.now?.hand === 'ask' ? 'waiting-title' : 'waiting-turn-title')}</h2>
      {queue.length === 0 && <p class="hint">{t('waiting-none')}</p>}
      <ol class="rows">
        {queue.map((seat, at) => {
          const name = nameOf(room, seat);
          const kind = shared.queue[seat]?.kind;
          const away = !session.here.value.has(seat);
          return (
            <li key={seat} data-seat={seat} class={`${seat === own.seat ? 'me' : ''}${away ? ' away' : ''}`}>
              <span class="n" aria-hidden="true">{at + 1}</span>
              <span class="who">
                {nameIn(room, seat)}
                {kind && kind !== 'any' && <span class="chip">{word(`kind-${kind}`)}</span>}
                {away && <span class="chip">{t('away')}</span>}
              </span>
              {!own.controls && seat === own.seat && at < queue.length - 1 && (
                <Btn look="quiet" onPress={() => ask({ c: 'defer_hand' })}>{t('hand-defer')}</Btn>
              )}
              {own.controls && (
                <span class="acts">
                  <Btn off={at === 0} label={bare(t('move-up', { name }))} onPress={move(seat, at - 1)}>
                    <Icon is="up" />
                  </Btn>
                  <Btn off={at === queue.length - 1} label={bare(t('move-down', { name }))} onPress={move(seat, at + 1)}>
                    <Icon is="down" />
                  </Btn>
                  <Btn label={bare(t('invite-name', { name }))} onPress={() => ask({ c: 'invite', seat })}>
                    {t('invite')}
                  </Btn>
                </span>
              )}
            </li>
          );
        })}
      </ol>
      {!own.controls && !observes(room) && <KindChoice />}
    </section>
  );
}

/** What one's own hand is for: it need not be said. */
function KindChoice(): JSX.Element {
  const { shared, own, kind, choose } = useRoom();
  const ask = useAsk();
  const hand = shared.queue[own.seat];
  const chosen = hand === undefined ? fitting(shared, kind) : hand.kind;
  const kinds = (shared.now?.kinds ?? []).filter((offered) => offered !== 'any');
  return (
    <details class="kinds">
      <summary>{chosen ? plain('kind-chosen', { kind: word(`kind-${chosen}`) }) : t('kind-choose')}</summary>
      <p class="hint">{t('hand-check')}</p>
      <Choice
        legend={t('kind-legend')}
        name="kind"
        across
        value={chosen ?? 'none'}
        options={(['none', ...kinds, 'process'] as const).map((is) => ({ is, label: word(`kind-${is}`) }))}
        onValue={(is) => {
          const next = is === 'none' ? undefined : is;
          if (hand === undefined) choose(next);
          else ask({ c: 'raise_hand', ...(next && { kind: next }) });
        }}
      />
    </details>
  );
}

/** A round in its order: everybody sees it, since the order is the point. */
export function Round(): JSX.Element | null {
  const room = useRoom();
  const { shared, session } = room;
  const round = roundOf(shared);
  if (shared.now?.floor !== 'round' || round.length === 0) return null;
  return (
    <section class="card" aria-labelledby="round-title" data-keep>
      <h2 id="round-title" tabIndex={-1}>{t('round-title')}</h2>
      <ol class="rows">
        {round.map(([seat, turn], at) => (
          <li key={seat} data-seat={seat} class={`${turn.is === 'now' ? 'me' : ''}${turn.is === 'done' || turn.is === 'passed' ? ' past' : ''}`}>
            <span class="n" aria-hidden="true">{at + 1}</span>
            <span class="who">
              {nameIn(room, seat)}
              {!session.here.value.has(seat) && <span class="chip">{t('away')}</span>}
            </span>
            {turn.is !== 'waiting' && (
              <span class={turn.is === 'now' ? 'chip now' : 'chip'}>{word(`turn-${turn.is}`)}</span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The facilitator's private hint: who has not had the floor in this part. */
export function StillToHear(): JSX.Element | null {
  const room = useRoom();
  const { shared, own, session } = room;
  if (own.hints === undefined || shared.now?.hand !== 'ask') return null;
  const asked = own.hints.asked;
  const quiet = circleOf(shared).filter(
    ([seat, { role }]) =>
      (role === 'member' || role === 'trainee') && seat !== shared.presenter && seat !== own.seat &&
      seat !== shared.asking?.seat && !asked[seat],
  );
  return (
    <section class="card" aria-labelledby="hear-title">
      <h2 id="hear-title">{t('hear-title')}</h2>
      <p class="hint">{t('hear-hint')}</p>
      {quiet.length === 0 ? (
        <p>{t('hear-all')}</p>
      ) : (
        <ul class="chips">
          {quiet.map(([seat]) => (
            <li key={seat} class="chip">
              <bdi>{nameOf(room, seat)}</bdi>
              {!session.here.value.has(seat) && <span class="hint"> ({t('away')})</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Everybody with a seat. */
export function People(): JSX.Element {
  const room = useRoom();
  const { shared, own, session } = room;
  const here = session.here.value;
  const circle = circleOf(shared);
  const count = circle.filter(([seat]) => here.has(seat)).length;
  const rows = (
    <ul class="rows people">
      {circle.map(([seat, view]) => {
        const name = nameOf(room, seat);
        const part = seat === shared.presenter ? 'presenter' : seat === shared.lead ? 'lead' : seat === shared.scribe ? 'scribe' : view.role;
        const lit = (shared.asking?.seat ?? shared.presenter) === seat;
        return (
          <li key={seat} data-seat={seat} class={here.has(seat) ? '' : 'away'}>
            <span class={lit ? 'seat lit' : 'seat'} aria-hidden="true">{initials(session.names.value.get(seat) ?? '')}</span>
            <span class="person">
              <span class="who">
                {nameIn(room, seat)}
                {part !== 'member' && <> <span class="chip now">{word(`role-${part}`)}</span></>}
              </span>
              {view.in_lobby && <span class="chip">{t('in-lobby')}</span>}
              {shared.stage === 'gathering' && view.agreed && <span class="chip"><Icon is="check" />{t('agreed')}</span>}
              {(view.tick || view.written) && <span class="chip"><Icon is="check" />{t(view.written ? 'has-written' : 'has-ticked')}</span>}
              {shared.queue[seat] && <span class="chip amber"><Icon is="hand" />{t('hand-up')}</span>}
              {!here.has(seat) && !view.in_lobby && <span class="chip">{t('away')}</span>}
            </span>
            {(own.controls || own.keys) && seat !== own.seat && (
              <Btn label={bare(t('options-for', { name }))} onPress={() => room.open({ seat })}><Icon is="dots" /></Btn>
            )}
            {own.controls && seat === own.seat && shared.stage === 'running' && (
              <Btn label={t('options-own')} onPress={() => room.open({ seat })}><Icon is="dots" /></Btn>
            )}
          </li>
        );
      })}
    </ul>
  );
  const heading = plain('in-room', { count, all: circle.length });
  if (own.controls || shared.stage === 'gathering') {
    return (
      <section class="card" aria-labelledby="people-title" data-keep>
        <h2 id="people-title" tabIndex={-1}>{heading}</h2>
        {rows}
      </section>
    );
  }
  return (
    <details class="card">
      <summary><h2>{heading}</h2></summary>
      {rows}
    </details>
  );
}
