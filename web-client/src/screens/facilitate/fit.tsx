/** What is left of the meeting, fitted to when it was to end: what each part would have, before it is done. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Btn, Choice } from '../components';
import { type Gives, lateBy, proposals, toCome } from '../fit';
import { partName, plain } from '../messages';
import { useRoom } from '../room/room-context';
import { type Closing, Sheet } from '../sheet';
import { useAskAndClose } from '../sheets';

const FROM = { all: 'fit-from-all', breaks: 'fit-from-breaks', slot: 'fit-from-slot' } as const;

export function FitSheet({ onClose }: Closing): JSX.Element {
  const { shared, second } = useRoom();
  const then = useAskAndClose(onClose);
  const [wanted, setWanted] = useState<Gives>('all');
  const late = lateBy(shared, second.value);
  const ways = proposals(shared, late);
  const from = ways.has(wanted) ? wanted : [...ways.keys()][0];
  const minutes = (from && ways.get(from)) ?? [];
  const parts = toCome(shared);
  const moved = parts.flatMap((part, at) => {
    const after = minutes[at] ?? part.minutes;
    return after === part.minutes ? [] : [{ part, after }];
  });
  const rest = moved.reduce((left, { part, after }) => left + after - part.minutes, late);
  return (
    <Sheet heading={t('fit-title')} onClose={onClose} closing={t('cancel')}>
      <p>{late === 0 ? t('fit-on-time') : plain(late > 0 ? 'fit-late' : 'fit-early', { minutes: Math.abs(late) })}</p>
      {late !== 0 && from === undefined && <p class="hint">{t('fit-none')}</p>}
      {late !== 0 && from !== undefined && (
        <>
          <Choice
            legend={t(late > 0 ? 'fit-take' : 'fit-give')}
            name="fit"
            value={from}
            options={[...ways.keys()].map((is) => ({ is, label: t(FROM[is]) }))}
            onValue={setWanted}
          />
          <ol class="parts">
            {moved.map(({ part, after }) => (
              <li key={`${part.step} ${part.slot} ${part.id}`} data-part={part.id}>
                <span>{partName(part.id)}</span>
                <span class="hint">
                  {part.slot !== undefined && `${plain('slot-n', { n: part.slot + 1 })} · `}
                  {plain('fit-part', { before: part.minutes, after })}
                </span>
              </li>
            ))}
          </ol>
          {rest !== 0 && <p>{plain(rest > 0 ? 'fit-rest-late' : 'fit-rest-early', { minutes: Math.abs(rest) })}</p>}
          <p class="hint">{t('fit-hint')}</p>
          <p class="row">
            <Btn look="main" off={shared.hold !== undefined} onPress={then({ c: 'fit_time', minutes: [...minutes] })}>{t('fit-do')}</Btn>
          </p>
        </>
      )}
    </Sheet>
  );
}
