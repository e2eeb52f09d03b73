/** The door: a name, and what this browser can do. Nothing is sent before *Ask to join*. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { fitName } from '../lib/names';
import type { Session } from '../session';
import { attempt } from './attempt';
import { Btn, Faults, Field, Icon, Late, nameFault, Title, tooLong } from './components';
import { NAME, useTyped } from './draft';

interface DoorProps {
  readonly session: Session;
}

export function Door({ session }: DoorProps): JSX.Element {
  const [name, setName] = useTyped(session.drafts, 'door', '');
  const [tries, setTries] = useState(0);
  const [busy, setBusy] = useState(false);
  const fit = fitName(name);
  const wrong = tooLong(name, NAME) ?? (tries > 0 && fit === undefined ? nameFault(name) : undefined);
  const faults = new Map(tries === 0 || wrong === undefined ? [] : [['name', wrong]]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setTries(tries + 1);
    if (fit === undefined || tooLong(name, NAME) !== undefined) return;
    setBusy(true);
    try {
      await session.knock(fit);
    } finally {
      setBusy(false);
    }
  };
  const { role } = session;
  const stored = session.stored.value;
  const place = session.place.value;
  return (
    <>
      <Faults faults={faults} attempt={tries} />
      <Title>{t('arrival-title')}</Title>
      <p class="lead">{t('arrival-role', { role })}</p>
      {place.at === 'door' && place.anew === true && <p class="tip">{t('door-anew')}</p>}
      <form onSubmit={(event) => attempt(() => submit(event))} onFocusIn={() => attempt(() => session.drafts.ready())} noValidate>
        <Field id="name" label={t('door-name')} hint={t('door-name-hint')} fault={wrong} value={name} limit={NAME} complete="given-name" onValue={setName} />
        <Late waits={busy} typed />
        <Btn submit look="main" off={busy}>{t(role === 'h' ? 'door-go-in' : 'door-ask')}</Btn>
        <p class="hint">{t('door-kept')} {t(stored ? 'typed-stays' : 'typed-stays-page')}</p>
        <section class="card" aria-labelledby="check-title">
          <h2 id="check-title">{t('check-title')}</h2>
          <ul class="checks">
            <li><Icon is="check" />{t('check-crypto')}</li>
            <li><Icon is={stored ? 'check' : 'x'} />{t(stored ? 'check-stored' : role === 'h' ? 'not-stored-host' : 'not-stored')}</li>
          </ul>
          <p><a href="/selftest.html">{t('check-more')}</a></p>
        </section>
      </form>
    </>
  );
}
