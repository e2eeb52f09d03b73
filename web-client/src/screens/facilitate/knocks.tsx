/**
 * People at the door. The facilitator's own browser hands them the key. Shown wherever the facilitator
 * is: whoever waits is told that they can be seen.
 */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { alike, apart } from '../../lib/names';
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
  const names = apart(knocks.map(({ device, name }) => [device, name ?? t('name-unreadable')] as const));
  const closed = session.shared.value?.stage === 'closed';
  // Those whom one press lets in are the rows that stood here when it was drawn.
  const sure = knocks.filter(
    ({ name, verified, claim, seat }) => name !== undefined && verified && claim === undefined && !(closed && seat === undefined),
  );
  const admitThese = (): void => {
    for (const { device, seat } of sure) attempt(() => session.admit(device, seat));
  };
  return (
    <section class="card knocks" aria-labelledby={id} data-keep>
      <h2 id={id} tabIndex={-1}>{plain('knocks-title', { count: knocks.length })}</h2>
      {closed && <p class="hint">{t('knocks-closed')}</p>}
      {sure.length > 1 && (
        <p><Btn look="main" onPress={admitThese}>{plain('admit-these', { count: sure.length })}</Btn></p>
      )}
      <ul class="rows">
        {knocks.map((knocker) => (
          <Knock key={knocker.device} session={session} knocker={knocker} name={names.get(knocker.device) ?? ''} alone={sure.length < 2} />
        ))}
      </ul>
    </section>
  );
}

interface KnockProps {
  readonly session: Session;
  readonly knocker: Knocker;
  readonly name: string;
  /** Whether no button above lets several in. */
  readonly alone: boolean;
}

const asks = (session: Session) => (command: PlainCommand) => attempt(() => session.ask(command));

function Knock({ session, knocker, name, alone }: KnockProps): JSX.Element {
  const ask = asks(session);
  const { device, role, verified, seat } = knocker;
  // No key is sealed for what could not be verified, and after the close nobody comes in as somebody new.
  const admits = verified && (seat !== undefined || session.shared.value?.stage !== 'closed');
  const like = [...session.names.value].find(([held, is]) => held !== seat && alike(is, name));
  return (
    <li data-device={device}>
      <span class="who">
        <b><bdi>{name}</bdi></b>{role !== 'member' && <> <span class="chip now">{word(`role-${role}`)}</span></>}
        {like && <span class="chip amber">{t('knock-like', { name: like[1] })}</span>}
        {!verified && <span class="chip amber">{t('knock-unverified')}</span>}
        {seat && <span class="hint"> {t('knock-back', { name: nameOf({ session }, seat) })}</span>}
      </span>
      <span class="acts">
        {admits && (
          <Btn
            look={knocker.claim ? 'quiet' : alone ? 'main' : undefined}
            label={bare(t(knocker.claim ? 'admit-new-name' : 'admit-name', { name }))}
            onPress={() => session.admit(device, seat)}
          >
            {t(knocker.claim ? 'admit-new' : 'admit')}
          </Btn>
        )}
        <Btn look="quiet" label={bare(t('refuse-name', { name }))} onPress={() => ask({ c: 'refuse', device })}>
          {t('refuse')}
        </Btn>
      </span>
      {verified && seat === undefined && <WasHere session={session} knocker={knocker} />}
    </li>
  );
}

/** Whose place somebody at the door may have had. Whoever is there now is asked before they get it. */
function WasHere({ session, knocker: { device, role, claim } }: Pick<KnockProps, 'session' | 'knocker'>): JSX.Element | null {
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
          <Btn look="main" label={plain('knock-let-in', { name })} onPress={() => session.admit(device, claim.seat)}>
            {t('knock-let-in', { name })}
          </Btn>
        )}
      </p>
    );
  }
  if (fits.length === 0) return null;
  return (
    <details open={shared?.stage === 'closed'}>
      <summary>{t('knock-was-here')}</summary>
      <p class="row">
        {fits.filter(([held]) => !session.here.value.has(held)).map(([held]) => {
          const name = nameOf({ session }, held);
          return (
            <Btn key={held} label={plain('admit-as', { name })} onPress={() => session.admit(device, held)}>{t('admit-as', { name })}</Btn>
          );
        })}
      </p>
      {fits.filter(([held]) => session.here.value.has(held)).map(([held]) => {
        const name = nameOf({ session }, held);
        return (
          <p key={held}>
            {t('knock-here', { name })}{' '}
            <Btn label={plain('knock-ask', { name })} onPress={() => ask({ c: 'ask_seat', device, seat: held })}>{t('knock-ask', { name })}</Btn>
          </p>
        );
      })}
    </details>
  );
}
