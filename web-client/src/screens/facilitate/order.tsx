/** Who presents, and in what order: the set talks, the facilitator sets it down. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Presented, SeatId } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Choice, Icon } from '../components';
import { type Shares, slotsShared, slotsToCome, toCome } from '../fit';
import { bare, plain, word } from '../messages';
import { circleOf, nameOf, slotsOf, textsOf, useRoom, wordsOf } from '../room/room-context';
import { type Closing, Sheet } from '../sheet';

const SHARES: readonly Shares[] = ['planned', 'equal', 'asked'];

/** What somebody has had of the set's time as a presenter. */
function hadText(had: Presented | undefined): string {
  if (had === undefined) return plain('order-not-yet');
  const { last, used_minutes: used, planned_minutes: planned } = had;
  return plain('order-had', { last, used, planned });
}

export function OrderSheet({ onClose }: Closing): JSX.Element {
  const room = useRoom();
  const [shares, setShares] = useState<Shares>('planned');
  const { own, session, shared } = room;
  const circle = circleOf(shared).filter(([, seat]) => seat.role !== 'observer');
  const [order, setOrder] = useState<readonly SeatId[]>(() =>
    circle
      .filter(([, seat]) => seat.presents !== undefined)
      .toSorted(([, a], [, b]) => (a.presents ?? 0) - (b.presents ?? 0))
      .map(([seat]) => seat),
  );
  const move = (from: number, to: number): void => {
    const moved = order.toSpliced(from, 1);
    const [seat] = order.slice(from, from + 1);
    if (seat !== undefined) setOrder(moved.toSpliced(to, 0, seat));
  };
  // In a first meeting nobody has, and there is nothing to tell.
  const had = own.presented !== undefined && ((seat: SeatId): string => hadText(own.presented?.[seat]));
  const bidOf = (seat: SeatId) => textsOf(room, 'bid', seat).at(-1);
  const pressing = (seat: SeatId): number => bidOf(seat)?.bid?.pressing ?? 0;
  // Of those to whom it matters as much, whoever has waited longest comes first.
  const last = (seat: SeatId): number => own.presented?.[seat]?.last ?? 0;
  const rest = circle
    .map(([seat]) => seat)
    .filter((seat) => !order.includes(seat))
    .toSorted((a, b) => pressing(b) - pressing(a) || last(a) - last(b));
  const asked = order.map((seat) => bidOf(seat)?.bid?.minutes);
  const minutes = slotsShared(shared, shares, asked);
  const moves = minutes.some((one, at) => one !== toCome(shared)[at]?.minutes);
  const set = (): void => {
    attempt(async () => {
      const answer = await session.ask({ c: 'set_order', order: [...order] });
      if (answer.ok && moves) await session.ask({ c: 'fit_time', minutes });
    });
    onClose();
  };
  /** What each presenter to come would have. */
  const of = (how: Shares): string =>
    slotsToCome(shared, slotsShared(shared, how, asked)).map((slot) => plain('time-minutes', { minutes: slot.minutes })).join(' · ');
  const ways = SHARES.filter((how) => how === 'planned' || (of(how) !== of('planned') && (how === 'equal' || asked.some((one) => one !== undefined))));
  return (
    <Sheet heading={t('order')} onClose={onClose} closing={t('cancel')}>
      <p class="hint">{plain('order-hint', { slots: slotsOf(shared) })}</p>
      <ol class="rows">
        {order.map((seat, at) => {
          const name = nameOf(room, seat);
          return (
            <li key={seat} data-seat={seat}>
              <span class="n" aria-hidden="true">{at + 1}</span>
              <span class="who"><bdi>{name}</bdi>{had && <span class="hint"> {had(seat)}</span>}</span>
              <span class="acts">
                <Btn off={at === 0} label={bare(t('move-up', { name }))} onPress={() => move(at, at - 1)}><Icon is="up" /></Btn>
                <Btn off={at === order.length - 1} label={bare(t('move-down', { name }))} onPress={() => move(at, at + 1)}><Icon is="down" /></Btn>
                <Btn label={bare(t('order-out', { name }))} onPress={() => setOrder(order.filter((other) => other !== seat))}><Icon is="x" /></Btn>
              </span>
            </li>
          );
        })}
      </ol>
      <h3>{t('order-rest')}</h3>
      <ul class="rows">
        {rest.map((seat) => {
          const bid = bidOf(seat);
          const name = nameOf(room, seat);
          return (
            <li key={seat} data-seat={seat}>
              <span class="who">
                <bdi>{name}</bdi>
                {had && <span class="hint"> {had(seat)}</span>}
                {bid && (
                  <span class="hint" dir="auto">
                    {' '}{wordsOf(bid)}{bid.bid && ` (${word(`bid-pressing-${bid.bid.pressing}`)}, ${plain('time-minutes', { minutes: bid.bid.minutes })})`}
                  </span>
                )}
              </span>
              <Btn label={bare(t('order-in', { name }))} onPress={() => setOrder([...order, seat])}>{t('order-add')}</Btn>
            </li>
          );
        })}
      </ul>
      {ways.length > 1 && (
        <Choice
          legend={t('order-time')}
          name="shares"
          value={shares}
          options={ways.map((is) => ({ is, label: t(`order-time-${is}`), about: of(is) }))}
          onValue={setShares}
        />
      )}
      <p class="row">
        <Btn look="main" onPress={set}>{t('order-set')}</Btn>
      </p>
    </Sheet>
  );
}
