/** The first page: what Setroom is, and the two ways in. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type MessageId, t } from '../i18n';
import { type Link, LinkFault, type LinkFaultCode, parseLink } from '../seal/link';
import { Btn, Faults, Field, Title } from './components';

const FAULT_TEXT: Readonly<Record<LinkFaultCode, MessageId>> = {
  empty: 'link-fault-empty',
  no_fragment: 'link-fault-no-fragment',
  version: 'link-fault-version',
  role: 'link-fault-role',
  damaged: 'link-fault-damaged',
};

interface LandingProps {
  /** Why the link in the address did not do, when there was one. */
  readonly fault?: LinkFaultCode | undefined;
  readonly onLink: (link: Link) => void;
  readonly onHost: () => void;
}

export function Landing({ fault: arrivedWith, onLink, onHost }: LandingProps): JSX.Element {
  // Counted, so that the same fault twice moves the focus twice.
  const [fault, setFault] = useState({ code: arrivedWith, count: 0 });
  const [value, setValue] = useState('');

  const submit = (event: Event): void => {
    event.preventDefault();
    try {
      onLink(parseLink(value));
    } catch (error) {
      if (!(error instanceof LinkFault)) throw error;
      setFault({ code: error.code, count: fault.count + 1 });
    }
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
