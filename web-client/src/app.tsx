/** Chooses the screen. It knows no rules: what may be done is the server's to say. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from './i18n';
import { Frame } from './screens/frame';
import { Landing } from './screens/landing';
import { type Link, LinkFault, parseLink } from './seal/link';

interface AppProps {
  /** What stood after `#` in the address, without the `#`; empty when nothing did. */
  readonly fragment: string;
  /** Whether this is a secure context: without one there is no WebCrypto, and no Setroom. */
  readonly secure: boolean;
}

/** A link, the fault of what should have been one, or nothing. */
function readArrival(fragment: string): Link | LinkFault | undefined {
  if (fragment === '') return undefined;
  try {
    return parseLink(fragment);
  } catch (error) {
    if (error instanceof LinkFault) return error;
    throw error;
  }
}

export function App({ fragment, secure }: AppProps): JSX.Element {
  const [arrival, setArrival] = useState(() => readArrival(fragment));
  if (!secure) {
    return (
      <Frame>
        <h1>{t('error-summary-title')}</h1>
        <p>{t('needs-https')}</p>
      </Frame>
    );
  }
  if (arrival !== undefined && !(arrival instanceof LinkFault)) {
    return (
      <Frame>
        <h1>{t('arrival-title')}</h1>
        <p>{t('arrival-role', { role: arrival.role })}</p>
      </Frame>
    );
  }
  return (
    <Frame>
      <Landing fault={arrival?.code} onLink={setArrival} />
    </Frame>
  );
}
