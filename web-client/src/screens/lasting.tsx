/** What this browser may forget, and a press that asks it not to. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { type Lasting as Answer, lasting } from '../lib/lasting';
import type { Session } from '../session';
import { Btn } from './components';

interface LastingProps {
  readonly session: Session;
  /** Tells the part in a dialog from the one on the page behind it. */
  readonly within?: 'sheet';
}

/** `asked`: it was asked, and promises nothing. */
type Said = Answer | 'asked';

export function Lasting({ session, within }: LastingProps): JSX.Element | null {
  const [said, setSaid] = useState<Said>();
  const stored = session.stored.value;
  useEffect(() => {
    // It never rejects.
    lasting(false).then(setSaid, () => setSaid('none'));
  }, []);
  // Where nothing is kept at all, the page says that.
  if (said === undefined || !stored) return null;
  const ask = async (): Promise<void> => {
    // A question that was waved away stays without an answer: then it is asked again.
    const answer = await lasting(true);
    setSaid(answer === 'open' ? 'asked' : answer);
  };
  const id = `lasting-title-${within ?? 'page'}`;
  const host = session.role === 'h';
  return (
    <section class="stack" aria-labelledby={id} data-keep data-lasting={said}>
      <h3 id={id} tabIndex={-1}>{t('lasting-title')}</h3>
      <p><output>{t(said === 'kept' ? 'lasting-kept' : said === 'open' ? 'lasting-open' : 'lasting-none')}</output></p>
      {said !== 'kept' && (
        <p>{t(host ? 'lasting-link-host' : 'lasting-link')} {session.help.value !== 'facilitators' && t('lasting-code')}</p>
      )}
      {said === 'open' && (
        <>
          <p class="no-print"><Btn onPress={ask}>{t('lasting-ask')}</Btn></p>
          <p class="hint no-print">{t('lasting-how')}</p>
        </>
      )}
    </section>
  );
}
