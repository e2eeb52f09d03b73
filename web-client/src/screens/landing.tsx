/** The first page: what Setroom is, and the two ways in. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type PlainId, t } from '../i18n';
import { type Link, LinkFault, type LinkFaultCode, parseLink } from '../seal/link';

const FAULT_TEXT: Readonly<Record<LinkFaultCode, PlainId>> = {
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
}

export function Landing({ fault: arrivedWith, onLink }: LandingProps): JSX.Element {
  // Counted, so that the same fault twice moves the focus twice.
  const [fault, setFault] = useState({ code: arrivedWith, count: 0 });
  const summary = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (fault.code !== undefined) summary.current?.focus();
  }, [fault]);

  const submit = (event: Event): void => {
    event.preventDefault();
    try {
      onLink(parseLink(field.current?.value ?? ''));
    } catch (error) {
      if (!(error instanceof LinkFault)) throw error;
      setFault({ code: error.code, count: fault.count + 1 });
    }
  };

  const text = fault.code === undefined ? undefined : t(FAULT_TEXT[fault.code]);
  return (
    <>
      {text !== undefined && (
        <div class="faults" ref={summary} tabIndex={-1} aria-labelledby="faults-title">
          <h2 id="faults-title">{t('error-summary-title')}</h2>
          <p>
            <a
              href="#link"
              onClick={(event) => {
                event.preventDefault();
                field.current?.focus();
              }}
            >
              {text}
            </a>
          </p>
        </div>
      )}
      <h1>{t('landing-title')}</h1>
      <p class="lead">{t('landing-intro')}</p>
      <div class="pair">
        <section class="card" aria-labelledby="link-title">
          <h2 id="link-title">{t('landing-link-title')}</h2>
          <p class="hint" id="link-hint">
            {t('landing-link-text')}
          </p>
          <form onSubmit={submit} noValidate>
            <label for="link">{t('landing-link-label')}</label>
            {text !== undefined && (
              <p class="fault" id="link-fault">
                {t('error-prefix', { text })}
              </p>
            )}
            <input
              id="link"
              ref={field}
              type="text"
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              aria-describedby={text === undefined ? 'link-hint' : 'link-hint link-fault'}
              aria-invalid={text === undefined ? undefined : true}
            />
            <button type="submit">{t('landing-link-button')}</button>
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
