/** "Where are we?": the whole state in a few sentences, when somebody asks for it. */

import { t } from '../i18n';
import { cueText, partName, word } from './messages';
import { chapterOf, headlineOf, isSilent, lacksPresenter, leftMs, nameOf, nextUp, presents, queueOf, turnOf, wordsOf, type RoomContext } from './room/room-context';
import { minutesLeft } from './room/ring';
import { meetingText } from './series';

export function statusSummary(room: RoomContext): string {
  const { shared, own, session } = room;
  const { now } = shared;
  const which = meetingText(shared);
  const say = which === undefined ? [] : [`${which}.`];
  if (now === undefined) return [...say, t('where-gathering', { count: session.here.value.size })].join(' ');
  if (shared.hold) say.push(t('cue-hold-all'));
  const chapter = chapterOf(shared.agenda, now.part);
  say.push(
    t('where-part', { step: now.part - chapter.from + 1, steps: chapter.parts.length, part: partName(now.id) }),
  );
  const left = leftMs(shared.clock, session.now());
  if (left !== undefined) {
    say.push(left > 0 ? t('where-left', { minutes: minutesLeft(left) }) : t('where-over'));
    if (shared.clock.is === 'paused') say.push(t('where-paused'));
  }
  if (shared.presenter !== undefined) {
    const headline = headlineOf(room);
    say.push(presents(room) ? t('where-you-present') : t('where-presents', { name: nameOf(room, shared.presenter) }));
    if (headline) say.push(t('where-headline', { text: wordsOf(headline) }));
  }
  if (isSilent(shared)) say.push(t('where-silence'));
  const floor = turnOf(shared) ?? shared.asking?.seat;
  if (floor !== undefined) {
    say.push(floor === own.seat ? t('where-your-floor') : t('where-floor', { name: nameOf(room, floor) }));
  }
  const next = nextUp(room);
  if (next !== undefined) say.push(next === own.seat ? t('where-you-next') : t('where-next', { name: nameOf(room, next) }));
  const place = queueOf(shared).indexOf(own.seat);
  if (place >= 0) say.push(t('where-place', { place: place + 1, of: queueOf(shared).length }));
  say.push(lacksPresenter(shared) ? t(own.controls ? 'who-presents' : 'who-presents-waits') : cueText(now.cue, presents(room) ? 'p' : own.controls ? 'f' : 'm'));
  say.push(t('where-mode', { mode: word(`mode-${shared.mode}`) }));
  return say.join(' ');
}
