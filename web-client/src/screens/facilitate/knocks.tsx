/**
 * People at the door. The facilitator's own browser hands them the key. Shown wherever the facilitator
 * is: whoever waits is told that they can be seen.
 */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { Knocker, Session } from '../../session';
import { attempt } from '../attempt';
import { Btn } from '../components';
import { bare, plain, word } from '../messages';
import { circleOf, nameOf, type PlainCommand } from '../room/room-context';

interface KnocksProps {
  readonly session: Session;
  /** Tells the list in a dialog from the one on the page behind it. */
  readonly within?: 'sheet';
}

export function Knocks({ session, within }: KnocksProps): JSX.Element | null {
  const knocks = session.knocks.value;
  if (knocks.length === 0) return null;
  const id = within === undefined ? 'knocks-title' : `knocks-title-${within}`;
  return (
    <section class="card knocks" aria-labelledby={id} data-keep>
      <h2 id={id} tabIndex={-1}>{plain('knocks-title', { count: knocks.length })}</h2>
      <ul class="rows">
        {knocks.map((knocker) => <Knock key={knocker.device} session={session} knocker={knocker} />)}
      </ul>
    </section>
  );
}

interface KnockProps {
  readonly session: Session;
  readonly knocker: Knocker;
}

const asks = (session: Session) => (command: PlainCommand) => attempt(() => session.ask(command));

function Knock({ session, knocker }: KnockProps): JSX.Element {
  const ask = asks(session);
  const { device, role, verified, seat } = knocker;
  const name = knocker.name ?? t('name-unreadable');
  return (
    <li data-device={device}>
      <span class="who">
        <b dir="auto">{name}</b> <span class="hint">{word(`role-${role}`)}</span>
        {!verified && <span class="chip amber">{t('knock-unverified')}</span>}
        {seat && <span class="hint"> {t('knock-back', { name: nameOf({ session }, seat) })}</span>}
      </span>
      <span class="acts">
        <Btn
          look={knocker.claim ? 'quiet' : 'main'}
          label={bare(t(knocker.claim ? 'admit-new-name' : 'admit-name', { name }))}
          onPress={() => session.admit(device, seat)}
        >
          {t(knocker.claim ? 'admit-new' : 'admit')}
        </Btn>
        <Btn look="quiet" label={bare(t('refuse-name', { name }))} onPress={() => ask({ c: 'refuse', device })}>
          {t('refuse')}
        </Btn>
      </span>
      {seat === undefined && <WasHere session={session} knocker={knocker} />}
    </li>
  );
}

/** Whose place somebody at the door may have had. Whoever is there now is asked before they get it. */
function WasHere({ session, knocker: { device, role, claim } }: KnockProps): JSX.Element | null {
  const ask = asks(session);
  const shared = session.shared.value;
  const fits = (shared === undefined ? [] : circleOf(shared)).filter(
    ([, view]) => view.role === role || (role === 'member' && (view.role === 'trainee' || view.role === 'observer')),
  );
  if (claim !== undefined) {
    const name = nameOf({ session }, claim.seat);
    const said = claim.yes === undefined ? 'knock-asked' : claim.yes ? 'knock-yes' : 'knock-no';
    return (
      <p class="claimed">
        <output>{t(said, { name })}</output>{' '}
        {claim.yes === true && (
          <Btn look="main" onPress={() => session.admit(device, claim.seat)}>{t('knock-let-in', { name })}</Btn>
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
          <Btn key={held} onPress={() => session.admit(device, held)}>{t('admit-as', { name: nameOf({ session }, held) })}</Btn>
        ))}
      </p>
      {fits.filter(([held]) => session.here.value.has(held)).map(([held]) => (
        <p key={held}>
          {t('knock-here', { name: nameOf({ session }, held) })}{' '}
          <Btn onPress={() => ask({ c: 'ask_seat', device, seat: held })}>{t('knock-ask', { name: nameOf({ session }, held) })}</Btn>
        </p>
      ))}
    </details>
  );
}
