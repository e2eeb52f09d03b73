/** The first page: what Setroom is, and the two ways in. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type MessageId, t } from '../i18n';
import { findLink } from '../seal/find-link';
import { type Link, LinkFault, type LinkFaultCode } from '../seal/link';
import { Btn, Faults, Field, Title } from './components';

const FAULT_TEXT: Readonly<Record<LinkFaultCode, MessageId>> = {
  empty: 'link-fault-empty',
  no_fragment: 'link-fault-no-fragment',
  version: 'link-fault-version',
  role: 'link-fault-role',
  damaged: 'link-fault-damaged',
  rewritten: 'link-fault-rewritten',
  none: 'link-fault-none',
};

interface LandingProps {
  /** What stood in the address behind `#` and is no link as it stands. */
  readonly arrived?: string | undefined;
  readonly onLink: (link: Link) => void;
  readonly onHost: () => void;
}

/** The link in a text, or why there is none. */
function read(pasted: string): Link | LinkFaultCode {
  try {
    return findLink(pasted);
  } catch (error) {
    if (error instanceof LinkFault) return error.code;
    throw error;
  }
}

export function Landing({ arrived, onLink, onHost }: LandingProps): JSX.Element {
  const [arrival] = useState(() => (arrived === undefined ? undefined : read(`#${arrived}`)));
  // Counted, so that the same fault twice moves the focus twice.
  const [fault, setFault] = useState({ code: typeof arrival === 'string' ? arrival : undefined, count: 0 });
  const [value, setValue] = useState('');
  useEffect(() => {
    if (typeof arrival === 'object') onLink(arrival);
  }, [arrival, onLink]);

  const submit = (event: Event): void => {
    event.preventDefault();
    const found = read(value);
    if (typeof found === 'object') onLink(found);
    else setFault({ code: found, count: fault.count + 1 });
  };

  const text = fault.code === undefined ? undefined : t(FAULT_TEXT[fault.code] as 'link-fault-empty');
  return (
    <>
      <Title>{t('landing-title')}</Title>
      <Faults faults={new Map(text === undefined ? [] : [['link', text]])} attempt={fault.count} />
      <p class="lead">{t('landing-intro')}</p>
      <div class="pair">
        <section class="card" aria-labelledby="host-title">
          <h2 id="host-title">{t('landing-host-title')}</h2>
          <p class="hint">{t('landing-host-text')}</p>
          <p>
            <Btn look="main" onPress={onHost}>{t('landing-host-button')}</Btn>
          </p>
        </section>
        <section class="card" aria-labelledby="link-title">
          <h2 id="link-title">{t('landing-link-title')}</h2>
          <form onSubmit={submit} noValidate>
            <Field id="link" label={t('landing-link-label')} hint={t('landing-link-text')} fault={text} value={value} onValue={setValue} />
            <Btn submit>{t('landing-link-button')}</Btn>
          </form>
        </section>
      </div>
      <p class="hint">{t('landing-beside')}</p>
      <p class="hint">
        <a href="/selftest.html">{t('landing-check')}</a>
      </p>
    </>
  );
}
