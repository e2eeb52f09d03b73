/** People at the door. The facilitator's own browser hands them the key. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { Knocker } from '../../session';
import { Btn } from '../components';
import { bare, plain, word } from '../messages';
import { circleOf, nameOf, useAsk, useRoom } from '../room/room-context';

export function Knocks(): JSX.Element | null {
  const { session } = useRoom();
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
  const room = useRoom();
  const ask = useAsk();
  const { session } = room;
  const { device, role, verified, seat } = knocker;
  const name = knocker.name ?? t('name-unreadable');
  return (
    <li data-device={device}>
      <span class="who">
        <b dir="auto">{name}</b> <span class="hint">{word(`role-${role}`)}</span>
        {!verified && <span class="chip amber">{t('knock-unverified')}</span>}
        {seat && <span class="hint"> {t('knock-back', { name: nameOf(room, seat) })}</span>}
      </span>
      <span class="acts">
        <Btn
          look={knocker.claim ? 'quiet' : 'main'}
          label={bare(t(knocker.claim ? 'admit-new-name' : 'admit-name', { name }))}
          onPress={() => void session.admit(device, seat)}
        >
          {t(knocker.claim ? 'admit-new' : 'admit')}
        </Btn>
        <Btn look="quiet" label={bare(t('refuse-name', { name }))} onPress={() => ask({ c: 'refuse', device })}>
          {t('refuse')}
        </Btn>
      </span>
      {seat === undefined && <WasHere knocker={knocker} />}
    </li>
  );
}

/** Whose place somebody at the door may have had. Whoever is there now is asked before they get it. */
function WasHere({ knocker: { device, role, claim } }: { readonly knocker: Knocker }): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { session, shared } = room;
  const fits = circleOf(shared).filter(
    ([, view]) => view.role === role || (role === 'member' && (view.role === 'trainee' || view.role === 'observer')),
  );
  if (claim !== undefined) {
    const name = nameOf(room, claim.seat);
    const said = claim.yes === undefined ? 'knock-asked' : claim.yes ? 'knock-yes' : 'knock-no';
    return (
      <p class="claimed">
        <output>{t(said, { name })}</output>{' '}
        {claim.yes === true && (
          <Btn look="main" onPress={() => void session.admit(device, claim.seat)}>{t('knock-let-in', { name })}</Btn>
        )}
      </p>
    );
  }
  if (fits.length === 0) return null;
  return (
    <details>
      <summary>{t('knock-was-here')}</summary>
      <p class="row">
        {fits.filter(([held]) => !session.here.value.has(held)).map(([held]) => (
          <Btn key={held} onPress={() => void session.admit(device, held)}>{t('admit-as', { name: nameOf(room, held) })}</Btn>
        ))}
      </p>
      {fits.filter(([held]) => session.here.value.has(held)).map(([held]) => (
        <p key={held}>
          {t('knock-here', { name: nameOf(room, held) })}{' '}
          <Btn onPress={() => ask({ c: 'ask_seat', device, seat: held })}>{t('knock-ask', { name: nameOf(room, held) })}</Btn>
        </p>
      ))}
    </details>
  );
}
