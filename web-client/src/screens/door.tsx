/** The door: a name, and what this browser can do. Nothing is sent before *Ask to join*. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { fitName } from '../lib/names';
import type { Session } from '../session';
import { LIMITS } from '../wire.gen';
import { Btn, Faults, Field, Icon, nameFault, Title } from './components';

interface DoorProps {
  readonly session: Session;
}

export function Door({ session }: DoorProps): JSX.Element {
  const [name, setName] = useState('');
  const [attempt, setAttempt] = useState(0);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const fit = fitName(name);
  const missing = attempt > 0 && fit === undefined ? nameFault(name) : undefined;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setAttempt(attempt + 1);
    if (fit === undefined) return;
    setBusy(true);
    // Without it nobody would know that they are not at the door.
    setFailed(await session.knock(fit).then(() => false, () => true));
    setBusy(false);
  };
  const { role } = session;
  const stored = session.stored.value;
  const place = session.place.value;
  return (
    <>
      <Faults faults={new Map(missing === undefined ? [] : [['name', missing]])} attempt={attempt} />
      <Title>{t('arrival-title')}</Title>
      <p class="lead">{t('arrival-role', { role })}</p>
      {place.at === 'door' && place.anew === true && <p class="tip">{t('door-anew')}</p>}
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field id="name" label={t('door-name')} hint={t('door-name-hint')} fault={missing} value={name} max={LIMITS.name_chars} complete="given-name" onValue={setName} />
        <section class="card" aria-labelledby="check-title">
          <h2 id="check-title">{t('check-title')}</h2>
          <ul class="checks">
            <li><Icon is="check" />{t('check-crypto')}</li>
            <li><Icon is={stored ? 'check' : 'x'} />{t(stored ? 'check-stored' : 'not-stored')}</li>
          </ul>
          <p><a href="/selftest.html">{t('check-more')}</a></p>
        </section>
        <p class="hint">{t('door-kept')}</p>
        {failed && <p class="tip" role="alert">{t('needs-reload')}</p>}
        <Btn submit look="main" off={busy}>{t(role === 'h' ? 'door-go-in' : 'door-ask')}</Btn>
      </form>
    </>
  );
}
