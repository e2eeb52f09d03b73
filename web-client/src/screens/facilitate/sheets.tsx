/** The dialogs of those who run the room. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { Btn } from '../components';
import { asked, Later, offRecord } from '../lazy';
import { partName, plain } from '../messages';
import { useRoom, type SheetName } from '../room/room-context';
import { type Closing, Sheet } from '../sheet';
import { useAskAndClose } from '../sheets';
import { DatesSheet } from './dates';
import { FitSheet } from './fit';
import { CloseSheet, SeatSheet } from './people';
import { OrderSheet } from './order';
import { LinksSheet } from './links';

const SHEETS = { 'off-record': Off, more: More, parts: Parts, fit: FitSheet, order: OrderSheet, links: LinksSheet, dates: DatesSheet, ask: Ask, close: CloseSheet };

interface ControlSheetsProps extends Closing {
  readonly sheet: SheetName;
}

export function ControlSheets({ sheet, onClose }: ControlSheetsProps): JSX.Element | null {
  if (typeof sheet === 'object') return <SeatSheet seat={sheet.seat} onClose={onClose} />;
  const Named = SHEETS[sheet as keyof typeof SHEETS];
  return Named && <Named onClose={onClose} />;
}

function Ask({ onClose }: Closing): JSX.Element {
  return <Later from={asked} is="AskSheet" with={{ onClose }} />;
}

function Off({ onClose }: Closing): JSX.Element {
  return <Later from={offRecord} is="OffRecordSheet" with={{ onClose }} />;
}

function More({ onClose }: Closing): JSX.Element {
  const { shared, own, open } = useRoom();
  const then = useAskAndClose(onClose);
  const { now, hold } = shared;
  const held = hold !== undefined;
  return (
    <Sheet heading={t('more-title')} onClose={onClose}>
      <h3>{t('more-time')}</h3>
      <p class="row">
        <Btn off={held} onPress={then({ c: 'add_time', minutes: 5 })}>{t('add-5')}</Btn>
        <Btn off={held} onPress={then({ c: 'add_time', minutes: -2 })}>{t('take-2')}</Btn>
        <Btn onPress={() => open('fit')}>{t('fit-open')}</Btn>
        <Btn off={held} onPress={then({ c: 'go_to', part: now?.part ?? 0 })}>{t('repeat')}</Btn>
        <Btn look="main" onPress={() => open('parts')}>{t('parts-open')}</Btn>
      </p>
      <h3>{t('more-room')}</h3>
      <p class="row">
        <Btn off={held || now?.hand !== 'ask'} onPress={then({ c: 'let_it_land' })}>{t('let-it-land')}</Btn>
        <Btn off={Object.keys(shared.queue).length === 0} onPress={then({ c: 'clear_queue' })}>{t('clear-queue')}</Btn>
        <Btn onPress={() => open('agreed')}>{t('mode-propose-open')}</Btn>
        {own.keys && <Btn onPress={() => open('off-record')}>{t('otr-open')}</Btn>}
      </p>
      <h3>{t('more-people')}</h3>
      <p class="row">
        <Btn onPress={() => open('order')}>{t('order')}</Btn>
        {own.keys && <Btn onPress={then({ c: 'lock', on: !shared.locked })}>{t(shared.locked ? 'unlock' : 'lock')}</Btn>}
        {own.keys && <Btn onPress={() => open('links')}>{t('links')}</Btn>}
        {shared.lead !== undefined && (
          <Btn onPress={then({ c: 'take_back' })}>{t(shared.lead === own.seat ? 'give-back' : 'take-back')}</Btn>
        )}
      </p>
      <p class="hint">{t('more-people-hint')}</p>
      <h3>{t('more-end')}</h3>
      <p class="row">
        <Btn onPress={() => open('dates')}>{t('dates-open')}</Btn>
        <Btn look="danger" onPress={() => open('close')}>{t('close-meeting')}</Btn>
      </p>
    </Sheet>
  );
}

/** Any part: the meeting may go to it, over it, or back to it. */
function Parts({ onClose }: Closing): JSX.Element {
  const { shared } = useRoom();
  const then = useAskAndClose(onClose);
  const at = shared.now?.part;
  return (
    <Sheet heading={t('parts-title')} onClose={onClose}>
      <p class="hint">{t('parts-hint')}</p>
      <ol class="parts">
        {shared.agenda.map((part, index) => (
          <li key={`${part.step} ${part.slot} ${part.id}`} data-part={part.id}>
            <Btn
              current={index === at}
              off={shared.hold !== undefined}
              label={plain('go-to-part', { n: index + 1, part: partName(part.id) })}
              onPress={then({ c: 'go_to', part: index })}
            >
              {plain('go-to-part', { n: index + 1, part: partName(part.id) })}
            </Btn>
            <span class="hint">
              {part.slot !== undefined && `${plain('slot-n', { n: part.slot + 1 })} · `}
              {plain('time-minutes', { minutes: part.minutes })}
              {index === at && ` · ${t('part-now')}`}
            </span>
          </li>
        ))}
      </ol>
    </Sheet>
  );
}
