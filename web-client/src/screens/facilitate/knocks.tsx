/** People at the door. The facilitator's own browser hands them the key. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { Knocker } from '../../session/types';
import { Btn } from '../pieces';
import { bare, plain, word } from '../words';
import { circleOf, nameOf, useAsk, useLook } from '../room/look';

export function Knocks(): JSX.Element | null {
  const { session } = useLook();
  const knocks = session.knocks.value;
  if (knocks.length === 0) return null;
  return (
    <section class="card knocks" aria-labelledby="knocks-title" data-keep>
      <h2 id="knocks-title" tabIndex={-1}>{plain('knocks-title', { count: knocks.length })}</h2>
      <ul class="rows">
        {knocks.map((knocker) => <Knock key={knocker.device} knocker={knocker} />)}
      </ul>
    </section>
  );
}

function Knock({ knocker }: { readonly knocker: Knocker }): JSX.Element {
  const look = useLook();
  const ask = useAsk();
  const { session, shared } = look;
  const { device, role, verified, seat } = knocker;
  const name = knocker.name ?? t('name-unreadable');
  const before = circleOf(shared).filter(
    ([held, view]) => !session.here.value.has(held) && (view.role === role || (role === 'member' && (view.role === 'trainee' || view.role === 'observer'))),
  );
  return (
    <li data-device={device}>
      <span class="who">
        <b dir="auto">{name}</b> <span class="hint">{word(`role-${role}`)}</span>
        {!verified && <span class="chip amber">{t('knock-unverified')}</span>}
        {seat && <span class="hint"> {t('knock-back', { name: nameOf(look, seat) })}</span>}
      </span>
      <span class="acts">
        <Btn look="main" label={bare(t('admit-name', { name }))} onPress={() => void session.admit(device, seat)}>
          {t('admit')}
        </Btn>
        <Btn look="quiet" label={bare(t('refuse-name', { name }))} onPress={() => ask({ c: 'refuse', device })}>
          {t('refuse')}
        </Btn>
      </span>
      {seat === undefined && before.length > 0 && (
        <details>
          <summary>{t('knock-was-here')}</summary>
          <p class="row">
            {before.map(([held]) => (
              <Btn key={held} onPress={() => void session.admit(device, held)}>{t('admit-as', { name: nameOf(look, held) })}</Btn>
            ))}
          </p>
        </details>
      )}
    </li>
  );
}
