/** What can be done for, with or about one person; and the end of the meeting. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { outlastsClose } from '../../session';
import type { SeatId } from '../../wire.gen';
import { Btn, Said } from '../components';
import { word } from '../messages';
import { nameOf, textsOf, useRoom, type PlainCommand } from '../room/room-context';
import { type Closing, Sheet } from '../sheet';
import { useAskAndClose } from '../sheets';

type Id =
  | 'invite-now' | 'interrupt' | 'hand-raise-for' | 'hand-lower-for' | 'round-start-with' | 'presenter-choose' | 'presenter-none'
  | 'scribe-choose' | 'scribe-none' | 'hand-over' | 'take-back' | 'make-co' | 'unmake-co' | 'make-member' | 'make-trainee' | 'make-observer'
  | 'send-to-lobby' | 'bring-back' | 'remove';

interface Choice {
  readonly id: Id;
  readonly press: () => void;
}

const GROUPS = ['now', 'meeting', 'role', 'place'] as const;
/** What is most likely wanted; the first of them that is there stands out. */
const MAIN: ReadonlySet<Id> = new Set<Id>(['bring-back', 'invite-now', 'round-start-with', 'presenter-choose']);

interface SeatSheetProps extends Closing {
  readonly seat: SeatId;
}

export function SeatSheet({ seat, onClose }: SeatSheetProps): JSX.Element | null {
  const room = useRoom();
  const then = useAskAndClose(onClose);
  const [asked, setAsked] = useState<'remove' | 'make-co' | 'unmake-co'>();
  const { shared, own, session } = room;
  const view = shared.seats[seat];
  if (view === undefined) return null;
  const name = nameOf(room, seat);
  const act = (): Promise<unknown> => {
    onClose();
    return asked === 'remove' ? session.remove(seat) : session.setFacilitator(seat, asked === 'make-co');
  };
  if (asked !== undefined) {
    return (
      <Sheet heading={t(`${asked}-title`, { name })} onClose={onClose} closing={t('cancel')} safe>
        <p><Said text={t(`${asked}-about`, { name })} /></p>
        <p class="row">
          <Btn look={asked === 'make-co' ? undefined : 'danger'} onPress={act}>{t(`${asked}-do`)}</Btn>
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
  const hands = running && circle && now?.hand !== 'off' && !round && seat !== shared.presenter;
  const presenting = running && circle && now?.slot !== undefined;
  const scribes = own.controls && circle && stage !== 'closed';
  const leads = own.keys && other && circle && !facilitates && stage !== 'closed';
  const manage = own.keys && other && stage !== 'closed' && view.role !== 'host';
  // A button with what it asks for, where it has a meaning.
  const choice = (may: boolean, id: Id, command: PlainCommand): Choice | undefined =>
    may ? { id, press: then(command) } : undefined;
  const asks = (id: 'remove' | 'make-co' | 'unmake-co'): Choice => ({ id, press: () => setAsked(id) });
  const groups: Readonly<Record<(typeof GROUPS)[number], readonly (Choice | undefined)[]>> = {
    now: [
      choice(floor && other, 'invite-now', { c: 'invite', seat }),
      choice(floor && other && shared.asking !== undefined && shared.asking.seat !== seat, 'interrupt', { c: 'interrupt', seat }),
      choice(running && round && shared.round[seat] !== undefined, 'round-start-with', { c: 'start_round', seat }),
      shared.queue[seat]
        ? choice(hands, 'hand-lower-for', { c: 'lower_hand', seat })
        : choice(hands, 'hand-raise-for', { c: 'raise_hand', seat }),
    ],
    meeting: [
      shared.presenter === seat
        ? choice(presenting, 'presenter-none', { c: 'choose_presenter' })
        : choice(presenting, 'presenter-choose', { c: 'choose_presenter', seat }),
      shared.scribe === seat
        ? choice(scribes, 'scribe-none', { c: 'name_scribe' })
        : choice(scribes, 'scribe-choose', { c: 'name_scribe', seat }),
      shared.lead === seat
        ? choice(leads, 'take-back', { c: 'take_back' })
        : choice(leads, 'hand-over', { c: 'hand_over', seat }),
    ],
    role: [
      ...(['member', 'trainee', 'observer'] as const).map((role) =>
        choice(manage && !facilitates && role !== view.role, `make-${role}`, { c: 'set_role', seat, role }),
      ),
      // Nobody but the host says who facilitates.
      own.role === 'host' && manage && circle ? asks(facilitates ? 'unmake-co' : 'make-co') : undefined,
    ],
    place: [
      view.in_lobby
        ? choice(manage, 'bring-back', { c: 'bring_back', seat })
        : choice(manage, 'send-to-lobby', { c: 'send_to_lobby', seat }),
      manage ? asks('remove') : undefined,
    ],
  };
  const shown = GROUPS.map((group) => ({ group, choices: groups[group].filter((one) => one !== undefined) }));
  const main = shown.flatMap(({ choices }) => choices).find(({ id }) => MAIN.has(id))?.id;
  return (
    <Sheet heading={t('options-for', { name })} onClose={onClose}>
      {shown.filter(({ choices }) => choices.length > 0).map(({ group, choices }) => (
        <div key={group} class="stack">
          <h3>{word(`options-${group}`)}</h3>
          <p class="row">
            {choices.map(({ id, press }) => (
              <Btn key={id} look={id === main ? 'main' : id === 'remove' ? 'danger' : undefined} onPress={press}>{t(id)}</Btn>
            ))}
          </p>
        </div>
      ))}
    </Sheet>
  );
}

/** Says what closing destroys and keeps, before it does. */
export function CloseSheet({ onClose }: Closing): JSX.Element {
  const room = useRoom();
  const then = useAskAndClose(onClose);
  const { shared, session, open } = room;
  const gone = [...session.texts.value.values()].filter(({ id, kind }) => !outlastsClose(room, id, kind)).length;
  return (
    <Sheet heading={t('close-title')} onClose={onClose} closing={t('close-not-yet')} safe>
      <p>{t('close-destroys', { count: gone })}</p>
      <p>{t('close-keeps', { count: textsOf(room, 'action').length })}</p>
      <p>{word(`mode-${shared.mode}-kept`)}</p>
      <p>{t('close-before')}</p>
      <p class="row">
        <Btn onPress={() => open('dates')}>{t('dates-open')}</Btn>
        <Btn look="danger" onPress={then({ c: 'close' })}>{t('close-do')}</Btn>
      </p>
    </Sheet>
  );
}
