/** What can be done for, with or about one person; and the end of the meeting. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { SeatId } from '../../wire.gen';
import { Btn, type Closing, Sheet } from '../components';
import { bare, word } from '../messages';
import { nameOf, textsOf, useRoom } from '../room/room-context';
import { useAskAndClose } from '../sheets';

interface SeatSheetProps extends Closing {
  readonly seat: SeatId;
}

export function SeatSheet({ seat, onClose }: SeatSheetProps): JSX.Element | null {
  const room = useRoom();
  const then = useAskAndClose(onClose);
  const [removing, setRemoving] = useState(false);
  const { shared, own, session } = room;
  const view = shared.seats[seat];
  if (view === undefined) return null;
  const name = nameOf(room, seat);
  const remove = (): Promise<unknown> => {
    onClose();
    return session.remove(seat);
  };
  if (removing) {
    return (
      <Sheet heading={bare(t('remove-title', { name }))} onClose={onClose} closing={t('cancel')}>
        <p>{t('remove-about', { name })}</p>
        <p class="row">
          <Btn look="main" onPress={remove}>{t('remove-do')}</Btn>
        </p>
      </Sheet>
    );
  }
  const { now, stage } = shared;
  const running = stage === 'running' && own.controls;
  const circle = view.role !== 'observer' && view.in_lobby !== true;
  const other = seat !== own.seat;
  const facilitates = view.role === 'host' || view.role === 'co_facilitator';
  const round = now?.floor === 'round';
  const floor = running && circle && seat !== shared.presenter && !round && now?.floor !== 'silence';
  const manage = own.keys && other && stage !== 'closed' && view.role !== 'host';
  return (
    <Sheet heading={bare(t('options-for', { name }))} onClose={onClose}>
      <div class="stack">
        {floor && other && <Btn onPress={then({ c: 'invite', seat })}>{t('invite-now')}</Btn>}
        {floor && other && shared.asking !== undefined && shared.asking.seat !== seat && (
          <Btn onPress={then({ c: 'interrupt', seat })}>{t('interrupt')}</Btn>
        )}
        {running && circle && now?.hand !== 'off' && !round && seat !== shared.presenter && (
          <Btn onPress={then(shared.queue[seat] ? { c: 'lower_hand', seat } : { c: 'raise_hand', seat })}>
            {t(shared.queue[seat] ? 'hand-lower-for' : 'hand-raise-for')}
          </Btn>
        )}
        {running && round && shared.round[seat] && <Btn onPress={then({ c: 'start_round', seat })}>{t('round-start-with')}</Btn>}
        {running && circle && now?.slot !== undefined && (
          <Btn onPress={then(shared.presenter === seat ? { c: 'choose_presenter' } : { c: 'choose_presenter', seat })}>
            {t(shared.presenter === seat ? 'presenter-none' : 'presenter-choose')}
          </Btn>
        )}
        {own.controls && circle && stage !== 'closed' && (
          <Btn onPress={then(shared.scribe === seat ? { c: 'name_scribe' } : { c: 'name_scribe', seat })}>
            {t(shared.scribe === seat ? 'scribe-none' : 'scribe-choose')}
          </Btn>
        )}
        {own.keys && other && circle && !facilitates && stage !== 'closed' && (
          <Btn onPress={then(shared.lead === seat ? { c: 'take_back' } : { c: 'hand_over', seat })}>
            {t(shared.lead === seat ? 'take-back' : 'hand-over')}
          </Btn>
        )}
        {manage && !facilitates &&
          (['member', 'trainee', 'observer'] as const)
            .filter((role) => role !== view.role)
            .map((role) => (
              <Btn key={role} onPress={then({ c: 'set_role', seat, role })}>{word(`make-${role}`)}</Btn>
            ))}
        {manage && (
          <Btn onPress={then(view.in_lobby ? { c: 'bring_back', seat } : { c: 'send_to_lobby', seat })}>
            {t(view.in_lobby ? 'bring-back' : 'send-to-lobby')}
          </Btn>
        )}
        {manage && <Btn onPress={() => setRemoving(true)}>{t('remove')}</Btn>}
      </div>
    </Sheet>
  );
}

/** Says what closing destroys and keeps, before it does. */
export function CloseSheet({ onClose }: Closing): JSX.Element {
  const room = useRoom();
  const then = useAskAndClose(onClose);
  const { shared, session } = room;
  const gone = [...session.texts.value.values()].filter((text) => !['action', 'name', 'title'].includes(text.kind)).length;
  return (
    <Sheet heading={t('close-title')} onClose={onClose} closing={t('close-not-yet')}>
      <p>{t('close-destroys', { count: gone })}</p>
      <p>{t('close-keeps', { count: textsOf(room, 'action').length })}</p>
      <p>{word(`mode-${shared.mode}-kept`)}</p>
      <p>{t('close-before')}</p>
      <p class="row">
        <Btn look="main" onPress={then({ c: 'close' })}>{t('close-do')}</Btn>
      </p>
    </Sheet>
  );
}
