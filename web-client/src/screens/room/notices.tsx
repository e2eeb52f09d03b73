/** Lines that stay until they are dismissed, and what is wrong with the line right now. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Later, later } from '../lazy';
import { Btn, Failure, Said, Trouble } from '../components';
import { plain, word } from '../messages';
import { useRoom } from './room-context';

const PATIENCE_MS = 1500;

export function Messages({ noted }: { readonly noted: string | undefined }): JSX.Element {
  const { session, note } = useRoom();
  const refusal = session.refusal.value;
  // The room waits for this parcel in more places, which say so where it does not come.
  const FirstNotes = later.parts.value?.FirstNotes;
  const lost = session.lost.value.length;
  return (
    <section class="messages" aria-label={t('messages')} data-keep>
      {FirstNotes && <FirstNotes />}
      <Failure />
      <Trouble session={session} said />
      <Unsent />
      {session.rolledBack.value && (
        <p class="message">
          <span>{t('set-back')}</span>
          {lost === 0 && <Btn look="quiet" onPress={() => session.dropLost()}>{t('dismiss')}</Btn>}
        </p>
      )}
      {lost > 0 && (
        <p class="message" data-lost>
          <span>{plain('lost-texts', { count: lost })}</span>
          <Btn onPress={() => session.writeAgain()}>{t('write-again')}</Btn>
          <Btn look="quiet" onPress={() => session.dropLost()}>{t('dismiss')}</Btn>
        </p>
      )}
      {session.newBuild.value && (
        <p class="message">
          <span>{t('new-build')}</span>
          <Btn onPress={() => location.reload()}>{t('reload')}</Btn>
        </p>
      )}
      {session.drafts.all.value.size > 0 && <Later from={later} is="BegunOffer" />}
      {session.keys.value !== 'ready' && <p class="message">{word(`keys-${session.keys.value}`)}</p>}
      {refusal && (
        <p class="message refusal" data-code={refusal.code}>
          <span>{word(`code-${refusal.code}`)}</span>
          <Btn look="quiet" onPress={() => session.dismissRefusal()}>{t('dismiss')}</Btn>
        </p>
      )}
      {noted !== undefined && (
        <p class="message">
          <span><Said text={noted} /></span>
          <Btn look="quiet" onPress={() => note(undefined)}>{t('dismiss')}</Btn>
        </p>
      )}
    </section>
  );
}

/** What has been asked and is not on disk yet: in words, once it takes longer than a blink. */
function Unsent(): JSX.Element | null {
  const { session } = useRoom();
  const count = session.unsent.value.length;
  const oldest = session.unsent.value[0]?.cid;
  const [slow, setSlow] = useState<string>();
  useEffect(() => {
    if (oldest === undefined) return undefined;
    const timer = setTimeout(() => setSlow(oldest), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [oldest]);
  if (count === 0) return null;
  const live = session.line.value === 'live';
  if (live && session.unsent.value.some(({ notSaved }) => notSaved)) {
    return <output class="message" data-not-saved>{t('not-saved')}</output>;
  }
  if (live && slow !== oldest) return null;
  return <output class="message">{plain(live ? 'sending' : 'not-sent-yet', { count })}</output>;
}
